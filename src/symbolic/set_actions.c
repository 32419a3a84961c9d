/* Actions as people write them: the shortest list of globs over those that AWS has. */
#include <stdlib.h>

#include "symbolic/document_actions.h"
#include "symbolic/sets.h"

static bool live_class(const w403_dim *d, const w403_box *b, size_t dim, size_t i)
{
    return w403_bit(b->live[dim], d->classes.at[i].slot);
}

static int by_text(const void *a, const void *b)
{
    return w403_view_cmp(*(const w403_view *)a, *(const w403_view *)b);
}

/* The actions that a glob may be tried on: those of the set, those that it may match besides, and the others. */
typedef struct known_action {
    w403_view name;
    bool left, allowed;
} known_action;
typedef W403_ARRAY(known_action) known_actions;

static bool matches(w403_view prefix, w403_view name)
{
    return name.n >= prefix.n && w403_view_ieq(prefix, w403_view_sub(name, 0, prefix.n));
}

/* How many actions of the set that are in no glob yet begin with this; 0 when others do too. */
static size_t worth(const known_actions *all, w403_view prefix)
{
    size_t fresh = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (matches(prefix, all->at[i].name)) {
            if (!all->at[i].allowed) {
                return 0;
            }
            fresh += all->at[i].left;
        }
    }
    return fresh;
}

/* Prefixes at word boundaries: s3:*, s3:Get*, s3:GetObject*. At least three actions make a glob worth it. */
static w403_view best_glob(w403_arena *a, const known_actions *all, w403_view name)
{
    size_t first = w403_view_find_char(name, ':') + 1;
    for (size_t n = first; n <= name.n; n++) {
        bool word = n == first || n == name.n || (name.p[n] >= 'A' && name.p[n] <= 'Z');
        if (word && worth(all, w403_view_sub(name, 0, n)) >= 3) {
            return w403_arena_printf(a, "%.*s*", (int)n, name.p);
        }
    }
    return name;
}

static bool shortest_list(w403_arena *a, known_actions *all, w403_texts *out)
{
    for (size_t i = 0; i < all->n; i++) {
        w403_view *slot = all->at[i].left ? W403_PUSH(a, out) : NULL;
        if (!all->at[i].left) {
            continue;
        }
        if (!slot) {
            return false;
        }
        *slot = best_glob(a, all, all->at[i].name);
        bool glob = slot->n && slot->p[slot->n - 1] == '*';
        for (size_t k = 0; k < all->n; k++) {
            bool in = glob ? matches(w403_view_sub(*slot, 0, slot->n - 1), all->at[k].name)
                           : w403_view_eq(*slot, all->at[k].name);
            all->at[k].left = all->at[k].left && !in;
        }
    }
    if (out->n > 1) {
        qsort(out->at, out->n, sizeof *out->at, by_text);
    }
    return true;
}

static known_action *add_known(w403_arena *a, known_actions *all, w403_view name)
{
    known_action *k = W403_PUSH(a, all);
    if (k) {
        k->name = name;
    }
    return k;
}

static bool add_catalog(w403_arena *a, const uint64_t *actions, const uint64_t *allowed, known_actions *all)
{
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        known_action *k = add_known(a, all, w403_view_of(w403_action_at(i)->name));
        if (!k) {
            return false;
        }
        k->left = w403_bit(actions, i);
        k->allowed = w403_bit(allowed, i);
    }
    return true;
}

bool w403_action_names(w403_arena *a, const uint64_t actions[8], const uint64_t allowed[8], w403_texts *out)
{
    known_actions all = {0};
    return add_catalog(a, actions, allowed, &all) && shortest_list(a, &all, out);
}

/* All of a service that is named, so that a glob says no more than was asked. */
static bool add_services(w403_arena *a, const uint8_t *foreign, known_actions *all)
{
    for (uint32_t s = 0; s < w403_ref_service_count(); s++) {
        uint32_t first, end;
        uint8_t any = 0;
        w403_ref_actions(s, &first, &end);
        for (uint32_t row = first; row < end; row++) {
            any |= foreign[row];
        }
        for (uint32_t row = first; row < end && any; row++) {
            w403_view name = w403_arena_printf(a, "%.*s:%.*s", W403_ARG(w403_ref_service_prefix(s)),
                                               W403_ARG(w403_ref_action_name(row)));
            known_action *k = w403_action_find(name) == W403_ACTION_NONE ? add_known(a, all, name) : NULL;
            if (k) {
                k->left = foreign[row] & 1;
                k->allowed = (foreign[row] & 2) != 0;
            }
        }
    }
    return w403_arena_ok(a);
}

bool w403_box_action_names(const w403_space *s, const w403_box *b, size_t dim, w403_texts *out)
{
    const w403_dim *d = &s->dims.at[dim];
    uint64_t live[8] = {0}, allowed[8] = {0};
    uint32_t first = 0, end = 0;
    uint8_t *foreign = NULL;
    w403_ref_actions(w403_ref_service_count() - 1, &first, &end);
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_class *c = &d->classes.at[i];
        bool in = live_class(d, b, dim, i), may = w403_bit(b->slots[dim], c->slot) || w403_bit(b->free[dim], c->slot);
        for (uint32_t k = 0; k < c->n_actions; k++) {
            if (w403_action_is_foreign(c->actions[k])) {
                foreign = foreign ? foreign : W403_NEW_N(s->arena, uint8_t, end + 1);
                if (!foreign) {
                    return false;
                }
                foreign[w403_action_row(c->actions[k])] = (uint8_t)(in | may << 1);
                continue;
            }
            if (in) {
                w403_bit_set(live, c->actions[k]);
            }
            if (may) {
                w403_bit_set(allowed, c->actions[k]);
            }
        }
    }
    known_actions all = {0};
    return add_catalog(s->arena, live, allowed, &all) && (!foreign || add_services(s->arena, foreign, &all)) &&
           shortest_list(s->arena, &all, out);
}

#include "symbolic/document_actions.h"

#include <stdlib.h>

#include "base/glob.h"

/* ---- names ---- */

static uint32_t service_of(uint32_t row)
{
    uint32_t low = 0, high = w403_ref_service_count();
    while (low + 1 < high) { /* services stand in the order of their actions */
        uint32_t middle = low + (high - low) / 2, first, end;
        w403_ref_actions(middle, &first, &end);
        if (first <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

w403_view w403_action_word(w403_arena *a, uint16_t action)
{
    if (!w403_action_is_foreign(action)) {
        return action == W403_ACTION_NONE ? W403_LIT("") : w403_view_of(w403_action_at(action)->name);
    }
    uint32_t row = w403_action_row(action);
    w403_view prefix = w403_ref_service_prefix(service_of(row)), name = w403_ref_action_name(row);
    w403_view out = w403_arena_printf(a, "%.*s:%.*s", W403_ARG(prefix), W403_ARG(name));
    return out.p ? out : W403_LIT("");
}

uint16_t w403_action_of_word(w403_view name)
{
    uint16_t id = w403_action_find(name);
    w403_view rest = name;
    uint32_t service = id == W403_ACTION_NONE ? w403_ref_service(w403_view_cut(&rest, ':')) : W403_REF_NONE;
    uint32_t row = service == W403_REF_NONE || !rest.p ? W403_REF_NONE : w403_ref_action(service, rest);
    bool fits = row != W403_REF_NONE && row < (uint32_t)W403_ACTION_NONE - W403_ACTION_COUNT;
    return fits ? (uint16_t)(W403_ACTION_COUNT + row) : id;
}

/* ---- those that are named ---- */

typedef struct collector {
    const w403_documents *d;
    w403_foreign_actions *out;
    uint32_t *index; /* row -> 1 + place in `out` */
    size_t words;
} collector;

static w403_foreign_action *foreign_at(collector *x, uint32_t service, uint32_t row)
{
    w403_arena *a = x->d->arena;
    uint32_t first = 0, end = 0;
    w403_ref_actions(w403_ref_service_count() - 1, &first, &end);
    x->index = x->index ? x->index : W403_NEW_N(a, uint32_t, end + 1);
    if (!x->index || x->index[row]) {
        return x->index ? &x->out->at[x->index[row] - 1] : NULL;
    }
    w403_view name = w403_arena_printf(a, "%.*s:%.*s", W403_ARG(w403_ref_service_prefix(service)),
                                       W403_ARG(w403_ref_action_name(row)));
    uint16_t id = w403_action_of_word(name);
    w403_foreign_action *slot = w403_action_is_foreign(id) ? W403_PUSH(a, x->out) : NULL;
    uint64_t *bits = slot ? W403_NEW_N(a, uint64_t, x->words) : NULL;
    if (!bits) {
        return NULL;
    }
    *slot = (w403_foreign_action){id, bits};
    x->index[row] = (uint32_t)x->out->n;
    return slot;
}

/* Each action that a pattern names by its service; `statement` SIZE_MAX: of none. */
static void collect(collector *x, w403_view pattern, size_t statement)
{
    w403_view name = pattern;
    w403_view prefix = w403_view_cut(&name, ':');
    uint32_t service = name.p ? w403_ref_service(prefix) : W403_REF_NONE, row = 0;
    if (service == W403_REF_NONE || w403_view_ieq(prefix, W403_LIT("s3"))) { /* S3's are in the catalog */
        return;
    }
    while ((row = w403_ref_action_match(service, name, row)) != W403_REF_NONE) {
        const w403_foreign_action *f = foreign_at(x, service, row++);
        uint64_t *bits = NULL;
        if (f && statement != SIZE_MAX) {
            memcpy(&bits, &f->statements, sizeof bits); /* made above, and ours */
            w403_bit_set(bits, statement);
        }
    }
}

/* `*` matches them all, NotAction all but those. */
static void complete(collector *x, size_t statement, const w403_statement *st)
{
    bool star = false;
    for (uint32_t k = 0; k < st->n_actions; k++) {
        star |= st->actions[k].valid && w403_view_eq(st->actions[k].text, W403_LIT("*"));
    }
    for (size_t i = 0; i < x->out->n; i++) {
        uint64_t *bits = NULL;
        memcpy(&bits, &x->out->at[i].statements, sizeof bits);
        if (star) {
            w403_bit_set(bits, statement);
        }
        if (st->not_action) {
            bits[statement / 64] ^= UINT64_C(1) << statement % 64;
        }
    }
}

bool w403_foreign_collect(const w403_documents *d, w403_foreign_actions *out)
{
    collector x = {.d = d, .out = out, .words = d->n_statements / 64 + 1};
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        for (uint32_t k = 0; k < st->n_actions; k++) {
            if (st->actions[k].valid) {
                collect(&x, st->actions[k].text, i);
            }
        }
    }
    for (size_t i = 0; i < d->focus.n_actions; i++) {
        collect(&x, d->focus.actions[i], SIZE_MAX);
    }
    for (size_t i = 0; out->n && i < d->n_statements; i++) {
        complete(&x, i, w403_documents_statement(d, i));
    }
    return w403_arena_ok(d->arena);
}

/* ---- what they are asked of, and with ---- */

w403_view w403_foreign_resource(uint16_t action, size_t i)
{
    const uint16_t *type = w403_ref_action_types(w403_action_row(action));
    for (; *type && i > 0; i--) {
        type++;
    }
    if (!*type) {
        return (w403_view){NULL, 0};
    }
    w403_view part = w403_ref_type_glob((uint32_t)*type - 1);
    w403_view_cut(&part, ':');
    w403_view_cut(&part, ':');
    part = w403_view_cut(&part, ':');
    return part.n && !w403_has_wildcard(part) ? part : W403_LIT("[a-z0-9-]+");
}

static bool begins(w403_view key, const char *with)
{
    return w403_view_ieq(w403_view_sub(key, 0, strlen(with)), w403_view_of(with));
}

static bool goes_with(uint32_t row, w403_view key)
{
    static const char *const asked[] = {"aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"};
    bool global = begins(key, "aws:");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        global &= !begins(key, asked[i]);
    }
    for (const uint16_t *k = w403_ref_action_keys(row); *k && !global; k++) {
        global = w403_ref_key_matches((uint32_t)*k - 1, key);
    }
    return global;
}

void w403_links_foreign(w403_class *c, uint16_t action, const w403_key_uses *uses)
{
    for (size_t i = 0; i < uses->n; i++) {
        if (!goes_with(w403_action_row(action), uses->at[i].name)) {
            c->hidden[W403_HIDDEN_KEYS + i] &= W403_KEY_IS_ABSENT;
        }
    }
}

#include "symbolic/space.h"

#include "base/hash.h"

w403_dim *w403_space_dim(w403_space *s, w403_dim_kind kind, w403_view name)
{
    w403_dim *d = W403_PUSH(s->arena, &s->dims);
    if (d) {
        d->kind = kind;
        d->name = name;
    }
    return d;
}

w403_class *w403_space_class(w403_space *s, w403_dim *d)
{
    w403_class *c = W403_PUSH(s->arena, &d->classes);
    uint64_t *bits = c ? W403_NEW_N(s->arena, uint64_t, 2 * s->words) : NULL;
    uint64_t *hidden = bits ? W403_NEW_N(s->arena, uint64_t, s->n_hidden + 1) : NULL;
    if (!hidden) {
        return NULL;
    }
    memset(bits, 0xff, 2 * s->words * sizeof *bits);
    memset(hidden, 0xff, s->n_hidden * sizeof *hidden);
    c->yes = bits;
    c->maybe = bits + s->words;
    c->hidden = hidden;
    c->element = UINT32_MAX;
    return c;
}

static bool alike(const w403_space *s, const w403_class *a, const w403_class *b)
{
    return memcmp(a->yes, b->yes, s->words * sizeof *a->yes) == 0 &&
           memcmp(a->maybe, b->maybe, s->words * sizeof *a->maybe) == 0 &&
           memcmp(a->hidden, b->hidden, s->n_hidden * sizeof *a->hidden) == 0;
}

static uint64_t signature(const w403_space *s, const w403_class *c)
{
    return w403_hash(c->yes, 2 * s->words * sizeof *c->yes) ^
           w403_hash(c->hidden, s->n_hidden * sizeof *c->hidden) * 31;
}

static bool nice(const w403_dim *d, const w403_class *c)
{
    return d->elements && c->element < d->elements->list.n && d->elements->list.at[c->element].nice;
}

static bool close_dim(w403_space *s, w403_dim *d)
{
    uint32_t slots = 16;
    while (slots < d->classes.n * 2) {
        slots *= 2;
    }
    uint32_t *table = W403_NEW_N(s->arena, uint32_t, slots);
    uint32_t *first = W403_NEW_N(s->arena, uint32_t, d->classes.n + 1);
    if (!table || !first) {
        return false;
    }
    for (uint32_t i = 0; i < d->classes.n; i++) {
        w403_class *c = &d->classes.at[i];
        uint32_t at = (uint32_t)signature(s, c) & (slots - 1);
        while (table[at] && !alike(s, &d->classes.at[first[table[at] - 1]], c)) {
            at = (at + 1) & (slots - 1);
        }
        if (!table[at]) {
            first[d->n_slots++] = i;
            table[at] = d->n_slots;
        }
        c->slot = table[at] - 1;
        if (nice(d, c) && !nice(d, &d->classes.at[first[c->slot]])) {
            first[c->slot] = i; /* the one that reads best stands for its like */
        }
    }
    d->slot_class = first;
    return true;
}

bool w403_space_close(w403_space *s)
{
    for (size_t i = 0; i < s->dims.n; i++) {
        s->dims.at[i].n_slots = 0;
        if (!close_dim(s, &s->dims.at[i])) {
            return false;
        }
    }
    return true;
}

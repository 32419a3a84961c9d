#include "symbolic/sets.h"

#include <stdlib.h>

#include "base/glob.h"
#include "base/limits.h"
#include "catalog/catalog.h"

typedef struct describer {
    w403_arena *a;
    const w403_elements *e;
    bool *in, *out; /* of each element: in the set, out of it; neither: no class has it */
    bool absent, absent_out;
    w403_set *set;
    bool failed;
} describer;

static void push(describer *x, w403_texts *list, w403_view v)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i], v)) {
            return;
        }
    }
    w403_view *slot = v.p ? W403_PUSH(x->a, list) : NULL;
    if (slot) {
        *slot = v;
    } else {
        x->failed = true;
    }
}

/* Literal marks of a pattern as policies write them: ${*}. */
static w403_view pattern_text(describer *x, const w403_language *l)
{
    w403_view out = W403_LIT("");
    size_t from = 0;
    bool glob = l->kind == W403_LANGUAGE_GLOB;
    if (l->kind == W403_LANGUAGE_ALL) {
        return W403_LIT("*");
    }
    for (size_t i = 0; i < l->text.n; i++) {
        char c = l->text.p[i];
        bool mark = c == '*' || c == '?' || (c == '$' && i + 1 < l->text.n && l->text.p[i + 1] == '{');
        bool literal = !glob || c == '$' || (l->literal && l->literal[i]);
        if (mark && literal) {
            out = w403_arena_printf(x->a, "%.*s%.*s${%c}", W403_ARG(out), (int)(i - from), l->text.p + from, c);
            from = i + 1;
        }
    }
    if (from == 0) {
        return l->text.p ? l->text : W403_LIT("");
    }
    return w403_arena_printf(x->a, "%.*s%.*s", W403_ARG(out), (int)(l->text.n - from), l->text.p + from);
}

/* ---- texts and networks: patterns that cover the set, less patterns that are outside ---- */

static bool covered(const describer *x, size_t pattern, size_t element)
{
    const w403_language *l = &x->e->patterns.at[pattern];
    const w403_value_class *c = &x->e->list.at[element];
    if (x->e->kind == W403_ELEMENTS_NET) {
        return l->kind == W403_LANGUAGE_NET && w403_cidr_contains(&l->cidr, &c->first);
    }
    return w403_bit(c->bits, pattern);
}

/* How many elements of the set, and how many outside, a pattern covers. */
static void count(const describer *x, size_t pattern, const bool *done, size_t *in, size_t *out)
{
    *in = *out = 0;
    for (size_t i = 0; i < x->e->list.n; i++) {
        if (covered(x, pattern, i)) {
            *in += x->in[i] && !(done && done[i]);
            *out += x->out[i];
        }
    }
}

static w403_view net_text(describer *x, const w403_language *l)
{
    const w403_ip *ip = &l->cidr.base;
    if (ip->bits == 32) {
        return w403_arena_printf(x->a, "%u.%u.%u.%u/%u", ip->bytes[0], ip->bytes[1], ip->bytes[2], ip->bytes[3],
                                 l->cidr.prefix);
    }
    w403_view v = W403_LIT("");
    for (int i = 0; i < 16; i += 2) {
        v = w403_arena_printf(x->a, "%.*s%s%x", W403_ARG(v), i ? ":" : "", ip->bytes[i] << 8 | ip->bytes[i + 1]);
    }
    return w403_arena_printf(x->a, "%.*s/%u", W403_ARG(v), l->cidr.prefix);
}

static void add_like(describer *x, w403_texts *list, size_t pattern)
{
    const w403_language *l = &x->e->patterns.at[pattern];
    x->set->ignore_case |= l->ignore_case;
    push(x, list, x->e->kind == W403_ELEMENTS_NET ? net_text(x, l) : pattern_text(x, l));
}

static void everything(describer *x)
{
    if (x->e->kind == W403_ELEMENTS_NET) {
        push(x, &x->set->like, W403_LIT("0.0.0.0/0"));
        push(x, &x->set->like, W403_LIT("::/0"));
    } else {
        push(x, &x->set->like, W403_LIT("*"));
    }
}

/* Takes patterns until the elements of `todo` are covered; those that touch `never` are not taken. What is left over
 * stays in todo. */
static void cover(describer *x, bool *todo, const bool *never, w403_texts *list)
{
    for (;;) {
        size_t best = SIZE_MAX, most = 0;
        for (size_t p = 0; p < x->e->patterns.n; p++) {
            size_t n = 0;
            bool bad = false;
            for (size_t i = 0; i < x->e->list.n; i++) {
                bool here = covered(x, p, i);
                n += here && todo[i];
                bad |= here && never[i];
            }
            if (!bad && n > most) {
                most = n;
                best = p;
            }
        }
        if (best == SIZE_MAX) {
            return;
        }
        add_like(x, list, best);
        for (size_t i = 0; i < x->e->list.n; i++) {
            todo[i] &= !covered(x, best, i);
        }
    }
}

static size_t how_many(const bool *at, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += at[i];
    }
    return sum;
}

/* Patterns inside the set alone; else patterns over its edge, less what is outside; else everything less that. */
static void patterns(describer *x)
{
    size_t n = x->e->list.n;
    bool *todo = W403_NEW_N(x->a, bool, n + 1), *extra = W403_NEW_N(x->a, bool, n + 1);
    if (!todo || !extra) {
        x->failed = true;
        return;
    }
    memcpy(todo, x->in, n);
    cover(x, todo, x->out, &x->set->like);
    if (how_many(todo, n) == 0) {
        return;
    }
    /* What must be taken away when everything, or the patterns over the edge, are taken. */
    x->set->like.n = 0;
    for (size_t round = 0; round < 2; round++) {
        memset(extra, 0, n);
        memcpy(todo, x->in, n);
        x->set->like.n = x->set->unlike.n = 0;
        if (round == 0) {
            for (size_t p = 0; p < x->e->patterns.n && how_many(todo, n); p++) {
                size_t in, out;
                count(x, p, NULL, &in, &out);
                if (in == 0) {
                    continue;
                }
                bool helps = false;
                for (size_t i = 0; i < n; i++) {
                    helps |= covered(x, p, i) && todo[i];
                }
                if (!helps) {
                    continue;
                }
                add_like(x, &x->set->like, p);
                for (size_t i = 0; i < n; i++) {
                    bool here = covered(x, p, i);
                    todo[i] &= !here;
                    extra[i] |= here && x->out[i];
                }
            }
        } else {
            everything(x);
            memset(todo, 0, n);
            memcpy(extra, x->out, n);
        }
        if (how_many(todo, n) == 0) {
            cover(x, extra, x->in, &x->set->unlike);
            if (how_many(extra, n) == 0) {
                return;
            }
        }
    }
    x->set->whole = false;
}

static bool all_literal(const describer *x, const bool *which)
{
    size_t n = 0;
    for (size_t i = 0; i < x->e->list.n; i++) {
        if (which[i] && !x->e->list.at[i].literal) {
            return false;
        }
        n += which[i];
    }
    return n <= W403_LIMIT_SYMBOLIC_LITERALS;
}

static void literals(describer *x, const bool *which)
{
    for (size_t i = 0; i < x->e->list.n; i++) {
        if (which[i]) {
            push(x, &x->set->in, x->e->list.at[i].value);
        }
    }
}

/* ---- numbers and instants ---- */

static void intervals(describer *x)
{
    w403_interval *last = NULL;
    for (size_t i = 0; i < x->e->list.n; i++) {
        const w403_value_class *c = &x->e->list.at[i];
        if (!x->in[i]) {
            last = x->out[i] ? NULL : last;
            continue;
        }
        if (!last) {
            last = W403_PUSH(x->a, &x->set->intervals);
            if (!last) {
                x->failed = true;
                return;
            }
            *last = (w403_interval){c->lo, c->hi, c->lo_open, c->hi_open};
        }
        last->to = c->hi;
        last->to_open = c->hi_open;
    }
}

/* ---- one dimension ---- */

static bool live_class(const w403_dim *d, const w403_box *b, size_t dim, size_t i)
{
    return w403_bit(b->live[dim], d->classes.at[i].slot);
}

static void sets_of_values(describer *x, const w403_dim *d, const w403_box *b, size_t dim)
{
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_class *c = &d->classes.at[i];
        if (!live_class(d, b, dim, i) || c->facts[0].present != W403_YES) {
            continue;
        }
        w403_texts *slot = W403_PUSH(x->a, &x->set->keys);
        for (uint32_t v = 0; slot && v < c->facts[0].n; v++) {
            push(x, slot, c->facts[0].values[v]);
        }
        x->failed |= !slot;
    }
}

static void describe(describer *x)
{
    size_t n = x->e->list.n;
    switch (x->e->kind) {
    case W403_ELEMENTS_NUMBER:
    case W403_ELEMENTS_DATE:
        intervals(x);
        break;
    case W403_ELEMENTS_BOOL:
        for (size_t i = 0; i < n; i++) {
            if (x->in[i]) {
                push(x, &x->set->bools, x->e->list.at[i].value);
            }
        }
        break;
    case W403_ELEMENTS_NET:
        x->set->net = true;
        if (how_many(x->out, n) == 0) {
            everything(x);
        } else {
            patterns(x);
        }
        break;
    case W403_ELEMENTS_TEXT:
        if (how_many(x->in, n) == 0) {
            break;
        }
        if (all_literal(x, x->in)) {
            literals(x, x->in);
        } else if (all_literal(x, x->out)) {
            x->set->not_in = true;
            literals(x, x->out);
        } else {
            patterns(x);
        }
        break;
    }
}

bool w403_set_of_elements(w403_arena *a, const w403_elements *e, bool *in, bool *out_of, w403_set *out)
{
    describer x = {.a = a, .e = e, .set = out, .in = in, .out = out_of};
    *out = (w403_set){.whole = true};
    describe(&x);
    return !x.failed;
}

bool w403_set_of(const w403_space *s, const w403_box *b, size_t dim, w403_set *out)
{
    const w403_dim *d = &s->dims.at[dim];
    size_t n = d->elements ? d->elements->list.n : 0;
    bool *in = W403_NEW_N(s->arena, bool, n + 1), *out_of = W403_NEW_N(s->arena, bool, n + 1);
    bool several = false, rest = false, absent = false;
    if (!in || !out_of) {
        return false;
    }
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_class *c = &d->classes.at[i];
        bool live = live_class(d, b, dim, i), inside = w403_bit(b->slots[dim], c->slot) || w403_bit(b->free[dim], c->slot);
        rest |= !inside;
        several |= c->n_set > 1;
        if (d->kind == W403_DIM_KEY && c->facts[0].present != W403_YES) {
            absent |= live;
        } else if (c->element < n) {
            in[c->element] |= live;
            out_of[c->element] |= !inside;
        }
    }
    *out = (w403_set){.whole = true, .any = !rest};
    if (!rest) {
        return true;
    }
    describer x = {.a = s->arena, .e = d->elements, .set = out, .in = in, .out = out_of};
    if (several || !d->elements) { /* the header of Requester Pays has no patterns */
        sets_of_values(&x, d, b, dim);
    } else {
        describe(&x);
    }
    out->absent = absent;
    return !x.failed;
}

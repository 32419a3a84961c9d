#include "symbolic/locate.h"

/* The element of a text, by the patterns that match it; of two with the same ones, that of the same form. */
static uint32_t text_element(const w403_space *s, const w403_elements *e, w403_view v)
{
    size_t words = w403_automaton_words(e->automaton);
    uint64_t *bits = W403_NEW_N(s->arena, uint64_t, words);
    uint32_t near = UINT32_MAX;
    if (!bits) {
        return UINT32_MAX;
    }
    (void)w403_automaton_read(e->automaton, v, bits); /* a value outside the domain goes with its like */
    for (uint32_t i = 0; i < e->list.n; i++) {
        bool same = true;
        for (size_t p = 0; p < e->patterns.n && same; p++) {
            same = w403_bit(bits, p) == w403_bit(e->list.at[i].bits, p);
        }
        if (same && memcmp(bits, e->list.at[i].bits, words * sizeof *bits) == 0) {
            return i;
        }
        near = same && near == UINT32_MAX ? i : near;
    }
    return near;
}

static bool above(w403_view lo, bool open, w403_view v)
{
    int c = lo.p ? w403_decimal_cmp(v, lo) : 1;
    return open ? c > 0 : c >= 0;
}

static bool below(w403_view hi, bool open, w403_view v)
{
    int c = hi.p ? w403_decimal_cmp(v, hi) : -1;
    return open ? c < 0 : c <= 0;
}

static bool in_time(const w403_value_class *c, w403_instant t)
{
    w403_instant lo = INT64_MIN, hi = INT64_MAX;
    bool good = (!c->lo.p || w403_instant_parse(c->lo, &lo)) && (!c->hi.p || w403_instant_parse(c->hi, &hi));
    return good && (c->lo_open ? t > lo || !c->lo.p : t >= lo) && (c->hi_open ? t < hi || !c->hi.p : t <= hi);
}

static bool in_net(const w403_value_class *c, const w403_ip *ip)
{
    return c->first.bits == ip->bits && memcmp(c->first.bytes, ip->bytes, sizeof ip->bytes) <= 0 &&
           memcmp(ip->bytes, c->last.bytes, sizeof ip->bytes) <= 0;
}

static bool in_class(const w403_elements *e, const w403_value_class *c, w403_view v)
{
    w403_instant t;
    w403_ip ip;
    switch (e->kind) {
    case W403_ELEMENTS_NUMBER:
        return w403_decimal_valid(v) && above(c->lo, c->lo_open, v) && below(c->hi, c->hi_open, v);
    case W403_ELEMENTS_DATE:
        return w403_instant_parse(v, &t) && in_time(c, t);
    case W403_ELEMENTS_NET:
        return w403_ip_parse(v, &ip) && in_net(c, &ip);
    case W403_ELEMENTS_BOOL:
        return w403_view_ieq(v, c->value);
    case W403_ELEMENTS_TEXT:
        break;
    }
    return false;
}

static uint32_t element_of(const w403_space *s, const w403_elements *e, w403_view v)
{
    if (e->kind == W403_ELEMENTS_TEXT) {
        return text_element(s, e, v);
    }
    for (uint32_t i = 0; i < e->list.n; i++) {
        if (in_class(e, &e->list.at[i], v)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static bool same_set(const w403_class *c, const uint64_t *bits, uint32_t n)
{
    bool same = c->n_set == n;
    for (uint32_t i = 0; i < c->n_set && same; i++) {
        same = w403_bit(bits, c->set[i]);
    }
    return same;
}

static const w403_class *several(const w403_space *s, const w403_dim *d, const w403_key_value *k)
{
    uint64_t *bits = W403_NEW_N(s->arena, uint64_t, d->elements->list.n / 64 + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; bits && i < k->n; i++) {
        uint32_t x = element_of(s, d->elements, k->values[i]);
        if (x == UINT32_MAX) {
            return NULL;
        }
        n += !w403_bit(bits, x);
        w403_bit_set(bits, x);
    }
    for (size_t i = 0; bits && i < d->classes.n; i++) {
        if (d->classes.at[i].set && same_set(&d->classes.at[i], bits, n)) {
            return &d->classes.at[i];
        }
    }
    return NULL;
}

static const w403_class *of_key(const w403_space *s, const w403_dim *d, const w403_request_place *at)
{
    w403_key_value k = {W403_NO, NULL, 0};
    w403_context_get(at->context, d->id, d->name, d->param, &k);
    if (k.present == W403_UNKNOWN) {
        return NULL;
    }
    if (k.present == W403_YES && k.n > 1) {
        return several(s, d, &k);
    }
    uint32_t x = k.present == W403_YES && k.n ? element_of(s, d->elements, k.values[0]) : UINT32_MAX;
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_class *c = &d->classes.at[i];
        bool present = c->facts[0].present == W403_YES;
        if (present == (k.present == W403_YES && k.n) && (!present || (c->element == x && x != UINT32_MAX))) {
            return c;
        }
    }
    return NULL;
}

static const w403_class *of_caller(const w403_space *s, const w403_dim *d, const w403_caller *who)
{
    for (size_t i = 0; i < d->classes.n; i++) { /* sessions, services: by name */
        const w403_caller_class *c = d->classes.at[i].caller;
        if (c->who.kind == who->kind && d->classes.at[i].element == UINT32_MAX && w403_view_eq(c->who.arn, who->arn)) {
            return &d->classes.at[i];
        }
    }
    bool is_signed = w403_caller_has_account(who);
    uint32_t x = is_signed && d->elements ? text_element(s, d->elements, who->principal_arn) : UINT32_MAX;
    for (size_t i = 0; i < d->classes.n; i++) {
        const w403_class *c = &d->classes.at[i];
        bool fits = x == UINT32_MAX ? c->element == x && c->caller->is_set : c->element == x;
        if (c->caller->who.kind == who->kind && fits) {
            return c;
        }
    }
    return NULL;
}

static const w403_class *of_action(const w403_dim *d, uint16_t action)
{
    for (size_t i = 0; i < d->classes.n; i++) {
        for (uint32_t k = 0; k < d->classes.at[i].n_actions; k++) {
            if (d->classes.at[i].actions[k] == action) {
                return &d->classes.at[i];
            }
        }
    }
    return NULL;
}

static const w403_class *of_resource(const w403_space *s, const w403_dim *d, w403_view resource)
{
    bool star = w403_view_eq(resource, W403_LIT("*"));
    uint32_t x = star || !d->elements->automaton ? UINT32_MAX : text_element(s, d->elements, resource);
    for (size_t i = 0; i < d->classes.n; i++) {
        if (d->classes.at[i].element == x) {
            return &d->classes.at[i];
        }
    }
    return NULL;
}

static const w403_class *of_dim(const w403_space *s, const w403_dim *d, const w403_request_place *at)
{
    switch (d->kind) {
    case W403_DIM_CALLER:
        return of_caller(s, d, at->caller);
    case W403_DIM_ACTION:
        return of_action(d, at->action);
    case W403_DIM_RESOURCE:
        return of_resource(s, d, at->resource);
    case W403_DIM_KEY:
        break;
    }
    return of_key(s, d, at);
}

const w403_class *w403_locate_class(const w403_space *s, const w403_dim *d, const w403_request_place *at)
{
    return of_dim(s, d, at);
}

bool w403_box_has(const w403_space *s, const w403_box *b, const uint32_t *slots)
{
    for (size_t i = 0; i < s->dims.n; i++) {
        if (!w403_bit(b->slots[i], slots[i])) {
            return false;
        }
    }
    return true;
}

/* One condition key as a dimension: the values that its conditions tell apart (reason 7, 9). */
#include "symbolic/facts.h"
#include "symbolic/value_forms.h"

enum { SET_ELEMENTS = 12 };

static bool family_kind(w403_operator_family f, w403_elements_kind *out)
{
    switch (f) {
    case W403_OP_NUMERIC:
        *out = W403_ELEMENTS_NUMBER;
        return true;
    case W403_OP_DATE:
        *out = W403_ELEMENTS_DATE;
        return true;
    case W403_OP_IP:
        *out = W403_ELEMENTS_NET;
        return true;
    case W403_OP_BOOL:
        *out = W403_ELEMENTS_BOOL;
        return true;
    case W403_OP_STRING:
    case W403_OP_ARN:
    case W403_OP_BINARY:
    case W403_OP_NULL:
    case W403_OP_NONE:
        break;
    }
    return false;
}

static w403_elements_kind type_kind(w403_key_type t)
{
    switch (t) {
    case W403_KEY_TYPE_NUMERIC:
        return W403_ELEMENTS_NUMBER;
    case W403_KEY_TYPE_DATE:
        return W403_ELEMENTS_DATE;
    case W403_KEY_TYPE_IP:
        return W403_ELEMENTS_NET;
    case W403_KEY_TYPE_BOOL:
        return W403_ELEMENTS_BOOL;
    case W403_KEY_TYPE_STRING:
    case W403_KEY_TYPE_ARN:
    case W403_KEY_TYPE_BINARY:
        break;
    }
    return W403_ELEMENTS_TEXT;
}

w403_elements_kind w403_key_kind(const w403_key_use *u)
{
    w403_elements_kind kind = W403_ELEMENTS_TEXT;
    const w403_key *k = w403_key_at(u->id);
    if (k && type_kind(k->type) != W403_ELEMENTS_TEXT) {
        return type_kind(k->type);
    }
    for (size_t i = 0; i < u->conditions.n; i++) {
        if (family_kind(u->conditions.at[i]->op->family, &kind)) {
            break;
        }
    }
    return kind;
}

/* N1: to these the empty text is no value at all, which no pattern says. */
static bool minds_empty(const w403_condition *c)
{
    return c->op->family == W403_OP_NULL || c->set == W403_SET_ALL;
}

bool w403_key_languages(w403_elements *e, const w403_key_use *u, const w403_context *ctx)
{
    static const w403_language empty = {.kind = W403_LANGUAGE_TEXT, .text = {"", 0}};
    for (size_t i = 0; i < u->conditions.n; i++) {
        const w403_condition *c = u->conditions.at[i];
        if (e->kind == W403_ELEMENTS_TEXT && minds_empty(c) && !w403_elements_add(e, &empty)) {
            return false;
        }
        for (uint32_t v = 0; v < c->n_values; v++) {
            w403_language l = w403_condition_language(c, &c->values[v], ctx);
            if (c->values[v].zoneless) { /* Dt1: whether it counts is not known; from where on it might is */
                l = (w403_language){.kind = W403_LANGUAGE_TEXT};
                l.text = w403_instant_format(e->arena, c->values[v].u.instant);
            }
            bool hangs = l.kind == W403_LANGUAGE_HANGS;
            if (!hangs && c->op->family != W403_OP_NULL && !w403_elements_add(e, &l)) {
                return false;
            }
        }
    }
    return true;
}

static bool each_word(w403_space *s, const char *words, w403_view partition, w403_elements *e, bool form)
{
    w403_view rest = w403_view_of(words);
    while (rest.p && rest.n) {
        w403_view word = w403_form_in(s->arena, w403_view_cut(&rest, ' '), partition);
        if (!word.p || !(form ? w403_elements_form(e, word) : w403_elements_favour(e, word))) {
            return false;
        }
    }
    return true;
}

static const w403_pair *fixed(const w403_key_rules *r, const w403_key_use *u)
{
    for (size_t i = 0; i < r->n_when; i++) {
        w403_view param = {NULL, 0};
        uint16_t id = w403_key_find(r->when[i].name, &param);
        if (w403_same_key(id, r->when[i].name, param, u)) {
            return &r->when[i];
        }
    }
    return NULL;
}

w403_elements *w403_key_elements(w403_space *s, const w403_key_use *u, const w403_key_rules *rules,
                                 const w403_context *ctx)
{
    const w403_value_form *f = w403_value_form_of(u->id);
    const w403_pair *when = fixed(rules, u);
    w403_elements *e = w403_elements_new(s->arena, w403_key_kind(u));
    if (!e || (f && !each_word(s, f->samples, rules->partition, e, false)) ||
        !each_word(s, f ? f->forms : "@+", rules->partition, e, true) || !w403_key_languages(e, u, ctx)) {
        return NULL;
    }
    e->private_ips = u->id == W403_KEY_AWS_VPCSOURCEIP;
    w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = when ? when->value : (w403_view){NULL, 0}};
    if (when && when->value.p && !w403_elements_add(e, &l)) {
        return NULL;
    }
    return e;
}

/* The text of an instant in the form of the key. */
static w403_view value_of(w403_space *s, const w403_key_use *u, const w403_value_class *c)
{
    if (u->id == W403_KEY_AWS_EPOCHTIME) {
        return w403_arena_printf(s->arena, "%lld", (long long)(c->instant / 1000000));
    }
    return c->value;
}

static w403_class *add_class(w403_space *s, w403_dim *d, const w403_key_use *u, const w403_view *values, uint32_t n)
{
    w403_class *c = w403_space_class(s, d);
    w403_key_fact *f = c ? W403_NEW(s->arena, w403_key_fact) : NULL;
    if (!f) {
        return NULL;
    }
    *f = (w403_key_fact){u->id, u->name, u->param, n ? W403_YES : W403_NO, values, n};
    c->facts = f;
    c->n_facts = 1;
    return c;
}

static bool add_single(w403_space *s, w403_dim *d, const w403_key_use *u, const w403_elements *e, uint32_t i)
{
    w403_view *v = W403_NEW(s->arena, w403_view);
    w403_class *c = v ? add_class(s, d, u, v, 1) : NULL;
    if (!c) {
        return false;
    }
    *v = value_of(s, u, &e->list.at[i]);
    c->element = i;
    return v->p != NULL;
}

static bool add_set(w403_space *s, w403_dim *d, const w403_key_use *u, const w403_elements *e, uint32_t mask)
{
    w403_view *v = W403_NEW_N(s->arena, w403_view, SET_ELEMENTS);
    uint32_t *set = W403_NEW_N(s->arena, uint32_t, SET_ELEMENTS);
    uint32_t n = 0;
    for (uint32_t i = 0; v && set && i < e->list.n && i < SET_ELEMENTS; i++) {
        if (mask >> i & 1) {
            set[n] = i;
            v[n++] = e->list.at[i].value;
        }
    }
    w403_class *c = set ? add_class(s, d, u, v, n) : NULL;
    if (c) {
        c->set = set;
        c->n_set = n;
        c->element = n == 1 ? set[0] : UINT32_MAX;
    }
    return c != NULL;
}

static bool is_value(const w403_value_class *c, w403_view v, w403_elements_kind kind)
{
    w403_ip ip;
    w403_instant t;
    switch (kind) {
    case W403_ELEMENTS_TEXT:
    case W403_ELEMENTS_BOOL:
        return w403_view_eq(c->value, v);
    case W403_ELEMENTS_NUMBER:
        return w403_decimal_valid(v) && w403_decimal_cmp(c->value, v) == 0;
    case W403_ELEMENTS_DATE:
        return w403_instant_parse(v, &t) && t == c->instant;
    case W403_ELEMENTS_NET:
        return w403_ip_parse(v, &ip) && memcmp(&ip, &c->first, sizeof ip) == 0;
    }
    return false;
}

/* --when: the one class that is left. */
static bool add_fixed(w403_space *s, w403_dim *d, const w403_key_use *u, const w403_elements *e, w403_view value)
{
    if (!value.p) {
        return add_class(s, d, u, NULL, 0) != NULL;
    }
    for (uint32_t i = 0; i < e->list.n; i++) {
        if (is_value(&e->list.at[i], value, e->kind)) {
            return add_single(s, d, u, e, i);
        }
    }
    return true; /* no request has that value: no class, so no combination */
}

/* Of the values of such a key a request has one: whoever asks is in one place. */
static bool one_path(uint16_t id)
{
    return id == W403_KEY_AWS_PRINCIPALORGPATHS || id == W403_KEY_AWS_RESOURCEORGPATHS ||
           id == W403_KEY_AWS_SOURCEORGPATHS || id == W403_KEY_AWS_VPCEORGPATHS;
}

w403_dim *w403_key_dim(w403_space *s, const w403_key_use *u, const w403_elements *e, const w403_key_rules *rules)
{
    const w403_key *k = w403_key_at(u->id);
    const w403_pair *when = fixed(rules, u);
    w403_dim *d = w403_space_dim(s, W403_DIM_KEY, u->name);
    if (!d) {
        return NULL;
    }
    d->id = u->id;
    d->param = u->param;
    d->elements = e;
    *rules->incomplete |= e->incomplete;
    if (when) {
        return add_fixed(s, d, u, e, when->value) ? d : NULL;
    }
    bool multi = k && k->multi && !one_path(u->id);
    bool last = u->id == W403_KEY_AWS_SOURCEIP; /* witnesses come over the internet where they can */
    if (!last && !add_class(s, d, u, NULL, 0)) {
        return NULL;
    }
    if (multi && e->list.n > SET_ELEMENTS) {
        *rules->incomplete = true;
    }
    size_t n = multi && e->list.n <= SET_ELEMENTS ? ((size_t)1 << e->list.n) - 1 : e->list.n;
    for (size_t i = 0; i < n; i++) {
        bool good = multi && e->list.n <= SET_ELEMENTS ? add_set(s, d, u, e, (uint32_t)i + 1)
                                                       : add_single(s, d, u, e, (uint32_t)i);
        if (!good) {
            return NULL;
        }
    }
    return !last || add_class(s, d, u, NULL, 0) ? d : NULL;
}

#include "symbolic/facts.h"

#include <stdlib.h>

#include "policy/pattern.h"

static bool names(const w403_key_fact *f, uint16_t id, w403_view name, w403_view param)
{
    if (id != W403_KEY_NONE || f->id != W403_KEY_NONE) {
        return f->id == id && w403_view_ieq(f->param, param);
    }
    return w403_view_ieq(f->name, name);
}

const w403_key_fact *w403_assignment_fact(const w403_assignment *as, uint16_t id, w403_view name, w403_view param)
{
    for (size_t i = 0; i < as->n; i++) {
        const w403_class *c = as->classes[i];
        for (uint32_t k = 0; c && k < c->n_facts; k++) {
            if (names(&c->facts[k], id, name, param)) {
                return &c->facts[k];
            }
        }
    }
    return NULL;
}

static void get(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    const w403_key_fact *f = w403_assignment_fact(c->user, id, name, param);
    *out = f ? (w403_key_value){f->present, f->values, f->n} : (w403_key_value){W403_NO, NULL, 0};
}

void w403_assignment_context(const w403_assignment *as, w403_arena *a, w403_context *out)
{
    *out = (w403_context){.get = get, .user = as, .arena = a};
}

/* ---- which keys are asked about ---- */

bool w403_same_key(uint16_t id, w403_view name, w403_view param, const w403_key_use *u)
{
    return names(&(w403_key_fact){.id = u->id, .name = u->name, .param = u->param}, id, name, param);
}

w403_key_use *w403_key_use_of(w403_arena *a, w403_key_uses *uses, uint16_t id, w403_view name, w403_view param)
{
    for (size_t i = 0; i < uses->n; i++) {
        if (w403_same_key(id, name, param, &uses->at[i])) {
            return &uses->at[i];
        }
    }
    w403_key_use *u = W403_PUSH(a, uses);
    if (u) {
        *u = (w403_key_use){.id = id, .name = name, .param = param};
    }
    return u;
}

bool w403_template_keys(const w403_template *t, w403_variable_fn *fn, void *user)
{
    for (size_t at = 0; t->has_variable && at + 1 < t->text.n; at++) {
        w403_variable v;
        if (t->text.p[at] != '$' || !w403_variable_at(t->text, at, &v)) {
            continue;
        }
        w403_view param = {NULL, 0};
        uint16_t id = w403_key_find(v.key, &param);
        if (!v.literal && v.well_formed && !fn(user, id, v.key, param)) {
            return false;
        }
        at = v.end - 1;
    }
    return true;
}

typedef struct adder {
    w403_arena *a;
    w403_key_uses *uses;
} adder;

static bool add_variable(void *user, uint16_t id, w403_view name, w403_view param)
{
    adder *x = user;
    return w403_key_use_of(x->a, x->uses, id, name, param) != NULL;
}

bool w403_key_uses_add(w403_arena *a, w403_key_uses *uses, const w403_statement *st)
{
    adder x = {a, uses};
    bool good = true;
    for (uint32_t i = 0; i < st->n_resources && good; i++) {
        good = w403_template_keys(&st->resources[i].whole, add_variable, &x);
    }
    for (uint32_t i = 0; i < st->n_conditions && good; i++) {
        const w403_condition *c = &st->conditions[i];
        w403_key_use *u = w403_key_use_of(a, uses, c->key_id, c->key, c->key_param);
        const w403_condition **slot = u ? W403_PUSH(a, &u->conditions) : NULL;
        if (!slot) {
            return false;
        }
        *slot = c;
        for (uint32_t v = 0; v < c->n_values && good; v++) {
            good = w403_template_keys(&c->values[v].text, add_variable, &x);
        }
    }
    return good;
}

static int by_name(const void *a, const void *b)
{
    w403_view x = ((const w403_key_use *)a)->name, y = ((const w403_key_use *)b)->name;
    for (size_t i = 0; i < x.n && i < y.n; i++) {
        char p = w403_lower(x.p[i]), q = w403_lower(y.p[i]);
        if (p != q) {
            return p < q ? -1 : 1;
        }
    }
    return (x.n > y.n) - (x.n < y.n);
}

void w403_key_uses_sort(w403_key_uses *uses)
{
    if (uses->n > 1) {
        qsort(uses->at, uses->n, sizeof *uses->at, by_name);
    }
}

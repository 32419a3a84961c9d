/* What a policy variable ties together in every request of a box: `same` in JSON, "where the folder is the user's name". */
#include "cli/reason_write.h"
#include "policy/pattern.h"

typedef struct link {
    w403_view variable; /* ${aws:username} */
    w403_view key;      /* aws:username */
    w403_view on;       /* "resource", or a condition key */
    bool folder, whole; /* the variable is a folder of the resource; the whole of the value */
} link;
typedef W403_ARRAY(link) links;

static bool variable_in(const w403_template *t, size_t *at, w403_variable *v)
{
    for (; *at < t->text.n; (*at)++) {
        if (w403_variable_at(t->text, *at, v)) {
            return true;
        }
    }
    return false;
}

static bool has_key(const w403_template *t, w403_view key)
{
    w403_variable v;
    for (size_t at = 0; variable_in(t, &at, &v); at = v.end) {
        if (w403_view_ieq(v.key, key) && !v.has_fallback) {
            return true;
        }
    }
    return false;
}

static bool add(w403_arena *a, links *out, const w403_template *t, size_t at, const w403_variable *v, w403_view on)
{
    for (size_t i = 0; i < out->n; i++) {
        if (w403_view_ieq(out->at[i].key, v->key) && w403_view_ieq(out->at[i].on, on)) {
            return true;
        }
    }
    link *slot = W403_PUSH(a, out);
    if (slot) {
        bool ends = v->end == t->text.n || t->text.p[v->end] == '/';
        *slot = (link){w403_arena_printf(a, "${%.*s}", W403_ARG(v->key)), v->key, on, ends && at && t->text.p[at - 1] == '/',
                       at == 0 && v->end == t->text.n};
    }
    return slot && slot->variable.p;
}

/* Of a list of patterns one of which matches: the variables that stand in each. */
static bool in_all(w403_arena *a, links *out, const w403_template *const *list, size_t n, w403_view on)
{
    w403_variable v;
    for (size_t at = 0; n && list[0]->has_variable && variable_in(list[0], &at, &v); at = v.end) {
        bool all = v.key.n && v.well_formed && !v.has_fallback;
        for (size_t i = 1; i < n && all; i++) {
            all = list[i]->has_variable && has_key(list[i], v.key);
        }
        if (all && !add(a, out, list[0], at, &v, on)) {
            return false;
        }
    }
    return true;
}

static bool of_statement(w403_arena *a, const w403_statement *st, links *out)
{
    const w403_template **list = W403_NEW_N(a, const w403_template *, st->n_resources + 1u);
    bool good = list != NULL;
    for (uint32_t i = 0; good && i < st->n_resources; i++) {
        list[i] = &st->resources[i].whole;
    }
    good = good && (st->not_resource || in_all(a, out, list, st->n_resources, W403_LIT("resource")));
    for (uint32_t c = 0; good && c < st->n_conditions; c++) {
        const w403_condition *k = &st->conditions[c];
        bool ties = k->op && !k->op->negated && !k->if_exists && k->set == W403_SET_NONE &&
                    (k->op->family == W403_OP_STRING || k->op->family == W403_OP_ARN);
        list = ties ? W403_NEW_N(a, const w403_template *, k->n_values + 1u) : list;
        good = list != NULL;
        for (uint32_t i = 0; good && ties && i < k->n_values; i++) {
            list[i] = &k->values[i].text;
        }
        good = good && (!ties || in_all(a, out, list, k->n_values, k->key));
    }
    return good;
}

/* Does the statement match in every combination of the box that its variables are tied in? */
static bool holds(const w403_documents *d, size_t bit, const w403_box *b)
{
    bool tied = false;
    for (size_t dim = 0; dim < d->space.dims.n; dim++) {
        const w403_dim *x = &d->space.dims.at[dim];
        for (size_t i = 0; i < x->classes.n && x->n_parts; i++) {
            const w403_class *c = &x->classes.at[i];
            if (w403_bit(b->live[dim], c->slot) && !w403_bit(c->yes, bit)) {
                return false;
            }
        }
        tied = tied || x->n_parts;
    }
    return tied;
}

static bool links_of(w403_arena *a, const w403_documents *d, const w403_box *b, links *out)
{
    bool good = true;
    for (size_t i = 0; i < d->n_statements && good; i++) {
        good = !holds(d, i, b) || of_statement(a, w403_documents_statement(d, i), out);
    }
    return good;
}

void w403_reason_same_json(w403_arena *a, w403_json_writer *w, const w403_documents *d, const w403_box *b)
{
    links all = {0};
    if (!links_of(a, d, b, &all) || !all.n) {
        return;
    }
    w403_jw_key(w, "same");
    w403_jw_array(w);
    for (size_t i = 0; i < all.n; i++) {
        w403_jw_array(w);
        w403_jw_str(w, all.at[i].variable);
        w403_jw_str(w, all.at[i].on);
        w403_jw_end_array(w);
    }
    w403_jw_end_array(w);
}

static w403_view value_words(w403_arena *a, w403_view key)
{
    size_t slash = w403_view_find_char(key, '/');
    w403_view name = w403_view_sub(key, 0, slash == SIZE_MAX ? key.n : slash), of = w403_view_sub(key, slash + 1, key.n);
    return w403_view_ieq(key, W403_LIT("aws:username")) ? W403_LIT("the user's name")
           : w403_view_ieq(key, W403_LIT("aws:userid")) ? W403_LIT("the caller's id")
           : slash != SIZE_MAX && w403_view_ieq(name, W403_LIT("aws:PrincipalTag"))
               ? w403_arena_printf(a, "the caller's tag %.*s", W403_ARG(of))
               : key;
}

w403_view w403_reason_same_words(w403_arena *a, const w403_documents *d, const w403_box *b)
{
    links all = {0};
    w403_view out = W403_LIT("");
    bool known = links_of(a, d, b, &all);
    for (size_t i = 0; known && i < all.n; i++) {
        const link *x = &all.at[i];
        bool resource = w403_view_eq(x->on, W403_LIT("resource"));
        w403_view value = value_words(a, x->key), on = resource ? W403_LIT("the resource") : x->on;
        w403_view words = resource && x->folder ? w403_arena_printf(a, "where the folder is %.*s", W403_ARG(value))
                                                : w403_arena_printf(a, "where %.*s %s %.*s", W403_ARG(on),
                                                                    x->whole ? "is" : "holds", W403_ARG(value));
        out = out.n ? w403_arena_printf(a, "%.*s, %.*s", W403_ARG(out), W403_ARG(words)) : words;
    }
    return out;
}

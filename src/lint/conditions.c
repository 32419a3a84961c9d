/* Condition: operators, keys, and whether the two go together (semantics 2.1, 2.2). */
#include <stdlib.h>

#include "base/nearest.h"
#include "lint/check.h"
#include "policy/parse.h"
#include "words/words.h"

/* ---- operators ---- */

static int without_case(const void *x, const void *y)
{
    const w403_json *a = *(const w403_json *const *)x, *b = *(const w403_json *const *)y;
    for (size_t i = 0; i < a->key.n && i < b->key.n; i++) {
        unsigned char p = (unsigned char)w403_lower(a->key.p[i]), q = (unsigned char)w403_lower(b->key.p[i]);
        if (p != q)
            return p < q ? -1 : 1;
    }
    if (a->key.n != b->key.n)
        return a->key.n < b->key.n ? -1 : 1;
    return a->key_span.off < b->key_span.off ? -1 : a->key_span.off > b->key_span.off;
}

static void same_key_twice(w403_lint_run *l, const w403_json *block)
{
    const w403_json **at = block->count > 1 ? w403_malloc(block->count * sizeof *at) : NULL;
    size_t n = 0;
    l->nomem = l->nomem || (block->count > 1 && !at);
    for (const w403_json *m = at ? block->first : NULL; m; m = m->next)
        at[n++] = m;
    if (n)
        qsort(at, n, sizeof *at, without_case);
    for (size_t i = 1; i < n; i++) {
        if (w403_view_ieq(at[i - 1]->key, at[i]->key) && !w403_view_eq(at[i - 1]->key, at[i]->key))
            w403_lint_key(l, W403_L_DUPLICATE_KEYS_WITH_DIFFERENT_CASE, at[i], W403_LINT_WORDS({"k", at[i]->key}));
    }
    w403_free(at);
}

static void operators(w403_lint_run *l, const w403_lint_statement *st)
{
    if (!w403_json_is(st->condition, W403_JSON_OBJECT))
        return;
    if (!st->condition->first)
        w403_lint_value(l, W403_L_EMPTY_OBJECT_CONDITION, st->condition, NULL);
    for (const w403_json *block = st->condition->first; block; block = block->next) {
        w403_lint_condition c = {0};
        w403_view base = w403_lint_operator(block->key, &c);
        if (!c.op)
            w403_lint_key(l, W403_L_INVALID_CONDITION_OPERATOR, block,
                          W403_LINT_WORDS({"op", block->key}, {"X", w403_view_of(w403_operator_nearest(base))}));
        else if (c.op->family == W403_OP_NULL && c.if_exists)
            w403_lint_key(l, W403_L_NULL_WITH_IF_EXISTS, block, NULL);
        else if (c.op->family == W403_OP_NULL && c.set != W403_SET_NONE)
            w403_lint_key(l, W403_L_NULL_WITH_QUALIFIER, block, NULL);
        if (block->type == W403_JSON_OBJECT && !block->first)
            w403_lint_value(l, W403_L_EMPTY_OBJECT_CONDITION, block, NULL);
        else if (block->type == W403_JSON_OBJECT)
            same_key_twice(l, block);
    }
}

/* ---- names of keys ---- */

/* The nearest key of a service, at a distance of at most two. */
static w403_view nearest_key(uint32_t service, w403_view key)
{
    unsigned distance = 3;
    w403_view best = {NULL, 0};
    if (service == W403_REF_NONE) {
        for (uint16_t id = 1; id < W403_KEY_COUNT; id++) {
            w403_view name = w403_view_of(w403_key_at(id)->name);
            unsigned d = w403_edit_distance(key, name, distance);
            if (d < distance && w403_view_starts(name, W403_LIT("aws:"))) {
                distance = d;
                best = name;
            }
        }
        return best;
    }
    for (const uint16_t *id = w403_ref_service_keys(service); *id; id++) {
        w403_view name = w403_ref_key_at(*id - 1u).name;
        unsigned d = w403_edit_distance(key, name, distance);
        if (d < distance) {
            distance = d;
            best = name;
        }
    }
    return best;
}

static void global_key(w403_lint_run *l, const w403_lint_condition *c)
{
    if (w403_view_ieq(c->key, W403_LIT("aws:ARN")))
        w403_lint_key(l, W403_L_UNSUPPORTED_GLOBAL_CONDITION_KEY, c->node,
                      W403_LINT_WORDS({"X", W403_LIT("aws:PrincipalArn")}));
    else if (!c->known && !w403_lint_listed(W403_LIST_UNDOCUMENTED_GLOBAL_KEY, c->key))
        w403_lint_key(l, W403_L_INVALID_GLOBAL_CONDITION_KEY, c->node,
                      W403_LINT_WORDS({"k", c->key}, {"X", nearest_key(W403_REF_NONE, c->key)}));
}

static void key_name(w403_lint_run *l, const w403_lint_condition *c)
{
    size_t colon = w403_view_find_char(c->key, ':');
    if (colon == SIZE_MAX) {
        w403_lint_key(l, W403_L_INVALID_CONDITION_KEY_FORMAT, c->node, NULL);
        return;
    }
    w403_view prefix = w403_view_sub(c->key, 0, colon);
    if (w403_lint_listed(W403_LIST_TAG_KEY_PREFIX, c->key)) {
        w403_lint_key(l, W403_L_MISSING_TAG_KEY_IN_CONDITION, c->node, W403_LINT_WORDS({"k", c->key}));
    } else if (w403_view_ieq(prefix, W403_LIT("aws"))) {
        global_key(l, c);
    } else if (!c->known && w403_view_find_char(prefix, '.') == SIZE_MAX && w403_view_find_char(prefix, '/') == SIZE_MAX) {
        uint32_t service = w403_ref_key_service(prefix); /* a dot or slash: the host of an identity provider */
        if (service == W403_REF_NONE)
            w403_lint_key(l, W403_L_INVALID_SERVICE, c->node, W403_LINT_WORDS({"s", prefix}));
        else if (!w403_ref_service_retired(service))
            w403_lint_key(l, W403_L_INVALID_SERVICE_CONDITION_KEY, c->node,
                          W403_LINT_WORDS({"k", c->key}, {"X", nearest_key(service, c->key)}));
    }
}

/* ---- operator and key ---- */

static bool of_provider(const w403_lint_condition *c) /* accounts.google.com:aud */
{
    size_t colon = w403_view_find_char(c->key, ':');
    return colon != SIZE_MAX && w403_view_find_char(w403_view_sub(c->key, 0, colon), '.') != SIZE_MAX;
}

static void qualifiers(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    if (!c->known || c->op->family == W403_OP_NULL)
        return;
    if (c->multi && c->set == W403_SET_NONE)
        w403_lint_key(l, W403_L_MISSING_QUALIFIER, c->node, W403_LINT_WORDS({"k", c->key}));
    if (st->allow && !c->multi && c->set == W403_SET_ALL && !of_provider(c))
        w403_lint_key(l, W403_L_FORALLVALUES_WITH_SINGLE_VALUED_KEY, c->node, W403_LINT_WORDS({"k", c->key}));
}

/* What a key of each type is compared with. */
static const struct {
    const char *type, *operators;
} wanted[] = {
    [W403_KEY_TYPE_STRING] = {NC_("lint", "a text"), NC_("lint", "String operators")},
    [W403_KEY_TYPE_ARN] = {NC_("lint", "an ARN"), NC_("lint", "Arn operators")},
    [W403_KEY_TYPE_NUMERIC] = {NC_("lint", "a number"), NC_("lint", "Numeric operators")},
    [W403_KEY_TYPE_DATE] = {NC_("lint", "a date"), NC_("lint", "Date operators")},
    [W403_KEY_TYPE_BOOL] = {NC_("lint", "true or false"), "Bool"},
    [W403_KEY_TYPE_IP] = {NC_("lint", "an address"), NC_("lint", "IpAddress or NotIpAddress")},
    [W403_KEY_TYPE_BINARY] = {NC_("lint", "binary"), "BinaryEquals"},
};

static bool fits(w403_operator_family family, w403_key_type type)
{
    switch (type) {
    case W403_KEY_TYPE_STRING:
    case W403_KEY_TYPE_ARN:
        return family == W403_OP_STRING || family == W403_OP_ARN || family == W403_OP_BINARY;
    case W403_KEY_TYPE_NUMERIC:
    case W403_KEY_TYPE_DATE:
        return family == W403_OP_NUMERIC || family == W403_OP_DATE;
    case W403_KEY_TYPE_BOOL:
        return family == W403_OP_BOOL;
    case W403_KEY_TYPE_IP:
        return family == W403_OP_IP;
    case W403_KEY_TYPE_BINARY:
        return family == W403_OP_BINARY || family == W403_OP_STRING;
    }
    return true;
}

static void types(w403_lint_run *l, const w403_lint_condition *c)
{
    if (!c->known || c->op->family == W403_OP_NULL)
        return;
    if (!fits(c->op->family, (w403_key_type)c->type))
        w403_lint_key(l, W403_L_TYPE_MISMATCH, c->node,
                      W403_LINT_WORDS({"k", c->key}, {"type", w403_lint_said(l, wanted[c->type].type)},
                                      {"operators", w403_lint_said(l, wanted[c->type].operators)}));
    if (c->op->family == W403_OP_STRING && c->op->compare == W403_CMP_LIKE && c->type == W403_KEY_TYPE_ARN)
        w403_lint_key(l, W403_L_STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS, c->node, W403_LINT_WORDS({"k", c->key}));
}

/* ---- shape of the values ---- */

static void empty_values(w403_lint_run *l, const w403_lint_condition *c)
{
    w403_lint_code code = c->set == W403_SET_ALL   ? W403_L_EMPTY_ARRAY_CONDITION_FORALLVALUES
                          : c->set == W403_SET_ANY ? W403_L_EMPTY_ARRAY_CONDITION_FORANYVALUE
                          : c->if_exists           ? W403_L_EMPTY_ARRAY_CONDITION_IFEXISTS
                                                   : W403_L_EMPTY_ARRAY_CONDITION;
    if (c->node->type == W403_JSON_ARRAY && !c->node->first)
        w403_lint_value(l, code, c->node, W403_LINT_WORDS({"k", c->key}));
}

static int json_kind(const w403_json *v)
{
    return v->type == W403_JSON_FALSE ? W403_JSON_TRUE : v->type;
}

static void mixed_values(w403_lint_run *l, const w403_lint_condition *c)
{
    int kind = -1;
    uint32_t n = 0;
    bool mixed = false;
    W403_LINT_EACH_SCALAR(v, c->node) {
        mixed = mixed || (n && json_kind(v) != kind);
        kind = json_kind(v);
        n++;
    }
    if (mixed)
        w403_lint_value(l, W403_L_INVALID_CONDITION_DATA_TYPE, c->node, NULL);
    if (n > 1 && c->op && (c->op->family == W403_OP_BOOL || c->op->family == W403_OP_NULL))
        w403_lint_value(l, W403_L_INVALID_CONDITION_MULTIPLE_BOOLEAN, c->node, NULL);
}

void w403_lint_conditions(w403_lint_run *l, const w403_lint_statement *st)
{
    operators(l, st);
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        empty_values(l, c);
        mixed_values(l, c);
        key_name(l, c);
        if (!c->op)
            continue;
        qualifiers(l, st, c);
        types(l, c);
        w403_lint_values(l, st, c);
        w403_lint_addresses(l, c);
        w403_lint_formats(l, c);
    }
}

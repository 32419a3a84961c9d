/* Values of one condition: can they be what the operator compares (Dt1, Num1, Ip1, PV1), and what do they mean? */
#include "base/encode.h"
#include "base/glob.h"
#include "lint/arn.h"
#include "words/words.h"

/* The text without its ${...}; ${*}, ${?} and ${$} are characters. */
static bool wild_beyond_variables(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        size_t close = v.p[i] == '$' && i + 1 < v.n && v.p[i + 1] == '{'
                           ? w403_view_find_char(w403_view_sub(v, i, v.n), '}')
                           : SIZE_MAX;
        if (close != SIZE_MAX)
            i += close;
        else if (v.p[i] == '*' || v.p[i] == '?')
            return true;
    }
    return false;
}

static bool has_variable(w403_view v)
{
    size_t at = w403_view_find(v, W403_LIT("${"));
    bool literal = at != SIZE_MAX && at + 3 < v.n && v.p[at + 3] == '}' && strchr("*?$", v.p[at + 2]);
    return at != SIZE_MAX && !literal;
}

/* ---- text of a value ---- */

static void date(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    w403_instant t;
    bool epoch = v->text.n != 4 && w403_decimal_valid(v->text);
    if (!w403_instant_parse(v->text, &t))
        w403_lint_value(l, W403_L_TYPE_MISMATCH_DATE, v, W403_LINT_WORDS({"v", v->text}));
    else if (epoch && !w403_lint_is_key(c, "aws:EpochTime"))
        w403_lint_value(l, W403_L_INVALID_DATE_VALUE, v, NULL);
}

static void equals(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    bool exact = c->op->compare == W403_CMP_EQ || c->op->compare == W403_CMP_EQ_ICASE;
    if (c->op->family == W403_OP_STRING && exact && wild_beyond_variables(v->text))
        w403_lint_value(l, W403_L_WILDCARD_WITHOUT_LIKE_OPERATOR, v, NULL);
}

/* `*` alone asks whether the key is there. */
static void lone_star(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    w403_lint_word k = {"k", c->key};
    if (c->op->compare != W403_CMP_LIKE || !w403_view_eq(v->text, W403_LIT("*")))
        return;
    if (c->set == W403_SET_NONE && !c->if_exists)
        w403_lint_value(l, c->op->negated ? W403_L_EQUIVALENT_TO_NULL_TRUE : W403_L_EQUIVALENT_TO_NULL_FALSE, v,
                        W403_LINT_WORDS(k));
    else if (!c->op->negated && (c->if_exists || c->set == W403_SET_ALL))
        w403_lint_key(l, W403_L_REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION, c->node, NULL);
    else if (c->op->negated && c->set == W403_SET_ANY)
        w403_lint_key(l, W403_L_REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION, c->node, NULL);
}

static void one(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    w403_view text = v->text, clear = {NULL, 0};
    bool texts = c->op->family == W403_OP_STRING || c->op->family == W403_OP_ARN;
    w403_lint_word word = {"v", text};
    w403_lint_variables(l, v);
    if (!texts && has_variable(text)) {
        w403_lint_value(l, W403_L_INVALID_VARIABLE_FOR_OPERATOR, v, NULL);
        return;
    }
    switch (c->op->family) {
    case W403_OP_BOOL:
    case W403_OP_NULL:
        if (!w403_view_ieq(text, W403_LIT("true")) && !w403_view_ieq(text, W403_LIT("false")))
            w403_lint_value(l, W403_L_TYPE_MISMATCH_BOOLEAN, v, W403_LINT_WORDS(word));
        break;
    case W403_OP_NUMERIC:
        if (!w403_decimal_valid(text))
            w403_lint_value(l, W403_L_TYPE_MISMATCH_NUMBER, v, W403_LINT_WORDS(word));
        break;
    case W403_OP_DATE:
        date(l, c, v);
        break;
    case W403_OP_BINARY:
        clear = w403_base64_decode(l->arena, text);
        if (!clear.p)
            w403_lint_value(l, W403_L_TYPE_MISMATCH_STRING, v, W403_LINT_WORDS(word));
        break;
    case W403_OP_STRING:
    case W403_OP_ARN:
        equals(l, c, v);
        lone_star(l, c, v);
        break;
    case W403_OP_IP: /* addresses.c */
    case W403_OP_NONE:
        break;
    }
}

/* ---- keys that decide who may come in ---- */

static bool user_id_is_open(w403_view v) /* six characters before the wildcard, or AROA...:* or *:name */
{
    size_t at = w403_view_find_char(v, '*');
    size_t colon = w403_view_find_char(v, ':');
    if (at == SIZE_MAX)
        at = w403_view_find_char(v, '?');
    bool pair = colon != SIZE_MAX && (w403_view_eq(w403_view_sub(v, colon + 1, v.n), W403_LIT("*")) ||
                                      w403_view_eq(w403_view_sub(v, 0, colon), W403_LIT("*")));
    return at < 6 && !pair;
}

static void permissive(w403_lint_run *l, const w403_lint_condition *c, const w403_json *v)
{
    bool sensitive = w403_lint_listed(W403_LIST_SENSITIVE_KEY, c->key);
    bool lone = w403_view_eq(v->text, W403_LIT("*"));
    w403_lint_word k = {"k", c->key};
    if (c->op->compare != W403_CMP_LIKE || c->op->negated || lone)
        return;
    if (wild_beyond_variables(v->text) &&
        (sensitive || (w403_lint_is_key(c, "aws:userid") && user_id_is_open(v->text))))
        w403_lint_value(l, W403_L_WILDCARD_USAGE_TOO_PERMISSIVE, v, W403_LINT_WORDS(k));
    if (sensitive && !c->if_exists && has_variable(v->text))
        w403_lint_value(l, W403_L_VARIABLE_USAGE_TOO_PERMISSIVE, v, W403_LINT_WORDS(k));
}

/* ---- the whole list ---- */

static void bounds(w403_lint_run *l, const w403_lint_condition *c)
{
    bool less = c->op->compare == W403_CMP_LT || c->op->compare == W403_CMP_LE;
    bool more = c->op->compare == W403_CMP_GT || c->op->compare == W403_CMP_GE;
    if (c->op->family == W403_OP_NUMERIC && (less || more) && c->node->type == W403_JSON_ARRAY && c->node->count > 1)
        w403_lint_value(l, W403_L_REDUNDANT_CONDITION_VALUE_NUM, c->node,
                        W403_LINT_WORDS({"greatest/least", w403_lint_said(l, less ? NC_("lint", "greatest") : NC_("lint", "least"))}));
}

void w403_lint_values(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    W403_LINT_EACH_SCALAR(v, c->node) {
        one(l, c, v);
        if (st->allow && (c->op->family == W403_OP_STRING || c->op->family == W403_OP_ARN))
            permissive(l, c, v);
    }
    bounds(l, c);
}

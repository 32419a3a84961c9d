/* Condition blocks (semantics 2.1, 2.2). One condition is one operator on one key; a block is their AND. */
#include "base/encode.h"
#include "base/glob.h"
#include "catalog/catalog.h"
#include "policy/match.h"

static w403_tri compare_string(const w403_condition *c, const w403_condition_value *v, w403_view x,
                               const w403_context *ctx)
{
    w403_expansion e = w403_expand(&v->text, 0, ctx);
    if (e.resolved != W403_YES) {
        return e.resolved; /* PV6: no match; a negated operator turns that round */
    }
    switch (c->op->compare) {
    case W403_CMP_EQ_ICASE:
        return w403_bool(w403_view_ieq(e.text, x)); /* Str1 */
    case W403_CMP_LIKE:
        return w403_bool(w403_glob_masked(e.text, e.literal, x, false));
    case W403_CMP_EQ:
        return w403_bool(w403_view_eq(e.text, x)); /* `*` is literal */
    case W403_CMP_LT:
    case W403_CMP_LE:
    case W403_CMP_GT:
    case W403_CMP_GE:
        break;
    }
    return W403_NO;
}

static w403_tri compare_arn(const w403_condition_value *v, w403_view x, const w403_context *ctx)
{
    w403_expansion e = w403_expand(&v->text, 0, ctx);
    if (e.resolved != W403_YES) {
        return e.resolved;
    }
    if (w403_view_eq(e.text, W403_LIT("*")) && !(e.literal && e.literal[0])) {
        return W403_YES; /* Arn2 */
    }
    w403_arn arn = w403_arn_split(x);
    if (arn.n != 6) {
        return W403_NO; /* Arn1 */
    }
    size_t from = 0;
    for (int i = 0; i < 6; i++) {
        w403_view rest = w403_view_sub(e.text, from, e.text.n);
        size_t colon = i < 5 ? w403_view_find_char(rest, ':') : SIZE_MAX;
        if (i < 5 && colon == SIZE_MAX) {
            return W403_NO; /* Arn1: not six parts */
        }
        w403_view part = i < 5 ? w403_view_sub(rest, 0, colon) : rest;
        if (!w403_glob_masked(part, e.literal ? e.literal + from : NULL, arn.part[i], false)) {
            return W403_NO;
        }
        from += part.n + 1;
    }
    return W403_YES;
}

static w403_tri ordered(w403_compare cmp, int sign)
{
    switch (cmp) {
    case W403_CMP_LT:
        return w403_bool(sign < 0);
    case W403_CMP_LE:
        return w403_bool(sign <= 0);
    case W403_CMP_GT:
        return w403_bool(sign > 0);
    case W403_CMP_GE:
        return w403_bool(sign >= 0);
    case W403_CMP_EQ:
    case W403_CMP_EQ_ICASE:
    case W403_CMP_LIKE:
        break;
    }
    return w403_bool(sign == 0);
}

/* Num1, Dt1: text that is no number or date matches nothing; whether that makes a negated operator true is not
 * documented, so it is unknown there. */
static w403_tri unparsable(const w403_condition *c)
{
    return c->op->negated ? W403_UNKNOWN : W403_NO;
}

/* A value of the policy that AWS would not have stored. */
static w403_tri unreadable(const w403_condition *c)
{
    return c->of_deny ? W403_UNKNOWN : unparsable(c);
}

static w403_tri compare_numeric(const w403_condition *c, const w403_condition_value *v, w403_view x)
{
    if (!v->valid || !w403_decimal_valid(x)) {
        return v->valid ? unparsable(c) : unreadable(c);
    }
    return ordered(c->op->compare, w403_decimal_cmp(x, v->text.text));
}

static w403_tri compare_date(const w403_condition *c, const w403_condition_value *v, w403_view x)
{
    w403_instant t;
    if ((!v->valid && !v->zoneless) || !w403_instant_parse(x, &t)) {
        return v->valid || v->zoneless ? unparsable(c) : unreadable(c);
    }
    w403_tri is = ordered(c->op->compare, t < v->u.instant ? -1 : t > v->u.instant);
    /* Dt1: by one reading it is UTC, by the other it is no date. */
    return v->zoneless && is == W403_YES ? W403_UNKNOWN : v->zoneless ? unparsable(c) : is;
}

static w403_tri compare_bool(const w403_condition *c, const w403_condition_value *v, w403_view x,
                             const w403_context *ctx)
{
    w403_expansion e = w403_expand(&v->text, 0, ctx); /* PV2 */
    if (e.resolved != W403_YES) {
        return e.resolved;
    }
    bool truth = w403_view_ieq(e.text, W403_LIT("true"));
    if (!truth && !w403_view_ieq(e.text, W403_LIT("false"))) {
        return v->text.has_variable ? W403_NO : unreadable(c);
    }
    return w403_bool(w403_view_ieq(x, truth ? W403_LIT("true") : W403_LIT("false")));
}

static w403_tri compare_ip(const w403_condition *c, const w403_condition_value *v, w403_view x)
{
    w403_ip ip;
    if (!v->valid) {
        return unreadable(c);
    }
    if (!w403_ip_parse(x, &ip)) {
        return W403_NO; /* Ip3 */
    }
    return w403_bool(w403_cidr_contains(&v->u.cidr, &ip));
}

static w403_tri compare_binary(const w403_condition *c, const w403_condition_value *v, w403_view x)
{
    if (!v->valid && !w403_view_eq(v->text.text, x)) {
        return unreadable(c);
    }
    return w403_bool(v->valid && (w403_view_eq(v->u.binary, x) || w403_view_eq(v->text.text, x)));
}

static w403_tri value_matches(const w403_condition *c, const w403_condition_value *v, w403_view x,
                              const w403_context *ctx)
{
    switch (c->op->family) {
    case W403_OP_STRING:
        return compare_string(c, v, x, ctx);
    case W403_OP_ARN:
        return compare_arn(v, x, ctx);
    case W403_OP_NUMERIC:
        return compare_numeric(c, v, x);
    case W403_OP_DATE:
        return compare_date(c, v, x);
    case W403_OP_BOOL:
        return compare_bool(c, v, x, ctx);
    case W403_OP_IP:
        return compare_ip(c, v, x);
    case W403_OP_BINARY:
        return compare_binary(c, v, x);
    case W403_OP_NULL:
    case W403_OP_NONE:
        break;
    }
    return W403_NO;
}

/* One value of the key: any of the policy's values, or for a negated operator none of them (NOR). */
static w403_tri key_value_ok(const w403_condition *c, w403_view x, const w403_context *ctx)
{
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < c->n_values && any != W403_YES; i++) {
        any = w403_or(any, value_matches(c, &c->values[i], x, ctx));
    }
    return c->op->negated ? w403_not(any) : any;
}

/* N1: an empty string is a null dataset for Null and ForAllValues, a real value for String operators. */
static bool is_null_dataset(const w403_key_value *k)
{
    return k->present == W403_NO || k->n == 0 || (k->n == 1 && k->values[0].n == 0);
}

static w403_tri match_null(const w403_condition *c, const w403_key_value *k)
{
    bool isnull = is_null_dataset(k);
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < c->n_values; i++) {
        bool want = w403_view_ieq(c->values[i].text.text, W403_LIT("true"));
        if (want ? isnull : (w403_view_ieq(c->values[i].text.text, W403_LIT("false")) && !isnull)) {
            return W403_YES;
        }
        any = c->values[i].valid ? any : unreadable(c);
    }
    return any;
}

static w403_tri match_set(const w403_condition *c, const w403_key_value *k, const w403_context *ctx)
{
    bool all = c->set == W403_SET_ALL;
    w403_tri result = w403_bool(all);
    if (all && is_null_dataset(k)) {
        return W403_YES;
    }
    for (uint32_t i = 0; i < k->n; i++) {
        w403_tri ok = key_value_ok(c, k->values[i], ctx);
        result = all ? w403_and(result, ok) : w403_or(result, ok);
    }
    return result;
}

/* The missing-key rules of 2.1, in their order. */
static w403_tri when_absent(const w403_condition *c, const w403_context *ctx)
{
    if (c->set == W403_SET_ALL || c->if_exists) {
        return W403_YES; /* N2, N5 */
    }
    return w403_bool(c->set == W403_SET_NONE && c->op->negated && !(ctx->rules & W403_RULE_ABSENT_IS_NO));
}

/* The key is unknown. Where none of the values can match anything (PV6: variables without a value), a present key
 * fares as an absent one. */
static w403_tri whatever_value(const w403_condition *c, const w403_context *ctx)
{
    bool     text = c->op->family == W403_OP_STRING || c->op->family == W403_OP_ARN;
    w403_tri present = w403_bool(c->op->negated);
    w403_tri absent = when_absent(c, ctx);
    if (!text || present != absent || c->n_values == 0) {
        return W403_UNKNOWN;
    }
    for (uint32_t i = 0; i < c->n_values; i++) {
        if (w403_expand(&c->values[i].text, 0, ctx).resolved != W403_NO) {
            return W403_UNKNOWN;
        }
    }
    return present;
}

w403_tri w403_match_condition(const w403_condition *c, const w403_context *ctx)
{
    w403_key_value k = {W403_NO, NULL, 0};
    w403_context_get(ctx, c->key_id, c->key, c->key_param, &k);
    if (k.present == W403_UNKNOWN) {
        return whatever_value(c, ctx);
    }
    if (c->op->family == W403_OP_NULL) {
        return match_null(c, &k);
    }
    if (k.present == W403_NO || k.n == 0) {
        return when_absent(c, ctx);
    }
    if (c->set != W403_SET_NONE) {
        return match_set(c, &k, ctx);
    }
    if (k.n > 1) {
        return W403_NO; /* N3: a multivalued key without a set operator */
    }
    return key_value_ok(c, k.values[0], ctx);
}

/* ---- which unknown keys a statement hangs on ---- */

void w403_statement_unknown_keys(const w403_statement *st, const w403_context *ctx, w403_unknown_key_fn *fn,
                                 void *user)
{
    for (uint32_t i = 0; i < st->n_resources; i++) {
        w403_template_unknown_keys(&st->resources[i].whole, ctx, fn, user);
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        if (w403_match_condition(c, ctx) != W403_UNKNOWN) {
            continue;
        }
        w403_key_value k = {W403_NO, NULL, 0};
        w403_context_get(ctx, c->key_id, c->key, c->key_param, &k);
        if (k.present == W403_UNKNOWN) {
            fn(user, c->key);
        }
        for (uint32_t v = 0; v < c->n_values; v++) {
            if (c->values[v].zoneless) {
                fn(user, w403_arena_printf(ctx->arena, "what AWS takes `%.*s` for, a date without a time zone",
                                           W403_ARG(c->values[v].text.text)));
            }
            w403_template_unknown_keys(&c->values[v].text, ctx, fn, user);
        }
    }
}

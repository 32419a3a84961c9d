/* Two conditions on one key that exclude each other: the statement does nothing. Said only where it is certain. */
#include "lint/arn.h"

static bool has_variable(const w403_lint_condition *c)
{
    W403_LINT_EACH_SCALAR(v, c->node) {
        if (w403_view_find(v->text, W403_LIT("${")) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool any_matches(const w403_json *patterns, w403_view value, bool like)
{
    W403_LINT_EACH(p, patterns) {
        if (like ? w403_lint_includes(p->text, value, false) : w403_view_eq(p->text, value))
            return true;
    }
    return false;
}

static bool is_string(const w403_lint_condition *c, w403_compare compare, bool negated)
{
    return c->op->family == W403_OP_STRING && c->op->compare == compare && c->op->negated == negated;
}

/* `equal` wants one of its values; `other` takes all of them away. */
static bool excludes(const w403_lint_condition *equal, const w403_lint_condition *other)
{
    bool negated = other->op->negated, like = other->op->compare == W403_CMP_LIKE;
    bool any = false;
    W403_LINT_EACH(v, equal->node) {
        any = true;
        if (any_matches(other->node, v->text, like) != negated)
            return false;
    }
    return any;
}

static bool strings(const w403_lint_condition *a, const w403_lint_condition *b)
{
    return is_string(a, W403_CMP_EQ, false) &&
           (is_string(b, W403_CMP_EQ, true) || is_string(b, W403_CMP_LIKE, true) || is_string(b, W403_CMP_LIKE, false)) &&
           excludes(a, b);
}

static bool wants_absent(const w403_lint_condition *c)
{
    bool absent = false;
    W403_LINT_EACH_SCALAR(v, c->node)
        absent = w403_view_ieq(v->text, W403_LIT("true"));
    return c->op->family == W403_OP_NULL && absent;
}

/* The bound that counts: the least of several lower bounds, the greatest of several upper ones. */
static w403_view bound(const w403_lint_condition *c, bool lower)
{
    w403_view best = {NULL, 0};
    W403_LINT_EACH_SCALAR(v, c->node) {
        if (!w403_decimal_valid(v->text))
            return (w403_view){NULL, 0};
        if (!best.p || (lower ? w403_decimal_cmp(v->text, best) < 0 : w403_decimal_cmp(v->text, best) > 0))
            best = v->text;
    }
    return best;
}

static bool empty_range(const w403_lint_condition *a, const w403_lint_condition *b)
{
    w403_compare low = a->op->compare, high = b->op->compare;
    bool bounds = a->op->family == W403_OP_NUMERIC && b->op->family == W403_OP_NUMERIC &&
                  (low == W403_CMP_GT || low == W403_CMP_GE) && (high == W403_CMP_LT || high == W403_CMP_LE);
    if (!bounds)
        return false;
    w403_view from = bound(a, true), to = bound(b, false);
    if (!from.p || !to.p)
        return false;
    int order = w403_decimal_cmp(from, to);
    return order > 0 || (order == 0 && (low == W403_CMP_GT || high == W403_CMP_LT));
}

static bool one_way(const w403_lint_condition *a, const w403_lint_condition *b)
{
    return (wants_absent(a) && w403_lint_positive(b)) || strings(a, b) || empty_range(a, b);
}

static bool judged(const w403_lint_condition *c)
{
    return c->op && c->set == W403_SET_NONE && !c->if_exists && !has_variable(c);
}

void w403_lint_contradictions(w403_lint_run *l, const w403_lint_statement *st)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *b = &st->conditions[i];
        for (uint32_t k = 0; k < i; k++) {
            const w403_lint_condition *a = &st->conditions[k];
            if (!w403_view_ieq(a->key, b->key) || !judged(a) || !judged(b) || (!one_way(a, b) && !one_way(b, a)))
                continue;
            w403_lint_place at[] = {w403_lint_at_key(a->node), w403_lint_at_key(b->node)};
            w403_lint_add(l, W403_L_OWN_CONDITIONS_CONTRADICT, at, 2, NULL);
        }
    }
}

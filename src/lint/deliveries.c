/* A Deny that no one thought of: does it hit what AWS services deliver to the bucket (lint 4.5)? */
#include "base/glob.h"
#include "lint/arn.h"

/* ---- one condition, for a delivery by a service principal ---- */

static w403_tri known_value(const w403_lint_condition *c, w403_view value)
{
    bool match = false, exact = c->op->compare == W403_CMP_EQ;
    W403_LINT_EACH_SCALAR(v, c->node)
        match = match || (c->op->family == W403_OP_BOOL || c->op->compare == W403_CMP_EQ_ICASE
                              ? w403_view_ieq(v->text, value)
                          : exact ? w403_view_eq(v->text, value)
                                  : w403_glob(v->text, value));
    return match != c->op->negated ? W403_YES : W403_NO;
}

static w403_tri null_condition(const w403_lint_condition *c, bool absent)
{
    const w403_json *v = w403_lint_first_scalar(c->node);
    bool wanted = v && w403_view_ieq(v->text, W403_LIT("true"));
    return v && wanted == absent ? W403_YES : W403_NO;
}

static w403_tri absent_value(const w403_lint_condition *c)
{
    if (c->if_exists || c->set == W403_SET_ALL)
        return W403_YES;
    return c->op->negated && c->set != W403_SET_ANY ? W403_YES : W403_NO;
}

/* `service` {NULL,0}: whichever. */
static w403_tri holds(const w403_lint_condition *c, w403_view service)
{
    bool absent = w403_lint_listed(W403_LIST_DELIVERY_ABSENT_KEY, c->key);
    bool is_service = w403_lint_is_key(c, "aws:PrincipalIsAWSService"), via = w403_lint_is_key(c, "aws:ViaAWSService");
    bool name = w403_lint_is_key(c, "aws:PrincipalServiceName");
    if (!c->op)
        return W403_UNKNOWN;
    if (c->op->family == W403_OP_NULL)
        return absent || is_service || via || name ? null_condition(c, absent) : W403_UNKNOWN;
    if (absent)
        return absent_value(c);
    if (is_service || via)
        return known_value(c, is_service ? W403_LIT("true") : W403_LIT("false"));
    return name && service.p ? known_value(c, service) : W403_UNKNOWN;
}

static bool certain(const w403_lint_statement *st, w403_view service)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (holds(&st->conditions[i], service) != W403_YES)
            return false;
    }
    return !st->condition || w403_json_is(st->condition, W403_JSON_OBJECT);
}

/* ---- statements ---- */

static bool covers_put(const w403_lint_statement *st)
{
    W403_LINT_EACH(v, st->action) {
        if (w403_lint_action_is(v, "s3:PutObject"))
            return true;
    }
    W403_LINT_EACH(v, st->not_action) {
        if (w403_lint_action_is(v, "s3:PutObject"))
            return false;
    }
    return st->not_action != NULL;
}

static bool on_objects(w403_lint_run *l, const w403_json *deny, const w403_json *allow)
{
    W403_LINT_EACH(d, deny) {
        if (!(w403_lint_halves(d->text) & W403_LINT_IS_OBJECT))
            continue;
        if (!allow)
            return true;
        W403_LINT_EACH(a, allow) {
            if (w403_lint_overlap(w403_lint_budget(l), w403_lint_as_glob(l, d->text), w403_lint_as_glob(l, a->text),
                                  false) == W403_YES)
                return true;
        }
    }
    return false;
}

static const w403_lint_statement *cancelled(w403_lint_run *l, const w403_lint_statement *deny, w403_view *service)
{
    for (uint32_t i = 0; i < l->n_statements; i++) {
        const w403_lint_statement *st = &l->statements[i];
        const w403_json *names = w403_json_get(st->principal, "Service");
        if (!st->allow || !covers_put(st) || !on_objects(l, deny->resource, st->resource))
            continue;
        W403_LINT_EACH(v, names) {
            *service = v->text;
            if (certain(deny, v->text))
                return st;
        }
    }
    return NULL;
}

void w403_lint_deliveries(w403_lint_run *l)
{
    if ((size_t)l->n_statements * l->n_statements > W403_LIMIT_LINT_PAIRS)
        return; /* nothing is said that was not looked at */
    for (uint32_t i = 0; i < l->n_statements && l->options->resource == W403_LINT_BUCKET; i++) {
        const w403_lint_statement *st = &l->statements[i];
        w403_view service = {NULL, 0};
        if (!st->deny || !w403_lint_everyone(st) || !covers_put(st) || !on_objects(l, st->resource, NULL))
            continue;
        const w403_lint_statement *allow = cancelled(l, st, &service);
        if (allow) {
            w403_lint_place at[] = {w403_lint_at_value(st->node), w403_lint_at_value(allow->node)};
            w403_lint_add(l, W403_L_OWN_DENY_CANCELS_SERVICE_ALLOW, at, 2, W403_LINT_WORDS({"service", service}));
        } else if (st->n_conditions && certain(st, (w403_view){NULL, 0})) {
            w403_lint_value(l, W403_L_OWN_DENY_HITS_SERVICES, st->node, NULL);
        }
    }
}

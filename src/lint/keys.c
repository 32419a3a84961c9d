/* Keys that say something else than their author thinks, whatever their values. */
#include "lint/check.h"

static void key(w403_lint_run *l, w403_lint_code code, const w403_lint_condition *c)
{
    w403_lint_key(l, code, c->node, W403_LINT_WORDS({"k", c->key}));
}

static bool action_listed(const w403_lint_statement *st, const char *action)
{
    W403_LINT_EACH(v, st->action) {
        if (w403_lint_action_is(v, action))
            return true;
    }
    return false;
}

static bool every_action(const w403_lint_statement *st)
{
    W403_LINT_EACH(v, st->action) {
        if (w403_view_eq(v->text, W403_LIT("*")))
            return true;
    }
    return false;
}

/* A shorter prefix gets around a Deny that names one. */
static void prefix_key(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    if (w403_lint_is_key(c, "s3:prefix") && c->op->family == W403_OP_STRING &&
        ((st->deny && !c->op->negated) || (st->allow && c->op->negated)))
        key(l, W403_L_S3_PREFIX_IN_NEGATIVE_CONTEXT, c);
}

static void allow_keys(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    if (w403_lint_is_key(c, "aws:Referer") || w403_lint_is_key(c, "aws:UserAgent"))
        key(l, W403_L_UNTRUSTWORTHY_CONDITION_KEY, c);
    if (w403_lint_is_key(c, "aws:VpcSourceIp") && !w403_lint_on(st, "aws:SourceVpc") &&
        !w403_lint_on(st, "aws:SourceVpce") && !w403_lint_on(st, "aws:SourceVpcArn"))
        key(l, W403_L_MISSING_PAIRED_CONDITION_KEYS, c);
    if (w403_lint_is_key(c, "dynamodb:Attributes") && !w403_lint_on(st, "dynamodb:Select"))
        key(l, W403_L_DYNAMODB_ATTRIBUTES_WITHOUT_SELECT, c);
}

static void everything_keys(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    if (st->deny && every_action(st) &&
        (w403_lint_is_key(c, "aws:VpceAccount") || w403_lint_is_key(c, "aws:VpceOrgID") ||
         w403_lint_is_key(c, "aws:VpceOrgPaths")))
        key(l, W403_L_USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES, c);
}

/* Keys of iam:PassRole and its kin on an action that never carries them. */
static void iam_keys(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    bool passed = w403_lint_is_key(c, "iam:PassedToService"), associated = w403_lint_is_key(c, "iam:AssociatedResourceArn");
    w403_lint_place *at = passed || associated ? w403_lint_unfit_actions(l, st, c) : NULL;
    uint32_t n = 0;
    while (at && at[n].node)
        n++;
    if (n) {
        w403_view names = w403_lint_texts(l, at, n);
        at[n] = w403_lint_at_key(c->node);
        w403_lint_add(l, W403_L_UNSUPPORTED_ACTION_FOR_CONDITION_KEY, at, n + 1,
                      W403_LINT_WORDS({"k", c->key}, {"actions", names}));
    }
}

void w403_lint_keys(w403_lint_run *l, const w403_lint_statement *st)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (!c->op)
            continue;
        prefix_key(l, st, c);
        if (st->allow)
            allow_keys(l, st, c);
        everything_keys(l, st, c);
        iam_keys(l, st, c);
        bool session_tag = w403_lint_is_key(c, "aws:RequestTag/") || w403_lint_is_key(c, "sts:TransitiveTagKeys");
        if (session_tag && !action_listed(st, "sts:TagSession"))
            key(l, W403_L_MISSING_ACTION_FOR_CONDITION_KEY, c);
    }
}

/* ---- tags: actions that know none ---- */

static bool knows_tags(uint32_t action) /* itself, or by a resource type of its */
{
    w403_view tag = W403_LIT("aws:ResourceTag/${TagKey}");
    for (const uint16_t *type = w403_ref_action_types(action); *type; type++) {
        if (w403_ref_type_has_key(*type - 1u, tag))
            return true;
    }
    return w403_ref_action_has_key(action, tag) || w403_ref_action_has_key(action, W403_LIT("aws:RequestTag/${TagKey}"));
}

/* The service of an action value all of whose actions know no tags; W403_REF_NONE for any other. */
static uint32_t tagless_service(const w403_json *v)
{
    size_t colon = w403_view_find_char(v->text, ':');
    uint32_t service = colon == SIZE_MAX ? W403_REF_NONE : w403_ref_service(w403_view_sub(v->text, 0, colon));
    if (service == W403_REF_NONE)
        return W403_REF_NONE;
    w403_view name = w403_view_sub(v->text, colon + 1, v->text.n);
    uint32_t action = w403_ref_action_match(service, name, 0);
    if (action == W403_REF_NONE)
        return W403_REF_NONE;
    for (; action != W403_REF_NONE; action = w403_ref_action_match(service, name, action + 1)) {
        if (knows_tags(action))
            return W403_REF_NONE;
    }
    return service;
}

static void tag_service(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c,
                        const w403_json *first, uint32_t service)
{
    uint32_t n = 0;
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, st->action->count + 2);
    if (!at) {
        l->nomem = true;
        return;
    }
    for (const w403_json *v = first; v; v = w403_lint_next(st->action, v)) {
        if (tagless_service(v) == service)
            at[n++] = w403_lint_at_value(v);
    }
    w403_view names = w403_lint_texts(l, at, n);
    at[n] = w403_lint_at_key(c->node);
    w403_lint_add(l,
                  st->allow ? W403_L_ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                            : W403_L_DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                  at, n + 1, W403_LINT_WORDS({"actions", names}));
}

void w403_lint_tags(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_lint_condition *c = NULL;
    for (uint32_t i = 0; i < st->n_conditions && !c; i++) {
        const w403_lint_condition *x = &st->conditions[i];
        if (w403_lint_is_key(x, "aws:ResourceTag/") && w403_lint_positive(x) && x->set == W403_SET_NONE && !x->if_exists)
            c = x;
    }
    if (!c || (!st->allow && !st->deny))
        return;
    bool *told = W403_NEW_N(l->arena, bool, w403_ref_service_count());
    l->nomem = l->nomem || !told;
    for (const w403_json *v = told ? w403_lint_first(st->action) : NULL; v; v = w403_lint_next(st->action, v)) {
        uint32_t service = tagless_service(v);
        if (service != W403_REF_NONE && !told[service])
            tag_service(l, st, c, v, service);
        if (service != W403_REF_NONE)
            told[service] = true;
    }
    if (st->not_action) {
        w403_lint_place at[] = {w403_lint_at_key(st->not_action), w403_lint_at_key(c->node)};
        w403_lint_add(l,
                      st->allow ? W403_L_ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                                : W403_L_DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                      at, 2, NULL);
    }
}

/* iam:PassRole and iam:CreateServiceLinkedRole over all roles. */
#include "base/glob.h"
#include "lint/arn.h"

typedef struct guarded_action {
    const char *action, *key;
    /* named, by wildcard, by NotAction: first with a Resource, then with NotResource */
    w403_lint_code code[2][3];
} guarded_action;

static const guarded_action actions[] = {
    {"iam:PassRole",
     "iam:PassedToService",
     {{W403_L_PASS_ROLE_WITH_STAR_IN_RESOURCE, W403_L_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
       W403_L_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION},
      {W403_L_PASS_ROLE_WITH_NOT_RESOURCE, W403_L_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
       W403_L_PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE}}},
    {"iam:CreateServiceLinkedRole",
     "iam:AWSServiceName",
     {{W403_L_CREATE_SLR_WITH_STAR_IN_RESOURCE, W403_L_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
       W403_L_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION},
      {W403_L_CREATE_SLR_WITH_NOT_RESOURCE, W403_L_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
       W403_L_CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE}}},
};

static bool guard(const w403_lint_statement *st, const char *key)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        bool narrow = w403_lint_is_key(c, key) && w403_lint_positive(c) && !c->if_exists;
        W403_LINT_EACH(v, c->node)
            narrow = narrow && v->text.n && v->text.p[0] != '*';
        if (narrow)
            return true;
    }
    return false;
}

/* `*`, or a wildcard over all roles. */
static const w403_json *all_roles(const w403_json *resources)
{
    W403_LINT_EACH(v, resources) {
        w403_view part[6];
        if (w403_view_eq(v->text, W403_LIT("*")))
            return v;
        if (w403_lint_arn_split(v->text, part) == 6 && w403_view_eq(part[2], W403_LIT("iam")) &&
            (w403_view_eq(part[5], W403_LIT("role/*")) || w403_view_eq(part[5], W403_LIT("role*")) ||
             w403_view_eq(part[5], W403_LIT("*"))))
            return v;
    }
    return NULL;
}

/* Where the action is granted, and how: named, by a wildcard, or not excluded. */
static const w403_json *granted(const w403_lint_statement *st, const char *action, unsigned *how)
{
    const w403_json *wild = NULL;
    W403_LINT_EACH(v, st->action) {
        if (!w403_lint_action_is(v, action))
            continue;
        if (w403_view_ieq(v->text, w403_view_of(action))) {
            *how = 0;
            return v;
        }
        wild = wild ? wild : v;
    }
    *how = 1;
    if (wild || !st->not_action)
        return wild;
    W403_LINT_EACH(v, st->not_action) {
        if (w403_lint_action_is(v, action))
            return NULL;
    }
    *how = 2;
    return st->not_action;
}

void w403_lint_pass_role(w403_lint_run *l, const w403_lint_statement *st)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions && st->allow; i++) {
        unsigned how;
        const w403_json *at = granted(st, actions[i].action, &how);
        const w403_json *where = st->not_resource ? st->not_resource : all_roles(st->resource);
        if (!at || !where || guard(st, actions[i].key))
            continue;
        w403_lint_place places[] = {w403_lint_at_value(at), w403_lint_at_value(where)};
        w403_lint_add(l, actions[i].code[st->not_resource != NULL][how], places, 2, NULL);
    }
}

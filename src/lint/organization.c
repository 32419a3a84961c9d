/* Service and resource control policies. */
#include "base/glob.h"
#include "lint/check.h"
#include "words/words.h"

static void scp(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_json *who = st->principal ? st->principal : st->not_principal;
    if (who)
        w403_lint_key(l, W403_L_SCP_SYNTAX_ERROR_PRINCIPAL, who, NULL);
    W403_LINT_EACH(v, st->action) {
        w403_view text = v->text;
        size_t star = w403_view_find_char(text, '*'), mark = w403_view_find_char(text, '?');
        size_t at = star < mark ? star : mark;
        if (at != SIZE_MAX && at + 1 < text.n)
            w403_lint_value(l, W403_L_SCP_SYNTAX_ERROR_ACTION_WILDCARD, v, NULL);
    }
}

static void rcp_action(w403_lint_run *l, const w403_json *v)
{
    size_t colon = w403_view_find_char(v->text, ':');
    w403_view service = w403_view_sub(v->text, 0, colon == SIZE_MAX ? v->text.n : colon);
    if (colon == SIZE_MAX ? w403_view_eq(v->text, W403_LIT("*"))
                          : w403_lint_service_known(service) && !w403_list_has(W403_LIST_RCP_SERVICE, service))
        w403_lint_value(l, W403_L_RCP_SYNTAX_ERROR_ACTION, v,
                        W403_LINT_WORDS({"service", colon == SIZE_MAX ? w403_lint_said(l, NC_("lint", "every service")) : service}));
}

static bool is_any(const w403_lint_condition *c, const char *const *names)
{
    for (; *names; names++) {
        if (w403_lint_is_key(c, *names))
            return true;
    }
    return false;
}

/* Keys that a service calling for the account lacks, and keys that only a service brings. */
static void rcp_keys(w403_lint_run *l, const w403_lint_statement *st)
{
    static const char *const of_principal[] = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount",
                                               "aws:PrincipalArn",   "aws:PrincipalTag/",     NULL};
    static const char *const of_source[] = {"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount", "aws:SourceArn",
                                            NULL};
    static const char *const checked[] = {"aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount", NULL};
    bool service = w403_lint_on(st, "aws:PrincipalIsAWSService") != NULL, null = false;
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        null = null || (c->op && c->op->family == W403_OP_NULL &&
                        (w403_lint_is_key(c, "aws:SourceAccount") || w403_lint_is_key(c, "aws:SourceArn")));
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (!c->op || c->op->family == W403_OP_NULL)
            continue;
        if (!service && is_any(c, of_principal))
            w403_lint_key(l, W403_L_RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY, c->node, NULL);
        if (!service && is_any(c, of_source))
            w403_lint_key(l, W403_L_RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY, c->node, NULL);
        if (!null && is_any(c, checked))
            w403_lint_key(l, W403_L_RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK, c->node,
                          W403_LINT_WORDS({"k", c->key}));
    }
}

static void rcp(w403_lint_run *l, const w403_lint_statement *st)
{
    bool star = w403_json_is(st->principal, W403_JSON_STRING) && w403_view_eq(st->principal->text, W403_LIT("*"));
    if (st->not_principal || (st->principal && !star))
        w403_lint_value(l, W403_L_RCP_SYNTAX_ERROR_PRINCIPAL, st->principal ? st->principal : st->not_principal, NULL);
    if (st->allow)
        w403_lint_value(l, W403_L_RCP_SYNTAX_ERROR_ALLOW, st->node, NULL);
    if (st->not_action)
        w403_lint_key(l, W403_L_RCP_SYNTAX_ERROR_NOTACTION, st->not_action, NULL);
    W403_LINT_EACH(v, st->action)
        rcp_action(l, v);
    if (st->deny)
        rcp_keys(l, st);
}

void w403_lint_organization(w403_lint_run *l, const w403_lint_statement *st)
{
    if (l->options->policy == W403_LINT_SCP)
        scp(l, st);
    else if (l->options->policy == W403_LINT_RCP)
        rcp(l, st);
}

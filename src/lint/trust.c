/* Role trust policies: who may take the role. */
#include "base/glob.h"
#include "lint/arn.h"
#include "words/words.h"

static const char github[] = "token.actions.githubusercontent.com";

/* ---- identity providers ---- */

typedef enum provider { NO_PROVIDER, SAML, OIDC, WEB } provider;

static bool is_domain(w403_view v)
{
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
        dots += c == '.';
    }
    return dots != 0;
}

/* *host: what its condition keys begin with. */
static provider provider_of(w403_view v, w403_view *host)
{
    w403_view part[6], rest;
    *host = v;
    if (w403_lint_arn_split(v, part) < 6)
        return is_domain(v) ? WEB : NO_PROVIDER;
    rest = part[5];
    w403_view kind = w403_view_cut(&rest, '/');
    *host = rest;
    if (!w403_view_eq(part[2], W403_LIT("iam")) || !rest.n)
        return NO_PROVIDER;
    return w403_view_eq(kind, W403_LIT("saml-provider"))   ? SAML
           : w403_view_eq(kind, W403_LIT("oidc-provider")) ? OIDC
                                                           : NO_PROVIDER;
}

static bool has_key_of(const w403_lint_statement *st, w403_view host, const char *claim)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        w403_view key = st->conditions[i].key;
        bool of_host = key.n > host.n && key.p[host.n] == ':' && w403_view_ieq(w403_view_sub(key, 0, host.n), host);
        if (of_host && (!claim || w403_view_ieq(w403_view_sub(key, host.n + 1, key.n), w403_view_of(claim))))
            return true;
    }
    return false;
}

static void federated(w403_lint_run *l, const w403_lint_statement *st, const w403_json *v)
{
    w403_view host;
    provider p = provider_of(v->text, &host);
    if (p == NO_PROVIDER)
        w403_lint_value(l, W403_L_INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY, v,
                        W403_LINT_WORDS({"v", v->text}));
    if (!st->allow || p == SAML)
        return;
    if (w403_view_eq(host, w403_view_of(github))) {
        if (!has_key_of(st, host, "sub"))
            w403_lint_value(l, W403_L_MISSING_GITHUB_REPO_CONDITION_KEY, v, NULL);
    } else if (!has_key_of(st, host, NULL)) {
        w403_lint_value(l, W403_L_MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, v, W403_LINT_WORDS({"host", host}));
    }
}

/* ---- actions and principals ---- */

static bool goes_with(const w403_lint_statement *st, w403_view action)
{
    const w403_json *list = w403_json_get(st->principal, "Federated");
    bool saml = false, web = false, any = false;
    w403_view host;
    W403_LINT_EACH(v, list) {
        provider p = provider_of(v->text, &host);
        any = true;
        saml = saml || p == SAML;
        web = web || p != SAML; /* what is no provider has a finding of its own */
    }
    if (w403_view_ieq(action, W403_LIT("sts:AssumeRoleWithSAML")))
        return saml && !web;
    if (w403_view_ieq(action, W403_LIT("sts:AssumeRoleWithWebIdentity")))
        return web && !saml;
    return !w403_view_ieq(action, W403_LIT("sts:AssumeRole")) || !any;
}

static void mismatch(w403_lint_run *l, const w403_lint_statement *st, const w403_json *action)
{
    const w403_json *who = w403_json_get(st->principal, "Federated");
    const w403_json *first = who ? w403_lint_first(who) : w403_lint_first(st->principal);
    if (!st->principal || goes_with(st, action->text))
        return;
    if (!first && st->principal->type == W403_JSON_OBJECT)
        first = st->principal->first ? w403_lint_first(st->principal->first) : NULL;
    w403_lint_place at[2] = {w403_lint_at_value(action), w403_lint_at_value(first ? first : st->principal)};
    w403_lint_add(l, W403_L_MISMATCHED_ACTION_FOR_PRINCIPAL, at, 2,
                  W403_LINT_WORDS({"action", action->text},
                                  {"principal", first ? first->text : w403_lint_said(l, NC_("lint", "this principal"))}));
}

static void roles_anywhere(w403_lint_run *l, const w403_lint_statement *st)
{
    static const char *const needed[] = {"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"};
    w403_view missing = {NULL, 0};
    bool named = false;
    const w403_json *services = w403_json_get(st->principal, "Service");
    W403_LINT_EACH(v, services)
        named = named || w403_view_starts(v->text, W403_LIT("rolesanywhere."));
    for (size_t i = 0; i < sizeof needed / sizeof *needed && named; i++) {
        bool there = false;
        W403_LINT_EACH(v, st->action)
            there = there || w403_lint_action_is(v, needed[i]);
        if (!there)
            missing = missing.n ? w403_arena_printf(l->arena, "%.*s, %s", W403_ARG(missing), needed[i])
                                : w403_view_of(needed[i]);
    }
    if (missing.n && st->action)
        w403_lint_value(l, W403_L_MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, st->action,
                        W403_LINT_WORDS({"missing", missing}));
}

/* A session beside its role. */
static void redundant_sessions(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_json *list = w403_json_get(st->principal, "AWS");
    if (list && (size_t)list->count * list->count > W403_LIMIT_LINT_PAIRS)
        return;
    W403_LINT_EACH(v, list) {
        w403_view part[6], rest;
        if (w403_lint_arn_split(v->text, part) < 6 || !w403_view_starts(part[5], W403_LIT("assumed-role/")))
            continue;
        rest = w403_view_sub(part[5], strlen("assumed-role/"), part[5].n);
        w403_view role = w403_view_cut(&rest, '/');
        W403_LINT_EACH(x, list) {
            w403_view other[6];
            if (w403_lint_arn_split(x->text, other) == 6 && w403_view_eq(other[4], part[4]) &&
                w403_view_starts(other[5], W403_LIT("role/")) && w403_view_ends(other[5], role) &&
                other[5].p[other[5].n - role.n - 1] == '/') {
                w403_lint_value(l, W403_L_REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY, v, NULL);
                break;
            }
        }
    }
}

/* ---- claims ---- */

static void claims(w403_lint_run *l, const w403_lint_condition *c)
{
    size_t colon = w403_view_find_char(c->key, ':');
    bool host = colon != SIZE_MAX && w403_view_find_char(w403_view_sub(c->key, 0, colon), '.') != SIZE_MAX;
    if (host && w403_view_ends(c->key, W403_LIT(":aud"))) {
        if (c->set == W403_SET_ANY)
            w403_lint_key(l, W403_L_FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE, c->node, NULL);
        else if (c->set == W403_SET_ALL)
            w403_lint_key(l, W403_L_CONFIRM_AUDIENCE_CLAIM_TYPE, c->node, NULL);
    }
    if (!w403_lint_is_key(c, "token.actions.githubusercontent.com:sub"))
        return;
    W403_LINT_EACH(v, c->node) {
        if (w403_view_find_char(v->text, '*') != SIZE_MAX)
            w403_lint_value(l, W403_L_SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, v, NULL);
    }
}

static void anyone(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_json *list = st->principal->type == W403_JSON_OBJECT ? w403_json_get(st->principal, "AWS") : st->principal;
    W403_LINT_EACH(v, list) {
        if (w403_view_eq(v->text, W403_LIT("*")))
            w403_lint_value(l, W403_L_ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, v, NULL);
    }
}

void w403_lint_trust(w403_lint_run *l, const w403_lint_statement *st)
{
    if (l->options->resource != W403_LINT_TRUST)
        return;
    if (st->not_principal)
        w403_lint_key(l, W403_L_ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, st->not_principal, NULL);
    if (st->resource || st->not_resource)
        w403_lint_key(l, W403_L_ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE, st->resource ? st->resource : st->not_resource,
                      NULL);
    if (st->allow && st->principal)
        anyone(l, st);
    const w403_json *providers = w403_json_get(st->principal, "Federated");
    W403_LINT_EACH(v, providers)
        federated(l, st, v);
    W403_LINT_EACH(v, st->action)
        mismatch(l, st, v);
    roles_anywhere(l, st);
    redundant_sessions(l, st);
    for (uint32_t i = 0; i < st->n_conditions; i++)
        claims(l, &st->conditions[i]);
}

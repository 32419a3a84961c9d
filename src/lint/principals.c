/* Principal and NotPrincipal (PM1 to PM8, NP1 to NP4), and what a statement lets services do. */
#include "base/glob.h"
#include "base/nearest.h"
#include "lint/arn.h"

/* ---- one AWS principal ---- */

static bool starts(w403_view v, const char *s)
{
    return w403_view_starts(v, w403_view_of(s));
}

static bool is_unique_id(w403_view v, const char *prefix)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return v.n >= 16 && starts(v, prefix);
}

/* An account, its root, a user, a role, a session, or CloudFront's own. */
static bool is_principal(w403_view v)
{
    w403_view part[6];
    if (w403_lint_digits(v, 12))
        return true;
    if (w403_lint_arn_split(v, part) < 6 || part[3].n)
        return false;
    w403_view name = part[5];
    if (w403_view_eq(part[2], W403_LIT("iam")) && w403_view_eq(part[4], W403_LIT("cloudfront")))
        return starts(name, "user/");
    if (!w403_lint_digits(part[4], 12))
        return false;
    if (w403_view_eq(part[2], W403_LIT("iam")))
        return w403_view_eq(name, W403_LIT("root")) || starts(name, "user/") || starts(name, "role/");
    return w403_view_eq(part[2], W403_LIT("sts")) && (starts(name, "assumed-role/") || starts(name, "federated-user/"));
}

static bool becomes_id(w403_view v)
{
    w403_view part[6];
    return w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[2], W403_LIT("iam")) &&
           (starts(part[5], "user/") || starts(part[5], "role/"));
}

static void aws_principal(w403_lint_run *l, const w403_json *v)
{
    w403_view text = v->text;
    if (w403_view_eq(text, W403_LIT("*")))
        return;
    if (w403_has_wildcard(text))
        w403_lint_value(l, W403_L_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, v, NULL);
    else if (is_unique_id(text, "AROA"))
        w403_lint_value(l, W403_L_INVALID_ROLE_REFERENCE, v, W403_LINT_WORDS({"id", text}));
    else if (is_unique_id(text, "AIDA"))
        w403_lint_value(l, W403_L_INVALID_USER_REFERENCE, v, W403_LINT_WORDS({"id", text}));
    else if (w403_lint_is_service_principal(text))
        w403_lint_value(l, W403_L_OWN_SERVICE_UNDER_AWS, v, W403_LINT_WORDS({"v", text}));
    else if (!is_principal(text))
        w403_lint_value(l, W403_L_OWN_PRINCIPAL_ARN_INVALID, v, W403_LINT_WORDS({"v", text}));
    else if (becomes_id(text))
        w403_lint_value(l, W403_L_OWN_PRINCIPAL_BECOMES_ID, v, W403_LINT_WORDS({"v", text}));
}

static void service_principal(w403_lint_run *l, const w403_json *v)
{
    if (w403_has_wildcard(v->text))
        w403_lint_value(l, W403_L_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, v, NULL);
    else if (!w403_lint_service_name(v->text))
        w403_lint_value(l, W403_L_INVALID_SERVICE_PRINCIPAL_FORMAT, v,
                        W403_LINT_WORDS({"v", v->text}, {"format", W403_LIT("service.amazonaws.com")}));
}

static void one(w403_lint_run *l, w403_view kind, const w403_json *v)
{
    if (w403_view_find(v->text, W403_LIT("${")) != SIZE_MAX)
        w403_lint_value(l, W403_L_VARIABLE_UNSUPPORTED_IN_ELEMENT, v, NULL);
    else if (w403_view_eq(kind, W403_LIT("AWS")))
        aws_principal(l, v);
    else if (w403_view_eq(kind, W403_LIT("Service")))
        service_principal(l, v);
    else if (w403_view_eq(kind, W403_LIT("Federated")) && l->options->resource != W403_LINT_TRUST)
        w403_lint_value(l, W403_L_FEDERATED_PRINCIPAL_NOT_SUPPORTED, v, NULL);
}

static const char *const kinds[] = {"AWS", "Service", "Federated", "CanonicalUser"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_kind(w403_view key)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (w403_view_eq(key, w403_view_of(kinds[i])))
            return true;
    }
    return false;
}

static void element(w403_lint_run *l, const w403_json *p)
{
    if (!p)
        return;
    if (p->type == W403_JSON_STRING && w403_view_find(p->text, W403_LIT("${")) != SIZE_MAX)
        w403_lint_value(l, W403_L_VARIABLE_UNSUPPORTED_IN_ELEMENT, p, NULL);
    else if (p->type == W403_JSON_STRING && !w403_view_eq(p->text, W403_LIT("*")))
        w403_lint_value(l, W403_L_INVALID_PRINCIPAL_FORMAT, p, NULL);
    else if (p->type == W403_JSON_ARRAY)
        w403_lint_value(l, p->first ? W403_L_INVALID_PRINCIPAL_FORMAT : W403_L_EMPTY_ARRAY_PRINCIPAL, p, NULL);
    if (p->type != W403_JSON_OBJECT)
        return;
    if (!p->first)
        w403_lint_value(l, W403_L_EMPTY_OBJECT_PRINCIPAL, p, NULL);
    for (const w403_json *kind = p->first; kind; kind = kind->next) {
        if (!is_kind(kind->key)) {
            w403_lint_key(l, W403_L_INVALID_PRINCIPAL_KEY, kind,
                          W403_LINT_WORDS({"k", kind->key}, {"X", w403_view_of(w403_nearest(kind->key, kinds, KINDS))}));
            continue;
        }
        if (kind->type == W403_JSON_ARRAY && !kind->first)
            w403_lint_value(l, W403_L_EMPTY_ARRAY_PRINCIPAL, kind, NULL);
        W403_LINT_EACH(v, kind)
            one(l, kind->key, v);
    }
}

/* ---- NotPrincipal: the whole chain (NP3, NP4) ---- */

static w403_view account_of(w403_view v)
{
    w403_view part[6];
    if (w403_lint_digits(v, 12))
        return v;
    return w403_lint_arn_split(v, part) == 6 ? part[4] : (w403_view){NULL, 0};
}

static bool is_account(w403_view v)
{
    w403_view part[6];
    return w403_lint_digits(v, 12) || (w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[5], W403_LIT("root")));
}

/* The name of a role, or of the role of a session; {NULL,0} for any other. */
static w403_view role_name(w403_view v, bool *session)
{
    w403_view part[6], rest;
    *session = false;
    if (w403_lint_arn_split(v, part) < 6)
        return (w403_view){NULL, 0};
    rest = part[5];
    w403_view kind = w403_view_cut(&rest, '/');
    if (w403_view_eq(kind, W403_LIT("assumed-role"))) {
        *session = true;
        return w403_view_cut(&rest, '/');
    }
    if (!w403_view_eq(kind, W403_LIT("role")))
        return (w403_view){NULL, 0};
    for (size_t slash; (slash = w403_view_find_char(rest, '/')) != SIZE_MAX;)
        rest = w403_view_sub(rest, slash + 1, rest.n);
    return rest;
}

static bool chain_lacks(const w403_json *list, w403_view v)
{
    bool account = is_account(v), session, other_session;
    w403_view name = role_name(v, &session);
    bool partner = !name.p;
    W403_LINT_EACH(x, list) {
        account = account || (is_account(x->text) && w403_view_eq(account_of(x->text), account_of(v)));
        w403_view other = role_name(x->text, &other_session);
        partner = partner || (other.p && other_session != session && w403_view_eq(other, name));
    }
    return !account || !partner;
}

static void not_principal(w403_lint_run *l, const w403_lint_statement *st)
{
    if (!st->not_principal)
        return;
    if (st->allow) {
        w403_lint_place at[] = {w403_lint_at_key(st->not_principal), w403_lint_at_value(st->effect)};
        w403_lint_add(l, W403_L_ALLOW_WITH_NOT_PRINCIPAL, at, 2, NULL);
    }
    const w403_json *list = w403_json_get(st->not_principal, "AWS");
    if (list && (size_t)list->count * list->count > W403_LIMIT_LINT_PAIRS)
        return;
    if (!st->deny || l->options->resource == W403_LINT_TRUST)
        return;
    W403_LINT_EACH(v, list) {
        if (is_principal(v->text) && chain_lacks(list, v->text))
            w403_lint_value(l, W403_L_OWN_NOT_PRINCIPAL_INCOMPLETE, v, W403_LINT_WORDS({"v", v->text}));
    }
}

void w403_lint_principals(w403_lint_run *l, const w403_lint_statement *st)
{
    if (l->options->policy != W403_LINT_RESOURCE)
        return;
    element(l, st->principal);
    element(l, st->not_principal);
    not_principal(l, st);
}

/* ---- services as principals: the confused deputy ---- */

static bool names_source(const w403_lint_statement *st)
{
    return w403_lint_on(st, "aws:SourceArn") || w403_lint_on(st, "aws:SourceAccount") ||
           w403_lint_on(st, "aws:SourceOrgID") || w403_lint_on(st, "aws:SourceOrgPaths");
}

static void confused_deputy(w403_lint_run *l, const w403_lint_statement *st, const w403_json *services)
{
    const w403_lint_condition *referer = w403_lint_on(st, "aws:Referer");
    if (names_source(st) || l->options->resource == W403_LINT_TRUST)
        return;
    W403_LINT_EACH(v, services) {
        if (!w403_lint_listed(W403_LIST_FORWARDING_SERVICE, v->text))
            continue;
        if (referer) {
            w403_lint_key(l, W403_L_RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, referer->node,
                          W403_LINT_WORDS({"k", referer->key}));
            return;
        }
        w403_lint_value(l, W403_L_RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, v, W403_LINT_WORDS({"s", v->text}));
    }
}

/* A bucket's ARN carries no account: whoever owned the name could come by it. */
static void source_without_account(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_lint_condition *c = w403_lint_on(st, "aws:SourceArn");
    if (!c || w403_lint_on(st, "aws:SourceAccount") || w403_lint_on(st, "aws:SourceOrgID"))
        return;
    bool any = false;
    W403_LINT_EACH(v, c->node) {
        w403_view part[6];
        if (w403_lint_arn_split(v->text, part) == 6 && part[4].n)
            return;
        any = true;
    }
    if (any && w403_lint_positive(c))
        w403_lint_key(l, W403_L_OWN_SOURCE_ARN_WITHOUT_ACCOUNT, c->node, NULL);
}

void w403_lint_services(w403_lint_run *l, const w403_lint_statement *st)
{
    static const char *const never[] = {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn"};
    const w403_json *services = w403_json_get(st->principal, "Service");
    if (!st->allow || l->options->policy != W403_LINT_RESOURCE || !w403_lint_first(services))
        return;
    confused_deputy(l, st, services);
    source_without_account(l, st);
    for (size_t i = 0; i < sizeof never / sizeof *never && !w403_json_get(st->principal, "AWS"); i++) {
        const w403_lint_condition *c = w403_lint_on(st, never[i]);
        if (c)
            w403_lint_key(l, W403_L_UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, c->node,
                          W403_LINT_WORDS({"k", c->key}));
    }
}

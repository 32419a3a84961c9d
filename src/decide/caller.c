/* Who asks: a principal's ARN, resolved against the snapshot (semantics 1.4, 3.9). */
#include "decide/call.h"

static w403_status bad_principal(w403_view text, w403_error *err)
{
    w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` names no principal", W403_ARG(text));
    w403_error_hint(err, "give a user, role, assumed-role, federated-user or root ARN, that of a CloudFront origin access "
                         "identity, `anonymous`, or `service:s3.amazonaws.com`");
    return st;
}

/* path/to/name -> name */
static w403_view friendly(w403_view resource)
{
    for (size_t i = resource.n; i > 0; i--) {
        if (resource.p[i - 1] == '/') {
            return w403_view_sub(resource, i, resource.n);
        }
    }
    return resource;
}

/* N-9: arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCD2EFGH3IJ, or its canonical id. S3 writes the
 * first where a policy was stored with the second. */
static bool origin_access_identity(w403_caller *who, w403_view text)
{
    static const w403_view words = {"user/CloudFront Origin Access Identity ", 39};
    w403_arn arn = w403_arn_split(text);
    bool by_arn = arn.n == 6 && w403_view_eq(arn.part[2], W403_LIT("iam")) &&
                  w403_view_eq(arn.part[4], W403_LIT("cloudfront")) && w403_view_starts(arn.part[5], words) &&
                  arn.part[5].n > words.n;
    w403_view id = w403_view_starts(text, W403_LIT("canonical:")) ? w403_view_sub(text, 10, text.n) : text;
    bool by_id = id.n == W403_ORIGIN_ID_DIGITS && w403_view_is_hex(id);
    if (!by_arn && !by_id) {
        return false;
    }
    who->kind = W403_CALLER_ORIGIN;
    who->arn = text;
    who->name = by_arn ? w403_view_sub(arn.part[5], words.n, arn.part[5].n) : id;
    who->principal_arn = by_arn ? text : (w403_view){NULL, 0};
    who->canonical_id = by_id ? id : (w403_view){NULL, 0};
    who->partition = by_arn ? arn.part[1] : who->partition;
    who->has_boundary = W403_NO;
    return true;
}

/* N-8: arn:aws:iam::A:oidc-provider/HOST, arn:aws:iam::A:saml-provider/NAME, federated:cognito-identity.amazonaws.com */
static bool identity_provider(w403_caller *who, w403_view text)
{
    w403_arn arn = w403_arn_split(text);
    bool iam = arn.n == 6 && w403_view_eq(arn.part[2], W403_LIT("iam")) && w403_is_account_id(arn.part[4]);
    bool by_arn = iam && (w403_view_starts(arn.part[5], W403_LIT("oidc-provider/")) ||
                          w403_view_starts(arn.part[5], W403_LIT("saml-provider/")));
    bool by_name = w403_view_starts(text, W403_LIT("federated:")) && text.n > sizeof "federated:" - 1;
    if (!by_arn && !by_name) {
        return false;
    }
    who->kind = W403_CALLER_PROVIDER;
    who->name = who->arn = by_arn ? text : w403_view_sub(text, sizeof "federated:" - 1, text.n);
    who->partition = by_arn ? arn.part[1] : who->partition;
    who->has_boundary = W403_NO;
    return true;
}

static w403_status role_session(w403_call *c, w403_view role, w403_view session, w403_error *err)
{
    w403_caller *who = &c->caller;
    who->kind = W403_CALLER_ROLE;
    who->name = role;
    who->session = session.p ? session : c->req->session_name;
    who->arn = w403_arena_printf(c->arena, "arn:%.*s:sts::%.*s:assumed-role/%.*s/%.*s", W403_ARG(who->partition),
                                 W403_ARG(who->account), W403_ARG(role),
                                 W403_ARG(who->session.p ? who->session : W403_LIT("SESSION")));
    W403_NEED(who->arn.p, err);
    return W403_OK;
}

static bool has_service_linked_name(w403_view role)
{
    w403_view start;
    for (size_t at = 0; (start = w403_list_next(W403_LIST_SERVICE_LINKED_ROLE_NAME, &at)).p;) {
        if (w403_view_starts(role, start)) {
            return true;
        }
    }
    return false;
}

static w403_status parse_arn(w403_call *c, w403_view text, w403_error *err)
{
    w403_caller *who = &c->caller;
    w403_arn arn = w403_arn_split(text);
    bool iam = arn.n == 6 && w403_view_eq(arn.part[2], W403_LIT("iam"));
    bool sts = arn.n == 6 && w403_view_eq(arn.part[2], W403_LIT("sts"));
    if ((!iam && !sts) || !w403_is_account_id(arn.part[4])) {
        return bad_principal(text, err);
    }
    who->partition = arn.part[1];
    who->account = arn.part[4];
    w403_view rest = arn.part[5];
    if (iam && w403_view_eq(rest, W403_LIT("root"))) {
        who->kind = W403_CALLER_ROOT;
        who->arn = who->principal_arn = text;
        who->name = who->account;
        return W403_OK;
    }
    w403_view type = w403_view_cut(&rest, '/');
    if (!rest.p || rest.n == 0) {
        return bad_principal(text, err);
    }
    if (iam && w403_view_eq(type, W403_LIT("user"))) {
        who->kind = W403_CALLER_USER;
        who->name = friendly(rest);
        who->arn = who->principal_arn = text;
        return W403_OK;
    }
    if (iam && w403_view_eq(type, W403_LIT("role"))) {
        who->principal_arn = text;
        who->service_linked = w403_bool(w403_view_starts(rest, W403_LIT("aws-service-role/")));
        return role_session(c, friendly(rest), (w403_view){NULL, 0}, err);
    }
    if (sts && w403_view_eq(type, W403_LIT("assumed-role"))) {
        w403_view role = w403_view_cut(&rest, '/');
        who->path_unknown = true;
        /* Service-linked roles bear that name; the path that tells for certain is not in a session's ARN (PM7). */
        who->service_linked = has_service_linked_name(role) ? W403_UNKNOWN : W403_NO;
        return role_session(c, role, rest, err);
    }
    if (sts && w403_view_eq(type, W403_LIT("federated-user"))) {
        who->kind = W403_CALLER_FEDERATED;
        who->name = rest;
        who->arn = who->principal_arn = text;
        who->issuer_arn = c->req->issuer;
        return W403_OK;
    }
    return bad_principal(text, err);
}

static bool identity_given(const w403_call *c)
{
    return w403_call_given(c, W403_POLICY_IDENTITY) || w403_call_given(c, W403_POLICY_BOUNDARY) ||
           w403_call_given(c, W403_POLICY_SESSION);
}

w403_status w403_not_there(const w403_account *account, w403_entity_kind kind, w403_view name, w403_error *err)
{
    const w403_map *m = kind == W403_ENTITY_USER ? &account->users : &account->roles;
    w403_view near[3];
    size_t n = w403_nearest_names(m, name, near, 3);
    w403_status st = w403_error_set(err, W403_NOT_FOUND, "account %.*s has no %s `%.*s`", W403_ARG(account->id),
                                    kind == W403_ENTITY_USER ? "user" : "role", W403_ARG(name));
    const w403_entity *same = w403_map_get(m, name);
    if (same) { /* another path or partition */
        w403_error_hint(err, "the %s of that name is `%.*s`", kind == W403_ENTITY_USER ? "user" : "role",
                        W403_ARG(same->arn));
    } else if (n > 1) {
        w403_error_hint(err, "did you mean `%.*s` or `%.*s`?", W403_ARG(near[0]), W403_ARG(near[1]));
    } else if (n == 1) {
        w403_error_hint(err, "did you mean `%.*s`?", W403_ARG(near[0]));
    }
    return st;
}

static void take_entity(w403_call *c, const w403_entity *e)
{
    w403_caller *who = &c->caller;
    c->entity = e;
    if (who->kind == W403_CALLER_FEDERATED) {
        return; /* permissions of the issuing user, but the caller is the session */
    }
    who->principal_arn = e->arn; /* with its path */
    who->path_unknown = false;
    who->unique_id = e->unique_id;
    who->service_linked = w403_bool(w403_view_starts(e->path, W403_LIT("/aws-service-role/")));
}

static w403_status find_entity(w403_call *c, w403_error *err)
{
    w403_caller *who = &c->caller;
    bool is_role = who->kind == W403_CALLER_ROLE;
    w403_view arn = who->kind == W403_CALLER_FEDERATED ? who->issuer_arn : who->principal_arn;
    w403_entity_kind kind = is_role ? W403_ENTITY_ROLE : W403_ENTITY_USER;
    const w403_map *names = is_role ? &c->account->roles : &c->account->users;
    if (!arn.p && who->kind == W403_CALLER_FEDERATED) {
        return W403_OK; /* the issuing user was not said */
    }
    const w403_entity *e = arn.p ? w403_map_get(&c->account->by_arn, arn) : w403_map_get(names, who->name);
    if (e && e->kind == kind) {
        take_entity(c, e);
        return W403_OK;
    }
    /* The file must be there, and whole, for an absence to mean something. */
    if (c->account->iam.state != W403_FACT_KNOWN || c->account->iam_partial || identity_given(c)) {
        return W403_OK;
    }
    return w403_not_there(c->account, kind, who->name, err);
}

/* PM7: a session's ARN has lost the role's path. */
static w403_status complete_role(w403_call *c, w403_error *err)
{
    w403_caller *who = &c->caller;
    if (who->kind == W403_CALLER_ROLE && !who->principal_arn.p) {
        who->principal_arn = w403_arena_printf(c->arena, "arn:%.*s:iam::%.*s:role/%.*s", W403_ARG(who->partition),
                                               W403_ARG(who->account), W403_ARG(who->name));
        W403_NEED(who->principal_arn.p, err);
        w403_assume(c, "role {role} has no path: it is not in the snapshot, and a session's ARN does not show it", W403_P("role", who->name));
    }
    return W403_OK;
}

static void boundary_state(w403_call *c)
{
    w403_caller *who = &c->caller;
    who->has_boundary = W403_NO;
    if (w403_call_given(c, W403_POLICY_BOUNDARY)) {
        who->has_boundary = W403_YES;
    } else if (c->entity && who->kind != W403_CALLER_FEDERATED) {
        bool attached = c->entity->boundary || c->entity->boundary_fact.state == W403_FACT_UNKNOWN;
        who->has_boundary = w403_bool(attached);
    } else if (c->identity_known == W403_NO) {
        who->has_boundary = W403_UNKNOWN;
    }
}

/* A user that the snapshot holds: everything is known already, nothing is parsed. */
static bool known_user(w403_call *c, w403_view text)
{
    const w403_entity *e = c->snap ? w403_map_get(&c->snap->entities, text) : NULL;
    if (!e || e->kind != W403_ENTITY_USER) {
        return false;
    }
    w403_caller *who = &c->caller;
    who->kind = W403_CALLER_USER;
    size_t end = w403_view_find_char(w403_view_sub(e->arn, 4, e->arn.n), ':');
    who->partition = w403_view_sub(e->arn, 4, 4 + (end == SIZE_MAX ? 0 : end));
    who->account = e->account->id;
    who->canonical_id = e->account->canonical_id;
    who->arn = who->principal_arn = e->arn;
    who->name = e->name;
    who->unique_id = e->unique_id;
    c->account = e->account;
    c->entity = e;
    boundary_state(c);
    return true;
}

w403_status w403_call_caller(w403_call *c, w403_error *err)
{
    w403_view text = c->req->principal;
    w403_caller *who = &c->caller;
    who->partition = c->snap ? c->snap->partition : W403_LIT("aws");
    c->identity_known = W403_YES;
    if (!text.p || text.n == 0) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "the request has no principal");
        w403_error_hint(err, "say who asks: an ARN, `anonymous`, or `service:s3.amazonaws.com`");
        return st;
    }
    if (known_user(c, text)) {
        return W403_OK;
    }
    if (w403_view_eq(text, W403_LIT("anonymous"))) {
        who->kind = W403_CALLER_ANONYMOUS;
        who->name = who->arn = text;
        return W403_OK;
    }
    if (w403_view_starts(text, W403_LIT("service:"))) {
        who->kind = W403_CALLER_SERVICE;
        who->name = who->arn = w403_view_sub(text, 8, text.n);
        return who->name.n ? W403_OK : bad_principal(text, err);
    }
    if (origin_access_identity(who, text) || identity_provider(who, text)) {
        return W403_OK;
    }
    W403_TRY(parse_arn(c, text, err));
    c->account = w403_snapshot_account(c->snap, who->account);
    if (c->account) {
        who->canonical_id = c->account->canonical_id;
        if (who->kind != W403_CALLER_ROOT) {
            W403_TRY(find_entity(c, err));
        }
    }
    bool said = identity_given(c) || w403_call_fully_said(c);
    bool known = c->entity || who->kind == W403_CALLER_ROOT || (said && !w403_call_unsaid(c, W403_POLICY_IDENTITY));
    c->identity_known = w403_bool(known);
    boundary_state(c);
    return complete_role(c, err);
}

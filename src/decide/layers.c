/* Every policy layer of one check, in AWS's order (semantics 3.1, 3.5-3.7). A layer says what matched (layer.c); the
 * formula that joins them is in grants.c. */
#include "decide/check.h"

/* ---- organization ---- */

static bool scp_applies(const w403_call *c)
{
    const w403_caller *who = &c->caller;
    /* 3.6: not for services, anonymous callers, service-linked roles, the management account. */
    return w403_caller_has_account(who) && who->service_linked != W403_YES;
}

/* N-7: a type of policy that the root has switched off binds nobody. */
static bool has_org_policies(const w403_call *c, const w403_account *a, w403_layer_kind kind)
{
    w403_tri on = !a ? W403_NO : kind == W403_LAYER_SCP ? c->snap->org.scps_on : c->snap->org.rcps_on;
    return a && on != W403_NO && a->in_org && !a->is_management && c->snap->org.all_features && a->n_levels > 0;
}

/* A layer that may not be in force: what it refuses is not certain. */
static void perhaps(w403_layer *l, const char *why)
{
    if (l->deny != W403_NO || l->allow != W403_YES) {
        l->deny = l->deny == W403_YES ? W403_UNKNOWN : l->deny;
        l->allow = W403_UNKNOWN;
        l->unknown = w403_view_of(why);
        w403_layer_close(l);
    }
}

/* Nobody said what is attached: what AWS attaches everywhere by itself is taken (3.6). A type that is off needs no saying. */
static void unattached(w403_call *c, bool scp, const w403_fact *fact)
{
    if (!w403_view_eq(fact->path, c->snap->org.attachments.path)) {
        return;
    }
    if (scp) {
        w403_assume(c, "no service control policy but FullAWSAccess is attached: {file} is not in the snapshot", W403_P("file", fact->path));
    } else {
        w403_assume(c, "no resource control policy but RCPFullAWSAccess is attached: {file} is not in the snapshot", W403_P("file", fact->path));
    }
}

static void org_level(w403_check_work *w, w403_layer_kind kind, const w403_org_level *level)
{
    bool scp = kind == W403_LAYER_SCP;
    const w403_fact *fact = scp ? &level->scp_fact : &level->rcp_fact;
    w403_layer *l = w403_layer_add(w, kind);
    l->level = level->id;
    const w403_policy_set *set = scp ? &level->scps : &level->rcps;
    w403_call *c = w->call;
    w403_layer_set(w, l, set);
    if (fact->state == W403_FACT_UNKNOWN) {
        w403_layer_unknown(w, l, fact);
        if (c->snap->org.roots.state == W403_FACT_ABSENT && set->n == 0) {
            w403_settle_fact(c, &c->snap->org.roots);
        }
        w403_settle_fact(c, fact);
    } else if (fact->state == W403_FACT_ABSENT && set->n == 0) {
        l->allow = W403_YES;
        unattached(c, scp, fact);
    }
    if (!scp) {
        l->allow = W403_YES; /* RCPFullAWSAccess cannot be detached */
    }
    w403_layer_close(l);
    w403_tri on = scp ? c->snap->org.scps_on : c->snap->org.rcps_on;
    if (on == W403_UNKNOWN && c->snap->org.roots.state == W403_FACT_KNOWN) {
        perhaps(l, "this type of policy is being switched on or off at the root");
    }
}

/* The service control policies given for a level: a list of Denies, or nothing. */
static bool only_denies(const w403_call *c, unsigned level)
{
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(c->extra, &n);
    for (size_t i = 0; i < n; i++) {
        if (given[i].kind == W403_POLICY_SCP && given[i].level == level && !w403_policy_only_denies(given[i].policy)) {
            return false;
        }
    }
    return true;
}

static void org_extra(w403_check_work *w, w403_layer_kind kind, w403_policy_kind policy_kind)
{
    unsigned levels = w403_call_given(w->call, policy_kind);
    for (unsigned i = 0; i < levels; i++) {
        w403_layer *l = w403_layer_add(w, kind);
        l->level = i == 0 ? W403_LIT("root") : i + 1 == levels ? W403_LIT("account") : W403_LIT("OU");
        bool any = w403_layer_given(w, l, policy_kind, i);
        if (kind == W403_LAYER_RCP) {
            l->allow = W403_YES; /* RCPFullAWSAccess cannot be detached */
        } else if (only_denies(w->call, i)) {
            l->allow = W403_YES;
            w403_assume(w->call,
                        any ? N_("FullAWSAccess is attached beside the service control policies given for level {n}, which only deny: AWS attaches it to every root, OU and account")
                            : N_("FullAWSAccess alone is attached at level {n}, for which no service control policy is given"),
                        W403_N("n", i));
        }
        w403_layer_close(l);
    }
}

static bool org_unread(const w403_call *c)
{
    return c->snap && c->snap->org.fact.state == W403_FACT_UNKNOWN;
}

/* organization.json could not be read: which policies apply, and to whom, is unknown (3.6). */
static bool org_unreadable(w403_check_work *w, w403_layer_kind kind)
{
    w403_call *c = w->call;
    if (!org_unread(c)) {
        return false;
    }
    w403_layer *l = w403_layer_add(w, kind);
    w403_layer_unknown(w, l, &c->snap->org.fact);
    w403_settle_fact(c, &c->snap->org.fact);
    w403_layer_close(l);
    return true;
}

static void layer_scp(w403_check_work *w)
{
    w403_call *c = w->call;
    if (!scp_applies(c) || org_unreadable(w, W403_LAYER_SCP)) {
        return;
    }
    if (has_org_policies(c, c->account, W403_LAYER_SCP)) {
        for (uint32_t i = 0; i < c->account->n_levels; i++) {
            org_level(w, W403_LAYER_SCP, &c->account->levels[i]);
        }
    }
    org_extra(w, W403_LAYER_SCP, W403_POLICY_SCP);
}

/* N-1: RCPs bind the resources of the services on AWS's list (data/rcp-services.tsv), but for one action of KMS. */
static bool rcp_service(const w403_check_work *w, w403_view *service)
{
    w403_view rest = w->action;
    *service = w403_view_cut(&rest, ':');
    return w403_list_has(W403_LIST_RCP_SERVICE, *service);
}

/* The list may be older than AWS's: a Deny that it leaves out is said. */
static void unlisted_service(w403_check_work *w, const w403_account *owner, w403_view service)
{
    w403_layer aside = {.kind = W403_LAYER_RCP};
    for (uint32_t i = 0; owner && i < owner->n_levels; i++) {
        w403_layer_set(w, &aside, &owner->levels[i].rcps);
    }
    unsigned levels = w403_call_given(w->call, W403_POLICY_RCP);
    for (unsigned i = 0; i < levels; i++) {
        w403_layer_given(w, &aside, W403_POLICY_RCP, i);
    }
    if (aside.deny != W403_NO) {
        w403_assume(w->call,
                    "resource control policies do not bind the resources of `{service}`, though one of them denies {action}: the service is not on AWS's list, as read on {date}",
                    W403_P("service", service), W403_P("action", w->action), W403_S("date", W403_RCP_SERVICES_READ));
    }
}

static void layer_rcp(w403_check_work *w)
{
    w403_call *c = w->call;
    const w403_account *owner = w403_target_account(c, w->target);
    bool attached = has_org_policies(c, owner, W403_LAYER_RCP);
    if (!attached && !org_unread(c) && !c->extra) {
        return; /* no RCP anywhere: need not ask whom they would bind */
    }
    bool managed = (w->enc && w->enc->aws_managed) || (w->target->kms && w->target->kms->aws_managed);
    if (c->caller.service_linked == W403_YES || managed || w403_view_ieq(w->action, W403_LIT("kms:RetireGrant"))) {
        return; /* 3.6 */
    }
    w403_view service;
    if (!rcp_service(w, &service)) {
        unlisted_service(w, attached ? owner : NULL, service);
        return;
    }
    if (org_unreadable(w, W403_LAYER_RCP)) {
        return;
    }
    for (uint32_t i = 0; attached && i < owner->n_levels; i++) {
        org_level(w, W403_LAYER_RCP, &owner->levels[i]);
    }
    org_extra(w, W403_LAYER_RCP, W403_POLICY_RCP);
}

/* ---- VPC endpoint ---- */

static void layer_endpoint(w403_check_work *w)
{
    w403_call *c = w->call;
    bool given = w403_call_given(c, W403_POLICY_VPC_ENDPOINT);
    if (w->kms_leg || c->caller.kind == W403_CALLER_SERVICE || c->req->from.p || (!c->req->via.p && !given)) {
        return;
    }
    w403_layer *l = w403_layer_add(w, W403_LAYER_VPC_ENDPOINT);
    l->level = c->req->via;
    const w403_vpc_endpoint *e = c->endpoint;
    w->ask.gateway = e ? w403_bool(e->gateway) : W403_YES;
    if (e && e->policy_fact.state == W403_FACT_UNKNOWN) {
        w403_layer_unknown(w, l, &e->policy_fact);
        w403_settle_fact(c, &e->policy_fact);
    } else if (e && e->policy) {
        w403_layer_set(w, l, &e->policy_set);
    } else if (!e && c->snap && c->snap->endpoints_unread.state == W403_FACT_UNKNOWN) {
        w403_fact unread = c->snap->endpoints_unread;
        w403_view region = c->target.bucket && c->target.bucket->region.n ? c->target.bucket->region : W403_LIT("REGION");
        if (!unread.path.p) { /* not collected: the endpoint is of the caller's, mostly */
            unread.path = w403_arena_printf(c->arena, "accounts/%.*s/ec2/%.*s/vpc-endpoints.json",
                                            W403_ARG(c->caller.account), W403_ARG(region));
        }
        w403_layer_unknown(w, l, &unread);
        w403_settle_fact(c, &unread);
        for (const w403_fact_list *more = c->snap->endpoints_unread_too; more; more = more->next) {
            w403_settle_fact(c, &more->fact);
        }
    } else if (!given) {
        l->allow = W403_YES; /* the default policy allows everything [V1] */
        if (c->req->via.p && !e) {
            w403_assume(c, "VPC endpoint {endpoint} has the default policy: it is not in the snapshot", W403_P("endpoint", c->req->via));
        }
    }
    w403_layer_given(w, l, W403_POLICY_VPC_ENDPOINT, 0);
    w403_layer_close(l);
}

/* ---- identity, boundary, session ---- */

static bool is_iam_principal(const w403_caller *who)
{
    return who->kind == W403_CALLER_USER || who->kind == W403_CALLER_ROLE || who->kind == W403_CALLER_FEDERATED;
}

static void layer_identity(w403_check_work *w)
{
    w403_call *c = w->call;
    const w403_entity *e = c->entity;
    w403_layer *l = w403_layer_add(w, W403_LAYER_IDENTITY);
    if (e) {
        l->source = e->file;
        w403_layer_set(w, l, &e->identity);
        for (uint32_t i = 0; i < e->n_missing; i++) {
            w403_layer_unknown(w, l, NULL);
            l->unknown = w403_arena_printf(c->arena, "%.*s is attached, its document is not in the snapshot",
                                           W403_ARG(e->missing[i]));
        }
    }
    bool given = w403_layer_given(w, l, W403_POLICY_IDENTITY, 0);
    const w403_account *a = c->account;
    bool part = a && a->iam.state == W403_FACT_KNOWN && a->iam_partial;
    const w403_fact *unread = !a ? NULL : a->iam.state == W403_FACT_ABSENT && a->fact.state == W403_FACT_UNKNOWN ? &a->fact : &a->iam;
    bool federated_unknown = c->caller.kind == W403_CALLER_FEDERATED && !e && !given && !c->caller.issuer_arn.p &&
                             !w403_call_fully_said(c);
    if (c->identity_known == W403_NO && w403_call_unsaid(c, W403_POLICY_IDENTITY)) {
        w403_layer_unknown(w, l, NULL);
        l->unknown = W403_LIT("not given");
    } else if (c->identity_known == W403_NO || federated_unknown) {
        w403_layer_unknown(w, l, unread);
        l->unknown = federated_unknown ? W403_LIT("the issuing IAM user was not said")
                     : part            ? W403_LIT("only a part of the account was collected, without this principal")
                                       : l->unknown;
        if (!l->source.p || l->source.n == 0) {
            l->source = w403_arena_printf(c->arena, "accounts/%.*s/iam/authorization-details.json",
                                          W403_ARG(c->caller.account));
        }
        w403_fact refused = unread && !part ? *unread : (w403_fact){.path = l->source};
        refused.path = l->source;
        w403_settle_fact(c, &refused);
    }
    w403_layer_close(l);
    w->id = l->allow;
}

static void layer_boundary(w403_check_work *w)
{
    w403_call *c = w->call;
    const w403_entity *e = c->entity;
    bool given = w403_call_given(c, W403_POLICY_BOUNDARY);
    bool attached = e && (e->boundary || e->boundary_fact.state == W403_FACT_UNKNOWN);
    w->boundary = W403_YES;
    if (!given && !attached) {
        return;
    }
    w403_layer *l = w403_layer_add(w, W403_LAYER_BOUNDARY);
    if (given) { /* only one boundary can be attached: the one given by hand replaces the snapshot's */
        w403_layer_given(w, l, W403_POLICY_BOUNDARY, 0);
    } else if (e->boundary) {
        w403_layer_policies(w, l, &e->boundary, 1);
    } else {
        w403_layer_unknown(w, l, &e->boundary_fact);
    }
    w403_layer_close(l);
    w->boundary = l->allow;
}

static void layer_session(w403_check_work *w)
{
    w403_call *c = w->call;
    bool federated = c->caller.kind == W403_CALLER_FEDERATED;
    bool given = w403_call_given(c, W403_POLICY_SESSION);
    w->session = W403_YES;
    if (!given && !federated) {
        return; /* 3.5: no session policy leaves the session unrestricted */
    }
    w403_layer *l = w403_layer_add(w, W403_LAYER_SESSION);
    w403_layer_given(w, l, W403_POLICY_SESSION, 0); /* several: their Allows are united */
    w403_layer_close(l);
    w->session = l->allow;
}

/* ---- the resource side ---- */

static void resource_policy(w403_check_work *w, w403_layer *l, const w403_policy_set *set, const w403_fact *fact)
{
    if (set->n) {
        w403_layer_set(w, l, set);
    } else {
        l->source = fact->path;
        if (fact->state == W403_FACT_UNKNOWN) {
            w403_layer_unknown(w, l, fact);
            w403_settle_fact(w->call, fact);
        }
    }
}

/* Not given beside a denial of AWS's: it may deny. Within one account it did not allow, or the request would not have
 * been denied; across accounts both sides must allow, and this one may have. */
static void layer_not_given(w403_check_work *w, w403_layer *l)
{
    w403_caller_kind kind = w->call->caller.kind;
    bool outsider = kind == W403_CALLER_ANONYMOUS || kind == W403_CALLER_SERVICE;
    w403_layer_unknown(w, l, NULL);
    l->unknown = W403_LIT("not given");
    l->maybe_classes = outsider ? 0xffff : W403_CLASS_ACCOUNT;
}

static void layer_bucket_policy(w403_check_work *w)
{
    w403_call *c = w->call;
    const w403_bucket *b = w->target->bucket;
    w403_layer *l = w403_layer_add(w, W403_LAYER_RESOURCE);
    if (b) {
        resource_policy(w, l, &b->policy_set, &b->policy_fact);
        if (b->policy_fact.state == W403_FACT_ABSENT && !b->policy) {
            w403_assume(c, "bucket {bucket} has no bucket policy: {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->policy_fact.path));
        }
    }
    bool given = w403_layer_given(w, l, W403_POLICY_RESOURCE, 0);
    bool creates = w403_call_is(c, W403_OPERATION_CREATEBUCKET);
    if (!b && !given && !creates && !w403_call_fully_said(c)) {
        w403_view path = w403_arena_printf(c->arena, "accounts/%.*s/s3/%.*s/policy.json",
                                           W403_ARG(w->target->owner.p ? w->target->owner : W403_LIT("?")),
                                           W403_ARG(w->target->bucket_name));
        w403_fact fact = {.state = W403_FACT_UNKNOWN, .path = path};
        w403_layer_unknown(w, l, &fact);
        w403_settle_fact(c, &fact);
    }
    if (w403_call_unsaid(c, W403_POLICY_RESOURCE)) {
        layer_not_given(w, l);
    }
    w403_layer_close(l);
}

static void layer_access_point(w403_check_work *w)
{
    const w403_access_point *ap = w->target->access_point;
    w403_layer *l = w403_layer_add(w, W403_LAYER_ACCESS_POINT);
    if (ap) {
        resource_policy(w, l, &ap->policy_set, &ap->policy_fact);
    }
    bool given = w403_layer_given(w, l, W403_POLICY_ACCESS_POINT, 0);
    if (!ap && !given && !w403_call_fully_said(w->call)) {
        w403_layer_unknown(w, l, NULL);
        w403_settle_access_point(w->call, w->target);
    } else if (w403_call_unsaid(w->call, W403_POLICY_ACCESS_POINT)) {
        layer_not_given(w, l);
    }
    w403_layer_close(l);
}

static void layer_key(w403_check_work *w)
{
    const w403_kms_key *k = w->target->kms;
    w403_layer *l = w403_layer_add(w, W403_LAYER_KEY);
    if (k) {
        resource_policy(w, l, &k->policy_set, &k->policy_fact);
    }
    bool given = w403_layer_given(w, l, W403_POLICY_KEY, 0);
    bool silent = !k || (!k->policy && k->policy_fact.state == W403_FACT_ABSENT);
    if (silent && !given && w->rule != W403_RULE_AWS_MANAGED_KEY) {
        w403_fact fact = {.state = W403_FACT_UNKNOWN, .path = k ? k->policy_fact.path : (w403_view){NULL, 0}};
        w403_layer_unknown(w, l, &fact);
        if (fact.path.p) {
            w403_settle_fact(w->call, &fact);
        } else {
            w403_settle_key(w);
        }
    }
    w403_layer_close(l);
    if (k) {
        w403_kms_grants_eval(w);
    }
}

/* N-8: a role's trust policy. */
static void layer_trust(w403_check_work *w)
{
    w403_call *c = w->call;
    const w403_entity *role = w->target->role;
    w403_layer *l = w403_layer_add(w, W403_LAYER_TRUST);
    if (role) {
        resource_policy(w, l, &role->trust_set, &role->trust_fact);
    }
    bool given = w403_layer_given(w, l, W403_POLICY_TRUST, 0);
    given |= w403_layer_given(w, l, W403_POLICY_RESOURCE, 0);
    if (!given && (!role || role->trust_fact.state == W403_FACT_ABSENT)) {
        w403_fact fact = {.state = W403_FACT_UNKNOWN};
        fact.path = w403_arena_printf(c->arena, "accounts/%.*s/iam/authorization-details.json", W403_ARG(w->target->owner));
        w403_layer_unknown(w, l, &fact);
        const w403_account *owner = w403_target_account(c, w->target);
        if (owner && owner->iam_partial && !role) {
            l->unknown = W403_LIT("only a part of the account was collected, without this role");
        }
        w403_settle_fact(c, &fact);
    }
    w403_layer_close(l);
}

static void layer_other_resource(w403_check_work *w)
{
    if (!w403_call_given(w->call, W403_POLICY_RESOURCE) && w->rule != W403_RULE_MANDATORY) {
        return;
    }
    w403_layer *l = w403_layer_add(w, W403_LAYER_RESOURCE);
    if (!w403_layer_given(w, l, W403_POLICY_RESOURCE, 0)) {
        w403_layer_unknown(w, l, NULL);
    }
    w403_layer_close(l);
}

/* 3.6: neither SCPs nor RCPs bind service-linked roles, and this may be one: what they refuse is not certain. */
static void unless_service_linked(w403_check_work *w)
{
    for (size_t i = 0; i < w->layers.n && w->call->caller.service_linked == W403_UNKNOWN; i++) {
        perhaps(&w->layers.at[i], "the session's ARN does not show whether its role is a service-linked one");
    }
}

void w403_layers_eval(w403_check_work *w)
{
    layer_scp(w);
    layer_rcp(w);
    unless_service_linked(w);
    layer_endpoint(w);
    w->id = w->boundary = w->session = W403_NO;
    if (is_iam_principal(&w->call->caller)) {
        layer_identity(w);
        layer_session(w);
        layer_boundary(w);
    }
    switch (w->target->kind) {
    case W403_TARGET_BUCKET:
    case W403_TARGET_OBJECT:
        layer_bucket_policy(w);
        w403_acl_eval(w);
        break;
    case W403_TARGET_ACCESS_POINT:
    case W403_TARGET_ACCESS_POINT_OBJECT:
        layer_access_point(w);
        break;
    case W403_TARGET_KEY:
        layer_key(w);
        break;
    case W403_TARGET_ROLE:
        layer_trust(w);
        break;
    default:
        layer_other_resource(w);
        break;
    }
}

/* Where policies stand, and where one would be written. */
#include "fix/change.h"

bool w403_policy_is_aws(const w403_policy *p)
{
    return w403_view_starts(p->doc.source, W403_LIT("AWS managed policy")) ||
           (p->arn.p && w403_view_find(p->arn, W403_LIT(":aws:policy/")) != SIZE_MAX);
}

w403_view w403_policy_user(w403_fixer *f, const w403_check_work *w)
{
    const w403_call *c = w->call;
    const w403_caller *who = &c->caller;
    if (c->entity) {
        return c->entity->name;
    }
    if (who->kind != W403_CALLER_FEDERATED || !who->issuer_arn.p) {
        return who->name;
    }
    w403_view rest = w403_arn_split(who->issuer_arn).part[5], name = rest;
    while (rest.p) {
        name = w403_view_cut(&rest, '/');
    }
    (void)f;
    return name;
}

static bool is_role(const w403_check_work *w)
{
    return w->call->caller.kind == W403_CALLER_ROLE;
}

/* ---- names ---- */

static w403_view inline_name(w403_fixer *f, bool role, bool there, w403_view name, w403_view holder)
{
    const char *text = name.p  ? role ? N_("the inline policy {name} of role {holder}") : N_("the inline policy {name} of user {holder}")
                       : there ? role ? N_("the inline policy of role {holder}") : N_("the inline policy of user {holder}")
                       : role  ? N_("an inline policy of role {holder}")
                               : N_("an inline policy of user {holder}");
    return W403_FIX_SAY(f, text, W403_P("name", name), W403_P("holder", holder));
}

static w403_view name_of(w403_fixer *f, const w403_check_work *w, const w403_place *p)
{
    w403_view user = w403_policy_user(f, w);
    w403_view own = p->policy && p->policy->name.p ? p->policy->name : (w403_view){NULL, 0};
    switch (p->kind) {
    case W403_POLICY_IDENTITY:
        if (p->policy && p->policy->arn.p) {
            return W403_FIX_SAY(f, "the managed policy {name}", W403_P("name", own));
        }
        if (p->policy && w403_view_starts(p->policy->pointer, W403_LIT("/GroupDetailList"))) {
            return W403_FIX_SAY(f, "the group policy {name}", W403_P("name", own));
        }
        return inline_name(f, is_role(w), p->policy != NULL, own, user);
    case W403_POLICY_BOUNDARY:
        return W403_FIX_SAY(f, "the permissions boundary of {name}", W403_P("name", user));
    case W403_POLICY_SESSION:
        return W403_FIX_WORD(f, "the session policy");
    case W403_POLICY_SCP:
        return own.p ? W403_FIX_SAY(f, "the service control policy {name}", W403_P("name", own))
                     : W403_FIX_WORD(f, "the service control policy");
    case W403_POLICY_RCP:
        return own.p ? W403_FIX_SAY(f, "the resource control policy {name}", W403_P("name", own))
                     : W403_FIX_WORD(f, "the resource control policy");
    case W403_POLICY_VPC_ENDPOINT:
        return W403_FIX_SAY(f, "the policy of endpoint {endpoint}", W403_P("endpoint", p->resource));
    case W403_POLICY_RESOURCE:
        return w->target->bucket_name.p ? W403_FIX_SAY(f, "the bucket policy of {name}", W403_P("name", p->resource))
                                        : W403_FIX_SAY(f, "the resource policy of {name}", W403_P("name", p->resource));
    case W403_POLICY_ACCESS_POINT:
        return W403_FIX_SAY(f, "the policy of access point {name}", W403_P("name", p->resource));
    case W403_POLICY_KEY:
        return W403_FIX_SAY(f, "the key policy of {key}", W403_P("key", p->resource));
    case W403_POLICY_TRUST:
        return W403_FIX_SAY(f, "the trust policy of {role}", W403_P("role", p->resource));
    default:
        return W403_FIX_WORD(f, "the policy");
    }
}

/* ---- owners and holders ---- */

static const struct {
    w403_layer_kind layer;
    w403_policy_kind kind;
} kinds[] = {
    {W403_LAYER_SCP, W403_POLICY_SCP},           {W403_LAYER_RCP, W403_POLICY_RCP},
    {W403_LAYER_IDENTITY, W403_POLICY_IDENTITY}, {W403_LAYER_SESSION, W403_POLICY_SESSION},
    {W403_LAYER_BOUNDARY, W403_POLICY_BOUNDARY}, {W403_LAYER_VPC_ENDPOINT, W403_POLICY_VPC_ENDPOINT},
    {W403_LAYER_TRUST, W403_POLICY_TRUST},       {W403_LAYER_KEY, W403_POLICY_KEY},           {W403_LAYER_ACCESS_POINT, W403_POLICY_ACCESS_POINT},
};

static w403_policy_kind kind_of(w403_layer_kind layer)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].layer == layer) {
            return kinds[i].kind;
        }
    }
    return W403_POLICY_RESOURCE;
}

static void fill_resource(w403_place *p, const w403_check_work *w)
{
    const w403_target *t = w->target;
    p->owner = t->owner;
    if (p->kind == W403_POLICY_KEY) {
        p->key = t->kms;
        p->resource = t->kms ? t->kms->id : t->arn;
        p->owner = t->kms && t->kms->account_id.p ? t->kms->account_id : t->owner;
    } else if (p->kind == W403_POLICY_TRUST) {
        p->entity = (w403_entity *)(uintptr_t)t->role; /* the world's own */
        p->resource = t->role ? t->role->name : t->arn;
    } else if (p->kind == W403_POLICY_ACCESS_POINT) {
        p->access_point = (w403_access_point *)(uintptr_t)t->access_point; /* the world's own */
        p->resource = t->access_point ? t->access_point->name : t->arn;
        p->owner = t->access_point && t->access_point->account_id.p ? t->access_point->account_id : t->owner;
    } else {
        p->bucket = t->bucket;
        p->resource = t->bucket_name.p ? t->bucket_name : t->arn;
    }
}

static void fill_holder(w403_fixer *f, w403_place *p, const w403_check_work *w)
{
    const w403_call *c = w->call;
    switch (p->kind) {
    case W403_POLICY_SCP:
    case W403_POLICY_RCP:
        p->owner = f->world->snapshot && f->world->snapshot->org.management_account.p
                       ? f->world->snapshot->org.management_account
                       : W403_FIX_WORD(f, "the organization's management account");
        return;
    case W403_POLICY_IDENTITY:
    case W403_POLICY_BOUNDARY:
        p->entity = (w403_entity *)(uintptr_t)c->entity; /* the world's own */
        p->owner = c->caller.account;
        return;
    case W403_POLICY_SESSION: /* 3.5: passed when the session begins: in no snapshot, given with the request */
        p->owner = c->caller.account;
        return;
    case W403_POLICY_VPC_ENDPOINT:
        p->endpoint = (w403_vpc_endpoint *)(uintptr_t)c->endpoint;
        p->resource = c->req->via.p ? c->req->via : W403_LIT("VPC_ENDPOINT_ID");
        p->owner = c->endpoint && c->endpoint->account ? c->endpoint->account->id : c->caller.account;
        return;
    default:
        fill_resource(p, w);
        return;
    }
}

static w403_view source_of(const w403_policy *p)
{
    if (!p) {
        return (w403_view){NULL, 0};
    }
    return p->embedded || !p->file.p ? p->doc.source : p->file;
}

w403_place w403_place_of(w403_fixer *f, const w403_check_work *w, w403_layer_kind layer, const w403_policy *policy)
{
    w403_place p = {.kind = kind_of(layer), .policy = policy, .given = SIZE_MAX, .source = source_of(policy)};
    fill_holder(f, &p, w);
    if (policy) {
        p.given = w403_world_given_index(f->world, policy);
        if (p.given != SIZE_MAX) {
            p.level = f->world->given[p.given].level;
        }
    }
    p.name = name_of(f, w, &p);
    return p;
}

/* ---- where to add ---- */

/* How likely the user owns it: own inline policy, customer managed, a group's. AWS's own: never. */
static int ownership(const w403_entity *e, const w403_policy *p)
{
    if (w403_policy_is_aws(p)) {
        return -1;
    }
    if (!p->arn.p && e->pointer.p && w403_view_starts(p->pointer, e->pointer)) {
        return 3;
    }
    return p->arn.p ? 2 : 1;
}

static const w403_policy *best_identity(const w403_entity *e)
{
    const w403_policy *best = NULL;
    int rank = 0;
    for (uint32_t i = 0; e && i < e->identity.n; i++) {
        int r = ownership(e, e->identity.at[i]);
        if (r > rank) {
            best = e->identity.at[i];
            rank = r;
        }
    }
    return best;
}

static const w403_policy *first_given(const w403_fixer *f, w403_policy_kind kind)
{
    size_t n = 0;
    const w403_given_policy *list = w403_policies_list(f->world->policies, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind == kind) {
            return list[i].policy;
        }
    }
    return NULL;
}

/* Would somebody who keeps it put an Allow there? Not into AWS's own, nor into a list of what is denied. */
static bool takes_allow(const w403_match *m)
{
    return m->statement && !w403_policy_is_aws(m->statement->policy) && !w403_policy_only_denies(m->statement->policy);
}

/* The policy of a level that can be edited, among those that were looked at. */
static const w403_policy *of_layer(const w403_layer *l)
{
    for (uint32_t i = 0; l && i < l->n_near; i++) {
        if (takes_allow(&l->near[i])) {
            return l->near[i].statement->policy;
        }
    }
    for (uint32_t i = 0; l && i < l->n_matches; i++) {
        if (takes_allow(&l->matches[i])) {
            return l->matches[i].statement->policy;
        }
    }
    return NULL;
}

static const w403_policy *held_by(const w403_call *c, const w403_target *t, w403_policy_kind kind)
{
    switch (kind) {
    case W403_POLICY_IDENTITY:
        return best_identity(c->entity);
    case W403_POLICY_BOUNDARY:
        return c->entity ? c->entity->boundary : NULL;
    case W403_POLICY_VPC_ENDPOINT:
        return c->endpoint ? c->endpoint->policy : NULL;
    case W403_POLICY_RESOURCE:
        return t->bucket ? t->bucket->policy : NULL;
    case W403_POLICY_ACCESS_POINT:
        return t->access_point ? t->access_point->policy : NULL;
    case W403_POLICY_KEY:
        return t->kms ? t->kms->policy : NULL;
    case W403_POLICY_TRUST:
        return t->role ? t->role->trust : NULL;
    default:
        return NULL;
    }
}

static w403_view would_be(w403_fixer *f, const w403_check_work *w, const w403_place *p)
{
    if (p->bucket) {
        return p->bucket->policy_fact.path;
    }
    if (p->access_point) {
        return p->access_point->policy_fact.path;
    }
    if (p->key) {
        return p->key->policy_fact.path;
    }
    return p->entity ? p->entity->file : w403_sayf(f, "%s", w403_policy_kind_name(p->kind));
    (void)w;
}

w403_place w403_place_for(w403_fixer *f, const w403_check_work *w, w403_layer_kind layer, const w403_layer *l)
{
    w403_policy_kind kind = kind_of(layer);
    bool org = kind == W403_POLICY_SCP || kind == W403_POLICY_RCP;
    const w403_policy *policy = org ? of_layer(l) : held_by(w->call, w->target, kind);
    if (!policy && !org) {
        policy = first_given(f, kind);
    }
    w403_place p = w403_place_of(f, w, layer, policy);
    if (!policy) {
        bool in_snapshot = p.entity || p.bucket || p.access_point || p.key || p.endpoint;
        p.given = in_snapshot ? SIZE_MAX : f->world->n_given;
        p.source = would_be(f, w, &p);
    }
    return p;
}

/* Semantics 3: every layer of one permission, and the formulas that join them. */
#include "naive_impl.h"

typedef struct layers {
    n_layer  scp, rcp, vpce, identity, session, boundary, ap, bucket, key, trust;
    w403_tri scp_ok, vpce_ok;           /* ceilings let it pass */
    w403_tri id, pb, sp;
    w403_tri restricted;
} layers;

void n_answer_add(n_answer *out, const char *cause)
{
    for (unsigned i = 0; i < out->n_causes; i++) {
        if (strcmp(out->causes[i], cause) == 0) {
            return;
        }
    }
    if (out->n_causes < sizeof out->causes / sizeof *out->causes) {
        out->causes[out->n_causes++] = cause;
    }
}

static const n_layer dunno = {.deny = W403_UNKNOWN, .allow = W403_UNKNOWN};

static bool service_linked(const n_who *w)
{
    return w->kind == N_ROLE && w->entity && w->entity->path.n >= 18 &&
           memcmp(w->entity->path.p, "/aws-service-role/", 18) == 0;
}

static bool unreadable(const w403_fact *f)
{
    return f->state == W403_FACT_UNKNOWN;
}

/* No policy of its own, and of no account. */
static bool bare(const n_who *w)
{
    return w->kind == N_SERVICE || w->kind == N_ANONYMOUS || w->kind == N_ORIGIN || w->kind == N_PROVIDER;
}

/* 3.6 */
static void scp(n_check *c, layers *l)
{
    const n_run        *run = c->run;
    const n_who        *w = &run->who;
    const w403_account *acct = w->home;
    l->scp_ok = W403_YES;
    if (bare(w) || service_linked(w)) {
        return;
    }
    if (unreadable(&run->s->org.fact)) {
        l->scp = dunno;
        l->scp_ok = W403_UNKNOWN;
        return;
    }
    if (run->s->org.fact.state != W403_FACT_KNOWN || !run->s->org.all_features || !acct || !acct->in_org ||
        acct->is_management) {
        return;
    }
    if (run->s->org.scps_on == W403_NO) { /* N-7 */
        return;
    }
    bool pending = run->s->org.scps_on == W403_UNKNOWN && run->s->org.roots.state == W403_FACT_KNOWN;
    for (uint32_t i = 0; i < acct->n_levels; i++) {
        n_layer level = {.deny = W403_NO};
        if (acct->levels[i].scp_fact.state == W403_FACT_ABSENT && acct->levels[i].scps.n == 0) {
            continue; /* no attachments.json: taken as without policies */
        }
        n_policies(c, &acct->levels[i].scps, &level);
        if (unreadable(&acct->levels[i].scp_fact)) {
            level.deny = n_or(level.deny, W403_UNKNOWN);
            level.allow = n_or(level.allow, W403_UNKNOWN);
        }
        if (pending) {
            level.deny = level.deny == W403_YES ? W403_UNKNOWN : level.deny;
            level.allow = level.allow == W403_NO || level.deny != W403_NO ? W403_UNKNOWN : level.allow;
        }
        l->scp.deny = n_or(l->scp.deny, level.deny);
        l->scp_ok = n_and(l->scp_ok, level.allow);
    }
}

static void rcp(n_check *c, layers *l)
{
    const n_run        *run = c->run;
    const w403_account *acct = c->owner_home;
    if (service_linked(&run->who) || (c->key && c->key->aws_managed)) {
        return;
    }
    if (unreadable(&run->s->org.fact)) {
        l->rcp.deny = W403_UNKNOWN;
        return;
    }
    if (run->s->org.fact.state != W403_FACT_KNOWN || !run->s->org.all_features || !acct || !acct->in_org ||
        acct->is_management) {
        return;
    }
    if (run->s->org.rcps_on == W403_NO) {
        return;
    }
    for (uint32_t i = 0; i < acct->n_levels; i++) {
        n_policies(c, &acct->levels[i].rcps, &l->rcp);
        if (run->s->org.rcps_on == W403_UNKNOWN && run->s->org.roots.state == W403_FACT_KNOWN && l->rcp.deny == W403_YES) {
            l->rcp.deny = W403_UNKNOWN;
        }
        if (unreadable(&acct->levels[i].rcp_fact)) {
            l->rcp.deny = n_or(l->rcp.deny, W403_UNKNOWN);
        }
    }
}

/* 3.7; not for the KMS calls that S3 makes. */
static void endpoint(n_check *c, layers *l)
{
    const n_run             *run = c->run;
    const w403_vpc_endpoint *e = NULL;
    l->vpce_ok = W403_YES;
    if (!run->r->via.p || run->who.kind == N_SERVICE || (c->key && run->target.bucket)) {
        return;
    }
    for (uint32_t i = 0; i < run->s->n_endpoints; i++) {
        if (n_same(run->s->endpoint_list[i]->id, run->r->via)) {
            e = run->s->endpoint_list[i];
        }
    }
    if (e ? unreadable(&e->policy_fact) : unreadable(&run->s->endpoints_unread)) {
        l->vpce = dunno;
        l->vpce_ok = W403_UNKNOWN;
    } else if (e && e->policy) {
        n_policy(c, e->policy, e->gateway, &l->vpce);
        l->vpce_ok = l->vpce.allow;
    }
}

static void caller_side(n_check *c, layers *l)
{
    const n_run       *run = c->run;
    const n_who       *w = &run->who;
    const w403_entity *e = w->entity;
    l->pb = l->sp = W403_YES;
    if (bare(w) || w->kind == N_ROOT) {
        return;
    }
    if (w->home && unreadable(&w->home->iam)) {
        l->identity = l->boundary = dunno;
        l->pb = W403_UNKNOWN;
    } else if (e) {
        n_policies(c, &e->identity, &l->identity);
        if (e->n_missing) {
            l->identity.deny = n_or(l->identity.deny, W403_UNKNOWN);
            l->identity.allow = n_or(l->identity.allow, W403_UNKNOWN);
        }
        if (e->boundary) {
            n_policy(c, e->boundary, false, &l->boundary);
            l->pb = l->boundary.allow;
        } else if (unreadable(&e->boundary_fact)) {
            l->boundary = dunno;
            l->pb = W403_UNKNOWN;
        }
    }
    l->id = l->identity.allow;
    for (unsigned i = 0; i < run->n_session; i++) {
        n_policy(c, run->session[i], false, &l->session);
    }
    if (w->kind == N_FEDERATED) { /* 3.2: SPx */
        l->sp = l->session.allow;
    } else if (w->kind == N_ROLE && run->n_session > 0) {
        l->sp = l->session.allow;
    } else if (run->n_session > 0) {
        n_open(c->run, "a session policy without a session");
    }
}

static void add_policy(n_check *c, const w403_fact *f, const w403_policy *p, n_layer *out)
{
    if (unreadable(f)) {
        *out = dunno;
        for (int k = 0; k < 8; k++) {
            out->rb.is[k] = W403_UNKNOWN;
        }
    } else if (p) {
        n_policy(c, p, false, out);
    }
}

static void resource_side(n_check *c, layers *l)
{
    const n_target *t = c->target;
    if (c->role) {
        add_policy(c, &c->role->trust_fact, c->role->trust, &l->trust);
        if (c->role->trust_fact.state == W403_FACT_ABSENT) {
            n_open(c->run, "a role without a trust policy");
        }
    } else if (c->key) {
        add_policy(c, &c->key->policy_fact, c->key->policy, &l->key);
    } else if (c->on_ap) {
        add_policy(c, &t->ap->policy_fact, t->ap->policy, &l->ap);
    } else if (t && t->bucket) {
        add_policy(c, &t->bucket->policy_fact, t->bucket->policy, &l->bucket);
    }
    l->restricted = c->key || !t ? W403_NO : n_restricted(c);
}

/* 3.9: the owner's root may always see to the bucket policy. */
static bool policy_of_own_root(const n_check *c)
{
    bool call = n_ieq(c->action, "s3:GetBucketPolicy") || n_ieq(c->action, "s3:PutBucketPolicy") ||
                n_ieq(c->action, "s3:DeleteBucketPolicy");
    return call && c->run->who.kind == N_ROOT && n_same(c->run->who.account, c->owner) && !c->on_ap;
}

/* ---- who grants ---- */

static w403_tri any_class(const n_classes *rb)
{
    w403_tri any = W403_NO;
    for (int k = 0; k < 8; k++) {
        any = n_or(any, rb->is[k]);
    }
    return any;
}

static w403_tri all_three(const layers *l)
{
    return n_and(l->id, n_and(l->pb, l->sp));
}

/* 3.2 without identity policies: what the resource's own policy gives to whom. */
static w403_tri direct(const n_who *w, const layers *l, const n_classes *rb)
{
    w403_tri limits = n_and(l->pb, l->sp);
    switch (w->kind) {
    case N_USER: return n_or(rb->is[N_USER_CLASS], rb->is[N_STAR]);
    case N_ROLE:
        return n_or(n_or(rb->is[N_SESSION], rb->is[N_STAR]), n_and(rb->is[N_ROLE_CLASS], limits));
    case N_FEDERATED: return n_or(n_or(rb->is[N_SESSION], rb->is[N_STAR]), n_and(rb->is[N_ISSUER], limits));
    case N_PROVIDER:
    case N_SERVICE: return n_or(rb->is[N_SERVICE_CLASS], rb->is[N_STAR]);
    case N_ANONYMOUS: return rb->is[N_STAR];
    case N_ORIGIN: return n_or(n_or(rb->is[N_USER_CLASS], rb->is[N_ACCOUNT]), rb->is[N_STAR]);
    case N_ROOT: return any_class(rb);
    }
    return W403_NO;
}

static const char *resource_cause(const n_check *c)
{
    return c->role ? "no-allow.trust-policy" : c->key ? "no-allow.key-policy" : c->on_ap ? "no-allow.access-point" : "no-allow.bucket-policy";
}

/* What the caller's own side lacks, in the order of 3.8. */
static void caller_lacks(const layers *l, n_answer *out)
{
    if (l->id == W403_NO) {
        n_answer_add(out, "no-allow.identity");
    }
    if (l->pb == W403_NO) {
        n_answer_add(out, "no-allow.boundary");
    }
    if (l->sp == W403_NO) {
        n_answer_add(out, "no-allow.session");
    }
}

static w403_tri same_account(n_check *c, const layers *l, const n_classes *rb, n_answer *out)
{
    const n_who *w = &c->run->who;
    bool         must = c->key || c->role; /* the policy of the resource decides: KM1, N-8 */
    w403_tri     open = must ? n_and(rb->is[N_ACCOUNT], all_three(l)) : all_three(l);
    w403_tri     allow;
    if (c->key && c->key->aws_managed) {
        return W403_YES; /* 4.8 */
    }
    if (w->kind == N_ROOT) {
        allow = must ? direct(w, l, rb) : W403_YES;
    } else {
        allow = n_or(direct(w, l, rb), open);
    }
    if (allow != W403_NO) {
        return allow;
    }
    if (w->kind == N_ROOT) {
        n_answer_add(out, resource_cause(c));
        return allow;
    }
    bool by_name = rb->is[N_ROLE_CLASS] == W403_YES || rb->is[N_ISSUER] == W403_YES;
    out->set_open |= rb->is[N_ROLE_CLASS] == W403_UNKNOWN || rb->is[N_ISSUER] == W403_UNKNOWN; /* which of them must change? */
    out->first_sure &= !out->set_open;
    if (must && rb->is[N_ACCOUNT] == W403_NO && !by_name) {
        if (l->id == W403_NO) {
            out->first_sure = false; /* the key policy delegates nothing, and nothing would use it */
            out->set_open = true;
        }
        n_answer_add(out, resource_cause(c));
        return allow;
    }
    layers copy = *l;
    copy.id = by_name ? W403_YES : l->id;
    caller_lacks(&copy, out);
    return allow;
}

static w403_tri cross_account(n_check *c, const layers *l, const n_classes *rb, n_answer *out)
{
    bool     root = c->run->who.kind == N_ROOT;
    w403_tri mine = root ? W403_YES : all_three(l), theirs = any_class(rb);
    if (c->key && c->key->aws_managed) {
        n_answer_add(out, "kms.aws-managed-key");
        out->first_sure = false; /* before its policies, or after them? */
        return W403_NO;
    }
    if (!root) {
        caller_lacks(l, out);
    }
    if (theirs == W403_NO) {
        n_answer_add(out, resource_cause(c));
    }
    if (n_and(mine, theirs) != W403_NO) {
        out->n_causes = 0;
    }
    return n_and(mine, theirs);
}

static w403_tri foreign_object(n_check *c, const layers *l, n_answer *out)
{
    const n_who *w = &c->run->who;
    bool         alone = w->kind == N_ROOT || (bare(w) && w->kind != N_SERVICE);
    w403_tri     mine = alone ? W403_YES : all_three(l);
    bool         ignore = n_bpa(c, N_IGNORE_ACLS) == W403_YES;
    w403_tri     theirs = n_object_acl_allows(c, false);
    if (n_bpa(c, N_IGNORE_ACLS) != W403_NO) {
        w403_tri strict = n_object_acl_allows(c, true);
        if (ignore && theirs != W403_NO && strict == W403_NO) {
            out->first_sure = false; /* named bpa.ignore-public-acls or no-allow.object-acl */
            out->set_open = true;
        }
        theirs = ignore || strict == theirs ? strict : W403_UNKNOWN;
    }
    if (w->kind == N_SERVICE) {
        n_open(c->run, "a service reads a foreign object");
    }
    if (n_and(mine, theirs) == W403_NO) {
        if (!alone) {
            caller_lacks(l, out);
        }
        if (theirs == W403_NO) {
            n_answer_add(out, "no-allow.object-acl");
        }
    }
    return n_and(mine, theirs);
}

static w403_tri by_classes(n_check *c, const layers *l, const n_classes *rb, n_answer *out)
{
    const n_who *w = &c->run->who;
    if (bare(w)) {
        w403_tri allow = direct(w, l, rb);
        if (c->key && c->key->aws_managed) {
            n_answer_add(out, "kms.aws-managed-key");
            out->first_sure = false;
            return W403_NO;
        }
        if (allow == W403_NO) {
            n_answer_add(out, resource_cause(c));
        }
        return allow;
    }
    bool same = n_same(w->account, c->owner) || n_eq(c->resource, "*");
    return same ? same_account(c, l, rb, out) : cross_account(c, l, rb, out);
}

/* ACLs beside the policy of the bucket: 4.2, 4.3. */
static w403_tri own_object(n_check *c, const layers *l, n_answer *out)
{
    n_classes rb = l->bucket.rb, strict = rb;
    w403_tri  ignore = n_bpa(c, N_IGNORE_ACLS);
    n_acl_grants(c, false, &rb);
    n_acl_grants(c, true, &strict);
    n_answer a = {.first_sure = true}, b = {.first_sure = true};
    w403_tri loose = by_classes(c, l, &rb, &a), tight = by_classes(c, l, &strict, &b);
    if (ignore == W403_NO || loose == tight) {
        *out = ignore == W403_NO ? a : b;
        out->deny = W403_NO;
        out->set_open = ignore == W403_UNKNOWN;
        return ignore == W403_NO ? loose : tight;
    }
    if (tight == W403_NO) { /* 3.8: removed by IgnorePublicAcls */
        bool same = n_same(c->run->who.account, c->owner) && c->run->who.kind != N_ANONYMOUS;
        *out = (n_answer){.first_sure = loose == W403_YES && !same, .set_open = true};
        n_answer_add(out, "bpa.ignore-public-acls");
    }
    return ignore == W403_YES ? tight : W403_UNKNOWN;
}

static w403_tri granted(n_check *c, const layers *l, n_answer *out)
{
    if (c->key) {
        w403_tri grant = n_kms_grant(c);
        w403_tri allow = by_classes(c, l, &l->key.rb, out);
        if (grant != W403_NO && !n_same(c->run->who.account, c->owner)) {
            n_open(c->run, "a grant and a foreign caller");
        }
        return n_or(grant, allow);
    }
    if (c->role) {
        return by_classes(c, l, &l->trust.rb, out);
    }
    if (c->on_ap || !c->target) {
        return by_classes(c, l, c->on_ap ? &l->ap.rb : &l->bucket.rb, out);
    }
    w403_tri foreign = n_object_acl_rules(c);
    if (foreign == W403_NO) {
        return own_object(c, l, out);
    }
    w403_tri theirs = foreign_object(c, l, out);
    if (foreign == W403_UNKNOWN) { /* whose it is, nobody knows */
        n_answer aside = {.first_sure = true};
        out->first_sure = false;
        out->set_open = true;
        theirs = own_object(c, l, &aside) == theirs ? theirs : W403_UNKNOWN;
    }
    return theirs;
}

/* ---- all together ---- */

static void denied(n_answer *out, w403_tri deny, const char *cause)
{
    if (deny == W403_YES) {
        n_answer_add(out, cause);
    }
    out->deny = n_or(out->deny, deny);
}

void n_decide_check(n_check *c, n_answer *out)
{
    layers   l = {0};
    n_answer lacks = {.first_sure = true};
    n_build_context(c);
    scp(c, &l);
    rcp(c, &l);
    endpoint(c, &l);
    caller_side(c, &l);
    resource_side(c, &l);
    *out = (n_answer){.first_sure = true};
    denied(out, l.scp.deny, "deny.scp");
    denied(out, l.rcp.deny, "deny.rcp");
    denied(out, l.vpce.deny, "deny.vpc-endpoint");
    denied(out, l.identity.deny, "deny.identity");
    denied(out, l.session.deny, "deny.session");
    denied(out, l.boundary.deny, "deny.boundary");
    if (!policy_of_own_root(c)) {
        denied(out, l.ap.deny, "deny.access-point");
        denied(out, l.bucket.deny, "deny.bucket-policy");
        denied(out, l.key.deny, "deny.key-policy");
        denied(out, l.trust.deny, "deny.trust-policy");
        denied(out, l.restricted, "bpa.restrict-public-buckets");
    }
    w403_tri grant = granted(c, &l, &lacks);
    out->allow = n_and(n_and(n_not(out->deny), n_and(l.scp_ok, l.vpce_ok)), grant);
    if (l.scp_ok == W403_NO) {
        n_answer_add(out, "no-allow.scp");
    }
    if (l.vpce_ok == W403_NO) {
        n_answer_add(out, "no-allow.vpc-endpoint");
    }
    bool explicit_one = out->n_causes > 0 && out->deny == W403_YES;
    if (grant == W403_NO) {
        bool instead = lacks.n_causes && n_starts(w403_view_of(lacks.causes[0]), "kms.");
        out->first_sure = (out->n_causes > 0 && !instead) || lacks.first_sure;
        out->set_open = lacks.set_open;
        for (unsigned i = 0; i < lacks.n_causes; i++) {
            n_answer_add(out, lacks.causes[i]);
        }
    }
    if (!explicit_one && out->deny == W403_UNKNOWN) {
        out->first_sure = false; /* an explicit denial may stand before it */
    }
    if (l.bucket.deny == W403_YES && l.restricted == W403_YES) {
        out->first_sure = out->first_sure && strcmp(out->causes[0], "deny.bucket-policy") != 0;
    }
}

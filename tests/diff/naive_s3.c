/* Semantics 4.2 and 4.3: ACLs, object ownership, Block Public Access. */
#include "naive_impl.h"

/* ---- what an ACL permission allows ---- */

static const struct {
    const char *action;
    uint8_t     permission;
} on_bucket[] = {
    {"s3:ListBucket", W403_ACL_READ},
    {"s3:ListBucketVersions", W403_ACL_READ},
    {"s3:ListBucketMultipartUploads", W403_ACL_READ},
    {"s3:PutObject", W403_ACL_WRITE},
    {"s3:DeleteObject", W403_ACL_WRITE},
    {"s3:GetBucketAcl", W403_ACL_READ_ACP},
    {"s3:PutBucketAcl", W403_ACL_WRITE_ACP},
}, on_object[] = {
    {"s3:GetObject", W403_ACL_READ},
    {"s3:GetObjectVersion", W403_ACL_READ},
    {"s3:GetObjectAcl", W403_ACL_READ_ACP},
    {"s3:GetObjectVersionAcl", W403_ACL_READ_ACP},
    {"s3:PutObjectAcl", W403_ACL_WRITE_ACP},
    {"s3:PutObjectVersionAcl", W403_ACL_WRITE_ACP},
};

static uint8_t permission(w403_view action, bool object)
{
    size_t n = object ? sizeof on_object / sizeof *on_object : sizeof on_bucket / sizeof *on_bucket;
    for (size_t i = 0; i < n; i++) {
        if (n_ieq(action, object ? on_object[i].action : on_bucket[i].action)) {
            return object ? on_object[i].permission : on_bucket[i].permission;
        }
    }
    return 0;
}

static bool has_account(const n_who *w)
{
    return w->kind != N_ANONYMOUS && w->kind != N_SERVICE && w->kind != N_ORIGIN;
}

/* Class that a grant gives to the caller, -1: none. */
static int grant_class(const n_who *w, const w403_grant *g, bool ignore)
{
    switch (g->kind) {
    case W403_GRANTEE_CANONICAL:
        return has_account(w) && w->home && n_same(g->canonical_id, w->home->canonical_id) ? N_ACCOUNT : -1;
    case W403_GRANTEE_ALL_USERS: return ignore ? -1 : N_STAR;
    case W403_GRANTEE_AUTHENTICATED_USERS: return ignore || !has_account(w) ? -1 : N_ACCOUNT;
    case W403_GRANTEE_LOG_DELIVERY:
        return w->kind == N_SERVICE && n_eq(w->name, "logging.s3.amazonaws.com") ? N_SERVICE_CLASS : -1;
    default: return -1;
    }
}

/* An ACL that nobody could read: a grant of any kind. */
static void add_unread(n_check *c, bool ignore, w403_tri as, n_classes *rb)
{
    const n_who *w = &c->run->who;
    bool         logs = w->kind == N_SERVICE && n_eq(w->name, "logging.s3.amazonaws.com");
    for (int k = 0; k < 8; k++) {
        bool possible = k == N_ACCOUNT ? has_account(w) || w->kind == N_ORIGIN : k == N_SERVICE_CLASS ? logs : k == N_STAR && !ignore;
        rb->is[k] = n_or(rb->is[k], possible ? n_and(as, W403_UNKNOWN) : W403_NO);
    }
}

static void add_acl(n_check *c, const w403_acl *acl, uint8_t need, bool ignore, w403_tri as, n_classes *rb)
{
    if (!need) {
        return;
    }
    if (acl->fact.state == W403_FACT_UNKNOWN) {
        add_unread(c, ignore, as, rb);
        return;
    }
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        bool all = acl->grants[i].kind == W403_GRANTEE_AUTHENTICATED_USERS && !ignore;
        if (all && c->run->who.kind == N_ORIGIN && (acl->grants[i].permissions & need) == need) {
            rb->is[N_ACCOUNT] = n_or(rb->is[N_ACCOUNT], n_and(as, W403_UNKNOWN)); /* it signs, but is of no account */
        }
        int k = grant_class(&c->run->who, &acl->grants[i], ignore);
        if (k >= 0 && (acl->grants[i].permissions & need) == need) {
            rb->is[k] = n_or(rb->is[k], as);
        }
    }
}

static bool object_owner(const n_check *c)
{
    const n_who       *w = &c->run->who;
    const w403_object *o = c->target->object;
    if (!has_account(w) || !w->home) {
        return false;
    }
    bool bucket_owner = n_same(w->account, c->owner);
    return o && o->owner.p ? n_same(o->owner, w->home->canonical_id) : bucket_owner;
}

/* WRITE alone creates; it overwrites and deletes only what is the caller's own. */
static w403_tri write_counts(const n_check *c)
{
    if (object_owner(c) || (has_account(&c->run->who) && n_same(c->run->who.account, c->owner))) {
        return W403_YES;
    }
    if (!c->owner_home || !c->owner_home->canonical_id.p) {
        c->run->out->note = NAIVE_UNKNOWN_CANONICAL;
    }
    if (n_ieq(c->action, "s3:PutObject")) {
        if (c->target->delete_marker) {
            n_open(c->run, "ACL WRITE and a delete marker");
        }
        /* A key that is not listed may be there or not. */
        bool open = !c->target->object && !c->target->bucket->objects_complete;
        return open && c->target->exists == W403_YES ? W403_UNKNOWN : n_not(c->target->exists);
    }
    if (n_ieq(c->action, "s3:DeleteObject")) {
        if (c->target->exists != W403_YES) {
            n_open(c->run, "ACL WRITE and the deletion of nothing");
        }
        return W403_NO;
    }
    return W403_YES;
}

/* The ACL and the tags of an upload are those of the object to come; If-Match reads the one that is there. */
bool n_of_new_object(const n_check *c)
{
    static const char *const ops[] = {"PutObject", "CreateMultipartUpload", "CopyObject", "UploadPart",
                                      "CompleteMultipartUpload"};
    bool                     writes = false;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        writes |= n_eq(c->run->r->operation, ops[i]);
    }
    return writes && c->target == &c->run->target && !n_ieq(c->action, "s3:GetObject");
}

void n_acl_grants(n_check *c, bool ignore, n_classes *rb)
{
    const n_target *t = c->target;
    if (!t || !t->bucket || t->ownership == W403_OWNER_ENFORCED) {
        return;
    }
    add_acl(c, &t->bucket->acl, permission(c->action, false), ignore, write_counts(c), rb);
    if (n_of_new_object(c)) {
        return;
    }
    if (t->object && t->exists == W403_YES) {
        add_acl(c, &t->object->acl, permission(c->action, true), ignore, W403_YES, rb);
    } else if (t->unread && permission(c->action, true)) {
        add_unread(c, ignore, W403_YES, rb);
    }
}

/* ---- objects of another account ---- */

w403_tri n_object_acl_rules(const n_check *c)
{
    static const char *const ops[] = {
        "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl", "s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging",
        "s3:GetObjectRetention", "s3:PutObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold",
        "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes",
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (n_ieq(c->action, ops[i])) { /* the ACL and tags of an upload are those of a new object */
            return n_and(n_and(c->target->foreign, c->target->exists), n_bool(!n_of_new_object(c)));
        }
    }
    return W403_NO;
}

w403_tri n_object_acl_allows(n_check *c, bool ignore)
{
    uint8_t need = permission(c->action, true);
    if (c->target->unread) { /* the owner, or a grant if the ACL can hold one */
        n_classes rb = {{0}};
        add_unread(c, ignore, W403_YES, &rb);
        bool granted = rb.is[N_STAR] != W403_NO || rb.is[N_ACCOUNT] != W403_NO || rb.is[N_SERVICE_CLASS] != W403_NO;
        c->run->out->note = !need && has_account(&c->run->who) ? NAIVE_UNREAD_OWNER : c->run->out->note;
        bool may_own = has_account(&c->run->who) || c->run->who.kind == N_ORIGIN;
        return may_own || (need && granted) ? W403_UNKNOWN : W403_NO;
    }
    const w403_acl *acl = &c->target->object->acl;
    w403_tri        any = n_bool(object_owner(c));
    if (!need) { /* tags, retention: no ACL permission covers them */
        return any;
    }
    if (acl->fact.state == W403_FACT_UNKNOWN) {
        return n_or(any, W403_UNKNOWN);
    }
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        bool gives = (acl->grants[i].permissions & need) == need;
        any = n_or(any, n_bool(gives && grant_class(&c->run->who, &acl->grants[i], ignore) >= 0));
        bool all = acl->grants[i].kind == W403_GRANTEE_AUTHENTICATED_USERS && !ignore;
        any = n_or(any, gives && all && c->run->who.kind == N_ORIGIN ? W403_UNKNOWN : W403_NO);
    }
    return any;
}

/* ---- Block Public Access ---- */

static w403_tri bit(const w403_bpa *b, n_bpa_bit which)
{
    if (b->fact.state == W403_FACT_UNKNOWN) {
        return W403_UNKNOWN;
    }
    if (b->fact.state != W403_FACT_KNOWN) {
        return W403_NO;
    }
    switch (which) {
    case N_BLOCK_ACLS: return n_bool(b->block_public_acls);
    case N_IGNORE_ACLS: return n_bool(b->ignore_public_acls);
    case N_BLOCK_POLICY: return n_bool(b->block_public_policy);
    case N_RESTRICT: return n_bool(b->restrict_public_buckets);
    }
    return W403_UNKNOWN;
}

/* N-3: an S3 policy of the organization stands in place of the account's own setting. Where it is not known, what S3 answered
 * for the account is the setting in effect (API_control_GetPublicAccessBlock). */
static w403_tri account_bit(const w403_account *a, n_bpa_bit which)
{
    bool answered = a->bpa.fact.state == W403_FACT_KNOWN || a->bpa.fact.state == W403_FACT_NONE;
    bool by_org = a->org_bpa.fact.state == W403_FACT_KNOWN || (a->org_bpa.fact.state == W403_FACT_UNKNOWN && !answered);
    return bit(by_org ? &a->org_bpa : &a->bpa, which);
}

w403_tri n_bpa(const n_check *c, n_bpa_bit which)
{
    const n_target *t = c->target;
    w403_tri        any = W403_NO;
    if (!t || !t->bucket) {
        return W403_NO;
    }
    const w403_account *owner = t->bucket->account;
    if (owner) {
        any = account_bit(owner, which);
    }
    any = n_or(any, bit(&t->bucket->bpa, which));
    if (t->ap && t->ap->account != owner && t->ap->account) { /* 4.5: of both accounts */
        any = n_or(any, account_bit(t->ap->account, which));
    }
    return t->ap ? n_or(any, bit(&t->ap->bpa, which)) : any;
}

static w403_tri policy_public(n_check *c, const w403_fact *f, const w403_policy *p, const w403_access_point *ap)
{
    if (f->state == W403_FACT_UNKNOWN) {
        return W403_UNKNOWN;
    }
    return p ? n_public(c->run, p, ap) : W403_NO;
}

w403_tri n_restricted(n_check *c)
{
    const n_target *t = c->target;
    const n_who    *w = &c->run->who;
    if (!t->bucket || w->kind == N_SERVICE) {
        return W403_NO;
    }
    if (w->kind != N_ANONYMOUS) {
        bool bucket_account = t->bucket->account && n_same(w->account, t->bucket->account->id);
        if (bucket_account || (t->ap && n_same(w->account, t->ap->account_id))) {
            return W403_NO;
        }
    }
    w403_tri open = policy_public(c, &t->bucket->policy_fact, t->bucket->policy, NULL);
    if (t->ap) {
        open = n_or(open, policy_public(c, &t->ap->policy_fact, t->ap->policy, t->ap));
    }
    return n_and(n_and(open, n_bpa(c, N_RESTRICT)), w->kind == N_ORIGIN ? W403_UNKNOWN : W403_YES);
}

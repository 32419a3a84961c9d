/* ACLs as grants of the resource side, and objects that belong to another account than their bucket (semantics
 * 4.2, 4.3 IgnorePublicAcls). */
#include "decide/check.h"

/* What an ACL permission means; anything else no ACL can grant. (WRITE carries s3:DeleteObjectVersion for the bucket's
 * owner only, who needs no grant.) */
static const struct acl_row {
    uint16_t action;
    uint8_t permission;
    bool on_object;
} acl_rows[] = {
    {W403_ACTION_S3_LISTBUCKET, W403_ACL_READ, false},
    {W403_ACTION_S3_LISTBUCKETVERSIONS, W403_ACL_READ, false},
    {W403_ACTION_S3_LISTBUCKETMULTIPARTUPLOADS, W403_ACL_READ, false},
    {W403_ACTION_S3_PUTOBJECT, W403_ACL_WRITE, false},
    {W403_ACTION_S3_DELETEOBJECT, W403_ACL_WRITE, false},
    {W403_ACTION_S3_GETBUCKETACL, W403_ACL_READ_ACP, false},
    {W403_ACTION_S3_PUTBUCKETACL, W403_ACL_WRITE_ACP, false},
    {W403_ACTION_S3_GETOBJECT, W403_ACL_READ, true},
    {W403_ACTION_S3_GETOBJECTVERSION, W403_ACL_READ, true},
    {W403_ACTION_S3_GETOBJECTACL, W403_ACL_READ_ACP, true},
    {W403_ACTION_S3_GETOBJECTVERSIONACL, W403_ACL_READ_ACP, true},
    {W403_ACTION_S3_PUTOBJECTACL, W403_ACL_WRITE_ACP, true},
    {W403_ACTION_S3_PUTOBJECTVERSIONACL, W403_ACL_WRITE_ACP, true},
};

static const struct acl_row *acl_row(uint16_t action)
{
    for (size_t i = 0; i < sizeof acl_rows / sizeof *acl_rows; i++) {
        if (acl_rows[i].action == action) {
            return &acl_rows[i];
        }
    }
    return NULL;
}

/* Bucket-side decisions even where an object of somebody else is there: its upload, deletion and parts. */
static bool asks_about_object(const w403_check_work *w)
{
    switch (w->action_id) {
    case W403_ACTION_S3_PUTOBJECT:
    case W403_ACTION_S3_DELETEOBJECT:
    case W403_ACTION_S3_DELETEOBJECTVERSION:
    case W403_ACTION_S3_ABORTMULTIPARTUPLOAD:
    case W403_ACTION_S3_LISTMULTIPARTUPLOADPARTS:
    case W403_ACTION_S3_BYPASSGOVERNANCERETENTION:
        return false;
    default:
        return w->target->kind == W403_TARGET_OBJECT && !w->target->being_written;
    }
}

static bool acls_ignored(const w403_bucket *b)
{
    return b->ownership == W403_OWNER_ENFORCED && b->ownership_fact.state != W403_FACT_UNKNOWN;
}

static w403_view bucket_owner_id(const w403_bucket *b)
{
    if (b->account && b->account->canonical_id.p) {
        return b->account->canonical_id;
    }
    return b->acl.owner;
}

/* One header: id="...", uri="...", emailAddress="..." and so on, joined by commas. */
static w403_tri names_only(w403_view value, w403_view owner)
{
    w403_tri only = W403_YES;
    while (value.p) {
        w403_view one = w403_view_trim(w403_view_cut(&value, ','));
        w403_view type = w403_view_trim(w403_view_cut(&one, '='));
        w403_view id = w403_view_trim(one);
        if (id.n > 1 && id.p[0] == '"' && id.p[id.n - 1] == '"') {
            id = w403_view_sub(id, 1, id.n - 1);
        }
        if (!w403_view_ieq(type, W403_LIT("id"))) {
            return W403_NO;
        }
        only = w403_and(only, owner.p ? w403_bool(w403_view_ieq(id, owner)) : W403_UNKNOWN);
    }
    return only;
}

w403_grant_headers w403_grant_headers_of(const w403_call *c)
{
    static const w403_view prefix = {"x-amz-grant-", 12};
    const w403_bucket *b = c->target.bucket;
    w403_view owner = b ? bucket_owner_id(b) : (w403_view){NULL, 0};
    w403_grant_headers g = {.full_control = true, .owner_only = W403_YES};
    for (size_t i = 0; i < c->req->n_headers; i++) {
        w403_view name = c->req->headers[i].name;
        if (name.n <= prefix.n || !w403_view_ieq(w403_view_sub(name, 0, prefix.n), prefix)) {
            continue;
        }
        g.sent = true;
        g.full_control &= w403_view_ieq(name, W403_LIT("x-amz-grant-full-control"));
        g.owner_only = w403_and(g.owner_only, names_only(c->req->headers[i].value, owner));
    }
    g.full_control &= g.sent;
    g.owner_only = g.sent ? g.owner_only : W403_NO;
    return g;
}

w403_tri w403_hands_over(const w403_call *c)
{
    w403_view canned = w403_call_header(c, W403_LIT("x-amz-acl"));
    if (canned.p) {
        return w403_bool(w403_view_eq(canned, W403_LIT("bucket-owner-full-control")));
    }
    return w403_grant_headers_of(c).owner_only;
}

w403_tri w403_foreign_object(w403_check_work *w)
{
    const w403_bucket *b = w->target->bucket;
    const w403_object *o = w->target->object;
    if (!b || !asks_about_object(w)) {
        return W403_NO;
    }
    bool unread = !o && b->objects_fact.state == W403_FACT_UNKNOWN; /* whose it is could not be read */
    if (!unread && (!o || !o->owner.p)) {
        return W403_NO;
    }
    w403_view owner = bucket_owner_id(b);
    if (!unread && owner.p && w403_view_eq(owner, o->owner)) {
        return W403_NO;
    }
    if (b->ownership_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(w->call, &b->ownership_fact);
        return W403_UNKNOWN;
    }
    if (acls_ignored(b)) { /* BucketOwnerEnforced: the bucket owner owns every object */
        if (b->ownership_fact.state == W403_FACT_ABSENT) {
            w403_assume(w->call, "object ownership is BucketOwnerEnforced: {file} is not in the snapshot", W403_P("file", b->ownership_fact.path));
        }
        return W403_NO;
    }
    if (unread) {
        w403_settle_fact(w->call, &b->objects_fact);
    }
    if (!owner.p) {
        w403_want(w->call, b->acl.fact.path); /* it names the bucket's owner */
    }
    return owner.p && !unread ? W403_YES : W403_UNKNOWN;
}

static bool is_signed(const w403_caller *who)
{
    return w403_caller_has_account(who) || who->kind == W403_CALLER_ORIGIN;
}

/* Is a canonical id the caller's account? One that is known to be another account's is not, even when the caller's
 * own is unknown. */
static w403_tri is_callers(const w403_check_work *w, w403_view canonical_id)
{
    const w403_call *c = w->call;
    if (c->caller.canonical_id.p) {
        return w403_bool(w403_view_eq(c->caller.canonical_id, canonical_id));
    }
    const w403_account *a = c->snap ? w403_map_get(&c->snap->by_canonical, canonical_id) : NULL;
    if (c->caller.kind == W403_CALLER_ORIGIN && canonical_id.n != W403_ORIGIN_ID_DIGITS) {
        return W403_NO;
    }
    if (!a && c->caller.account.n) {
        w403_fact id = {.path = w403_arena_printf(c->arena, "accounts/%.*s/account.json", W403_ARG(c->caller.account))};
        w403_want(w->call, id.path);
        w403_unread(w->call, &id);
    }
    return a ? w403_bool(w403_view_eq(a->id, c->caller.account)) : W403_UNKNOWN;
}

/* Does a grant reach the caller, and as what (4.2)? */
static w403_tri grantee_matches(const w403_check_work *w, const w403_grant *g, uint16_t *cls)
{
    const w403_caller *who = &w->call->caller;
    switch (g->kind) {
    case W403_GRANTEE_CANONICAL: /* the account; it delegates to its own policies */
        *cls = W403_CLASS_ACCOUNT;
        if (!is_signed(who)) {
            return W403_NO;
        }
        return is_callers(w, g->canonical_id);
    case W403_GRANTEE_ALL_USERS:
        *cls = W403_CLASS_STAR;
        return W403_YES;
    case W403_GRANTEE_AUTHENTICATED_USERS:
        *cls = W403_CLASS_ACCOUNT;
        if (who->kind == W403_CALLER_ORIGIN) {
            return W403_UNKNOWN; /* it signs, but is of no account */
        }
        return w403_bool(is_signed(who));
    case W403_GRANTEE_LOG_DELIVERY:
        *cls = W403_CLASS_SERVICE;
        return w403_bool(who->kind == W403_CALLER_SERVICE &&
                         w403_view_eq(who->name, W403_LIT("logging.s3.amazonaws.com")));
    case W403_GRANTEE_OTHER:
        break;
    }
    *cls = 0;
    return W403_NO;
}

static bool is_public_grant(const w403_grant *g)
{
    return g->kind == W403_GRANTEE_ALL_USERS || g->kind == W403_GRANTEE_AUTHENTICATED_USERS;
}

static void eval_grants(w403_check_work *w, w403_layer *l, const w403_acl *acl, uint8_t permission)
{
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        const w403_grant *g = &acl->grants[i];
        uint16_t cls = 0;
        if (!(g->permissions & permission)) {
            continue;
        }
        w403_tri t = grantee_matches(w, g, &cls);
        if (is_public_grant(g) && t != W403_NO && w->ignore_acls != W403_NO) { /* 4.3 */
            w->dropped |= cls;
            t = w->ignore_acls == W403_YES ? W403_NO : W403_UNKNOWN;
        }
        w403_layer_grant(w, l, g, cls, t);
    }
}

/* 4.2: WRITE alone creates; what is there is overwritten or deleted by its owner and the bucket's only. */
static w403_tri write_reaches(w403_check_work *w)
{
    const w403_target *t = w->target;
    if (w->same_account == W403_YES || (t->exists == W403_NO && w->action_id == W403_ACTION_S3_PUTOBJECT)) {
        return W403_YES;
    }
    bool     listed = t->object && t->object->owner.p; /* else the bucket owner's, by account */
    w403_tri mine = w403_caller_has_account(&w->call->caller) ? w->same_account : W403_NO;
    w403_tri owns = listed ? is_callers(w, t->object->owner) : mine;
    if (owns == W403_YES || w403_other_answer(w->call, W403_OPEN_ACL_OVERWRITE)) {
        return W403_YES;
    }
    bool creates = w->action_id == W403_ACTION_S3_PUTOBJECT;
    if (t->exists == W403_UNKNOWN || (creates && !t->object && !t->bucket->objects_complete)) {
        return W403_UNKNOWN; /* an upload of a key that nobody listed: whether one is there is not known */
    }
    if (!t->object && owns == W403_NO) {
        w403_assume(w->call, "object {key} belongs to the owner of its bucket: it is not listed in objects.json", W403_P("key", t->key));
    }
    return owns;
}

/* An ACL that could not be read: what it might hold for this caller. */
static void unread_acl(w403_check_work *w, w403_layer *l, const w403_fact *fact)
{
    w403_caller_kind kind = w->call->caller.kind;
    w403_layer_unknown(w, l, fact);
    l->deny = W403_NO; /* an ACL cannot deny */
    l->maybe_classes = is_signed(&w->call->caller) ? W403_CLASS_ACCOUNT : 0;
    l->maybe_classes |= w->ignore_acls == W403_YES ? 0 : W403_CLASS_STAR;
    bool logging = kind == W403_CALLER_SERVICE &&
                   w403_view_eq(w->call->caller.name, W403_LIT("logging.s3.amazonaws.com"));
    l->maybe_classes |= logging ? W403_CLASS_SERVICE : 0;
    l->allow = l->maybe_classes ? W403_UNKNOWN : W403_NO;
    w403_settle_fact(w->call, fact);
}

static void default_owner_grant(w403_check_work *w, w403_layer *l, w403_view owner)
{
    /* An object whose grants were not given: the default ACL, its owner's FULL_CONTROL. */
    w403_grant *g = W403_NEW(w->call->arena, w403_grant);
    if (!g) {
        w->call->nomem = true;
        return;
    }
    *g = (w403_grant){.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_FULL, .canonical_id = owner};
    uint16_t cls = 0;
    w403_tri t = grantee_matches(w, g, &cls);
    w403_layer_grant(w, l, g, cls, t);
}

static void object_acl_layer(w403_check_work *w, const struct acl_row *row)
{
    const w403_object *o = w->target->object;
    const w403_bucket *b = w->target->bucket;
    w403_layer *l = w403_layer_add(w, W403_LAYER_OBJECT_ACL);
    l->source = b->objects_fact.path;
    if (!row) {
        l->allow = W403_NO; /* what no ACL grants, such as tagging: the owner's only */
    } else if (!o && b->objects_fact.state == W403_FACT_UNKNOWN) {
        unread_acl(w, l, &b->objects_fact);
    } else if (o && o->acl.fact.state == W403_FACT_ABSENT && w->call->snap->narrow) {
        w403_fact unread = {.state = W403_FACT_UNKNOWN, .path = b->objects_fact.path, .code = W403_NOT_COLLECTED};
        w403_want_of(w->call, unread.path, "acl");
        unread_acl(w, l, &unread);
    } else if (!o || o->acl.fact.state == W403_FACT_ABSENT) {
        default_owner_grant(w, l, o && o->owner.p ? o->owner : bucket_owner_id(b));
    } else if (o->acl.fact.state == W403_FACT_UNKNOWN) {
        unread_acl(w, l, &o->acl.fact);
    } else {
        eval_grants(w, l, &o->acl, row ? row->permission : 0);
    }
    w403_layer_close(l);
    w->object_acl = l->allow;
    /* 4.2: the account that owns the object needs no grant. */
    bool unread = !o && b->objects_fact.state == W403_FACT_UNKNOWN; /* whose it is could not be read */
    if (((o && o->owner.p) || unread) && is_signed(&w->call->caller)) {
        w->object_acl = w403_or(w->object_acl, unread ? W403_UNKNOWN : is_callers(w, o->owner));
    }
}

/* What the ACL grants may not count. */
static void unsure(w403_layer *l)
{
    l->maybe_classes |= l->classes;
    l->classes = 0;
    l->allow = l->allow == W403_YES ? W403_UNKNOWN : l->allow;
}

static void bucket_acl_layer(w403_check_work *w, const struct acl_row *row)
{
    const w403_bucket *b = w->target->bucket;
    w403_layer *l = w403_layer_add(w, W403_LAYER_BUCKET_ACL);
    l->source = b->acl.fact.path;
    w403_tri reaches = row->permission != W403_ACL_WRITE ? W403_YES : write_reaches(w);
    if (reaches != W403_NO && b->acl.fact.state == W403_FACT_UNKNOWN) {
        unread_acl(w, l, &b->acl.fact);
    } else if (reaches != W403_NO) {
        eval_grants(w, l, &b->acl, row->permission);
    }
    if (reaches == W403_UNKNOWN && l->allow != W403_NO) {
        unsure(l);
        bool listed = w->target->object != NULL; /* then whose it is, is what is not known */
        l->unknown = listed ? W403_LIT("whose the object is") : W403_LIT("whether the key exists already");
        w403_settle_fact(w->call, &b->objects_fact);
    }
    w403_layer_close(l);
}

void w403_acl_eval(w403_check_work *w)
{
    const w403_bucket *b = w->target->bucket;
    const struct acl_row *row = acl_row(w->action_id);
    w->object_acl = W403_NO;
    if (!b || acls_ignored(b) || (!row && w->foreign == W403_NO)) {
        return;
    }
    w->ignore_acls = w403_bpa_effective(w->call, w->target, W403_BPA_IGNORE_ACLS, NULL);
    if (w->foreign != W403_NO || row->on_object) {
        if (!w->target->being_written) {
            object_acl_layer(w, row);
        }
    } else {
        bucket_acl_layer(w, row);
    }
    if (b->ownership_fact.state == W403_FACT_UNKNOWN && w->layers.n) {
        unsure(&w->layers.at[w->layers.n - 1]); /* whether ACLs count at all is unknown */
        w403_settle_fact(w->call, &b->ownership_fact);
    }
}

/* S3's own conditions outside any policy: before the policies, in place of one, and after them (semantics 4.0,
 * 4.3, 4.6, 4.8, 4.12, KM8). Each closed gate names its cause and the HTTP status that it answers with. */
#include "base/command.h"
#include "decide/plan.h"

/* ---- before the policies (phase 0) ---- */

static void gate_bucket_missing(w403_call *c, const w403_target *t)
{
    if (t->bucket && t->bucket->missing && !w403_call_is(c, W403_OPERATION_CREATEBUCKET)) {
        w403_gate_add(c, W403_CAUSE_NOT_FOUND_BUCKET, W403_YES, 404, 0, "bucket {bucket} does not exist", W403_P("bucket", t->bucket_name));
    }
}

static void gate_expected_owner(w403_call *c, const w403_target *t, const char *header)
{
    w403_view want = w403_call_header(c, w403_view_of(header));
    if (!want.p || !t->owner.p) {
        return;
    }
    w403_view owner = t->bucket && t->bucket->account ? t->bucket->account->id : t->owner;
    if (!w403_view_eq(want, owner)) {
        w403_gate_add(c, W403_CAUSE_EXPECTED_BUCKET_OWNER, W403_YES, 403, 0, "the request expects bucket {bucket} to belong to {expected}, it belongs to {owner}", W403_P("bucket", t->bucket_name), W403_P("expected", want), W403_P("owner", owner));
    }
}

static bool pays(const w403_call *c)
{
    w403_view h = w403_call_header(c, W403_LIT("x-amz-request-payer"));
    h = h.p ? h : w403_call_query(c, W403_LIT("x-amz-request-payer"));
    return w403_view_ieq(h, W403_LIT("requester"));
}

static void gate_requester_pays(w403_call *c, const w403_target *t)
{
    const w403_bucket *b = t->bucket;
    if (!b || c->caller.kind == W403_CALLER_SERVICE) {
        return;
    }
    bool own = b->account && c->caller.account.p && w403_view_eq(b->account->id, c->caller.account);
    if (own || (pays(c) && c->caller.kind != W403_CALLER_ANONYMOUS)) {
        return; /* 4.6: the owner's account never needs the header */
    }
    w403_gate *g = NULL;
    if (b->payer_fact.state == W403_FACT_UNKNOWN) {
        g = w403_gate_add(c, W403_CAUSE_REQUESTER_PAYS, W403_UNKNOWN, 403, 0, "whether the requester pays for bucket {bucket} could not be read", W403_P("bucket", b->name));
        w403_settle_fact(c, &b->payer_fact);
    } else if (b->requester_pays) {
        bool anonymous = c->caller.kind == W403_CALLER_ANONYMOUS;
        g = w403_gate_add(c, W403_CAUSE_REQUESTER_PAYS, W403_YES, 403, 0,
                          anonymous ? N_("bucket {bucket} is Requester Pays, which anonymous callers cannot use")
                                    : N_("bucket {bucket} is Requester Pays, and the request does not say that it pays"),
                          W403_P("bucket", b->name));
    } else if (b->payer_fact.state == W403_FACT_ABSENT) {
        w403_assume(c, "the owner of bucket {bucket} pays: {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->payer_fact.path));
    }
    if (g) {
        g->source = b->payer_fact.path;
    }
}

/* The VPC a request came from: said by hand, else that of its endpoint. */
static w403_view source_vpc(const w403_call *c)
{
    for (size_t i = 0; i < c->req->n_context; i++) {
        const w403_context_entry *e = &c->req->context[i];
        if (w403_view_ieq(e->key, W403_LIT("aws:SourceVpc")) && e->present == W403_YES && e->n_values == 1) {
            return e->values[0];
        }
    }
    return c->req->via.p && c->endpoint ? c->endpoint->vpc_id : (w403_view){NULL, 0};
}

/* AP5 */
static void gate_vpc_only(w403_call *c, const w403_target *t)
{
    const w403_access_point *ap = t->access_point;
    if (!ap || !ap->vpc_only || c->caller.kind == W403_CALLER_SERVICE) {
        return;
    }
    w403_tri inside = W403_UNKNOWN;
    if (c->req->from.p) {
        inside = W403_NO;
    } else if (source_vpc(c).p && ap->vpc_id.p) {
        inside = w403_bool(w403_view_eq(source_vpc(c), ap->vpc_id));
    }
    if (inside != W403_YES) {
        w403_gate_add(c, W403_CAUSE_ACCESS_POINT_VPC_ONLY, w403_not(inside), 403, 0, "access point {name} takes requests from {vpc} only", W403_P("name", ap->name), W403_P("vpc", ap->vpc_id));
        if (inside == W403_UNKNOWN) {
            w403_unknown(c, W403_LIT("aws:SourceVpc"));
        }
    }
}

static void gate_presigned(w403_call *c)
{
    const w403_request *r = c->req;
    w403_instant signed_at;
    if (!r->presigned || !r->signed_at.p || r->expires_in_s == UINT64_MAX ||
        !w403_instant_parse(r->signed_at, &signed_at)) {
        return;
    }
    uint64_t week = 7 * 24 * 3600;
    if (r->expires_in_s > week) {
        w403_gate_add(c, W403_CAUSE_PRESIGNED_EXPIRED, W403_YES, 403, 0, "the URL asks for {n} s of validity; seven days (604800 s) is the most", W403_N("n", (unsigned long long)r->expires_in_s));
        return;
    }
    w403_instant end = signed_at + (w403_instant)r->expires_in_s * 1000000;
    if (c->now > end) {
        w403_view at = w403_instant_format(c->arena, end);
        w403_gate_add(c, W403_CAUSE_PRESIGNED_EXPIRED, W403_YES, 403, 0, "the URL expired at {time}", W403_P("time", at));
    }
}

void w403_gates_before(w403_call *c)
{
    gate_bucket_missing(c, &c->target);
    gate_presigned(c);
    gate_expected_owner(c, &c->target, "x-amz-expected-bucket-owner");
    gate_requester_pays(c, &c->target);
    gate_vpc_only(c, &c->target);
    if (c->has_source) {
        gate_bucket_missing(c, &c->source);
        gate_expected_owner(c, &c->source, "x-amz-source-expected-bucket-owner");
        gate_requester_pays(c, &c->source);
        gate_vpc_only(c, &c->source);
    }
}

/* ---- KMS (phase 1: in place of the policy check; phase 2: after it) ---- */

static bool foreign_to_managed_key(const w403_call *c, const w403_encryption *e, const w403_target *t)
{
    w403_view bucket_owner = t->bucket && t->bucket->account ? t->bucket->account->id : t->owner;
    w403_view owner = e->key ? e->key->account_id : e->key_arn.p ? w403_arn_split(e->key_arn).part[4] : bucket_owner;
    bool by_header = e->says == W403_ENCRYPTION_REQUEST;
    if (c->caller.kind == W403_CALLER_SERVICE) {
        return true; /* aws/s3 serves no delivery by a service */
    }
    return !(by_header && !e->key) && owner.p && !w403_view_eq(owner, c->caller.account);
}

static void gate_key_state(w403_call *c, const w403_kms_key *k)
{
    static const struct {
        w403_key_state state;
        unsigned cause;
        const char *text;
    } rows[] = {
        {W403_KEY_DISABLED, W403_CAUSE_KMS_KEY_DISABLED, N_("KMS key {key} is disabled")},
        {W403_KEY_PENDING_DELETION, W403_CAUSE_KMS_KEY_PENDING_DELETION, N_("KMS key {key} waits for its deletion")},
        {W403_KEY_UNAVAILABLE, W403_CAUSE_KMS_KEY_DISABLED, N_("KMS key {key} cannot be used now")},
    };
    if (k->fact.state == W403_FACT_UNKNOWN && !k->aws_managed) { /* its policy may be known all the same */
        w403_gate *g = w403_gate_add(c, W403_CAUSE_KMS_KEY_DISABLED, W403_UNKNOWN, 400, 2, "whether KMS key {key} is enabled could not be read", W403_P("key", k->arn));
        w403_settle_fact(c, &k->fact);
        if (g) {
            g->source = k->fact.path;
        }
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (k->state == rows[i].state) {
            w403_gate *g =
                w403_gate_add(c, rows[i].cause, W403_YES, 400, 2, rows[i].text, W403_P("key", k->arn));
            if (g) {
                g->source = k->fact.path;
            }
        }
    }
}

bool w403_gates_kms(w403_call *c, const w403_target *t, const w403_encryption *e)
{
    if (e->kms == W403_UNKNOWN && !e->key_arn.p) {
        w403_unknown(c, W403_LIT("the encryption of the object"));
        return true;
    }
    if (c->caller.kind == W403_CALLER_ANONYMOUS) { /* X7: unsigned requests never reach KMS */
        w403_gate_add(c, W403_CAUSE_KMS_ANONYMOUS, W403_YES, 400, 1, "an object under SSE-KMS cannot be reached by an unsigned request");
        return true;
    }
    if (c->caller.kind == W403_CALLER_ORIGIN) { /* N-9: origin access control came for this */
        w403_gate_add(c, W403_CAUSE_KMS_ORIGIN_ACCESS_IDENTITY, W403_YES, 400, 1, "under SSE-KMS CloudFront reads with origin access control only");
        return true;
    }
    w403_view region = e->key ? e->key->region : w403_arn_split(e->key_arn).part[3];
    bool gone = e->key && e->key->state == W403_KEY_GONE;
    if (gone) {
        w403_gate_add(c, W403_CAUSE_KMS_KEY_NOT_FOUND, W403_YES, 400, 1, "KMS key {key} does not exist", W403_P("key", e->key_arn));
        return true;
    }
    if (region.p && region.n && e->region.p && !w403_view_eq(region, e->region)) {
        w403_gate_add(c, W403_CAUSE_KMS_WRONG_REGION, W403_YES, 400, 1, "the KMS key is in {region}, the bucket in {bucket_region}", W403_P("region", region), W403_P("bucket_region", e->region));
        return true;
    }
    if (e->aws_managed && foreign_to_managed_key(c, e, t)) {
        w403_gate_add(c, W403_CAUSE_KMS_AWS_MANAGED_KEY, W403_YES, 403, 1,
                      "{source} is the AWS managed key aws/s3, which serves only its own account",
                      W403_P("source", w403_source_words(c, e)));
        return true;
    }
    if (e->key) {
        gate_key_state(c, e->key);
    }
    return false;
}

/* ---- after the policies (phase 2) ---- */

static bool public_grant_header(w403_view v)
{
    w403_view group;
    for (size_t at = 0; (group = w403_list_next(W403_LIST_PUBLIC_ACL_GROUP, &at)).p;) {
        if (w403_view_find(v, group) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool puts_acl(const w403_call *c)
{
    return w403_call_is(c, W403_OPERATION_PUTBUCKETACL) || w403_call_is(c, W403_OPERATION_PUTOBJECTACL);
}

/* Does the request set a public ACL (4.4)? Without a header a PUT of an ACL has it in its body. */
static w403_tri sets_public_acl(const w403_call *c)
{
    w403_view canned = w403_call_header(c, W403_LIT("x-amz-acl"));
    if (w403_list_has(W403_LIST_PUBLIC_CANNED_ACL, canned)) {
        return W403_YES;
    }
    bool granted = false;
    for (size_t i = 0; i < c->req->n_headers; i++) {
        w403_view name = c->req->headers[i].name;
        bool grant = name.n > 12 && w403_view_ieq(w403_view_sub(name, 0, 12), W403_LIT("x-amz-grant-"));
        if (grant && public_grant_header(c->req->headers[i].value)) {
            return W403_YES;
        }
        granted = granted || grant;
    }
    if (puts_acl(c) && !canned.p && !granted && !c->req->body_acl.p) {
        return W403_UNKNOWN;
    }
    return public_grant_header(c->req->body_acl) ? W403_YES : W403_NO;
}

static bool takes_acl(const w403_call *c)
{
    return c->target.being_written || puts_acl(c) || w403_call_is(c, W403_OPERATION_CREATEBUCKET);
}

/* 4.2: with BucketOwnerEnforced only bucket-owner-full-control is taken; private is not settled (open question 20).
 */
static void gate_acl_disabled(w403_call *c)
{
    const w403_bucket *b = c->target.bucket;
    w403_view acl = w403_call_header(c, W403_LIT("x-amz-acl"));
    bool sets = puts_acl(c), creates = w403_call_is(c, W403_OPERATION_CREATEBUCKET);
    if (!b || b->missing || !takes_acl(c) || creates || b->ownership != W403_OWNER_ENFORCED) {
        return;
    }
    w403_grant_headers grants = w403_grant_headers_of(c);
    if (!sets && !acl.p && !grants.sent) {
        return;
    }
    bool full = !grants.sent ? w403_view_ieq(acl, W403_LIT("bucket-owner-full-control"))
                             : !acl.p && grants.full_control && grants.owner_only == W403_YES;
    if (full) {
        return;
    }
    bool open = w403_view_ieq(acl, W403_LIT("private")) && !grants.sent;
    bool to_owner = !acl.p && grants.full_control && grants.owner_only == W403_UNKNOWN; /* perhaps it is that ACL */
    bool unsure = b->ownership_fact.state == W403_FACT_UNKNOWN || (open && !sets) || (to_owner && c->snap && c->snap->narrow);
    w403_tri closed = unsure ? W403_UNKNOWN : W403_YES;
    if (b->ownership_fact.state == W403_FACT_ABSENT) {
        w403_assume(c, "object ownership is BucketOwnerEnforced: {file} is not in the snapshot", W403_P("file", b->ownership_fact.path));
    } else if (b->ownership_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &b->ownership_fact);
    }
    w403_gate *g = w403_gate_add(c, W403_CAUSE_ACL_DISABLED, closed, 400, 2, "bucket {bucket} has ACLs disabled (BucketOwnerEnforced), and the request sets one", W403_P("bucket", b->name));
    if (g) {
        g->source = b->ownership_fact.path;
    }
    if (closed == W403_UNKNOWN && open) {
        w403_unknown(c, W403_LIT("whether a bucket with ACLs disabled takes x-amz-acl: private"));
    }
}

static void gate_block_acls(w403_call *c)
{
    w403_tri sets = takes_acl(c) ? sets_public_acl(c) : W403_NO;
    w403_view where = {NULL, 0};
    w403_tri on = sets == W403_NO ? W403_NO : w403_bpa_effective(c, &c->target, W403_BPA_BLOCK_ACLS, &where);
    if (on != W403_NO) {
        if (sets == W403_UNKNOWN) {
            w403_unknown(c, W403_LIT("the ACL in the request's body"));
            on = W403_UNKNOWN;
        }
        int status = w403_call_is(c, W403_OPERATION_CREATEBUCKET) ? 400 : 403;
        w403_gate_add(c, W403_CAUSE_BPA_BLOCK_PUBLIC_ACLS, on, status, 2,
                      sets == W403_YES ? N_("BlockPublicAcls is on for {where}, and the request sets a public ACL")
                                       : N_("BlockPublicAcls is on for {where}, and the request may set a public ACL"),
                      W403_P("where", where.p ? where : w403_view_of(w403_word_in(c->arena, "Block Public Access", "the bucket"))));
    }
}

/* The policy in the request's body: YES public, NO not, UNKNOWN not given or unreadable. */
static w403_tri body_policy_public(w403_call *c, w403_policy_kind kind)
{
    w403_policy *p = NULL;
    if (!c->req->body_policy.p) {
        return W403_UNKNOWN;
    }
    if (w403_policy_parse(c->arena, kind, W403_LIT("request body"), c->req->body_policy, NULL, &p, NULL) != W403_OK) {
        return W403_UNKNOWN;
    }
    return w403_policy_is_public_for(c, p);
}

static void gate_block_policy(w403_call *c)
{
    bool bucket = w403_call_is(c, W403_OPERATION_PUTBUCKETPOLICY);
    bool ap = w403_call_is(c, W403_OPERATION_PUTACCESSPOINTPOLICY);
    if (!bucket && !ap) {
        return;
    }
    w403_view where = {NULL, 0};
    w403_tri on = w403_bpa_effective(c, &c->target, W403_BPA_BLOCK_POLICY, &where);
    if (on == W403_NO) {
        return;
    }
    w403_tri is_public = body_policy_public(c, bucket ? W403_POLICY_RESOURCE : W403_POLICY_ACCESS_POINT);
    w403_tri closed = w403_and(on, is_public);
    if (closed != W403_NO) {
        const w403_view at = where.p ? where : w403_view_of(w403_word_in(c->arena, "Block Public Access", "the bucket"));
        if (is_public == W403_YES) {
            w403_gate_add(c, W403_CAUSE_BPA_BLOCK_PUBLIC_POLICY, closed, 403, 2, "BlockPublicPolicy is on for {where}, and the policy is public", W403_P("where", at));
        } else {
            w403_gate_add(c, W403_CAUSE_BPA_BLOCK_PUBLIC_POLICY, closed, 403, 2, "BlockPublicPolicy is on for {where}, and whether the policy is public is not known", W403_P("where", at));
        }
        if (is_public == W403_UNKNOWN) {
            w403_unknown(c, W403_LIT("the policy in the request's body"));
        }
    }
}

/* N-5: SSE-C is blocked by default since April 2026; BlockedEncryptionTypes decides where the file has it. */
static void gate_sse_c(w403_call *c)
{
    const w403_bucket *b = c->target.bucket;
    bool sse_c = w403_call_header(c, W403_LIT("x-amz-server-side-encryption-customer-algorithm")).p;
    if (!sse_c || !c->target.being_written || (b && b->missing)) {
        return;
    }
    if (!b) {
        w403_assume(c, "the bucket takes SSE-C, which is blocked by default since April 2026: its encryption is not known");
        return;
    }
    w403_tri closed = b->sse_c_blocked;
    if (b->encryption_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &b->encryption_fact);
    } else if (b->encryption_fact.state == W403_FACT_ABSENT) {
        w403_assume(c, "bucket {bucket} blocks SSE-C, which is the default since April 2026: {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->encryption_fact.path));
        closed = W403_YES;
    } else if (closed == W403_UNKNOWN) {
        w403_assume(c, "bucket {bucket} takes SSE-C: {file} has no `BlockedEncryptionTypes`, which older versions of the aws CLI leave out", W403_P("bucket", b->name), W403_P("file", b->encryption_fact.path));
        closed = W403_NO;
    }
    w403_gate *g = closed == W403_NO
                       ? NULL
                       : w403_gate_add(c, W403_CAUSE_SSE_C_BLOCKED, closed, 403, 2, "bucket {bucket} blocks uploads with customer-provided keys (SSE-C)", W403_P("bucket", b->name));
    if (g) {
        g->source = b->encryption_fact.path;
    }
}

/* A listing does not say whether a version is held: where the bucket has Object Lock, it may be. */
static void lock_not_asked(w403_call *c, const w403_object *o)
{
    const w403_bucket *b = c->target.bucket;
    if (!b || b->lock_fact.state == W403_FACT_NONE || (b->lock_fact.state == W403_FACT_KNOWN && !b->lock_enabled)) {
        return;
    }
    w403_gate_add(c, W403_CAUSE_OBJECT_LOCK, W403_UNKNOWN, 403, 2, "whether version {version} of {key} is held was not asked", W403_P("version", o->version_id), W403_P("key", o->key));
    if (b->lock_fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &b->lock_fact);
    } else {
        w403_want_of(c, b->objects_fact.path, "head");
        w403_settle(c, W403_AWS(c->arena, "s3api head-object --bucket <bucket> --key <key> --version-id <id>", b->name, o->key,
                                o->version_id));
    }
}

/* 4.0: a version under retention or legal hold is not deleted for good. */
static void gate_lock_of(w403_call *c, const w403_object *o)
{
    bool bypass = w403_view_ieq(w403_call_header(c, W403_LIT("x-amz-bypass-governance-retention")), W403_LIT("true"));
    bool held = o->lock_mode != W403_LOCK_NONE && (!o->has_retain_until || o->retain_until > c->now);
    if (o->legal_hold) {
        w403_gate_add(c, W403_CAUSE_OBJECT_LOCK, W403_YES, 403, 2, "version {version} of {key} is under legal hold", W403_P("version", o->version_id), W403_P("key", o->key));
    } else if (held && (o->lock_mode == W403_LOCK_COMPLIANCE || !bypass)) {
        w403_view until = w403_instant_format(c->arena, o->retain_until);
        w403_gate_add(c, W403_CAUSE_OBJECT_LOCK, W403_YES, 403, 2,
                              o->lock_mode == W403_LOCK_COMPLIANCE
                                  ? N_("version {version} of {key} is under compliance retention until {time}")
                                  : N_("version {version} of {key} is under governance retention until {time}"),
                              W403_P("version", o->version_id), W403_P("key", o->key), W403_P("time", until));
    } else if (o->lock_mode == W403_LOCK_NONE && !o->headed && c->snap && c->snap->narrow) {
        lock_not_asked(c, o);
    }
}

static void gate_lock(w403_call *c)
{
    const w403_bucket *b = c->target.bucket;
    if (w403_call_is(c, W403_OPERATION_DELETEOBJECT) && c->target.version_id.p && c->target.object) {
        gate_lock_of(c, c->target.object);
    } else if (w403_call_is(c, W403_OPERATION_DELETEOBJECT) && c->target.version_id.p && c->snap && c->snap->narrow &&
               c->target.exists == W403_UNKNOWN) {
        lock_not_asked(c, &(w403_object){.key = c->target.key, .version_id = c->target.version_id});
    }
    for (size_t i = 0; b && w403_call_is(c, W403_OPERATION_DELETEOBJECTS) && i < c->req->n_body_keys; i++) {
        const w403_object_id *id = &c->req->body_keys[i];
        const w403_object *o = id->version_id.p ? w403_bucket_object(b, id->key, id->version_id) : NULL;
        if (o) {
            gate_lock_of(c, o);
        }
    }
}

/* 4.2: whose the new object will be. */
static void note_new_owner(w403_call *c)
{
    const w403_bucket *b = c->target.bucket;
    if (!b || !c->target.being_written || b->ownership == W403_OWNER_ENFORCED || !b->account || !c->caller.account.p ||
        w403_view_eq(b->account->id, c->caller.account)) {
        return;
    }
    bool canned = w403_view_ieq(w403_call_header(c, W403_LIT("x-amz-acl")), W403_LIT("bucket-owner-full-control"));
    bool full = w403_hands_over(c) == W403_YES && (canned || w403_grant_headers_of(c).full_control);
    if (canned && b->ownership == W403_OWNER_PREFERRED) {
        w403_note(c, "the new object will belong to the bucket's account {account} (bucket-owner-full-control)", W403_P("account", b->account->id));
    } else {
        w403_note(c, full ? N_("the new object will belong to {account}: policies of the bucket's account {owner} cannot grant reading it, its ACL gives that account full control")
                          : N_("the new object will belong to {account}: policies of the bucket's account {owner} cannot grant reading it; send x-amz-acl: bucket-owner-full-control"),
                  W403_P("account", c->caller.account), W403_P("owner", b->account->id));
    }
}

void w403_gates_after(w403_call *c)
{
    note_new_owner(c);
    w403_gates_of_call(c);
    gate_acl_disabled(c);
    gate_block_acls(c);
    gate_block_policy(c);
    gate_sse_c(c);
    gate_lock(c);
}

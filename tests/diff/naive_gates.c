/* What S3 checks besides policies: semantics 4.0, 4.3, 4.6; and KMS around its policies: 4.8, 5. */
#include "base/time.h"
#include "naive_impl.h"

static bool op_is(const n_run *run, const char *name)
{
    return n_eq(run->r->operation, name);
}

static bool mine(const n_run *run, const n_target *t)
{
    return run->who.kind != N_ANONYMOUS && t->bucket->account && n_same(run->who.account, t->bucket->account->id);
}

/* 4.6 */
static w403_tri unpaid(n_run *run, const n_target *t)
{
    w403_view said = n_header(run->r, "x-amz-request-payer");
    if (!t->bucket || mine(run, t)) {
        return W403_NO;
    }
    if (run->who.kind == N_SERVICE) {
        if (t->bucket->requester_pays || t->bucket->payer_fact.state == W403_FACT_UNKNOWN) {
            n_open(run, "a service and Requester Pays");
        }
        return W403_NO;
    }
    w403_tri pays = t->bucket->payer_fact.state == W403_FACT_UNKNOWN ? W403_UNKNOWN : n_bool(t->bucket->requester_pays);
    bool     paid = run->who.kind != N_ANONYMOUS && n_eq(said, "requester");
    return n_and(pays, n_bool(!paid));
}

/* AP5 */
static w403_tri other_vpc(n_run *run)
{
    const w403_access_point *ap = run->target.ap;
    const w403_request      *r = run->r;
    if (!ap || !ap->vpc_only) {
        return W403_NO;
    }
    if (run->who.kind == N_SERVICE) {
        n_open(run, "a service at a VPC access point");
    }
    if (r->from.p) {
        return W403_YES;
    }
    for (uint32_t i = 0; r->via.p && i < run->s->n_endpoints; i++) {
        if (n_same(run->s->endpoint_list[i]->id, r->via)) {
            return n_bool(!n_same(run->s->endpoint_list[i]->vpc_id, ap->vpc_id));
        }
    }
    return W403_UNKNOWN;
}

void n_gates_before(n_run *run, n_sum *sum)
{
    const w403_request *r = run->r;
    w403_view           expected = n_header(r, "x-amz-expected-bucket-owner");
    w403_instant        at, from;
    n_close(run, sum, "expected-bucket-owner",
            n_bool(expected.p && run->target.bucket->account && !n_same(expected, run->target.bucket->account->id)));
    n_close(run, sum, "requester-pays", n_or(unpaid(run, &run->target), unpaid(run, &run->source)));
    n_close(run, sum, "access-point-vpc-only", other_vpc(run));
    if (r->presigned && r->expires_in_s != UINT64_MAX && w403_instant_parse(r->at, &at) &&
        w403_instant_parse(r->signed_at, &from)) {
        n_close(run, sum, "presigned-expired", n_bool(at > from + (w403_instant)r->expires_in_s * 1000000));
    }
    if (run->out->n_causes > 1) {
        run->out->first_sure = false; /* no order among these is laid down */
    }
}

/* ---- writes of ACLs and policies ---- */

static bool body_public(n_run *run)
{
    w403_json_doc doc;
    bool          any = false;
    if (!run->r->body_acl.n ||
        w403_json_parse(run->a, W403_LIT("acl"), run->r->body_acl, NULL, &doc, NULL, NULL) != W403_OK) {
        return false;
    }
    const w403_json *grants = w403_json_get(doc.root, "Grants");
    for (const w403_json *g = grants ? grants->first : NULL; g; g = g->next) {
        w403_view uri = w403_json_str(w403_json_get(g, "Grantee"), "URI");
        any |= n_eq(uri, "http://acs.amazonaws.com/groups/global/AllUsers") ||
               n_eq(uri, "http://acs.amazonaws.com/groups/global/AuthenticatedUsers");
    }
    return any;
}

static void acl_gates(n_run *run, n_sum *sum)
{
    const n_target *t = &run->target;
    w403_view       canned = n_header(run->r, "x-amz-acl");
    w403_view       grant = n_header(run->r, "x-amz-grant-full-control");
    bool            given = canned.p || run->r->body_acl.n || grant.p;
    bool            public = n_starts(canned, "public-") || n_eq(canned, "authenticated-read") || body_public(run);
    bool upload = op_is(run, "PutObject") || op_is(run, "CreateMultipartUpload") || op_is(run, "CopyObject");
    bool acl = op_is(run, "PutObjectAcl") || op_is(run, "PutBucketAcl");
    n_check c = {.run = run, .target = t};
    if (acl && !given && t->ownership == W403_OWNER_ENFORCED) {
        n_open(run, "no ACL where ACLs are disabled");
    }
    if (acl && !given) { /* the ACL is in a body that nobody has seen */
        n_close(run, sum, "bpa.block-public-acls", n_and(W403_UNKNOWN, n_bpa(&c, N_BLOCK_ACLS)));
    }
    if (!given || !(upload || acl)) {
        return;
    }
    if (grant.p && t->ownership == W403_OWNER_ENFORCED) {
        n_open(run, "a grant by header where ACLs are disabled");
    }
    if (t->ownership == W403_OWNER_ENFORCED && !n_eq(canned, "bucket-owner-full-control")) {
        if (!public) {
            n_open(run, "a harmless ACL where ACLs are disabled"); /* 8, question 20 */
        }
        n_close(run, sum, "acl-disabled", W403_YES);
        run->out->first_sure = false;
    }
    if (public) {
        n_close(run, sum, "bpa.block-public-acls", n_bpa(&c, N_BLOCK_ACLS));
        run->out->first_sure &= run->out->n_causes < 2; /* 8, question 19 */
    }
}

static void policy_gates(n_run *run, n_sum *sum)
{
    const n_target *t = &run->target;
    w403_policy    *p;
    w403_error      err;
    n_check         c = {.run = run, .target = t};
    if (!op_is(run, "PutBucketPolicy") || !run->r->body_policy.n) {
        return;
    }
    if (w403_policy_parse(run->a, W403_POLICY_RESOURCE, W403_LIT("body"), run->r->body_policy, NULL, &p, &err) !=
        W403_OK) {
        n_open(run, "a policy that cannot be stored");
        return;
    }
    w403_tri public = n_public(run, p, NULL);
    if (public != W403_NO) {
        n_close(run, sum, "bpa.block-public-policy", n_and(public, n_bpa(&c, N_BLOCK_POLICY)));
        run->out->first_sure &= run->out->n_causes < 2 && mine(run, t);
    }
}

/* */
static void owner_only(n_run *run, n_sum *sum)
{
    bool policy = op_is(run, "PutBucketPolicy") || op_is(run, "DeleteBucketPolicy") || op_is(run, "GetBucketPolicy");
    if (policy && (run->who.kind == N_ANONYMOUS || run->who.kind == N_ORIGIN)) { /* N-2: whatever the policies say */
        n_close(run, sum, "method-not-allowed", W403_YES);
        sum->before = true;
        run->out->first_sure = false;
        run->out->set_sure = false;
        return;
    }
    if (policy && !mine(run, &run->target)) {
        bool unclear = !op_is(run, "PutBucketPolicy") || run->who.kind == N_SERVICE;
        if (unclear && sum->allow == W403_NO) {
            run->out->set_sure = false;
            return;
        }
        if (unclear) {
            n_open(run, "a foreign caller and the bucket policy");
        }
        n_close(run, sum, "method-not-allowed", W403_YES);
    }
}

void n_gates_after(n_run *run, n_sum *sum)
{
    const n_target *t = &run->target;
    if (!t->bucket) {
        return;
    }
    acl_gates(run, sum);
    policy_gates(run, sum);
    owner_only(run, sum);
    bool writes = op_is(run, "PutObject") || op_is(run, "CreateMultipartUpload") || op_is(run, "CopyObject");
    if (writes && n_header(run->r, "x-amz-server-side-encryption-customer-algorithm").p) {
        /* N-5: blocked where nothing is said of the bucket's encryption; else by BlockedEncryptionTypes. */
        w403_fact_state state = t->bucket->encryption_fact.state;
        w403_tri        listed = n_bool(t->bucket->sse_c_blocked == W403_YES);
        n_close(run, sum, "sse-c-blocked",
                state == W403_FACT_UNKNOWN ? W403_UNKNOWN : state == W403_FACT_ABSENT ? W403_YES : listed);
        run->out->first_sure &= run->out->n_causes < 2;
    }
}

/* ---- Object Lock ---- */

void n_object_lock(n_run *run, n_sum *sum, const n_target *t)
{
    const w403_object *o = t->object;
    w403_instant       at;
    bool deletes = op_is(run, "DeleteObject") || op_is(run, "DeleteObjects");
    if (!deletes || !t->version.p || !o || !w403_instant_parse(run->r->at, &at)) {
        return;
    }
    bool kept = o->lock_mode != W403_LOCK_NONE && o->has_retain_until && o->retain_until > at;
    bool bypass = n_eq(n_header(run->r, "x-amz-bypass-governance-retention"), "true");
    bool closed = o->legal_hold || (kept && (o->lock_mode == W403_LOCK_COMPLIANCE || !bypass));
    n_close(run, sum, "object-lock", n_bool(closed));
}

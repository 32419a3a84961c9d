/* From an operation to its permissions: the rows of data/s3-operations.tsv whose `when` holds in this request
 * (semantics 4.1, operations.md). KMS rows come last (3.1). */
#include "decide/plan.h"

/* ---- where a permission is checked ---- */

static const w403_target *keep_target(w403_call *c, w403_target t)
{
    w403_target *copy = W403_NEW(c->arena, w403_target);
    if (!copy) {
        c->nomem = true;
        return &c->target;
    }
    *copy = t;
    return copy;
}

static bool is_access_point(const w403_target *t)
{
    return t->kind == W403_TARGET_ACCESS_POINT || t->kind == W403_TARGET_ACCESS_POINT_OBJECT;
}

/* AP1: the same permission at the access point and at the bucket behind it. */
static void run_s3(w403_check_work *w, const w403_target *t)
{
    w403_call *c = w->call;
    w403_check_work *again = is_access_point(t) ? w403_check_copy(w) : NULL;
    w->target = t;
    w403_check_run(w);
    if (!again) {
        return;
    }
    if (!t->bucket_name.p) {
        w403_unknown(c, w403_arena_printf(c->arena, "the bucket behind %.*s", W403_ARG(t->arn)));
        w403_settle_access_point(c, t);
        return;
    }
    w403_target behind = w403_target_bucket(c, t);
    if (t->kind == W403_TARGET_ACCESS_POINT_OBJECT) {
        behind.kind = W403_TARGET_OBJECT;
        behind.arn = w403_arena_printf(c->arena, "%.*s/%.*s", W403_ARG(behind.arn), W403_ARG(t->key));
        behind.key = t->key;
        behind.version_id = t->version_id;
        behind.object = t->object;
        behind.exists = t->exists;
        behind.being_written = t->being_written;
    }
    again->target = keep_target(c, behind);
    w403_check_run(again);
}

/* The bucket (or access point) as the resource of a bucket-level permission. */
static const w403_target *bucket_of(w403_call *c, const w403_target *t)
{
    if (t->kind == W403_TARGET_BUCKET || t->kind == W403_TARGET_ACCESS_POINT) {
        return t;
    }
    if (t->kind == W403_TARGET_ACCESS_POINT_OBJECT) {
        w403_target ap = *t;
        size_t cut = w403_view_find(ap.arn, W403_LIT("/object/"));
        ap.kind = W403_TARGET_ACCESS_POINT;
        ap.arn = w403_view_sub(ap.arn, 0, cut == SIZE_MAX ? ap.arn.n : cut);
        ap.key = (w403_view){NULL, 0};
        ap.object = NULL;
        return keep_target(c, ap);
    }
    return keep_target(c, w403_target_bucket(c, t));
}

/* The object ARN behind a target, for the encryption context: of the bucket, also through an access point (AP8). */
static w403_view object_arn(w403_call *c, const w403_target *t, bool bucket_only)
{
    w403_target b = w403_target_bucket(c, t);
    if (bucket_only || !t->key.p) {
        return b.arn;
    }
    return w403_arena_printf(c->arena, "%.*s/%.*s", W403_ARG(b.arn), W403_ARG(t->key));
}

/* The encryption of a KMS check; where the bucket does not tell the Region, the key does. */
static const w403_encryption *keep_encryption(w403_call *c, const w403_encryption *e, w403_view key_arn)
{
    w403_encryption *copy = w403_arena_alloc(c->arena, sizeof *copy);
    if (!copy) {
        c->nomem = true;
        return NULL;
    }
    *copy = *e;
    if (!copy->region.p) {
        copy->region = w403_arn_split(key_arn).part[3];
    }
    return copy;
}

static void run_kms(w403_check_work *w, const w403_target *t, const w403_encryption *e)
{
    w403_call *c = w->call;
    size_t gates = c->gates.n;
    bool   instead = w403_gates_kms(c, t, e);
    if (w->need == W403_NEED_DISPUTED && c->gates.n > gates) { /* a disputed call closes nothing */
        c->gates.n = gates;
        w403_assume(c, "{action} is not needed: AWS's pages disagree", W403_P("action", w->action));
    }
    if (instead) {
        return;
    }
    if (w403_call_is(c, W403_OPERATION_PUTOBJECT)) { /* trap 40, seed 002-14 */
        w403_note(c, "a larger upload goes multipart (`aws s3 cp` from 8 MB on) and then also needs kms:Decrypt on the key: S3 decrypts the data key again for each part");
    }
    w403_target key = {.kind = W403_TARGET_KEY, .arn = e->key_arn, .kms = e->key, .exists = W403_YES};
    if (!key.arn.p) { /* aws/s3 whose id nobody wrote down, or a key of an unknown account */
        w->key_unknown = true;
        key.owner = e->aws_managed || e->alias.p ? c->caller.account : (w403_view){NULL, 0};
        if (w403_view_starts(e->alias, W403_LIT("arn:"))) {
            key.owner = w403_arn_split(e->alias).part[4];
        }
        key.arn = w403_arena_printf(c->arena, "arn:%.*s:kms:%.*s:%.*s:key/%s", W403_ARG(c->caller.partition),
                                    W403_ARG(e->region), W403_ARG(key.owner),
                                    e->aws_managed ? "KEY-ID-OF-aws-s3" : "KEY-ID");
        if (e->alias.p) {
            w403_unknown(c, w403_arena_printf(c->arena, "the key of %.*s", W403_ARG(e->alias)));
        } else if (!e->aws_managed) {
            w403_unknown(c, W403_LIT("the ARN of the KMS key"));
        }
    } else {
        key.owner = w403_arn_split(key.arn).part[4];
    }
    w->kms_leg = true;
    w->enc = keep_encryption(c, e, key.arn);
    w->encryption_context =
        e->bucket_key == W403_UNKNOWN ? (w403_view){NULL, 0} : object_arn(c, t, e->bucket_key == W403_YES);
    w->target = keep_target(c, key);
    if (w->enc) {
        w403_check_run(w);
    }
}

static w403_check_work *row_check(w403_call *c, const w403_permission *p, w403_tri needed)
{
    w403_check_work *w = w403_check_new(c, w403_view_of(p->action), p->action_id);
    if (w) {
        w->need = p->need;
        w->needed = needed;
        w->reason = w403_view_of(p->note);
    }
    return w;
}

static void run_each(w403_call *c, const w403_permission *p, w403_predicate_state *s)
{
    if (c->req->n_body_keys == 0) {
        w403_unknown(c, W403_LIT("the keys in the request's body"));
    }
    for (size_t i = 0; i < c->req->n_body_keys; i++) {
        s->each = &c->req->body_keys[i];
        w403_tri needed = w403_when_eval(p->when, w403_predicate_holds, s);
        if (needed == W403_NO) {
            continue;
        }
        const w403_target *bucket = bucket_of(c, &c->target);
        w403_view arn = w403_arena_printf(c->arena, "%.*s%s%.*s", W403_ARG(bucket->arn),
                                          is_access_point(bucket) ? "/object/" : "/", W403_ARG(s->each->key));
        w403_target t = {.kind = W403_TARGET_NONE};
        if (!arn.p || w403_target_resolve(c, arn, s->each->version_id, &t, c->err) != W403_OK) {
            c->nomem |= !arn.p;
            continue;
        }
        w403_check_work *w = row_check(c, p, needed);
        if (w) {
            run_s3(w, keep_target(c, t));
        }
    }
    s->each = NULL;
}

static void run_unmodelled(w403_call *c, const w403_permission *p)
{
    w403_unknown(c, w403_arena_printf(c->arena, "%s: its resource is not in the request", p->action));
}

static w403_encryption encryption_for(w403_call *c, const w403_permission *p)
{
    if (p->on == W403_ON_SOURCE_KMS_KEY) {
        return w403_encryption_stored(c, &c->source);
    }
    const char *when = p->when_text ? p->when_text : "";
    if (strstr(when, "upload:")) {
        return w403_encryption_upload(c, &c->target);
    }
    return strstr(when, "dst:") ? w403_encryption_written(c, &c->target) : w403_encryption_stored(c, &c->target);
}

/* AWS's own example policies grant only s3:PutObject for bucket-owner-full-control, as the canned ACL and as a grant to
 * the owner; the operations page asks for s3:PutObjectAcl with any ACL header: an assumption (4.1, N-4, trap 50).
 * Deliveries by services do not need it (4.10). */
static w403_tri full_control_upload(w403_call *c, const w403_permission *p)
{
    if (p->action_id != W403_ACTION_S3_PUTOBJECTACL || !c->target.being_written) {
        return W403_NO;
    }
    w403_tri over = w403_hands_over(c);
    if (over == W403_UNKNOWN && c->snap && c->snap->narrow) {
        w403_want(c, c->target.bucket ? c->target.bucket->acl.fact.path : W403_LIT(""));
        w403_unknown(c, W403_LIT("the canonical user id of the bucket's owner"));
    } else if (over == W403_UNKNOWN) {
        w403_assume(c, "the x-amz-grant header names the bucket's owner: its canonical user id is not in the snapshot");
    }
    return over;
}

/* If-Match: an upload that also reads the object it replaces (operations.md, COND). */
static bool reads_what_is_there(const w403_call *c, const w403_permission *p)
{
    return c->target.being_written && p->action_id == W403_ACTION_S3_GETOBJECT;
}

static const w403_target *as_it_is(w403_call *c)
{
    w403_target t = c->target;
    t.being_written = false;
    return keep_target(c, t);
}

static const w403_target *no_resource(w403_call *c)
{
    w403_target star = {.kind = W403_TARGET_NONE, .arn = W403_LIT("*"), .exists = W403_YES};
    star.owner = c->req->resource_account.p ? c->req->resource_account : c->caller.account;
    return keep_target(c, star);
}

static void run_where(w403_check_work *w, const w403_permission *p)
{
    w403_call *c = w->call;
    switch (p->on) {
    case W403_ON_OBJECT:
        run_s3(w, reads_what_is_there(c, p) ? as_it_is(c) : &c->target);
        break;
    case W403_ON_BUCKET:
        run_s3(w, bucket_of(c, &c->target));
        break;
    case W403_ON_SOURCE_OBJECT:
        run_s3(w, &c->source);
        break;
    case W403_ON_SOURCE_BUCKET:
        run_s3(w, bucket_of(c, &c->source));
        break;
    case W403_ON_KMS_KEY:
    case W403_ON_SOURCE_KMS_KEY: {
        w403_encryption e = encryption_for(c, p);
        run_kms(w, p->on == W403_ON_KMS_KEY ? &c->target : &c->source, &e);
        break;
    }
    case W403_ON_ANY:
        w->target = no_resource(c);
        w403_check_run(w);
        break;
    case W403_ON_ROLE:
    case W403_ON_TABLE_BUCKET:
    case W403_ON_OUTPUT_OBJECT:
        run_unmodelled(c, p);
        break;
    default: /* access points, jobs, storage lens, access grants: the resource named in the request */
        w->target = &c->target;
        w403_check_run(w);
        break;
    }
}

static void run_permission(w403_call *c, const w403_permission *p, w403_predicate_state *s)
{
    if (p->on == W403_ON_EACH_OBJECT) {
        run_each(c, p, s);
        return;
    }
    w403_tri needed = w403_when_eval(p->when, w403_predicate_holds, s);
    if (needed == W403_NO ||
        (needed == W403_UNKNOWN && p->need != W403_NEED_REQUIRED && p->need != W403_NEED_STATUS_ONLY)) {
        return;
    }
    bool disputed = full_control_upload(c, p) != W403_NO;
    if (disputed && c->caller.kind == W403_CALLER_SERVICE) {
        return;
    }
    w403_check_work *w = row_check(c, p, needed);
    if (w) {
        w->masking = p->need == W403_NEED_STATUS_ONLY;
        w->masked_key = p->on == W403_ON_SOURCE_BUCKET ? c->source.key : c->target.key;
        w->need = disputed ? W403_NEED_DISPUTED : p->need;
        run_where(w, p);
    }
}

/* ---- the whole operation ---- */

static bool row_applies(const w403_permission *p)
{
    return p->bucket_type == W403_BT_GENERAL || p->bucket_type == W403_BT_ACCOUNT;
}

static bool is_kms_row(const w403_permission *p)
{
    return p->on == W403_ON_KMS_KEY || p->on == W403_ON_SOURCE_KMS_KEY;
}

static void run_operation(w403_call *c)
{
    w403_predicate_state s = {.call = c};
    unsigned rows = 0;
    for (int kms = 0; kms < 2; kms++) {
        for (uint16_t i = 0; i < c->op->n_permissions; i++) {
            const w403_permission *p = &c->op->permissions[i];
            if (row_applies(p) && is_kms_row(p) == (kms == 1)) {
                rows++;
                run_permission(c, p, &s);
            }
        }
    }
    if (rows == 0) {
        w403_unknown(c, w403_arena_printf(c->arena,
                                          "operation %s: only directory buckets, Object Lambda or Outposts "
                                          "know it",
                                          c->op->name));
    }
    if (s.assumed_checksum) {
        w403_assume(c, "the multipart upload carries an additional checksum, as current SDKs and the CLI send");
    }
}

static void run_action(w403_call *c)
{
    w403_check_work *w = w403_check_new(c, c->req->action, w403_action_find(c->req->action));
    if (w) {
        run_s3(w, &c->target);
    }
}

/* Operations that write an object ask about the object to come. */
static bool writes_object(const w403_call *c)
{
    switch (c->op->id) {
    case W403_OPERATION_PUTOBJECT:
    case W403_OPERATION_COPYOBJECT:
    case W403_OPERATION_CREATEMULTIPARTUPLOAD:
    case W403_OPERATION_UPLOADPART:
    case W403_OPERATION_UPLOADPARTCOPY:
    case W403_OPERATION_COMPLETEMULTIPARTUPLOAD:
    case W403_OPERATION_POSTOBJECT:
        return true;
    default:
        return false;
    }
}

static w403_status resolve_source(w403_call *c, w403_error *err)
{
    w403_view header = w403_call_header(c, W403_LIT("x-amz-copy-source"));
    if (!w403_call_is(c, W403_OPERATION_COPYOBJECT) && !w403_call_is(c, W403_OPERATION_UPLOADPARTCOPY)) {
        return W403_OK;
    }
    if (!header.p) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "%s needs to know its source", c->op->name);
        w403_error_hint(err, "send the header x-amz-copy-source: bucket/key");
        return st;
    }
    c->has_source = true;
    return w403_target_copy_source(c, header, &c->source, err);
}

w403_status w403_plan_run(w403_call *c, w403_error *err)
{
    if (c->target.kind == W403_TARGET_UNSUPPORTED) {
        w403_unknown(c, c->target.why);
        return W403_OK;
    }
    if (!c->op) {
        if (c->req->operation.p) {
            w403_unknown(c, w403_arena_printf(c->arena, "operation %.*s is not in the operations table",
                                              W403_ARG(c->req->operation)));
        } else {
            run_action(c);
            w403_gates_of_action(c);
        }
        return c->nomem ? w403_error_nomem(err) : W403_OK;
    }
    c->target.being_written = writes_object(c);
    W403_TRY(resolve_source(c, err));
    w403_gates_before(c);
    run_operation(c);
    w403_gates_after(c);
    return c->nomem ? w403_error_nomem(err) : W403_OK;
}

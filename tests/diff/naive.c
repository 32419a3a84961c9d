/* A whole request: the permissions it needs by the operations table, and what is not policy. */
#include "naive_impl.h"

bool n_starts(w403_view v, const char *s)
{
    size_t n = strlen(s);
    return v.n >= n && n_same(w403_view_sub(v, 0, n), (w403_view){s, n});
}

/* ---- the sum ---- */

void n_cause(n_run *run, n_sum *sum, const char *cause, bool sure)
{
    naive_result *out = run->out;
    if (out->n_causes == 0) {
        out->first_sure = sure && sum->certain;
    }
    for (unsigned i = 0; i < out->n_causes; i++) {
        if (strcmp(out->causes[i], cause) == 0) {
            return;
        }
    }
    if (out->n_causes < NAIVE_CAUSES) {
        out->causes[out->n_causes++] = cause;
    }
}

void n_close(n_run *run, n_sum *sum, const char *cause, w403_tri closed)
{
    if (closed == W403_YES) {
        bool before;
        int  status = n_gate_status(cause, &before);
        n_cause(run, sum, cause, true);
        sum->before |= before;
        if (strcmp(cause, "masked-404") == 0) {
            sum->policies = W403_NO;
        } else if (!before) {
            sum->gate = sum->gate == 0 || sum->gate == status ? status : -1;
        }
    } else if (closed == W403_UNKNOWN) {
        sum->certain = false;
    }
    sum->allow = n_and(sum->allow, n_not(closed));
}

void n_require(n_run *run, n_sum *sum, n_check *c, w403_tri need)
{
    n_answer a;
    if (need == W403_NO) {
        return;
    }
    n_decide_check(c, &a);
    w403_tri allow = need == W403_UNKNOWN && a.allow == W403_NO ? W403_UNKNOWN : a.allow;
    for (unsigned i = 0; i < a.n_causes && allow == W403_NO; i++) {
        n_cause(run, sum, a.causes[i], a.first_sure);
        run->out->set_sure &= !a.set_open;
    }
    if (allow == W403_UNKNOWN) {
        sum->certain = false;
    }
    sum->allow = n_and(sum->allow, allow);
    sum->policies = n_and(sum->policies, allow);
}

/* ---- S3 permissions ---- */

static w403_view arn_of(n_run *run, const n_target *t, bool object, bool on_ap)
{
    w403_view base = on_ap ? t->ap->arn : t->bucket_name;
    return w403_arena_printf(run->a, "%s%.*s%s%.*s", on_ap ? "" : "arn:aws:s3:::", (int)base.n, base.p,
                             !object ? "" : on_ap ? "/object/" : "/", object ? (int)t->key.n : 0,
                             t->key.p ? t->key.p : "");
}

w403_tri n_s3_check(n_run *run, n_sum *sum, const char *action, const n_target *t, bool object, w403_tri need,
                    bool masking)
{
    n_sum   here = {.allow = W403_YES, .certain = sum->certain, .policies = W403_YES};
    n_check c = {.run = run, .action = w403_view_of(action), .target = t, .masking = masking};
    if (t->ap) { /* AP1 */
        c.resource = arn_of(run, t, object, true);
        c.owner = t->ap->account_id;
        c.owner_home = t->ap->account;
        c.on_ap = true;
        n_require(run, &here, &c, need);
    }
    c.resource = arn_of(run, t, object, false);
    c.owner_home = t->bucket->account;
    c.owner = c.owner_home ? c.owner_home->id : (w403_view){NULL, 0};
    c.on_ap = false;
    c.via_ap = t->ap != NULL;
    n_require(run, &here, &c, need);
    sum->certain = here.certain;
    sum->allow = n_and(sum->allow, here.allow);
    sum->policies = n_and(sum->policies, here.policies);
    return here.allow;
}

/* ---- when ---- */

typedef struct asked {
    n_run          *run;
    const n_target *t; /* the object or key of this call */
    w403_view       etag;
} asked;

static w403_tri text_is(const w403_predicate *p, w403_view v)
{
    if (!v.p) {
        return W403_NO;
    }
    return n_bool(!p->value || n_eq(v, p->value));
}

static w403_tri header_is(const w403_request *r, const w403_predicate *p)
{
    size_t   n = strlen(p->name);
    w403_tri any = W403_NO;
    for (size_t i = 0; i < r->n_headers; i++) {
        w403_view name = r->headers[i].name;
        bool      open = p->name[n - 1] == '*' && name.n >= n - 1;
        bool      same = open ? n_glob_text(w403_view_of(p->name), name, true) : n_ieq(name, p->name);
        any = n_or(any, same ? text_is(p, r->headers[i].value) : W403_NO);
    }
    return any;
}

static w403_tri tagged(const n_target *t)
{
    if (t->exists == W403_NO || !t->bucket) {
        return W403_NO;
    }
    if (t->unread) {
        return W403_UNKNOWN;
    }
    /* Where nothing says so there are none: an assumption. */
    return n_bool(t->object && (t->object->tags_known ? t->object->n_tags > 0 : t->object->tagged == W403_YES));
}

static w403_tri state_is(asked *q, const w403_predicate *p)
{
    n_run              *run = q->run;
    const w403_request *r = run->r;
    switch (p->state) {
    case W403_STATE_OBJ_SSE_KMS: return n_object_sse(run, q->t).kms;
    case W403_STATE_DST_SSE_KMS: return n_written_sse(run, q->t).kms;
    case W403_STATE_SRC_SSE_KMS: return n_object_sse(run, &run->source).kms;
    case W403_STATE_UPLOAD_SSE_KMS: return n_bool(r->upload_kms_key.n > 0);
    case W403_STATE_UPLOAD_CHECKSUM:
        if (r->upload_checksum == W403_UNKNOWN) {
            n_open(run, "a multipart upload, with checksum or without");
        }
        return r->upload_checksum;
    case W403_STATE_SRC_VERSIONID: return n_bool(run->source.version.p != NULL);
    case W403_STATE_SRC_TAGGED: return tagged(&run->source);
    case W403_STATE_SRC_MISSING: return n_not(run->source.exists);
    case W403_STATE_OBJ_MISSING: return n_not(q->t->exists);
    case W403_STATE_OBJ_CHECKSUM: return q->t->object ? q->t->object->checksum : W403_UNKNOWN;
    default: return W403_NO;
    }
}

static w403_tri when(void *user, const w403_predicate *p)
{
    asked              *q = user;
    const w403_request *r = q->run->r;
    switch (p->kind) {
    case W403_PRED_HEADER: return header_is(r, p);
    case W403_PRED_QUERY:
        return strcmp(p->name, "versionId") == 0 ? n_bool(r->version_id.p != NULL)
                                                  : text_is(p, n_query(r, p->name));
    case W403_PRED_EACH:
        return strcmp(p->name, "VersionId") == 0 ? n_bool(q->t->version.p != NULL) : text_is(p, q->etag);
    case W403_PRED_STATE: return state_is(q, p);
    default: return W403_NO;
    }
}

/* ---- the plan ---- */

/* 4.1, N-4 and 8, question 24: an upload that hands the object over needs no s3:PutObjectAcl. */
static bool hands_over(const n_run *run, const char *action)
{
    const w403_request *r = run->r;
    const w403_bucket  *b = run->target.bucket;
    w403_view           canned = n_header(r, "x-amz-acl"), grant = n_header(r, "x-amz-grant-full-control");
    w403_view           owner = b && b->account && b->account->canonical_id.p ? b->account->canonical_id
                                : b                                          ? b->acl.owner
                                                                             : (w403_view){NULL, 0};
    bool given = grant.n == owner.n + 3 && owner.p && n_same(w403_view_sub(grant, 3, grant.n), owner); /* id=... */
    return strcmp(action, "s3:PutObjectAcl") == 0 && !n_eq(r->operation, "PutObjectAcl") &&
           (canned.p ? n_eq(canned, "bucket-owner-full-control") : given);
}

static void masking(n_run *run, n_sum *sum, const char *action, const n_target *t, w403_tri missing)
{
    n_sum         quiet = {.allow = W403_YES, .certain = true, .policies = W403_YES};
    naive_result  aside = {0}, *real = run->out;
    if (missing == W403_NO) {
        return;
    }
    if (t->delete_marker && t->version.p) { /* 4.7: 405 */
        sum->missing = true;
        return;
    }
    run->out = &aside;
    w403_tri list = n_s3_check(run, &quiet, action, t, false, W403_YES, true);
    run->out = real;
    w403_tri masked = n_and(missing, n_not(list));
    sum->missing = missing == W403_YES && list == W403_YES;
    n_close(run, sum, "masked-404", masked);
    real->first_sure &= masked != W403_YES || real->n_causes < 2; /* before KMS, or after it? */
}

static void permission(n_run *run, n_sum *sum, const w403_permission *p, asked *q)
{
    w403_tri need = w403_when_eval(p->when, when, q);
    n_sse    sse;
    switch (p->on) {
    case W403_ON_OBJECT:
    case W403_ON_EACH_OBJECT: (void)n_s3_check(run, sum, p->action, q->t, true, need, false); break;
    case W403_ON_BUCKET: (void)n_s3_check(run, sum, p->action, q->t, false, need, false); break;
    case W403_ON_SOURCE_OBJECT: (void)n_s3_check(run, sum, p->action, &run->source, true, need, false); break;
    case W403_ON_KMS_KEY:
        sse = n_starts(w403_view_of(p->action), "kms:Gen") ? n_written_sse(run, q->t) : n_object_sse(run, q->t);
        if (run->r->upload_kms_key.n) {
            sse = n_written_sse(run, q->t); /* bucket keys as the bucket has them */
            sse.key = run->r->upload_kms_key;
            sse.kms = W403_YES;
        }
        n_kms_check(run, sum, p->action, q->t, &sse, need);
        break;
    case W403_ON_SOURCE_KMS_KEY:
        sse = n_object_sse(run, &run->source);
        n_kms_check(run, sum, p->action, &run->source, &sse, need);
        break;
    case W403_ON_ANY: {
        n_check c = {.run = run, .action = w403_view_of(p->action), .resource = W403_LIT("*"), .owner_home = run->who.home};
        n_require(run, sum, &c, need);
        break;
    }
    default: n_open(run, "a resource of no interest");
    }
}

static void permissions(n_run *run, n_sum *sum, const w403_operation *op, asked *q)
{
    for (int i = 0; i < 2 * op->n_permissions; i++) { /* 3.1: those of KMS last */
        const w403_permission *p = &op->permissions[i % op->n_permissions];
        bool kms = p->on == W403_ON_KMS_KEY || p->on == W403_ON_SOURCE_KMS_KEY, now = i >= op->n_permissions;
        bool general = p->bucket_type == W403_BT_GENERAL || p->bucket_type == W403_BT_ACCOUNT;
        if (general && kms == now && p->need == W403_NEED_REQUIRED && !hands_over(run, p->action)) {
            permission(run, sum, p, q);
        }
    }
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        if (p->bucket_type == W403_BT_GENERAL && p->need == W403_NEED_STATUS_ONLY) {
            const n_target *t = p->on == W403_ON_SOURCE_BUCKET ? &run->source : q->t;
            masking(run, sum, p->action, t, w403_when_eval(p->when, when, q));
        }
    }
}

static void each_key(n_run *run, n_sum *sum, const w403_operation *op)
{
    const w403_request *r = run->r;
    for (size_t i = 0; i < r->n_body_keys; i++) {
        n_target  t;
        w403_view arn = w403_arena_printf(run->a, "arn:aws:s3:::%.*s/%.*s", (int)run->target.bucket_name.n,
                                          run->target.bucket_name.p, (int)r->body_keys[i].key.n,
                                          r->body_keys[i].key.p);
        if (run->target.ap) {
            arn = w403_arena_printf(run->a, "%.*s/object/%.*s", (int)run->target.ap->arn.n, run->target.ap->arn.p,
                                    (int)r->body_keys[i].key.n, r->body_keys[i].key.p);
        }
        n_find_target(run, arn, r->body_keys[i].version_id, &t);
        asked q = {run, &t, r->body_keys[i].etag};
        permissions(run, sum, op, &q);
        n_object_lock(run, sum, &t);
    }
    if (r->n_body_keys > 1) {
        run->out->first_sure = false; /* trap 46: each key has an answer of its own, none is the first */
    }
}

static void operation(n_run *run, n_sum *sum)
{
    const w403_operation *op = w403_operation_find(run->r->operation);
    if (!op) {
        n_open(run, "an operation that is not in the table");
        return;
    }
    if (n_eq(run->r->operation, "DeleteObjects")) {
        each_key(run, sum, op);
        return;
    }
    asked q = {run, &run->target, {NULL, 0}};
    permissions(run, sum, op, &q);
    n_object_lock(run, sum, &run->target);
}

/* ---- the request ---- */

static void find_source(n_run *run)
{
    w403_view rest = n_header(run->r, "x-amz-copy-source");
    if (rest.p) {
        w403_view path = w403_view_cut(&rest, '?'), version = {NULL, 0};
        if (n_starts(rest, "versionId=")) {
            version = w403_view_sub(rest, 10, rest.n);
        }
        n_find_target(run, w403_arena_printf(run->a, "arn:aws:s3:::%.*s", (int)path.n, path.p), version,
                      &run->source);
    }
}

static void decide_once(n_run *run, n_sum *sum)
{
    const w403_request *r = run->r;
    n_find_who(run);
    *sum = (n_sum){.allow = W403_YES, .certain = true, .policies = W403_YES};
    if (n_starts(r->action, "kms:")) {
        n_kms_action(run, sum);
        return;
    }
    if (n_starts(r->action, "sts:")) {
        n_sts_action(run, sum);
        return;
    }
    if (!n_eq(r->resource, "*")) {
        n_find_target(run, r->resource, r->version_id, &run->target);
        find_source(run);
        if (run->open) {
            return;
        }
        if (r->action.p && run->target.bucket->missing) {
            n_open(run, "an action on a bucket that does not exist");
        }
        if (run->target.bucket->missing || (run->source.bucket && run->source.bucket->missing)) {
            sum->missing = true;
            return;
        }
        if (r->operation.p) { /* an action is a question about policies, no call */
            n_gates_before(run, sum);
        }
    }
    if (r->action.p) {
        char name[64] = {0};
        memcpy(name, r->action.p, r->action.n < 63 ? r->action.n : 63);
        (void)n_s3_check(run, sum, name, &run->target, run->target.key.p != NULL, W403_YES, false);
    } else {
        operation(run, sum);
    }
    n_gates_after(run, sum);
}

static w403_verdict verdict(const n_sum *sum)
{
    return sum->allow == W403_YES ? W403_ALLOWED : sum->allow == W403_NO ? W403_DENIED : W403_UNDETERMINED;
}

static bool same_set(const naive_result *a, const naive_result *b)
{
    bool same = a->n_causes == b->n_causes;
    for (unsigned i = 0; same && i < a->n_causes; i++) {
        same = strcmp(a->causes[i], b->causes[i]) == 0;
    }
    return same;
}

void naive_decide(const w403_snapshot *s, const w403_policy *const *session, unsigned n_session,
                  const w403_request *r, w403_arena *a, naive_result *out)
{
    naive_result all[4];
    for (int i = 0; i < 4; i++) { /* ownership that nobody knows: every way */
        n_run run = {.s = s, .r = r, .session = session, .n_session = n_session, .a = a, .out = &all[i],
                     .ownership = {i & 1 ? W403_OBJECT_WRITER : W403_OWNER_ENFORCED,
                                   i & 2 ? W403_OBJECT_WRITER : W403_OWNER_ENFORCED}};
        n_sum sum;
        all[i] = (naive_result){.first_sure = true, .set_sure = true};
        decide_once(&run, &sum);
        all[i].verdict = verdict(&sum);
        all[i].open = run.open;
        all[i].status = n_status(&run, &sum);
    }
    *out = all[0];
    for (int i = 1; i < 4; i++) {
        out->open = out->open ? out->open : all[i].open;
        out->note = out->note ? out->note : all[i].note;
        if (all[i].verdict != out->verdict) {
            out->verdict = W403_UNDETERMINED;
        }
        if (out->n_causes && all[i].n_causes && strcmp(out->causes[0], all[i].causes[0]) != 0) {
            out->first_sure = false;
        }
        if (all[i].verdict == W403_DENIED && out->verdict == W403_DENIED && !same_set(out, &all[i])) {
            out->open = out->open ? out->open : "denied for another reason with each object ownership";
        }
        out->status = all[i].status == out->status ? out->status : 0;
        out->set_sure &= all[i].set_sure && same_set(out, &all[i]);
    }
    out->status = out->verdict == W403_UNDETERMINED ? 0 : out->status;
}

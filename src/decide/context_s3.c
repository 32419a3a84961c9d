/* Keys of S3 and KMS (semantics 2.3): present only where the action knows them (data/s3-actions.tsv). */
#include "base/encode.h"
#include "decide/context.h"

static bool s3_action(const w403_check_work *w)
{
    return w403_view_starts(w->action, W403_LIT("s3:")) || w403_view_starts(w->action, W403_LIT("S3:"));
}

/* The catalog name after `s3:`, which for these keys is the header's or parameter's name. */
static w403_view bare_name(uint16_t id)
{
    w403_view v = w403_view_of(w403_key_at(id)->name);
    return w403_view_sub(v, 3, v.n);
}

static bool header_key(const w403_key_question *q, w403_view header)
{
    w403_view v = w403_call_header(q->work->call, header);
    return v.p ? w403_key_one(q, v) : w403_key_not_sent(q, W403_UNSAID_HEADERS);
}

static bool query_key(const w403_key_question *q, w403_view fallback)
{
    const w403_call *c = q->work->call;
    w403_view v = w403_call_query(c, bare_name(q->id));
    v = v.p || (c->req->unsaid & W403_UNSAID_QUERY) ? v : fallback;
    return v.p ? w403_key_one(q, v) : w403_key_not_sent(q, W403_UNSAID_QUERY);
}

/* bucket/key without the leading slash, decoded, as policies write it. */
static bool copy_source(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    w403_view v = w403_call_header(c, W403_LIT("x-amz-copy-source"));
    if (!v.p) { /* a copy is another operation */
        return c->op ? w403_key_absent(q) : w403_key_not_sent(q, W403_UNSAID_HEADERS);
    }
    v = v.n && v.p[0] == '/' ? w403_view_sub(v, 1, v.n) : v;
    size_t end = w403_view_find(v, W403_LIT("?versionId="));
    w403_view plain = w403_percent_decode(c->arena, end == SIZE_MAX ? v : w403_view_sub(v, 0, end), false);
    return w403_key_one(q, plain.p ? plain : v);
}

/* Tags of the object that is there: never for uploads and deletions [B26]. */
static bool existing_tag(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    const w403_target *t = w->target;
    if (w->action_id == W403_ACTION_S3_PUTOBJECT || w->action_id == W403_ACTION_S3_DELETEOBJECT || t->being_written ||
        !w403_action_has_key(w->action_id, q->id)) {
        return w403_key_absent(q);
    }
    if (t->exists == W403_NO) {
        return w403_key_absent(q);
    }
    bool unread = t->bucket && !t->object && t->bucket->objects_fact.state == W403_FACT_UNKNOWN;
    if (!t->bucket || unread || (t->object && !t->object->tags_known)) {
        w403_want_of(w->call, t->bucket ? t->bucket->objects_fact.path : W403_LIT(""), "tags");
        return w403_key_unknown(q);
    }
    for (uint32_t i = 0; t->object && i < t->object->n_tags; i++) {
        if (w403_view_ieq(t->object->tags[i].key, q->param)) {
            return w403_key_one(q, t->object->tags[i].value);
        }
    }
    if (!t->object) {
        w403_assume(w->call, "object {key} has no tags: it is not listed in objects.json", W403_P("key", t->key));
    }
    return w403_key_absent(q);
}

/* x-amz-tagging: k=v&k2=v2, URL-encoded. */
static bool request_tags(const w403_key_question *q, bool keys)
{
    const w403_check_work *w = q->work;
    w403_call *c = w->call;
    w403_view rest = w403_call_header(c, W403_LIT("x-amz-tagging"));
    W403_ARRAY(w403_view) found = {0};
    if (!w403_action_has_key(w->action_id, q->id)) {
        return w403_key_absent(q);
    }
    if (!rest.p) { /* PutObjectTagging has its tags in the body */
        bool body =
            w->action_id == W403_ACTION_S3_PUTOBJECTTAGGING || w->action_id == W403_ACTION_S3_PUTOBJECTVERSIONTAGGING;
        bool upload = w403_call_is(c, W403_OPERATION_PUTOBJECT);
        return body && !upload ? w403_key_unknown(q) : w403_key_not_sent(q, W403_UNSAID_HEADERS);
    }
    while (rest.p && rest.n) {
        w403_view value = w403_view_cut(&rest, '&');
        w403_view name = w403_percent_decode(c->arena, w403_view_cut(&value, '='), true);
        value = w403_percent_decode(c->arena, value, true);
        if (keys || w403_view_ieq(name, q->param)) {
            w403_view *slot = W403_PUSH(c->arena, &found);
            if (!slot) {
                c->nomem = true;
                return w403_key_unknown(q);
            }
            *slot = keys ? name : value.p ? value : W403_LIT("");
        }
    }
    return w403_key_list(q, found.at, found.n);
}

static bool signature_age(const w403_key_question *q)
{
    w403_call *c = q->work->call;
    w403_instant signed_at;
    if (!c->req->presigned || !c->req->signed_at.p || !w403_instant_parse(c->req->signed_at, &signed_at)) {
        return w403_key_unknown(q);
    }
    /* Milliseconds [B27]. */
    return w403_key_one(q, w403_arena_printf(c->arena, "%lld", (long long)((c->now - signed_at) / 1000)));
}

static bool signature_keys(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    if (c->caller.kind == W403_CALLER_ANONYMOUS || c->caller.kind == W403_CALLER_SERVICE) {
        return w403_key_absent(q);
    }
    switch (q->id) {
    case W403_KEY_S3_AUTHTYPE:
        return w403_key_one(q, c->req->presigned ? W403_LIT("REST-QUERY-STRING") : W403_LIT("REST-HEADER"));
    case W403_KEY_S3_SIGNATUREVERSION:
        return w403_key_one(q, W403_LIT("AWS4-HMAC-SHA256"));
    case W403_KEY_S3_SIGNATUREAGE:
        return signature_age(q);
    default:
        return w403_key_one(q, w403_call_header(c, W403_LIT("x-amz-content-sha256")));
    }
}

static bool tls_version(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    bool none = c->caller.kind == W403_CALLER_SERVICE || c->req->secure == W403_NO;
    return none ? w403_key_absent(q) : w403_key_unknown(q);
}

static bool access_point_key(const w403_key_question *q)
{
    const w403_target *t = q->work->target;
    bool through = t->kind == W403_TARGET_ACCESS_POINT || t->kind == W403_TARGET_ACCESS_POINT_OBJECT;
    if (!t->access_point && !through) {
        return w403_key_absent(q);
    }
    if (!t->access_point) {
        return w403_key_unknown(q);
    }
    switch (q->id) {
    case W403_KEY_S3_DATAACCESSPOINTARN:
        return w403_key_one(q, t->access_point->arn);
    case W403_KEY_S3_DATAACCESSPOINTACCOUNT:
        return w403_key_one(q, t->access_point->account_id);
    default:
        return w403_key_one(q, t->access_point->vpc_only ? W403_LIT("VPC") : W403_LIT("Internet"));
    }
}

static bool lock_days(const w403_key_question *q)
{
    w403_call *c = q->work->call;
    w403_instant until;
    w403_view v = w403_call_header(c, W403_LIT("x-amz-object-lock-retain-until-date"));
    if (!v.p) {
        return w403_key_not_sent(q, W403_UNSAID_HEADERS);
    }
    if (!w403_instant_parse(v, &until)) {
        return w403_key_unknown(q);
    }
    return w403_key_one(q, w403_arena_printf(c->arena, "%lld", (long long)((until - c->now) / 86400000000LL)));
}

bool w403_keys_s3(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    const char *name = w403_key_at(q->id)->name;
    if (strncmp(name, "s3:", 3) != 0) {
        return false;
    }
    switch (q->id) {
    case W403_KEY_S3_DATAACCESSPOINTARN:
    case W403_KEY_S3_DATAACCESSPOINTACCOUNT:
    case W403_KEY_S3_ACCESSPOINTNETWORKORIGIN:
        return access_point_key(q);
    case W403_KEY_S3_EXISTINGOBJECTTAG:
        return existing_tag(q);
    case W403_KEY_S3_REQUESTOBJECTTAG:
        return request_tags(q, false);
    case W403_KEY_S3_REQUESTOBJECTTAGKEYS:
        return request_tags(q, true);
    default:
        break;
    }
    if (!s3_action(w) || (w->action_id != W403_ACTION_NONE && !w403_action_has_key(w->action_id, q->id))) {
        return w403_key_absent(q);
    }
    switch (q->id) {
    case W403_KEY_S3_PREFIX:
        if (w->masking) { /* 4.7: a GetObject has no prefix; whether S3 makes one of its key is not settled */
            return w403_other_answer(w->call, W403_OPEN_MASKED_PREFIX) ? w403_key_one(q, w->masked_key)
                                                                          : w403_key_absent(q);
        }
        return query_key(q, (w403_view){NULL, 0});
    case W403_KEY_S3_DELIMITER:
        return w->masking ? w403_key_absent(q) : query_key(q, (w403_view){NULL, 0});
    case W403_KEY_S3_MAX_KEYS:
        return w->masking ? w403_key_absent(q) : query_key(q, W403_LIT("1000")); /* always sent, 1000 by default */
    case W403_KEY_S3_VERSIONID:
        return w->target->version_id.p ? w403_key_one(q, w->target->version_id)
                                       : w403_key_not_sent(q, W403_UNSAID_QUERY);
    case W403_KEY_S3_AUTHTYPE:
    case W403_KEY_S3_SIGNATUREVERSION:
    case W403_KEY_S3_SIGNATUREAGE:
    case W403_KEY_S3_X_AMZ_CONTENT_SHA256:
        return signature_keys(q);
    case W403_KEY_S3_TLSVERSION:
        return tls_version(q);
    case W403_KEY_S3_X_AMZ_COPY_SOURCE:
        return copy_source(q);
    case W403_KEY_S3_OBJECT_LOCK_MODE:
        return header_key(q, W403_LIT("x-amz-object-lock-mode"));
    case W403_KEY_S3_OBJECT_LOCK_LEGAL_HOLD:
        return header_key(q, W403_LIT("x-amz-object-lock-legal-hold"));
    case W403_KEY_S3_OBJECT_LOCK_RETAIN_UNTIL_DATE:
        return header_key(q, W403_LIT("x-amz-object-lock-retain-until-date"));
    case W403_KEY_S3_OBJECT_LOCK_REMAINING_RETENTION_DAYS:
        return lock_days(q);
    case W403_KEY_S3_IF_MATCH:
    case W403_KEY_S3_IF_NONE_MATCH:
        return header_key(q, bare_name(q->id));
    default:
        break;
    }
    if (strncmp(name, "s3:x-amz-", 9) == 0) {
        return header_key(q, bare_name(q->id));
    }
    return false;
}

static bool via_service(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    if (!w->kms_leg || w->call->caller.kind == W403_CALLER_SERVICE) {
        return w403_key_absent(q); /* KM6: a direct call */
    }
    if (!w->enc->region.p) {
        return w403_key_unknown(q);
    }
    bool china = w403_view_starts(w->enc->region, W403_LIT("cn-"));
    return w403_key_one(
        q, w403_arena_printf(w->call->arena, "s3.%.*s.amazonaws.com%s", W403_ARG(w->enc->region), china ? ".cn" : ""));
}

static bool encryption_context(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    if (!w->kms_leg) {
        return w403_key_unknown(q);
    }
    if (w403_view_ieq(q->param, W403_LIT("aws:s3:arn"))) {
        return w403_key_one(q, w->encryption_context);
    }
    /* Pairs the client adds are appended; without the header there are none. */
    bool more = w403_call_header(w->call, W403_LIT("x-amz-server-side-encryption-context")).p != NULL;
    return more ? w403_key_unknown(q) : w403_key_not_sent(q, W403_UNSAID_HEADERS);
}

bool w403_keys_kms(const w403_key_question *q)
{
    const w403_check_work *w = q->work;
    const w403_caller *who = &w->call->caller;
    if (strncmp(w403_key_at(q->id)->name, "kms:", 4) == 0 && !w403_view_starts(w->action, W403_LIT("kms:"))) {
        return w403_key_absent(q); /* a service's keys come with its own actions */
    }
    switch (q->id) {
    case W403_KEY_KMS_VIASERVICE:
        return via_service(q);
    case W403_KEY_KMS_CALLERACCOUNT:
        return who->account.p ? w403_key_one(q, who->account) : w403_key_absent(q);
    case W403_KEY_KMS_ENCRYPTIONCONTEXT:
        return encryption_context(q);
    case W403_KEY_KMS_ENCRYPTIONCONTEXTKEYS:
        return w->kms_leg ? w403_key_one(q, W403_LIT("aws:s3:arn")) : w403_key_unknown(q);
    default:
        return false;
    }
}

/* What the `when` predicates of data/s3-operations.tsv ask of a request and of what is there (operations.md). */
#include "base/glob.h"
#include "decide/plan.h"

static w403_tri value_is(w403_view have, const char *want)
{
    if (!have.p) {
        return W403_NO;
    }
    /* A lone `*` is itself (If-Match: *), a trailing one a prefix. */
    w403_view pattern = w403_view_of(want);
    bool literal = pattern.n == 1 && pattern.p[0] == '*';
    return w403_bool(!want || (literal ? w403_view_eq(have, pattern) : w403_iglob(pattern, have)));
}

static w403_tri header_pred(const w403_call *c, const w403_predicate *p)
{
    if (c->req->n_headers == 0) {
        return W403_NO; /* a request that is an action or an operation and no more: most of them */
    }
    w403_view name = w403_view_of(p->name);
    if (!w403_has_wildcard(name)) {
        return value_is(w403_call_header(c, name), p->value);
    }
    for (size_t i = 0; i < c->req->n_headers; i++) {
        if (w403_iglob(name, c->req->headers[i].name)) {
            return W403_YES;
        }
    }
    return W403_NO;
}

static w403_tri query_pred(const w403_call *c, const w403_predicate *p)
{
    if (w403_view_eq(w403_view_of(p->name), W403_LIT("versionId")) && c->req->version_id.p) {
        return W403_YES;
    }
    return value_is(w403_call_query(c, w403_view_of(p->name)), p->value);
}

static w403_tri body_pred(const w403_call *c, const w403_predicate *p)
{
    for (size_t i = 0; i < c->req->n_body; i++) {
        w403_view name = c->req->body[i].name;
        if (w403_iglob(w403_view_of(p->name), name) ||
            (w403_view_starts(name, w403_view_of(p->name)) && name.p[strlen(p->name)] == '.')) {
            return value_is(c->req->body[i].value.p ? c->req->body[i].value : W403_LIT(""), p->value);
        }
    }
    return W403_NO;
}

static w403_tri each_pred(const w403_predicate_state *s, const w403_predicate *p)
{
    if (!s->each) {
        return W403_NO;
    }
    bool version = w403_view_eq(w403_view_of(p->name), W403_LIT("VersionId"));
    return value_is(version ? s->each->version_id : s->each->etag, p->value);
}

static w403_tri locked(const w403_target *t)
{
    const w403_object *o = t->object;
    return w403_bool(o && (o->lock_mode != W403_LOCK_NONE || o->legal_hold));
}

static w403_tri tagged(const w403_target *t)
{
    const w403_object *o = t->object;
    if (!o) {
        return t->bucket ? W403_NO : W403_UNKNOWN;
    }
    return o->tags_known ? w403_bool(o->n_tags > 0) : o->tagged;
}

static w403_tri source_tagged(w403_call *c)
{
    w403_tri t = tagged(&c->source);
    if (t == W403_UNKNOWN && c->snap && c->snap->narrow) { /* it was asked, or will be */
        w403_want_of(c, c->source.bucket ? c->source.bucket->objects_fact.path : W403_LIT(""), "tags");
        return W403_UNKNOWN;
    }
    if (t == W403_UNKNOWN) {
        w403_assume(c, "the copy source {resource} has no tags: nothing says so", W403_P("resource", c->source.arn));
    }
    return t == W403_YES ? W403_YES : W403_NO;
}

/* Does the key (or its current version) not exist? A delete marker without a version id counts as missing. */
static w403_tri missing(const w403_target *t)
{
    if (t->object && t->object->is_delete_marker) {
        return w403_bool(!t->version_id.p);
    }
    return w403_not(t->exists);
}

static w403_tri upload_checksum(w403_predicate_state *s)
{
    if (s->call->req->upload_checksum != W403_UNKNOWN) {
        return s->call->req->upload_checksum;
    }
    s->assumed_checksum = true; /* current SDKs and the CLI add one unless told not to */
    return W403_YES;
}

static w403_tri state_pred(w403_predicate_state *s, const w403_predicate *p)
{
    w403_call *c = s->call;
    switch (p->state) {
    case W403_STATE_OBJ_SSE_KMS:
        return w403_encryption_stored(c, &c->target).kms;
    case W403_STATE_SRC_SSE_KMS:
        return w403_encryption_stored(c, &c->source).kms;
    case W403_STATE_DST_SSE_KMS:
        return w403_encryption_written(c, &c->target).kms;
    case W403_STATE_UPLOAD_SSE_KMS:
        return w403_encryption_upload(c, &c->target).kms;
    case W403_STATE_UPLOAD_CHECKSUM:
        return upload_checksum(s);
    case W403_STATE_OBJ_MISSING:
        return missing(&c->target);
    case W403_STATE_SRC_MISSING:
        return missing(&c->source);
    case W403_STATE_OBJ_LOCK:
        return locked(&c->target);
    case W403_STATE_OBJ_TAGGED:
        return tagged(&c->target);
    case W403_STATE_SRC_TAGGED:
        return source_tagged(c);
    case W403_STATE_OBJ_CHECKSUM:
        return c->target.object ? c->target.object->checksum : W403_UNKNOWN;
    case W403_STATE_SRC_VERSIONID:
        return w403_bool(c->source.version_id.p != NULL);
    case W403_STATE_SRC_DIRECTORY:
        return W403_NO; /* directory buckets are told apart before */
    case W403_STATE_SRC_ANNOTATED:
        return W403_UNKNOWN;
    default:
        return W403_UNKNOWN;
    }
}

w403_tri w403_predicate_holds(void *user, const w403_predicate *p)
{
    w403_predicate_state *s = user;
    switch (p->kind) {
    case W403_PRED_HEADER:
        return header_pred(s->call, p);
    case W403_PRED_QUERY:
        return query_pred(s->call, p);
    case W403_PRED_BODY:
    case W403_PRED_FORM:
        return body_pred(s->call, p);
    case W403_PRED_EACH:
        return each_pred(s, p);
    default:
        return state_pred(s, p);
    }
}

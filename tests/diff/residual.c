#include "residual.h"

#include <stdio.h>

#include "decide/residual.h"
#include "evidence/request_json.h"
#include "explain/causes.h"

static const char *const keys[] = {"x", "d/x", "d/q/x", "team-a/x", "team-a/", "Team-A/x", "alice/x", "bob/x", "gone", "q"};

typedef struct subject {
    const judge_world  *w;
    const w403_request *r;
    const w403_bucket  *bucket;
    w403_residual      *residual;
    w403_arena         *a;
    residual_result    *out;
} subject;

static w403_status first_cause(const w403_request *request, const w403_decision *decision, w403_arena *arena,
                               const char **cause, w403_view *action, w403_error *err)
{
    w403_explanation x;
    W403_TRY(w403_explain(request, decision, arena, &x, err));
    *cause = x.n_causes ? x.causes[0].id : NULL;
    *action = x.n_causes ? x.causes[0].action : (w403_view){NULL, 0};
    return W403_OK;
}

static void failed(subject *s, const w403_error *err)
{
    s->out->failed = true;
    (void)snprintf(s->out->text, sizeof s->out->text, "%s", err->message);
}

/* The same by deciding about this one alone. */
static void compare(subject *s, w403_view key, w403_view version, const w403_residual_class *got)
{
    w403_request  one = *s->r;
    w403_decision d;
    w403_view     action;
    const char   *cause;
    w403_error    err;
    one.resource = w403_arena_printf(s->a, "arn:aws:s3:::b/%.*s", (int)key.n, key.p);
    one.version_id = one.version_id.p ? version : one.version_id;
    if (w403_decide(s->w->snapshot, s->w->policies, &one, W403_DETAIL_CAUSES, s->a, &d, &err) != W403_OK ||
        first_cause(&one, &d, s->a, &cause, &action, &err) != W403_OK) {
        failed(s, &err);
        return;
    }
    s->out->compared++;
    bool same = (!cause && !got->cause) || (cause && got->cause && strcmp(cause, got->cause) == 0);
    if ((d.verdict != got->verdict || d.status != got->status || !same) && !s->out->text[0]) {
        (void)snprintf(s->out->text, sizeof s->out->text, "key %.*s: residual %s %d %s (of %.*s), alone %s %d %s",
                       (int)key.n, key.p, w403_verdict_name(got->verdict), got->status, got->cause ? got->cause : "",
                       (int)got->example.n, got->example.p, w403_verdict_name(d.verdict), d.status, cause ? cause : "");
    }
}

static bool is_listed(const w403_bucket *b, w403_view key)
{
    for (uint32_t i = 0; i < b->n_objects; i++) {
        if (w403_view_eq(b->object_list[i]->key, key)) {
            return true;
        }
    }
    return false;
}

static void listed(subject *s)
{
    const w403_residual_class *got;
    w403_error                 err;
    for (uint32_t i = 0; i < s->bucket->n_objects && !s->out->failed; i++) {
        const w403_object *o = s->bucket->object_list[i];
        if (s->r->version_id.p ? !o->version_id.p : !o->is_latest) {
            continue;
        }
        if (w403_residual_object(s->residual, o, i + 1, &got, &err) != W403_OK) {
            failed(s, &err);
            return;
        }
        compare(s, o->key, o->version_id, got);
    }
}

static bool n_writes(w403_view operation)
{
    static const char *const names[] = {"PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy",
                                        "CompleteMultipartUpload"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(operation, w403_view_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void not_listed(subject *s)
{
    const w403_residual_class *got;
    w403_error                 err;
    if (s->bucket->objects_complete || s->bucket->objects_fact.state == W403_FACT_UNKNOWN || s->r->version_id.p) {
        return; /* they are not there, or nobody knows: no state to give */
    }
    bool uploads = n_writes(s->r->operation) || w403_view_ieq(s->r->action, W403_LIT("s3:PutObject"));
    if (uploads) {
        return; /* through an ACL's WRITE it hangs on whether the key is there, which only the residual is told */
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !s->out->failed; i++) {
        w403_view key = w403_view_of(keys[i]);
        if (is_listed(s->bucket, key)) {
            continue;
        }
        if (w403_residual_key(s->residual, key, &got, &err) != W403_OK) {
            failed(s, &err);
            return;
        }
        compare(s, key, (w403_view){NULL, 0}, got);
    }
}

/* The residual keeps no text of its request: what it was asked with is gone before it is used. */
static w403_status new_residual(const judge_world *w, const w403_request *r, w403_residual **out, w403_error *err)
{
    w403_arena  *gone = w403_arena_new(0);
    w403_request copy;
    w403_status  status = gone && w403_request_copy(gone, r, &copy)
                              ? w403_residual_new(w->snapshot, w->policies, &copy, out, err)
                              : w403_error_nomem(err);
    w403_arena_free(gone);
    return status;
}

void residual_request(const judge_world *w, w403_view request, w403_arena *a, residual_result *out)
{
    w403_json_doc doc;
    w403_request  r;
    w403_error    err;
    *out = (residual_result){0};
    if (w403_json_parse(a, W403_LIT("request"), request, NULL, &doc, NULL, &err) != W403_OK ||
        w403_request_from_json(a, &doc, doc.root, true, &r, &err) != W403_OK ||
        !w403_view_starts(r.resource, W403_LIT("arn:aws:s3:::b/"))) {
        return;
    }
    subject s = {.w = w, .r = &r, .bucket = w403_snapshot_bucket(w->snapshot, W403_LIT("b")), .a = a, .out = out};
    r.resource = W403_LIT("arn:aws:s3:::b");
    if (!s.bucket || new_residual(w, &r, &s.residual, &err) != W403_OK) {
        failed(&s, &err);
        return;
    }
    w403_residual_set_cause_fn(s.residual, first_cause);
    listed(&s);
    not_listed(&s);
    w403_residual_free(s.residual);
}

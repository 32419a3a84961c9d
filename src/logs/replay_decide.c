/* One kind of request under the old state and under the new: what the change does to it, or why that cannot be told. */
#include "explain/explain.h"
#include "logs/replay_state.h"
#include "snapshot/snapshot.h"

enum { UNKNOWNS = 3 }; /* that a reason names */

/* ---- why not ---- */

static w403_status because(w403_replay_verdict *v, w403_view reason, w403_error *err)
{
    W403_NEED(reason.p, err);
    v->reason = reason;
    return W403_OK;
}

w403_view w403_replay_general(w403_arena *a, const w403_record *r, w403_view text)
{
    w403_view forms[] = {w403_arena_printf(a, "%.*s/%.*s", W403_CUT(r->bucket), W403_CUT(r->key)),
                         w403_arena_printf(a, "object %.*s", W403_CUT(r->key))};
    for (size_t i = 0; r->key.n && i < sizeof forms / sizeof *forms; i++) {
        size_t at = forms[i].p ? w403_view_find(text, forms[i]) : SIZE_MAX;
        if (at == SIZE_MAX) {
            continue;
        }
        w403_view rest = w403_view_sub(text, at + forms[i].n, text.n);
        while (at && text.p[at - 1] != ' ') { /* the ARN in front */
            at--;
        }
        return w403_arena_printf(a, "%.*sthe object%.*s", (int)at, text.p, W403_CUT(rest));
    }
    return text;
}

/* What both states leave open. */
static w403_view unknowns(w403_arena *a, const w403_record *r, const w403_snapshot *s, const w403_decision *d)
{
    w403_view out = {NULL, 0};
    unsigned  n = 0;
    if (s && r->bucket.n && !w403_view_starts(r->bucket, W403_LIT("arn:")) && !w403_snapshot_bucket(s, r->bucket)) {
        return w403_arena_printf(a, "bucket %.*s is not in the snapshot", W403_CUT(r->bucket));
    }
    for (uint32_t i = 0; i < d->n_unknown && n < UNKNOWNS; i++) {
        w403_view one = w403_replay_general(a, r, d->unknown[i]);
        out = n++ ? w403_arena_printf(a, "%.*s, %.*s", W403_CUT(out), W403_CUT(one))
                  : w403_arena_printf(a, "not known: %.*s", W403_CUT(one));
    }
    return n ? out : W403_LIT("the states leave it open");
}

/* No reading of the record says who asked for what. */
static w403_view unread(w403_arena *a, const w403_case *c)
{
    if (!w403_record_operation(&c->record, 0)) {
        return w403_arena_printf(a, "operation %.*s is not one that is decided", W403_CUT(c->record.operation));
    }
    if (c->record.who == W403_WHO_CANONICAL || c->record.who == W403_WHO_ACCOUNT || !c->record.requester.n) {
        return W403_LIT("the log does not say who the caller is: only its account, and that is not in the snapshot");
    }
    return W403_LIT("the log does not say what was asked for");
}

/* ---- sessions ---- */

static bool is_session(const w403_record *r)
{
    return r->who == W403_WHO_ARN && (w403_role_of(r->requester).n != r->requester.n ||
                                      w403_view_find(r->requester, W403_LIT(":federated-user/")) != SIZE_MAX);
}

/* The session's policies hold in both states, each with its own documents of the managed ones. */
static w403_status add_session(const w403_replay_job *job, w403_replay_verdict *v, bool *ready, w403_error *err)
{
    const w403_replay_options *o = job->options;
    w403_sessions             *sessions = job->replay->sessions;
    const w403_record         *r = &v->c.record;
    const w403_log_session    *session = w403_sessions_of(sessions, r);
    const w403_policies       *given[2] = {o->select.policies, o->policies};
    const w403_snapshot       *snapshots[2] = {o->select.snapshot, o->snapshot};
    *ready = false;
    if (!job->rules.sessions && is_session(r) &&
        w403_sessions_of_role_differ(sessions, &job->rules.relevant, w403_role_of(r->requester))) {
        return because(v, W403_LIT("the role has sessions with policies or tags of their own, and logs from standard "
                                   "input or a pipe cannot be read twice to tell them apart"), err);
    }
    w403_case_join(v->work, &v->c, session);
    for (unsigned side = 0; session && session->narrowed && side < 2; side++) {
        w403_view   missing;
        w403_error  why;
        w403_status status = w403_case_policies(given[side], snapshots[side], sessions, session, &v->policies[side],
                                                &missing, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status != W403_OK || missing.p) {
            return because(
                v,
                status != W403_OK
                    ? w403_arena_printf(v->work, "a session policy cannot be read: %s", why.message)
                    : w403_arena_printf(v->work, "session policy %.*s is not in the snapshot", W403_CUT(missing)),
                err);
        }
    }
    *ready = true;
    return W403_OK;
}

/* ---- what changes ---- */

static bool same_unknown(const w403_decision *a, const w403_decision *b)
{
    bool same = a->n_unknown == b->n_unknown;
    for (uint32_t i = 0; same && i < a->n_unknown; i++) {
        same = w403_view_eq(a->unknown[i], b->unknown[i]);
    }
    return same;
}

typedef struct outcome {
    bool             decided;
    w403_replay_kind kind;
} outcome;
#define NOTHING {true, W403_REPLAY_KINDS}
#define OPEN    {false, W403_REPLAY_KINDS}
#define IS(k)   {true, W403_REPLAY_##k}

/* By what the log says, the old verdict and the new: allowed, denied, undetermined. A log that the old state
 * contradicts shows that something is missing in it; what the new one says is then worth nothing, unless it agrees with
 * the log. */
static const outcome outcomes[2][3][3] = {
    {   /* worked */
        {NOTHING, IS(BREAKS), IS(UNSURE)},
        {IS(UNEXPLAINED), IS(UNEXPLAINED), IS(UNEXPLAINED)},
        {NOTHING, IS(BREAKS), OPEN},
    },
    {   /* was denied */
        {IS(UNEXPLAINED), NOTHING, IS(UNEXPLAINED)},
        {IS(MENDS), NOTHING, IS(MAY_MEND)},
        {IS(MENDS), NOTHING, OPEN},
    },
};

/* A denial that the old state would have allowed, where the log itself says why; {NULL,0}: it does not. */
static w403_view explained(const w403_replay_verdict *v, const w403_shape *shape)
{
    if (shape->expired) {
        return W403_LIT("the presigned URL had expired");
    }
    bool list = w403_view_ieq(v->c.evidence.reported.action, W403_LIT("s3:ListBucket"));
    return list && w403_reads_object(&v->c.record) ? W403_LIT("the object was not there, and the caller may not list")
                                                   : (w403_view){NULL, 0}; /* S3 4.7 */
}

static w403_status compare(const w403_replay_job *job, const w403_shape *shape, w403_replay_verdict *v, w403_error *err)
{
    bool         denied = w403_record_fate(&v->c.record) == W403_FATE_DENIED;
    w403_verdict old = v->old.decision.verdict, new = v->decision.verdict;
    outcome      o = outcomes[denied][old][new];
    v->decided = o.decided;
    v->kind = o.kind;
    if (!o.decided && !denied && !same_unknown(&v->old.decision, &v->decision)) {
        v->decided = true; /* it worked whatever was open in the old state; now something else is */
        v->kind = W403_REPLAY_UNSURE;
    }
    if (v->kind == W403_REPLAY_UNEXPLAINED && denied) {
        v->reason = explained(v, shape);
    }
    bool open = new == W403_UNDETERMINED && (!v->decided || v->kind != W403_REPLAY_UNEXPLAINED);
    return open ? because(v, unknowns(v->work, &v->c.record, job->options->snapshot, &v->decision), err) : W403_OK;
}

/* The new state does not hold what the request needs: a caller that is gone, most of all. */
static w403_status cannot_ask(w403_replay_verdict *v, const w403_error *why, w403_error *err)
{
    bool denied = w403_record_fate(&v->c.record) == W403_FATE_DENIED;
    if (!denied && v->old.decision.verdict != W403_DENIED) {
        v->decided = true;
        v->kind = W403_REPLAY_UNSURE;
    }
    return because(v, w403_arena_printf(v->work, "in the new state: %s", why->message), err);
}

static w403_status judge(const w403_replay_job *job, const w403_shape *shape, w403_replay_verdict *v, w403_error *err)
{
    const w403_replay_options *o = job->options;
    const w403_policies       *old = v->policies[0] ? v->policies[0] : o->select.policies;
    const w403_policies       *new = v->policies[1] ? v->policies[1] : o->policies;
    w403_error                 why;
    W403_TRY(w403_case_judge(v->work, &v->c, o->select.snapshot, old, &v->old, err));
    if (!v->old.decided) {
        return because(v, v->old.why_not.p ? v->old.why_not : unread(v->work, &v->c), err);
    }
    w403_status status = w403_decide(o->snapshot, new, v->old.request, W403_DETAIL_CAUSES, v->work, &v->decision, &why);
    if (status == W403_NOMEM || status == W403_BUG) {
        *err = why;
        return status;
    }
    if (status != W403_OK) {
        return cannot_ask(v, &why, err);
    }
    W403_TRY(w403_explain(v->old.request, &v->decision, v->work, &v->explanation, err));
    return compare(job, shape, v, err);
}

w403_status w403_replay_decide(const w403_replay_job *job, const w403_shape *shape, w403_arena *work,
                               w403_replay_verdict *out, w403_error *err)
{
    w403_error why;
    w403_view  raw = {shape->raw, shape->n_raw};
    bool       ready;
    *out = (w403_replay_verdict){.work = work, .kind = W403_REPLAY_KINDS};
    w403_status status = w403_case_read(work, shape->form, w403_view_of(shape->file), raw,
                                        job->options->select.snapshot, &out->c, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status != W403_OK) {
        return because(out, w403_arena_printf(work, "%s", why.message), err);
    }
    W403_TRY(add_session(job, out, &ready, err));
    return ready ? judge(job, shape, out, err) : W403_OK;
}

void w403_replay_forget(w403_replay_verdict *v)
{
    w403_policies_free(v->policies[0]);
    w403_policies_free(v->policies[1]);
    v->policies[0] = v->policies[1] = NULL;
}

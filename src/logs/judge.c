#include "logs/judge.h"

#include "explain/explain.h"
#include "logs/access_log.h"
#include "logs/access_log_json.h"
#include "logs/fate.h"
#include "logs/trail.h"
#include "policy/policies.h"
#include "snapshot/snapshot.h"

/* ---- the record, and the readings of it ---- */

static w403_status read_trail(w403_arena *a, w403_view file, w403_view raw, w403_case *out, w403_error *err)
{
    W403_TRY(w403_json_parse(a, file, raw, NULL, &out->doc, NULL, err));
    W403_TRY(w403_trail_record(&out->doc, out->doc.root, &out->record, err));
    return w403_evidence_event_doc(a, &out->doc, &out->evidence, err);
}

static w403_status read_access(w403_arena *a, w403_log_form form, w403_view file, w403_view raw, w403_case *out,
                               w403_error *err)
{
    w403_log_fields fields;
    if (form == W403_LOG_ACCESS) {
        W403_TRY(w403_access_log_parse(raw, &out->record, err));
    } else {
        W403_TRY(w403_json_parse(a, file, raw, NULL, &out->doc, NULL, err));
        W403_TRY(w403_access_log_json_parse(&out->doc, out->doc.root, &out->record, err));
    }
    W403_TRY(w403_access_log_complete(a, &out->record, err));
    w403_access_log_fields(&out->record, &fields);
    return w403_evidence_log_line(a, &fields, &out->evidence, err);
}

/* ---- what the log leaves out ---- */

static void add_context(w403_arena *a, w403_request *r, const char *key, w403_view value)
{
    w403_context_entry *at = W403_NEW_N(a, w403_context_entry, r->n_context + 1);
    w403_view          *v = W403_NEW(a, w403_view);
    if (!at || !v) {
        return;
    }
    for (size_t i = 0; i < r->n_context; i++) {
        at[i] = r->context[i];
        if (w403_view_ieq(r->context[i].key, w403_view_of(key))) {
            return; /* the log does say */
        }
    }
    *v = value;
    at[r->n_context] = (w403_context_entry){w403_view_of(key), W403_YES, v, 1};
    r->context = at;
    r->n_context++;
}

w403_view w403_case_source(const w403_snapshot *s, const w403_record *record)
{
    w403_view service = w403_requester_service(record->requester);
    service = service.n ? service : record->identity.invoked_by;
    const w403_bucket *source = w403_delivery_source(s, service, record->bucket, record->key);
    return source ? source->name : (w403_view){NULL, 0};
}

static void name_principal(w403_arena *a, const w403_snapshot *s, const w403_record *record, w403_request *r)
{
    if (r->principal.p) {
        return;
    }
    if (record->who == W403_WHO_CANONICAL && s) {
        const w403_account *account = w403_map_get(&s->by_canonical, record->requester);
        if (account) { /* of an account's root; IAM users are logged by ARN */
            r->principal =
                w403_arena_printf(a, "arn:%.*s:iam::%.*s:root", W403_CUT(s->partition), W403_CUT(account->id));
        }
    }
}

static void name_account(const w403_snapshot *s, const w403_record *record, w403_request *r)
{
    w403_view owner = record->bucket_owner;
    if (r->resource_account.p || (s && w403_snapshot_bucket(s, record->bucket))) {
        return;
    }
    if (owner.n == 12) {
        r->resource_account = owner;
    } else if (record->form == W403_LOG_TRAIL && record->who == W403_WHO_SERVICE) {
        r->resource_account = record->recipient_account;
    } else if (s && owner.n) {
        const w403_account *account = w403_map_get(&s->by_canonical, owner);
        r->resource_account = account ? account->id : r->resource_account;
    }
}

/* A log without a Region does not tell the partition; a snapshot is of one. */
static void name_partition(w403_arena *a, const w403_snapshot *s, const w403_record *record, w403_request *r)
{
    w403_view usual = W403_LIT("arn:aws:");
    if (s && w403_snapshot_bucket(s, record->bucket) && w403_view_starts(r->resource, usual) && !w403_view_eq(s->partition, W403_LIT("aws"))) {
        r->resource = w403_arena_printf(a, "arn:%.*s:%.*s", W403_CUT(s->partition), (int)(r->resource.n - usual.n),
                                        r->resource.p + usual.n);
    }
}

static w403_status complete(w403_arena *a, const w403_snapshot *s, w403_case *out, w403_error *err)
{
    const w403_evidence *ev = &out->evidence;
    out->requests = W403_NEW_N(a, w403_request, ev->n_readings);
    W403_NEED(out->requests, err);
    for (size_t i = 0; i < ev->n_readings; i++) {
        w403_request r = ev->readings[i].request;
        name_principal(a, s, &out->record, &r);
        name_account(s, &out->record, &r);
        name_partition(a, s, &out->record, &r);
        W403_TRY(w403_delivery_context(a, s, &r, err));
        if (r.principal.p && r.resource.p) {
            out->requests[out->n_requests++] = r;
        }
    }
    return W403_OK;
}

w403_status w403_case_read(w403_arena *a, w403_log_form form, w403_view file, w403_view raw,
                           const w403_snapshot *snapshot, w403_case *out, w403_error *err)
{
    *out = (w403_case){0};
    if (form == W403_LOG_TRAIL) {
        W403_TRY(read_trail(a, file, raw, out, err));
    } else {
        W403_TRY(read_access(a, form, file, raw, out, err));
    }
    out->record.file = file;
    return complete(a, snapshot, out, err);
}

/* ---- deciding ---- */

w403_status w403_case_judge(w403_arena *a, const w403_case *c, const w403_snapshot *snapshot,
                            const w403_policies *policies, w403_judgement *out, w403_error *err)
{
    const w403_judging by = {.snapshot = snapshot,
                             .policies = policies,
                             .said = &c->evidence.reported,
                             .denied = w403_record_denied(&c->record),
                             .detail = W403_DETAIL_CAUSES,
                             .arena = a};
    unsigned best = UINT32_MAX;
    w403_answered kept = {.decided = false};
    *out = (w403_judgement){0};
    for (size_t i = 0; i < c->n_requests; i++) {
        w403_answered answer;
        w403_error    why;
        w403_status   status = w403_answer_reading(&by, &c->requests[i], &answer, &why);
        if (status == W403_NOMEM || status == W403_BUG) {
            *err = why;
            return status;
        }
        if (status != W403_OK) {
            out->why_not = out->why_not.p ? out->why_not : w403_arena_copy(a, w403_view_of(why.message));
            continue;
        }
        if (w403_answer_rank(&by, &answer) < best) {
            best = w403_answer_rank(&by, &answer);
            kept = answer;
        }
    }
    if (kept.decided) {
        W403_TRY(w403_answer_optional(&by, &kept, err));
        *out = (w403_judgement){.decided = true, .request = kept.request, .decision = kept.decision};
        out->explanation = kept.explanation;
        out->explanation.decision = &out->decision;
    }
    return W403_OK;
}

/* ---- sessions ---- */

void w403_case_join(w403_arena *a, w403_case *c, const w403_log_session *session)
{
    for (size_t i = 0; session && i < c->n_requests; i++) {
        if (session->source_identity.n) {
            add_context(a, &c->requests[i], "aws:SourceIdentity", session->source_identity);
        }
        for (size_t t = 0; t < session->n_tags; t++) { /* a session tag wins over the role's of the same name */
            w403_view key = w403_arena_printf(a, "aws:PrincipalTag/%.*s", W403_CUT(session->tags[t].name));
            if (key.p) {
                add_context(a, &c->requests[i], key.p, session->tags[t].value);
            }
        }
    }
}

static w403_status fill_policies(w403_policies *ps, const w403_policies *given, const w403_snapshot *snapshot,
                                 w403_sessions *sessions, const w403_log_session *session, w403_view *missing,
                                 w403_error *err)
{
    W403_TRY(w403_policies_add_all(ps, given, err));
    if (session->policy.n) {
        W403_TRY(w403_policies_add(ps, W403_POLICY_SESSION, 0, W403_LIT("session policy of the AssumeRole event"),
                                   session->policy, err));
    }
    for (size_t i = 0; i < session->n_policy_arns; i++) {
        w403_view text = w403_sessions_document(sessions, snapshot, session->policy_arns[i]);
        if (text.p) {
            W403_TRY(w403_policies_add(ps, W403_POLICY_SESSION, 0, session->policy_arns[i], text, err));
        } else if (!missing->p) {
            *missing = session->policy_arns[i];
        }
    }
    return W403_OK;
}

w403_status w403_case_policies(const w403_policies *given, const w403_snapshot *snapshot, w403_sessions *sessions,
                               const w403_log_session *session, w403_policies **out, w403_view *missing,
                               w403_error *err)
{
    w403_policies *ps = w403_policies_new();
    *missing = (w403_view){NULL, 0};
    *out = NULL;
    W403_NEED(ps, err);
    w403_status status = fill_policies(ps, given, snapshot, sessions, session, missing, err);
    if (status != W403_OK) {
        w403_policies_free(ps);
        return status;
    }
    *out = ps;
    return W403_OK;
}

/* ---- causes ---- */

w403_view w403_cause_label(w403_arena *a, const w403_cause *cause)
{
    const w403_policy *p = w403_match_policy(cause->match);
    w403_view          source = p ? (p->arn.n ? p->arn : p->doc.source) : (w403_view){NULL, 0};
    /* a statement that comes near is no part of the cause: only one that denies is */
    bool deny = cause->match && cause->match->deny && cause->match->statement;
    return w403_arena_printf(a, "%s|%.*s|%d", cause->id, deny ? (int)source.n : 0, deny ? source.p : "",
                             deny ? (int)cause->match->statement->index : -1);
}

w403_status w403_label_class(const w403_request *request, const w403_decision *decision, w403_arena *arena,
                             const char **cause, w403_view *action, w403_error *err)
{
    w403_explanation e;
    W403_TRY(w403_explain(request, decision, arena, &e, err));
    *cause = e.n_causes ? e.causes[0].id : NULL;
    *action = e.n_causes ? w403_cause_label(arena, &e.causes[0]) : W403_LIT("");
    W403_NEED(action->p, err);
    return W403_OK;
}

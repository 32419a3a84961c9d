/* Is a change the reason? The first denied request is decided once with what was there before, once with what the
 * change wrote, everything else being as it is now. */
#include "explain/explain.h"
#include "logs/proof.h"

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

/* ---- which place a change writes ---- */

static bool is_setting(const w403_change_kind *k)
{
    static const char *const SETTINGS[] = {"PutBucketRequestPayment", "PutBucketPublicAccessBlock", "DisableKey",
                                           "PutAccountPublicAccessBlock", "ScheduleKeyDeletion",
                                           "PutPublicAccessBlock"};
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        if (strcmp(k->event, SETTINGS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_policy(const w403_change_kind *k)
{
    w403_view event = w403_view_of(k->event);
    return k->document || (k->removes && w403_view_starts(event, W403_LIT("Delete")) &&
                           w403_view_ends(event, W403_LIT("Policy")));
}

static bool same_place(const w403_log_change *a, const w403_log_change *b)
{
    bool alike = is_policy(a->kind) ? is_policy(b->kind) : strcmp(a->kind->event, b->kind->event) == 0;
    return alike && a->kind->target == b->kind->target && w403_view_eq(a->target, b->target) &&
           w403_view_eq(a->policy, b->policy);
}

static w403_content written(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    if (c->kind->removes) {
        return (w403_content){.known = W403_CONTENT_NONE};
    }
    if (c->document.n) {
        return (w403_content){.known = W403_CONTENT_DOCUMENT, .text = c->document};
    }
    if (is_setting(c->kind)) {
        return (w403_content){.known = W403_CONTENT_SETTING, .setting = c};
    }
    /* an access log has no document: if nobody wrote later, it is the snapshot's */
    for (size_t i = c->order + 1; i < s->n_changes; i++) {
        if (same_place(s->change_list[i], c)) {
            return (w403_content){.known = W403_CONTENT_UNKNOWN};
        }
    }
    bool older = o->snapshot && o->snapshot->has_collected_at && o->snapshot->collected_at < c->time;
    return (w403_content){.known = is_policy(c->kind) && o->snapshot && !older ? W403_CONTENT_AS_IT_IS : W403_CONTENT_UNKNOWN};
}

static w403_content before(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    for (size_t i = c->order; i-- > 0;) {
        if (same_place(s->change_list[i], c)) {
            w403_content was = written(s, o, s->change_list[i]);
            return was.known == W403_CONTENT_AS_IT_IS ? (w403_content){.known = W403_CONTENT_UNKNOWN} : was;
        }
    }
    if (is_setting(c->kind)) {
        return (w403_content){.known = W403_CONTENT_SETTING}; /* as AWS makes it: off */
    }
    bool older = o->snapshot && o->snapshot->has_collected_at && o->snapshot->collected_at < c->time;
    return (w403_content){.known = older ? W403_CONTENT_AS_IT_IS : W403_CONTENT_UNKNOWN};
}

/* ---- deciding ---- */

typedef struct verdict { /* its statements live as long as the world */
    w403_world       world;
    bool             decided;
    w403_decision    decision;
    w403_explanation explanation;
} verdict;

static w403_status decide_with(const w403_survey_options *o, const w403_question *q, w403_arena *a,
                               const w403_log_change *c, const w403_content *what, verdict *out, w403_error *err)
{
    const w403_request  *r = q->judgement.decided ? q->judgement.request : q->c.n_requests ? &q->c.requests[0] : NULL;
    const w403_policies *given = q->policies ? q->policies : o->policies;
    w403_world          *w = &out->world;
    w403_error           why;
    *out = (verdict){0};
    if (!r || what->known == W403_CONTENT_UNKNOWN) {
        return W403_OK;
    }
    W403_TRY(w403_world_open(w, o->snapshot, given, r, a, err));
    if (w403_content_put(w, c, what) && w403_decide(w->snapshot, w->policies, r, W403_DETAIL_CAUSES, a, &out->decision, &why) == W403_OK) {
        out->decided = w403_explain(r, &out->decision, a, &out->explanation, &why) == W403_OK;
    }
    W403_NEED(!w->nomem, err);
    return W403_OK;
}

static const w403_cause *cause_in(const verdict *v, const char *id)
{
    for (uint32_t i = 0; v->decided && i < v->explanation.n_causes; i++) {
        if (!id || strcmp(v->explanation.causes[i].id, id) == 0) {
            return &v->explanation.causes[i];
        }
    }
    return NULL;
}

static w403_view name_statement(w403_arena *a, const w403_match *m)
{
    if (!m || !m->statement) {
        return (w403_view){NULL, 0};
    }
    return m->statement->sid.n ? w403_arena_copy(a, m->statement->sid)
                               : w403_arena_printf(a, "statement %u", m->statement->index + 1);
}

/* The Allow that let the request pass before. */
static const w403_match *allow_in(const verdict *v, const w403_change_kind *kind)
{
    static const w403_layer_kind LAYERS[] = {
        [W403_TARGET_BUCKET] = W403_LAYER_RESOURCE, [W403_TARGET_ACCOUNT_S3] = W403_LAYER_RESOURCE,
        [W403_TARGET_ACCESS_POINT] = W403_LAYER_ACCESS_POINT, [W403_TARGET_KEY] = W403_LAYER_KEY,
        [W403_TARGET_ENTITY] = W403_LAYER_IDENTITY, [W403_TARGET_MANAGED] = W403_LAYER_IDENTITY,
        [W403_TARGET_ORGANIZATION] = W403_LAYER_SCP, [W403_TARGET_ENDPOINT] = W403_LAYER_VPC_ENDPOINT};
    for (uint32_t i = 0; v->decided && i < v->decision.n_checks; i++) {
        const w403_check *k = &v->decision.checks[i];
        for (uint32_t l = 0; l < k->n_layers; l++) {
            for (uint32_t m = 0; k->layers[l].kind == LAYERS[kind->target] && m < k->layers[l].n_matches; m++) {
                const w403_match *match = &k->layers[l].matches[m];
                if (!match->deny && match->statement && match->verdict == W403_YES) {
                    return match;
                }
            }
        }
    }
    return NULL;
}

static w403_proof judge(const verdict *was, const verdict *is, const char *cause)
{
    bool denies = is->decided && is->decision.verdict == W403_DENIED && cause_in(is, cause);
    if (!denies) {
        return W403_PROOF_NONE;
    }
    const w403_cause *now = cause_in(is, cause);
    if (!was->decided) { /* that nothing allows it may have been so before */
        return now->match && now->match->deny ? W403_PROOF_AFTER : W403_PROOF_NONE;
    }
    bool gone = was->decision.verdict == W403_ALLOWED || !cause_in(was, now->id);
    return gone ? W403_PROOF_FULL : W403_PROOF_NONE;
}

/* The statement that denies now, or the Allow that went. */
static void name_culprit(w403_arena *a, const verdict *was, const verdict *is, const char *cause, w403_began *out)
{
    const w403_cause *c = out->proof >= W403_PROOF_AFTER ? cause_in(is, cause) : NULL;
    out->cause = c ? c->id : NULL;
    if (c && c->match && c->match->deny) {
        out->statement = name_statement(a, c->match);
    } else if (c && out->proof == W403_PROOF_FULL) {
        out->statement = name_statement(a, allow_in(was, out->change->kind));
        out->removed = out->statement.p != NULL;
    }
}

static void conclude(const verdict *was, const verdict *is, const char *cause, w403_began *out)
{
    bool unclear = !is->decided || is->decision.verdict == W403_UNDETERMINED;
    out->proof = judge(was, is, cause);
    if (out->proof == W403_PROOF_NONE && unclear) {
        out->proof = W403_PROOF_LIKELY;
    }
    out->before = was->decided ? was->decision.verdict : W403_UNDETERMINED;
    out->after = is->decided ? is->decision.verdict : W403_UNDETERMINED;
}

w403_status w403_prove(w403_survey *s, const w403_survey_options *o, const w403_question *q, const char *cause,
                       const w403_log_change *change, w403_began *out, w403_error *err)
{
    verdict      was = {0}, is = {0};
    w403_arena  *a = w403_arena_new(0);
    w403_content old = before(s, o, change), new = written(s, o, change);
    *out = (w403_began){.change = change, .before = W403_UNDETERMINED, .after = W403_UNDETERMINED};
    W403_NEED(a, err);
    w403_status status = decide_with(o, q, a, change, &old, &was, err);
    status = status == W403_OK ? decide_with(o, q, a, change, &new, &is, err) : status;
    if (status == W403_OK) {
        conclude(&was, &is, cause, out);
        name_culprit(s->arena, &was, &is, cause, out);
        out->was = old.known == W403_CONTENT_DOCUMENT ? old.text : (w403_view){NULL, 0};
    }
    w403_world_close(&was.world);
    w403_world_close(&is.world);
    w403_arena_free(a);
    return status;
}

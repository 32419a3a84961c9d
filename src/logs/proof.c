/* Is a change the reason? The first denied request is decided once with what was there before, once with what the
 * change wrote, everything else being as it is now. */
#include "explain/explain.h"
#include "logs/proof.h"

/* ---- deciding ---- */

typedef struct verdict { /* its statements live as long as the world */
    w403_rewound     at;
    const char      *why; /* not decided: half a sentence */
    bool             open; /* anybody may do the same */
    bool             decided;
    w403_decision    decision;
    w403_explanation explanation;
} verdict;

typedef struct proof {
    w403_survey               *s;
    const w403_survey_options *o;
    const w403_question       *q;
    const w403_request        *request; /* NULL: it cannot be made out */
    w403_sources              *src;
    w403_arena                *arena;
    bool                       ask_open;
    w403_world                *world, own; /* that of the sources; `own` where the session has policies */
} proof;

static w403_status open_world(proof *p, w403_error *err)
{
    const w403_question *q = p->q;
    w403_world          *shared = &p->src->world;
    p->request = q->judgement.decided ? q->judgement.request : q->c.n_requests ? &q->c.requests[0] : NULL;
    if (!p->request) {
        return W403_OK;
    }
    p->world = q->policies ? &p->own : shared;
    if (q->policies) {
        return w403_world_open(&p->own, p->o->snapshot, q->policies, p->request, p->arena, err);
    }
    if (!shared->arena) {
        W403_TRY(w403_world_open(shared, p->o->snapshot, p->o->policies, p->request, p->src->arena, err));
    }
    w403_world_again(shared, p->request, p->arena);
    return W403_OK;
}

/* What the statements of both verdicts stand in must live until they are named. */
static void close_world(proof *p)
{
    if (p->world) {
        w403_world_again(p->world, p->request, p->src->arena);
    }
}

static w403_status decide_with(const proof *p, const w403_log_change *c, const w403_content *what, verdict *out,
                               w403_error *err)
{
    const w403_request *r = p->request;
    w403_world         *w = p->world;
    w403_error          why;
    *out = (verdict){.at = {.world = w}};
    if (!r || what->known == W403_CONTENT_UNKNOWN) {
        out->why = r ? NULL : "the request cannot be made out";
        return W403_OK;
    }
    w403_world_back(w, 0);
    bool put = w403_content_put(&out->at, p->src, c, what);
    W403_NEED(!w->nomem, err);
    out->why = out->at.why;
    if (!put) { /* for its content, not for want of memory */
        W403_NEED(w403_arena_ok(p->arena), err);
        return W403_OK;
    }
    w403_status status = w403_decide(w->snapshot, w->policies, r, W403_DETAIL_CAUSES, p->arena, &out->decision, &why);
    if (status == W403_OK) {
        status = w403_explain(r, &out->decision, p->arena, &out->explanation, &why);
    }
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    out->decided = status == W403_OK;
    out->open = out->decided && p->ask_open && w403_world_is_public(w, p->arena);
    out->why = out->decided ? out->why : "the request cannot be decided so";
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

/* A statement of the place that the change writes: the Allow that let the request pass, or a Deny that may match. */
static const w403_match *match_in(const verdict *v, const w403_change_kind *kind, bool deny, w403_tri wanted)
{
    static const w403_layer_kind LAYERS[] = {
        [W403_TARGET_OBJECT] = W403_LAYER_RESOURCE,
        [W403_TARGET_BUCKET] = W403_LAYER_RESOURCE, [W403_TARGET_ACCOUNT_S3] = W403_LAYER_RESOURCE,
        [W403_TARGET_ACCESS_POINT] = W403_LAYER_ACCESS_POINT, [W403_TARGET_KEY] = W403_LAYER_KEY,
        [W403_TARGET_ENTITY] = W403_LAYER_IDENTITY, [W403_TARGET_MANAGED] = W403_LAYER_IDENTITY,
        [W403_TARGET_ORGANIZATION] = W403_LAYER_SCP, [W403_TARGET_ENDPOINT] = W403_LAYER_VPC_ENDPOINT};
    for (uint32_t i = 0; v->decided && i < v->decision.n_checks; i++) {
        const w403_check *k = &v->decision.checks[i];
        for (uint32_t l = 0; l < k->n_layers; l++) {
            for (uint32_t m = 0; k->layers[l].kind == LAYERS[kind->target] && m < k->layers[l].n_matches; m++) {
                const w403_match *match = &k->layers[l].matches[m];
                if (match->deny == deny && match->statement && match->verdict == wanted) {
                    return match;
                }
            }
        }
    }
    return NULL;
}

/* Does the place itself deny, whatever else is allowed? A statement, or a setting that the cause is named for. */
static bool denies_itself(const w403_cause *c)
{
    static const char *const SETTINGS[] = {"bpa.", "kms.", "requester-pays", "sse-c-blocked", "no-allow.boundary",
                                           "no-allow.scp", "object-lock"};
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        if (strncmp(c->id, SETTINGS[i], strlen(SETTINGS[i])) == 0) {
            return true;
        }
    }
    return c->match && c->match->deny;
}

static w403_proof judge(const verdict *was, const verdict *is, const char *cause, const w403_change_kind *kind,
                        bool assumed)
{
    bool denies = is->decided && is->decision.verdict == W403_DENIED && cause_in(is, cause);
    if (!denies) {
        return W403_PROOF_NONE;
    }
    const w403_cause *now = cause_in(is, cause);
    if (!was->decided) { /* that nothing allows it may have been so before; but something was taken away */
        return denies_itself(now) ? W403_PROOF_AFTER : kind->removes ? W403_PROOF_LIKELY : W403_PROOF_NONE;
    }
    if (was->decision.verdict == W403_UNDETERMINED) { /* of other facts than a Deny that is surely not there? */
        bool sure = now->match && now->match->deny && !match_in(was, kind, true, W403_UNKNOWN);
        if (cause_in(was, now->id) || !sure) {
            return cause_in(was, now->id) ? W403_PROOF_NONE : W403_PROOF_LIKELY;
        }
    }
    bool gone = was->decision.verdict == W403_ALLOWED || !cause_in(was, now->id);
    return !gone ? W403_PROOF_NONE : assumed ? W403_PROOF_AFTER : W403_PROOF_FULL;
}

/* The statement that denies now, or the Allow that went. */
static void name_culprit(w403_arena *a, const verdict *was, const verdict *is, const char *cause, w403_began *out)
{
    const w403_cause *c = out->proof >= W403_PROOF_AFTER ? cause_in(is, cause) : NULL;
    out->cause = c ? c->id : NULL;
    if (c && c->match && c->match->deny) {
        out->statement = name_statement(a, c->match);
    } else if (c && out->proof == W403_PROOF_FULL) {
        out->statement = name_statement(a, match_in(was, out->change->kind, false, W403_YES));
        out->removed = out->statement.p != NULL;
    }
}

static const char *why_not(const proof *p, const verdict *was, const verdict *is, const w403_log_change *c)
{
    if (c->kind->place == W403_PLACE_NONE) {
        return "what was there before such a call is in no log";
    }
    if (was->why || is->why) {
        return was->why ? was->why : is->why;
    }
    if (!p->o->snapshot && !p->o->policies) {
        return "there is no snapshot to try it in";
    }
    bool unsure = (was->decided && was->decision.verdict == W403_UNDETERMINED) ||
                  (is->decided && is->decision.verdict == W403_UNDETERMINED);
    return unsure         ? "the snapshot leaves the request undetermined"
           : !is->decided ? "what it wrote is in no log"
           : !was->decided ? "what was there before is in no log"
                           : NULL;
}

static void conclude(const proof *p, const verdict *was, const verdict *is, const char *cause, bool assumed,
                     w403_began *out)
{
    bool unclear = !is->decided || is->decision.verdict == W403_UNDETERMINED;
    out->proof = judge(was, is, cause, out->change->kind, assumed);
    if (out->proof == W403_PROOF_NONE && unclear) {
        out->proof = W403_PROOF_LIKELY;
    }
    out->before = was->decided ? was->decision.verdict : W403_UNDETERMINED;
    out->after = is->decided ? is->decision.verdict : W403_UNDETERMINED;
    out->assumed = assumed && out->proof == W403_PROOF_AFTER && was->decided;
    out->why = out->proof == W403_PROOF_LIKELY ? why_not(p, was, is, out->change) : NULL;
}

static void say(const proof *p, const verdict *was, const verdict *is, const char *cause, const w403_content *old,
                w403_began *out)
{
    w403_arena *a = p->s->arena;
    conclude(p, was, is, cause, old->assumed, out);
    name_culprit(a, was, is, cause, out);
    bool full = out->proof == W403_PROOF_FULL;
    out->was = old->known == W403_CONTENT_DOCUMENT ? old->text : (w403_view){NULL, 0};
    out->source = old->setting;
    out->empty = old->known == W403_CONTENT_NONE;
    out->undo = full ? w403_undo_commands(a, out->change, old) : (w403_view){NULL, 0};
    out->status = full ? was->decision.status : 0;
    out->opens = full && was->open && !is->open;
}

w403_status w403_prove(w403_survey *s, const w403_survey_options *o, w403_sources *src, const w403_question *q,
                       const char *cause, const w403_log_change *change, w403_began *out, w403_error *err)
{
    verdict      was = {0}, is = {0};
    w403_content old = w403_content_before(s, o, change), new = w403_content_after(s, o, change);
    proof        p = {.s = s, .o = o, .q = q, .src = src, .arena = w403_arena_new(0), .ask_open = true};
    *out = (w403_began){.change = change, .before = W403_UNDETERMINED, .after = W403_UNDETERMINED};
    W403_NEED(p.arena, err);
    w403_status status = open_world(&p, err);
    status = status == W403_OK ? decide_with(&p, change, &old, &was, err) : status;
    p.ask_open = was.open; /* if it was not open to all, it does not matter whether it is */
    status = status == W403_OK ? decide_with(&p, change, &new, &is, err) : status;
    if (status == W403_OK) {
        say(&p, &was, &is, cause, &old, out);
    }
    close_world(&p);
    w403_rewound_close(&was.at);
    w403_rewound_close(&is.at);
    w403_arena_free(p.arena);
    return status;
}

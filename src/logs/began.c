/* For each cause the change that began it: the last one before the first denial that explains it (formats 4.6). */
#include "base/limits.h"
#include "logs/proof.h"
#include "snapshot/snapshot.h"

enum { SECOND = 1000000, SKEW_S = 60, TRIES = 32, PROVED_GROUPS = W403_LIMIT_LOG_PROOFS };

static w403_view last_part(w403_view v, char at)
{
    size_t i = v.n;
    while (i > 0 && v.p[i - 1] != at) {
        i--;
    }
    return w403_view_sub(v, i, v.n);
}

/* Name of the user or role of an ARN: user/path/NAME, assumed-role/NAME/session. */
static w403_view entity_name(w403_view arn)
{
    if (w403_view_find(arn, W403_LIT(":assumed-role/")) != SIZE_MAX) {
        return last_part(w403_role_of(arn), '/');
    }
    return last_part(arn, '/');
}

static w403_view account_of(w403_view arn)
{
    for (int i = 0; i < 4; i++) {
        w403_view_cut(&arn, ':');
    }
    return w403_view_cut(&arn, ':');
}

static bool owns_bucket(const w403_survey_options *o, const w403_cause_group *g, w403_view account)
{
    const w403_bucket *b = w403_snapshot_bucket(o->snapshot, g->bucket);
    return b && b->account && w403_view_eq(account, b->account->id);
}

static bool fits_bucket(const w403_survey_options *o, const w403_cause_group *g, const w403_log_change *c)
{
    const w403_bucket *b = w403_snapshot_bucket(o->snapshot, g->bucket);
    if (c->kind->target == W403_TARGET_BUCKET) {
        return w403_view_eq(c->target, g->bucket);
    }
    w403_view account = c->target.n ? c->target : c->account;
    return !b || !b->account || w403_view_eq(account, b->account->id);
}

static bool fits_key(const w403_survey_options *o, const w403_question *q, const w403_cause_group *g,
                     const w403_log_change *c)
{
    w403_view          id = last_part(c->target, '/'), named = q->c.record.kms_key;
    const w403_bucket *b = w403_snapshot_bucket(o->snapshot, g->bucket);
    if (!named.n) {
        named = q->c.evidence.reported.resource;
    }
    if (w403_view_find(named, W403_LIT(":kms:")) == SIZE_MAX && !q->c.record.kms_key.n) {
        named = b ? b->kms_key : (w403_view){NULL, 0};
    }
    bool about_keys = g->denial == W403_DENIAL_KMS;
    return named.n ? w403_view_eq(last_part(named, '/'), id) : about_keys;
}

static bool holds_policy(const w403_survey_options *o, const w403_cause_group *g, w403_view arn)
{
    const w403_entity *e = o->snapshot ? w403_snapshot_entity(o->snapshot, g->session.n ? g->session : g->principal) : NULL;
    if (!e) {
        return w403_view_eq(account_of(arn), account_of(g->principal));
    }
    bool holds = e->boundary && w403_view_eq(e->boundary->arn, arn);
    for (uint32_t i = 0; i < e->identity.n; i++) {
        holds = holds || w403_view_eq(e->identity.at[i]->arn, arn);
    }
    return holds;
}

static bool fits_entity(const w403_cause_group *g, const w403_log_change *c)
{
    const char *whose = w403_change_entity(c->kind);
    bool        user = w403_view_find(g->principal, W403_LIT(":user/")) != SIZE_MAX;
    bool        own = strcmp(whose, user ? "User" : "Role") == 0 || !whose[0];
    bool        account = !c->account.n || w403_view_eq(c->account, account_of(g->principal));
    if (strcmp(whose, "Group") == 0) {
        return user && account; /* whether the user is in it the proof says */
    }
    return own && account && w403_view_eq(c->target, entity_name(g->principal));
}

/* Does the change concern what the denials are about? */
static bool fits(const w403_survey_options *o, const w403_question *q, const w403_cause_group *g,
                 const w403_log_change *c)
{
    const w403_record *r = &q->c.record;
    w403_view          point = w403_group_access_point(r);
    switch (c->kind->target) {
    case W403_TARGET_BUCKET:
    case W403_TARGET_ACCOUNT_S3:
        return fits_bucket(o, g, c);
    case W403_TARGET_OBJECT:
        return w403_view_eq(c->target, g->bucket) && w403_view_eq(c->policy, r->key);
    case W403_TARGET_ACCESS_POINT:
        return point.n && w403_view_eq(last_part(point, '/'), last_part(c->target, '/'));
    case W403_TARGET_KEY:
        return fits_key(o, q, g, c);
    case W403_TARGET_ENTITY:
        return fits_entity(g, c);
    case W403_TARGET_MANAGED:
        return w403_view_eq(q->c.evidence.reported.policy_arn, c->target) || holds_policy(o, g, c->target);
    case W403_TARGET_ORGANIZATION:
        return c->target.n != 12 || w403_view_eq(c->target, account_of(g->principal)) || owns_bucket(o, g, c->target);
    case W403_TARGET_ENDPOINT:
        return r->vpc_endpoint.n && w403_view_eq(r->vpc_endpoint, c->target);
    }
    return false;
}

/* Without a known cause only documents can tell, and only of explicit denials or a withdrawn Allow of theirs. */
static bool may_explain(const w403_cause_group *g, const w403_log_change *c)
{
    bool keys = c->kind->target == W403_TARGET_KEY || strcmp(c->kind->event, "PutBucketEncryption") == 0;
    if (keys && g->denial != W403_DENIAL_KMS && g->cause && strcmp(g->cause, "sse-c-blocked") != 0) {
        return false; /* no-allow.identity is a cause of theirs only where the missing right is one to a key */
    }
    return g->cause ? w403_change_explains(c->kind, g->cause) : c->kind->explains[0] && !w403_change_explains(c->kind, "credentials.invalid");
}

static w403_status search(w403_survey *s, const w403_survey_options *o, w403_sources *src, const w403_question *q,
                          w403_cause_group *g, w403_error *err)
{
    unsigned tries = 0;
    for (size_t i = s->n_changes; i-- > 0 && tries < TRIES;) {
        const w403_log_change *c = s->change_list[i];
        w403_began             one;
        if (c->time > g->first + (w403_instant)SKEW_S * SECOND || !may_explain(g, c) || !fits(o, q, g, c)) {
            continue;
        }
        tries++;
        W403_TRY(w403_prove(s, o, src, q, g->cause, c, &one, err));
        one.skewed = c->time > g->first;
        bool proves_unknown = g->cause || one.proof != W403_PROOF_AFTER || one.statement.n;
        if (one.proof > g->began.proof && proves_unknown) {
            g->began = one;
        }
        if (one.proof == W403_PROOF_FULL) {
            break;
        }
    }
    if (!g->cause && g->began.proof == W403_PROOF_FULL) { /* what AWS left out the documents say */
        g->cause = g->began.cause;
    }
    return W403_OK;
}

static bool does_the_same(const w403_log_change *a, const w403_log_change *b)
{
    bool toggle = a->kind->place == W403_PLACE_ATTACHED || a->kind->place == W403_PLACE_GROUP ||
                  a->kind->place == W403_PLACE_ORG_ATTACHED || a->kind->place == W403_PLACE_KEY_STATE ||
                  a->kind->removes;
    return a->kind == b->kind && w403_view_eq(a->document, b->document) &&
           (toggle || a->document.n || w403_view_eq(a->parameters, b->parameters));
}

/* Denials that stopped when the change was undone, and came back when it was done again, are one group. */
static const w403_log_change *done_again(const w403_survey *s, const w403_cause_group *g)
{
    const w403_log_change *c = g->began.change, *last = NULL;
    bool                   undone = false;
    for (size_t i = c ? c->order + 1 : s->n_changes; i < s->n_changes && s->change_list[i]->time <= g->last; i++) {
        const w403_log_change *x = s->change_list[i];
        if (!w403_change_same_place(x, c)) {
            continue;
        }
        bool same = does_the_same(x, c);
        last = same && undone ? x : last;
        undone = !same;
    }
    return last;
}

/* Of what is seen for less than an hour nothing is made more: two denials in a minute are two, not 120. */
static double an_hour(uint64_t n, w403_instant from, w403_instant to)
{
    double hours = (double)(to - from) / ((double)SECOND * 3600.0);
    return (double)n / (hours < 1 ? 1 : hours);
}

static void rates(const w403_survey *s, w403_cause_group *g)
{
    w403_instant split = g->began.change && g->began.change->time <= g->first ? g->began.change->time : g->first;
    w403_instant to = s->to > g->last ? s->to : g->last;
    g->denied_rate = an_hour(g->count, split, to);
    g->worked_rate = g->worked_before ? an_hour(g->worked_before, g->first_worked, g->first) : 0;
}

static w403_status one_group(w403_survey *s, const w403_survey_options *o, w403_sources *src, w403_arena *work,
                             w403_cause_group *g, w403_error *err)
{
    w403_question q;
    bool          asked = false;
    w403_arena_reset(work);
    W403_TRY(w403_question_open(work, s, o, g->lead, &q, &asked, err));
    w403_status status = asked ? search(s, o, src, &q, g, err) : W403_OK;
    w403_question_close(&q);
    g->began.again = done_again(s, g);
    rates(s, g);
    W403_TRY(status);
    W403_NEED(w403_arena_ok(work) && w403_arena_ok(src->arena) && w403_arena_ok(s->arena), err);
    return W403_OK;
}

w403_status w403_survey_began(w403_survey *s, const w403_survey_options *o, w403_error *err)
{
    w403_arena       *work = w403_arena_new(0);
    w403_sources      src = {.arena = w403_arena_new(0)};
    w403_status       status = work && src.arena ? W403_OK : w403_error_nomem(err);
    for (size_t i = 0; i < s->n_groups && status == W403_OK; i++) {
        if (i < PROVED_GROUPS && s->n_changes) {
            status = one_group(s, o, &src, work, &s->groups[i], err);
        } else {
            rates(s, &s->groups[i]);
        }
    }
    w403_arena_free(work);
    w403_arena_free(src.arena);
    return status;
}

const char *w403_proof_name(w403_proof p)
{
    static const char *const names[] = {[W403_PROOF_NONE] = "none", [W403_PROOF_LIKELY] = "likely",
                                        [W403_PROOF_AFTER] = "denies-after", [W403_PROOF_FULL] = "proved"};
    return names[p];
}

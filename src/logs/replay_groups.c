/* All kinds of requests of a replay, decided and put together: by what the change does to them, and why. */
#include <stdlib.h>

#include "explain/explain.h"
#include "logs/parallel.h"
#include "logs/replay_state.h"

enum { REASONS = 50, ASSUMPTIONS = 20 };

typedef struct grouping {
    w403_replay_job *job;
    w403_arena      *a;
    w403_map         by_key, by_reason;
    W403_ARRAY(w403_replay_group) groups;
    W403_ARRAY(w403_replay_reason) reasons;
    W403_ARRAY(w403_view) assumptions;
} grouping;

static w403_view statement_of(w403_arena *a, const w403_cause *c)
{
    const w403_policy *p = c ? w403_match_policy(c->match) : NULL;
    if (!p || !c->match->deny) {
        return (w403_view){NULL, 0};
    }
    w403_view sid = c->match->statement->sid, source = p->name.n ? p->name : p->doc.source;
    return sid.n ? w403_arena_printf(a, "%.*s of %.*s", W403_CUT(sid), W403_CUT(source))
                 : w403_arena_printf(a, "statement %u of %.*s", c->match->statement->index + 1, W403_CUT(source));
}

/* ---- one group ---- */

/* Causes that would deny it even without the first. */
static w403_status list_others(w403_arena *a, const w403_explanation *e, w403_replay_group *g, w403_error *err)
{
    w403_view *list = W403_NEW_N(a, w403_view, e->n_causes);
    W403_NEED(list, err);
    for (uint32_t i = 1; i < e->n_causes; i++) {
        w403_view statement = statement_of(a, &e->causes[i]);
        list[g->n_also] = statement.n ? w403_arena_printf(a, "%s: %.*s", e->causes[i].id, W403_CUT(statement))
                                      : w403_arena_printf(a, "%s", e->causes[i].id);
        W403_NEED(list[g->n_also].p, err);
        bool known = false;
        for (size_t k = 0; k < g->n_also; k++) {
            known |= w403_view_eq(list[k], list[g->n_also]);
        }
        g->n_also += !known;
    }
    g->also = list;
    return W403_OK;
}

static w403_view action_of(const w403_replay_verdict *v, const w403_cause *cause)
{
    const w403_operation *op = w403_record_operation(&v->c.record, 0);
    return cause && cause->action.n  ? cause->action
           : op && op->n_permissions ? w403_view_of(op->permissions[0].action)
                                     : v->c.record.operation;
}

/* What was asked for, up to what its keys have in common; or what else the denial is about: a key, a bucket, the source
 * of a copy. */
static w403_view resource_of(grouping *g, const w403_replay_verdict *v, const w403_cause *cause, const w403_shape *s)
{
    w403_view other = cause ? cause->resource : (w403_view){NULL, 0};
    if (!other.n || w403_view_eq(other, v->old.request->resource)) {
        return w403_group_resource(v->work, g->job->options->select.snapshot, &v->c, s);
    }
    bool object = w403_view_find(other, W403_LIT(":s3:")) != SIZE_MAX && w403_view_find_char(other, '/') != SIZE_MAX;
    if (!object || s->count == 1) {
        return other;
    }
    while (other.p[other.n - 1] != '/') {
        other.n--;
    }
    return w403_arena_printf(v->work, "%.*s*", W403_CUT(other));
}

static w403_status describe(grouping *g, const w403_replay_verdict *v, const w403_shape *s, w403_replay_group *out,
                            w403_error *err)
{
    bool                    breaks = v->kind == W403_REPLAY_BREAKS, unsure = v->kind == W403_REPLAY_UNSURE;
    const w403_explanation *e = breaks ? &v->explanation : &v->old.explanation;
    const w403_cause       *cause = e->n_causes && !unsure ? &e->causes[0] : NULL;
    const w403_record      *r = &v->c.record;
    *out = (w403_replay_group){.kind = v->kind, .cause = cause ? cause->id : NULL, .first = s->first, .last = s->last};
    out->statement = statement_of(g->a, cause);
    out->reason = v->reason.p ? w403_arena_copy(g->a, v->reason) : v->reason;
    out->principal = w403_arena_copy(g->a, w403_role_of(v->old.request->principal));
    out->action = w403_arena_copy(g->a, action_of(v, cause));
    out->operation = w403_arena_copy(g->a, r->operation);
    out->resource = w403_arena_copy(g->a, resource_of(g, v, cause, s));
    W403_NEED(out->principal.p && out->action.p && out->operation.p && out->resource.p, err);
    return breaks ? list_others(g->a, e, out, err) : W403_OK;
}

static w403_view key_of(w403_arena *a, const w403_replay_group *g)
{
    w403_view key = w403_arena_printf(a, "%d|%s|%.*s|%.*s|%.*s|%.*s|%.*s", g->kind, g->cause ? g->cause : "",
                                      W403_CUT(g->statement), W403_CUT(g->principal), W403_CUT(g->action),
                                      W403_CUT(g->resource), W403_CUT(g->reason));
    for (size_t i = 0; key.p && i < g->n_also; i++) {
        key = w403_arena_printf(a, "%.*s|%.*s", (int)key.n, key.p, W403_CUT(g->also[i]));
    }
    return key;
}

static w403_status add_group(grouping *g, const w403_replay_verdict *v, const w403_shape *s, w403_error *err)
{
    w403_replay_group fresh;
    W403_TRY(describe(g, v, s, &fresh, err));
    w403_view key = key_of(g->a, &fresh);
    W403_NEED(key.p, err);
    size_t *index = w403_map_get(&g->by_key, key);
    if (!index) {
        w403_replay_group *more = W403_PUSH(g->a, &g->groups);
        index = W403_NEW(g->a, size_t);
        W403_NEED(more && index, err);
        *more = fresh;
        *index = g->groups.n - 1;
        W403_NEED(w403_map_put(g->a, &g->by_key, key, index), err);
    }
    w403_replay_group *at = &g->groups.at[*index];
    at->count += s->count;
    at->first = s->first < at->first ? s->first : at->first;
    at->last = s->last > at->last ? s->last : at->last;
    for (size_t i = 0; i < W403_SHAPE_SAMPLES; i++) {
        w403_sample_keep(at->samples, &s->samples[i]);
    }
    return W403_OK;
}

/* ---- what is not decided, and what is taken for granted ---- */

static w403_status add_reason(grouping *g, w403_view text, const w403_shape *s, w403_error *err)
{
    if (!w403_map_get(&g->by_reason, text) && g->reasons.n + 1 >= REASONS) {
        text = W403_LIT("other reasons");
    }
    size_t *index = w403_map_get(&g->by_reason, text);
    if (!index) {
        w403_replay_reason *more = W403_PUSH(g->a, &g->reasons);
        index = W403_NEW(g->a, size_t);
        W403_NEED(more && index, err);
        *more = (w403_replay_reason){.text = w403_arena_copy(g->a, text), .sample = s->samples[0]};
        *index = g->reasons.n - 1;
        W403_NEED(more->text.p && w403_map_put(g->a, &g->by_reason, more->text, index), err);
    }
    g->reasons.at[*index].count += s->count;
    return W403_OK;
}

static w403_status assume(grouping *g, w403_view text, w403_error *err)
{
    for (size_t i = 0; i < g->assumptions.n; i++) {
        if (w403_view_eq(g->assumptions.at[i], text)) {
            return W403_OK;
        }
    }
    if (g->assumptions.n >= ASSUMPTIONS) {
        return W403_OK;
    }
    w403_view *more = W403_PUSH(g->a, &g->assumptions);
    W403_NEED(more, err);
    *more = w403_arena_copy(g->a, text);
    W403_NEED(more->p, err);
    return W403_OK;
}

static w403_status add_assumptions(grouping *g, const w403_replay_verdict *v, w403_error *err)
{
    const w403_record *r = &v->c.record;
    for (uint32_t i = 0; i < v->decision.n_assumptions; i++) {
        w403_view text = w403_replay_general(v->work, r, v->decision.assumptions[i]);
        W403_NEED(text.p, err);
        W403_TRY(assume(g, text, err));
    }
    bool session = r->who == W403_WHO_ARN && w403_role_of(r->requester).n != r->requester.n;
    return session && !w403_sessions_of(g->job->replay->sessions, r)
               ? assume(g, W403_LIT("no session policies where the AssumeRole event is not in the logs"), err)
               : W403_OK;
}

/* ---- all of them ---- */

static w403_status add_shape(grouping *g, const w403_replay_verdict *v, const w403_shape *s, w403_error *err)
{
    w403_replay *r = g->job->replay;
    if (!v->decided) {
        r->undecided += s->count;
        return add_reason(g, v->reason, s, err);
    }
    r->requests += s->count;
    W403_TRY(add_assumptions(g, v, err));
    if (v->kind == W403_REPLAY_KINDS) {
        r->unchanged += s->count;
        return W403_OK;
    }
    r->of[v->kind] += s->count;
    return add_group(g, v, s, err);
}

static int by_kind(const void *a, const void *b)
{
    const w403_replay_group *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    int order = w403_view_cmp(x->principal, y->principal);
    order = order ? order : w403_view_cmp(x->resource, y->resource);
    order = order ? order : w403_view_cmp(x->action, y->action);
    return order ? order : w403_view_cmp(x->statement, y->statement);
}

static int by_count(const void *a, const void *b)
{
    const w403_replay_reason *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : w403_view_cmp(x->text, y->text);
}

static int by_text(const void *a, const void *b)
{
    return w403_view_cmp(*(const w403_view *)a, *(const w403_view *)b);
}

static w403_status finish(grouping *g)
{
    w403_replay *r = g->job->replay;
    if (g->groups.n) {
        qsort(g->groups.at, g->groups.n, sizeof *g->groups.at, by_kind);
    }
    if (g->reasons.n) {
        qsort(g->reasons.at, g->reasons.n, sizeof *g->reasons.at, by_count);
    }
    if (g->assumptions.n) {
        qsort(g->assumptions.at, g->assumptions.n, sizeof *g->assumptions.at, by_text);
    }
    r->groups = g->groups.at;
    r->n_groups = g->groups.n;
    r->reasons = g->reasons.at;
    r->n_reasons = g->reasons.n;
    r->assumptions = g->assumptions.at;
    r->n_assumptions = g->assumptions.n;
    return W403_OK;
}

/* Kinds of requests that are decided side by side, each in an arena of its own. */
typedef struct batch {
    const w403_replay_job *job;
    w403_shape *const     *shapes;
    w403_replay_verdict    verdicts[W403_SHAPE_BATCH];
    w403_shape_arenas      arenas;
} batch;

static w403_status decide_one(void *user, size_t i, w403_error *err)
{
    batch *b = user;
    return w403_replay_decide(b->job, b->shapes[i], b->arenas.at[i], &b->verdicts[i], err);
}

static w403_status add_batch(grouping *g, batch *b, size_t n, w403_error *err)
{
    memset(b->verdicts, 0, sizeof b->verdicts);
    W403_TRY(w403_shape_arenas_ready(&b->arenas, n, err));
    w403_status status = w403_parallel(g->job->options->select.threads, n, decide_one, b, err);
    for (size_t i = 0; i < n; i++) {
        status = status == W403_OK ? add_shape(g, &b->verdicts[i], b->shapes[i], err) : status;
        w403_replay_forget(&b->verdicts[i]);
    }
    return status;
}

w403_status w403_replay_group_all(w403_replay_job *job, w403_error *err)
{
    grouping           g = {.job = job, .a = job->replay->arena};
    size_t             n = 0;
    w403_shape *const *list = w403_shapes_list(job->replay->shapes, &n);
    batch             *b = W403_NEW(g.a, batch);
    W403_NEED(list && b, err);
    if (job->both_logs && !job->again) {
        W403_TRY(assume(&g, W403_LIT("no request is both in an access log and in CloudTrail: standard input is read once"), err));
    }
    w403_status status = W403_OK;
    for (size_t at = 0; at < n && status == W403_OK; at += W403_SHAPE_BATCH) {
        b->job = job;
        b->shapes = list + at;
        status = add_batch(&g, b, n - at < W403_SHAPE_BATCH ? n - at : W403_SHAPE_BATCH, err);
    }
    w403_shape_arenas_free(&b->arenas);
    return status == W403_OK ? finish(&g) : status;
}

#include "logs/replay.h"

#include <stdlib.h>

#include "explain/explain.h"
#include "logs/survey_state.h"
#include "snapshot/snapshot.h"

enum { SEEN_LIMIT = 4 << 20 };

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

typedef struct run {
    const w403_replay_options *options;
    w403_shape_rules           rules;
    w403_seen                 *seen;
    w403_replay               *replay;
} run;

typedef struct worker {
    run         *run;
    w403_shapes *shapes;
    uint64_t     duplicates;
    w403_error  *damage;
    size_t       n_damage;
    char         padding[64];
} worker;

const char *w403_replay_kind_name(w403_replay_kind k)
{
    static const char *const names[W403_REPLAY_KINDS] = {"breaks", "unsure", "mends", "unexplained"};
    return k < W403_REPLAY_KINDS ? names[k] : "";
}

/* ---- reading ---- */

static bool want(void *user, const w403_glance *g)
{
    (void)user;
    return g->doubt || g->form != W403_LOG_TRAIL || w403_view_starts(g->event_source, W403_LIT("s3"));
}

/* Was it let through, or refused for want of permission? What failed otherwise says nothing about policies. */
static bool tells(const w403_record *r)
{
    if (w403_record_denied(r)) {
        return true;
    }
    if (r->form == W403_LOG_TRAIL) {
        return r->error_code.n == 0 || w403_view_starts(r->error_code, W403_LIT("NoSuch"));
    }
    bool request = !w403_view_starts(r->operation, W403_LIT("S3.")); /* lifecycle and the like ask nobody */
    return request && ((r->status >= 200 && r->status < 400) || r->status == 404 || r->status == 412);
}

static bool selected(const w403_survey_options *o, const w403_record *r)
{
    bool when = (!o->since || r->time >= o->since) && (!o->until || r->time < o->until);
    bool who = !o->principal.n || w403_view_eq(o->principal, r->requester) ||
               w403_view_eq(o->principal, w403_role_of(r->requester)) ||
               w403_view_eq(o->principal, r->identity.issuer_arn);
    return when && who && (!o->bucket.n || w403_view_eq(o->bucket, r->bucket));
}

static w403_status record(void *user, const w403_record *r, w403_error *err)
{
    worker     *w = user;
    w403_shape *shape = NULL;
    if (!tells(r) || !selected(&w->run->options->select, r)) {
        return W403_OK;
    }
    if (w403_seen_before(w->run->seen, r)) {
        w->duplicates++;
        return W403_OK;
    }
    W403_TRY(w403_shapes_find(w->shapes, r, &shape, err));
    return shape ? w403_shape_add(shape, r, err) : W403_OK;
}

static void damage(void *user, const w403_error *what)
{
    worker *w = user;
    if (w->n_damage < W403_SURVEY_DAMAGE) {
        w->damage[w->n_damage++] = *what;
    }
}

static w403_status merge(w403_replay *r, worker *workers, unsigned n, w403_error *err)
{
    w403_error *list = W403_NEW_N(r->arena, w403_error, W403_SURVEY_DAMAGE);
    W403_NEED(list, err);
    r->shapes = workers[0].shapes;
    workers[0].shapes = NULL;
    for (unsigned i = 0; i < n; i++) {
        if (i > 0) {
            W403_TRY(w403_shapes_merge(r->shapes, workers[i].shapes, err));
        }
        r->duplicates += workers[i].duplicates;
        for (size_t k = 0; k < workers[i].n_damage && r->n_damage < W403_SURVEY_DAMAGE; k++) {
            list[r->n_damage++] = workers[i].damage[k];
        }
    }
    r->damage = list;
    r->spilled = w403_shapes_spilled(r->shapes);
    return W403_OK;
}

static w403_status read_all(run *all, const w403_paths *files, worker *workers, unsigned n, w403_error *err)
{
    w403_log_sink  sinks[W403_LOG_THREADS_MAX];
    w403_log_stats stats[W403_LOG_THREADS_MAX];
    memset(stats, 0, sizeof stats);
    memset(sinks, 0, sizeof sinks);
    for (unsigned i = 0; i < n; i++) {
        workers[i] = (worker){.run = all, .shapes = w403_shapes_new(&all->rules),
                              .damage = W403_NEW_N(all->replay->arena, w403_error, W403_SURVEY_DAMAGE)};
        W403_NEED(workers[i].shapes && workers[i].damage, err);
        sinks[i] = (w403_log_sink){.user = &workers[i], .want = want, .record = record, .damage = damage};
    }
    W403_TRY(w403_log_read_all(files, n, sinks, stats, all->options->select.watch, err));
    for (unsigned i = 0; i < n; i++) {
        w403_log_stats_add(&all->replay->stats, &stats[i]);
    }
    return merge(all->replay, workers, n, err);
}

/* ---- deciding ---- */

typedef struct both {
    w403_judgement   old;
    w403_decision    decision; /* the new one */
    w403_explanation explanation;
    bool             decided;
} both;

static w403_status decide_both(const run *all, w403_arena *a, const w403_case *c, both *out, w403_error *err)
{
    const w403_replay_options *o = all->options;
    w403_error                 why;
    W403_TRY(w403_case_judge(a, c, o->select.snapshot, o->select.policies, &out->old, err));
    if (!out->old.decided) {
        return W403_OK;
    }
    w403_status status = w403_decide(o->snapshot, o->policies, out->old.request, W403_DETAIL_CAUSES, a, &out->decision, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    out->decided = status == W403_OK;
    return out->decided ? w403_explain(out->old.request, &out->decision, a, &out->explanation, err) : W403_OK;
}

/* W403_REPLAY_KINDS: the change does nothing to it. */
static w403_replay_kind kind_of(const w403_case *c, const both *b)
{
    w403_verdict old = b->old.decision.verdict, new = b->decision.verdict;
    bool         denied = w403_record_denied(&c->record);
    if (denied ? old == W403_ALLOWED && new == W403_ALLOWED : old == W403_DENIED) {
        return W403_REPLAY_UNEXPLAINED;
    }
    if (denied) {
        return new == W403_ALLOWED ? W403_REPLAY_MENDS : W403_REPLAY_KINDS;
    }
    if (new == W403_DENIED) {
        return W403_REPLAY_BREAKS;
    }
    return old == W403_ALLOWED && new == W403_UNDETERMINED ? W403_REPLAY_UNSURE : W403_REPLAY_KINDS;
}

static w403_view resource_of(w403_arena *a, const w403_case *c, const w403_shape *s)
{
    w403_view common = {s->common, s->n_common};
    if (!s->common) {
        return w403_arena_printf(a, "arn:aws:s3:::%.*s", FMT(c->record.bucket));
    }
    while (!s->same_key && common.n && common.p[common.n - 1] != '/') {
        common.n--;
    }
    return w403_arena_printf(a, "arn:aws:s3:::%.*s/%.*s%s", FMT(c->record.bucket), FMT(common), s->same_key ? "" : "*");
}

static w403_view statement_of(w403_arena *a, const w403_cause *c)
{
    const w403_policy *p = c ? w403_match_policy(c->match) : NULL;
    if (!p || !c->match->deny) {
        return (w403_view){NULL, 0};
    }
    w403_view sid = c->match->statement->sid, source = p->name.n ? p->name : p->doc.source;
    return sid.n ? w403_arena_printf(a, "%.*s of %.*s", FMT(sid), FMT(source))
                 : w403_arena_printf(a, "statement %u of %.*s", c->match->statement->index + 1, FMT(source));
}

typedef struct grouping {
    run        *all;
    w403_arena *work;
    w403_map    by_key;
    W403_ARRAY(w403_replay_group) groups;
} grouping;

static w403_view principal_of(w403_arena *a, const w403_request *r)
{
    w403_view role = w403_role_of(r->principal);
    return w403_arena_copy(a, role);
}

static w403_status add_group(grouping *g, const w403_case *c, const both *b, const w403_shape *s,
                             w403_replay_kind kind, w403_error *err)
{
    w403_arena             *a = g->all->replay->arena;
    const w403_explanation *e = kind == W403_REPLAY_BREAKS ? &b->explanation : &b->old.explanation;
    const w403_cause       *cause = e->n_causes && kind != W403_REPLAY_UNSURE ? &e->causes[0] : NULL;
    const w403_operation   *op = w403_record_operation(&c->record, 0);
    w403_view action = cause && cause->action.n ? cause->action
                       : op && op->n_permissions ? w403_view_of(op->permissions[0].action)
                                                 : c->record.operation;
    w403_replay_group fresh = {.kind = kind, .cause = cause ? cause->id : NULL, .first = s->first, .last = s->last};
    fresh.statement = statement_of(a, cause);
    fresh.principal = principal_of(a, b->old.request);
    fresh.action = w403_arena_copy(a, action);
    fresh.operation = w403_arena_copy(a, c->record.operation);
    fresh.resource = resource_of(a, c, s);
    w403_view key = w403_arena_printf(a, "%d|%s|%.*s|%.*s|%.*s|%.*s", kind, fresh.cause ? fresh.cause : "",
                                      FMT(fresh.statement), FMT(fresh.principal), FMT(fresh.action), FMT(fresh.resource));
    W403_NEED(key.p && fresh.resource.p && fresh.principal.p, err);
    size_t *index = w403_map_get(&g->by_key, key);
    if (!index) {
        w403_replay_group *more = W403_PUSH(a, &g->groups);
        index = W403_NEW(a, size_t);
        W403_NEED(more && index, err);
        *more = fresh;
        *index = g->groups.n - 1;
        W403_NEED(w403_map_put(a, &g->by_key, key, index), err);
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

static w403_status one_shape(grouping *g, const w403_shape *s, w403_error *err)
{
    w403_case    c;
    both         b = {0};
    w403_error   why;
    w403_replay *r = g->all->replay;
    w403_view    raw = {s->raw, s->n_raw};
    w403_arena_reset(g->work);
    w403_status status = w403_case_read(g->work, s->form, w403_view_of(s->file), raw, g->all->options->select.snapshot,
                                        &c, &why);
    if (status == W403_OK) {
        W403_TRY(decide_both(g->all, g->work, &c, &b, err));
    } else if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (!b.decided) {
        r->undecided += s->count;
        return W403_OK;
    }
    r->requests += s->count;
    w403_replay_kind kind = kind_of(&c, &b);
    if (kind == W403_REPLAY_KINDS) {
        r->unchanged += s->count;
        return W403_OK;
    }
    r->of[kind] += s->count;
    return add_group(g, &c, &b, s, kind, err);
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
    return order ? order : w403_view_cmp(x->action, y->action);
}

static w403_status group_all(run *all, w403_arena *work, w403_error *err)
{
    grouping           g = {.all = all, .work = work};
    size_t             n = 0;
    w403_shape *const *list = w403_shapes_list(all->replay->shapes, &n);
    W403_NEED(list, err);
    for (size_t i = 0; i < n; i++) {
        W403_TRY(one_shape(&g, list[i], err));
    }
    if (g.groups.n) {
        qsort(g.groups.at, g.groups.n, sizeof *g.groups.at, by_kind);
    }
    all->replay->groups = g.groups.at;
    all->replay->n_groups = g.groups.n;
    return W403_OK;
}

static w403_status replay(run *all, const w403_paths *files, w403_error *err)
{
    const w403_replay_options *o = all->options;
    w403_arena                *a = all->replay->arena, *work = w403_arena_new(0);
    unsigned                   n = o->select.threads;
    worker                    *workers = W403_NEW_N(a, worker, n);
    w403_status                status = workers && work && all->seen ? W403_OK : w403_error_nomem(err);
    const w403_snapshot       *snapshots[] = {o->select.snapshot, o->snapshot};
    const w403_policies       *policies[] = {o->select.policies, o->policies};
    for (unsigned i = 0; i < 2 && status == W403_OK; i++) {
        all->rules.snapshot[i] = snapshots[i];
        all->rules.policies[i] = policies[i];
        status = w403_relevant_snapshot(a, &all->rules.relevant, snapshots[i], err);
        status = status == W403_OK ? w403_relevant_policies(a, &all->rules.relevant, policies[i], err) : status;
    }
    status = status == W403_OK ? read_all(all, files, workers, n, err) : status;
    for (unsigned i = 0; workers && i < n; i++) {
        w403_shapes_free(workers[i].shapes);
    }
    status = status == W403_OK ? group_all(all, work, err) : status;
    w403_arena_free(work);
    return status;
}

w403_status w403_replay_run(const w403_paths *files, const w403_replay_options *options, w403_replay *out,
                            w403_error *err)
{
    unsigned n = options->select.threads;
    *out = (w403_replay){.arena = w403_arena_new(0)};
    W403_NEED(out->arena, err);
    if (n < 1 || n > W403_LOG_THREADS_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "%u threads: give a number from 1 to %d", n, W403_LOG_THREADS_MAX);
    }
    run         all = {.options = options, .replay = out, .seen = w403_seen_new(SEEN_LIMIT)};
    all.rules.limit = options->select.limit;
    all.rules.prepared = w403_shape_prepared(n);
    w403_status status = replay(&all, files, err);
    w403_seen_free(all.seen);
    return status;
}

void w403_replay_close(w403_replay *r)
{
    w403_shapes_free(r->shapes);
    w403_arena_free(r->arena);
    *r = (w403_replay){0};
}

/* The records of a replay into kinds of requests, and the order of it all. */
#include "logs/replay.h"

#include "base/limits.h"
#include "logs/replay_state.h"

enum { SEEN_LIMIT = W403_LIMIT_LOG_IDS };

typedef struct worker {
    w403_replay_job *job;
    w403_shapes     *shapes;
    w403_left_out    left_out;
    uint64_t         duplicates, told_twice, lines, events;
    w403_error      *damage;
    size_t           n_damage;
    char             padding[64];
} worker;

const char *w403_replay_kind_name(w403_replay_kind k)
{
    static const char *const names[W403_REPLAY_KINDS] = {"breaks", "unsure", "mends", "may_mend", "unexplained"};
    return k < W403_REPLAY_KINDS ? names[k] : "";
}

/* ---- reading ---- */

static bool want(void *user, const w403_glance *g)
{
    (void)user;
    return g->doubt || g->form != W403_LOG_TRAIL || w403_view_starts(g->event_source, W403_LIT("s3")) ||
           w403_sessions_wants(g->event_source, g->operation);
}

/* An access log tells of it, and CloudTrail too, which says more. What one call deleted stands in the access log only. */
static bool told_twice(worker *w, const w403_record *r)
{
    w403_replay_job *job = w->job;
    if (r->form == W403_LOG_TRAIL) {
        w->events++;
        if (!job->again) {
            (void)w403_seen_text(job->trail, r->request_id);
        }
        return false;
    }
    w->lines++;
    return job->again && !w403_view_starts(r->operation, W403_LIT("BATCH.")) && w403_seen_knows(job->trail, r->request_id);
}

static w403_status record(void *user, const w403_record *r, w403_error *err)
{
    worker     *w = user;
    w403_shape *shape = NULL;
    bool        s3 = r->form != W403_LOG_TRAIL || w403_view_starts(r->event_source, W403_LIT("s3"));
    bool        session = !s3 && w403_sessions_wants(r->event_source, r->operation);
    if (s3 ? !w403_survey_selects(&w->job->options->select, r) : !session) {
        return W403_OK;
    }
    if (w403_seen_before(w->job->seen, r)) {
        w->duplicates += s3;
        return W403_OK;
    }
    if (session) { /* known already when all is read once more */
        return w->job->again ? W403_OK : w403_sessions_add(w->job->replay->sessions, r, err);
    }
    if (told_twice(w, r)) {
        w->told_twice++;
        return W403_OK;
    }
    w403_fate fate = w403_record_fate(r);
    if (fate != W403_FATE_WORKED && fate != W403_FATE_DENIED) {
        w403_left_out_add(&w->left_out, r, fate);
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

static w403_status merge(w403_replay_job *job, worker *workers, unsigned n, w403_error *err)
{
    w403_replay *r = job->replay;
    uint64_t     lines = 0, events = 0;
    w403_error *list = W403_NEW_N(r->arena, w403_error, W403_SURVEY_DAMAGE);
    W403_NEED(list, err);
    r->shapes = workers[0].shapes;
    workers[0].shapes = NULL;
    for (unsigned i = 0; i < n; i++) {
        if (i > 0) {
            W403_TRY(w403_shapes_merge(r->shapes, workers[i].shapes, err));
        }
        r->duplicates += workers[i].duplicates;
        r->told_twice += workers[i].told_twice;
        w403_left_out_merge(&r->left_out, &workers[i].left_out);
        lines += workers[i].lines;
        events += workers[i].events;
        for (size_t k = 0; k < workers[i].n_damage && r->n_damage < W403_SURVEY_DAMAGE; k++) {
            list[r->n_damage++] = workers[i].damage[k];
        }
    }
    w403_log_damage_sort(list, r->n_damage);
    r->damage = list;
    w403_left_out_sort(&r->left_out);
    r->spilled = w403_shapes_spilled(r->shapes);
    job->both_logs = lines && events;
    return W403_OK;
}

static w403_status read_all(w403_replay_job *job, const w403_paths *files, worker *workers, unsigned n, w403_error *err)
{
    w403_log_sink  sinks[W403_LOG_THREADS_MAX];
    w403_log_stats stats[W403_LOG_THREADS_MAX];
    memset(stats, 0, sizeof stats);
    memset(sinks, 0, sizeof sinks);
    for (unsigned i = 0; i < n; i++) {
        workers[i] = (worker){.job = job, .shapes = w403_shapes_new(&job->rules),
                              .damage = W403_NEW_N(job->replay->arena, w403_error, W403_SURVEY_DAMAGE)};
        W403_NEED(workers[i].shapes && workers[i].damage, err);
        sinks[i] = (w403_log_sink){.user = &workers[i], .want = want, .record = record, .damage = damage,
                                   .texts = job->options->select.texts};
    }
    W403_TRY(w403_log_read_all(files, n, sinks, stats, job->options->select.watch, err));
    for (unsigned i = 0; i < n; i++) {
        w403_log_stats_add(&job->replay->stats, &stats[i]);
    }
    return merge(job, workers, n, err);
}

/* ---- all of it ---- */

static w403_status make_rules(w403_replay_job *job, w403_sessions *known, w403_error *err)
{
    const w403_replay_options *o = job->options;
    const w403_snapshot       *snapshots[2] = {o->select.snapshot, o->snapshot};
    const w403_policies       *policies[2] = {o->select.policies, o->policies};
    w403_arena                *a = job->replay->arena;
    job->rules = (w403_shape_rules){.limit = o->select.limit, .kinds = w403_kinds_new(0)};
    for (unsigned side = 0; side < 2; side++) {
        job->rules.snapshot[side] = snapshots[side];
        job->rules.policies[side] = policies[side];
        W403_TRY(w403_relevant_snapshot(a, &job->rules.relevant, snapshots[side], err));
        W403_TRY(w403_relevant_policies(a, &job->rules.relevant, policies[side], err));
    }
    return known ? w403_sessions_rule(known, a, &job->rules, err) : W403_OK;
}

/* Reads all files once; `known`: the sessions of an earlier time. */
static w403_status once(w403_replay_job *job, const w403_paths *files, w403_sessions *known, w403_error *err)
{
    w403_replay   *r = job->replay;
    const unsigned n = job->options->select.threads;
    *r = (w403_replay){.arena = w403_arena_new(0), .sessions = known ? known : w403_sessions_new(W403_SESSION_LIMIT)};
    job->seen = w403_seen_new(SEEN_LIMIT);
    job->again = known != NULL;
    W403_NEED(r->arena && r->sessions && job->seen && job->trail, err);
    W403_TRY(make_rules(job, known, err));
    W403_NEED(job->rules.kinds, err);
    worker *workers = W403_NEW_N(r->arena, worker, n);
    W403_NEED(workers, err);
    w403_status status = read_all(job, files, workers, n, err);
    for (unsigned i = 0; i < n; i++) {
        w403_shapes_free(workers[i].shapes);
    }
    w403_kinds_free(job->rules.kinds);
    job->rules.kinds = NULL;
    w403_sessions_settle(r->sessions);
    return status;
}

static w403_status replay(w403_replay_job *job, const w403_paths *files, w403_error *err)
{
    w403_replay *r = job->replay;
    W403_TRY(once(job, files, NULL, err));
    if ((job->both_logs || w403_sessions_differ(r->sessions, &job->rules.relevant)) && w403_sessions_repeatable(files)) {
        const w403_log_first first = w403_log_first_time(&r->stats, r->damage, r->n_damage);
        w403_sessions *known = r->sessions;
        r->sessions = NULL;
        w403_replay_close(r);
        w403_seen_free(job->seen);
        W403_TRY(once(job, files, known, err));
        W403_TRY(w403_log_first_add(&first, r->arena, &r->stats, &r->damage, &r->n_damage, err));
    }
    return w403_replay_group_all(job, err);
}

w403_status w403_replay_run(const w403_paths *files, const w403_replay_options *options, w403_replay *out,
                            w403_error *err)
{
    const unsigned  n = options->select.threads;
    w403_replay_job job = {.options = options, .replay = out, .trail = w403_seen_new(SEEN_LIMIT)};
    *out = (w403_replay){0};
    if (n < 1 || n > W403_LOG_THREADS_MAX) {
        w403_seen_free(job.trail);
        return w403_error_set(err, W403_SEMANTIC, "%u threads: give a number from 1 to %d", n, W403_LOG_THREADS_MAX);
    }
    w403_status status = replay(&job, files, err);
    w403_kinds_free(job.rules.kinds);
    w403_seen_free(job.seen);
    w403_seen_free(job.trail);
    return status;
}

void w403_replay_close(w403_replay *r)
{
    w403_shapes_free(r->shapes);
    w403_sessions_free(r->sessions);
    w403_arena_free(r->arena);
    *r = (w403_replay){0};
}

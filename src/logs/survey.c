#include "logs/survey.h"

#include <stdio.h>

#include "base/limits.h"
#include "evidence/error_text.h"
#include "logs/access_log.h"
#include "logs/survey_state.h"

enum { SEEN_LIMIT = W403_LIMIT_LOG_IDS };

/* Shared by all threads. */
typedef struct run {
    const w403_survey_options *options;
    w403_shape_rules           rules;
    w403_links                *links;
    w403_survey               *survey;
} run;

/* Of one thread. */
typedef struct worker {
    run          *run;
    w403_shapes  *shapes;
    w403_worked  *worked;
    w403_instant  from, to;
    char          first_text[32], last_text[32]; /* CloudTrail's times, which compare as text */
    bool          data_events;
    bool          history, trail; /* events out of the event history, and others */
    uint64_t      denied, duplicates, elsewhere;
    uint64_t      odd[W403_MARKS];
    w403_error   *damage;
    size_t        n_damage;
    char          padding[64];
} worker;

/* ---- what is wanted ---- */

/* The span of all records: texts of one form compare as times do. */
static void note_time(worker *w, w403_view text)
{
    if (text.n != 20 || text.p[4] != '-') {
        return;
    }
    if (!w->first_text[0] || memcmp(text.p, w->first_text, 20) < 0) {
        memcpy(w->first_text, text.p, 20);
    }
    if (!w->last_text[0] || memcmp(text.p, w->last_text, 20) > 0) {
        memcpy(w->last_text, text.p, 20);
    }
}

static void note_instant(worker *w, w403_instant t)
{
    w->from = t && (!w->from || t < w->from) ? t : w->from;
    w->to = t > w->to ? t : w->to;
}

static bool maybe_change(w403_view source, w403_view name)
{
    if (w403_view_starts(source, W403_LIT("s3"))) { /* most events are of objects */
        bool write = w403_view_starts(name, W403_LIT("Put")) || w403_view_starts(name, W403_LIT("Delete"));
        if (!write || w403_view_eq(name, W403_LIT("PutObject")) || w403_view_eq(name, W403_LIT("DeleteObject"))) {
            return false;
        }
    }
    return w403_change_kind_of(source, name) != NULL || w403_sessions_wants(source, name);
}

static bool is_write(w403_view operation)
{
    return w403_view_starts(operation, W403_LIT("REST.PUT.")) || w403_view_starts(operation, W403_LIT("REST.DELETE."));
}

static bool is_s3(w403_view source)
{
    return w403_view_starts(source, W403_LIT("s3"));
}

/* OWNER BUCKET [TIME ZONE] IP REQUESTER ...: a line that was read, so the fields are there. */
static void note_success(worker *w, const w403_glance *g, w403_instant time)
{
    w403_view rest = g->raw;
    (void)w403_view_cut(&rest, ' ');
    w403_view bucket = w403_view_cut(&rest, ' ');
    size_t    end = w403_view_find_char(rest, ']');
    if (g->status < 200 || g->status > 299 || end == SIZE_MAX || end + 2 > rest.n) {
        return;
    }
    rest = w403_view_sub(rest, end + 2, rest.n);
    (void)w403_view_cut(&rest, ' ');
    w403_worked_add(w->worked, w403_worked_key(w403_view_cut(&rest, ' '), g->operation, bucket), time);
}

static bool want(void *user, const w403_glance *g)
{
    worker   *w = user;
    const int status = w->run->options->status;
    w403_view none = {NULL, 0};
    note_time(w, g->time_text);
    if (g->form == W403_LOG_ACCESS || g->form == W403_LOG_ACCESS_JSON) {
        w403_instant t;
        if (g->form == W403_LOG_ACCESS && w403_access_log_time(g->time_text, &t)) {
            note_instant(w, t);
            note_success(w, g, t);
        }
        return g->status == status || (is_write(g->operation) && w403_change_kind_of(none, g->operation) != NULL);
    }
    w->data_events |= w403_view_eq(g->event_category, W403_LIT("Data"));
    return g->doubt || g->form == W403_LOG_NONE || g->error_code.p || maybe_change(g->event_source, g->operation);
}

/* KMS calls count as S3's when S3 made them: the context names an S3 resource (formats 4.3). */
static bool concerns_s3(const w403_record *r)
{
    bool kms = w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com"));
    return r->form != W403_LOG_TRAIL || is_s3(r->event_source) || (kms && r->kms_context_arn.n) ||
           w403_view_eq(r->error_code, W403_LIT("VpceAccessDenied"));
}

static int status_of(const w403_record *r)
{
    if (r->status) {
        return r->status;
    }
    if (w403_record_denied(r)) {
        return 403;
    }
    const w403_code *code = w403_code_find(r->error_code);
    return code ? code->status : r->error_code.n ? 400 : 200;
}

/* ---- one record ---- */

static w403_status denial(worker *w, const w403_record *r, w403_error *err)
{
    w403_shape *shape = NULL;
    run        *all = w->run;
    if (!concerns_s3(r)) {
        w->elsewhere++;
        return W403_OK;
    }
    W403_TRY(w403_shapes_find(w->shapes, r, &shape, err));
    w403_links_add(all->links, r, shape ? shape->id : 0);
    w->denied++;
    return shape ? w403_shape_add(shape, r, err) : W403_OK;
}

/* A row may lack the category: what is done to an object is a data event. */
static bool is_data_event(const w403_record *r)
{
    const w403_operation *op = w403_record_operation(r, 0);
    return op && strcmp(op->resource_kind, "object") == 0;
}

static w403_status record(void *user, const w403_record *r, w403_error *err)
{
    worker                    *w = user;
    run                       *all = w->run;
    const w403_survey_options *o = all->options;
    note_instant(w, r->time);
    w->history |= r->history;
    w->trail |= r->form == W403_LOG_TRAIL && !r->history;
    w->data_events |= r->form == W403_LOG_TRAIL && !r->event_category.p && is_data_event(r);
    if (w403_seen_before(all->survey->seen, r)) {
        w->duplicates++;
        return W403_OK;
    }
    for (unsigned bit = 0; r->marks && bit < W403_MARKS; bit++) {
        w->odd[bit] += r->marks >> bit & 1;
    }
    if (!all->rules.sessions) {
        W403_TRY(w403_sessions_add(all->survey->sessions, r, err));
    }
    W403_TRY(w403_changes_add(all->survey->changes, r, err));
    return status_of(r) == o->status && w403_survey_selects(o, r) ? denial(w, r, err) : W403_OK;
}

static void damage(void *user, const w403_error *what)
{
    worker *w = user;
    if (w->n_damage < W403_SURVEY_DAMAGE) {
        w->damage[w->n_damage++] = *what;
    }
}

/* ---- the threads ---- */

static w403_status make_workers(run *all, worker *workers, unsigned n, w403_error *err)
{
    for (unsigned i = 0; i < n; i++) {
        workers[i].run = all;
        workers[i].shapes = w403_shapes_new(&all->rules);
        workers[i].worked = w403_worked_new();
        workers[i].damage = W403_NEW_N(all->survey->arena, w403_error, W403_SURVEY_DAMAGE);
        W403_NEED(workers[i].shapes && workers[i].worked && workers[i].damage, err);
    }
    return W403_OK;
}

static void take_times(worker *w)
{
    w403_instant t;
    if (w403_instant_parse(w403_view_of(w->first_text), &t)) {
        note_instant(w, t);
    }
    if (w403_instant_parse(w403_view_of(w->last_text), &t)) {
        note_instant(w, t);
    }
}

static w403_status merge(w403_survey *s, worker *workers, unsigned n, bool *data_events, w403_error *err)
{
    w403_error *list = W403_NEW_N(s->arena, w403_error, W403_SURVEY_DAMAGE);
    W403_NEED(list, err);
    s->shapes = workers[0].shapes;
    s->worked = workers[0].worked;
    workers[0].shapes = NULL;
    workers[0].worked = NULL;
    for (unsigned i = 0; i < n; i++) {
        worker *w = &workers[i];
        if (i > 0) {
            W403_TRY(w403_shapes_merge(s->shapes, w->shapes, err));
            w403_worked_merge(s->worked, w->worked);
        }
        take_times(w);
        s->from = w->from && (!s->from || w->from < s->from) ? w->from : s->from;
        s->to = w->to > s->to ? w->to : s->to;
        s->denied += w->denied;
        s->duplicates += w->duplicates;
        s->elsewhere += w->elsewhere;
        *data_events |= w->data_events;
        s->history |= w->history;
        s->trail |= w->trail;
        for (unsigned bit = 0; bit < W403_MARKS; bit++) {
            s->odd[bit] += w->odd[bit];
        }
        for (size_t k = 0; k < w->n_damage && s->n_damage < W403_SURVEY_DAMAGE; k++) {
            list[s->n_damage++] = w->damage[k];
        }
    }
    w403_log_damage_sort(list, s->n_damage);
    s->damage = list;
    s->spilled = w403_shapes_spilled(s->shapes);
    return W403_OK;
}

static w403_status read_all(run *all, const w403_paths *files, worker *workers, bool *data_events, w403_error *err)
{
    w403_log_sink  sinks[W403_LOG_THREADS_MAX];
    w403_log_stats stats[W403_LOG_THREADS_MAX];
    unsigned       n = all->options->threads;
    memset(stats, 0, sizeof stats);
    memset(sinks, 0, sizeof sinks);
    W403_TRY(make_workers(all, workers, n, err));
    for (unsigned i = 0; i < n; i++) {
        sinks[i] = (w403_log_sink){.user = &workers[i], .want = want, .record = record, .damage = damage,
                                   .texts = all->options->texts};
    }
    W403_TRY(w403_log_read_all(files, n, sinks, stats, all->options->watch, err));
    for (unsigned i = 0; i < n; i++) {
        w403_log_stats_add(&all->survey->stats, &stats[i]);
    }
    return merge(all->survey, workers, n, data_events, err);
}

/* Reads all files once; *known: the sessions of an earlier time. */
static w403_status once(run *all, const w403_paths *files, w403_sessions *known, bool *data_events, w403_error *err)
{
    w403_survey               *s = all->survey;
    const w403_survey_options *o = all->options;
    *s = (w403_survey){.arena = w403_arena_new(0), .sessions = known ? known : w403_sessions_new(W403_SESSION_LIMIT),
                       .changes = w403_changes_new(W403_CHANGE_LIMIT), .seen = w403_seen_new(SEEN_LIMIT)};
    all->links = w403_links_new(W403_LINK_LIMIT);
    all->rules = (w403_shape_rules){.snapshot = {o->snapshot, NULL}, .policies = {o->policies, NULL}, .limit = o->limit,
                                    .kinds = o->snapshot || o->policies ? w403_kinds_new(0) : NULL,
                                    .keys_apart = !w403_sessions_repeatable(files)};
    bool judged = all->rules.kinds || (!o->snapshot && !o->policies);
    W403_NEED(s->arena && s->sessions && s->changes && s->seen && all->links && judged, err);
    worker *workers = W403_NEW_N(s->arena, worker, o->threads);
    W403_NEED(workers, err);
    W403_TRY(w403_relevant_snapshot(s->arena, &all->rules.relevant, o->snapshot, err));
    W403_TRY(w403_relevant_policies(s->arena, &all->rules.relevant, o->policies, err));
    if (known) {
        W403_TRY(w403_sessions_rule(known, s->arena, &all->rules, err));
    }
    w403_status status = read_all(all, files, workers, data_events, err);
    for (unsigned i = 0; i < o->threads; i++) {
        w403_shapes_free(workers[i].shapes);
        w403_worked_free(workers[i].worked);
    }
    w403_kinds_free(all->rules.kinds);
    all->rules.kinds = NULL;
    w403_sessions_settle(s->sessions);
    return status;
}

static w403_status survey(run *all, const w403_paths *files, w403_error *err)
{
    w403_survey *s = all->survey;
    bool         data_events = false;
    W403_TRY(once(all, files, NULL, &data_events, err));
    if (w403_sessions_differ(s->sessions, &all->rules.relevant) && w403_sessions_repeatable(files)) {
        const w403_log_first first = w403_log_first_time(&s->stats, s->damage, s->n_damage);
        w403_sessions *known = s->sessions;
        s->sessions = NULL;
        w403_links_free(all->links);
        w403_survey_close(s);
        W403_TRY(once(all, files, known, &data_events, err));
        W403_TRY(w403_log_first_add(&first, s->arena, &s->stats, &s->damage, &s->n_damage, err));
    }
    W403_TRY(w403_changes_list(s->changes, s->seen, &s->change_list, &s->n_changes, err));
    W403_TRY(w403_survey_group(s, all->options, all->links, err));
    W403_TRY(w403_survey_began(s, all->options, err));
    W403_TRY(all->options->no_fixes ? W403_OK : w403_survey_fixes(s, all->options, err));
    return w403_survey_notes(s, all->options, data_events, err);
}

w403_status w403_survey_run(const w403_paths *files, const w403_survey_options *options, w403_survey *out,
                            w403_error *err)
{
    w403_survey_options o = *options;
    run                 all = {.options = &o, .survey = out};
    o.status = o.status ? o.status : 403;
    *out = (w403_survey){0};
    if (o.threads < 1 || o.threads > W403_LOG_THREADS_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "%u threads: give a number from 1 to %d", o.threads,
                              W403_LOG_THREADS_MAX);
    }
    w403_status status = survey(&all, files, err);
    w403_links_free(all.links);
    w403_kinds_free(all.rules.kinds);
    return status;
}

void w403_survey_close(w403_survey *s)
{
    w403_shapes_free(s->shapes);
    w403_worked_free(s->worked);
    w403_changes_free(s->changes);
    w403_sessions_free(s->sessions);
    w403_seen_free(s->seen);
    w403_arena_free(s->arena);
    *s = (w403_survey){0};
}

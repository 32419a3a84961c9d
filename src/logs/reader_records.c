/* One record from its text to the sink: asked for, parsed, completed, given. */
#include <stdio.h>

#include "evidence/envelope.h"
#include "logs/access_log.h"
#include "logs/access_log_json.h"
#include "logs/reader_state.h"
#include "logs/trail.h"

/* ---- damage ---- */

/* What a reader that was told to stop sees last is cut: that is no damage of the file's. */
static bool is_stopped(const w403_log_reader *r)
{
    const w403_window_meter *m = r->window.meter;
    return m && m->stop && *m->stop;
}

void w403_reader_report(w403_log_reader *r, w403_status code, uint64_t offset, uint64_t length, const char *what)
{
    w403_error e;

    if (is_stopped(r)) {
        return;
    }
    r->stats->reports++;
    if (!r->sink->damage) {
        return;
    }
    memset(&e, 0, sizeof e);
    e.code = code;
    e.offset = offset;
    e.length = length;
    snprintf(e.source, sizeof e.source, "%.*s", (int)(r->name.n > 500 ? 500 : r->name.n), r->name.p);
    snprintf(e.message, sizeof e.message, "%s", what);
    r->sink->damage(r->sink->user, &e);
}

void w403_reader_damage(void *user, uint64_t offset, uint64_t length, const char *what)
{
    w403_log_reader *r = user;

    if (is_stopped(r)) {
        return;
    }
    r->stats->damaged++;
    w403_reader_report(r, W403_SYNTAX, offset, length, what);
}

/* Kept until the file was read: a file of nothing but such objects is told as one. */
void w403_reader_foreign(w403_log_reader *r, uint64_t offset, w403_view what)
{
    if (r->n_foreign < W403_READER_FOREIGN) {
        w403_reader_foreign_at *at = &r->foreign[r->n_foreign];
        at->offset = offset;
        snprintf(at->what, sizeof at->what, "%.*s", (int)(what.n > 300 ? 300 : what.n), what.p);
    }
    r->n_foreign++;
}

/* ---- records ---- */

static bool is_wanted(const w403_log_reader *r, const w403_glance *g)
{
    return !r->sink->want || r->sink->want(r->sink->user, g);
}

static w403_status give(w403_log_reader *r, w403_record *record, uint64_t offset, w403_error *err)
{
    record->file = r->name;
    record->offset = offset;
    r->stats->wanted++;
    return r->sink->record(r->sink->user, record, err);
}

/* The glance of a record that was read in full already. */
static bool record_is_wanted(const w403_log_reader *r, const w403_record *record, uint64_t offset)
{
    const w403_glance g = {
        .form = record->form,
        .raw = record->raw,
        .offset = offset,
        .operation = record->operation,
        .event_source = record->event_source,
        .error_code = record->error_code,
        .time_text = record->time_text,
        .event_type = record->event_type,
        .event_category = record->event_category,
        .status = record->status,
    };
    return is_wanted(r, &g);
}

w403_status w403_reader_access(w403_log_reader *r, w403_record *record, uint64_t offset, w403_error *err)
{
    r->stats->lines++;
    if (!record_is_wanted(r, record, offset)) {
        return W403_OK;
    }
    W403_TRY(w403_access_log_complete(r->arena, record, err));
    return give(r, record, offset, err);
}

/* Insights describe unusual volumes, not requests. */
static bool is_insight(w403_view type, w403_view category)
{
    return w403_view_eq(type, W403_LIT("AwsCloudTrailInsight")) || w403_view_eq(category, W403_LIT("Insight"));
}

static w403_status give_trail(w403_log_reader *r, w403_record *record, uint64_t offset, w403_error *err)
{
    if (is_insight(record->event_type, record->event_category)) {
        r->stats->insights++;
        return W403_OK;
    }
    r->stats->events++;
    return record_is_wanted(r, record, offset) ? give(r, record, offset, err) : W403_OK;
}

/* ---- JSON items ---- */

/* ---- what an item carries ---- */

/* An item while it is opened. */
typedef struct item {
    w403_log_reader *r;
    uint64_t         offset;
} item;

static w403_status read_line(w403_log_reader *r, w403_view line, uint64_t offset, w403_error *err)
{
    w403_record record;
    w403_error  why;

    if (w403_access_log_parse(line, &record, &why) != W403_OK) {
        w403_reader_damage(r, offset, line.n, why.message);
        return W403_OK;
    }
    record.carried = true;
    return w403_reader_access(r, &record, offset, err);
}

static w403_status on_found(void *user, const w403_carried *c, w403_error *err)
{
    const item  *it = user;
    w403_record  record;
    w403_error   why;
    w403_status  status;

    memset(&why, 0, sizeof why);
    if (c->kind == W403_CARRIED_LINE) {
        return read_line(it->r, c->line, it->offset, err);
    }
    bool access = c->kind == W403_CARRIED_ACCESS;
    status = access ? w403_access_log_json_parse(&c->doc, c->object, &record, &why)
                    : w403_trail_record(&c->doc, c->object, &record, &why);
    if (status != W403_OK) {
        w403_reader_damage(it->r, it->offset, c->object->span.len, why.message);
        return W403_OK;
    }
    record.carried = !c->bare;
    record.history = c->history;
    return access ? w403_reader_access(it->r, &record, it->offset, err) : give_trail(it->r, &record, it->offset, err);
}

static void on_no_record(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what)
{
    const item *it = user;
    (void)doc;
    (void)at;
    w403_reader_foreign(it->r, it->offset, what);
}

static void on_damaged(void *user, const w403_json_doc *doc, const w403_json *at, const char *why)
{
    const item *it = user;
    (void)doc;
    w403_reader_damage(it->r, it->offset, at->span.len, why);
}

static bool is_line(w403_view line)
{
    w403_record record;
    return w403_access_log_parse(line, &record, NULL) == W403_OK;
}

/* Parses text that should be one JSON value. False in *fine when it is not, which was counted. */
static w403_status parse_item(w403_log_reader *r, w403_view text, uint64_t offset, w403_json_doc *doc, bool *fine,
                              w403_error *err)
{
    w403_error  why;
    w403_status status = w403_json_parse(r->arena, r->name, text, NULL, doc, NULL, &why);

    *fine = status == W403_OK;
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status != W403_OK) {
        w403_reader_damage(r, offset + why.offset, text.n, why.message);
    }
    return W403_OK;
}

w403_status w403_reader_open(w403_log_reader *r, const w403_json_doc *doc, uint64_t offset, w403_error *err)
{
    item               it = {.r = r, .offset = offset};
    const w403_carrier to = {.user = &it, .is_line = is_line, .found = on_found, .no_record = on_no_record,
                             .damaged = on_damaged};
    w403_opened        opened;

    W403_TRY(w403_envelope_open(r->arena, doc, doc->root, &to, &opened, err));
    r->stats->files_skipped += opened.digest;
    r->lists += opened.empty;
    return W403_OK;
}

/* What other services call their records' source, and a host name that became a link: no answer to whether it is wanted. */
static bool is_odd(const w403_glance *g)
{
    w403_view source = g->event_source;
    return !source.p || w403_envelope_is_link(source) || w403_view_starts(source, W403_LIT("aws:"));
}

w403_status w403_reader_item(void *user, const w403_glance *g, bool *broken, w403_error *err)
{
    w403_log_reader *r = user;
    w403_json_doc    doc;
    bool             fine;

    if (!g->doubt && !is_odd(g)) {
        if (is_insight(g->event_type, g->event_category)) {
            r->stats->insights++;
            return W403_OK;
        }
        if (!is_wanted(r, g)) {
            r->stats->events++;
            return W403_OK;
        }
    }
    w403_arena_reset(r->arena);
    W403_TRY(parse_item(r, g->raw, g->offset, &doc, &fine, err));
    *broken = !fine;
    return fine ? w403_reader_open(r, &doc, g->offset, err) : W403_OK;
}

/* One record from its text to the sink: asked for, parsed, completed, given. */
#include <stdio.h>

#include "logs/access_log.h"
#include "logs/access_log_json.h"
#include "logs/reader_state.h"
#include "logs/trail.h"

/* ---- damage ---- */

void w403_reader_report(const w403_log_reader *r, w403_status code, uint64_t offset, uint64_t length, const char *what)
{
    w403_error e;

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

    r->stats->damaged++;
    w403_reader_report(r, W403_SYNTAX, offset, length, what);
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

/* One JSON object that is, or holds, a record. */
static w403_status read_object(w403_log_reader *r, const w403_json_doc *doc, const w403_json *object,
                               uint64_t offset, w403_error *err)
{
    w403_record      record;
    w403_error       why;
    const w403_json *detail = w403_json_get(object, "detail"); /* EventBridge */
    bool             access = w403_access_log_json_is(object);

    memset(&why, 0, sizeof why);
    if (w403_json_get(detail, "eventName")) {
        object = detail;
    }
    if (!access && !w403_json_get(object, "eventName")) {
        bool digest = w403_json_get(object, "digestStartTime") != NULL;
        r->stats->files_skipped += digest;
        r->stats->foreign += !digest;
        return W403_OK;
    }
    w403_status status = access ? w403_access_log_json_parse(doc, object, &record, &why)
                                : w403_trail_record(doc, object, &record, &why);
    if (status != W403_OK) {
        w403_reader_damage(r, offset, object->span.len, why.message);
        return W403_OK;
    }
    return access ? w403_reader_access(r, &record, offset, err) : give_trail(r, &record, offset, err);
}

static w403_status read_line(w403_log_reader *r, w403_view line, uint64_t offset, w403_error *err)
{
    w403_record record;
    w403_error  why;

    if (w403_access_log_parse(line, &record, &why) != W403_OK) {
        w403_reader_damage(r, offset, line.n, why.message);
        return W403_OK;
    }
    return w403_reader_access(r, &record, offset, err);
}

/* Parses text that should be one JSON object. False in *fine when it is not, which was counted. */
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

/* The event is the text of a member: more JSON, or an access log line. */
static w403_status read_inner(w403_log_reader *r, const w403_json *item, const char *name, uint64_t offset,
                              w403_error *err)
{
    w403_view     text = w403_view_trim(w403_json_str(item, name));
    w403_json_doc doc;
    bool          fine;

    if (text.n == 0) {
        r->stats->foreign++;
        return W403_OK;
    }
    if (text.p[0] != '{') {
        return read_line(r, text, offset, err);
    }
    W403_TRY(parse_item(r, text, offset, &doc, &fine, err));
    return fine ? read_object(r, &doc, doc.root, offset, err) : W403_OK;
}

/* An item of lookup-events on its own (one a line) tells by its member. */
static const char *inner_of(const w403_glance *g, const w403_json *item)
{
    bool event = w403_json_is(w403_json_get(item, "CloudTrailEvent"), W403_JSON_STRING);
    return g->inner ? g->inner : event ? "CloudTrailEvent" : NULL;
}

w403_status w403_reader_item(void *user, const w403_glance *g, bool *broken, w403_error *err)
{
    w403_log_reader *r = user;
    w403_json_doc    doc;
    bool             fine;

    if (!g->doubt) {
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
    if (!fine) {
        return W403_OK;
    }
    const char *inner = inner_of(g, doc.root);
    return inner ? read_inner(r, doc.root, inner, g->offset, err) : read_object(r, &doc, doc.root, g->offset, err);
}

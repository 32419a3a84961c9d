#include "evidence/envelope_state.h"

#include "base/array.h"
#include "base/hash.h"
#include "evidence/row.h"

/* ---- what an object is ---- */

bool w403_envelope_is_link(w403_view source)
{
    return w403_view_find_char(source, '[') != SIZE_MAX || w403_view_find_char(source, '<') != SIZE_MAX;
}

/* `aws:s3`, `aws:kinesis`: what Lambda and notifications call the service that a record of theirs came from. */
static bool is_stream(w403_view source)
{
    return w403_view_starts(source, W403_LIT("aws:"));
}

/* Texts for objects, or names with dots: a row of a query that keeps AWS's spelling. */
static bool is_flat(const w403_json *object)
{
    static const char *const OBJECTS[] = {"userIdentity", "requestParameters", "additionalEventData", "resources"};
    for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++) {
        if (w403_json_is(w403_json_get(object, OBJECTS[i]), W403_JSON_STRING)) {
            return true;
        }
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        if (w403_view_find_char(m->key, '.') != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

bool w403_envelope_is_event(const w403_json *object)
{
    if (!w403_json_str(object, "eventName").p || is_flat(object)) {
        return false;
    }
    const w403_json *source = w403_json_get(object, "eventSource");
    if (source) {
        return source->type == W403_JSON_STRING ? !is_stream(source->text) : source->type == W403_JSON_NULL;
    }
    return w403_json_get(object, "eventVersion") || w403_json_str(object, "eventTime").p ||
           w403_json_is(w403_json_get(object, "userIdentity"), W403_JSON_OBJECT) ||
           w403_json_is(w403_json_get(object, "requestParameters"), W403_JSON_OBJECT);
}

bool w403_envelope_is_access(const w403_json *object)
{
    return w403_json_get(object, "bucket_name") && w403_json_get(object, "request_time") &&
           w403_json_get(object, "operation");
}

/* ---- what is found ---- */

static bool seen_here(w403_opener *o, w403_view text)
{
    uint64_t hash = w403_hash(text.p, text.n);
    for (unsigned i = 0; i < o->n_seen; i++) {
        if (o->seen[i] == hash) {
            return true;
        }
    }
    if (o->n_seen < W403_ENVELOPE_COPIES) {
        o->seen[o->n_seen++] = hash;
    }
    return false;
}

/* One event is often there twice, as `message` and as `event.original`. */
static w403_status give(w403_opener *o, w403_carried_kind kind, bool own_words, const w403_json_doc *doc,
                        const w403_json *object, w403_error *err)
{
    bool         bare = own_words && o->depth == 1;
    w403_carried c = {.kind = kind, .bare = bare, .history = o->history, .doc = *doc, .object = object};
    w403_view    text = w403_view_sub(doc->text, object->span.off, (size_t)object->span.off + object->span.len);
    o->out->found++;
    return !c.bare && seen_here(o, text) ? W403_OK : o->to->found(o->to->user, &c, err);
}

/* An event whose host names became links is read without them. */
static w403_status give_event(w403_opener *o, const w403_json_doc *doc, const w403_json *object, w403_error *err)
{
    w403_json_doc clean;
    w403_view     text = w403_view_sub(doc->text, object->span.off, (size_t)object->span.off + object->span.len);
    if (w403_envelope_is_link(w403_json_str(object, "eventSource"))) {
        W403_TRY(w403_envelope_unlink(o->arena, text, &text, err));
        W403_TRY(w403_json_parse(o->arena, doc->source, text, NULL, &clean, NULL, err));
        return give(o, W403_CARRIED_EVENT, false, &clean, clean.root, err);
    }
    return give(o, W403_CARRIED_EVENT, true, doc, object, err);
}

/* ---- objects ---- */

/* Members that hold the original beside what was taken from it. */
static const char *const CARRIERS[] = {"CloudTrailEvent", "_raw", "@message", "message", "original"};
enum { HISTORY = 0 }; /* of these: lookup-events */

static w403_status open_carriers(w403_opener *o, const w403_json_doc *doc, const w403_json *object, w403_error *err)
{
    const uint64_t before = o->out->found;
    for (size_t i = 0; i < sizeof CARRIERS / sizeof *CARRIERS && o->out->found == before; i++) {
        const w403_json *m = w403_json_get(object, CARRIERS[i]);
        if (m && m->type != W403_JSON_NULL) {
            o->history = i == HISTORY;
            w403_status status = w403_open_value(o, doc, m, err);
            o->history = false;
            W403_TRY(status);
        }
    }
    const w403_json *original = w403_json_path(object, "event", "original", NULL);
    return original && o->out->found == before ? w403_open_value(o, doc, original, err) : W403_OK;
}

static bool has_carrier(const w403_json *object)
{
    for (size_t i = 0; i < sizeof CARRIERS / sizeof *CARRIERS; i++) {
        if (w403_json_get(object, CARRIERS[i])) {
            return true;
        }
    }
    return w403_json_path(object, "event", "original", NULL) != NULL;
}

static w403_status open_row(w403_opener *o, const w403_row_form *form, const w403_json_doc *doc, const w403_json *object,
                            w403_error *err)
{
    w403_json_doc row;
    W403_TRY(w403_row_read(o->arena, form, doc->source, object, &row, err));
    return give(o, form->writes == W403_ROW_EVENT ? W403_CARRIED_EVENT : W403_CARRIED_ACCESS, false, &row, row.root,
                err);
}

static w403_status open_members(w403_opener *o, const w403_json_doc *doc, const w403_json *object, w403_error *err)
{
    bool done = false;
    W403_TRY(w403_open_table(o, doc, object, &done, err));
    for (const w403_json *m = object->first; m && !done; m = m->next) {
        W403_TRY(w403_open_value(o, doc, m, err));
    }
    return W403_OK;
}

w403_status w403_open_object(w403_opener *o, const w403_json_doc *doc, const w403_json *object, w403_error *err)
{
    const uint64_t before = o->out->found, damaged = o->out->damaged;
    if (w403_json_get(object, "digestStartTime")) {
        o->out->digest = true;
        return W403_OK;
    }
    bool carrier = has_carrier(object);
    if (!carrier && w403_envelope_is_event(object)) {
        return give_event(o, doc, object, err);
    }
    if (!carrier && w403_envelope_is_access(object)) {
        return give(o, W403_CARRIED_ACCESS, true, doc, object, err);
    }
    if (carrier) {
        W403_TRY(open_carriers(o, doc, object, err));
        if (o->out->found == before && w403_envelope_is_event(object)) {
            return give_event(o, doc, object, err);
        }
    }
    if (o->out->damaged != damaged) {
        return W403_OK; /* the original is there, and told as damaged */
    }
    bool stream = is_stream(w403_json_str(object, "eventSource"));
    if (o->out->found == before && !stream) {
        const w403_row_form *form;
        W403_TRY(w403_row_form_of(o->arena, object, &form, err));
        if (form && form->writes != W403_ROW_NOTHING) {
            return open_row(o, form, doc, object, err);
        }
    }
    if (stream && !o->stream.p) {
        o->stream = w403_json_str(object, "eventSource");
    }
    return o->out->found == before ? open_members(o, doc, object, err) : W403_OK;
}

/* ---- what holds nothing ---- */

/* ", `a`": the first names of an object. */
static w403_view names_of(w403_arena *a, const w403_json *object)
{
    w403_view text = {NULL, 0};
    size_t    n = 0;
    for (const w403_json *m = object->first; m && n < 3; m = m->next, n++) {
        w403_view name = w403_view_sub(m->key, 0, m->key.n < 40 ? m->key.n : 40);
        text = w403_arena_printf(a, "%.*s%s`%.*s`", W403_CUT(text), n ? ", " : "", W403_CUT(name));
    }
    return n < object->count ? w403_arena_printf(a, "%.*s and more", W403_CUT(text)) : text;
}

static w403_status say_what(w403_opener *o, const w403_json *v, w403_view *out, w403_error *err)
{
    w403_arena          *a = o->arena;
    const w403_row_form *form;
    w403_view            source = w403_json_str(v, "eventSource");
    source = v == o->root && o->stream.p ? o->stream : source; /* what is inside says more than what is around it */
    W403_TRY(w403_row_form_of(a, v, &form, err));
    if (is_stream(source)) {
        *out = w403_arena_printf(a, "a record of `%.*s`", W403_CUT(source));
    } else if (v->type != W403_JSON_OBJECT) {
        *out = w403_view_of(w403_json_type_name((w403_json_type)v->type));
    } else if (form) {
        *out = w403_arena_printf(a, "%s%s%s", form->about, form->advice[0] ? "; " : "", form->advice);
    } else {
        *out = v->first ? w403_arena_printf(a, "an object with %.*s", W403_CUT(names_of(a, v))) : W403_LIT("an empty object");
    }
    W403_NEED(out->p, err);
    return W403_OK;
}

static w403_status no_record(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_error *err)
{
    w403_view what;
    W403_TRY(say_what(o, v, &what, err));
    o->out->no_record++;
    o->to->no_record(o->to->user, doc, v, what);
    return W403_OK;
}

/* An answer of the right form without anything in it. */
static bool is_empty_list(const w403_json *v)
{
    static const char *const LISTS[] = {"Records", "Events", "events", "logEvents", "Messages", "results", "QueryResultRows",
                                        "hits", "records"};
    if (v->type == W403_JSON_ARRAY) {
        return v->count == 0;
    }
    for (size_t i = 0; v->type == W403_JSON_OBJECT && i < sizeof LISTS / sizeof *LISTS; i++) {
        const w403_json *list = w403_json_get(v, LISTS[i]);
        const w403_json *inner = w403_json_get(list, "hits");
        list = inner ? inner : list;
        if (w403_json_is(list, W403_JSON_ARRAY) && list->count == 0) {
            return true;
        }
    }
    return false;
}

/* ---- values ---- */

/* Where some elements hold records, those that hold none are told. */
static w403_status open_array(w403_opener *o, const w403_json_doc *doc, const w403_json *array, w403_error *err)
{
    const uint64_t before = o->out->found + o->out->digest;
    bool           done = false;
    W403_TRY(w403_open_pairs(o, doc, array, &done, err));
    if (done) {
        return W403_OK;
    }
    unsigned         n_seen = o->n_seen;
    W403_ARRAY(const w403_json *) missed = {0};
    for (const w403_json *e = array->first; e; e = e->next) {
        uint64_t so_far = o->out->found + o->out->digest + o->out->damaged;
        o->n_seen = n_seen;
        W403_TRY(w403_open_value(o, doc, e, err));
        if (o->out->found + o->out->digest + o->out->damaged == so_far && e->type == W403_JSON_OBJECT) {
            const w403_json **slot = W403_PUSH(o->arena, &missed);
            W403_NEED(slot, err);
            *slot = e;
        }
    }
    for (size_t i = 0; i < missed.n && o->out->found + o->out->digest > before; i++) {
        W403_TRY(no_record(o, doc, missed.at[i], err));
    }
    return W403_OK;
}

w403_status w403_open_value(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_error *err)
{
    w403_status status = W403_OK;
    if (o->depth >= W403_ENVELOPE_DEPTH) {
        return W403_OK;
    }
    o->depth++;
    switch ((w403_json_type)v->type) {
    case W403_JSON_STRING:
        status = w403_open_text(o, doc, v, v->text, err);
        break;
    case W403_JSON_ARRAY:
        status = open_array(o, doc, v, err);
        break;
    case W403_JSON_OBJECT:
        status = w403_open_object(o, doc, v, err);
        break;
    case W403_JSON_NULL:
    case W403_JSON_FALSE:
    case W403_JSON_TRUE:
    case W403_JSON_NUMBER:
        break;
    }
    o->depth--;
    return status;
}

w403_status w403_envelope_open(w403_arena *a, const w403_json_doc *doc, const w403_json *value, const w403_carrier *to,
                               w403_opened *out, w403_error *err)
{
    w403_opener *o = W403_NEW(a, w403_opener);
    W403_NEED(o, err);
    *o = (w403_opener){.arena = a, .to = to, .out = out, .root = value};
    *out = (w403_opened){0};
    W403_TRY(w403_open_value(o, doc, value, err));
    if (out->found == 0 && !out->digest && out->damaged == 0 && !out->empty) {
        out->empty = is_empty_list(value);
        if (!out->empty) {
            return no_record(o, doc, value, err);
        }
    }
    return W403_OK;
}

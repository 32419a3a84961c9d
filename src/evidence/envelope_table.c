/* Rows whose cells stand apart from their names: each becomes an object of its own. */
#include "evidence/envelope_state.h"

typedef struct row {
    w403_buf         buf;
    w403_json_writer w;
} row;

static void row_begin(row *r)
{
    *r = (row){0};
    w403_jw_init(&r->w, &r->buf, false);
    w403_jw_object(&r->w);
}

/* Parses and opens it; a name that is there twice is no row. */
static w403_status row_end(w403_opener *o, const w403_json_doc *doc, row *r, w403_error *err)
{
    w403_json_doc inner;
    w403_jw_end_object(&r->w);
    w403_view text = w403_buf_take(&r->buf, o->arena);
    W403_NEED(text.p, err);
    w403_status status = w403_json_parse(o->arena, doc->source, text, NULL, &inner, NULL, NULL);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    return status == W403_OK ? w403_open_object(o, &inner, inner.root, err) : W403_OK;
}

/* {"field": "@message", "value": "..."}: CloudWatch Logs Insights. */
static bool is_pair(const w403_json *v, w403_view *name, const w403_json **value)
{
    static const struct { const char *name, *value; } NAMES[] = {{"field", "value"}, {"Name", "Value"}, {"key", "value"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const w403_json *field = w403_json_get(v, NAMES[i].name);
        *value = w403_json_get(v, NAMES[i].value);
        if (w403_json_is(field, W403_JSON_STRING) && *value && v->count == 2) {
            *name = field->text;
            return true;
        }
    }
    return false;
}

static bool all_pairs(const w403_json *array)
{
    w403_view        name;
    const w403_json *value;
    for (const w403_json *e = array->first; e; e = e->next) {
        if (!is_pair(e, &name, &value)) {
            return false;
        }
    }
    return array->count > 0;
}

/* [{"eventTime": "..."}, {"eventName": "..."}]: CloudTrail Lake. One name twice: these are objects of one form. */
static bool all_single(const w403_json *array)
{
    for (const w403_json *e = array->first; e; e = e->next) {
        if (e->type != W403_JSON_OBJECT || e->count != 1 || e->first->type == W403_JSON_OBJECT ||
            (e->next && e->next->type == W403_JSON_OBJECT && e->next->first && w403_view_eq(e->first->key, e->next->first->key))) {
            return false;
        }
    }
    return array->count > 1;
}

w403_status w403_open_pairs(w403_opener *o, const w403_json_doc *doc, const w403_json *array, bool *done, w403_error *err)
{
    const uint64_t before = o->out->found + o->out->damaged;
    bool           pairs = all_pairs(array), single = !pairs && all_single(array);
    row            r;
    *done = false;
    if (!pairs && !single) {
        return W403_OK;
    }
    row_begin(&r);
    for (const w403_json *e = array->first; e; e = e->next) {
        w403_view        name = e->first->key;
        const w403_json *value = e->first;
        if (pairs) {
            (void)is_pair(e, &name, &value);
        }
        w403_jw_keyv(&r.w, name);
        w403_jw_value(&r.w, value);
    }
    W403_TRY(row_end(o, doc, &r, err));
    *done = o->out->found + o->out->damaged > before;
    return W403_OK;
}

/* ---- tables ---- */

/* Athena's cells are {"VarCharValue": "x"}, or {} for null; others write the value. */
static const w403_json *cell_of(const w403_json *v)
{
    const w403_json *text = w403_json_get(v, "VarCharValue");
    return text ? text : v;
}

static const w403_json *cells_of(const w403_json *v)
{
    const w403_json *data = w403_json_get(v, "Data");
    v = data ? data : v;
    return w403_json_is(v, W403_JSON_ARRAY) ? v : NULL;
}

/* "a", {"Name": "a"}, {"name": "a"}, {"VarCharValue": "a"} */
static w403_view name_of(const w403_json *v)
{
    static const char *const NAMES[] = {"Name", "name", "VarCharValue"};
    w403_view name = v->type == W403_JSON_STRING ? v->text : (w403_view){NULL, 0};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && !name.p; i++) {
        name = w403_json_str(v, NAMES[i]);
    }
    return name;
}

static const w403_json *first_of(const w403_json *object, const char *const *names, size_t n)
{
    const w403_json *v = NULL;
    for (size_t i = 0; i < n && !v; i++) {
        v = w403_json_get(object, names[i]);
    }
    return w403_json_is(v, W403_JSON_ARRAY) ? v : NULL;
}

static bool same_names(const w403_json *head, const w403_json *cells)
{
    const w403_json *a = head->first, *b = cells ? cells->first : NULL;
    for (; a && b && w403_view_eq(name_of(a), name_of(b)); a = a->next, b = b->next) {
    }
    return !a && !b;
}

w403_status w403_open_table(w403_opener *o, const w403_json_doc *doc, const w403_json *object, bool *done, w403_error *err)
{
    static const char *const ROWS[] = {"Rows", "rows", "data", "datarows", "values"};
    static const char *const HEADS[] = {"columns", "ColumnInfo", "schema"};
    const w403_json *rows = first_of(object, ROWS, sizeof ROWS / sizeof *ROWS);
    const w403_json *head = first_of(object, HEADS, sizeof HEADS / sizeof *HEADS);
    const w403_json *info = w403_json_path(object, "ResultSetMetadata", "ColumnInfo", NULL);
    *done = false;
    if (!rows || !rows->first || !cells_of(rows->first)) {
        return W403_OK;
    }
    head = w403_json_is(info, W403_JSON_ARRAY) ? info : head ? head : cells_of(rows->first);
    *done = true;
    o->out->empty = true; /* until a row is there */
    for (const w403_json *e = rows->first; e; e = e->next) {
        const w403_json *cells = cells_of(e), *name = head->first;
        row              r;
        if (cells == head || same_names(head, cells)) {
            continue;
        }
        o->out->empty = false;
        row_begin(&r);
        for (const w403_json *c = cells ? cells->first : NULL; c && name; c = c->next, name = name->next) {
            if (name_of(name).n) {
                w403_jw_keyv(&r.w, name_of(name));
                c->type == W403_JSON_OBJECT && c->count == 0 ? w403_jw_null(&r.w) : w403_jw_value(&r.w, cell_of(c));
            }
        }
        W403_TRY(row_end(o, doc, &r, err));
    }
    return W403_OK;
}

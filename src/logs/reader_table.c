/* Rows of CSV: each becomes an object of its cells, and is opened as any other (evidence/envelope.h). */
#include "logs/reader_table.h"

#include "evidence/row.h"
#include "logs/reader_state.h"

enum { CELLS = 256 };

typedef struct table {
    char        delimiter;
    size_t      n;
    w403_view   names[CELLS];
    w403_arena *arena; /* of the names */
} table;

/* ---- rows ---- */

/* The end of the row at the front of `v`, its line end included; SIZE_MAX: it is not there yet. */
static size_t row_end(w403_view v, bool last)
{
    bool quoted = false;
    for (size_t i = 0; i < v.n; i++) {
        quoted ^= v.p[i] == '"';
        if (v.p[i] == '\n' && !quoted) {
            return i + 1;
        }
    }
    return last && v.n ? v.n : SIZE_MAX;
}

/* The next cell: in quotes, which are doubled inside, or as it stands. False: none is left. *end: no cell follows it. */
static bool next_cell(w403_view *row, char delimiter, w403_view *cell, bool *end)
{
    size_t i = 0;
    if (*end) {
        return false;
    }
    if (row->n && row->p[0] == '"') {
        for (i = 1; i < row->n && (row->p[i] != '"' || (i + 1 < row->n && row->p[i + 1] == '"')); i++) {
            i += row->p[i] == '"';
        }
        *cell = w403_view_sub(*row, 1, i < row->n ? i : row->n);
        i = i < row->n ? i + 1 : i;
    } else {
        while (i < row->n && row->p[i] != delimiter) {
            i++;
        }
        *cell = w403_view_sub(*row, 0, i);
    }
    while (i < row->n && row->p[i] != delimiter) {
        i++; /* behind a closing quote */
    }
    *end = i >= row->n;
    *row = w403_view_sub(*row, i + !*end, row->n);
    return true;
}

static w403_view unquoted(w403_arena *a, w403_view cell)
{
    char  *p = memchr(cell.n ? cell.p : "", '"', cell.n) ? w403_arena_alloc(a, cell.n + 1) : NULL;
    size_t n = 0;
    for (size_t i = 0; p && i < cell.n; i++) {
        p[n++] = cell.p[i];
        i += cell.p[i] == '"' && i + 1 < cell.n && cell.p[i + 1] == '"';
    }
    return p ? (w403_view){p, n} : cell;
}

static w403_view without_end(w403_view row)
{
    while (row.n && (row.p[row.n - 1] == '\n' || row.p[row.n - 1] == '\r')) {
        row.n--;
    }
    return row;
}

/* ---- the head ---- */

static void read_names(table *t, w403_view row)
{
    bool end = false;
    w403_view cell;
    t->n = 0;
    row = without_end(row);
    while (t->n < CELLS && next_cell(&row, t->delimiter, &cell, &end)) {
        t->names[t->n++] = w403_view_trim(unquoted(t->arena, cell));
    }
}

/* A report of S3 Batch Operations has no names: Bucket, Key, VersionId, TaskStatus, and then the status and the code. */
static bool is_task(const table *t)
{
    static const char *const ENDS[] = {"succeeded", "failed"};
    bool ended = false;
    for (size_t i = 0; t->n == 7 && i < sizeof ENDS / sizeof *ENDS; i++) {
        ended |= w403_view_eq(t->names[3], w403_view_of(ENDS[i]));
    }
    return ended;
}

static void name_tasks(table *t)
{
    static const char *const NAMES[] = {"Bucket", "Key", "VersionId", "TaskStatus", "HTTPStatusCode", "ErrorCode", "ResultMessage"};
    for (size_t i = 0; i < 7; i++) {
        t->names[i] = w403_view_of(NAMES[i]);
    }
}

static w403_status row_object(w403_arena *a, const table *t, w403_view source, w403_view row, w403_json_doc *out,
                              w403_error *err)
{
    w403_buf         buf = {0};
    w403_json_writer w;
    bool             end = false;
    w403_view        cell;
    row = without_end(row);
    w403_jw_init(&w, &buf, false);
    w403_jw_object(&w);
    for (size_t i = 0; i < t->n && next_cell(&row, t->delimiter, &cell, &end); i++) {
        if (t->names[i].n) {
            w403_jw_keyv(&w, t->names[i]);
            w403_jw_str(&w, unquoted(a, cell));
        }
    }
    w403_jw_end_object(&w);
    w403_view text = w403_buf_take(&buf, a);
    W403_NEED(text.p, err);
    return w403_json_parse(a, source, text, NULL, out, NULL, err);
}

static bool has_carrier(const table *t)
{
    static const char *const NAMES[] = {"_raw", "@message", "message", "CloudTrailEvent", "event.original", "log", "raw"};
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++) {
            if (w403_view_eq(t->names[i], w403_view_of(NAMES[k]))) {
                return true;
            }
        }
    }
    return false;
}

/* The form of the row behind the names, of the names alone where none follows; NULL where the row is none. */
static w403_status form_of(w403_arena *a, const table *t, w403_view row, const w403_row_form **out, w403_error *err)
{
    w403_json_doc doc;
    w403_status   status = row_object(a, t, W403_LIT(""), row, &doc, NULL);
    *out = NULL;
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    return status == W403_OK ? w403_row_form_of(a, doc.root, out, err) : W403_OK;
}

/* Reads the names of the table that begins with `head`. *is: it tells of requests, or of what is known. */
static w403_status read_head(w403_arena *a, w403_view head, table *t, const w403_row_form **form, bool *is, w403_error *err)
{
    static const char DELIMITERS[] = {',', '\t', ';', '|'};
    size_t end = row_end(head, true);
    *is = false;
    if (end == SIZE_MAX || end > W403_LIMIT_LOG_LINE) {
        return W403_OK;
    }
    w403_view first = w403_view_sub(head, 0, end), next = w403_view_sub(head, end, head.n);
    size_t    n = row_end(next, true);
    next.n = n == SIZE_MAX ? 0 : n;
    for (size_t i = 0; i < sizeof DELIMITERS && !*is; i++) {
        *t = (table){.delimiter = DELIMITERS[i], .arena = a};
        read_names(t, first);
        bool carrier = has_carrier(t);
        if (t->n < 2 && !carrier) {
            continue;
        }
        if (is_task(t)) {
            name_tasks(t);
        }
        W403_TRY(form_of(a, t, next.n ? next : first, form, err));
        *is = *form || carrier;
    }
    return W403_OK;
}

w403_status w403_reader_is_table(w403_view head, bool *out, w403_error *err)
{
    const char *first = head.n ? memchr(head.p, '\n', head.n) : NULL;
    w403_view   line = w403_view_sub(head, 0, first ? (size_t)(first - head.p) : head.n);
    *out = false;
    if (line.n == 0 || line.p[0] == '{' || line.p[0] == '[' ||
        (w403_view_find_char(line, '[') != SIZE_MAX && w403_view_find_char(line, ']') != SIZE_MAX)) {
        return W403_OK; /* JSON and most lines of logs end here */
    }
    w403_arena          *a = w403_arena_new(0);
    table               *t = a ? W403_NEW(a, table) : NULL;
    const w403_row_form *form = NULL;
    w403_status          status = t ? read_head(a, head, t, &form, out, err) : w403_error_nomem(err);
    w403_arena_free(a);
    return status;
}

/* ---- all rows ---- */

static w403_status read_row(w403_log_reader *r, const table *t, w403_view row, uint64_t offset, w403_error *err)
{
    w403_json_doc doc;
    w403_error    why;
    if (w403_view_trim(row).n == 0) {
        return W403_OK;
    }
    w403_arena_reset(r->arena);
    w403_status status = row_object(r->arena, t, r->name, row, &doc, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status != W403_OK) {
        w403_reader_damage(r, offset, row.n, why.message);
        return W403_OK;
    }
    return w403_reader_open(r, &doc, offset, err);
}

static w403_status read_rows(w403_log_reader *r, const table *t, w403_error *err)
{
    w403_window *w = &r->window;
    for (;;) {
        w403_view held = w403_window_held(w);
        size_t    n = row_end(held, w->eof);
        if (n != SIZE_MAX) {
            W403_TRY(read_row(r, t, w403_view_sub(held, 0, n), w403_window_offset(w), err));
            w->begin += n;
        } else if (w->eof) {
            return W403_OK;
        } else if (held.n > W403_LIMIT_LOG_EVENT) {
            w403_reader_damage(r, w403_window_offset(w), held.n, "a row larger than any event, or a quote without its end: skipped");
            const char *line = memchr(held.p, '\n', held.n);
            w->begin += line ? (size_t)(line - held.p) + 1 : held.n;
        } else {
            W403_TRY(w403_window_fill(w, W403_LIMIT_LOG_EVENT + 1, err));
        }
    }
}

/* A table that is no log of requests: read to its end, so that a damaged stream is told as such. */
static w403_status skip_table(w403_log_reader *r, w403_arena *a, const w403_row_form *form, w403_error *err)
{
    w403_window *w = &r->window;
    w403_view what = w403_arena_printf(a, "%s%s%s", form->about, form->advice[0] ? "; " : "", form->advice);
    W403_NEED(what.p, err);
    w403_reader_foreign(r, 0, what);
    w->begin = w->end;
    while (!w->eof) {
        W403_TRY(w403_window_fill(w, W403_LIMIT_LOG_EVENT, err));
        w->begin = w->end;
    }
    return W403_OK;
}

static w403_status read_table(w403_log_reader *r, w403_arena *names, w403_error *err)
{
    table               *t = W403_NEW(names, table);
    w403_view            held = w403_arena_copy(names, w403_window_held(&r->window)); /* the names outlive the window's bytes */
    const w403_row_form *form = NULL;
    bool                 is;
    W403_NEED(t && held.p, err);
    W403_TRY(read_head(names, held, t, &form, &is, err));
    if (form && form->writes == W403_ROW_NOTHING && !has_carrier(t)) {
        return skip_table(r, names, form, err);
    }
    r->lists++;
    r->window.begin += row_end(held, true);
    return read_rows(r, t, err);
}

w403_status w403_reader_table(w403_log_reader *r, w403_error *err)
{
    w403_arena *names = w403_arena_new(0);
    w403_status status = names ? read_table(r, names, err) : w403_error_nomem(err);
    w403_arena_free(names);
    return status;
}

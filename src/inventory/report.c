/* Rows over csv_index: a window of the text is indexed as a whole, then handed out row by row; what is left of an
 * unfinished row begins the next window. */
#include "inventory/report.h"

#include <stdio.h>

#include "base/stream.h"
#include "inventory/csv_index.h"

enum { READ_BYTES = 128 * 1024, BLOCK = 64 };

struct w403_report {
    w403_view name;
    char *own_name;      /* of an opened file; w403_report_of borrows its name */
    w403_stream *stream; /* NULL: text in memory */
    char *buf;           /* of a stream; also room for unescaped fields */
    char *scratch;
    size_t scratch_n;
    size_t max_row, window;
    w403_report_options opt;

    const char *base; /* the text at hand: base[0..n) */
    size_t n;
    uint64_t base_off;  /* of base[0] in the whole text */
    size_t at;          /* start of the next row */
    bool last;          /* nothing comes behind base[n] */
    bool skipping;      /* in the rest of a line that was given up */
    w403_status failed; /* of the stream, given at the end */
    w403_error failure;

    w403_csv_index ix; /* of base[origin..) */
    size_t origin;
    size_t next_end, first_sep;

    size_t n_columns, n_wanted;
    uint16_t wanted[W403_REPORT_COLUMNS];
    bool chosen;
    w403_view fields[W403_REPORT_COLUMNS];
    w403_report_row row;
    uint64_t rows, malformed;
};

/* ---- malformed rows ---- */

static void malformed(w403_report *r, size_t length, const char *what)
{
    r->row.number++;
    r->malformed++;
    if (!r->opt.problem) {
        return;
    }
    w403_error e = {.code = W403_SYNTAX};
    uint64_t off = r->base_off + r->at;
    w403_error_set(&e, W403_SYNTAX, "%s", what);
    snprintf(e.source, sizeof e.source, "%.*s", (int)(r->name.n < 500 ? r->name.n : 500), r->name.p ? r->name.p : "");
    e.line = r->row.number < UINT32_MAX ? (uint32_t)r->row.number : UINT32_MAX;
    e.column = 1;
    e.offset = off;
    e.length = length;
    r->opt.problem(r->opt.user, false, &e);
}

static size_t line_end(const w403_report *r, size_t from)
{
    const char *nl = r->n > from ? memchr(r->base + from, '\n', r->n - from) : NULL;
    return nl ? (size_t)(nl - r->base) : SIZE_MAX;
}

/* Gives up the row at hand: goes on behind the first newline after its start, whether that is quoted or not, so
 * that one lost quote costs one line and not the rest of the file. */
static void give_up_line(w403_report *r, const char *what)
{
    size_t end = line_end(r, r->at);
    malformed(r, (end == SIZE_MAX ? r->n : end) - r->at, what);
    r->skipping = end == SIZE_MAX;
    r->at = r->skipping ? r->n : end + 1;
}

/* ---- the window ---- */

static void index_rest(w403_report *r)
{
    w403_view text = {r->base + r->at, r->n - r->at};
    bool last = r->last;
    if (text.n > r->window) { /* memory: as much as a stream's window would hold */
        text.n = r->window;
        last = false;
    }
    r->origin = r->at;
    r->next_end = r->first_sep = 0;
    w403_csv_index_run(&r->ix, text, last);
    bool cut = r->failed != W403_OK && r->ix.n_ends > 0 &&
               r->ix.seps[r->ix.ends[r->ix.n_ends - 1]] == text.n; /* ended by the damage, not by a newline */
    if (last && cut) {
        r->ix.n_ends--;
    }
}

/* Moves the unfinished row to the front and fills the window behind it. */
static void refill(w403_report *r)
{
    memmove(r->buf, r->buf + r->at, r->n - r->at);
    r->base_off += r->at;
    r->n -= r->at;
    r->at = 0;
    while (r->n < r->window && !r->last) {
        size_t got = 0, room = r->window - r->n;
        r->failed = w403_stream_read(r->stream, r->buf + r->n, room, &got, &r->failure);
        r->n += got;
        r->last = r->failed != W403_OK || got == 0;
    }
}

/* Everything indexed was given: finds out why there is no next row, and indexes on. *end: there is none. */
static void advance(w403_report *r, bool *end)
{
    size_t seen = r->ix.done + r->origin; /* looked at up to here */
    bool whole = r->last && seen >= r->n;
    *end = false;
    if (r->at < seen && seen - r->at > r->max_row + 1) {
        give_up_line(r, "longer than a row may be");
    } else if (r->ix.fault != W403_CSV_FINE) {
        bool newline = line_end(r, r->at) < seen;
        give_up_line(r, newline                               ? "a quoted field is not closed"
                        : r->ix.fault == W403_CSV_STRAY_QUOTE ? "a quote inside a field that does not begin with one"
                                                              : "text behind the closing quote of a field");
    } else if (whole && r->at < r->n) {
        give_up_line(r, r->failed != W403_OK ? "cut off where the file is damaged" : "a quoted field is not closed");
    } else if (whole) {
        *end = true;
        return;
    } else if (r->stream && !r->last) {
        refill(r);
    }
    if (r->skipping) {
        size_t nl = line_end(r, r->at);
        r->skipping = nl == SIZE_MAX;
        r->at = r->skipping ? r->n : nl + 1;
    }
    index_rest(r);
}

/* ---- rows ---- */

/* Doubled quotes made single, in the scratch; the fields of a row together are no longer than the row. */
static w403_view unescape(w403_report *r, w403_view v)
{
    char *to = r->scratch + r->scratch_n;
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        to[n++] = v.p[i];
        i += v.p[i] == '"';
    }
    r->scratch_n += n;
    return (w403_view){to, n};
}

static inline w403_view field(w403_report *r, const uint32_t *seps, size_t n, size_t column, size_t start)
{
    size_t from = column ? r->origin + seps[column - 1] + 1 : start;
    w403_view v = {r->base + from, r->origin + seps[column] - from};
    if (column + 1 == n && v.n && v.p[v.n - 1] == '\r') {
        v.n--;
    }
    if (v.n >= 2 && v.p[0] == '"') {
        v = (w403_view){v.p + 1, v.n - 2};
        if (r->ix.escaped && memchr(v.p, '"', v.n)) {
            v = unescape(r, v);
        }
    }
    return v;
}

static void fill_row(w403_report *r, const uint32_t *seps, size_t n, size_t start)
{
    r->scratch_n = 0;
    r->row.at = r->fields;
    r->row.n = r->chosen ? r->n_wanted : n;
    for (size_t i = 0; i < r->row.n; i++) {
        size_t column = r->chosen ? r->wanted[i] : i;
        r->fields[i] = column < n ? field(r, seps, n, column, start) : (w403_view){NULL, 0};
    }
}

static bool columns_fit(w403_report *r, size_t n, size_t length)
{
    if (r->n_columns ? n == r->n_columns : n <= W403_REPORT_COLUMNS) {
        return true;
    }
    char what[96];
    snprintf(what, sizeof what, "%zu column%s where %s%zu are expected", n, n == 1 ? "" : "s",
             r->n_columns ? "" : "at most ", r->n_columns ? r->n_columns : (size_t)W403_REPORT_COLUMNS);
    malformed(r, length, what);
    return false;
}

w403_status w403_report_next(w403_report *r, const w403_report_row **row, w403_error *err)
{
    *row = NULL;
    for (;;) {
        while (r->next_end < r->ix.n_ends) {
            size_t last = r->ix.ends[r->next_end++];
            const uint32_t *seps = r->ix.seps + r->first_sep;
            size_t n = last - r->first_sep + 1, start = r->at;
            size_t stop = r->origin + r->ix.seps[last];
            if (stop - start > r->max_row) {
                give_up_line(r, "longer than a row may be");
                index_rest(r);
                continue;
            }
            r->first_sep = last + 1;
            bool good = columns_fit(r, n, stop - start);
            r->at = stop < r->n ? stop + 1 : stop;
            if (good) {
                r->rows++;
                r->row.number++;
                r->row.offset = r->base_off + start;
                fill_row(r, seps, n, start);
                *row = &r->row;
                return W403_OK;
            }
        }
        bool end = false;
        advance(r, &end);
        if (end) {
            if (r->failed != W403_OK && err) {
                *err = r->failure;
            }
            return r->failed;
        }
    }
}

w403_status w403_report_select(w403_report *r, size_t n_columns, const uint16_t *wanted, size_t n_wanted,
                               w403_error *err)
{
    if (n_columns > W403_REPORT_COLUMNS || n_wanted > W403_REPORT_COLUMNS) {
        return w403_error_set(err, W403_SEMANTIC, "a report has at most %d columns", W403_REPORT_COLUMNS);
    }
    for (size_t i = 0; i < n_wanted; i++) {
        if (wanted[i] >= (n_columns ? n_columns : (size_t)W403_REPORT_COLUMNS)) {
            return w403_error_set(err, W403_SEMANTIC, "column %u of a report with %zu columns", wanted[i] + 1u,
                                  n_columns);
        }
        r->wanted[i] = wanted[i];
    }
    r->n_columns = n_columns;
    r->n_wanted = n_wanted;
    r->chosen = wanted != NULL;
    return W403_OK;
}

/* ---- opening and closing ---- */

/* NULL: memory is short. */
static w403_report *report_new(const w403_report_options *opt, bool buffered)
{
    w403_report *r = w403_malloc(sizeof *r);
    if (!r) {
        return NULL;
    }
    memset(r, 0, sizeof *r);
    r->opt = opt ? *opt : (w403_report_options){0};
    r->max_row = r->opt.max_row ? r->opt.max_row : W403_REPORT_ROW_BYTES;
    size_t least = r->max_row + 2 * BLOCK; /* a row, its newline, and the block that is not whole */
    r->window = r->opt.window ? r->opt.window : r->max_row + READ_BYTES;
    r->window = r->window < least ? least : r->window;
    r->scratch = w403_malloc(r->max_row);
    r->buf = buffered ? w403_malloc(r->window) : NULL;
    if (!r->scratch || (buffered && !r->buf) || !w403_csv_index_init(&r->ix, r->window)) {
        w403_report_close(r);
        return NULL;
    }
    return r;
}

w403_status w403_report_open(const char *path, const w403_report_options *opt, w403_report **out, w403_error *err)
{
    *out = NULL;
    w403_report *r = report_new(opt, true);
    W403_NEED(r, err);
    size_t n = strlen(path);
    r->own_name = w403_malloc(n + 1);
    if (!r->own_name) {
        w403_report_close(r);
        return w403_error_nomem(err);
    }
    memcpy(r->own_name, path, n + 1);
    r->name = (w403_view){r->own_name, n};
    r->base = r->buf;
    w403_status st = w403_text_set_open(opt ? opt->texts : NULL, path, &r->stream, err);
    if (st != W403_OK) {
        w403_report_close(r);
        return st;
    }
    *out = r;
    return W403_OK;
}

w403_status w403_report_of(w403_view name, w403_view text, const w403_report_options *opt, w403_report **out,
                           w403_error *err)
{
    *out = NULL;
    w403_report *r = report_new(opt, false);
    W403_NEED(r, err);
    r->name = name;
    r->base = text.p;
    r->n = text.n;
    r->last = true;
    *out = r;
    return W403_OK;
}

w403_report_stats w403_report_progress(const w403_report *r)
{
    w403_report_stats s = {r->rows, r->malformed, r->base_off + r->at, 0, 0};
    s.consumed = r->stream ? w403_stream_consumed(r->stream) : s.bytes;
    s.size = r->stream ? w403_stream_size(r->stream) : r->n;
    return s;
}

void w403_report_close(w403_report *r)
{
    if (!r) {
        return;
    }
    w403_stream_close(r->stream);
    w403_csv_index_clear(&r->ix);
    w403_free(r->own_name);
    w403_free(r->scratch);
    w403_free(r->buf);
    w403_free(r);
}

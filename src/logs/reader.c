#include "logs/reader.h"

#include <stdio.h>

#include "logs/access_log.h"
#include "logs/reader_state.h"
#include "logs/reader_table.h"

/* Of a file; a log shows itself sooner. */
#define SNIFF_BYTES ((size_t)64 << 10)
/* The longest line with its end. */
#define LINE_ROOM (W403_LIMIT_LOG_LINE + 2)

w403_log_reader *w403_log_reader_new(const w403_log_helpers *helpers, const w403_window_meter *meter)
{
    w403_log_reader *r = w403_malloc(sizeof *r);

    if (r) {
        *r = (w403_log_reader){.arena = w403_arena_new(0), .helpers = helpers, .window = {.meter = meter}};
        if (!r->arena) {
            w403_free(r);
            r = NULL;
        }
    }
    return r;
}

void w403_log_reader_free(w403_log_reader *r)
{
    if (r) {
        w403_window_free(&r->window);
        w403_arena_free(r->arena);
        w403_free(r);
    }
}

void w403_log_stats_add(w403_log_stats *sum, const w403_log_stats *more)
{
    sum->files += more->files;
    sum->files_foreign += more->files_foreign;
    sum->files_skipped += more->files_skipped;
    sum->files_damaged += more->files_damaged;
    sum->bytes += more->bytes;
    sum->lines += more->lines;
    sum->events += more->events;
    sum->insights += more->insights;
    sum->foreign += more->foreign;
    sum->strange += more->strange;
    sum->wanted += more->wanted;
    sum->damaged += more->damaged;
    sum->reports += more->reports;
}

/* ---- lines ---- */

/* A line that is no access log line may hold JSON behind a prefix. True: it does, and the window begins there. */
static bool find_json(w403_log_reader *r, w403_view line)
{
    size_t at = w403_trail_find_start(line);
    if (at == SIZE_MAX) {
        return false;
    }
    r->window.begin += at;
    return true;
}

/* The longest line that is held without its end: skips to the end of it. */
static w403_status skip_line(w403_log_reader *r, w403_error *err)
{
    w403_window *w = &r->window;
    uint64_t     offset = w403_window_offset(w);

    for (;;) {
        w403_view held = w403_window_held(w);
        size_t    end = w403_view_find_char(held, '\n');
        if (end != SIZE_MAX || w->eof) {
            w->begin += end != SIZE_MAX ? end + 1 : held.n;
            break;
        }
        w->begin = w->end;
        W403_TRY(w403_window_fill(w, LINE_ROOM, err));
    }
    w403_reader_damage(r, offset, w403_window_offset(w) - offset, "longer than any access log line: skipped");
    return W403_OK;
}

/* One line, its end included. *json: it holds JSON, and the window begins there. */
static w403_status take_line(w403_log_reader *r, w403_view whole, bool *json, w403_error *err)
{
    w403_view   line = w403_view_trim(whole);
    uint64_t    offset = w403_window_offset(&r->window) + (uint64_t)(line.n ? line.p - whole.p : 0);

    if (line.n > W403_LIMIT_LOG_LINE) {
        return skip_line(r, err);
    }
    w403_arena_reset(r->arena);
    if (line.n > 0 && w403_access_log_parse(line, &r->record, &r->why) == W403_OK) {
        W403_TRY(w403_reader_access(r, &r->record, offset, err));
    } else if (line.n > 0) {
        *json = find_json(r, whole);
        if (*json) {
            return W403_OK;
        }
        w403_reader_damage(r, offset + r->why.offset, line.n, r->why.message);
    }
    r->window.begin += whole.n;
    return W403_OK;
}

/* Reads lines until the input ends or JSON begins (*json); the window begins there. */
static w403_status read_lines(w403_log_reader *r, bool *json, w403_error *err)
{
    w403_window *w = &r->window;

    for (*json = false; !*json;) {
        w403_view held = w403_window_held(w);
        size_t    n = w403_view_find_char(held, '\n');
        if (held.n > 0 && held.p[0] == '{') {
            *json = true; /* perhaps one very long line */
        } else if (n == SIZE_MAX && !w->eof && held.n < LINE_ROOM) {
            W403_TRY(w403_window_fill(w, LINE_ROOM, err));
        } else if (held.n == 0) {
            break;
        } else if (n == SIZE_MAX && !w->eof) {
            *json = find_json(r, held);
            if (!*json) {
                W403_TRY(skip_line(r, err));
            }
        } else {
            W403_TRY(take_line(r, (w403_view){held.p, n == SIZE_MAX ? held.n : n + 1}, json, err));
        }
    }
    return W403_OK;
}

/* ---- a file ---- */

static w403_view skip_head(w403_view v)
{
    if (w403_view_starts(v, W403_LIT("\xEF\xBB\xBF"))) {
        v = w403_view_sub(v, 3, v.n);
    }
    while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t' || v.p[0] == '\r' || v.p[0] == '\n')) {
        v = w403_view_sub(v, 1, v.n);
    }
    return v;
}

w403_log_kind w403_log_sniff(w403_view head)
{
    w403_view   rest = skip_head(head);
    w403_record record;

    if (rest.n > 0 && (rest.p[0] == '{' || rest.p[0] == '[')) {
        return W403_LOG_IS_JSON;
    }
    while (rest.n > 0) {
        if (w403_access_log_parse(w403_view_trim(w403_view_cut(&rest, '\n')), &record, NULL) == W403_OK) {
            return W403_LOG_IS_LINES;
        }
    }
    return w403_trail_find_start(head) != SIZE_MAX ? W403_LOG_IS_LINES : W403_LOG_IS_NONE;
}

static void note_list(void *user)
{
    w403_log_reader *r = user;
    r->lists++;
}

/* Alternates between documents and lines until all is read. */
static w403_status read_parts(w403_log_reader *r, bool json, w403_error *err)
{
    const w403_trail_sink scanner = {.user = r, .item = w403_reader_item, .damage = w403_reader_damage, .list = note_list};
    w403_window          *w = &r->window;

    while (!w->eof || w->begin < w->end) {
        if (!json) {
            W403_TRY(read_lines(r, &json, err));
            continue;
        }
        uint64_t before = w403_window_offset(w);
        W403_TRY(w403_trail_scan(w, &scanner, err));
        json = false;
        if (w403_window_offset(w) == before && w->begin < w->end) {
            W403_TRY(skip_line(r, err)); /* not to come here again */
        }
    }
    return W403_OK;
}

/* All that the window and its stream hold from here on is read, or was given away. */
static void finish_window(w403_log_reader *r, uint64_t from)
{
    const w403_window *w = &r->window;

    r->stats->bytes += w->base + w->end - from;
    if (w->fault.code != W403_OK) {
        r->stats->files_damaged++;
        w403_reader_report(r, w->fault.code, w->fault.offset, 0, w->fault.message);
    }
}

static w403_status read_pieces(w403_log_reader *r, w403_log_feed *f, w403_error *err)
{
    w403_window    *w = &r->window;
    w403_feed_piece piece;

    do {
        W403_TRY(w403_feed_take(f, w, &piece, err));
        uint64_t from = w403_window_offset(w);
        if (piece != W403_PIECE_NONE || w->fault.code != W403_OK) {
            W403_TRY(read_parts(r, false, err));
            finish_window(r, from);
        }
    } while (piece == W403_PIECE_LINES);
    return W403_OK;
}

/* A log of lines that is longer than the window: others may help with it. */
static w403_status read_shared(w403_log_reader *r, w403_error *err)
{
    w403_log_feed *f = w403_feed_open(r->name, &r->window);

    W403_NEED(f, err);
    r->helpers->open(r->helpers->user, f);
    w403_status status = read_pieces(r, f, err);
    w403_feed_stop(f);
    r->helpers->close(r->helpers->user, f);
    w403_feed_close(f);
    return status;
}

static uint64_t found_so_far(const w403_log_stats *s)
{
    return s->lines + s->events + s->insights + s->files_skipped;
}

/* A file without any record is told as one, by the first object in it; in any other each object is named. */
static void tell_foreign(w403_log_reader *r, bool any, bool blank)
{
    char text[400];

    r->stats->foreign += r->n_foreign;
    if (any) {
        r->stats->strange += r->n_foreign;
        for (uint64_t i = 0; i < r->n_foreign && i < W403_READER_FOREIGN; i++) {
            snprintf(text, sizeof text, "not a log record: %s", r->foreign[i].what);
            w403_reader_report(r, W403_SEMANTIC, r->foreign[i].offset, 0, text);
        }
        if (r->n_foreign > W403_READER_FOREIGN) {
            snprintf(text, sizeof text, "not log records: %llu objects more",
                     (unsigned long long)(r->n_foreign - W403_READER_FOREIGN));
            w403_reader_report(r, W403_SEMANTIC, r->foreign[W403_READER_FOREIGN - 1].offset, 0, text);
        }
    } else if (r->n_foreign > 0) {
        r->stats->files_foreign++;
        snprintf(text, sizeof text, "not a log: %s", r->foreign[0].what);
        w403_reader_report(r, W403_SEMANTIC, r->foreign[0].offset, 0, text);
    } else {
        r->stats->files_foreign += !blank && r->lists == 0;
    }
}

static w403_status read_window(w403_log_reader *r, w403_error *err)
{
    w403_window *w = &r->window;
    uint64_t     found = found_so_far(r->stats);

    r->n_foreign = r->lists = 0;
    while (!w->eof && w->end - w->begin < SNIFF_BYTES) {
        W403_TRY(w403_window_fill(w, SNIFF_BYTES, err));
    }
    w403_view     held = w403_window_held(w);
    size_t        head = held.n - skip_head(held).n;
    bool          blank = head == held.n, table = false;
    w403_log_kind kind = w403_log_sniff(held);
    W403_TRY(w403_reader_is_table(skip_head(held), &table, err));
    bool sure = !table && kind == W403_LOG_IS_LINES && w403_trail_find_start(held) == SIZE_MAX; /* it holds one that is */
    if (sure && r->helpers && !w->eof) {
        r->stats->bytes += head;
        w->begin += head;
        return read_shared(r, err);
    }
    if (table || kind != W403_LOG_IS_NONE) {
        w->begin += head;
        W403_TRY(table ? w403_reader_table(r, err) : read_parts(r, kind == W403_LOG_IS_JSON, err));
    }
    finish_window(r, 0);
    tell_foreign(r, found_so_far(r->stats) > found, blank);
    if (!table && kind == W403_LOG_IS_NONE && !blank) {
        w403_reader_report(r, W403_SEMANTIC, 0, 0, "not a log: neither access log lines nor CloudTrail JSON");
    }
    return W403_OK;
}

w403_status w403_log_read(w403_log_reader *r, const char *path, const w403_log_sink *sink, w403_log_stats *stats,
                          w403_error *err)
{
    w403_stream *stream = NULL;
    w403_error   why;

    r->sink = sink;
    r->stats = stats;
    r->name = w403_view_of(path);
    w403_status status = w403_text_set_open(sink->texts, path, &stream, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status != W403_OK) {
        stats->files_damaged++;
        w403_reader_report(r, status, 0, 0, why.message);
        return W403_OK;
    }
    stats->files++;
    status = w403_window_open(&r->window, stream, (w403_view){NULL, 0}, err);
    if (status == W403_OK) {
        status = read_window(r, err);
    }
    w403_stream_close(stream);
    return status;
}

w403_status w403_log_help(w403_log_reader *r, w403_log_feed *f, const w403_log_sink *sink, w403_log_stats *stats,
                          w403_error *err)
{
    r->sink = sink;
    r->stats = stats;
    r->name = w403_feed_name(f);
    return read_pieces(r, f, err);
}

w403_status w403_log_read_text(w403_log_reader *r, w403_view name, w403_view text, const w403_log_sink *sink,
                               w403_log_stats *stats, w403_error *err)
{
    r->sink = sink;
    r->stats = stats;
    r->name = name;
    stats->files++;
    W403_TRY(w403_window_open(&r->window, NULL, text, err));
    return read_window(r, err);
}

#include "logs/feed.h"

#include <pthread.h>

/* Of one piece: long beside the longest line, and it still fits a level-2 cache. */
#define PIECE_BYTES ((size_t)512 << 10)

struct w403_log_feed {
    pthread_mutex_t lock;
    w403_stream    *stream;
    w403_view       name;
    char           *rest; /* read of the stream, and in no piece yet */
    size_t          n_rest, cap;
    uint64_t        offset; /* of `rest` in the stream */
    bool            over;   /* nothing is left to take */
};

static w403_status keep_rest(w403_log_feed *f, w403_view rest, uint64_t offset, w403_error *err)
{
    if (rest.n > f->cap) {
        char *p = w403_realloc(f->rest, rest.n);
        W403_NEED(p, err);
        f->rest = p;
        f->cap = rest.n;
    }
    if (rest.n > 0) {
        memcpy(f->rest, rest.p, rest.n);
    }
    f->n_rest = rest.n;
    f->offset = offset;
    return W403_OK;
}

w403_log_feed *w403_feed_open(w403_view name, const w403_window *from)
{
    w403_log_feed *f = w403_malloc(sizeof *f);

    if (f) {
        *f = (w403_log_feed){.stream = from->stream, .name = name};
        if (keep_rest(f, w403_window_held(from), w403_window_offset(from), NULL) != W403_OK ||
            pthread_mutex_init(&f->lock, NULL) != 0) {
            w403_free(f->rest);
            w403_free(f);
            f = NULL;
        }
    }
    return f;
}

void w403_feed_close(w403_log_feed *f)
{
    if (f) {
        (void)pthread_mutex_destroy(&f->lock);
        w403_free(f->rest);
        w403_free(f);
    }
}

w403_view w403_feed_name(const w403_log_feed *f)
{
    return f->name;
}

/* May a JSON document begin in these lines? Said too often, never too rarely: lines that hold none are read the same
 * either way. */
static bool may_hold_json(w403_view lines)
{
    const char *end = lines.p + lines.n;

    for (const char *p = lines.p; p < end; p++) {
        p = memchr(p, '{', (size_t)(end - p));
        if (!p) {
            return false;
        }
        bool begins = p == lines.p || p[-1] == '\n';
        bool blank = p + 1 == end || p[1] == ' ' || p[1] == '\t' || p[1] == '\r' || p[1] == '\n';
        if (begins || blank || p[1] == '"') {
            return true;
        }
    }
    return false;
}

/* Leaves whole lines in the window and keeps what follows them. */
static w403_status cut_piece(w403_log_feed *f, w403_window *w, w403_feed_piece *piece, w403_error *err)
{
    w403_view   held = w403_window_held(w);
    const char *newline = held.n > 0 ? memrchr(held.p, '\n', held.n) : NULL;
    size_t      n = w->eof ? held.n : newline ? (size_t)(newline - held.p) + 1 : 0;

    *piece = W403_PIECE_LINES;
    if (n == 0 || may_hold_json((w403_view){held.p, n})) {
        *piece = held.n > 0 ? W403_PIECE_REST : W403_PIECE_NONE;
        f->over = true;
        return W403_OK;
    }
    f->over = w->eof;
    W403_TRY(keep_rest(f, w403_view_sub(held, n, held.n), w403_window_offset(w) + n, err));
    w->end = w->begin + n;
    w->eof = true;
    return W403_OK;
}

static w403_status take(w403_log_feed *f, w403_window *w, w403_feed_piece *piece, w403_error *err)
{
    W403_TRY(w403_window_open(w, f->stream, (w403_view){f->rest, f->n_rest}, err));
    w->base = f->offset;
    while (!w->eof && w->end - w->begin < PIECE_BYTES) {
        W403_TRY(w403_window_fill(w, PIECE_BYTES, err));
    }
    return cut_piece(f, w, piece, err);
}

w403_status w403_feed_take(w403_log_feed *f, w403_window *w, w403_feed_piece *piece, w403_error *err)
{
    w403_status status = W403_OK;

    *piece = W403_PIECE_NONE;
    w->fault.code = W403_OK;
    (void)pthread_mutex_lock(&f->lock);
    if (!f->over) {
        status = take(f, w, piece, err);
        f->over |= status != W403_OK;
    }
    (void)pthread_mutex_unlock(&f->lock);
    return status;
}

bool w403_feed_is_over(w403_log_feed *f)
{
    (void)pthread_mutex_lock(&f->lock);
    bool over = f->over;
    (void)pthread_mutex_unlock(&f->lock);
    return over;
}

void w403_feed_stop(w403_log_feed *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->over = true;
    (void)pthread_mutex_unlock(&f->lock);
}

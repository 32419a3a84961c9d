#include "logs/window.h"

/* Fits a level-2 cache beside the tables: larger windows were slower. */
#define WINDOW_BYTES ((size_t)256 << 10)

static w403_status window_reserve(w403_window *w, size_t held, w403_error *err)
{
    if (w->cap >= held) {
        return W403_OK;
    }
    char *p = w403_realloc(w->buf, held + W403_WINDOW_SLACK);
    W403_NEED(p, err);
    w->buf = p;
    w->cap = held;
    return W403_OK;
}

static void window_pad(w403_window *w)
{
    memset(w->buf + w->end, ' ', W403_WINDOW_SLACK);
}

w403_status w403_window_open(w403_window *w, w403_stream *stream, w403_view text, w403_error *err)
{
    w->stream = stream;
    w->begin = w->end = 0;
    w->base = 0;
    w->eof = stream == NULL;
    w->fault.code = W403_OK;
    bool exact = text.n > 0 && (!stream || text.n > WINDOW_BYTES);
    W403_TRY(window_reserve(w, exact ? text.n : WINDOW_BYTES, err));
    if (text.n > 0) {
        memcpy(w->buf, text.p, text.n);
        w->end = text.n;
    }
    window_pad(w);
    return W403_OK;
}

w403_status w403_window_fill(w403_window *w, size_t limit, w403_error *err)
{
    size_t held = w->end - w->begin;

    if (w->meter && w->meter->stop && *w->meter->stop) {
        w->eof = true;
    }
    if (w->eof || held >= limit) {
        return W403_OK;
    }
    if (w->begin > 0) {
        memmove(w->buf, w->buf + w->begin, held);
        w->base += w->begin;
        w->begin = 0;
        w->end = held;
    }
    if (held * 2 > w->cap) {
        size_t want = w->cap * 2 < limit ? w->cap * 2 : limit;
        W403_TRY(window_reserve(w, want, err));
    }
    size_t   got = 0;
    size_t   room = (w->cap < limit ? w->cap : limit) - held;
    uint64_t before = w403_stream_consumed(w->stream);
    if (w403_stream_read(w->stream, w->buf + held, room, &got, &w->fault) != W403_OK) {
        w->eof = true;
    }
    if (w->meter) {
        w->meter->add(w->meter->user, w403_stream_consumed(w->stream) - before);
    }
    w->end += got;
    w->eof = w->eof || got == 0;
    window_pad(w);
    return W403_OK;
}

void w403_window_free(w403_window *w)
{
    w403_free(w->buf);
    memset(w, 0, sizeof *w);
}

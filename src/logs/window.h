/* A sliding window over a stream: the reader keeps what it still needs, the rest is refilled. One at a time. */
#ifndef W403_LOGS_WINDOW_H
#define W403_LOGS_WINDOW_H

#include <signal.h>

#include "base/stream.h"

/* Readable bytes beyond `end`, blanks at the end of the input: a block load never needs a special case. */
#define W403_WINDOW_SLACK 64

/* How far reading has come: bytes of the sources, compressed as they are. */
typedef struct w403_window_meter {
    void (*add)(void *user, uint64_t bytes);
    void *user;
    const volatile sig_atomic_t *stop; /* not 0: the stream ends here, wherever that is; may be NULL */
} w403_window_meter;

typedef struct w403_window {
    w403_stream *stream; /* borrowed; NULL: nothing follows what is in the buffer */
    char        *buf;
    size_t       cap;
    size_t       begin, end; /* bytes of buf that are held */
    uint64_t     base;       /* offset of buf[0] in the stream */
    bool         eof;
    w403_error   fault; /* the stream ended in damage: code != W403_OK, counted once by its reader */
    const w403_window_meter *meter; /* told of every read; may be NULL; kept when the window is opened again */
} w403_window;

/* Over a copy of `text`, and behind it `stream` (NULL: nothing), whose next byte follows it. The buffer of
 * an earlier use is taken over. */
w403_status w403_window_open(w403_window *w, w403_stream *stream, w403_view text, w403_error *err);

/* Reads more behind what is held; grows no further than `limit` held bytes (w->end - w->begin). Nothing new comes
 * when eof is set or the limit is reached. Moves what is held: pointers into buf become stale.
 * Damage of the stream is kept in w->fault and ends the input. Errors: W403_NOMEM. */
w403_status w403_window_fill(w403_window *w, size_t limit, w403_error *err);

void w403_window_free(w403_window *w); /* the buffer; not the stream */

static inline w403_view w403_window_held(const w403_window *w)
{
    return (w403_view){w->buf + w->begin, w->end - w->begin};
}

/* Offset in the stream of the first byte held. */
static inline uint64_t w403_window_offset(const w403_window *w)
{
    return w->base + w->begin;
}

#endif

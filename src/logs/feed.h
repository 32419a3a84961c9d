/* One long log of lines that several readers share: they take turns at the stream, each a piece of whole lines, and
 * read their pieces side by side. Works for whatever a stream can be: a file, gzip, a pipe. */
#ifndef W403_LOGS_FEED_H
#define W403_LOGS_FEED_H

#include "logs/window.h"

typedef struct w403_log_feed w403_log_feed;

typedef enum w403_feed_piece {
    W403_PIECE_NONE,  /* nothing is left */
    W403_PIECE_LINES, /* the window holds whole lines, and no more */
    W403_PIECE_REST   /* the window begins in what may be JSON, or a very long line: all that is left is the taker's */
} w403_feed_piece;

/* Takes over what `from`, at the start of a line, has read of its stream; the stream and the name are borrowed. NULL
 * when memory is short. */
w403_log_feed *w403_feed_open(w403_view name, const w403_window *from);
void           w403_feed_close(w403_log_feed *f); /* NULL is fine */

w403_view w403_feed_name(const w403_log_feed *f);
/* The next piece into *w. Any number of threads, each with a window of its own. The same lines come out as of one
 * window over the whole stream: JSON may stand only in a piece that is the last. Errors: W403_NOMEM. */
w403_status w403_feed_take(w403_log_feed *f, w403_window *w, w403_feed_piece *piece, w403_error *err);
bool w403_feed_is_over(w403_log_feed *f);
/* Nobody gets another piece. */
void w403_feed_stop(w403_log_feed *f);

#endif

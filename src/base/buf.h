/* A growing text on the heap, for output. Errors stick: check w403_buf_ok once at the end. */
#ifndef W403_BASE_BUF_H
#define W403_BASE_BUF_H

#include "base/arena.h"

typedef struct w403_buf {
    char  *p;
    size_t n, cap;
    bool   failed;
} w403_buf;

void w403_buf_put(w403_buf *b, w403_view v);
void w403_buf_puts(w403_buf *b, const char *s);
static inline void w403_buf_putc(w403_buf *b, char c)
{
    if (!b->failed && b->n < b->cap) {
        b->p[b->n++] = c;
    } else {
        w403_buf_put(b, (w403_view){&c, 1});
    }
}
void w403_buf_printf(w403_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void w403_buf_u64(w403_buf *b, uint64_t v); /* decimal */
/* Between quotes, as it stands. */
void w403_buf_quoted(w403_buf *b, w403_view v);
/* Quoted and escaped as a JSON string, with what steers a terminal as \uXXXX; invalid UTF-8 becomes U+FFFD. */
void w403_buf_json_string(w403_buf *b, w403_view v);
void w403_buf_clear(w403_buf *b); /* empties, keeps the storage */
void w403_buf_free(w403_buf *b);
/* The text as one of the arena, the buffer freed. {NULL,0} when memory is or was short: w403_arena_ok says so then. */
w403_view w403_buf_take(w403_buf *b, w403_arena *a);
static inline bool      w403_buf_ok(const w403_buf *b) { return !b->failed; }
static inline w403_view w403_buf_view(const w403_buf *b) { return (w403_view){b->p, b->n}; }

#endif

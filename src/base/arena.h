/* Bump allocation: parse trees and answers live and die together. Not thread-safe; one arena per
 * document or per question. */
#ifndef W403_BASE_ARENA_H
#define W403_BASE_ARENA_H

#include <stdarg.h>
#include <stdatomic.h>

#include "base/view.h"

/* Bytes aligned for any type, or NULL when the arena's limit or the system's memory is exhausted.
 * w403_arena_alloc leaves them as they are, w403_arena_zalloc clears them. size 0 gives a valid pointer. */
void *w403_arena_alloc(w403_arena *a, size_t size);
void *w403_arena_zalloc(w403_arena *a, size_t size);

/* Copies; the copy of a view ends in NUL beyond its length. {NULL,0} when memory is short. */
w403_view w403_arena_copy(w403_arena *a, w403_view v);
w403_view w403_arena_lower(w403_arena *a, w403_view v); /* the copy with its ASCII letters small */
/* Two texts with one between them; the same as "%.*s%s%.*s" at a tenth of the price. {NULL,0} when memory is short. */
w403_view w403_arena_join(w403_arena *a, w403_view left, const char *between, w403_view right);
/* printf into the arena; {NULL,0} when memory is short. */
w403_view w403_arena_printf(w403_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
w403_view w403_arena_vprintf(w403_arena *a, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/* Was every request met since the arena was made, or last reset? For who has many texts made and checks once. */
bool w403_arena_ok(const w403_arena *a);
void w403_arena_fail(w403_arena *a); /* what belongs into it could not be made, elsewhere */

/* What is said in the arena is said in this language (words/words.h), until it is told otherwise; NULL, and at first: English. */
typedef struct w403_language w403_language;
void w403_arena_speak(w403_arena *a, const w403_language *language);
const w403_language *w403_arena_language(const w403_arena *a);
/* A new arena without a limit that speaks as another does; NULL when memory is short. */
w403_arena *w403_arena_beside(const w403_arena *a);
/* From then on, when *stop is set (by another thread), the next chunk is refused: a question that takes too long ends as one
 * that is short of memory. NULL: nobody may. */
void w403_arena_stop_when(w403_arena *a, const atomic_bool *stop);

/* Bytes handed out so far (not the capacity). */
size_t w403_arena_used(const w403_arena *a);

#define W403_NEW(a, T)      ((T *)w403_arena_zalloc((a), sizeof(T)))
#define W403_NEW_N(a, T, n) ((T *)w403_arena_zalloc_n((a), (n), sizeof(T)))
void *w403_arena_zalloc_n(w403_arena *a, size_t n, size_t size); /* NULL on overflow too */

/* The one allocation hook of the library: every arena chunk and every heap block of ours comes through
 * it, so that a test can make the n-th one fail. */
void *w403_malloc(size_t size);
void *w403_realloc(void *p, size_t size);
void  w403_free(void *p);
/* How many requests were refused so far, in all threads. Whoever answers looks before and after: something may be missing
 * from an answer that was made meanwhile, whoever has swallowed the failure. */
uint64_t w403_malloc_refused(void);
/* Tests only: the n-th allocation from now (1 = the next) fails, and all after it; 0 switches off. */
void w403_malloc_fail_after(uint64_t n);

#endif

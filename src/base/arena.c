#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Under AddressSanitizer what was not handed out is poisoned, so that an overrun inside a chunk is seen. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

typedef struct chunk {
    struct chunk *next;
    size_t        size; /* of the bytes that follow the header */
    size_t        used;
    size_t        pad;
} chunk;
_Static_assert(sizeof(chunk) % ALIGN == 0, "the bytes after the header are aligned");

struct w403_arena {
    chunk *first, *current;
    size_t next_size; /* of the next chunk */
    size_t limit;     /* SIZE_MAX: none */
    size_t used;
    bool short_of_memory;
    const w403_language *language; /* the language; NULL: English */
    const atomic_bool *stop; /* NULL: nobody may */
};

/* 0: off. n > 0: the n-th allocation from now fails and 1 stays, so that all after it fail too. */
static _Atomic uint64_t fail_countdown;
static _Atomic uint64_t refused; /* requests, since the process began */

static bool must_fail(void)
{
    uint64_t n = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    while (n > 1) {
        if (atomic_compare_exchange_weak_explicit(&fail_countdown, &n, n - 1, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            return false;
        }
    }
    return n == 1;
}

static void *counted(void *p)
{
    if (!p) {
        atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
    }
    return p;
}

void *w403_malloc(size_t size)
{
    return counted(must_fail() ? NULL : malloc(size ? size : 1));
}

void *w403_realloc(void *p, size_t size)
{
    return counted(must_fail() ? NULL : realloc(p, size ? size : 1));
}

uint64_t w403_malloc_refused(void)
{
    return atomic_load_explicit(&refused, memory_order_relaxed);
}

void w403_free(void *p)
{
    free(p);
}

void w403_malloc_fail_after(uint64_t n)
{
    atomic_store(&fail_countdown, n);
}

static char *chunk_bytes(chunk *c)
{
    return (char *)(c + 1);
}

W403_API w403_arena *w403_arena_new(size_t limit_bytes)
{
    w403_arena *a = w403_malloc(sizeof *a);
    if (a) {
        *a = (w403_arena){.next_size = FIRST_CHUNK - sizeof(chunk), .limit = limit_bytes ? limit_bytes : SIZE_MAX};
    }
    return a;
}

W403_API void w403_arena_reset(w403_arena *a)
{
    for (chunk *c = a->first; c; c = c->next) {
        c->used = 0;
        POISON(chunk_bytes(c), c->size);
    }
    a->current = a->first;
    a->used = 0;
    a->short_of_memory = false;
}

void w403_arena_speak(w403_arena *a, const w403_language *language)
{
    a->language = language;
}

const w403_language *w403_arena_language(const w403_arena *a)
{
    return a->language;
}

w403_arena *w403_arena_beside(const w403_arena *a)
{
    w403_arena *own = w403_arena_new(0);
    if (own) {
        own->language = a->language;
    }
    return own;
}

W403_API void w403_arena_free(w403_arena *a)
{
    if (!a) {
        return;
    }
    for (chunk *c = a->first, *next; c; c = next) {
        next = c->next;
        UNPOISON(chunk_bytes(c), c->size);
        w403_free(c);
    }
    w403_free(a);
}

bool w403_arena_ok(const w403_arena *a)
{
    return !a->short_of_memory;
}

void w403_arena_fail(w403_arena *a)
{
    a->short_of_memory = true;
}

size_t w403_arena_used(const w403_arena *a)
{
    return a->used;
}

void w403_arena_stop_when(w403_arena *a, const atomic_bool *stop)
{
    a->stop = stop;
}

/* Makes a->current a chunk with `size` free bytes: the next kept one if it has room, else a new one before it. */
static bool next_chunk(w403_arena *a, size_t size)
{
    chunk *kept = a->current ? a->current->next : NULL;
    if (a->stop && atomic_load_explicit(a->stop, memory_order_relaxed)) {
        return false;
    }
    if (kept && kept->size - kept->used >= size) {
        a->current = kept;
        return true;
    }
    size_t bytes = size > a->next_size ? size : a->next_size;
    if (bytes > SIZE_MAX - sizeof(chunk)) {
        return false;
    }
    chunk *c = w403_malloc(sizeof *c + bytes);
    if (!c) {
        return false;
    }
    *c = (chunk){.next = kept, .size = bytes};
    POISON(chunk_bytes(c), bytes);
    if (a->current) {
        a->current->next = c;
    } else {
        a->first = c;
    }
    a->current = c;
    if (a->next_size < LARGEST_CHUNK / 2) {
        a->next_size = (a->next_size + sizeof(chunk)) * 2 - sizeof(chunk);
    }
    return true;
}

static void *none(w403_arena *a)
{
    a->short_of_memory = true;
    return NULL;
}

void *w403_arena_alloc(w403_arena *a, size_t size)
{
    if (size > SIZE_MAX / 2) {
        return none(a);
    }
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    need = need ? need : ALIGN;
    if (need > a->limit - a->used) {
        return none(a);
    }
    chunk *c = a->current;
    if (!c || c->size - c->used < need) {
        if (!next_chunk(a, need)) {
            return none(a);
        }
        c = a->current;
    }
    char *p = chunk_bytes(c) + c->used;
    c->used += need;
    a->used += need;
    UNPOISON(p, size);
    return p;
}

void *w403_arena_zalloc(w403_arena *a, size_t size)
{
    void *p = w403_arena_alloc(a, size);
    return p ? memset(p, 0, size) : NULL;
}

void *w403_arena_zalloc_n(w403_arena *a, size_t n, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(n, size, &bytes) ? NULL : w403_arena_zalloc(a, bytes);
}

w403_view w403_arena_lower(w403_arena *a, w403_view v)
{
    w403_view copy = w403_arena_copy(a, v);
    char *p = (char *)(uintptr_t)copy.p; /* just made, ours */
    for (size_t i = 0; p && i < copy.n; i++) {
        p[i] = w403_lower(p[i]);
    }
    return copy;
}

w403_view w403_arena_copy(w403_arena *a, w403_view v)
{
    char *p = v.n < SIZE_MAX ? w403_arena_alloc(a, v.n + 1) : NULL;
    if (!p) {
        return (w403_view){NULL, 0};
    }
    if (v.n) {
        memcpy(p, v.p, v.n);
    }
    p[v.n] = '\0';
    return (w403_view){p, v.n};
}

/* Most texts are short: they are formatted once. */
w403_view w403_arena_vprintf(w403_arena *a, const char *fmt, va_list args)
{
    char    first[256];
    va_list again;
    va_copy(again, args);
    int   n = vsnprintf(first, sizeof first, fmt, args);
    char *p = n < 0 ? NULL : w403_arena_alloc(a, (size_t)n + 1);
    if (p && (size_t)n < sizeof first) {
        memcpy(p, first, (size_t)n + 1);
    } else if (p) {
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return p ? (w403_view){p, (size_t)n} : (w403_view){NULL, 0};
}

w403_view w403_arena_join(w403_arena *a, w403_view left, const char *between, w403_view right)
{
    size_t gap = strlen(between);
    char  *p = w403_arena_alloc(a, left.n + gap + right.n + 1);
    if (!p) {
        return (w403_view){NULL, 0};
    }
    memcpy(p, left.n ? left.p : "", left.n);
    memcpy(p + left.n, between, gap);
    memcpy(p + left.n + gap, right.n ? right.p : "", right.n);
    p[left.n + gap + right.n] = '\0';
    return (w403_view){p, left.n + gap + right.n};
}

w403_view w403_arena_printf(w403_arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_view v = w403_arena_vprintf(a, fmt, args);
    va_end(args);
    return v;
}

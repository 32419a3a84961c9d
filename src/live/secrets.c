#include "live/secrets.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum {
    RESERVED = 32 << 20, /* addresses, not memory: some 8,000 accounts with their session tokens */
    STEP = 64 << 10,     /* locked at a time */
    SMALLEST = 6,        /* 64 bytes */
    STACK = 128 << 10,   /* more than any library uses of it */
    CLASSES = 25,        /* powers of two, up to half of the block */
};

typedef struct spare {
    struct spare *next;
} spare;

struct w403_secrets {
    size_t used, ready; /* handed out at least once; locked, or tried to */
    bool   locked;
    spare *spares[CLASSES]; /* wiped, by class */
};

/* Of the process, and so counted: the first one to open finds how it was, the last one to close leaves it so. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned        holders;
static int             dumpable;

static void hold(bool begin)
{
    (void)pthread_mutex_lock(&mutex);
    if (begin && holders++ == 0) {
        dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
    if (!begin && --holders == 0 && dumpable == 1) {
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    }
    (void)pthread_mutex_unlock(&mutex);
}

w403_status w403_secrets_open(w403_secrets **out, w403_error *err)
{
    void *block = mmap(NULL, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return w403_error_nomem(err);
    }
    (void)madvise(block, RESERVED, MADV_DONTDUMP);
    (void)madvise(block, RESERVED, MADV_DONTFORK);
    hold(true);
    w403_secrets *s = block;
    s->locked = mlock(block, STEP) == 0;
    s->ready = STEP;
    s->used = (sizeof *s + 63) & ~(size_t)63;
    *out = s;
    return W403_OK;
}

/* What functions that have returned left on the stack below this one: libraries copy without telling. */
__attribute__((noinline)) static void wipe_stack(void)
{
    char below[STACK];
    explicit_bzero(below, sizeof below);
}

void w403_secrets_close(w403_secrets *s)
{
    if (s) {
        explicit_bzero(s, s->used);
        wipe_stack();
        (void)munmap(s, RESERVED);
        hold(false);
    }
}

static unsigned class_of(size_t n)
{
    unsigned c = SMALLEST;
    while (c < CLASSES && (size_t)1 << c < n) {
        c++;
    }
    return c;
}

void *w403_secrets_take(w403_secrets *s, size_t n)
{
    unsigned c = class_of(n);
    if (c >= CLASSES) {
        return NULL;
    }
    spare *found = s->spares[c];
    if (found) {
        s->spares[c] = found->next;
        found->next = NULL;
        return found;
    }
    size_t size = (size_t)1 << c;
    if (size > RESERVED - s->used) {
        return NULL;
    }
    char *p = (char *)s + s->used;
    s->used += size;
    for (; s->ready < s->used; s->ready += STEP) {
        s->locked = mlock((char *)s + s->ready, STEP) == 0 && s->locked;
    }
    return p;
}

void w403_secrets_wipe(w403_secrets *s, const void *p, size_t n)
{
    if (p) {
        unsigned c = class_of(n);
        spare   *back = (spare *)((char *)s + ((const char *)p - (const char *)s)); /* ours, and so to be written */
        explicit_bzero(back, (size_t)1 << c);
        back->next = s->spares[c];
        s->spares[c] = back;
    }
}

w403_view w403_secrets_copy(w403_secrets *s, w403_view v)
{
    char *p = w403_secrets_take(s, v.n + 1);
    if (!p) {
        return (w403_view){NULL, 0};
    }
    if (v.n) {
        memcpy(p, v.p, v.n);
    }
    return (w403_view){p, v.n};
}

void w403_secrets_drop(w403_secrets *s, w403_view *v)
{
    w403_secrets_wipe(s, v->p, v->n + 1);
    *v = (w403_view){NULL, 0};
}

bool w403_secrets_locked(const w403_secrets *s)
{
    return s->locked;
}

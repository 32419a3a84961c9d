/* Each thread's memory for questions, and a watch on how long one takes. */
#include <pthread.h>
#include <stdlib.h>

#include "serve/route.h"

enum { KEPT = 8 << 20 }; /* bytes that an arena may have used and be kept */

typedef struct scratch {
    w403_arena *arena;
} scratch;

static pthread_key_t  key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void scratch_free(void *p)
{
    scratch *s = p;
    w403_arena_free(s->arena);
    free(s);
}

static void make_key(void)
{
    (void)pthread_key_create(&key, scratch_free);
}

w403_arena *w403_thread_arena(w403_server *server)
{
    (void)pthread_once(&once, make_key);
    scratch *s = pthread_getspecific(key);
    if (!s) {
        s = calloc(1, sizeof *s);
        if (!s || pthread_setspecific(key, s) != 0) {
            free(s);
            return NULL;
        }
    }
    if (s->arena && w403_arena_used(s->arena) > KEPT) {
        w403_arena_free(s->arena);
        s->arena = NULL;
    }
    if (!s->arena) {
        s->arena = w403_arena_new(server->options.limits.memory);
    } else {
        w403_arena_reset(s->arena);
    }
    return s->arena;
}

/* ---- questions that take long ---- */

void w403_watch_open(w403_watch *w)
{
    (void)pthread_mutex_init(&w->lock, NULL);
    w->first = NULL;
}

void w403_watch_begin(w403_server *s, w403_watched *one, atomic_bool *stop)
{
    *one = (w403_watched){.until_ns = w403_now_ns() + s->options.limits.answer_ms * 1000000, .stop = stop};
    (void)pthread_mutex_lock(&s->watch.lock);
    one->next = s->watch.first;
    if (one->next) {
        one->next->prev = one;
    }
    s->watch.first = one;
    bool first = !one->next;
    (void)pthread_mutex_unlock(&s->watch.lock);
    if (first) {
        w403_server_wake(s); /* who sleeps looks at the clock from now on */
    }
}

void w403_watch_end(w403_server *s, w403_watched *one)
{
    (void)pthread_mutex_lock(&s->watch.lock);
    if (one->prev) {
        one->prev->next = one->next;
    } else {
        s->watch.first = one->next;
    }
    if (one->next) {
        one->next->prev = one->prev;
    }
    (void)pthread_mutex_unlock(&s->watch.lock);
}

bool w403_watch_look(w403_server *s)
{
    uint64_t now = w403_now_ns();
    (void)pthread_mutex_lock(&s->watch.lock);
    bool any = s->watch.first != NULL;
    for (w403_watched *one = s->watch.first; one; one = one->next) {
        if (now > one->until_ns) {
            atomic_store(one->stop, true);
        }
    }
    (void)pthread_mutex_unlock(&s->watch.lock);
    return any;
}

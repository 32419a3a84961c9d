#include "snapshot/read_ahead.h"

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"

enum { WORTH_IT = 512 }; /* files: fewer are read before a thread has begun */

typedef struct got {
    w403_view text;
    w403_status status;
    w403_error *error; /* of one that could not be read; NULL: memory was short even for that */
} got;

struct w403_read_ahead {
    const char *root;
    const w403_view *paths;
    size_t n;
    w403_arena *arena; /* the thread's, as long as it runs */
    got *files;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t more;
    size_t done; /* files[0..done) are read */
    bool stop;
};

bool w403_full_path(const char *root, w403_view path, char full[4096], w403_error *err)
{
    int n = snprintf(full, 4096, "%s/%.*s", root, (int)path.n, path.p);
    if (n >= 0 && n < 4096) {
        return true;
    }
    (void)w403_error_set(err, W403_LIMIT, "a path longer than %d bytes below `%.200s`", 4095, root);
    return false;
}

static void read_one(const w403_read_ahead *r, size_t i)
{
    char full[4096];
    w403_error error = {0};
    got *g = &r->files[i];
    g->status = w403_full_path(r->root, r->paths[i], full, &error) ? w403_file_read(r->arena, full, &g->text, &error) : W403_LIMIT;
    if (g->status != W403_OK) {
        g->error = W403_NEW(r->arena, w403_error);
        if (g->error) {
            *g->error = error;
        }
    }
}

static void *work(void *user)
{
    w403_read_ahead *r = user;
    bool stop = false;
    for (size_t i = 0; i < r->n && !stop; i++) {
        read_one(r, i);
        pthread_mutex_lock(&r->lock);
        r->done = i + 1;
        stop = r->stop;
        pthread_cond_signal(&r->more);
        pthread_mutex_unlock(&r->lock);
    }
    return NULL;
}

static void drop(w403_read_ahead *r)
{
    w403_arena_free(r->arena);
    w403_free(r->files);
    w403_free(r);
}

w403_read_ahead *w403_read_ahead_open(const char *root, const w403_view *paths, size_t n)
{
    w403_read_ahead *r = n >= WORTH_IT ? w403_malloc(sizeof *r) : NULL;
    if (!r) {
        return NULL;
    }
    *r = (w403_read_ahead){.root = root, .paths = paths, .n = n, .arena = w403_arena_new(0), .files = w403_malloc(n * sizeof *r->files)};
    if (!r->arena || !r->files || pthread_mutex_init(&r->lock, NULL) != 0) {
        drop(r);
        return NULL;
    }
    memset(r->files, 0, n * sizeof *r->files);
    if (pthread_cond_init(&r->more, NULL) != 0) {
        pthread_mutex_destroy(&r->lock);
        drop(r);
        return NULL;
    }
    if (pthread_create(&r->thread, NULL, work, r) != 0) {
        pthread_cond_destroy(&r->more);
        pthread_mutex_destroy(&r->lock);
        drop(r);
        return NULL;
    }
    return r;
}

w403_status w403_read_ahead_take(w403_read_ahead *r, size_t index, w403_view *text, w403_error *err)
{
    pthread_mutex_lock(&r->lock);
    while (r->done <= index) {
        pthread_cond_wait(&r->more, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    const got *g = &r->files[index];
    *text = g->text;
    if (g->status != W403_OK && !g->error) {
        return w403_error_nomem(err);
    }
    if (g->status != W403_OK) {
        *err = *g->error;
    }
    return g->status;
}

w403_arena *w403_read_ahead_close(w403_read_ahead *r)
{
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    w403_arena *texts = r->arena;
    r->arena = NULL;
    pthread_cond_destroy(&r->more);
    pthread_mutex_destroy(&r->lock);
    drop(r);
    return texts;
}

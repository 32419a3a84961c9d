#include "logs/tree.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"

/* ---- what to read ---- */

static w403_status add_path(w403_arena *a, w403_paths *out, w403_view path, w403_error *err)
{
    w403_view *slot = W403_PUSH(a, out);

    W403_NEED(slot, err);
    *slot = path;
    W403_NEED(slot->p, err);
    return W403_OK;
}

static w403_status add_directory(w403_arena *a, const char *root, w403_paths *out, w403_error *err)
{
    w403_paths below = {0};
    w403_view  base = w403_view_of(root);

    while (base.n > 1 && base.p[base.n - 1] == '/') {
        base.n--;
    }
    W403_TRY(w403_file_list(a, root, &below, err));
    for (size_t i = 0; i < below.n; i++) {
        const char *slash = base.p[base.n - 1] == '/' ? "" : "/";
        w403_view   path = w403_arena_printf(a, "%.*s%s%.*s", (int)base.n, base.p, slash, (int)below.at[i].n,
                                             below.at[i].p);
        W403_TRY(add_path(a, out, path, err));
    }
    return W403_OK;
}

w403_status w403_log_find(w403_arena *a, const char *const *paths, size_t n, w403_paths *out, w403_error *err)
{
    bool standard_input = false;

    for (size_t i = 0; i < n; i++) {
        bool dash = strcmp(paths[i], "-") == 0;
        if (dash && standard_input) {
            continue;
        }
        standard_input |= dash;
        if (w403_is_directory(paths[i])) {
            W403_TRY(add_directory(a, paths[i], out, err));
        } else if (!dash && access(paths[i], R_OK) != 0) {
            char        text[128];
            const char *why = strerror_r(errno, text, sizeof text);
            return w403_error_set(err, W403_IO, "cannot open `%s`: %s", paths[i], why);
        } else {
            W403_TRY(add_path(a, out, w403_arena_copy(a, w403_view_of(paths[i])), err));
        }
    }
    return W403_OK;
}

/* ---- reading ---- */

/* Shared by the threads of one call. */
typedef struct queue {
    const w403_paths *files;
    atomic_size_t     next;
    atomic_bool       stop;
} queue;

typedef struct worker {
    queue               *queue;
    const w403_log_sink *sink;
    w403_log_stats      *stats;
    w403_status          status;
    w403_error           err;
    pthread_t            thread;
    bool                 started;
} worker;

static void *work(void *arg)
{
    worker          *w = arg;
    queue           *q = w->queue;
    w403_log_reader *reader = w403_log_reader_new();

    w->status = reader ? W403_OK : w403_error_nomem(&w->err);
    while (w->status == W403_OK && !atomic_load(&q->stop)) {
        size_t i = atomic_fetch_add(&q->next, 1);
        if (i >= q->files->n) {
            break;
        }
        w->status = w403_log_read(reader, q->files->at[i].p, w->sink, w->stats, &w->err);
    }
    if (w->status != W403_OK) {
        atomic_store(&q->stop, true);
    }
    w403_log_reader_free(reader);
    return NULL;
}

w403_status w403_log_read_all(const w403_paths *files, unsigned threads, const w403_log_sink *sinks,
                              w403_log_stats *stats, w403_error *err)
{
    queue       q = {.files = files};
    w403_status status = W403_OK;

    if (threads < 1 || threads > W403_LOG_THREADS_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "%u threads: it takes 1 to %d", threads, W403_LOG_THREADS_MAX);
    }
    worker *workers = w403_malloc(threads * sizeof *workers);
    W403_NEED(workers, err);
    memset(workers, 0, threads * sizeof *workers);
    for (unsigned i = 0; i < threads; i++) {
        workers[i].queue = &q;
        workers[i].sink = &sinks[i];
        workers[i].stats = &stats[i];
        /* A thread that cannot be had leaves its share to the others; the first is this one. */
        workers[i].started = i > 0 && pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    work(&workers[0]);
    for (unsigned i = 0; i < threads; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
        if (status == W403_OK && workers[i].status != W403_OK) {
            status = workers[i].status;
            if (err) {
                *err = workers[i].err;
            }
        }
    }
    w403_free(workers);
    return status;
}

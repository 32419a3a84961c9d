#include "logs/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct job {
    w403_part_fn *fn;
    void         *user;
    size_t        n;
    atomic_size_t next;
    atomic_bool   stop;
} job;

typedef struct worker {
    job        *job;
    pthread_t   thread;
    bool        started;
    w403_status status;
    w403_error  err;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    job    *j = w->job;

    while (w->status == W403_OK && !atomic_load(&j->stop)) {
        size_t i = atomic_fetch_add(&j->next, 1);
        if (i >= j->n) {
            break;
        }
        w->status = j->fn(j->user, i, &w->err);
    }
    if (w->status != W403_OK) {
        atomic_store(&j->stop, true);
    }
    return NULL;
}

w403_status w403_parallel(unsigned threads, size_t n, w403_part_fn *fn, void *user, w403_error *err)
{
    job      j = {.fn = fn, .user = user, .n = n};
    unsigned count = n < threads ? (unsigned)n : threads;
    worker  *workers = w403_malloc((count ? count : 1) * sizeof *workers);
    W403_NEED(workers, err);

    for (unsigned i = 0; i < count; i++) {
        workers[i] = (worker){.job = &j};
        workers[i].started = i > 0 && pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    if (count) {
        (void)work(&workers[0]);
    }
    w403_status status = W403_OK;
    for (unsigned i = 0; i < count; i++) {
        if (workers[i].started) {
            (void)pthread_join(workers[i].thread, NULL);
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

#include "logs/tree.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
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
    W403_TRY(w403_file_list_plain(a, root, &below, err));
    for (size_t i = 0; i < below.n; i++) {
        const char *slash = base.p[base.n - 1] == '/' ? "" : "/";
        w403_view   path = w403_arena_printf(a, "%.*s%s%.*s", (int)base.n, base.p, slash, (int)below.at[i].n,
                                             below.at[i].p);
        W403_TRY(add_path(a, out, path, err));
    }
    return W403_OK;
}

w403_status w403_log_find(w403_arena *a, const w403_text_set *texts, const char *const *paths, size_t n, w403_paths *out,
                          w403_error *err)
{
    bool standard_input = false;

    for (size_t i = 0; i < n; i++) {
        bool dash = strcmp(paths[i], "-") == 0;
        if (dash && standard_input) {
            continue;
        }
        standard_input |= dash;
        if (w403_text_set_find(texts, w403_view_of(paths[i]))) {
            W403_TRY(add_path(a, out, w403_arena_copy(a, w403_view_of(paths[i])), err));
        } else if (texts && texts->sealed) {
            return w403_text_set_missing(paths[i], err);
        } else if (w403_is_directory(paths[i])) {
            W403_TRY(add_directory(a, paths[i], out, err));
        } else if (!dash && access(paths[i], R_OK) != 0) {
            char        text[128];
            const char *why = w403_errno_text(errno, text, sizeof text);
            return w403_error_set(err, W403_IO, "cannot open `%s`: %s", paths[i], why);
        } else {
            W403_TRY(add_path(a, out, w403_arena_copy(a, w403_view_of(paths[i])), err));
        }
    }
    return W403_OK;
}

/* ---- reading ---- */

/* Shared by the threads of one call. */
typedef struct crew {
    const w403_paths     *files;
    const w403_log_watch *watch;
    uint64_t              size;
    unsigned              threads;
    atomic_size_t         next;
    atomic_bool           stop;
    atomic_uint_fast64_t  read;
    pthread_mutex_t       lock; /* of what follows */
    pthread_cond_t        changed;
    unsigned              busy; /* threads that read files of their own: logs to help with may still come */
    struct { w403_log_feed *feed; unsigned helpers; } open[W403_LOG_THREADS_MAX];
    unsigned n_open;
} crew;

typedef struct worker {
    crew                *crew;
    const w403_log_sink *sink;
    w403_log_stats      *stats;
    w403_status          status;
    w403_error           err;
    pthread_t            thread;
    bool                 started, first;
} worker;

/* ---- helping each other ---- */

static void open_feed(void *user, w403_log_feed *f)
{
    crew *c = user;

    (void)pthread_mutex_lock(&c->lock);
    c->open[c->n_open].feed = f; /* a thread has one at most */
    c->open[c->n_open++].helpers = 0;
    (void)pthread_cond_broadcast(&c->changed);
    (void)pthread_mutex_unlock(&c->lock);
}

static unsigned index_of(const crew *c, const w403_log_feed *f)
{
    unsigned i = 0;

    while (c->open[i].feed != f) {
        i++;
    }
    return i;
}

static void close_feed(void *user, w403_log_feed *f)
{
    crew *c = user;

    (void)pthread_mutex_lock(&c->lock);
    while (c->open[index_of(c, f)].helpers > 0) {
        (void)pthread_cond_wait(&c->changed, &c->lock);
    }
    c->open[index_of(c, f)] = c->open[--c->n_open];
    (void)pthread_mutex_unlock(&c->lock);
}

/* A log to help with, the one with the fewest helpers; waits while one may still come. NULL: all is done. */
static w403_log_feed *join_feed(crew *c)
{
    w403_log_feed *best = NULL;

    (void)pthread_mutex_lock(&c->lock);
    while (!best && c->busy > 0) {
        unsigned fewest = UINT_MAX, at = 0;
        for (unsigned i = 0; i < c->n_open; i++) {
            if (!w403_feed_is_over(c->open[i].feed) && c->open[i].helpers < fewest) {
                fewest = c->open[i].helpers;
                at = i;
                best = c->open[i].feed;
            }
        }
        if (best) {
            c->open[at].helpers++;
        } else {
            (void)pthread_cond_wait(&c->changed, &c->lock);
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
    return best;
}

static void leave_feed(crew *c, w403_log_feed *f)
{
    (void)pthread_mutex_lock(&c->lock);
    c->open[index_of(c, f)].helpers--;
    (void)pthread_cond_broadcast(&c->changed);
    (void)pthread_mutex_unlock(&c->lock);
}

/* This thread has no more files of its own. */
static void retire(crew *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->busy--;
    (void)pthread_cond_broadcast(&c->changed);
    (void)pthread_mutex_unlock(&c->lock);
}

/* ---- the threads ---- */

static void step(const crew *c)
{
    if (c->watch) {
        c->watch->step(c->watch->user, atomic_load(&c->read), c->size);
    }
}

static void add_read(void *user, uint64_t bytes)
{
    worker *w = user;

    atomic_fetch_add(&w->crew->read, bytes);
    if (w->first) {
        step(w->crew);
    }
}

static void read_files(worker *w, w403_log_reader *reader)
{
    crew *c = w->crew;

    while (w->status == W403_OK && !atomic_load(&c->stop)) {
        size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->files->n || (c->watch && c->watch->stop && *c->watch->stop)) {
            break;
        }
        w->status = w403_log_read(reader, c->files->at[i].p, w->sink, w->stats, &w->err);
    }
}

static void *work(void *arg)
{
    worker                 *w = arg;
    crew                   *c = w->crew;
    const w403_log_helpers  helpers = {.user = c, .open = open_feed, .close = close_feed};
    const w403_window_meter meter = {.add = add_read, .user = w, .stop = c->watch ? c->watch->stop : NULL};
    w403_log_reader        *reader = w403_log_reader_new(c->threads > 1 ? &helpers : NULL, &meter);
    w403_log_feed          *feed;

    w->status = reader ? W403_OK : w403_error_nomem(&w->err);
    read_files(w, reader);
    retire(c);
    while (w->status == W403_OK && (feed = join_feed(c)) != NULL) {
        w->status = w403_log_help(reader, feed, w->sink, w->stats, &w->err);
        leave_feed(c, feed);
    }
    if (w->status != W403_OK) {
        atomic_store(&c->stop, true);
    }
    w403_log_reader_free(reader);
    return NULL;
}

/* What the others still read goes on being shown. */
static void join_thread(const crew *c, pthread_t thread)
{
    struct timespec until;

    do {
        step(c);
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += (until.tv_nsec + 100000000) / 1000000000;
        until.tv_nsec = (until.tv_nsec + 100000000) % 1000000000;
    } while (pthread_timedjoin_np(thread, NULL, &until) == ETIMEDOUT);
}

static uint64_t size_of(const w403_paths *files)
{
    uint64_t    sum = 0;
    struct stat info;

    for (size_t i = 0; i < files->n; i++) {
        if (stat(files->at[i].p, &info) != 0 || !S_ISREG(info.st_mode)) {
            return 0;
        }
        sum += (uint64_t)info.st_size;
    }
    return sum;
}

static w403_status run_crew(crew *c, worker *workers, unsigned threads, w403_error *err)
{
    w403_status status = W403_OK;

    for (unsigned i = 1; i < threads; i++) {
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
        if (!workers[i].started) { /* it leaves its share to the others */
            retire(c);
        }
    }
    work(&workers[0]);
    for (unsigned i = 0; i < threads; i++) {
        if (workers[i].started) {
            join_thread(c, workers[i].thread);
        }
        if (status == W403_OK && workers[i].status != W403_OK) {
            status = workers[i].status;
            if (err) {
                *err = workers[i].err;
            }
        }
    }
    return status;
}

w403_status w403_log_read_all(const w403_paths *files, unsigned threads, const w403_log_sink *sinks,
                              w403_log_stats *stats, const w403_log_watch *watch, w403_error *err)
{
    crew c = {.files = files, .watch = watch, .threads = threads, .busy = threads};

    if (threads < 1 || threads > W403_LOG_THREADS_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "%u threads: it takes 1 to %d", threads, W403_LOG_THREADS_MAX);
    }
    worker *workers = w403_malloc(threads * sizeof *workers);
    W403_NEED(workers, err);
    memset(workers, 0, threads * sizeof *workers);
    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (worker){.crew = &c, .sink = &sinks[i], .stats = &stats[i], .first = i == 0};
    }
    c.size = watch ? size_of(files) : 0;
    (void)pthread_mutex_init(&c.lock, NULL);
    (void)pthread_cond_init(&c.changed, NULL);
    w403_status status = run_crew(&c, workers, threads, err);
    if (watch) {
        watch->done(watch->user);
    }
    (void)pthread_cond_destroy(&c.changed);
    (void)pthread_mutex_destroy(&c.lock);
    w403_free(workers);
    return status;
}

/* ---- damage ---- */

w403_log_first w403_log_first_time(const w403_log_stats *stats, const w403_error *damage, size_t n)
{
    w403_log_first first = {.files = stats->files_damaged, .reports = stats->reports};
    if (n) {
        first.error = damage[0];
    }
    return first;
}

w403_status w403_log_first_add(const w403_log_first *first, w403_arena *a, w403_log_stats *stats,
                               const w403_error **damage, size_t *n, w403_error *err)
{
    if (first->files <= stats->files_damaged) {
        return W403_OK;
    }
    stats->files_damaged = first->files;
    stats->reports = first->reports > stats->reports ? first->reports : stats->reports;
    if (*n == 0 && first->reports) {
        w403_error *one = W403_NEW(a, w403_error);
        W403_NEED(one, err);
        *one = first->error;
        *damage = one;
        *n = 1;
    }
    return W403_OK;
}

static int by_place(const void *a, const void *b)
{
    const w403_error *x = a, *y = b;
    int order = strcmp(x->source, y->source);
    return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

void w403_log_damage_sort(w403_error *damage, size_t n)
{
    if (n) {
        qsort(damage, n, sizeof *damage, by_place);
    }
}

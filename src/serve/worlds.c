#include "serve/worlds.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/sha256.h"

w403_view w403_generation_path(const w403_generation *g, w403_view source)
{
    if (!g->folder.n || !w403_view_starts(source, g->folder)) {
        return source;
    }
    w403_view path = w403_view_sub(source, g->folder.n, source.n);
    return path.n && path.p[0] == '/' ? w403_view_sub(path, 1, path.n) : path;
}

/* Of every file by its path below the folder: two snapshots of one name are the same, whatever their dates. */
static void measure(w403_generation *g)
{
    w403_sha256          s;
    uint8_t              hash[W403_SHA256_BYTES];
    const w403_snapshot *at = g->world ? g->world->snapshot : NULL;
    w403_sha256_begin(&s);
    for (uint32_t i = 0; at && i < at->n_files; i++) {
        const w403_json_doc *doc = at->file_list[i];
        w403_sha256_add(&s, w403_generation_path(g, doc->source));
        w403_sha256_add(&s, (w403_view){"", 1});
        w403_sha256_add(&s, doc->text);
        w403_sha256_add(&s, (w403_view){"", 1});
        g->files++;
        g->bytes += doc->text.n;
    }
    w403_sha256_end(&s, hash);
    for (unsigned i = 0; i < W403_SHA256_BYTES; i++) {
        (void)snprintf(g->hash + 2 * i, 3, "%02x", hash[i]);
    }
    (void)snprintf(g->name, sizeof g->name, "%" PRIu64 "-%.12s", g->number, g->hash);
}

static void date(w403_generation *g, const char *path)
{
    struct stat          s;
    const w403_snapshot *at = g->world ? g->world->snapshot : NULL;
    if (at && at->has_collected_at) {
        g->collected_at = at->collected_at / 1000000;
    } else if (path && stat(path, &s) == 0) {
        g->collected_at = s.st_mtim.tv_sec;
    }
}

static void generation_free(w403_generation *g)
{
    w403_world_free(g->world);
    w403_free(g);
}

static w403_status load(const char *path, uint64_t number, w403_generation **out, w403_error *err)
{
    struct timespec  t0, t1;
    w403_generation *g = w403_malloc(sizeof *g);
    W403_NEED(g, err);
    *g = (w403_generation){.number = number, .loaded_at = time(NULL), .folder = w403_view_of(path)};
    atomic_store(&g->held, 1);
    (void)clock_gettime(CLOCK_MONOTONIC, &t0);
    w403_status status = path ? w403_world_load(path, &g->world, err) : w403_world_parse((w403_view){"", 0}, &g->world, err);
    (void)clock_gettime(CLOCK_MONOTONIC, &t1);
    if (status != W403_OK) {
        generation_free(g);
        return status;
    }
    g->load_s = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
    measure(g);
    date(g, path);
    *out = g;
    return W403_OK;
}

w403_status w403_worlds_open(w403_worlds *ws, const char *path, w403_error *err)
{
    *ws = (w403_worlds){.path = path};
    (void)pthread_mutex_init(&ws->lock, NULL);
    return load(path, 1, &ws->now, err);
}

void w403_worlds_close(w403_worlds *ws)
{
    w403_worlds_release(ws->now);
    (void)pthread_mutex_destroy(&ws->lock);
}

w403_status w403_worlds_reload(w403_worlds *ws, w403_error *err)
{
    w403_generation *fresh = NULL, *old = NULL;
    w403_status      status = load(ws->path, ws->now->number + 1, &fresh, err); /* one thread reloads */
    (void)pthread_mutex_lock(&ws->lock);
    if (status == W403_OK) {
        old = ws->now;
        ws->now = fresh;
        ws->loaded++;
        ws->stale = false;
    } else {
        ws->failed++;
        ws->stale = true;
        ws->why = *err;
    }
    (void)pthread_mutex_unlock(&ws->lock);
    w403_worlds_release(old);
    return status;
}

w403_generation *w403_worlds_hold(w403_worlds *ws)
{
    (void)pthread_mutex_lock(&ws->lock);
    w403_generation *g = ws->now;
    atomic_fetch_add(&g->held, 1);
    (void)pthread_mutex_unlock(&ws->lock);
    return g;
}

void w403_worlds_release(w403_generation *g)
{
    if (g && atomic_fetch_sub(&g->held, 1) == 1) {
        generation_free(g);
    }
}

#include "door/world.h"

#include "snapshot/load.h"

static void keep(void *user, bool warning, const w403_error *problem)
{
    w403_world *w = user;
    w403_problems_add(&w->loaded, warning, problem);
}

static w403_world *world_new(void)
{
    w403_world *w = w403_malloc(sizeof *w);
    if (w) {
        *w = (w403_world){.arena = w403_arena_new(0)};
        w->loaded.arena = w->arena;
        if (!w->arena) {
            w403_free(w);
            w = NULL;
        }
    }
    return w;
}

static w403_status finish(w403_world *w, uint64_t refused, w403_status status, w403_world **out, w403_error *err)
{
    if (status == W403_OK && w403_malloc_refused() != refused) { /* a warning may be missing */
        status = w403_error_nomem(err);
    }
    if (status != W403_OK) {
        w403_world_free(w);
        w = NULL;
    }
    *out = w;
    return status;
}

W403_API w403_status w403_world_load(const char *path, w403_world **out, w403_error *err)
{
    uint64_t    refused = w403_malloc_refused();
    w403_world *w = world_new();
    *out = NULL;
    W403_NEED(w, err);
    return finish(w, refused, w403_snapshot_load_usable(path, keep, w, &w->snapshot, err), out, err);
}

W403_API w403_status w403_world_parse(w403_view text, w403_world **out, w403_error *err)
{
    uint64_t    refused = w403_malloc_refused();
    w403_world *w = world_new();
    *out = NULL;
    W403_NEED(w, err);
    w403_status status = text.n ? w403_snapshot_parse(W403_LIT("snapshot"), text, keep, w, &w->snapshot, err) : W403_OK;
    return finish(w, refused, status, out, err);
}

W403_API void w403_world_free(w403_world *w)
{
    if (w) {
        w403_snapshot_free(w->snapshot);
        w403_arena_free(w->arena);
        w403_free(w);
    }
}

/* A module in place of live.so that answers from a snapshot: the commands that ask AWS, without a network. The variables
 * WORLD (a snapshot), WORLD_ACCOUNT (whose credentials they are) and WORLD_DENIED (`s3:GetBucketPolicy,iam:GetRole`) say what
 * it answers; WORLD_LOG is a file for what was asked, `s3:GetBucketPolicy Bucket=data` a line. */
#include <stdio.h>
#include <stdlib.h>

#include "narrow_world.h"

static bool denied(void *user, unsigned row, w403_view about)
{
    w403_view rest = w403_view_of(user);
    (void)about;
    while (rest.p) {
        w403_view operation = w403_view_cut(&rest, ','), service = w403_view_cut(&operation, ':');
        if (w403_view_eq(service, w403_view_of(w403_calls[row].service)) &&
            w403_view_eq(operation, w403_view_of(w403_calls[row].operation))) {
            return true;
        }
    }
    return false;
}

static w403_status open_world(const w403_live_options *options, w403_live_session **out, w403_error *err)
{
    const char *path = getenv("WORLD"), *account = getenv("WORLD_ACCOUNT"), *no = getenv("WORLD_DENIED");
    w403_arena *a = w403_arena_new(0);
    narrow_world *w = a ? W403_NEW(a, narrow_world) : NULL;
    w403_snapshot *s = NULL;
    (void)options;
    W403_NEED(w && path, err);
    W403_TRY(w403_snapshot_load(path, NULL, NULL, &s, err));
    *w = (narrow_world){.s = s, .a = a, .account = w403_view_of(account ? account : "111122223333")};
    if (no && *no) {
        w->denied = denied;
        w->user = (void *)(uintptr_t)no;
    }
    *out = narrow_world_session(w);
    return W403_OK;
}

static void close_world(w403_live_session *session)
{
    narrow_world *w = (narrow_world *)(void *)session;
    const char *path = getenv("WORLD_LOG");
    FILE *log = path ? fopen(path, "w") : NULL;
    for (size_t i = 0; i < w->queue.n && log; i++) {
        const narrow_call *c = &w->queue.at[i];
        const w403_call_row *row = &w403_calls[c->call.row];
        (void)fprintf(log, "%s:%s", row->service, row->operation);
        for (size_t k = 0; k < c->call.n_arguments; k++) {
            (void)fprintf(log, "\t%.*s=%.*s", W403_ARG(c->arguments[k].name), W403_ARG(c->arguments[k].value));
        }
        (void)fputc('\n', log);
    }
    if (log) {
        (void)fclose(log);
    }
    w403_snapshot_free((w403_snapshot *)(uintptr_t)w->s);
    w403_arena_free(w->a);
}

const w403_live *w403_live_module(void)
{
    static w403_live module;
    module = narrow_world_live;
    module.open = open_world;
    module.close = close_world;
    return &module;
}

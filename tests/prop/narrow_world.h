/* A snapshot that answers calls as AWS would: the functions of live/live.h in this process, without a network. What it
 * does not hold is answered as *not configured* or, where that is no answer of AWS's, as S3's default. */
#ifndef NARROW_WORLD_H
#define NARROW_WORLD_H

#include "base/array.h"
#include "live/calls.h"
#include "live/live.h"
#include "snapshot/snapshot.h"

typedef struct narrow_call {
    w403_live_call call;
    w403_live_argument arguments[4];
} narrow_call;

typedef struct narrow_world {
    const w403_snapshot *s;
    w403_arena *a;
    w403_view account; /* whose credentials are used */
    bool (*denied)(void *user, unsigned row, w403_view about); /* NULL: nothing is */
    void *user;
    const char *code; /* with which a call is denied; NULL: AccessDenied */
    W403_ARRAY(narrow_call) queue;
    size_t at, calls;
    uint64_t shuffle; /* answers come in another order than they were asked for; 0: in the same */
    unsigned asked[W403_CALL_COUNT];
} narrow_world;

extern const w403_live narrow_world_live;
/* The session is the world itself. */
static inline w403_live_session *narrow_world_session(narrow_world *w)
{
    return (w403_live_session *)(void *)w;
}

#endif

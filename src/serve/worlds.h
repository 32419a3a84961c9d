/* Generations of what is decided by: a new one takes the place of the old one at once, and the old one goes with the last
 * question that was asked of it. */
#ifndef W403_SERVE_WORLDS_H
#define W403_SERVE_WORLDS_H

#include <pthread.h>
#include <stdatomic.h>

#include "door/world.h"
#include "snapshot/snapshot.h"

typedef struct w403_generation {
    w403_world *world; /* NULL: there is no snapshot */
    atomic_uint held;
    uint64_t    number;   /* 1, 2 ... */
    char        name[32]; /* <number>-<first 12 of sha256> */
    char        hash[65];
    w403_view   folder;   /* what its files' names begin with */
    uint64_t    files, bytes;
    double      load_s;
    int64_t     loaded_at; /* seconds since 1970 */
    int64_t     collected_at; /* of the snapshot, else when its newest file was written; 0: nobody says */
} w403_generation;

typedef struct w403_worlds {
    pthread_mutex_t  lock;
    w403_generation *now;
    const char      *path; /* NULL: there is none */
    uint64_t         loaded, failed; /* reloads */
    bool             stale; /* the last reload failed */
    w403_error       why;
} w403_worlds;

W403_NODISCARD w403_status w403_worlds_open(w403_worlds *ws, const char *path, w403_error *err);
void w403_worlds_close(w403_worlds *ws);
/* Loads beside, then swaps. On an error the old one stays. */
W403_NODISCARD w403_status w403_worlds_reload(w403_worlds *ws, w403_error *err);
/* The path of a file in the snapshot, by its name as a source. */
w403_view w403_generation_path(const w403_generation *g, w403_view source);
w403_generation *w403_worlds_hold(w403_worlds *ws);
void w403_worlds_release(w403_generation *g); /* NULL is fine */

#endif

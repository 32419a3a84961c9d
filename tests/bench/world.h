/* A seeded world for the decision benches: one account whose policies hold `statements` statements, and requests
 * against it. The shares of patterns and conditions follow published samples: 65 % prefix*, 15 % exact, 13 % with a
 * suffix, 7 % floating; 40 % of the statements carry a condition. */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <why403.h>

typedef struct bench_world {
    char *text; /* the snapshot, single-file form; free() */
    size_t n_text;
    w403_request *requests; /* views point into `pool`; free() both */
    size_t n_requests;
    char *pool;
} bench_world;

/* False when memory is short. `requests` of them over 64 users, mixed actions and keys. */
bool bench_world_make(bench_world *w, unsigned statements, unsigned requests, uint64_t seed);
void bench_world_free(bench_world *w);

#endif

/* Decisions a second at 10 to 10,000 statements: verdict only, with causes, and the explanation as a struct; beside a
 * hash lookup of the same ARNs and a memchr of the same bytes in the same run. */
#include "world.h"

#include "measure.h"

#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bench {
    const w403_snapshot *snapshot;
    const bench_world *world;
    w403_arena *arena;
    uint64_t allowed, denied, undetermined;
} bench;

typedef bool run_fn(bench *b, const w403_request *r);

/* Not inlined: a profiler counts by its name. */
__attribute__((noinline)) static bool run_verdict(bench *b, const w403_request *r)
{
    w403_decision d;
    if (w403_decide(b->snapshot, NULL, r, W403_DETAIL_VERDICT, b->arena, &d, NULL) != W403_OK) {
        return false;
    }
    b->allowed += d.verdict == W403_ALLOWED;
    b->denied += d.verdict == W403_DENIED;
    b->undetermined += d.verdict == W403_UNDETERMINED;
    return true;
}

static bool run_explained(bench *b, const w403_request *r)
{
    w403_decision d;
    w403_explanation e;
    return w403_decide(b->snapshot, NULL, r, W403_DETAIL_CAUSES, b->arena, &d, NULL) == W403_OK &&
           w403_explain(r, &d, b->arena, &e, NULL) == W403_OK;
}

static volatile uint64_t sink;

static bool run_hash(bench *b, const w403_request *r)
{
    (void)b;
    sink += w403_hash(r->principal.p, r->principal.n) ^ w403_hash(r->resource.p, r->resource.n);
    return true;
}

/* Median seconds for one request over `rounds` passes. */
static double measure(bench *b, run_fn *run, int rounds)
{
    double times[16];
    for (int k = 0; k < rounds; k++) {
        double start = now_s();
        for (size_t i = 0; i < b->world->n_requests; i++) {
            w403_arena_reset(b->arena);
            if (!run(b, &b->world->requests[i])) {
                fprintf(stderr, "a request failed\n");
                exit(2);
            }
        }
        times[k] = (now_s() - start) / (double)b->world->n_requests;
    }
    qsort(times, (size_t)rounds, sizeof *times, by_value);
    return times[rounds / 2];
}

static double row(unsigned statements, unsigned n, bool json, bool first)
{
    bench_world w;
    w403_snapshot *s = NULL;
    w403_error err;
    double start;
    if (!bench_world_make(&w, statements, n, 403)) {
        exit(2);
    }
    start = now_s();
    if (w403_snapshot_parse((w403_view){"bench", 5}, (w403_view){w.text, w.n_text}, NULL, NULL, &s, &err) !=
        W403_OK) {
        fprintf(stderr, "%s: %s\n", err.source, err.message);
        exit(2);
    }
    double load = now_s() - start;
    bench b = {.snapshot = s, .world = &w, .arena = w403_arena_new(0)};
    double hash = measure(&b, run_hash, 5);
    double verdict = measure(&b, run_verdict, 5);
    double explained = measure(&b, run_explained, 5);
    double total = (double)(b.allowed + b.denied + b.undetermined);
    if (json) {
        printf(
            "%s{\"statements\":%u,\"decisions_per_s\":%.0f,\"explained_per_s\":%.0f,\"ratio\":%.2f,\"hash_ns\":%.0f,"
            "\"load_ms\":%.1f}",
            first ? "" : ",", statements, 1 / verdict, 1 / explained, explained / verdict, hash * 1e9, load * 1e3);
    } else {
        printf("%10u %14.0f %10.0f %14.0f %8.2f %9.0f %9.1f   %.0f/%.0f/%.0f\n", statements, 1 / verdict,
               verdict * 1e9, 1 / explained, explained / verdict, hash * 1e9, load * 1e3,
               100 * (double)b.allowed / total, 100 * (double)b.denied / total, 100 * (double)b.undetermined / total);
    }
    w403_arena_free(b.arena);
    w403_snapshot_free(s);
    bench_world_free(&w);
    return verdict;
}

static unsigned requests_for(unsigned statements)
{
    return statements >= 10000 ? 4000 : statements >= 1000 ? 20000 : 100000;
}

/* bench_decide [--json] | --only STATEMENTS [REQUESTS]: one size, and few requests, for a profiler:
 * valgrind --tool=callgrind --toggle-collect=run_verdict bench_decide --only 10 200 */
int main(int argc, char **argv)
{
    static const unsigned sizes[] = {10, 100, 1000, 10000};
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
    if (argc > 2 && strcmp(argv[1], "--only") == 0) {
        unsigned statements = (unsigned)strtoul(argv[2], NULL, 10);
        unsigned n = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : requests_for(statements);
        (void)row(statements, n, false, true);
        return 0;
    }
    double first = 0, last = 0;
    if (json) {
        printf("{\"bench\":\"decide\",\"rows\":[");
    } else {
        printf("%10s %14s %10s %14s %8s %9s %9s   %s\n", "statements", "decisions/s", "ns", "explained/s", "ratio",
               "2 hashes", "load ms", "allowed/denied/undetermined %");
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        last = row(sizes[i], requests_for(sizes[i]), json, i == 0);
        first = i == 0 ? last : first;
    }
    double growth = log(last / first) / log((double)sizes[3] / sizes[0]);
    printf(json ? "],\"growth\":%.2f}\n" : "growth: S^%.2f\n", growth);
    return 0;
}

/* How fast logs are read:
 *
 *     python3 tests/bench/gen_logs.py trail /tmp/trail --events 200000
 *     bench_logs denied 1 /tmp/trail          only denials are parsed in full
 *     bench_logs all 2 /tmp/trail             every record is, by two threads
 *
 * Prints what was found and the rates; with a last argument --json, as one object (tools/bench.py). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logs/tree.h"

typedef struct counter {
    uint64_t records, denied, damage;
    uint64_t padding[5]; /* a cache line of its own */
} counter;

static bool want_denied(void *user, const w403_glance *g)
{
    (void)user;
    return g->status == 403 || g->error_code.p;
}

static w403_status count(void *user, const w403_record *r, w403_error *err)
{
    counter *c = user;
    (void)err;
    c->records++;
    c->denied += w403_record_denied(r);
    return W403_OK;
}

static void damage(void *user, const w403_error *what)
{
    counter *c = user;
    if (c->damage++ < 3) {
        (void)fprintf(stderr, "%s: %s at %llu\n", what->source, what->message, (unsigned long long)what->offset);
    }
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this program in KiB: what getrusage tells begins with what the parent had. */
static unsigned long most_resident(void)
{
    char          line[256];
    unsigned long kib = 0;
    FILE         *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtoul(line + 6, NULL, 10);
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return kib;
}

int main(int argc, char **argv)
{
    unsigned       threads = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    w403_arena    *a = w403_arena_new(0);
    w403_paths     files = {0};
    w403_error     err = {0};
    w403_log_sink  sinks[W403_LOG_THREADS_MAX];
    w403_log_stats stats[W403_LOG_THREADS_MAX] = {0}, sum = {0};
    counter        counters[W403_LOG_THREADS_MAX] = {0}, total = {0};
    bool           json = argc > 4 && strcmp(argv[argc - 1], "--json") == 0;

    argc -= json;
    if (threads < 1 || threads > W403_LOG_THREADS_MAX || !a) {
        (void)fprintf(stderr, "usage: bench_logs denied|all THREADS PATH...\n");
        return 2;
    }
    for (unsigned i = 0; i < threads; i++) {
        sinks[i] = (w403_log_sink){.user = &counters[i],
                                   .want = strcmp(argv[1], "denied") == 0 ? want_denied : NULL,
                                   .record = count,
                                   .damage = damage};
    }
    double start = seconds();
    if (w403_log_find(a, NULL, (const char *const *)&argv[3], (size_t)argc - 3, &files, &err) != W403_OK ||
        w403_log_read_all(&files, threads, sinks, stats, NULL, &err) != W403_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    double took = seconds() - start;
    for (unsigned i = 0; i < threads; i++) {
        w403_log_stats_add(&sum, &stats[i]);
        total.records += counters[i].records;
        total.denied += counters[i].denied;
    }
    unsigned long resident = most_resident();
    uint64_t n = sum.lines + sum.events;
    w403_arena_free(a);
    if (json) {
        printf("{\"bench\":\"logs\",\"records\":%llu,\"parsed\":%llu,\"denied\":%llu,\"damaged\":%llu,\"seconds\":%.4f,"
               "\"gb_per_s\":%.3f,\"m_records_per_s\":%.3f,\"kib_resident\":%lu}\n",
               (unsigned long long)n, (unsigned long long)total.records, (unsigned long long)total.denied,
               (unsigned long long)sum.damaged, took, (double)sum.bytes / took / 1e9, (double)n / took / 1e6,
               resident);
        return 0;
    }
    printf("%llu files, %llu lines, %llu events, %llu wanted, %llu denied, %llu damaged\n",
           (unsigned long long)sum.files, (unsigned long long)sum.lines, (unsigned long long)sum.events,
           (unsigned long long)total.records, (unsigned long long)total.denied, (unsigned long long)sum.damaged);
    printf("%.3f s, %.2f GB/s, %.2f M records/s, %lu KiB resident at most\n", took, (double)sum.bytes / took / 1e9,
           (double)n / took / 1e6, resident);
    return 0;
}

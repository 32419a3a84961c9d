/* How fast logs are surveyed, decisions included:
 *
 *     python3 tests/bench/gen_logs.py access /tmp/access.log --lines 1000000
 *     python3 tests/bench/gen_logs.py snapshot /tmp/logs-snapshot.json
 *     bench_logs_decide 1 /tmp/logs-snapshot.json /tmp/access.log
 *     bench_logs_decide 1 - /tmp/trail            no snapshot: AWS's words only
 *
 * Prints what was found, the rates by the clock and by processor time (the machine may be shared), and memory. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "logs/survey.h"

static double seconds(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void rate(const char *name, double took, const w403_log_stats *s)
{
    uint64_t n = s->lines + s->events;
    printf("%-10s %8.3f s  %7.2f M records/s  %6.2f GB/s\n", name, took, (double)n / took / 1e6, (double)s->bytes / took / 1e9);
}

static int run(const w403_paths *files, const w403_survey_options *o)
{
    w403_survey   s;
    w403_error    err = {0};
    struct rusage usage;
    double        wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (w403_survey_run(files, o, &s, &err) != W403_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        w403_survey_close(&s);
        return 2;
    }
    wall = seconds(CLOCK_MONOTONIC) - wall;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    (void)getrusage(RUSAGE_SELF, &usage);
    size_t decided = 0;
    for (size_t i = 0; i < s.n_groups; i++) {
        decided += s.groups[i].judged;
    }
    printf("%llu lines, %llu events, %.3f GB, %llu denied, %zu causes (%zu decided), %llu damaged\n",
           (unsigned long long)s.stats.lines, (unsigned long long)s.stats.events, (double)s.stats.bytes / 1e9,
           (unsigned long long)s.denied, s.n_groups, decided, (unsigned long long)s.stats.damaged);
    rate("clock", wall, &s.stats);
    rate("processor", cpu, &s.stats);
    printf("%ld KiB resident at most\n", usage.ru_maxrss);
    w403_survey_close(&s);
    return 0;
}

int main(int argc, char **argv)
{
    w403_survey_options o = {.threads = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0};
    w403_arena         *a = w403_arena_new(0);
    w403_paths          files = {0};
    w403_error          err = {0};
    w403_snapshot      *snapshot = NULL;
    if (o.threads < 1 || o.threads > W403_LOG_THREADS_MAX || !a) {
        (void)fprintf(stderr, "usage: bench_logs_decide THREADS SNAPSHOT|- PATH...\n");
        w403_arena_free(a);
        return 2;
    }
    int status = 2;
    if ((strcmp(argv[2], "-") != 0 && w403_snapshot_load(argv[2], NULL, NULL, &snapshot, &err) != W403_OK) ||
        w403_log_find(a, NULL, (const char *const *)&argv[3], (size_t)argc - 3, &files, &err) != W403_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
    } else {
        o.snapshot = snapshot;
        status = run(&files, &o);
    }
    w403_snapshot_free(snapshot);
    w403_arena_free(a);
    return status;
}

/* The residual over object keys beside a memchr walk of the same bytes, in one run: pure prefixes, and ten globs of
 * which three float. Medians of five passes. */
#include "measure.h"

#include <why403.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1000000, PASSES = 5 };

static const char *const areas[] = {"data/raw/events", "data/curated/events", "logs/app/production", "logs/app/staging",
                                    "exports/partner/nightly", "backup/database/full", "home/alice/documents",
                                    "tmp/uploads/browser"};

static char *make_keys(size_t *n)
{
    uint64_t seed = 403;
    char    *text = malloc((size_t)KEYS * 128), *p = text;
    for (int i = 0; text && i < KEYS; i++) {
        uint64_t r = next(&seed);
        p += snprintf(p, 128, "%s/year=2026/month=%02u/day=%02u/hour=%02u/part-%08x-%08x.%s\n", areas[r & 7],
                      (unsigned)(r >> 3) % 12 + 1, (unsigned)(r >> 7) % 28 + 1, (unsigned)(r >> 12) % 24,
                      (unsigned)(r >> 20), (unsigned)(r >> 32), (r >> 17 & 3) ? "parquet" : "csv");
    }
    *n = text ? (size_t)(p - text) : 0;
    return text;
}

static double walk(const char *text, size_t n)
{
    double   start = now_s();
    uint64_t lines = 0;
    for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + n - p))); p++) {
        lines++;
    }
    return lines == KEYS ? now_s() - start : 1e9;
}

static double residual(w403_residual *r, const char *text, size_t n)
{
    double start = now_s();
    for (const char *p = text, *end; (end = memchr(p, '\n', (size_t)(text + n - p))); p = end + 1) {
        const w403_residual_class *c;
        if (w403_residual_key(r, (w403_view){p, (size_t)(end - p)}, &c, NULL) != W403_OK) {
            exit(2);
        }
    }
    return now_s() - start;
}

static void row(const char *name, const char *resources, const char *text, size_t n)
{
    char           doc[4096];
    w403_policies *ps = w403_policies_new();
    w403_request   q;
    w403_residual *r = NULL;
    w403_error     err;
    double         base[PASSES], cost[PASSES];
    int len = snprintf(doc, sizeof doc, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
                                        "\"Resource\":[%s]}]}", resources);
    w403_request_init(&q);
    q.action = (w403_view){"s3:GetObject", 12};
    q.resource = (w403_view){"arn:aws:s3:::b", 14};
    q.principal = (w403_view){"arn:aws:iam::111122223333:user/alice", 36};
    if (w403_policies_add(ps, W403_POLICY_IDENTITY, 0, (w403_view){"bench", 5}, (w403_view){doc, (size_t)len}, &err) !=
            W403_OK || w403_residual_new(NULL, ps, &q, &r, &err) != W403_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
    for (int i = 0; i < PASSES; i++) {
        base[i] = walk(text, n);
        cost[i] = residual(r, text, n);
    }
    qsort(base, PASSES, sizeof *base, by_value);
    qsort(cost, PASSES, sizeof *cost, by_value);
    printf("%-28s %8.1f %8.1f %8.2f %10u\n", name, base[PASSES / 2] / KEYS * 1e9, cost[PASSES / 2] / KEYS * 1e9,
           cost[PASSES / 2] / base[PASSES / 2], w403_residual_classes(r));
    w403_residual_free(r);
    w403_policies_free(ps);
}

int main(void)
{
    size_t n = 0;
    char  *text = make_keys(&n);
    if (!text) {
        return 2;
    }
    printf("%d keys of %zu bytes on average\n%-28s %8s %8s %8s %10s\n", KEYS, n / KEYS - 1, "patterns", "memchr ns",
           "ns/key", "ratio", "classes");
    row("3 prefixes", "\"arn:aws:s3:::b/data/raw/*\",\"arn:aws:s3:::b/logs/app/*\",\"arn:aws:s3:::b/home/alice/*\"", text, n);
    row("10 globs, 3 floating",
        "\"arn:aws:s3:::b/data/raw/*\",\"arn:aws:s3:::b/logs/app/*\",\"arn:aws:s3:::b/home/*\",\"arn:aws:s3:::b/backup/*\","
        "\"arn:aws:s3:::b/exports/partner/*\",\"arn:aws:s3:::b/tmp/*\",\"arn:aws:s3:::b/data/curated/*.csv\","
        "\"arn:aws:s3:::b/*.parquet\",\"arn:aws:s3:::b/*/month=07/*\",\"arn:aws:s3:::b/*/hour=12/*.csv\"", text, n);
    free(text);
    return 0;
}

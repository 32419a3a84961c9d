/* How fast delivered reports are read, against what the machine can do at all, in one run:
 *
 *     bench_inventory [--json] MANIFEST        (see gen_inventory)
 *
 * Plain files: a newline walk with memchr over the text in memory, then rows. Gzip: decompression alone, then rows.
 * Each figure is the best of three passes over all files of the manifest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/stream.h"
#include "inventory/acl_column.h"
#include "inventory/manifest.h"
#include "inventory/report.h"

static volatile uint64_t sink;
static bool json; /* for tools/bench.py */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const w403_error *err)
{
    fprintf(stderr, "bench_inventory: %s\n", err->message);
    exit(2);
}

/* Every pass gives the rows it saw (0: it counts none). */
typedef uint64_t pass(const w403_manifest *m, const w403_view *texts);

static uint64_t newline_walk(const w403_manifest *m, const w403_view *texts)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < m->n_files; i++) {
        const char *p = texts[i].p, *end = p + texts[i].n;
        while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
            rows++;
            p++;
        }
    }
    return rows;
}

static uint64_t decompress(const w403_manifest *m, const w403_view *texts)
{
    static char buf[256 * 1024];
    w403_error err = {0};
    (void)texts;
    for (size_t i = 0; i < m->n_files; i++) {
        w403_stream *s;
        if (w403_stream_open(m->files[i].path.p, &s, &err) != W403_OK) {
            die(&err);
        }
        size_t got = 1;
        while (got > 0) {
            if (w403_stream_read(s, buf, sizeof buf, &got, &err) != W403_OK) {
                die(&err);
            }
            sink += got;
        }
        w403_stream_close(s);
    }
    return 0;
}

static uint64_t walk(w403_report *r, const w403_manifest *m, bool acl)
{
    const w403_inv_schema *s = &m->schema;
    uint16_t want[3] = {s->at[W403_INV_KEY], s->at[W403_INV_OWNER], s->at[W403_INV_ACL]};
    w403_error err = {0};
    const w403_report_row *row = NULL;
    w403_inv_acl_cache *cache = acl ? w403_inv_acl_cache_new(0) : NULL;
    if (w403_report_select(r, s->n, want, acl ? 3 : 1, &err) != W403_OK) {
        die(&err);
    }
    uint64_t sum = 0;
    for (;;) {
        if (w403_report_next(r, &row, &err) != W403_OK) {
            die(&err);
        }
        if (!row) {
            break;
        }
        sum += row->at[0].n + (uint8_t)row->at[0].p[0];
        if (acl) {
            const w403_inv_acl *a;
            if (w403_inv_acl_cache_get(cache, row->at[2], &a, &err) != W403_OK) {
                die(&err);
            }
            sum += a->n + row->at[1].n;
        }
    }
    sink += sum;
    w403_report_stats st = w403_report_progress(r);
    if (st.malformed) {
        fprintf(stderr, "bench_inventory: %llu malformed rows\n", (unsigned long long)st.malformed);
    }
    w403_inv_acl_cache_free(cache);
    w403_report_close(r);
    return st.rows;
}

static uint64_t rows_of_files(const w403_manifest *m, bool acl)
{
    uint64_t rows = 0;
    w403_error err = {0};
    for (size_t i = 0; i < m->n_files; i++) {
        w403_report *r;
        if (w403_report_open(m->files[i].path.p, NULL, &r, &err) != W403_OK) {
            die(&err);
        }
        rows += walk(r, m, acl);
    }
    return rows;
}

static uint64_t key_rows(const w403_manifest *m, const w403_view *texts)
{
    (void)texts;
    return rows_of_files(m, false);
}

static uint64_t acl_rows(const w403_manifest *m, const w403_view *texts)
{
    (void)texts;
    return rows_of_files(m, true);
}

static uint64_t memory_rows(const w403_manifest *m, const w403_view *texts)
{
    uint64_t rows = 0;
    w403_error err = {0};
    for (size_t i = 0; i < m->n_files; i++) {
        w403_report *r;
        if (w403_report_of(m->files[i].path, texts[i], NULL, &r, &err) != W403_OK) {
            die(&err);
        }
        rows += walk(r, m, false);
    }
    return rows;
}

static uint64_t verify(const w403_manifest *m, const w403_view *texts)
{
    w403_error err = {0};
    (void)texts;
    for (size_t i = 0; i < m->n_files; i++) {
        if (w403_inv_file_verify(&m->files[i], &err) != W403_OK) {
            die(&err);
        }
    }
    return 0;
}

static double run(const char *name, pass *p, const w403_manifest *m, const w403_view *texts, double base)
{
    double best = 1e9;
    uint64_t rows = 0;
    for (int i = 0; i < 3; i++) {
        double t = seconds();
        rows = p(m, texts);
        t = seconds() - t;
        best = t < best ? t : best;
    }
    if (json) {
        printf("%s{\"what\":\"%s\",\"seconds\":%.4f,\"rows\":%llu,\"m_rows_per_s\":%.2f,\"times_the_floor\":%.2f}",
               base > 0 ? "," : "", name, best, (unsigned long long)rows, (double)rows / best * 1e-6,
               base > 0 ? best / base : 1.0);
        return best;
    }
    printf("%-34s %8.3f s", name, best);
    if (rows) {
        printf(" %7.1f ns/row %6.2f Mrow/s", best * 1e9 / (double)rows, (double)rows / best * 1e-6);
    } else {
        printf("%29s", "");
    }
    printf(base > 0 ? "  x %.2f\n" : "\n", best / base);
    return best;
}

int main(int argc, char **argv)
{
    w403_error err = {0};
    w403_arena *a = w403_arena_new(0);
    w403_problems problems = {.arena = a};
    w403_manifest m;
    json = argc > 1 && strcmp(argv[1], "--json") == 0;
    if (argc != 2 + json || !a) {
        fputs("usage: bench_inventory [--json] MANIFEST\n", stderr);
        return 2;
    }
    if (w403_manifest_load(a, argv[argc - 1], &problems, &m, &err) != W403_OK ||
        w403_manifest_require_csv(&m, &err) != W403_OK) {
        die(&err);
    }
    if (problems.n) {
        die(&problems.at[0].error);
    }
    bool plain = m.n_files && w403_view_ends(m.files[0].key, W403_LIT(".csv"));
    bool acl = m.schema.at[W403_INV_ACL] != W403_INV_NO_COLUMN;
    w403_view *texts = calloc(m.n_files + 1, sizeof *texts);
    double base;
    for (size_t i = 0; texts && plain && i < m.n_files; i++) {
        if (w403_file_read(a, m.files[i].path.p, &texts[i], &err) != W403_OK) {
            die(&err);
        }
    }
    printf(json ? "{\"bench\":\"inventory\",\"rows\":[" : "");
    if (plain) {
        base = run("memchr newline walk, in memory", newline_walk, &m, texts, 0);
        run("rows, key column, in memory", memory_rows, &m, texts, base);
        run("read the file alone", decompress, &m, texts, base);
    } else {
        base = run("decompress alone", decompress, &m, texts, 0);
    }
    run("rows, key column, from the file", key_rows, &m, texts, base);
    if (acl) {
        run("rows, key, owner, ACL decoded", acl_rows, &m, texts, base);
    }
    run("MD5 of the files alone", verify, &m, texts, base);
    printf(json ? "]}\n" : "");
    free(texts);
    w403_arena_free(a);
    return 0;
}

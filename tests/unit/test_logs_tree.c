/* Trees of logs: nested directories, gzip with several members, damage on the way, several threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "logs/seen.h"
#include "logs/tree.h"

#define LINE                                                                                                         \
    "o b [06/Feb/2019:00:00:38 +0000] - - R REST.GET.OBJECT k \"GET /k HTTP/1.1\" %d - 1 1 1 1 \"-\" \"-\" - h\n"

static char root[] = "/tmp/w403-logs-XXXXXX";

typedef struct tally {
    uint64_t records, denied, damage;
    char messages[4096];
} tally;

static w403_status on_record(void *user, const w403_record *r, w403_error *err)
{
    tally *t = user;
    (void)err;
    t->records++;
    t->denied += w403_record_denied(r);
    return W403_OK;
}

static void on_damage(void *user, const w403_error *what)
{
    tally *t = user;
    size_t n = strlen(t->messages);
    t->damage++;
    snprintf(t->messages + n, sizeof t->messages - n, "%s: %s\n", what->source, what->message);
}

/* ---- the tree ---- */

static void put_file(const char *name, w403_view text, int members, bool cut)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", root, name);
    for (int m = 0; m < members; m++) { /* gzip members, one after the other */
        gzFile z = gzopen(path, m == 0 ? "wb" : "ab");
        assert_non_null(z);
        assert_int_equal(gzwrite(z, text.p, (unsigned)text.n), (int)text.n);
        assert_int_equal(gzclose(z), Z_OK);
    }
    if (members == 0) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
        assert_int_equal(fclose(f), 0);
    }
    struct stat info;
    if (cut && stat(path, &info) == 0) {
        assert_int_equal(truncate(path, info.st_size - 20), 0);
    }
}

/* Events of 300 bytes or so: many windows of them. */
static void put_events(w403_buf *b, unsigned n)
{
    w403_buf_clear(b);
    w403_buf_puts(b, "{\"Records\":[");
    for (unsigned i = 0; i < n; i++) {
        w403_buf_printf(
            b,
            "%s{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":"
            "\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"pad\":\"%0*d\"%s,\"z\":{\"a\":[\"}\\\"\",%u]}}",
            i ? "," : "", (int)(i * 7 % 311), 0, i % 10 ? "" : ",\"errorCode\":\"AccessDenied\"", i);
    }
    w403_buf_puts(b, "]}");
    assert_true(w403_buf_ok(b));
}

static void make_directory(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
    w403_buf b = {0};

    (void)state;
    if (!mkdtemp(root)) {
        return -1;
    }
    make_directory("AWSLogs");
    make_directory("AWSLogs/1");
    put_events(&b, 20000);
    put_file("AWSLogs/1/a.json", w403_buf_view(&b), 0, false);
    put_events(&b, 5000);
    put_file("AWSLogs/1/b.json.gz", w403_buf_view(&b), 3, false);
    put_file("AWSLogs/digest.json.gz", W403_LIT("{\"digestStartTime\":\"x\",\"logFiles\":[]}"), 1, false);
    w403_buf_clear(&b);
    for (int i = 0; i < 10000; i++) {
        w403_buf_printf(&b, LINE, i % 4 ? 200 : 403);
    }
    put_file("access-2019-02-06-00-00-00-AAAA", w403_buf_view(&b), 0, false);
    put_file("no-name-says-gzip", w403_buf_view(&b), 1, false);
    put_file(".hidden", w403_buf_view(&b), 0, false);
    w403_buf_free(&b);
    return 0;
}

static int teardown(void **state)
{
    char command[600];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command);
}

static void read_tree(const char *const *paths, size_t n, unsigned threads, tally *sum, w403_log_stats *stats)
{
    w403_arena *a = w403_arena_new(0);
    w403_paths files = {0};
    w403_log_sink sinks[8];
    tally tallies[8] = {0};
    w403_log_stats each[8] = {0};
    w403_error err;

    memset(sum, 0, sizeof *sum);
    memset(stats, 0, sizeof *stats);
    for (unsigned i = 0; i < 8; i++) {
        sinks[i] = (w403_log_sink){.user = &tallies[i], .record = on_record, .damage = on_damage};
    }
    assert_int_equal(w403_log_find(a, NULL, paths, n, &files, &err), W403_OK);
    assert_int_equal(w403_log_read_all(&files, threads, sinks, each, NULL, &err), W403_OK);
    for (unsigned i = 0; i < threads; i++) {
        w403_log_stats_add(stats, &each[i]);
        sum->records += tallies[i].records;
        sum->denied += tallies[i].denied;
        sum->damage += tallies[i].damage;
        snprintf(sum->messages + strlen(sum->messages), sizeof sum->messages - strlen(sum->messages), "%.800s",
                 tallies[i].messages);
    }
    w403_arena_free(a);
}

static void test_counts(void **state)
{
    const char *const paths[] = {root};

    (void)state;
    for (unsigned threads = 1; threads <= 8; threads += 3) {
        tally sum;
        w403_log_stats stats;
        read_tree(paths, 1, threads, &sum, &stats);
        assert_int_equal(stats.files, 5);
        assert_int_equal(stats.files_skipped, 1);
        assert_int_equal(stats.files_foreign, 0);
        assert_int_equal(stats.events, 35000);
        assert_int_equal(stats.lines, 20000);
        assert_int_equal(sum.records, 55000);
        assert_int_equal(sum.denied, 3500 + 5000);
        assert_int_equal(stats.damaged + sum.damage, 0);
    }
}

static void test_order_and_names(void **state)
{
    w403_arena *a = w403_arena_new(0);
    w403_paths files = {0};
    char slashed[64];
    w403_error err;

    (void)state;
    snprintf(slashed, sizeof slashed, "%s//", root);
    const char *const paths[] = {"-", slashed, "-"};
    assert_int_equal(w403_log_find(a, NULL, paths, 3, &files, &err), W403_OK);
    assert_int_equal(files.n, 6);
    assert_string_equal(files.at[0].p, "-");
    assert_true(w403_view_ends(files.at[1], W403_LIT("/AWSLogs/1/a.json")));
    assert_null(strstr(files.at[1].p, "//"));
    const char *const missing[] = {"/nowhere/at/all"};
    assert_int_equal(w403_log_find(a, NULL, missing, 1, &files, &err), W403_IO);
    assert_non_null(strstr(err.message, "/nowhere/at/all"));
    w403_arena_free(a);
}

static void test_damaged_files(void **state)
{
    w403_buf b = {0};
    tally sum;
    w403_log_stats stats;
    char dir[600];

    (void)state;
    make_directory("bad");
    put_events(&b, 5000);
    put_file("bad/cut.json.gz", w403_buf_view(&b), 1, true);
    put_file("bad/binary",
             (w403_view){"\x7f"
                         "ELF\0\0\0\n\0\1\2",
                         11},
             0, false);
    put_file("bad/empty", W403_LIT(""), 0, false);
    put_file("bad/good.json", W403_LIT("{\"eventName\":\"A\",\"eventTime\":\"2026-11-20T10:05:00Z\"}"), 0, false);
    w403_buf_free(&b);
    snprintf(dir, sizeof dir, "%s/bad", root);
    const char *const paths[] = {dir};
    read_tree(paths, 1, 1, &sum, &stats);
    assert_int_equal(stats.files, 4);
    assert_int_equal(stats.files_damaged, 1);
    assert_int_equal(stats.files_foreign, 1);
    assert_int_equal(stats.damaged, 1); /* the event that the cut went through */
    assert_in_range(stats.events, 4500, 5000);
    assert_non_null(strstr(sum.messages, "bad/binary: not a log"));
    assert_non_null(strstr(sum.messages, "bad/cut.json.gz: "));
    snprintf(dir, sizeof dir, "rm -r '%s/bad'", root);
    assert_int_equal(system(dir), 0);
}

/* A record larger than any limit, in a stream: the window grows no further and reading goes on behind it. */
static void test_bounded_window(void **state)
{
    static const char *const HEADS[] = {"{", "{\"a\":\"", "[{\"b\":[", "x"};
    const char end[] = "\n{\"eventVersion\":\"1\",\"eventName\":\"A\",\"eventTime\":\"2026-11-20T10:05:00Z\"}\n";
    char path[600];

    (void)state;
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        w403_buf b = {0};
        tally sum;
        w403_log_stats stats;
        w403_buf_printf(&b, LINE, 200);
        w403_buf_puts(&b, HEADS[i]);
        while (b.n < 2 * W403_LIMIT_LOG_EVENT) {
            w403_buf_putc(&b, HEADS[i][0]);
        }
        w403_buf_puts(&b, end);
        assert_true(w403_buf_ok(&b));
        put_file("big", w403_buf_view(&b), 0, false);
        w403_buf_free(&b);
        snprintf(path, sizeof path, "%s/big", root);
        const char *const paths[] = {path};
        read_tree(paths, 1, 1, &sum, &stats);
        assert_int_equal(stats.lines, 1);
        assert_int_equal(stats.events, 1);
        assert_true(stats.damaged >= 1);
        assert_int_equal(remove(path), 0);
    }
}

static w403_status refuse(void *user, const w403_record *r, w403_error *err)
{
    (void)user;
    (void)r;
    return w403_error_set(err, W403_LIMIT, "enough");
}

static void test_sink_stops(void **state)
{
    w403_arena *a = w403_arena_new(0);
    w403_paths files = {0};
    w403_log_sink sinks[2] = {{.record = refuse}, {.record = refuse}};
    w403_log_stats stats[2] = {0};
    w403_error err;
    const char *const paths[] = {root};

    (void)state;
    assert_int_equal(w403_log_find(a, NULL, paths, 1, &files, &err), W403_OK);
    assert_int_equal(w403_log_read_all(&files, 2, sinks, stats, NULL, &err), W403_LIMIT);
    assert_string_equal(err.message, "enough");
    assert_int_equal(w403_log_read_all(&files, 0, sinks, stats, NULL, &err), W403_SEMANTIC);
    assert_int_equal(w403_log_read_all(&files, W403_LOG_THREADS_MAX + 1, sinks, stats, NULL, &err), W403_SEMANTIC);
    w403_arena_free(a);
}

static bool seen_event(w403_seen *s, w403_log_form form, const char *event, const char *shared, const char *request,
                       const char *key)
{
    w403_record r;
    w403_record_init(&r);
    r.form = form;
    r.operation = W403_LIT("GetObject");
    r.event_id = w403_view_of(event);
    r.shared_event_id = w403_view_of(shared);
    r.request_id = w403_view_of(request);
    r.key_raw = w403_view_of(key);
    return w403_seen_before(s, &r);
}

static void test_seen(void **state)
{
    w403_seen *s = w403_seen_new(3000);
    char id[32];

    (void)state;
    assert_false(seen_event(s, W403_LOG_TRAIL, "e1", NULL, NULL, NULL));
    assert_true(seen_event(s, W403_LOG_TRAIL, "e1", NULL, NULL, NULL));
    assert_false(seen_event(s, W403_LOG_TRAIL, "e2", "sh", NULL, NULL));
    assert_true(seen_event(s, W403_LOG_TRAIL, "e3", "sh", NULL, NULL));
    assert_false(seen_event(s, W403_LOG_TRAIL, NULL, NULL, "R", NULL));
    assert_false(seen_event(s, W403_LOG_TRAIL, NULL, NULL, "R", NULL)); /* nothing to tell it by */
    assert_false(seen_event(s, W403_LOG_ACCESS, NULL, NULL, "R", "a"));
    assert_false(seen_event(s, W403_LOG_ACCESS, NULL, NULL, "R", "b")); /* a multi-delete */
    assert_true(seen_event(s, W403_LOG_ACCESS, NULL, NULL, "R", "a"));
    for (int round = 0; round < 2; round++) {
        for (int i = 4; i < 3001; i++) { /* 4 are in it: one too many */
            snprintf(id, sizeof id, "id-%d", i);
            assert_int_equal(seen_event(s, W403_LOG_TRAIL, id, NULL, NULL, NULL), round == 1 && i < 3000);
        }
    }
    assert_int_equal(w403_seen_forgotten(s), 2);
    w403_seen_free(s);
}

/* Whichever allocation fails, the answer is W403_NOMEM and nothing is lost. */
static void test_memory(void **state)
{
    const char *text =
        "{\"Records\":[{\"eventName\":\"A\",\"eventTime\":\"2026-11-20T10:05:00Z\"}]}\n"
        "o b [06/Feb/2019:00:00:38 +0000] - - R REST.GET.OBJECT a%2520b \"GET /c HTTP/1.1\" 403 - 1 1 1 1"
        " \"-\" \"-\" - h\n";
    w403_status status = W403_NOMEM;

    (void)state;
    for (uint64_t n = 1; status == W403_NOMEM; n++) {
        tally t = {0};
        w403_log_stats stats = {0};
        const w403_log_sink sink = {.user = &t, .record = on_record};
        w403_error err;
        w403_malloc_fail_after(n);
        w403_log_reader *r = w403_log_reader_new(NULL, NULL);
        if (r) {
            status = w403_log_read_text(r, W403_LIT("t"), w403_view_of(text), &sink, &stats, &err);
        }
        w403_malloc_fail_after(0);
        w403_log_reader_free(r);
        assert_true(n < 1000);
        assert_int_equal(t.records, status == W403_OK ? 2 : t.records);
    }
    assert_int_equal(status, W403_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),        cmocka_unit_test(test_order_and_names),
        cmocka_unit_test(test_damaged_files), cmocka_unit_test(test_bounded_window),
        cmocka_unit_test(test_sink_stops),    cmocka_unit_test(test_seen),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* A long log shared by several threads gives what one thread reads: every record and every damage, at its offset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "logs/tree.h"

enum { THREADS = 5, MIB = 1 << 20 };

#define LINE                                                                                                         \
    "o b [06/Feb/2019:00:00:38 +0000] - - R%u REST.GET.OBJECT k/%u \"GET /k HTTP/1.1\" %d - 1 1 1 1 \"-\" \"%s\" - h"
#define EVENT "{\"eventVersion\":\"1\",\"eventName\":\"E\",\"eventTime\":\"2026-11-20T10:05:00Z\"}"

static char folder[] = "/tmp/w403-feed-XXXXXX";
static char path[64];

/* Sums, so that the order does not matter. */
typedef struct tally {
    uint64_t records, record_sum, damage, damage_sum;
    uint64_t padding[4];
} tally;

static w403_status on_record(void *user, const w403_record *r, w403_error *err)
{
    tally *t = user;
    (void)err;
    t->records++;
    t->record_sum += w403_hash(r->raw.p, r->raw.n) * (r->offset + 1);
    assert_string_equal(r->file.p, path);
    return W403_OK;
}

static void on_damage(void *user, const w403_error *what)
{
    tally *t = user;
    t->damage++;
    t->damage_sum += w403_hash(what->message, strlen(what->message)) * (what->offset + 1);
}

static void read_path(unsigned threads, tally *sum, w403_log_stats *stats)
{
    w403_view      at[] = {w403_view_of(path)};
    w403_paths     files = {.at = at, .n = 1, .cap = 1};
    tally          tallies[THREADS] = {0};
    w403_log_stats each[THREADS] = {0};
    w403_log_sink  sinks[THREADS];
    w403_error     err;

    *sum = (tally){0};
    *stats = (w403_log_stats){0};
    for (unsigned i = 0; i < THREADS; i++) {
        sinks[i] = (w403_log_sink){.user = &tallies[i], .record = on_record, .damage = on_damage};
    }
    assert_int_equal(w403_log_read_all(&files, threads, sinks, each, NULL, &err), W403_OK);
    for (unsigned i = 0; i < threads; i++) {
        w403_log_stats_add(stats, &each[i]);
        sum->records += tallies[i].records;
        sum->record_sum += tallies[i].record_sum;
        sum->damage += tallies[i].damage;
        sum->damage_sum += tallies[i].damage_sum;
    }
}

static void put_plain(w403_view text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

static void put_gzip(w403_view text, size_t cut)
{
    gzFile z = gzopen(path, "wb1");
    assert_non_null(z);
    assert_int_equal(gzwrite(z, text.p, (unsigned)text.n), (int)text.n);
    assert_int_equal(gzclose(z), Z_OK);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long n = ftell(f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(truncate(path, n - (long)cut), 0);
}

static void expect_same(uint64_t lines, uint64_t events, uint64_t least_damage)
{
    tally          one, many;
    w403_log_stats alone, shared;

    read_path(1, &one, &alone);
    assert_int_equal(alone.lines, lines);
    assert_int_equal(alone.events, events);
    assert_true(alone.damaged + alone.files_damaged >= least_damage);
    assert_int_equal(one.damage, alone.damaged + alone.files_damaged);
    for (unsigned threads = 2; threads <= THREADS; threads++) {
        read_path(threads, &many, &shared);
        assert_memory_equal(&many, &one, sizeof one);
        assert_memory_equal(&shared, &alone, sizeof alone);
    }
}

static unsigned put_lines(w403_buf *b, unsigned from, size_t until)
{
    for (; b->n < until; from++) {
        w403_buf_printf(b, LINE "%s\n", from, from * 7919 % 1000, from % 3 ? 200 : 403, from % 5 ? "-" : "a {b} c",
                        from % 4 ? "" : " more\r");
    }
    return from;
}

static void test_lines(void **state)
{
    w403_buf b = {0};
    (void)state;
    unsigned n = put_lines(&b, 0, 3 * MIB);
    put_plain(w403_buf_view(&b));
    expect_same(n, 0, 0);
    put_gzip(w403_buf_view(&b), 0);
    expect_same(n, 0, 0);
    b.n--; /* the last line has no end */
    put_plain(w403_buf_view(&b));
    expect_same(n, 0, 0);
    w403_buf_free(&b);
}

static void test_cut_gzip(void **state)
{
    w403_buf       b = {0};
    tally          one;
    w403_log_stats stats;
    (void)state;
    (void)put_lines(&b, 0, 3 * MIB);
    put_gzip(w403_buf_view(&b), 1000);
    read_path(1, &one, &stats);
    expect_same(stats.lines, 0, 2); /* the file, and the line that the cut went through */
    assert_int_equal(stats.files_damaged, 1);
    w403_buf_free(&b);
}

/* Whatever is not a line, at any place: what follows must not be read otherwise because of how pieces were cut. */
static void test_interrupted(void **state)
{
    static const struct {
        const char *begin, *middle, *end; /* the middle is there `times` times */
        unsigned    times, events, damage;
    } ROWS[] = {
        {"rubbish\n", "", "", 0, 0, 1},
        {"", EVENT "\n", "", 3, 3, 0},
        {"{\"Records\":[\n", EVENT ",\n", EVENT "\n]}\n", 2000, 2001, 0}, /* the end of a piece is inside */
        {"prefix {\"Records\":[", EVENT ",\n", EVENT "]}\n", 2000, 2001, 0},
        {"prefix {\n  \"Records\": [\n", EVENT ",\n", "", 2000, 2000, 1},
        {"[\n", EVENT "\n,\n", EVENT "\n]\n", 2000, 2001, 1},
        {"{\"a\":\"no end\n", "", "", 0, 0, 1},
        {"\n\r\n\n", "", "", 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        for (size_t at = 450000; at < 550000; at += 24593) { /* around the end of the first piece */
            w403_buf b = {0};
            unsigned before = put_lines(&b, 0, at);
            w403_buf_puts(&b, ROWS[i].begin);
            for (unsigned k = 0; k < ROWS[i].times; k++) {
                w403_buf_puts(&b, ROWS[i].middle);
            }
            w403_buf_puts(&b, ROWS[i].end);
            (void)put_lines(&b, before, 2 * MIB);
            put_plain(w403_buf_view(&b));
            tally          one;
            w403_log_stats stats;
            read_path(1, &one, &stats);
            assert_true(stats.lines >= before);
            expect_same(stats.lines, ROWS[i].events, ROWS[i].damage);
            w403_buf_free(&b);
        }
    }
}

static void test_long_lines(void **state)
{
    static const size_t LENGTHS[] = {W403_LIMIT_LOG_LINE - 1, W403_LIMIT_LOG_LINE, W403_LIMIT_LOG_LINE + 1, 700000, 3 * MIB};
    (void)state;
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        w403_buf b = {0};
        unsigned n = put_lines(&b, 0, 300000);
        for (size_t k = 0; k < LENGTHS[i]; k++) {
            w403_buf_putc(&b, 'x');
        }
        w403_buf_putc(&b, '\n');
        n = put_lines(&b, n, b.n + MIB);
        put_plain(w403_buf_view(&b));
        expect_same(n, 0, 1);
        w403_buf_free(&b);
    }
}

typedef struct shown {
    uint64_t last, size, steps;
    bool     done;
} shown;

static void on_step(void *user, uint64_t read, uint64_t size)
{
    shown *s = user;
    assert_true(!s->done && read >= s->last && read <= size);
    s->last = read;
    s->size = size;
    s->steps++;
}

static void on_done(void *user)
{
    shown *s = user;
    s->done = true;
}

static w403_status ignore_record(void *user, const w403_record *r, w403_error *err)
{
    (void)user;
    (void)r;
    (void)err;
    return W403_OK;
}

static void test_watch(void **state)
{
    w403_buf b = {0};
    (void)state;
    (void)put_lines(&b, 0, 3 * MIB);
    put_plain(w403_buf_view(&b));
    for (unsigned threads = 1; threads <= 2; threads++) {
        w403_view            at[] = {w403_view_of(path), w403_view_of(path)};
        w403_paths           files = {.at = at, .n = 2, .cap = 2};
        w403_log_sink        sinks[2] = {{.record = ignore_record}, {.record = ignore_record}};
        w403_log_stats       stats[2] = {0};
        shown                s = {0};
        const w403_log_watch watch = {.step = on_step, .done = on_done, .user = &s};
        w403_error           err;
        assert_int_equal(w403_log_read_all(&files, threads, sinks, stats, &watch, &err), W403_OK);
        assert_int_equal(s.size, 2 * b.n);
        assert_true(s.steps >= 1 && s.done);
        assert_true(threads > 1 || s.last == s.size);
    }
    w403_buf_free(&b);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/log", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return remove(path) != 0 || rmdir(folder) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),      cmocka_unit_test(test_cut_gzip), cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_watch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

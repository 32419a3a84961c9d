/* inventory/csv_index.h and report.h: rows of CSV, good and malformed, from memory and through streams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buf.h"
#include "inventory/csv_index.h"
#include "inventory/report.h"

/* What a report says, as text: `number@offset field|field`, malformed rows as `! number@offset+length message`. */
typedef struct said {
    w403_buf text;
} said;

static void note(void *user, bool warning, const w403_error *e)
{
    said *s = user;
    assert_false(warning);
    assert_int_equal(e->code, W403_SYNTAX);
    w403_buf_printf(&s->text, "! %u@%llu+%llu %s\n", e->line, (unsigned long long)e->offset,
                    (unsigned long long)e->length, e->message);
}

static w403_status say(w403_report *r, said *s, w403_error *err)
{
    const w403_report_row *row = NULL;
    for (;;) {
        w403_status st = w403_report_next(r, &row, err);
        if (st != W403_OK || !row) {
            return st;
        }
        w403_buf_printf(&s->text, "%llu@%llu ", (unsigned long long)row->number, (unsigned long long)row->offset);
        for (size_t i = 0; i < row->n; i++) {
            w403_buf_printf(&s->text, "%s%.*s", i ? "|" : "", row->at[i].p ? (int)row->at[i].n : 4,
                            row->at[i].p ? row->at[i].p : "none");
        }
        w403_buf_putc(&s->text, '\n');
    }
}

static void expect(const char *csv, size_t n_columns, size_t max_row, const char *want)
{
    said s = {{0}};
    w403_report *r;
    w403_error err = {0};
    w403_report_options opt = {max_row, 1, note, &s, NULL};
    assert_int_equal(w403_report_of(W403_LIT("r.csv"), w403_view_of(csv), &opt, &r, &err), W403_OK);
    assert_int_equal(w403_report_select(r, n_columns, NULL, 0, &err), W403_OK);
    assert_int_equal(say(r, &s, &err), W403_OK);
    w403_buf_putc(&s.text, '\0');
    assert_string_equal(s.text.p, want);
    w403_report_close(r);
    w403_buf_free(&s.text);
}

static void test_rows(void **state)
{
    (void)state;
    expect("", 0, 0, "");
    expect("a,b", 2, 0, "1@0 a|b\n");
    expect("a,b\n", 2, 0, "1@0 a|b\n");
    expect("\"a\",\"b\"\n\"c\",\"d\"\n", 2, 0, "1@0 a|b\n2@8 c|d\n");
    expect("\"a\",b\n,\n\"\",\"\"", 2, 0, "1@0 a|b\n2@6 |\n3@8 |\n");
    expect("\"a,b\",\"c\"\n", 2, 0, "1@0 a,b|c\n");
    expect("\"a\nb\",c\nd,e\n", 2, 0, "1@0 a\nb|c\n2@8 d|e\n");
    expect("\"say \"\"x\"\"\",\"\"\"\"\nd,e\n", 2, 0, "1@0 say \"x\"|\"\n2@17 d|e\n");
    expect("\"a\",\"b\"\r\nc,d\r\n\"e\",\"f\"\r", 2, 0, "1@0 a|b\n2@9 c|d\n3@14 e|f\n");
    expect("a\n\nb\n", 1, 0, "1@0 a\n2@2 \n3@3 b\n");
    expect("a\nb,c\nd,e,f", 0, 0, "1@0 a\n2@2 b|c\n3@6 d|e|f\n");
}

static void test_malformed(void **state)
{
    (void)state;
    expect("a,b\nc\nd,e,f\ng,h\n", 2, 0,
           "1@0 a|b\n! 2@4+1 1 column where 2 are expected\n! 3@6+5 3 columns where 2 are expected\n4@12 g|h\n");
    expect("a,b\n\nc,d\n", 2, 0, "1@0 a|b\n! 2@4+0 1 column where 2 are expected\n3@5 c|d\n");
    /* a lost quote costs its line, not the rest of the file */
    expect("\"a\",\"b\n\"c\",\"d\"\n\"e\",\"f\"\n", 2, 0,
           "! 1@0+6 a quoted field is not closed\n2@7 c|d\n3@15 e|f\n");
    expect("\"a\",\"b\n", 2, 0, "! 1@0+6 a quoted field is not closed\n");
    expect("\"a\",\"b", 2, 0, "! 1@0+6 a quoted field is not closed\n");
    expect("\"a\"x,\"b\"\n\"c\",\"d\"\n", 2, 0, "! 1@0+8 text behind the closing quote of a field\n2@9 c|d\n");
    expect("a\"b,c\n\"c\",\"d\"\n", 2, 0, "! 1@0+5 a quote inside a field that does not begin with one\n2@6 c|d\n");
    expect("\"a\"\r,b\nc,d\n", 2, 0, "! 1@0+6 text behind the closing quote of a field\n2@7 c|d\n");
}

static void test_limits(void **state)
{
    (void)state;
    char at[260], beyond[260], want[400];
    memset(at, 'x', sizeof at);
    memset(beyond, 'x', sizeof beyond);
    memcpy(at + 199, "\na\n", 4); /* 199 with the newline behind it */
    memcpy(beyond + 200, "\na\n", 4);
    snprintf(want, sizeof want, "1@0 %.199s\n2@200 a\n", at);
    expect(at, 0, 199, want);
    expect(beyond, 0, 199, "! 1@0+200 longer than a row may be\n2@201 a\n");
    expect(beyond, 0, 20, "! 1@0+200 longer than a row may be\n2@201 a\n");
    beyond[200] = '\0';
    expect(beyond, 0, 199, "! 1@0+200 longer than a row may be\n");

    char commas[70], wide[200] = "1@0 ";
    memset(commas, ',', sizeof commas);
    commas[63] = '\0';
    memset(wide + 4, '|', 63);
    wide[67] = '\n';
    expect(commas, 0, 0, wide);
    commas[63] = ',';
    commas[64] = '\0';
    expect(commas, 0, 0, "! 1@0+64 65 columns where at most 64 are expected\n");
}

static void test_select(void **state)
{
    (void)state;
    said s = {{0}};
    w403_report *r;
    w403_error err = {0};
    const uint16_t one[] = {1}, swapped[] = {2, 0}, beyond[] = {3};
    const w403_report_row *row;
    assert_int_equal(w403_report_of(W403_LIT("r"), W403_LIT("h,i,j\na,b,c\nd,e,f\n"), NULL, &r, &err), W403_OK);
    assert_int_equal(w403_report_next(r, &row, &err), W403_OK);
    assert_int_equal(row->n, 3);
    assert_int_equal(w403_report_select(r, 3, beyond, 1, &err), W403_SEMANTIC);
    assert_int_equal(w403_report_select(r, 65, NULL, 0, &err), W403_SEMANTIC);
    assert_int_equal(w403_report_select(r, 3, swapped, 2, &err), W403_OK);
    assert_int_equal(w403_report_next(r, &row, &err), W403_OK);
    assert_int_equal(row->n, 2);
    assert_memory_equal(row->at[0].p, "c", 1);
    assert_memory_equal(row->at[1].p, "a", 1);
    assert_int_equal(w403_report_select(r, 0, beyond, 1, &err), W403_OK); /* any number: what is not there is none */
    assert_int_equal(say(r, &s, &err), W403_OK);
    w403_buf_putc(&s.text, '\0');
    assert_string_equal(s.text.p, "3@12 none\n");
    w403_report_close(r);
    w403_buf_free(&s.text);
    assert_int_equal(w403_report_of(W403_LIT("r"), W403_LIT("h,i\n"), NULL, &r, &err), W403_OK);
    assert_int_equal(w403_report_select(r, 2, one, 1, &err), W403_OK);
    assert_int_equal(w403_report_next(r, &row, &err), W403_OK);
    assert_memory_equal(row->at[0].p, "i", 1);
    w403_report_close(r);
}

/* ---- every kernel gives the same index ---- */

static void test_kernels(void **state)
{
    (void)state;
    static const char letters[] = "\"\",\n\r\"ab,\"";
    enum { MOST = 400, TIMES = 20000 };
    w403_csv_index ix[3];
    char text[MOST];
    uint32_t x = 1;
    for (int k = 0; k < 3; k++) {
        assert_true(w403_csv_index_init(&ix[k], MOST));
        ix[k].kernel = (uint8_t)k;
    }
    for (int t = 0; t < TIMES; t++) {
        size_t n = (size_t)t % MOST;
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525u + 1013904223u;
            text[i] = t % 2 ? letters[(x >> 24) % (sizeof letters - 1)] : "\"a\",\"\"\n"[i % 7];
        }
        for (int k = 0; k < 3; k++) {
            w403_csv_index_run(&ix[k], (w403_view){text, n}, t % 3 != 0);
            assert_int_equal(ix[k].n_seps, ix[0].n_seps);
            assert_int_equal(ix[k].n_ends, ix[0].n_ends);
            assert_int_equal(ix[k].done, ix[0].done);
            assert_int_equal(ix[k].fault, ix[0].fault);
            assert_memory_equal(ix[k].seps, ix[0].seps, ix[0].n_seps * sizeof *ix[0].seps);
            assert_memory_equal(ix[k].ends, ix[0].ends, ix[0].n_ends * sizeof *ix[0].ends);
        }
    }
    for (int k = 0; k < 3; k++) {
        w403_csv_index_clear(&ix[k]);
    }
}

/* ---- files ---- */

static char path[] = "/tmp/w403-report-XXXXXX";

static void put_rows(gzFile f, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        assert_true(gzprintf(f, "\"bucket\",\"key/%u/%0*u\",\"%u\"\n", i, (int)(i % 300 + 1), 7u, i * 3) > 0);
    }
}

static void test_file(void **state)
{
    (void)state;
    enum { N = 20000 };
    const char *const modes[] = {"wbT", "wb"};
    int fd = mkstemp(path);
    close(fd);
    for (int m = 0; m < 2; m++) {
        gzFile f = gzopen(path, modes[m]);
        put_rows(f, 0, N);
        assert_int_equal(gzclose(f), Z_OK);
        for (size_t window = 0; window < 3000; window += 1000) {
            w403_report_options opt = {window ? 400 : 0, window, NULL, NULL, NULL};
            const uint16_t want[] = {2};
            const w403_report_row *row;
            w403_report *r;
            w403_error err = {0};
            assert_int_equal(w403_report_open(path, &opt, &r, &err), W403_OK);
            assert_int_equal(w403_report_select(r, 3, want, 1, &err), W403_OK);
            for (unsigned i = 0; i < N; i++) {
                char text[16];
                snprintf(text, sizeof text, "%u", i * 3);
                assert_int_equal(w403_report_next(r, &row, &err), W403_OK);
                assert_true(row && w403_view_eq(row->at[0], w403_view_of(text)) && row->number == i + 1);
            }
            assert_int_equal(w403_report_next(r, &row, &err), W403_OK);
            assert_null(row);
            w403_report_stats s = w403_report_progress(r);
            assert_int_equal(s.rows, N);
            assert_int_equal(s.malformed, 0);
            assert_int_equal(s.consumed, s.size);
            w403_report_close(r);
        }
    }
    unlink(path);
}

/* A report cut off in the middle: the whole rows are given, the rest is one malformed row and an error. */
static void test_truncated(void **state)
{
    (void)state;
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fclose(f);
    gzFile g = gzopen(path, "wb");
    put_rows(g, 0, 5000);
    assert_int_equal(gzclose(g), Z_OK);
    f = fopen(path, "rb");
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    fclose(f);
    for (long keep = size - 1; keep > size / 2; keep -= size / 37 + 1) {
        said s = {{0}};
        w403_report_options opt = {0, 0, note, &s, NULL};
        const w403_report_row *row;
        w403_report *r;
        w403_error err = {0};
        uint64_t rows = 0;
        assert_int_equal(truncate(path, keep), 0);
        assert_int_equal(w403_report_open(path, &opt, &r, &err), W403_OK);
        assert_int_equal(w403_report_select(r, 3, NULL, 0, &err), W403_OK);
        w403_status st;
        while ((st = w403_report_next(r, &row, &err)) == W403_OK && row) {
            char key[400], number[16];
            unsigned i = (unsigned)rows;
            snprintf(key, sizeof key, "key/%u/%0*u", i, (int)(i % 300 + 1), 7u);
            snprintf(number, sizeof number, "%u", i * 3);
            assert_true(w403_view_eq(row->at[1], w403_view_of(key)) &&
                        w403_view_eq(row->at[2], w403_view_of(number)));
            rows++;
        }
        assert_int_equal(st, W403_SYNTAX);
        assert_int_equal(err.offset, keep);
        w403_report_stats p = w403_report_progress(r);
        assert_true(p.malformed <= 1 && p.rows == rows && rows > 1000);
        w403_buf_putc(&s.text, '\0');
        assert_true(p.malformed == 0 || strstr(s.text.p, "cut off where the file is damaged"));
        assert_int_equal(w403_report_next(r, &row, &err), W403_SYNTAX); /* it sticks */
        w403_report_close(r);
        w403_buf_free(&s.text);
    }
    unlink(path);
}

static void test_short_of_memory(void **state)
{
    (void)state;
    w403_report *r;
    w403_error err = {0};
    w403_status st = W403_NOMEM;
    for (uint64_t i = 1; st == W403_NOMEM; i++) {
        w403_malloc_fail_after(i);
        st = w403_report_open("/dev/null", NULL, &r, &err);
        assert_true(st == W403_OK || (st == W403_NOMEM && !r));
        assert_true(i < 20);
    }
    w403_malloc_fail_after(0);
    w403_report_close(r);
    assert_int_equal(w403_report_open("/nonexistent", NULL, &r, &err), W403_IO);
    w403_report_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_malformed),       cmocka_unit_test(test_limits),
        cmocka_unit_test(test_select),    cmocka_unit_test(test_kernels),         cmocka_unit_test(test_file),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

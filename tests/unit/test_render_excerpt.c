/* Source excerpts and filled lines: what stands where, to the column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "render/excerpt.h"

#define VIEW(s) w403_view_of(s)

static w403_view draw(w403_buf *out, const w403_excerpt *e, int width)
{
    w403_buf_clear(out);
    w403_excerpt_put(out, e, false, width);
    assert_true(w403_buf_ok(out));
    w403_buf_putc(out, '\0');
    return w403_buf_view(out);
}

/* An excerpt that blames the first `needle` of `text`. */
static w403_excerpt blame(const char *text, const char *needle, const char *label)
{
    size_t at = w403_view_find(VIEW(text), VIEW(needle));
    assert_true(at != SIZE_MAX);
    return (w403_excerpt){.source = W403_LIT("p.json"),
                          .text = VIEW(text),
                          .offset = at,
                          .length = strlen(needle),
                          .label = VIEW(label)};
}

static void one_line(void **state)
{
    (void)state;
    w403_buf out = {0};
    w403_excerpt e = blame("{\n  \"Action\": \"s3:Get\"\n}\n", "\"s3:Get\"", "is no action");
    assert_string_equal(draw(&out, &e, 80).p, " --> p.json:2:13\n"
                                              "  |\n"
                                              "2 |   \"Action\": \"s3:Get\"\n"
                                              "  |             ^^^^^^^^ is no action\n");
    e.source = (w403_view){NULL, 0};
    e.label = (w403_view){NULL, 0};
    assert_string_equal(draw(&out, &e, 80).p, "  |\n"
                                              "2 |   \"Action\": \"s3:Get\"\n"
                                              "  |             ^^^^^^^^\n");
    w403_buf_free(&out);
}

static void several_marks(void **state)
{
    (void)state;
    w403_buf out = {0};
    const char *text = "a: one\nb: two\nc: three\nd: four\ne: five\nf: six six\n";
    w403_excerpt_mark also[] = {{39, 4, W403_LIT("fifth")}, {17, 5, W403_LIT("third")}, {50, 3, {NULL, 0}}};
    w403_excerpt e = blame(text, "one", "first");
    e.source = (w403_view){NULL, 0};
    e.also = also;
    e.n_also = 3;
    also[0].offset = w403_view_find(VIEW(text), VIEW("five"));
    also[2].offset = w403_view_find(VIEW(text), VIEW("six six"));
    assert_string_equal(draw(&out, &e, 80).p, "  |\n"
                                              "1 | a: one\n"
                                              "  |    ^^^ first\n"
                                              "2 | b: two\n"
                                              "3 | c: three\n"
                                              "  |    ----- third\n"
                                              "4 | d: four\n"
                                              "5 | e: five\n"
                                              "  |    ---- fifth\n"
                                              "6 | f: six six\n"
                                              "  |    ---\n");
    e.n_also = 1;
    assert_non_null(strstr(draw(&out, &e, 80).p, "first\n...\n5 | e: five\n"));
    /* two on one line: the line once, the marks below each other */
    also[0] = (w403_excerpt_mark){0, 1, W403_LIT("name")};
    assert_string_equal(draw(&out, &e, 80).p, "  |\n"
                                              "1 | a: one\n"
                                              "  | - name\n"
                                              "  |    ^^^ first\n");
    w403_buf_free(&out);
}

static void over_lines(void **state)
{
    (void)state;
    w403_buf out = {0};
    w403_excerpt e = blame("{\n \"A\": [\n  1,\n  2\n ]\n}", "[\n  1,\n  2\n ]", "no number");
    e.source = (w403_view){NULL, 0};
    assert_string_equal(draw(&out, &e, 80).p, "  |\n"
                                              "2 | /  \"A\": [\n"
                                              "3 | |   1,\n"
                                              "4 | |   2\n"
                                              "5 | |  ]\n"
                                              "  | |__^ no number\n");
    e = blame("[1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9,\n10]", "[1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9,\n10]", "long");
    e.source = (w403_view){NULL, 0};
    assert_string_equal(draw(&out, &e, 80).p, "   |\n"
                                              " 1 | / [1,\n"
                                              " 2 | | 2,\n"
                                              " 3 | | 3,\n"
                                              " 4 | | 4,\n"
                                              "   | | ...\n"
                                              " 9 | | 9,\n"
                                              "10 | | 10]\n"
                                              "   | |___^ long\n");
    w403_buf_free(&out);
}

static void tabs_and_wide_characters(void **state)
{
    (void)state;
    w403_buf out = {0};
    w403_excerpt e = blame("\t\"k\":\t\"\xE6\x97\xA5\xE6\x9C\xAC\" x", "x", "here");
    e.source = (w403_view){NULL, 0};
    assert_string_equal(draw(&out, &e, 80).p, "  |\n"
                                              "1 |     \"k\":    \"\xE6\x97\xA5\xE6\x9C\xAC\" x\n"
                                              "  |                    ^ here\n");
    e = blame("\"e\xCC\x81 \x1b[31m\xE2\x80\xAE\" y", "y", "");
    e.source = (w403_view){NULL, 0};
    w403_view v = draw(&out, &e, 80);
    assert_null(strchr(v.p, '\x1b'));
    assert_non_null(strstr(v.p, "\n  |            ^\n")); /* the accent takes no column */
    w403_buf_free(&out);
}

static void long_lines(void **state)
{
    (void)state;
    w403_buf out = {0}, text = {0};
    for (int i = 0; i < 400; i++) {
        w403_buf_puts(&text, "\xC3\xA4");
    }
    w403_buf_puts(&text, "BAD");
    for (int i = 0; i < 400; i++) {
        w403_buf_puts(&text, "z");
    }
    w403_excerpt e = {.text = w403_buf_view(&text), .offset = 800, .length = 3, .label = W403_LIT("this one")};
    w403_view v = draw(&out, &e, 80);
    while (v.p && v.n > 1) {
        w403_view line = w403_view_cut(&v, '\n');
        assert_true(w403_style_columns(line) <= 80);
        size_t bad = w403_view_find(line, W403_LIT("BAD"));
        if (bad != SIZE_MAX) {
            w403_view carets = w403_view_cut(&v, '\n');
            assert_int_equal(w403_style_columns(w403_view_sub(line, 0, bad)), w403_view_find_char(carets, '^'));
            assert_true(w403_view_find(line, W403_LIT("...")) == 4 && w403_view_ends(line, W403_LIT("...")));
        }
    }
    /* a span that is longer than the line, and one beyond the text */
    e.length = 403;
    (void)draw(&out, &e, 60);
    e.offset = 5000;
    (void)draw(&out, &e, 1);
    e.text = (w403_view){"", 0};
    (void)draw(&out, &e, 0);
    w403_buf_free(&text);
    w403_buf_free(&out);
}

static void long_labels(void **state)
{
    (void)state;
    w403_buf out = {0};
    w403_excerpt e = blame("{\"Condition\": {\"StringEquals\": {\"aws:username\": \"bob\"}}}", "\"bob\"",
                           "aws:username is alice, and so this statement, which is for bob, does not apply to her");
    e.source = (w403_view){NULL, 0};
    w403_view v = draw(&out, &e, 70);
    size_t lines = 0;
    for (w403_view line; v.p && v.n > 1; lines++) {
        line = w403_view_cut(&v, '\n');
        assert_true(w403_style_columns(line) <= 70);
    }
    assert_true(lines >= 5);
    w403_buf_free(&out);
}

static void words(void **state)
{
    (void)state;
    w403_buf out = {0};
    size_t end =
        w403_style_wrap(&out, W403_LIT("one  two\nthree arn:aws:s3:::a-very-long-bucket-name four"), 4, 2, 14);
    w403_buf_putc(&out, '\0');
    assert_string_equal(out.p, "one two\n  three\n  arn:aws:s3:::a-very-long-bucket-name\n  four");
    assert_int_equal(end, 6);
    w403_buf_free(&out);
}

/* A minified document of megabytes: what is drawn depends on what stands near the mark alone, wherever that is. */
static void very_long_lines(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20, EURO = 3 };
    w403_buf out = {0};
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (size_t i = 0; i + EURO <= SIZE; i += EURO) {
        memcpy(text + i, "\xE2\x82\xAC", EURO);
    }
    static const size_t places[] = {2000, 20001, 1 << 20, SIZE - 2000};
    for (size_t i = 0; i < 4; i++) {
        size_t at = places[i] / EURO * EURO;
        memcpy(text + at, "[mark]", 6);
        w403_excerpt e = {.text = {text, SIZE / EURO * EURO}, .offset = at, .length = 6};
        assert_string_equal(draw(&out, &e, 50).p,
                            "  |\n1 | ...\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                            "\u20ac\u20ac[mark]\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                            "\u20ac\u20ac\u20ac\u20ac...\n  |                    ^^^^^^\n");
        memcpy(text + at, "\xE2\x82\xAC\xE2\x82\xAC", 6);
    }
    /* two marks of one line, far from each other: each with what stands round it; the place is what the caller says */
    memcpy(text + 30, "[one] ", 6);
    memcpy(text + (1 << 20) / EURO * EURO, "[two] ", 6);
    w403_excerpt_mark also = {(1 << 20) / EURO * EURO, 5, W403_LIT("second")};
    w403_excerpt e = {.source = W403_LIT("p"), .text = {text, SIZE / EURO * EURO}, .offset = 30, .length = 5,
                      .line = 7, .column = 31, .also = &also, .n_also = 1};
    (void)draw(&out, &e, 50);
    assert_non_null(strstr(out.p, "--> p:7:31\n"));
    assert_non_null(strstr(out.p, "[one] "));
    assert_non_null(strstr(out.p, "[two] "));
    assert_non_null(strstr(out.p, "----- second\n"));
    free(text);
    w403_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line),   cmocka_unit_test(several_marks),
        cmocka_unit_test(over_lines), cmocka_unit_test(tabs_and_wide_characters),
        cmocka_unit_test(long_lines), cmocka_unit_test(long_labels),
        cmocka_unit_test(words),      cmocka_unit_test(very_long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Formats that others read: what is put in cannot become more than a value of them. */
#include "arena_test.h"
#include "base/buf.h"
#include "cli/csv.h"
#include "cli/tap.h"

#define WRITES(want, ...)                                                                                            \
    do {                                                                                                             \
        w403_buf out = {0};                                                                                          \
        __VA_ARGS__;                                                                                                 \
        assert_true(w403_buf_ok(&out));                                                                              \
        w403_view got = w403_arena_copy(arena, w403_buf_view(&out));                                                 \
        assert_string_equal(got.p, want);                                                                            \
        w403_buf_free(&out);                                                                                         \
    } while (0)

static void csv_cells(void **state)
{
    (void)state;
    WRITES("\"\",", w403_csv_cell(&out, W403_LIT(""), ','));
    WRITES("\"a \"\"b\"\",\nc\"\n", w403_csv_cell(&out, W403_LIT("a \"b\",\nc"), '\n'));
    static const char *const formulas[] = {"=cmd|x", "+1", "-1", "@x", "\tx", "\rx"};
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        w403_buf out = {0};
        w403_csv_cell(&out, w403_view_of(formulas[i]), ',');
        assert_int_equal(out.n, strlen(formulas[i]) + 4);
        assert_memory_equal(out.p, "\"'", 2);
        assert_memory_equal(out.p + 2, formulas[i], strlen(formulas[i]));
        w403_buf_free(&out);
    }
    WRITES("\"a=b\",", w403_csv_cell(&out, W403_LIT("a=b"), ','));
    WRITES("\"\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" "caf\xC3\xA9\",",
           w403_csv_cell(&out, W403_LIT("\033[2J\x07\xE2\x80\xAE\xFF" "caf\xC3\xA9"), ','));
    WRITES("18446744073709551615\n", w403_csv_number(&out, UINT64_MAX, '\n'));
}

static void tap_lines(void **state)
{
    (void)state;
    WRITES("ok 1 - plain\n", w403_tap_result(&out, true, 1, W403_LIT("plain")));
    WRITES("not ok 2 - a ok 3 - b\n", w403_tap_result(&out, false, 2, W403_LIT("a\nok 3 - b")));
    WRITES("ok 3 - x \\# SKIP \\\\ \\#\n", w403_tap_result(&out, true, 3, W403_LIT("x # SKIP \\ #")));
    WRITES("ok 4 - \xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD\n",
           w403_tap_result(&out, true, 4, W403_LIT("\033[2J\x07\xE2\x80\x8F")));
    WRITES("# a 1..9  Bail out!\n", w403_tap_comment(&out, W403_LIT("a\n1..9\r\nBail out!")));
    WRITES("# a  7\n", w403_tap_commentf(&out, "%s %d", "a\n", 7));
    WRITES("# \n", w403_tap_comment(&out, (w403_view){NULL, 0}));
}

static void json_strings(void **state)
{
    (void)state;
    WRITES("\"a\\u202e\\u200f\\u0085\\u2028\xC3\xA9\\u001b\xEF\xBF\xBD\"",
           w403_buf_json_string(&out, W403_LIT("a\xE2\x80\xAE\xE2\x80\x8F\xC2\x85\xE2\x80\xA8\xC3\xA9\033\xFF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(csv_cells), cmocka_unit_test(tap_lines),
                                       cmocka_unit_test(json_strings)};
    return cmocka_run_group_tests(tests, setup, teardown);
}

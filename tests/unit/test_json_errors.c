#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json/json.h"

/* text; where the error is: line, column, length; message; hint (NULL: not compared, "": none) */
typedef struct wrong {
    const char *text;
    uint32_t    line, column;
    uint64_t    length;
    const char *message, *hint;
} wrong;

static const wrong wrongs[] = {
    /* commas */
    {"{\"a\": 1,\n}", 1, 8, 1, "trailing comma before `}`", "Delete the comma."},
    {"[1, 2 , ]", 1, 7, 1, "trailing comma before `]`", NULL},
    {"{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, 3, "missing comma before `\"b\"`", "Add `,` at the end of line 2."},
    {"[1 2]", 1, 4, 1, "missing comma before `2`", "Add `,` between the two values."},
    {"[{} {}]", 1, 5, 1, "missing comma before `{`", NULL},
    {"[1,,2]", 1, 4, 1, "two commas in a row", "Delete one."},
    {"[,1]", 1, 2, 1, "a value is missing before `,`", ""},
    {"{\"a\":,}", 1, 6, 1, "a value is missing before `,`", NULL},
    {"{\"a\":}", 1, 6, 1, "a value is missing before `}`", NULL},
    {"{\"a\"}", 1, 5, 1, "`:` and a value are missing before `}`", NULL},
    {"[1; 2]", 1, 3, 1, "`;` where a comma or `]` must stand", NULL},
    /* quotes */
    {"{\"a: \"x\"}", 1, 7, 1, "missing `:` after the member name `a: `", "Close the name's quote before its colon."},
    {"{\"a\" 1}", 1, 6, 1, "missing `:` after the member name `a`", "Write `\"name\": value`."},
    {"{\"a\" = 1}", 1, 6, 1, "missing `:` after the member name `a`", "Write `:` in place of `=`."},
    {"{\"a\\\"b\" 1}", 1, 9, 1, "missing `:` after the member name `a\\\"b`", NULL},
    {"[\"abc\n]", 1, 2, 4, "the string has no closing quote", NULL},
    {"[\"abc", 1, 2, 4, "the string has no closing quote", "Add `\"` at its end, or see whether the text was cut off."},
    {"[\"abc\\", 1, 2, 5, "the string has no closing quote", NULL},
    {"{\"Sid\": \"an \"odd\" name\"}", 1, 14, 3, "`odd` after a closed string",
     "Write a quote inside a string as `\\\"`, or add the missing comma."},
    {"{'a': 1}", 1, 2, 1, "single quote: JSON strings take double quotes", "Use the plain double quote: `\"`."},
    {"{\xE2\x80\x9C" "a\xE2\x80\x9D: 1}", 1, 2, 3, "typographic quote `\xE2\x80\x9C` (U+201C)", NULL},
    {"{Effect: 1}", 1, 2, 7, "the member name `Effect:` has no quotes", "Put it in double quotes."},
    {"{1: 2}", 1, 2, 2, "`1:` where a member name must stand", NULL},
    {"{{}}", 1, 2, 1, "`{` where a member name must stand", NULL},
    /* words and numbers */
    {"[True]", 1, 2, 4, "`True` is no JSON value", "Write `true`."},
    {"[None]", 1, 2, 4, "`None` is no JSON value", "Write `null`."},
    {"[truest]", 1, 2, 6, "`truest` is no JSON value", "Put text in double quotes."},
    {"[NaN]", 1, 2, 3, "`NaN` is no JSON number", NULL},
    {"[-Infinity]", 1, 2, 9, "`-Infinity` is no JSON number", NULL},
    {"[012]", 1, 2, 3, "`012` is no JSON number",
     "Delete the leading zeros, or put it in double quotes: account ids are text."},
    {"[+1]", 1, 2, 2, "`+1` is no JSON number", "Delete the `+`."},
    {"[.5]", 1, 2, 2, "`.5` is no JSON number", "Write a digit before the point."},
    {"[1.]", 1, 2, 2, "`1.` is no JSON number", NULL},
    {"[1e]", 1, 2, 2, "`1e` is no JSON number", NULL},
    {"[-]", 1, 2, 1, "`-` is no JSON number", NULL},
    {"[0x1F]", 1, 2, 4, "`0x1F` is no JSON number", "Write the number in decimal."},
    {"[12ab]", 1, 2, 4, "`12ab` is no JSON number", "Put text in double quotes."},
    {"[1.2.3.4]", 1, 2, 7, "`1.2.3.4` is no JSON number", NULL},
    /* comments and blanks */
    {"// x\n{}", 1, 1, 2, "comment: JSON has none", "Delete the comment."},
    {"[1 /* x */]", 1, 4, 2, "comment: JSON has none", NULL},
    {"{ # x\n}", 1, 3, 1, "comment: JSON has none", NULL},
    {"{\xC2\xA0\"a\": 1}", 1, 2, 2, "no-break space (U+00A0) outside a string",
     "Replace it by a plain space, or delete it."},
    {"{\"a\":\xE2\x80\x8B 1}", 1, 6, 3, "zero width space (U+200B) outside a string", NULL},
    {"[1]\xE2\x80\x8B", 1, 4, 3, "zero width space (U+200B) outside a string", NULL},
    {"[1\x0C]", 1, 3, 1, "form feed (U+000C) outside a string", NULL},
    /* in strings */
    {"[\"a\tb\"]", 1, 4, 1, "tab in a string", "Write it as `\\t`."},
    {"[\"a\x01\"]", 1, 4, 1, "control character U+0001 in a string", "Delete it, or write it as `\\u0001`."},
    {"[\"a\xFF\"]", 1, 4, 1, "invalid UTF-8 in a string: byte 0xFF", "Save the file as UTF-8."},
    {"[\"\xED\xA0\x80\"]", 1, 3, 1, "invalid UTF-8 in a string: byte 0xED", NULL},
    {"[\"C:\\data\"]", 1, 5, 2, "bad escape `\\d`", "Write a backslash as `\\\\`."},
    {"[\"\\\xC3\xA9\"]", 1, 3, 3, "bad escape `\\\xC3\xA9`", NULL},
    {"[\"a\\\nb\"]", 1, 4, 1, "backslash at the end of a line", NULL},
    {"[\"\\u12G4\"]", 1, 3, 6, "bad escape `\\u12G4`", "Give `\\u` four hexadecimal digits."},
    {"[\"\\u12\"]", 1, 3, 4, "bad escape `\\u12`", NULL},
    {"[\"\\ud800\"]", 1, 3, 6, "lone surrogate `\\ud800`: half a character", NULL},
    {"[\"\\ud800\\u0041\"]", 1, 3, 6, "lone surrogate `\\ud800`: half a character", NULL},
    {"[\"\\uDC00\"]", 1, 3, 6, "lone surrogate `\\uDC00`: half a character", NULL},
    /* names */
    {"{\n\"a\": 1,\n\"b\": 2,\n\"\\u0061\": 3}", 4, 1, 8, "duplicate name `a`: the first is on line 2",
     "Delete one of the two, or merge them."},
    {"{\"\":1,\"\":2}", 1, 7, 2, "duplicate name ``: the first is on line 1", NULL},
    {"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"k\":0,\"l\":0,\n\"e\":0,\"a\":0}", 2,
     1, 3, "duplicate name `e`: the first is on line 1", NULL},
    /* brackets */
    {"{\n  \"a\": [1, 2\n}\n", 3, 1, 1, "`}` cannot close `[` of line 2", "Close it with `]`."},
    {"[1}", 1, 3, 1, "`}` cannot close `[` of line 1", NULL},
    {"{\"a\": 1]", 1, 8, 1, "`]` cannot close `{` of line 1", NULL},
    {"{\"a\": [\n1, {\n", 2, 5, 0, "the text ends, but `{` of line 2 is still open",
     "Add `}]}` at the end, or see whether the text was cut off."},
    {"[1,", 1, 4, 0, "the text ends, but `[` of line 1 is still open", NULL},
    {"{\"a\":", 1, 6, 0, "the text ends, but `{` of line 1 is still open", NULL},
    {"{\"a\"", 1, 5, 0, "the text ends, but `{` of line 1 is still open", NULL},
    {"]", 1, 1, 1, "`]` closes nothing", NULL},
    {"[1]]", 1, 4, 1, "`]` closes nothing", NULL},
    {"{} {}", 1, 4, 1, "`{` after the end of the value",
     "Delete what follows, or put several values into an array."},
    {"1, 2", 1, 2, 1, "`,` after the end of the value", NULL},
    /* no JSON at all */
    {"", 1, 1, 0, "the text is empty", "Give a JSON value, such as an object in `{}`."},
    {" \n\t\r\n", 1, 1, 0, "the text is empty", NULL},
    {"\xEF\xBB\xBF{}", 1, 1, 3, "the text begins with a byte order mark (U+FEFF)",
     "Save the file as UTF-8 without BOM."},
    {"\xFF\xFE{", 1, 1, 2, "the text is UTF-16, not UTF-8", NULL},
    {"\x1F\x8B\x08", 1, 1, 2, "this is gzip data, not JSON", "Decompress it first: `gunzip`."},
    {"PK\x03\x04", 1, 1, 4, "this is a zip archive, not JSON", NULL},
    {"<Error><Code>AccessDenied</Code>", 1, 1, 1, "this is XML or HTML, not JSON", NULL},
    {"---\nVersion: 2012-10-17\n", 1, 1, 3, "this is YAML, not JSON", NULL},
    {"\x7F" "ELF\x02\x01", 1, 5, 1, "this is binary data, not JSON: byte 0x02", NULL},
    {"\xE9t\xE9", 1, 1, 1, "invalid UTF-8: byte 0xE9", "Save the file as UTF-8."},
    {"Version: 2012-10-17\n", 1, 1, 8, "`Version:` begins no JSON value: this looks like YAML", NULL},
    {"hello", 1, 1, 5, "`hello` is no JSON value", NULL},
    {"@", 1, 1, 1, "`@` where a value must stand", NULL},
};

static void check(w403_arena *a, const wrong *w, w403_view text)
{
    w403_json_doc doc;
    w403_error    err;
    w403_status   status = w403_json_parse(a, W403_LIT("p.json"), text, NULL, &doc, NULL, &err);
    if (status != W403_SYNTAX || err.code != W403_SYNTAX || strcmp(err.message, w->message) != 0 ||
        err.line != w->line || err.column != w->column || err.length != w->length ||
        (w->hint && strcmp(err.hint, w->hint) != 0) || strcmp(err.source, "p.json") != 0) {
        fail_msg("%s\n  want %u:%u+%llu %s | %s\n  got  %u:%u+%llu %s | %s", w->text, w->line, w->column,
                 (unsigned long long)w->length, w->message, w->hint ? w->hint : "(any)", err.line, err.column,
                 (unsigned long long)err.length, err.message, err.hint);
    }
    assert_int_equal(w403_json_parse(a, W403_LIT("p.json"), text, NULL, &doc, NULL, NULL), W403_SYNTAX);
}

static void test_messages(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        check(a, &wrongs[i], w403_view_of(wrongs[i].text));
    }
    static const wrong wide = {"UTF-16", 1, 1, 2, "the text is UTF-16, not UTF-8", NULL};
    check(a, &wide, W403_LIT("{\0\"\0a\0"));
    check(a, &wide, W403_LIT("\0{\0\"\0a"));
    static const wrong nul = {"NUL", 1, 3, 1, "this is binary data, not JSON: byte 0x00", NULL};
    check(a, &nul, W403_LIT("[1\0]"));
    static const wrong nothing = {"NULL", 1, 1, 0, "the text is empty", NULL};
    check(a, &nothing, (w403_view){NULL, 0});
    w403_arena_free(a);
}

/* Messages show a piece of what the user wrote, whole characters only. */
static void test_long_text_is_clipped(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_buf      b = {0};
    w403_json_doc doc;
    w403_error    err;
    w403_buf_puts(&b, "[1 \"");
    for (int i = 0; i < 1000; i++) {
        w403_buf_puts(&b, "\xE2\x82\xAC");
    }
    w403_buf_puts(&b, "\"]");
    assert_int_equal(w403_json_parse(a, W403_LIT("p"), w403_buf_view(&b), NULL, &doc, NULL, &err), W403_SYNTAX);
    assert_int_equal(err.length, 3002);
    assert_int_equal(strlen(err.message), strlen("missing comma before ``") + 1 + 19 * 3);
    w403_buf_free(&b);
    w403_arena_free(a);
}

/* A valid text that is cut anywhere is refused with a place inside it, and says that it ended too early. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    w403_arena     *a = w403_arena_new(0);
    const w403_view text = W403_LIT("{\"a\":[1.5e3,true,{\"b\":\"x\\u00e9\xC3\xA9\\ud83d\\ude00\"}],\"c\":null}");
    for (size_t n = 0; n < text.n; n++) {
        w403_json_doc doc;
        w403_error    err;
        char         *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, text.p, n);
        assert_int_equal(w403_json_parse(a, W403_LIT("p"), (w403_view){exact, n}, NULL, &doc, NULL, &err), W403_SYNTAX);
        assert_true(err.offset + err.length <= n);
        assert_string_not_equal(err.message, "");
        free(exact);
    }
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_long_text_is_clipped),
        cmocka_unit_test(test_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

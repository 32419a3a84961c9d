#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"

static void test_arena_alloc(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    assert_non_null(a);
    assert_int_equal(w403_arena_used(a), 0);
    char *last = NULL;
    for (size_t size = 0; size < 3000; size += 7) {
        char *p = w403_arena_alloc(a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_ptr_not_equal(p, last);
        memset(p, 0xAA, size);
        last = p;
    }
    assert_non_null(w403_arena_alloc(a, 5u << 20)); /* larger than any chunk */
    assert_true(w403_arena_used(a) > 5u << 20);
    const char *z = w403_arena_zalloc(a, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(z[i], 0);
    }
    assert_null(w403_arena_alloc(a, SIZE_MAX));
    assert_null(w403_arena_alloc(a, SIZE_MAX / 2 + 1));
    assert_null(w403_arena_zalloc_n(a, SIZE_MAX / 2, 4));
    w403_arena_free(a);
    w403_arena_free(NULL);
}

static void test_arena_reset_keeps_memory(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    void       *first = w403_arena_alloc(a, 10);
    for (int i = 0; i < 1000; i++) {
        assert_non_null(w403_arena_alloc(a, 1000));
    }
    w403_arena_reset(a);
    assert_int_equal(w403_arena_used(a), 0);
    w403_malloc_fail_after(1); /* the kept chunks are enough */
    assert_ptr_equal(w403_arena_alloc(a, 10), first);
    for (int i = 0; i < 1000; i++) {
        assert_non_null(w403_arena_alloc(a, 1000));
    }
    w403_malloc_fail_after(0);
    w403_arena_free(a);
    a = w403_arena_new(0);
    w403_arena_reset(a); /* nothing in it yet */
    w403_arena_free(a);
}

static void test_arena_limit(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(64);
    assert_non_null(w403_arena_alloc(a, 48));
    assert_null(w403_arena_alloc(a, 17));
    assert_non_null(w403_arena_alloc(a, 16)); /* at the limit */
    assert_null(w403_arena_alloc(a, 0));      /* one beyond */
    w403_arena_reset(a);
    assert_non_null(w403_arena_alloc(a, 64));
    w403_arena_free(a);
}

static void test_arena_text(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_view   v = w403_arena_copy(a, W403_LIT("abc"));
    assert_string_equal(v.p, "abc");
    assert_int_equal(v.n, 3);
    v = w403_arena_copy(a, (w403_view){NULL, 0});
    assert_string_equal(v.p, "");
    v = w403_arena_printf(a, "%s-%05d", "x", 42);
    assert_string_equal(v.p, "x-00042");
    assert_int_equal(v.n, 7);
    v = w403_arena_join(a, W403_LIT("one"), "/", (w403_view){v.p, 1});
    assert_string_equal(v.p, "one/x");
    assert_int_equal(v.n, 5);
    assert_string_equal(w403_arena_join(a, (w403_view){NULL, 0}, "", (w403_view){NULL, 0}).p, "");
    w403_malloc_fail_after(1);
    assert_null(w403_arena_copy(a, (w403_view){v.p, 1u << 20}).p);
    assert_null(w403_arena_join(a, (w403_view){v.p, 1u << 20}, "", v).p);
    assert_null(w403_arena_printf(a, "%65536d", 1).p);
    w403_malloc_fail_after(0);
    w403_arena_free(a);
}

static void test_malloc_hook(void **state)
{
    (void)state;
    uint64_t refused = w403_malloc_refused();
    w403_malloc_fail_after(3);
    void *one = w403_malloc(1), *two = w403_malloc(0);
    assert_non_null(one);
    assert_non_null(two);
    assert_int_equal(w403_malloc_refused(), refused);
    assert_null(w403_malloc(1));
    assert_null(w403_realloc(one, 100));
    assert_null(w403_arena_new(0));
    w403_malloc_fail_after(0);
    one = w403_realloc(one, 100);
    assert_non_null(one);
    assert_int_equal(w403_malloc_refused(), refused + 3); /* whoever swallows one, it is known */
    w403_free(one);
    w403_free(two);
    w403_free(NULL);
}

static void test_array(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    W403_ARRAY(int) arr = {0};
    for (int i = 0; i < 1000; i++) {
        int *slot = W403_PUSH(a, &arr);
        assert_non_null(slot);
        assert_int_equal(*slot, 0);
        *slot = i;
    }
    assert_int_equal(arr.n, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(arr.at[i], i);
    }
    arr.n = 500; /* what is pushed again is cleared again */
    assert_int_equal(*W403_PUSH(a, &arr), 0);
    w403_arena_free(a);
    a = w403_arena_new(32);
    W403_ARRAY(uint64_t) small = {0};
    while (W403_PUSH(a, &small)) {
    }
    assert_int_equal(small.n, 4);
    w403_arena_free(a);
}

static void test_buf(void **state)
{
    (void)state;
    w403_buf b = {0};
    assert_true(w403_buf_ok(&b));
    w403_buf_puts(&b, "");
    w403_buf_puts(&b, "ab");
    w403_buf_putc(&b, 'c');
    w403_buf_put(&b, (w403_view){NULL, 0});
    w403_buf_printf(&b, "%d %s", 7, "x");
    assert_true(w403_view_eq(w403_buf_view(&b), W403_LIT("abc7 x")));
    for (int i = 0; i < 10000; i++) {
        w403_buf_printf(&b, "%d,", i);
    }
    assert_int_equal(b.n, 6 + 48890);
    w403_buf_clear(&b);
    assert_int_equal(b.n, 0);
    w403_malloc_fail_after(1);
    w403_buf_put(&b, (w403_view){b.p, 0});
    assert_true(w403_buf_ok(&b));
    w403_buf_printf(&b, "%99999d", 1);
    assert_false(w403_buf_ok(&b));
    w403_buf_putc(&b, 'x'); /* it sticks */
    assert_int_equal(b.n, 0);
    w403_malloc_fail_after(0);
    w403_buf_free(&b);
    assert_null(b.p);
}

static void check_json_string(const char *in, size_t n, const char *want)
{
    w403_buf b = {0};
    w403_buf_json_string(&b, (w403_view){in, n});
    w403_buf_putc(&b, '\0');
    assert_string_equal(b.p, want);
    w403_buf_free(&b);
}

static void check_number(uint64_t v, const char *want)
{
    w403_buf b = {0};
    w403_buf_u64(&b, v);
    assert_true(w403_buf_ok(&b) && w403_view_eq(w403_buf_view(&b), w403_view_of(want)));
    w403_buf_free(&b);
}

static void test_buf_u64(void **state)
{
    (void)state;
    check_number(0, "0");
    check_number(403, "403");
    check_number(UINT64_MAX, "18446744073709551615");
}

static void test_buf_json_string(void **state)
{
    (void)state;
    check_json_string(NULL, 0, "\"\"");
    check_json_string("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
    check_json_string("\b\f\n\r\t\x01\x1f\x7f", 8, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    check_json_string("\0x", 2, "\"\\u0000x\"");
    check_json_string("\xC3\xA9/\xF0\x9F\x98\x80", 7, "\"\xC3\xA9/\xF0\x9F\x98\x80\"");
    check_json_string("a\xFF\xC3", 3, "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
    check_json_string("\xED\xA0\x80z", 4, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

static void test_map(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_map    m = {0};
    int         values[1000];
    assert_null(w403_map_get(&m, W403_LIT("x")));
    for (int i = 0; i < 1000; i++) {
        assert_true(w403_map_put(a, &m, w403_arena_printf(a, "key-%d", i), &values[i]));
    }
    assert_true(w403_map_put(a, &m, W403_LIT("key-7"), &values[8]));
    assert_true(w403_map_put(a, &m, (w403_view){NULL, 0}, &values[1]));
    assert_int_equal(m.n, 1001);
    for (int i = 0; i < 1000; i++) {
        assert_ptr_equal(w403_map_get(&m, w403_arena_printf(a, "key-%d", i)), &values[i == 7 ? 8 : i]);
    }
    assert_ptr_equal(w403_map_get(&m, W403_LIT("")), &values[1]);
    assert_null(w403_map_get(&m, W403_LIT("key-1000")));
    w403_arena_free(a);
    a = w403_arena_new(16);
    m = (w403_map){0};
    assert_false(w403_map_put(a, &m, W403_LIT("a"), values));
    w403_arena_free(a);
}

static void test_hash(void **state)
{
    (void)state;
    char text[64] = {0};
    for (size_t n = 1; n < sizeof text; n++) { /* lengths and single bits tell apart */
        assert_int_not_equal(w403_hash(text, n), w403_hash(text, n - 1));
        uint64_t before = w403_hash(text, n);
        text[n - 1] ^= 1;
        assert_int_not_equal(w403_hash(text, n), before);
        text[n - 1] ^= 1;
        assert_int_equal(w403_hash(text, n), before);
    }
}

static void test_error(void **state)
{
    (void)state;
    w403_error err;
    w403_view  text = W403_LIT("one\ntwo\n\nfour");
    assert_int_equal(w403_error_set(&err, W403_SYNTAX, "bad `%s`", "x"), W403_SYNTAX);
    assert_string_equal(err.message, "bad `x`");
    assert_string_equal(err.source, "");
    assert_int_equal(err.line, 0);
    w403_error_hint(&err, "Write `%d`.", 1);
    assert_string_equal(err.hint, "Write `1`.");
    w403_error_place(&err, W403_LIT("a.json"), text, 5, 2);
    assert_string_equal(err.source, "a.json");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 2);
    assert_int_equal(err.offset, 5);
    assert_int_equal(err.length, 2);
    assert_int_equal(w403_error_set(NULL, W403_IO, "x"), W403_IO);
    w403_error_hint(NULL, "x");
    w403_error_place(NULL, text, text, 0, 0);
    w403_error_set(&err, W403_IO, "wrong");
    w403_error_set(&err, W403_SEMANTIC, "policy: %s, %s", err.message, err.message);
    assert_string_equal(err.message, "policy: wrong, wrong");
    assert_int_equal(w403_error_nomem(&err), W403_NOMEM);
    assert_string_equal(err.message, "out of memory");
    assert_string_equal(err.hint, "");
    assert_string_equal(w403_version(), W403_VERSION);
}

static void test_line_column(void **state)
{
    (void)state;
    static const struct {
        size_t   offset;
        uint32_t line, column;
    } want[] = {{0, 1, 1}, {3, 1, 4}, {4, 2, 1}, {7, 2, 4}, {8, 3, 1}, {9, 4, 1}, {12, 4, 4}, {13, 4, 5}, {99, 4, 5}};
    uint32_t line, column;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        w403_line_column(W403_LIT("one\ntwo\n\nfour"), want[i].offset, &line, &column);
        assert_int_equal(line, want[i].line);
        assert_int_equal(column, want[i].column);
    }
    w403_line_column((w403_view){NULL, 0}, 0, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 1);
    w403_line_column(W403_LIT("a\n"), 2, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 1);
}

/* Counting on from the last offset says what counting from the beginning says, in any order. */
static void test_lines(void **state)
{
    (void)state;
    static const w403_view texts[] = {{"one\ntwo\n\nfour", 13}, {"\n\n\n", 3}, {"x", 1}, {NULL, 0}};
    w403_lines lines = {0};
    for (size_t step = 0; step < 2000; step++) {
        w403_view text = texts[step / 37 % 4];
        size_t    offset = step * 7 % (text.n + 3);
        uint32_t  line, column, want_line, want_column;
        w403_lines_find(&lines, text, offset, &line, &column);
        w403_line_column(text, offset, &want_line, &want_column);
        assert_int_equal(line, want_line);
        assert_int_equal(column, want_column);
    }
}

/* Messages that do not fit end on a whole character; long sources keep their end. */
static void test_error_cut(void **state)
{
    (void)state;
    w403_error err;
    char       text[2000];
    for (size_t pad = 0; pad < 4; pad++) {
        memset(text, 'x', pad);
        for (size_t i = pad; i + 4 < sizeof text; i += 3) {
            memcpy(text + i, "\xE2\x82\xAC", 4);
        }
        w403_error_set(&err, W403_SYNTAX, "%s", text);
        size_t n = strlen(err.message);
        assert_true(n < sizeof err.message && n + 3 >= sizeof err.message - 1);
        assert_int_equal((n - pad) % 3, 0);
        w403_error_hint(&err, "%s", text);
        assert_int_equal((strlen(err.hint) - pad) % 3, 0);
    }
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 6, "z.json", 6);
    w403_error_place(&err, (w403_view){text, sizeof text}, W403_LIT(""), 0, 0);
    assert_int_equal(strlen(err.source), sizeof err.source - 1);
    assert_string_equal(err.source + sizeof err.source - 7, "z.json");
}

static void test_problems(void **state)
{
    (void)state;
    w403_problems ps = {.arena = w403_arena_new(0)};
    w403_error    err;
    w403_error_set(&err, W403_SEMANTIC, "x");
    for (int i = 0; i < W403_LIMIT_PROBLEMS; i++) {
        w403_problems_add(&ps, i % 2 == 0, &err);
    }
    assert_int_equal(ps.n, W403_LIMIT_PROBLEMS);
    assert_int_equal(ps.dropped, 0);
    assert_int_equal(ps.errors, W403_LIMIT_PROBLEMS / 2);
    w403_problems_add(&ps, false, &err); /* one beyond the limit */
    assert_int_equal(ps.n, W403_LIMIT_PROBLEMS);
    assert_int_equal(ps.dropped, 1);
    assert_int_equal(ps.errors, W403_LIMIT_PROBLEMS / 2 + 1);
    assert_true(ps.at[0].warning);
    assert_string_equal(ps.at[1].error.message, "x");
    w403_arena_free(ps.arena);
}

/* What made a load fail is told however many warnings came before it. */
static void test_errors_before_warnings(void **state)
{
    (void)state;
    w403_problems ps = {.arena = w403_arena_new(0)};
    w403_error    err, first;
    w403_error_set(&err, W403_SEMANTIC, "a warning");
    for (int i = 0; i < W403_LIMIT_PROBLEMS + 20; i++) {
        w403_problems_add(&ps, true, &err);
    }
    assert_false(w403_problems_take(&ps, true));
    for (int i = 0; i < W403_LIMIT_PROBLEMS + 20; i++) {
        w403_error_set(&err, W403_SYNTAX, "error %d", i);
        assert_int_equal(w403_problems_take(&ps, false), i < W403_LIMIT_PROBLEMS);
        w403_problems_add(&ps, false, &err);
    }
    assert_int_equal(ps.n, W403_LIMIT_PROBLEMS);
    assert_int_equal(ps.warnings, 0);
    assert_int_equal(ps.errors, W403_LIMIT_PROBLEMS + 20);
    assert_int_equal(ps.dropped, W403_LIMIT_PROBLEMS + 40);
    assert_int_equal(w403_problems_first(&ps, &first), W403_SYNTAX);
    assert_string_equal(first.message, "error 0");
    w403_arena_free(ps.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_alloc),   cmocka_unit_test(test_arena_reset_keeps_memory),
        cmocka_unit_test(test_arena_limit),   cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_malloc_hook),   cmocka_unit_test(test_array),
        cmocka_unit_test(test_buf),           cmocka_unit_test(test_buf_u64), cmocka_unit_test(test_buf_json_string),
        cmocka_unit_test(test_map),           cmocka_unit_test(test_hash),
        cmocka_unit_test(test_error),         cmocka_unit_test(test_line_column),
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_error_cut),     cmocka_unit_test(test_problems), cmocka_unit_test(test_errors_before_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

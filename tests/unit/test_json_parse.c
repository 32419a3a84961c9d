#include <limits.h>
#include <sys/mman.h>

#include "arena_test.h"

#include "base/limits.h"
#include "json/json.h"

#define EQ(v, literal) assert_true(w403_view_eq((v), W403_LIT(literal)))

static w403_json_doc parse(const char *text)
{
    w403_json_doc doc;
    w403_error    err;
    if (w403_json_parse(arena, W403_LIT("t.json"), w403_view_of(text), NULL, &doc, NULL, &err) != W403_OK) {
        fail_msg("%s: %s", text, err.message);
    }
    return doc;
}

static void test_values(void **state)
{
    (void)state;
    w403_json_doc doc = parse(" {\"a\" : [1, -2.5e+3 ,true,false,null,\"x\"], \"b\":{}, \"\":[ ]}\n");
    assert_int_equal(doc.root->type, W403_JSON_OBJECT);
    assert_int_equal(doc.root->count, 3);
    const w403_json *a = w403_json_get(doc.root, "a"), *v = a->first;
    assert_int_equal(a->count, 6);
    EQ(a->key, "a");
    EQ(w403_view_sub(doc.text, a->key_span.off, a->key_span.off + a->key_span.len), "\"a\"");
    EQ(w403_view_sub(doc.text, a->span.off, a->span.off + a->span.len), "[1, -2.5e+3 ,true,false,null,\"x\"]");
    static const struct {
        w403_json_type type;
        const char    *text;
    } want[] = {{W403_JSON_NUMBER, "1"},    {W403_JSON_NUMBER, "-2.5e+3"}, {W403_JSON_TRUE, "true"},
                {W403_JSON_FALSE, "false"}, {W403_JSON_NULL, "null"},      {W403_JSON_STRING, "x"}};
    for (size_t i = 0; i < 6; i++, v = v->next) {
        assert_int_equal(v->type, want[i].type);
        assert_true(w403_view_eq(v->text, w403_view_of(want[i].text)));
        assert_null(v->key.p);
    }
    assert_null(v);
    assert_true(w403_json_is(w403_json_get(doc.root, "b"), W403_JSON_OBJECT));
    assert_int_equal(w403_json_get(doc.root, "")->count, 0);
    assert_true(sizeof(w403_json) <= 96);
    for (const char *const *s = (const char *const[]){"0", "-0", "1e5", "1E-5", "0.0", "\"\"", "true", NULL}; *s; s++) {
        assert_int_equal(parse(*s).root->span.len, strlen(*s));
    }
}

/* Of each child of the root the parser keeps how many values it held; what is wrong inside is found all the same. */
static void test_below(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {{"{\"a\":{\"b\":[1,{\"c\":2,\"c\":3}]}}", "duplicate name `c`: the first is on line 1"},
                 {"{\"a\":{\"b\":1},\"a\":2}", "duplicate name `a`: the first is on line 1"},
                 {"{\"a\":[[1],[2,]]}", NULL}};
    w403_arena       *below = w403_arena_new(0);
    w403_json_options options = {.below = below};
    w403_json_doc     doc;
    w403_error        err;
    assert_non_null(below);
    w403_view text = W403_LIT("{\"\\u0061\":{\"b\":[1,2,{\"\\u0063\":\"\\u0064\"}],\"e\":{}},\"f\":[[],[]],\"\\u0067\":\"\\u0068\"}");
    assert_int_equal(w403_json_parse(arena, W403_LIT("t.json"), text, &options, &doc, NULL, &err), W403_OK);
    assert_int_equal(w403_arena_used(below), 0);
    const w403_json *a = w403_json_get(doc.root, "a"), *f = w403_json_get(doc.root, "f");
    assert_true(a->count == 2 && !a->first && f->count == 2 && !f->first && doc.root->count == 3);
    EQ(w403_view_sub(text, f->span.off, f->span.off + f->span.len), "[[],[]]");
    EQ(w403_json_str(doc.root, "g"), "h");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        text = w403_view_of(wrong[i].text);
        assert_int_equal(w403_json_parse(arena, W403_LIT("t.json"), text, &options, &doc, NULL, &err), W403_SYNTAX);
        if (wrong[i].message) {
            assert_string_equal(err.message, wrong[i].message);
        }
    }
    w403_arena_free(below);
}

static void test_strings(void **state)
{
    (void)state;
    w403_json_doc doc = parse("[\"plain text of some length\", \"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\", "
                              "\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\\u0000\", \"\xC3\xA9\", \"\x7f\"]");
    const w403_json *v = doc.root->first;
    EQ(v->text, "plain text of some length");
    assert_false(v->escaped);
    assert_ptr_equal(v->text.p, doc.text.p + v->span.off + 1); /* a view into the text */
    v = v->next;
    EQ(v->text, "a\"\\/\b\f\n\r\tz");
    assert_true(v->escaped);
    v = v->next;
    EQ(v->text, "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\0");
    EQ(v->next->text, "\xC3\xA9");
    EQ(v->next->next->text, "\x7f");
    for (size_t n = 0; n < 40; n++) { /* every alignment of the quote */
        char text[64] = "\"";
        memset(text + 1, 'x', n);
        text[n + 1] = '"';
        assert_int_equal(parse(text).root->text.n, n);
    }
}

static void test_source_offset(void **state)
{
    (void)state;
    w403_json_doc    doc = parse("[\"abc\", \"a\\n\\ud83d\\ude00z\"]");
    const w403_json *plain = doc.root->first, *escaped = plain->next;
    for (size_t i = 0; i <= 3; i++) {
        assert_int_equal(w403_json_source_offset(&doc, plain, i), 2 + i);
    }
    assert_int_equal(w403_json_source_offset(&doc, plain, 99), 5);
    static const size_t want[] = {9, 10, 12, 12, 12, 12, 24, 25, 25};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(w403_json_source_offset(&doc, escaped, i), want[i]);
    }
    assert_int_equal(w403_json_source_offset(&doc, doc.root, 3), 0);
}

static void test_access(void **state)
{
    (void)state;
    w403_json_doc doc = parse("{\"a\":{\"b\":{\"c\":\"deep\"}},\"t\":true,\"f\":false,\"n\":1}");
    EQ(w403_json_path(doc.root, "a", "b", "c", NULL)->text, "deep");
    assert_ptr_equal(w403_json_path(doc.root, NULL), doc.root);
    assert_null(w403_json_path(doc.root, "a", "x", "c", NULL));
    assert_null(w403_json_path(NULL, "a", NULL));
    assert_null(w403_json_get(NULL, "a"));
    assert_null(w403_json_get(w403_json_get(doc.root, "n"), "a"));
    EQ(w403_json_str(w403_json_path(doc.root, "a", "b", NULL), "c"), "deep");
    assert_null(w403_json_str(doc.root, "n").p);
    assert_null(w403_json_str(doc.root, "none").p);
    assert_true(w403_json_bool(doc.root, "t", false) && w403_json_bool(doc.root, "none", true));
    assert_true(w403_json_bool(doc.root, "n", true));
    assert_false(w403_json_bool(doc.root, "f", true) || w403_json_bool(doc.root, "n", false));
    assert_string_equal(w403_json_type_name(W403_JSON_OBJECT), "an object");
    assert_string_equal(w403_json_type_name(W403_JSON_TRUE), "a boolean");
    assert_false(w403_json_is(NULL, W403_JSON_NULL));
    w403_error err;
    assert_int_equal(w403_json_error(&doc, w403_json_get(doc.root, "n"), &err, "no `%s`", "x"), W403_SEMANTIC);
    assert_string_equal(err.message, "no `x`");
    assert_string_equal(err.source, "t.json");
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, doc.text.n - 1);
    assert_int_equal(err.length, 1);
    assert_int_equal(w403_json_error(&doc, doc.root, NULL, "x"), W403_SEMANTIC);
}

static void check_nesting(uint32_t depth, uint32_t max_depth, w403_status want)
{
    w403_json_options opt = {.max_depth = max_depth};
    w403_json_doc     doc;
    w403_error        err;
    char              text[1024];
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    assert_int_equal(w403_json_parse(arena, W403_LIT("t"), (w403_view){text, depth * 2}, &opt, &doc, NULL, &err), want);
    if (want != W403_OK) {
        assert_int_equal(err.code, W403_LIMIT);
        assert_int_equal(err.offset, depth - 1);
        assert_non_null(strstr(err.message, "nested deeper than"));
    }
}

static void test_depth(void **state)
{
    (void)state;
    check_nesting(W403_LIMIT_JSON_DEPTH, 0, W403_OK);
    check_nesting(W403_LIMIT_JSON_DEPTH + 1, 0, W403_LIMIT);
    check_nesting(3, 3, W403_OK);
    check_nesting(4, 3, W403_LIMIT);
    check_nesting(W403_LIMIT_JSON_DEPTH + 1, 500, W403_LIMIT); /* the limit is hard */
}

/* Bytes that are never touched: only the first value is read. */
static void test_size_limit(void **state)
{
    (void)state;
    w403_json_options opt = {.allow_trailing = true};
    w403_json_doc     doc;
    w403_error        err;
    size_t            size = W403_LIMIT_FILE_BYTES + 1;
    char             *text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (text == MAP_FAILED) {
        skip();
    }
    memcpy(text, "1 ", 2);
    assert_int_equal(w403_json_parse(arena, W403_LIT("t"), (w403_view){text, size - 1}, &opt, &doc, NULL, &err), W403_OK);
    assert_int_equal(w403_json_parse(arena, W403_LIT("t"), (w403_view){text, size}, &opt, &doc, NULL, &err), W403_LIMIT);
    assert_string_equal(err.message, "the text is larger than 1024 MiB");
    assert_int_equal(munmap(text, size), 0);
}

static void test_trailing(void **state)
{
    (void)state;
    w403_json_options opt = {.allow_trailing = true};
    w403_json_doc     doc;
    w403_error        err;
    w403_view         text = W403_LIT("{\"a\":1}\n[2] 3");
    size_t            end = 0, at = 0;
    static const size_t ends[] = {7, 11, 13};
    for (size_t i = 0; i < 3; i++, at = end) {
        assert_int_equal(w403_json_parse(arena, W403_LIT("t"), w403_view_sub(text, at, text.n), &opt, &doc, &end, &err),
                         W403_OK);
        end += at;
        assert_int_equal(end, ends[i]);
    }
    assert_int_equal(w403_json_parse(arena, W403_LIT("t"), W403_LIT("1 \n"), NULL, &doc, &end, NULL), W403_OK);
    assert_int_equal(end, 1);
}

static void test_writer(void **state)
{
    (void)state;
    static const char compact[] = "{\"a\":[1,-2,true,null,\"x\\n\"],\"b\":{},\"c\":[],\"d\":{\"e\":1.50}}";
    static const char pretty[] = "{\n  \"a\": [\n    1,\n    -2,\n    true,\n    null,\n    \"x\\n\"\n  ],\n  \"b\": {},\n"
                                 "  \"c\": [],\n  \"d\": {\n    \"e\": 1.50\n  }\n}";
    for (int spread = 0; spread < 2; spread++) {
        w403_buf         b = {0};
        w403_json_writer w;
        w403_jw_init(&w, &b, spread);
        w403_jw_object(&w);
        w403_jw_key(&w, "a");
        w403_jw_array(&w);
        w403_jw_u64(&w, 1);
        w403_jw_i64(&w, -2);
        w403_jw_bool(&w, true);
        w403_jw_null(&w);
        w403_jw_cstr(&w, "x\n");
        w403_jw_end_array(&w);
        w403_jw_keyv(&w, W403_LIT("b"));
        w403_jw_object(&w);
        w403_jw_end_object(&w);
        w403_jw_key(&w, "c");
        w403_jw_array(&w);
        w403_jw_end_array(&w);
        w403_jw_key(&w, "d");
        w403_jw_object(&w);
        w403_jw_key(&w, "e");
        w403_jw_raw(&w, W403_LIT("1.50"));
        w403_jw_end_object(&w);
        w403_jw_end_object(&w);
        w403_buf_putc(&b, '\0');
        assert_string_equal(b.p, spread ? pretty : compact);
        w403_json_doc doc = parse(spread ? compact : pretty); /* and a parsed value gives the same */
        w403_buf_clear(&b);
        w403_jw_init(&w, &b, spread);
        w403_jw_value(&w, doc.root);
        w403_buf_putc(&b, '\0');
        assert_string_equal(b.p, spread ? pretty : compact);
        w403_buf_free(&b);
    }
}

static void test_writer_limits(void **state)
{
    (void)state;
    w403_buf         b = {0};
    w403_json_writer w;
    w403_jw_init(&w, &b, false);
    w403_jw_array(&w);
    w403_jw_u64(&w, UINT64_MAX);
    w403_jw_i64(&w, INT64_MIN);
    w403_jw_str(&w, (w403_view){NULL, 0});
    w403_jw_end_array(&w);
    EQ(w403_buf_view(&b), "[18446744073709551615,-9223372036854775808,\"\"]");
    w403_buf_free(&b);
}

static void check_pointers(const w403_json_doc *doc, const w403_json *v)
{
    w403_view pointer = w403_json_pointer(arena, doc, v);
    assert_non_null(pointer.p);
    assert_ptr_equal(w403_json_at(doc, pointer), v);
    for (const w403_json *c = v->first; c; c = c->next) {
        check_pointers(doc, c);
        assert_ptr_equal(w403_json_parent(doc, c), v);
    }
}

static void test_pointer(void **state)
{
    (void)state;
    w403_json_doc doc = parse("{\"Statement\":[{\"a/b\":1,\"m~n\":[2,[3]],\"\":{\"\":4}}, 5], \"~1\":6}");
    check_pointers(&doc, doc.root);
    EQ(w403_json_pointer(arena, &doc, doc.root), "");
    EQ(w403_json_pointer(arena, &doc, doc.root->first->first->first), "/Statement/0/a~1b");
    EQ(w403_json_at(&doc, W403_LIT("/Statement/0/m~0n/1/0"))->text, "3");
    EQ(w403_json_at(&doc, W403_LIT("/Statement/0//"))->text, "4");
    EQ(w403_json_at(&doc, W403_LIT("/~01"))->text, "6");
    static const char *const none[] = {"Statement", "/", "/x", "/Statement/2", "/Statement/00", "/Statement/-",
                                       "/Statement/01", "/Statement/1/0", "/Statement/0/m~n", "/~2", "/~",
                                       "/Statement/99999999999999999999", "/Statement/"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(w403_json_at(&doc, w403_view_of(none[i])));
    }
    w403_json stranger = {.span = {9999, 1}};
    assert_null(w403_json_pointer(arena, &doc, &stranger).p);
    assert_null(w403_json_parent(&doc, &stranger));
    assert_null(w403_json_parent(&doc, doc.root));
}

/* The n-th allocation fails, for every n: nothing crashes or leaks, and it is said. */
static void test_out_of_memory(void **state)
{
    (void)state;
    w403_buf b = {0};
    w403_buf_puts(&b, "{\"list\":[");
    for (int i = 0; i < 2000; i++) {
        w403_buf_printf(&b, "%s{\"n%d\":\"esc\\n%d\",\"o\":{}}", i ? "," : "", i, i);
    }
    w403_buf_puts(&b, "],\"wide\":{");
    for (int i = 0; i < 500; i++) {
        w403_buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
    }
    w403_buf_puts(&b, "}}");
    assert_true(w403_buf_ok(&b));
    w403_status status = W403_NOMEM;
    uint64_t    n = 1;
    for (; status != W403_OK; n++) {
        w403_json_doc doc;
        w403_error    err;
        w403_malloc_fail_after(n);
        w403_arena *a = w403_arena_new(0);
        status = a ? w403_json_parse(a, W403_LIT("t"), w403_buf_view(&b), NULL, &doc, NULL, &err) : W403_NOMEM;
        w403_malloc_fail_after(0);
        if (a && status != W403_OK) {
            assert_int_equal(status, W403_NOMEM);
            assert_int_equal(err.code, W403_NOMEM);
        }
        w403_arena_free(a);
    }
    assert_true(n > 5);
    w403_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),        cmocka_unit_test(test_strings),  cmocka_unit_test(test_source_offset),
        cmocka_unit_test(test_access),        cmocka_unit_test(test_depth),    cmocka_unit_test(test_trailing),
        cmocka_unit_test(test_writer),        cmocka_unit_test(test_pointer),  cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_writer_limits), cmocka_unit_test(test_size_limit), cmocka_unit_test(test_below),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Documents of one line laid out, and places in them. */
#include "arena_test.h"
#include "json/json.h"
#include "json/layout.h"

static void lays_out(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"{}", "{}"},
        {" [ ] ", "[]"},
        {"{\"a\":1}", "{\n    \"a\": 1\n}"},
        {"{\"a\":{\"b\":[1,true,\"x\"]},\"c\":[]}",
         "{\n    \"a\": {\n        \"b\": [\n            1,\n            true,\n            \"x\"\n        ]\n    },\n"
         "    \"c\": []\n}"},
        {"{\"a\\\"{[\":\"b,:}\\\\\"}", "{\n    \"a\\\"{[\": \"b,:}\\\\\"\n}"},
        {"{ \"a\" : [ { } , null ] }", "{\n    \"a\": [\n        {},\n        null\n    ]\n}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_layout l;
        assert_true(w403_layout_make(arena, w403_view_of(rows[i][0]), &l));
        assert_int_equal(l.text.n, strlen(rows[i][1]));
        assert_memory_equal(l.text.p, rows[i][1], l.text.n);
        w403_layout again; /* what is laid out stays */
        assert_true(w403_layout_make(arena, l.text, &again));
        assert_true(w403_view_eq(l.text, again.text));
    }
}

/* Each place of a token is that of the same byte. */
static void keeps_places(void **state)
{
    (void)state;
    static const char text[] = "{\"Statement\":[{\"Sid\":\"A b\",\"Action\":[\"s3:*\",\"kms:*\"],\"Principal\":{\"AWS\":[]}}]}";
    w403_layout l;
    assert_true(w403_layout_make(arena, W403_LIT(text), &l));
    for (size_t i = 0; i < sizeof text - 1; i++) {
        assert_true(l.text.p[w403_layout_place(&l, i)] == text[i]);
    }
    assert_int_equal(w403_layout_place(&l, 1000), l.text.n);
    w403_json_doc was, is;
    assert_int_equal(w403_json_parse(arena, W403_LIT("a"), W403_LIT(text), NULL, &was, NULL, NULL), W403_OK);
    assert_int_equal(w403_json_parse(arena, W403_LIT("b"), l.text, NULL, &is, NULL, NULL), W403_OK);
    assert_int_equal(w403_layout_place(&l, was.root->first->span.off), is.root->first->span.off);
}

static void is_needed(void **state)
{
    (void)state;
    assert_false(w403_layout_needed(W403_LIT("{\"a\": 1}\n")));
    char text[200];
    memset(text, ' ', sizeof text);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + 100, "\"}\n", 3);
    assert_true(w403_layout_needed((w403_view){text, 103}));
    text[50] = '\n';
    assert_false(w403_layout_needed((w403_view){text, 103}));
    w403_layout l;
    assert_false(w403_layout_document(arena, W403_LIT("{\"a\": 1}"), &l));
    text[50] = ' ';
    assert_true(w403_layout_document(arena, (w403_view){text, 103}, &l));
    w403_span span = w403_layout_span(&l, (w403_span){1, 3});
    assert_memory_equal(l.text.p + span.off, "\"a\"", 3);
    assert_int_equal(span.len, 3);
    text[100] = '!';
    assert_false(w403_layout_document(arena, (w403_view){text, 103}, &l)); /* no JSON */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lays_out), cmocka_unit_test(keeps_places),
                                       cmocka_unit_test(is_needed)};
    return cmocka_run_group_tests(tests, setup, teardown);
}

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json/json.h"

typedef enum edit { REPLACE, MEMBER, ELEMENT, ADD, REMOVE } edit;

/* before; what is done at which pointer with which text (MEMBER: the name is `new`); after */
typedef struct edit_case {
    const char *before;
    edit        edit;
    const char *pointer, *text, *after;
} edit_case;

static const char policy[] = "{\n"
                             "  \"Version\": \"2012-10-17\",\n"
                             "  \"Statement\": [\n"
                             "    {\n"
                             "      \"Effect\": \"Allow\",\n"
                             "      \"Principal\": { \"AWS\": \"arn:a\" },\n"
                             "      \"Action\": [\"s3:GetObject\", \"s3:PutObject\"],\n"
                             "      \"Resource\": \"arn:b\"\n"
                             "    }\n"
                             "  ]\n"
                             "}\n";

static const edit_case cases[] = {
    /* one line, with and without blanks */
    {"{\"a\":1}", MEMBER, "", "2", "{\"a\":1,\"new\":2}"},
    {"{\"a\": 1, \"b\": 2}", MEMBER, "", "{\"x\":[1,2]}", "{\"a\": 1, \"b\": 2, \"new\": {\"x\": [1, 2]}}"},
    {"{ \"a\" : 1 }", MEMBER, "", "{\"x\":2}", "{ \"a\" : 1, \"new\" : { \"x\" : 2 } }"},
    {"[1,2]", ELEMENT, "", "3", "[1,2,3]"},
    {"[1, 2]", ELEMENT, "", "3", "[1, 2, 3]"},
    {"[1]", ELEMENT, "", "3", "[1, 3]"},
    {"{\"a\":[1]}", ELEMENT, "/a", "3", "{\"a\":[1,3]}"},
    {"[]", ELEMENT, "", "{\"a\":1}", "[{\"a\": 1}]"},
    {"{}", MEMBER, "", "[]", "{\"new\": []}"},
    {"{\"Statement\":[{\"Effect\":\"Allow\"}]}", ELEMENT, "/Statement", "{\"Effect\": \"Deny\", \"Action\": [\"a\", \"b\"]}",
     "{\"Statement\":[{\"Effect\":\"Allow\"},{\"Effect\":\"Deny\",\"Action\":[\"a\",\"b\"]}]}"},
    /* lines */
    {"{\n\t\"a\": 1\n}", MEMBER, "", "{\"x\":2,\"y\":[]}",
     "{\n\t\"a\": 1,\n\t\"new\": {\n\t\t\"x\": 2,\n\t\t\"y\": []\n\t}\n}"},
    {"{\r\n    \"a\": 1\r\n}\r\n", MEMBER, "", "[true,false]",
     "{\r\n    \"a\": 1,\r\n    \"new\": [\r\n        true,\r\n        false\r\n    ]\r\n}\r\n"},
    {"[\n  1,\n\n  2\n]", ELEMENT, "", "3", "[\n  1,\n\n  2,\n\n  3\n]"},
    {"{\n  \"a\": []\n}", ELEMENT, "/a", "\"x\"", "{\n  \"a\": [\n    \"x\"\n  ]\n}"},
    {"{\n  \"a\": { }\n}", MEMBER, "/a", "\"x\"", "{\n  \"a\": {\n    \"new\": \"x\"\n  }\n}"},
    {"{\n \"S\": [{\n  \"a\": 1\n }]\n}", ELEMENT, "/S", "{\"b\":2}", "{\n \"S\": [{\n  \"a\": 1\n }, {\n  \"b\": 2\n }]\n}"},
    {"[\n  {\"a\": 1, \"b\": 2},\n  {\"a\": 3, \"b\": 4}\n]", ELEMENT, "", "{\"a\":5,\"b\":6}",
     "[\n  {\"a\": 1, \"b\": 2},\n  {\"a\": 3, \"b\": 4},\n  {\"a\": 5, \"b\": 6}\n]"},
    {"\n\n[1]", REPLACE, "/0", "[]", "\n\n[[]]"},
    /* replacing */
    {"{\"a\": 1}", REPLACE, "/a", " {\"b\" : 2 } ", "{\"a\": {\"b\": 2}}"},
    {"{\"a\": \"\\u0041\"}", REPLACE, "", "\"\\u0042\"", "\"\\u0042\""},
    {"{\n  \"a\": [1, 2],\n  \"b\": 3\n}", REPLACE, "/a", "[4,5]", "{\n  \"a\": [4, 5],\n  \"b\": 3\n}"},
    {"{\n  \"a\": [\n    1\n  ]\n}", REPLACE, "/a", "[4,5]", "{\n  \"a\": [\n    4,\n    5\n  ]\n}"},
    /* one value more */
    {"{\"a\":\"x\"}", ADD, "/a", "\"y\"", "{\"a\":[\"x\",\"y\"]}"},
    {"{\"a\": \"\\u0078\"}", ADD, "/a", "\"y\"", "{\"a\": [\"\\u0078\", \"y\"]}"},
    {"{\"a\": [\"x\"]}", ADD, "/a", "\"y\"", "{\"a\": [\"x\", \"y\"]}"},
    {"{\n  \"a\": \"x\"\n}", ADD, "/a", "\"y\"", "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ]\n}"},
    {"{\n  \"a\": \"x\",\n  \"b\": [1, 2]\n}", ADD, "/a", "\"y\"", "{\n  \"a\": [\"x\", \"y\"],\n  \"b\": [1, 2]\n}"},
    /* removing */
    {"[1, 2, 3]", REMOVE, "/0", "", "[2, 3]"},
    {"[1, 2, 3]", REMOVE, "/1", "", "[1, 3]"},
    {"[1, 2, 3]", REMOVE, "/2", "", "[1, 2]"},
    {"[ 1 ]", REMOVE, "/0", "", "[]"},
    {"{\n  \"a\": 1,\n  \"b\": 2\n}", REMOVE, "/a", "", "{\n  \"b\": 2\n}"},
    {"{\n  \"a\": 1,\n  \"b\": 2\n}", REMOVE, "/b", "", "{\n  \"a\": 1\n}"},
    {"{\"a\" : {\"b\":1}}", REMOVE, "/a/b", "", "{\"a\" : {}}"},
    {policy, MEMBER, "/Statement/0", "{\"Bool\":{\"aws:SecureTransport\":\"true\"}}",
     "{\n"
     "  \"Version\": \"2012-10-17\",\n"
     "  \"Statement\": [\n"
     "    {\n"
     "      \"Effect\": \"Allow\",\n"
     "      \"Principal\": { \"AWS\": \"arn:a\" },\n"
     "      \"Action\": [\"s3:GetObject\", \"s3:PutObject\"],\n"
     "      \"Resource\": \"arn:b\",\n"
     "      \"new\": {\n"
     "        \"Bool\": { \"aws:SecureTransport\": \"true\" }\n"
     "      }\n"
     "    }\n"
     "  ]\n"
     "}\n"},
    {policy, ADD, "/Statement/0/Principal/AWS", "\"arn:c\"",
     "{\n"
     "  \"Version\": \"2012-10-17\",\n"
     "  \"Statement\": [\n"
     "    {\n"
     "      \"Effect\": \"Allow\",\n"
     "      \"Principal\": { \"AWS\": [\"arn:a\", \"arn:c\"] },\n"
     "      \"Action\": [\"s3:GetObject\", \"s3:PutObject\"],\n"
     "      \"Resource\": \"arn:b\"\n"
     "    }\n"
     "  ]\n"
     "}\n"},
    {policy, ELEMENT, "/Statement", "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":[\"s3:*\"]}",
     "{\n"
     "  \"Version\": \"2012-10-17\",\n"
     "  \"Statement\": [\n"
     "    {\n"
     "      \"Effect\": \"Allow\",\n"
     "      \"Principal\": { \"AWS\": \"arn:a\" },\n"
     "      \"Action\": [\"s3:GetObject\", \"s3:PutObject\"],\n"
     "      \"Resource\": \"arn:b\"\n"
     "    },\n"
     "    {\n"
     "      \"Effect\": \"Deny\",\n"
     "      \"Principal\": \"*\",\n"
     "      \"Action\": [\"s3:*\"]\n"
     "    }\n"
     "  ]\n"
     "}\n"},
};

static w403_status apply(w403_arena *a, const edit_case *c, w403_view *out, w403_error *err)
{
    w403_json_doc doc;
    w403_view     text = w403_view_of(c->text);
    W403_TRY(w403_json_parse(a, W403_LIT("t"), w403_view_of(c->before), NULL, &doc, NULL, err));
    const w403_json *at = w403_json_at(&doc, w403_view_of(c->pointer));
    assert_non_null(at);
    switch (c->edit) {
    case REPLACE: return w403_json_edit_replace(a, &doc, at, text, out, err);
    case MEMBER: return w403_json_edit_insert_member(a, &doc, at, W403_LIT("new"), text, out, err);
    case ELEMENT: return w403_json_edit_append_element(a, &doc, at, text, out, err);
    case ADD: return w403_json_edit_add_value(a, &doc, at, text, out, err);
    case REMOVE:
    default: return w403_json_edit_remove(a, &doc, at, out, err);
    }
}

static void test_edits(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w403_view     out;
        w403_error    err;
        w403_json_doc doc;
        if (apply(a, &cases[i], &out, &err) != W403_OK) {
            fail_msg("%s: %s", cases[i].before, err.message);
        }
        if (!w403_view_eq(out, w403_view_of(cases[i].after))) {
            fail_msg("edit %zu\nbefore %s\nwant   %s\ngot    %.*s", i, cases[i].before, cases[i].after, (int)out.n, out.p);
        }
        assert_int_equal(w403_json_parse(a, W403_LIT("t"), out, NULL, &doc, NULL, &err), W403_OK);
    }
    w403_arena_free(a);
}

static void test_edit_errors(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_json_doc doc;
    w403_view     out;
    w403_error    err;
    assert_int_equal(w403_json_parse(a, W403_LIT("t"), W403_LIT("{\"a\":[1]}"), NULL, &doc, NULL, &err), W403_OK);
    const w403_json *root = doc.root, *list = root->first;
    assert_int_equal(w403_json_edit_replace(a, &doc, list, W403_LIT("nope"), &out, &err), W403_SYNTAX);
    assert_string_equal(err.source, "the new value");
    assert_int_equal(w403_json_edit_add_value(a, &doc, list->first, W403_LIT("1,"), &out, &err), W403_SYNTAX);
    assert_int_equal(w403_json_edit_insert_member(a, &doc, list, W403_LIT("x"), W403_LIT("1"), &out, &err), W403_BUG);
    assert_int_equal(w403_json_edit_insert_member(a, &doc, root, W403_LIT("x"), W403_LIT(""), &out, &err), W403_SYNTAX);
    assert_int_equal(w403_json_edit_append_element(a, &doc, root, W403_LIT("1"), &out, &err), W403_BUG);
    assert_int_equal(w403_json_edit_append_element(a, &doc, list, W403_LIT("["), &out, &err), W403_SYNTAX);
    assert_int_equal(w403_json_edit_remove(a, &doc, root, &out, &err), W403_BUG);
    assert_int_equal(w403_json_edit_insert_member(a, &doc, root, W403_LIT("a\"b"), W403_LIT("1"), &out, &err), W403_OK);
    assert_true(w403_view_eq(out, W403_LIT("{\"a\":[1],\"a\\\"b\":1}")));
    w403_arena_free(a);
}

static void test_edit_out_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w403_status status = W403_NOMEM;
        for (uint64_t n = 1; status != W403_OK; n++) {
            w403_view  out;
            w403_error err;
            w403_malloc_fail_after(n);
            w403_arena *a = w403_arena_new(0);
            status = a ? apply(a, &cases[i], &out, &err) : W403_NOMEM;
            w403_malloc_fail_after(0);
            assert_true(status == W403_OK || status == W403_NOMEM);
            w403_arena_free(a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_edit_errors),
        cmocka_unit_test(test_edit_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

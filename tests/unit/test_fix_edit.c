/* Edits of policies: nothing else changes, and the patch says the same. */
#include "fix_test.h"

#include "fix/change.h"

static const char spread[] =
    "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Sid\": \"IPAllow\",\n"
    "            \"Effect\": \"Deny\",\n            \"Principal\": \"*\",\n            \"Action\": \"s3:*\",\n"
    "            \"Resource\": [\n                \"arn:aws:s3:::b\",\n                \"arn:aws:s3:::b/*\"\n"
    "            ],\n            \"Condition\": {\n                \"NotIpAddress\": {\n"
    "                    \"aws:SourceIp\": \"54.240.143.0/24\"\n                }\n            }\n        }\n"
    "    ]\n}\n";

static const w403_policy *parse(w403_view text)
{
    w403_policy *p = NULL;
    assert_int_equal(w403_policy_parse(arena, W403_POLICY_RESOURCE, W403_LIT("p.json"), text, NULL, &p, &failure),
                     W403_OK);
    return p;
}

/* Every line of `before` is still there, in order, and those that are new are `added`. */
static void only_added(w403_view before, w403_view after, const char *added)
{
    w403_view diff = w403_unified_diff(arena, W403_LIT("p.json"), before, after);
    HAS(diff, "--- a/p.json\n+++ b/p.json\n@@ ");
    HAS(diff, added);
}

static void a_condition_joins_what_is_there(void **state)
{
    (void)state;
    w403_edit e;
    const w403_policy *p = parse(W403_LIT(spread));
    assert_true(w403_edit_policy(&e, arena, p));
    assert_true(w403_edit_condition(&e, 0, "ArnNotLike", W403_LIT("aws:SourceArn"), W403_LIT("arn:aws:s3:::source")));
    only_added(W403_LIT(spread), e.doc.text,
               "+                },\n+                \"ArnNotLike\": {\n+                    \"aws:SourceArn\": "
               "\"arn:aws:s3:::source\"\n");
    SAME(w403_edit_patch(&e),
         "[{\"op\":\"add\",\"path\":\"/Statement/0/Condition/ArnNotLike\",\"value\":{\"aws:SourceArn\": "
         "\"arn:aws:s3:::source\"}}]");
    /* The same operator and key: a list. */
    assert_true(w403_edit_condition(&e, 0, "arnnotlike", W403_LIT("AWS:sourcearn"), W403_LIT("arn:aws:s3:::other")));
    HAS(e.doc.text, "\"aws:SourceArn\": [");
    HAS(w403_edit_patch(&e), "{\"op\":\"replace\",\"path\":\"/Statement/0/Condition/ArnNotLike/aws:SourceArn\"");
    /* The same operator, another key. */
    assert_true(
        w403_edit_condition(&e, 0, "ArnNotLike", W403_LIT("aws:PrincipalArn"), W403_LIT("arn:aws:iam::1:role/x")));
    HAS(e.doc.text, "\"aws:PrincipalArn\": \"arn:aws:iam::1:role/x\"");
}

static void a_statement_without_condition_gets_one(void **state)
{
    (void)state;
    w403_edit e;
    assert_true(w403_edit_text(&e, arena, W403_LIT("t"), json("{'Statement':{'Effect':'Deny','Action':'s3:*'}}")));
    assert_true(w403_edit_condition(&e, 0, "Bool", W403_LIT("a:b"), W403_LIT("true")));
    HAS(e.doc.text, "\"Condition\"");
    HAS(w403_edit_patch(&e), "\"path\":\"/Statement/Condition\"");
}

/* One after the other, and all at once: the same document and patch, indented or on one line. */
static void conditions_of_several_statements(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\"Statement\":[{\"Effect\":\"Deny\"},{\"Effect\":\"Deny\",\"Condition\":{\"Bool\":{\"a:b\":\"true\"}}},{\"Effect\":\"Allow\"},"
        "{\"Effect\":\"Deny\",\"Condition\":{\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::1:role/a\"}}},"
        "{\"Effect\":\"Deny\",\"Condition\":{\"ArnNotLike\":{\"aws:SourceArn\":[\"x\"]}}}],\"Version\":\"2012-10-17\"}",
        "{\n  \"Statement\": [\n    {\n      \"Effect\": \"Deny\"\n    },\n    {\n      \"Effect\": \"Deny\",\n      \"Condition\": {\n"
        "        \"Bool\": {\n          \"a:b\": \"true\"\n        }\n      }\n    },\n    {\n      \"Effect\": \"Allow\"\n    },\n"
        "    {\n      \"Effect\": \"Deny\",\n      \"Condition\": {\n        \"ArnNotLike\": {\n"
        "          \"aws:PrincipalArn\": \"arn:aws:iam::1:role/a\"\n        }\n      }\n    },\n"
        "    {\n      \"Effect\": \"Deny\",\n      \"Condition\": {\n        \"ArnNotLike\": {\n          \"aws:SourceArn\": \"x\"\n"
        "        }\n      }\n    }\n  ]\n}\n",
    };
    static const uint32_t which[] = {0, 1, 3, 4}, beyond[] = {1, 9};
    w403_view key = W403_LIT("aws:PrincipalArn"), value = W403_LIT("arn:aws:iam::1:user/b");
    for (size_t d = 0; d < 2; d++) {
        w403_edit once, each;
        w403_view text = w403_view_of(documents[d]);
        assert_true(w403_edit_text(&once, arena, W403_LIT("t"), text) && w403_edit_text(&each, arena, W403_LIT("t"), text));
        assert_true(w403_edit_conditions(&once, which, 4, "ArnNotLike", key, value));
        for (size_t i = 0; i < 4; i++)
            assert_true(w403_edit_condition(&each, which[i], "ArnNotLike", key, value));
        SAME(once.doc.text, each.doc.text.p);
        SAME(w403_edit_patch(&once), w403_edit_patch(&each).p);
        assert_true(w403_edit_text(&once, arena, W403_LIT("t"), text));
        assert_false(w403_edit_conditions(&once, beyond, 2, "ArnNotLike", key, value));
    }
}

/* A long stretch in its differences, each with what stands around it. */
static void a_long_diff_is_parted(void **state)
{
    (void)state;
    w403_view before = W403_LIT(""), after = W403_LIT("");
    for (int i = 0; i < 200; i++) {
        before = w403_arena_printf(arena, "%.*sline %d\n", W403_ARG(before), i);
        if (i == 10 || i == 100 || i == 103) {
            after = w403_arena_printf(arena, "%.*snew %d\n", W403_ARG(after), i);
        }
        if (i != 190) {
            after = w403_arena_printf(arena, "%.*sline %d\n", W403_ARG(after), i);
        }
    }
    w403_view diff = w403_unified_diff(arena, W403_LIT("p"), before, after);
    HAS(diff, "@@ -8,6 +8,7 @@\n line 7\n line 8\n line 9\n+new 10\n line 10\n");
    HAS(diff, "@@ -98,9 +99,11 @@\n");
    HAS(diff, "@@ -188,7 +191,6 @@\n line 187\n line 188\n line 189\n-line 190\n line 191\n");
    assert_true(w403_view_find(diff, W403_LIT("line 50")) == SIZE_MAX);
}

static void places_that_are_not_there_fail(void **state)
{
    (void)state;
    w403_edit e;
    assert_true(w403_edit_text(&e, arena, W403_LIT("t"), W403_LIT("{\"Statement\": []}")));
    assert_null(w403_edit_statement(&e, 0));
    assert_null(w403_edit_at(&e, (w403_span){0, 0}));
    assert_false(w403_edit_condition(&e, 3, "Bool", W403_LIT("a:b"), W403_LIT("true")));
    assert_true(e.failed);
    assert_false(w403_edit_add(&e, NULL, W403_LIT("1")));
    assert_false(w403_edit_text(&e, arena, W403_LIT("t"), W403_LIT("{")));
    assert_null(w403_edit_statements(&e));
}

static void a_document_inside_a_file_comes_to_the_margin(void **state)
{
    (void)state;
    w403_json_doc doc;
    w403_policy *p = NULL;
    w403_edit e;
    w403_view text = json(
        "{\n  'Policy': {\n    'Version': '2012-10-17',\n    'Statement': [\n      {\n        'Effect': 'Allow',\n"
        "        'Principal': '*',\n        'Action': 's3:GetObject',\n        'Resource': 'arn:aws:s3:::b/*'\n"
        "      }\n    ]\n  }\n}\n");
    assert_int_equal(w403_json_parse(arena, W403_LIT("f.json"), text, NULL, &doc, NULL, &failure), W403_OK);
    assert_int_equal(w403_policy_from_json(arena, W403_POLICY_RESOURCE, &doc, doc.root->first, NULL, &p, &failure),
                     W403_OK);
    assert_true(w403_edit_policy(&e, arena, p));
    assert_true(w403_edit_add(&e, w403_edit_at(&e, p->statements[0].action_span), W403_LIT("\"s3:PutObject\"")));
    SAME(e.doc.text, json("{\n  'Version': '2012-10-17',\n  'Statement': [\n    {\n      'Effect': 'Allow',\n      "
                          "'Principal': '*',\n"
                          "      'Action': [\n        's3:GetObject',\n        's3:PutObject'\n      ],\n      "
                          "'Resource': 'arn:aws:s3:::b/*'\n"
                          "    }\n  ]\n}")
                         .p);
}

static void shell_words(void **state)
{
    (void)state;
    SAME(w403_shell_word(arena, W403_LIT("reports/q1.csv")), "reports/q1.csv");
    SAME(w403_shell_word(arena, W403_LIT("it's $(x)")), "'it'\\''s $(x)'");
    SAME(w403_shell_word(arena, W403_LIT("")), "''");
}

static void diffs_of_new_and_of_equal_texts(void **state)
{
    (void)state;
    w403_view fresh = w403_unified_diff(arena, W403_LIT("p"), (w403_view){NULL, 0}, W403_LIT("a\nb\n"));
    SAME(fresh, "--- /dev/null\n+++ b/p\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    SAME(w403_unified_diff(arena, W403_LIT("p"), W403_LIT("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
                           W403_LIT("1\n2\n3\n4\nx\n6\n7\n8\n9\n")),
         "--- a/p\n+++ b/p\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_condition_joins_what_is_there),
        T(a_statement_without_condition_gets_one),
        T(conditions_of_several_statements),
        T(a_long_diff_is_parted),
        T(places_that_are_not_there_fail),
        T(a_document_inside_a_file_comes_to_the_margin),
        T(shell_words),
        T(diffs_of_new_and_of_equal_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

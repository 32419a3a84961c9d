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
        T(places_that_are_not_there_fail),
        T(a_document_inside_a_file_comes_to_the_margin),
        T(shell_words),
        T(diffs_of_new_and_of_equal_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

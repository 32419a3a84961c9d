/* Documents inside other files, documents given by hand, lifetimes, and memory that runs out. */
#include "base/encode.h"
#include "policy_parse_test.h"

static const char document[] =
    "{'Version':'2012-10-17','Id':'i\\u0064','Statement':[{'Sid':'\\u0041b','Effect':'Allow',"
    "'Principal':{'AWS':['arn:aws:iam::111122223333:role\\/R','*'],'Service':'s3.amazonaws.com'},"
    "'Action':['s3:Get*','s3:GetObjekt'],'Resource':['arn:aws:s3:::b\\/${aws:username}\\/*','arn:aws:s3:::b'],"
    "'Condition':{'StringLike':{'aws:PrincipalTag\\/x':'\\u0061*'},'BinaryEquals':{'key':'QQ=='}}},{'Sid':'\\n'}]}";

static void assert_document(void)
{
    const w403_statement *st = &policy->statements[0];
    assert_int_equal(policy->n_statements, 2);
    assert_text(policy->id, "id");
    assert_text(st->sid, "Ab");
    assert_text(st->principals[0].text, "arn:aws:iam::111122223333:role/R");
    assert_text(st->resources[0].prefix, "arn:aws:s3:::b/");
    assert_text(st->resources[0].part[5], "b/${aws:username}/*");
    assert_text(st->conditions[0].key, "aws:PrincipalTag/x");
    assert_text(st->conditions[0].key_param, "x");
    assert_text(st->conditions[0].values[0].text.text, "a*");
    assert_text(policy->statements[1].sid, "\n");
}

/* Loads the value at `pointer` of a file, then destroys the JSON nodes. */
static w403_status load_value(w403_view file, const char *pointer)
{
    w403_json_doc doc;
    w403_arena   *nodes = w403_arena_new(0);
    assert_non_null(nodes);
    assert_int_equal(w403_json_parse(nodes, W403_LIT("f.json"), file, NULL, &doc, NULL, &err), W403_OK);
    const w403_json *value = w403_json_at(&doc, w403_view_of(pointer));
    assert_non_null(value);
    warnings = (w403_problems){.arena = arena};
    w403_status s = w403_policy_from_value(arena, W403_POLICY_RESOURCE, &doc, value, &warnings, &policy, &err);
    w403_arena_reset(nodes);
    void *dirt = w403_arena_alloc(nodes, 3000);
    assert_non_null(dirt);
    memset(dirt, 'x', 3000);
    w403_arena_free(nodes);
    return s;
}

static void an_object_inside_a_file(void **state)
{
    (void)state;
    char text[2048];
    (void)snprintf(text, sizeof text, "{'a':[{'Policy': %s}]}", document);
    assert_int_equal(load_value(quoted(text), "/a/0/Policy"), W403_OK);
    assert_document();
    assert_text(policy->file, "f.json");
    assert_text(policy->pointer, "/a/0/Policy");
    assert_int_equal(policy->file_span.off, 17);
    assert_false(policy->embedded);
    assert_span(policy->statements[0].action_span, "['s3:Get*','s3:GetObjekt']");
    assert_string_equal(warned("s3:GetObjekt")->source, "f.json");
}

static void text_inside_a_string(void **state)
{
    (void)state;
    w403_buf  b = {0};
    w403_view inner = quoted(document);
    w403_buf_puts(&b, "{\"Policy\":");
    w403_buf_json_string(&b, inner);
    w403_buf_puts(&b, "}");
    assert_int_equal(load_value(w403_buf_view(&b), "/Policy"), W403_OK);
    assert_document();
    assert_true(policy->embedded);
    assert_text(policy->doc.source, "f.json#/Policy");
    assert_true(w403_view_eq(policy->doc.text, inner));
    assert_text(policy->file, "f.json");
    assert_text(policy->pointer, "/Policy");
    assert_int_equal(policy->file_span.off, 10);
    assert_string_equal(warned("s3:GetObjekt")->source, "f.json#/Policy");
    w403_buf_free(&b);
}

static void url_encoded_text(void **state)
{
    (void)state;
    w403_buf  b = {0};
    w403_view inner = quoted(document);
    w403_buf_json_string(&b, w403_percent_encode(arena, inner, ""));
    assert_int_equal(load_value(w403_buf_view(&b), ""), W403_OK);
    assert_document();
    assert_true(policy->embedded);
    assert_text(policy->doc.source, "f.json#");
    assert_true(w403_view_eq(policy->doc.text, inner));
    w403_buf_free(&b);
    assert_int_equal(load_value(W403_LIT("\"%7B%22Statement%22:%5B%5D%7\""), ""), W403_SEMANTIC);
    assert_non_null(strstr(err.message, "broken % escape"));
    assert_int_equal(load_value(W403_LIT("\"%7B%22Statement%22:%5B+%5D%7D\""), ""), W403_SYNTAX); /* `+` is no blank */
    assert_string_equal(err.source, "f.json#");
}

static void what_holds_no_document(void **state)
{
    (void)state;
    static const char *const rows[] = {"3", "null", "[]", "true"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(load_value(w403_view_of(rows[i]), ""), W403_SEMANTIC);
        assert_non_null(strstr(err.message, "must be an object or a string"));
        assert_null(policy);
    }
    assert_int_equal(load_value(W403_LIT("\"\""), ""), W403_SYNTAX);
    assert_int_equal(load_value(W403_LIT("\"x\""), ""), W403_SYNTAX);
    assert_int_equal(load_value(W403_LIT("\"[]\""), ""), W403_SEMANTIC);
}

static void nodes_need_not_live(void **state)
{
    (void)state;
    assert_int_equal(load(W403_POLICY_RESOURCE, document), W403_OK);
    assert_null(policy->doc.root);
    assert_document();
}

static void given_by_hand(void **state)
{
    (void)state;
    char   text[] = "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:GetObjekt\",\"Resource\":\"*\"}}";
    char   source[] = "scp.json";
    size_t n;
    w403_policies *ps = w403_policies_new();
    assert_non_null(ps);
    assert_null(w403_policies_list(ps, &n));
    assert_int_equal(n, 0);
    w403_view name = w403_view_of(source), v = w403_view_of(text);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_SCP, 2, name, v, &err), W403_OK);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_IDENTITY, 0, name, v, NULL), W403_OK);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_KINDS, 0, name, v, &err), W403_SEMANTIC);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_SCP, 0, name, W403_LIT("{"), &err), W403_SYNTAX);
    assert_string_equal(err.source, "scp.json");
    memset(text, 'x', sizeof text - 1);
    memset(source, 'y', sizeof source - 1);
    const w403_given_policy *list = w403_policies_list(ps, &n);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].kind, W403_POLICY_SCP);
    assert_int_equal(list[0].level, 2);
    assert_int_equal(list[1].kind, W403_POLICY_IDENTITY);
    assert_text(list[0].policy->doc.source, "scp.json");
    assert_text(list[1].policy->statements[0].actions[0].text, "s3:GetObjekt");
    assert_true(w403_policies_warnings(ps)->n >= 2);
    w403_policies_free(ps);
    w403_policies_free(NULL);
    assert_null(w403_policies_list(NULL, &n));
    assert_int_equal(n, 0);
}

/* What `aws` commands print around a document is taken off. */
static void given_as_aws_prints_it(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{'Policy':'{\\'Statement\\':{\\'Sid\\':\\'A\\'}}'}",                 /* get-bucket-policy */
        "{'Policy':{'PolicySummary':{},'Content':'{\\'Statement\\':{\\'Sid\\':\\'A\\'}}'}}", /* describe-policy */
        "{'RoleName':'r','PolicyDocument':{'Statement':{'Sid':'A'}}}",          /* get-role-policy */
        "{'PolicyVersion':{'Document':{'Statement':{'Sid':'A'}}}}",             /* get-policy-version */
        "{'Statement':{'Sid':'A'}}",
    };
    size_t         n;
    w403_policies *ps = w403_policies_new();
    assert_non_null(ps);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("f"), quoted(rows[i]), &err) != W403_OK) {
            fail_msg("%s: %s", rows[i], err.message);
        }
        const w403_given_policy *list = w403_policies_list(ps, &n);
        assert_int_equal(n, i + 1);
        assert_text(list[i].policy->statements[0].sid, "A");
        assert_text(list[i].policy->file, "f");
    }
    assert_int_equal(w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("f"), W403_LIT("\"{}\""), &err),
                     W403_SEMANTIC);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("f"), W403_LIT("{\"Policy\":3}"), &err),
                     W403_SEMANTIC);
    assert_non_null(strstr(err.message, "no `Statement`"));
    size_t length = 4 * (size_t)W403_LIMIT_POLICY_BYTES;
    char  *big = w403_arena_alloc(arena, length + 1);
    memset(big, ' ', length + 1);
    memcpy(big, "{\"Statement\":[]}", 16);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("f"), (w403_view){big, length}, &err), W403_OK);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("f"), (w403_view){big, length + 1}, &err),
                     W403_LIMIT);
    w403_policies_free(ps);
}

/* The n-th allocation fails, for every n: out of memory is reported, nothing leaks (under ASan), nothing crashes. */
static void memory_runs_out(void **state)
{
    (void)state;
    w403_view text = quoted(document);
    bool      done = false;
    for (uint64_t n = 1; !done; n++) {
        assert_true(n < 1000);
        w403_malloc_fail_after(n);
        w403_arena *a = w403_arena_new(0);
        if (a) {
            w403_problems ps = {.arena = a};
            w403_policy  *p;
            w403_status s = w403_policy_parse(a, W403_POLICY_RESOURCE, W403_LIT("p"), text, &ps, &p, &err);
            assert_true(s == W403_OK || s == W403_NOMEM);
            done = s == W403_OK && ps.dropped == 0;
        }
        w403_malloc_fail_after(0);
        w403_arena_free(a);
    }
    done = false;
    for (uint64_t n = 1; !done; n++) {
        assert_true(n < 1000);
        w403_malloc_fail_after(n);
        w403_policies *ps = w403_policies_new();
        if (ps) {
            w403_status s = w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("p"), text, &err);
            assert_true(s == W403_OK || s == W403_NOMEM);
            done = s == W403_OK;
        }
        w403_malloc_fail_after(0);
        w403_policies_free(ps);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_object_inside_a_file), TEST(text_inside_a_string), TEST(url_encoded_text), TEST(what_holds_no_document),
        TEST(nodes_need_not_live), TEST(given_by_hand), TEST(given_as_aws_prints_it), TEST(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

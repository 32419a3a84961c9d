/* Requests and cases as JSON: every member, and what is refused. */
#include "arena_test.h"

#include "evidence/case_file.h"

static w403_error   err;
static w403_request request;

static void text_is(w403_view v, const char *wanted)
{
    assert_true(w403_view_eq(v, w403_view_of(wanted)));
}

static w403_status read_request(const char *json, bool complete)
{
    static w403_json_doc doc;
    assert_int_equal(w403_json_parse(arena, W403_LIT("r"), w403_view_of(json), NULL, &doc, NULL, &err), W403_OK);
    return w403_request_from_json(arena, &doc, doc.root, complete, &request, &err);
}

static void every_member(void **state)
{
    (void)state;
    static const char json[] =
        "{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\",\"resource_account\":\"111122223333\","
        "\"principal\":\"anonymous\",\"session_name\":\"s\",\"issuer\":\"i\",\"from\":\"203.0.113.9\",\"via\":\"v\","
        "\"secure\":false,\"at\":1763719200,\"mfa\":{\"age\":300},\"headers\":{\"x-amz-acl\":\"private\"},"
        "\"query\":{\"max-keys\":7},\"version_id\":\"v1\",\"presigned\":{\"signed_at\":\"t\",\"expires_in\":60},"
        "\"upload\":{\"initiator\":\"me\",\"kms_key\":\"\",\"checksum\":true}}";
    assert_int_equal(read_request(json, true), W403_OK);
    text_is(request.operation, "GetObject");
    text_is(request.resource_account, "111122223333");
    text_is(request.session_name, "s");
    text_is(request.issuer, "i");
    text_is(request.from, "203.0.113.9");
    text_is(request.via, "v");
    assert_int_equal(request.secure, W403_NO);
    text_is(request.at, "1763719200");
    assert_int_equal(request.mfa, W403_YES);
    assert_int_equal(request.mfa_age_s, 300);
    text_is(request.headers[0].name, "x-amz-acl");
    text_is(request.query[0].value, "7");
    text_is(request.version_id, "v1");
    assert_true(request.presigned);
    text_is(request.signed_at, "t");
    assert_int_equal(request.expires_in_s, 60);
    text_is(request.upload_initiator, "me");
    assert_non_null(request.upload_kms_key.p);
    assert_int_equal(request.upload_kms_key.n, 0);
    assert_int_equal(request.upload_checksum, W403_YES);
}

static void the_body(void **state)
{
    (void)state;
    assert_int_equal(read_request("{\"body\":{\"policy\":{\"a\": 1},\"acl\":\"{}\",\"keys\":[\"k1\",{\"Key\":\"k2\","
                                  "\"VersionId\":\"v\"}],\"A\":{\"B\":[1,2],\"C\":true},\"Tags\":[]}}", false),
                     W403_OK);
    text_is(request.body_policy, "{\"a\": 1}");
    text_is(request.body_acl, "{}");
    assert_int_equal(request.n_body_keys, 2);
    text_is(request.body_keys[1].version_id, "v");
    static const char *const wanted[][2] = {{"A", "{\"B\":[1,2],\"C\":true}"}, {"A.B", "[1,2]"}, {"A.C", "true"},
                                            {"Tags", "[]"}};
    assert_int_equal(request.n_body, 4);
    for (size_t i = 0; i < 4; i++) {
        text_is(request.body[i].name, wanted[i][0]);
        text_is(request.body[i].value, wanted[i][1]);
    }
}

static void states_of_a_context_key(void **state)
{
    (void)state;
    assert_int_equal(read_request("{\"context\":{\"a\":\"x\",\"b\":[\"x\",2,true],\"c\":null,"
                                  "\"d\":{\"unknown\":true},\"e\":[]}}", false), W403_OK);
    assert_int_equal(request.n_context, 5);
    assert_int_equal(request.context[0].n_values, 1);
    assert_int_equal(request.context[1].n_values, 3);
    text_is(request.context[1].values[2], "true");
    assert_int_equal(request.context[2].present, W403_NO);
    assert_int_equal(request.context[3].present, W403_UNKNOWN);
    assert_int_equal(request.context[4].present, W403_YES);
    assert_int_equal(request.context[4].n_values, 0);
}

static void what_is_not_said(void **state)
{
    (void)state;
    assert_int_equal(read_request("{}", false), W403_OK);
    assert_int_equal(request.secure, W403_YES);
    assert_int_equal(request.mfa, W403_UNKNOWN);
    assert_null(request.from.p);
    assert_int_equal(read_request("{\"mfa\":false}", false), W403_OK);
    assert_int_equal(request.mfa, W403_NO);
    assert_int_equal(read_request("{}", true), W403_SEMANTIC);
    assert_int_equal(err.line, 1);
}

static void refused_with_its_place(void **state)
{
    (void)state;
    assert_int_equal(read_request("{\n  \"princpal\": \"x\"}", false), W403_SEMANTIC);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 3);
    assert_string_equal(err.hint, "did you mean `principal`?");
    static const char *const wrong[] = {
        "{\"secure\":\"yes\"}", "{\"secure\":{\"unknown\":false}}", "{\"mfa\":{\"age\":-1}}", "{\"at\":true}",
        "{\"headers\":[1]}", "{\"headers\":{\"a\":{}}}", "{\"body\":[]}", "{\"body\":{\"keys\":[1]}}",
        "{\"context\":{\"a\":{}}}", "{\"context\":{\"a\":[[]]}}", "{\"presigned\":{\"expires_in\":1.5}}", "[]",
        "{\"operation\":\"\"}", "{\"upload\":{\"who\":1}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_request(wrong[i], false), W403_SEMANTIC);
        assert_true(err.line > 0);
    }
}

static w403_cases cases;

static w403_status read_cases(const char *json)
{
    cases = (w403_cases){0};
    return w403_case_file_parse(arena, W403_LIT("c.json"), w403_view_of(json), &cases, &err);
}

#define REQUEST "\"request\":{\"operation\":\"GetObject\",\"resource\":\"*\",\"principal\":\"anonymous\"}"
#define EXPECT "\"expect\":{\"decision\":\"denied\"}"

static void a_case(void **state)
{
    (void)state;
    assert_int_equal(read_cases("[{\"name\":\"a\",\"about\":\"b\"," REQUEST "," EXPECT "},\n"
                                " {\"name\":\"c\",\"snapshot\":\"dir\"," REQUEST ",\"expect\":{\"decision\":\"allowed\","
                                "\"status\":404,\"causes\":[],\"sid\":\"\",\"allowed_after_fix\":false}},"
                                " {\"name\":\"d\",\"snapshot\":{},\"inventory\":{\"bucket\":\"b\","
                                "\"configuration\":\"i\"}," EXPECT "}]"), W403_OK);
    assert_int_equal(cases.n, 3);
    assert_int_equal(cases.at[0].expect.decision, W403_DENIED);
    assert_int_equal(cases.at[0].expect.status, 0);
    assert_int_equal(cases.at[0].expect.allowed_after_fix, W403_UNKNOWN);
    assert_false(cases.at[0].expect.has_causes);
    assert_null(cases.at[0].expect.sid.p);
    assert_int_equal(cases.at[1].line, 2);
    text_is(cases.at[1].snapshot_dir, "dir");
    assert_int_equal(cases.at[1].expect.status, 404);
    assert_true(cases.at[1].expect.has_causes);
    assert_non_null(cases.at[1].expect.sid.p);
    assert_int_equal(cases.at[1].expect.allowed_after_fix, W403_NO);
    assert_true(cases.at[2].is_inventory);
    assert_non_null(cases.at[2].snapshot);
}

static void policies_of_a_case(void **state)
{
    (void)state;
    assert_int_equal(read_cases("{\"name\":\"a\",\"policies\":{\"identity\":[{\"i\":1},\"p.json\"],\"boundary\":{},"
                                "\"scp\":[[{\"r\":1}],[],[{\"x\":1},{\"y\":1}]]}," REQUEST "," EXPECT "}"), W403_OK);
    const w403_case *c = &cases.at[0];
    assert_int_equal(c->n_policies, 6);
    text_is(c->policies[0].text, "{\"i\":1}");
    text_is(c->policies[0].name, "policies.identity[0]");
    text_is(c->policies[1].path, "p.json");
    assert_null(c->policies[1].text.p);
    assert_int_equal(c->policies[2].kind, W403_POLICY_BOUNDARY);
    assert_int_equal(c->policies[3].level, 0);
    assert_int_equal(c->policies[5].level, 2);
    text_is(c->policies[5].name, "policies.scp[2][1]");
    text_is(c->policies[5].text, "{\"y\":1}");
}

static void cases_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "7", "{}", "{\"name\":\"\"," REQUEST "," EXPECT "}", "{\"name\":\"a\"," EXPECT "}",
        "{\"name\":\"a\"," REQUEST ",\"inventory\":{}," EXPECT "}", "{\"name\":\"a\"," REQUEST "}",
        "{\"name\":\"a\"," REQUEST ",\"expect\":{}}",
        "{\"name\":\"a\"," REQUEST ",\"expect\":{\"decision\":\"no\"}}",
        "{\"name\":\"a\"," REQUEST ",\"expect\":{\"decision\":\"denied\",\"status\":\"403\"}}",
        "{\"name\":\"a\"," REQUEST ",\"expect\":{\"decision\":\"denied\",\"casue\":\"x\"}}",
        "{\"name\":\"a\",\"snapshot\":7," REQUEST "," EXPECT "}",
        "{\"name\":\"a\",\"policies\":{\"scp\":{}}," REQUEST "," EXPECT "}",
        "{\"name\":\"a\",\"policies\":{\"identity\":7}," REQUEST "," EXPECT "}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_cases(wrong[i]), W403_SEMANTIC);
        assert_true(err.line > 0);
        assert_int_equal(cases.n, 0);
    }
    assert_int_equal(read_cases("[{\"name\":"), W403_SYNTAX);
}

/* Every allocation fails once: an error each time, never a crash. */
static void short_of_memory(void **state)
{
    (void)state;
    static const char json[] = "{\"name\":\"a\",\"policies\":{\"identity\":[{},{},{},{}],\"scp\":[[{}],[{}]]},"
                               "\"request\":{\"operation\":\"o\",\"resource\":\"*\",\"principal\":\"p\","
                               "\"headers\":{\"a\":\"b\"},\"body\":{\"A\":{\"B\":1}},\"context\":{\"k\":[\"v\"]}},"
                               "\"expect\":{\"decision\":\"denied\",\"causes\":[\"a\"]}}";
    w403_status status = W403_NOMEM;
    for (uint64_t n = 1; n < 1000 && status != W403_OK; n++) {
        w403_malloc_fail_after(n);
        w403_arena *a = w403_arena_new(0);
        w403_cases  out = {0};
        status = a ? w403_case_file_parse(a, W403_LIT("c"), W403_LIT(json), &out, &err) : W403_NOMEM;
        w403_malloc_fail_after(0);
        assert_true(status == W403_OK || status == W403_NOMEM);
        w403_arena_free(a);
    }
    assert_int_equal(status, W403_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_member, setup, teardown),
        cmocka_unit_test_setup_teardown(the_body, setup, teardown),
        cmocka_unit_test_setup_teardown(states_of_a_context_key, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_said, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_with_its_place, setup, teardown),
        cmocka_unit_test_setup_teardown(a_case, setup, teardown),
        cmocka_unit_test_setup_teardown(policies_of_a_case, setup, teardown),
        cmocka_unit_test_setup_teardown(cases_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(short_of_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

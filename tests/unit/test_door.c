/* The door: questions of every kind, and what is wrong with a question. That answers are those of the command line is
 * shown by tests/door/golden.py. */
#include <string.h>

#include "arena_test.h"
#include "base/view.h"

static w403_error err;

#define REQUEST                                                                                                        \
    "\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\","                                     \
    "\"principal\":\"arn:aws:iam::111122223333:user/a\",\"from\":\"203.0.113.9\"}"
#define ALLOW "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
#define DENY                                                                                                           \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"D\",\"Effect\":\"Deny\",\"Principal\":\"*\","              \
    "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}]}"
#define STATED(doc) "{\"accounts/111122223333/s3/b/policy.json\":" doc "}"

static bool holds(w403_view text, const char *part)
{
    return w403_view_find(text, w403_view_of(part)) != SIZE_MAX;
}

static w403_reply ask(const w403_world *world, const char *question)
{
    w403_reply reply = {0};
    if (w403_ask(world, w403_view_of(question), arena, &reply, &err) != W403_OK) {
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.message);
    }
    assert_int_equal(strlen(reply.text.p), reply.text.n);
    return reply;
}

static void answers(const char *question, int exit_status, const char *part)
{
    w403_reply reply = ask(NULL, question);
    assert_int_equal(reply.exit_status, exit_status);
    if (!holds(reply.text, part)) {
        fail_msg("no `%s` in %s", part, reply.text.p);
    }
}

static void refused(const char *question, w403_status code, uint32_t column, const char *part, const char *hint)
{
    w403_reply reply;
    assert_int_equal(w403_ask(NULL, w403_view_of(question), arena, &reply, &err), code);
    assert_int_equal(err.column, column);
    if (!holds(w403_view_of(err.message), part) || !holds(w403_view_of(err.hint), hint)) {
        fail_msg("%s (%s)", err.message, err.hint);
    }
}

static void every_kind_of_question(void **state)
{
    (void)state;
    answers("{\"ask\":\"explain\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "]}}", 0, "\"decision\":\"allowed\"");
    answers("{\"ask\":\"fix\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "],\"resource\":" DENY "}}", 1,
            "\"policy\":\"policies.resource\"");
    answers("{\"ask\":\"decide\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "]}}", 0, "\"decision\":\"allowed\"");
    answers("{\"ask\":\"evidence\",\"evidence\":{\"error\":\"An error occurred (AccessDenied) when calling the GetObject "
            "operation: Access Denied\"}}", 3, "\"evidence\"");
    answers("{\"ask\":\"lint\",\"type\":\"identity\",\"files\":{\"p\":{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
            "\"s3:GetObjekt\",\"Resource\":\"*\"}]}}}", 1, "INVALID_ACTION");
    answers("{\"ask\":\"diff\",\"files\":{\"old\":" DENY ",\"new\":" DENY "}}", 0, "\"newly_allowed\": \"no\"");
    answers("{\"ask\":\"lint\",\"files\":{\"p.json\":{\"a\":9}}}", 0, ""); /* no policy, no document */
    answers("{\"ask\":\"logs\",\"files\":{\"t\":{\"Records\":[{\"eventTime\":\"2026-11-21T10:00:00Z\",\"eventSource\":"
            "\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"errorCode\":\"AccessDenied\"}]}}}", 1, "\"denied\":1");
    answers("{\"ask\":\"sweep\",\"files\":{\"o.csv\":\"Bucket,Key\\nb,k\\n\"},\"as\":\"arn:aws:iam::111122223333:user/a\","
            "\"policies\":{\"identity\":[" ALLOW "]}}", 0, "\"allowed\":1");
    answers("{\"ask\":\"test\",\"files\":{\"c\":{\"name\":\"n\",\"policies\":{\"identity\":[" ALLOW "]}," REQUEST
            ",\"expect\":{\"decision\":\"allowed\"}}}}", 0, "1 passed, 0 failed");
    answers("{\"ask\":\"version\"}", 0, "why403 ");
    answers("{\"ask\":\"explain\",\"format\":\"text\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "]}}", 0, "ALLOWED");
}

static void a_world_and_what_lies_over_it(void **state)
{
    (void)state;
    w403_world *world = NULL;
    w403_view   text = W403_LIT(STATED(DENY));
    assert_int_equal(w403_world_parse(text, &world, &err), W403_OK);
    w403_reply r = ask(world, "{\"ask\":\"explain\",\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\","
                              "\"principal\":\"anonymous\"}}");
    assert_true(holds(r.text, "deny.bucket-policy"));
    r = ask(world, "{\"ask\":\"explain\",\"overlay\":" STATED("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                   "\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}]}")
                   ",\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\",\"principal\":\"anonymous\"}}");
    assert_false(holds(r.text, "deny.bucket-policy"));
    r = ask(world, "{\"ask\":\"explain\",\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\","
                   "\"principal\":\"anonymous\"}}");
    assert_true(holds(r.text, "deny.bucket-policy")); /* the world is as it was */
    w403_world_free(world);
}

/* Commands that close the states they opened leave the world's alone. */
static void a_world_outlives_its_questions(void **state)
{
    (void)state;
    static const char replay[] = "{\"ask\":\"replay\",\"files\":{\"t\":{\"Records\":[{\"eventTime\":\"2026-11-21T10:00:00Z\","
                                 "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\"}]}},"
                                 "\"policy\":{\"accounts/111122223333/s3/b/policy.json\":" DENY "}}";
    static const char *const asks[] = {
        replay, "{\"ask\":\"explain\"," REQUEST "}", "{\"ask\":\"decide\"," REQUEST "}", "{\"ask\":\"public\",\"all\":true}",
        "{\"ask\":\"inventory\",\"operands\":\"b\"}", "{\"ask\":\"who-can\",\"operands\":[\"GetObject\",\"s3://b/k\"]}",
        "{\"ask\":\"explain\"," REQUEST ",\"overlay\":" STATED(ALLOW) "}", "{\"ask\":\"what-can\",\"operands\":\"anonymous\"}",
    };
    w403_world *world;
    assert_int_equal(w403_world_parse(W403_LIT(STATED(DENY)), &world, &err), W403_OK);
    for (size_t i = 0; i < 2 * sizeof asks / sizeof *asks; i++) {
        w403_reply reply;
        w403_status got = w403_ask(world, w403_view_of(asks[i % (sizeof asks / sizeof *asks)]), arena, &reply, &err);
        (void)got; /* whatever it is, the world stays as it was */
        assert_true(holds(ask(world, asks[2]).text, "\"denied\""));
    }
    w403_world_free(world);
}

static void many_requests(void **state)
{
    (void)state;
    w403_reply reply;
    w403_view  lines = W403_LIT("{\"id\":1,\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\",\"principal\":"
                                "\"arn:aws:iam::111122223333:user/a\"}\nno request\n");
    assert_int_equal(w403_ask_lines(NULL, W403_LIT("{\"ask\":\"decide\",\"policies\":{\"identity\":[" ALLOW "]}}"), lines, arena,
                                    &reply, &err), W403_OK);
    assert_int_equal(reply.exit_status, 2); /* a line was none */
    assert_true(holds(reply.text, "{\"id\":1,\"format\":1,\"decision\":\"allowed\""));
    assert_true(holds(reply.text, "\"line\":2"));
    assert_int_equal(w403_ask_lines(NULL, W403_LIT(""), lines, arena, &reply, &err), W403_SEMANTIC); /* nothing to judge by */
}

static void what_is_wrong_with_a_question(void **state)
{
    (void)state;
    refused("{", W403_SYNTAX, 2, "", "");
    refused("[]", W403_SEMANTIC, 1, "a question is an object", "ask");
    refused("{\"ask\":\"explan\"}", W403_SEMANTIC, 8, "no question `explan`", "explain");
    refused("{\"ask\":\"completion\"}", W403_SEMANTIC, 8, "no question", "");
    refused("{\"ask\":\"explain\",\"reqest\":{}}", W403_SEMANTIC, 18, "no member `reqest`", "request");
    refused("{\"ask\":\"explain\",\"write_fixes\":\"d\"}", W403_SEMANTIC, 18, "no member", "");
    refused("{\"ask\":\"explain\",\"live\":true}", W403_SEMANTIC, 18, "no member", "");
    refused("{\"ask\":\"explain\",\"save\":\"d\"}", W403_SEMANTIC, 18, "no member", "");
    refused("{\"ask\":\"collect\"}", W403_SEMANTIC, 8, "no question", "");
    refused("{\"ask\":\"explain\",\"snapsot\":{}}", W403_SEMANTIC, 18, "no member", "snapshot");
    refused("{\"ask\":\"explain\",\"policies\":{\"bucket\":{}}}", W403_SEMANTIC, 30, "`policies`", "");
    refused("{\"ask\":\"explain\",\"from\":[1]}", W403_SEMANTIC, 0, "", "");
    refused("{\"ask\":\"lint\",\"files\":{\"a\":{\"base64\":\"*\"}}}", W403_SEMANTIC, 38, "base64", "");
    refused("{\"ask\":\"explain\",\"overlay\":{\"a\":{}}," REQUEST "}", W403_SEMANTIC, 0, "needs a snapshot", "");
    refused("{\"ask\":\"logs\",\"operands\":\"/etc/passwd\"}", W403_IO, 0, "not among the texts", "give the text");
    refused("{\"ask\":\"explain\",\"error\":\"-\"}", W403_IO, 0, "not among the texts", "");
    refused("{\"ask\":\"explain\"," REQUEST "}", W403_SEMANTIC, 0, "nothing to judge", "");
}

/* A name that is not among the texts opens nothing, whatever is asked. */
static void files_stay_shut(void **state)
{
    static const char *const asks[] = {"logs", "sweep", "lint", "test"};
    (void)state;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        w403_view q = w403_arena_printf(arena, "{\"ask\":\"%s\",\"operands\":[\"/proc/self/status\"],\"policies\":{}%s}", asks[i],
                                        i == 1 ? ",\"as\":\"anonymous\"" : "");
        w403_reply reply;
        if (i > 1) {
            q = w403_arena_printf(arena, "{\"ask\":\"%s\",\"operands\":[\"/proc/self/status\"]}", asks[i]);
        }
        bool answered = w403_ask(NULL, q, arena, &reply, &err) == W403_OK;
        assert_false(answered && holds(reply.text, "VmPeak"));
        if (answered) {
            assert_int_equal(reply.exit_status, 2);
        } else if (i != 1) {
            assert_int_equal(err.code, W403_IO);
        }
    }
    refused("{\"ask\":\"diff\",\"operands\":[\"/etc/passwd\",\"/etc/passwd\"]}", W403_IO, 0, "not among the texts", "");
    refused("{\"ask\":\"explain\",\"event\":\"\"," REQUEST "}", W403_SYNTAX, 0, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_question, setup, teardown),
        cmocka_unit_test_setup_teardown(a_world_and_what_lies_over_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_world_outlives_its_questions, setup, teardown),
        cmocka_unit_test_setup_teardown(many_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(files_stay_shut, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_a_question, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Sessions: found by access key, else by name and time; their policies are looked at. */
#include "logs_survey_test.h"

#define SESSION_ARN "arn:aws:sts::" ACCOUNT ":assumed-role/export/nightly"
#define SESSION(key, created)                                                                                        \
    "{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:nightly\",\"arn\":\"" SESSION_ARN "\",\"accountId\":\"" ACCOUNT \
    "\",\"accessKeyId\":\"" key "\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::"  \
    ACCOUNT ":role/export\"},\"attributes\":{\"creationDate\":\"" created "\",\"mfaAuthenticated\":\"false\"}}}"
#define ONLY_READ "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"s3:GetObject\\\",\\\"Resource\\\":\\\"*\\\"}]}"

static void put_assume_as(w403_buf *b, const char *time, const char *name, const char *key, const char *policy)
{
    char request[1024];
    snprintf(request, sizeof request, "{\"roleArn\":\"arn:aws:iam::" ACCOUNT ":role/export\",\"roleSessionName\":\"%s\"%s%s%s}",
             name, policy ? ",\"policy\":\"" : "", policy ? policy : "", policy ? "\"" : "");
    put_event(b, time, "sts.amazonaws.com", "AssumeRole", USER("alice"), request, "");
    /* the response that the helper writes is null: put the credentials there */
    w403_view text = w403_buf_view(b);
    size_t    at = text.n;
    while (at > 0 && !w403_view_starts(w403_view_sub(text, at - 1, text.n), W403_LIT("\"responseElements\":null"))) {
        at--;
    }
    assert_true(at > 0);
    char tail[512];
    w403_view rest = w403_view_sub(text, at - 1 + sizeof "\"responseElements\":null" - 1, text.n);
    snprintf(tail, sizeof tail, "%.*s", (int)rest.n, rest.p);
    b->n = at - 1;
    w403_buf_printf(b, "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"%s\"},\"assumedRoleUser\":{\"arn\":\""
                       "arn:aws:sts::" ACCOUNT ":assumed-role/export/%s\"}}%s", key, name, tail);
}

static void put_assume(w403_buf *b, const char *time, const char *key, const char *policy)
{
    put_assume_as(b, time, "nightly", key, policy);
}

static void put_denied(w403_buf *b, const char *time, const char *identity)
{
    put_event(b, time, "s3.amazonaws.com", "PutObject", identity, OBJECT("data", "x"),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
}

static void test_by_key(void **state)
{
    logs           l;
    w403_survey    s;
    w403_buf       b = {0};
    w403_error     err;
    w403_policies *ps = w403_policies_new();
    (void)state;
    assert_non_null(ps);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_IDENTITY, 0, W403_LIT("role"),
                                       W403_LIT(POLICY("{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}")), &err),
                     W403_OK);
    logs_open(&l);
    put_assume(&b, "2026-11-20T09:00:00Z", "ASIANARROW", ONLY_READ);
    put_assume(&b, "2026-11-20T09:00:00Z", "ASIAWIDE", NULL);
    put_denied(&b, "2026-11-20T09:10:00Z", SESSION("ASIANARROW", "2026-11-20T09:00:00Z"));
    put_denied(&b, "2026-11-20T09:11:00Z", SESSION("ASIAWIDE", "2026-11-20T09:00:00Z"));
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){.policies = ps}, &s);
    assert_int_equal(w403_sessions_count(s.sessions), 2);
    const w403_cause_group *g = find_group(&s, "no-allow.session", "s3:PutObject");
    assert_non_null(g);
    assert_int_equal(g->count, 1);
    assert_true(g->session_policy);
    assert_view(g->session_maker, ALICE);
    assert_int_equal(s.denied, 2); /* the other one's session is not narrowed */
    for (size_t i = 0; i < s.n_groups; i++) {
        assert_true(&s.groups[i] == g || !s.groups[i].session_policy);
    }
    w403_survey_close(&s);
    logs_close(&l);
    w403_policies_free(ps);
}

/* Denials of an access log, which says nothing of the session but its name, and before the calls that made them. */
static void test_apart(void **state)
{
    static const char *const names[] = {"one", "two", "three"};
    w403_buf                 lines = {0}, events = {0};
    logs                     l;
    w403_survey              s;
    w403_error               err;
    w403_policies           *ps = w403_policies_new();
    (void)state;
    assert_non_null(ps);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_IDENTITY, 0, W403_LIT("role"),
                                       W403_LIT(POLICY("{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}")), &err),
                     W403_OK);
    logs_open(&l);
    for (size_t i = 0; i < 3; i++) {
        char who[80], id[8];
        snprintf(who, sizeof who, "arn:aws:sts::" ACCOUNT ":assumed-role/export/%s", names[i]);
        snprintf(id, sizeof id, "A%zu", i);
        put_line(&lines, "20/Nov/2026:10:00:00", "198.51.100.7", who, id, "REST.PUT.OBJECT", "x/1", "PUT /x/1", 403,
                 "AccessDenied");
        put_assume_as(&events, "2026-11-20T09:00:00Z", names[i], "ASIAX", i == 1 ? NULL : ONLY_READ);
    }
    logs_put(&l, w403_buf_view(&lines));
    logs_put_events(&l, &events);
    for (unsigned threads = 1; threads <= 2; threads++) {
        survey_run(&l, &(w403_survey_options){.policies = ps, .threads = threads}, &s);
        const w403_cause_group *g = find_group(&s, "no-allow.session", "s3:PutObject");
        assert_non_null(g);
        assert_int_equal(g->count, 2);
        assert_int_equal(s.denied, 3);
        assert_int_equal(s.n_groups, 2);
        assert_int_equal(w403_sessions_count(s.sessions), 3);
        assert_int_equal(s.stats.lines, 3); /* of one reading */
        w403_survey_close(&s);
    }
    w403_buf_free(&lines);
    logs_close(&l);
    w403_policies_free(ps);
}

/* A managed session policy that nobody can read: nothing is decided, and it is named. */
static void test_unknown_document(void **state)
{
    logs           l;
    w403_survey    s;
    w403_buf       b = {0};
    w403_snapshot *snap = make_snapshot(NO_POLICY);
    (void)state;
    logs_open(&l);
    put_event(&b, "2026-11-20T09:00:00Z", "sts.amazonaws.com", "AssumeRole", USER("alice"),
              "{\"roleArn\":\"arn:aws:iam::" ACCOUNT ":role/export\",\"roleSessionName\":\"nightly\",\"policyArns\":"
              "[{\"arn\":\"arn:aws:iam::" ACCOUNT ":policy/Gone\"}]}", "");
    put_denied(&b, "2026-11-20T09:10:00Z", SESSION("ASIAX", "2026-11-20T09:00:00Z"));
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){.snapshot = snap}, &s);
    assert_int_equal(s.n_groups, 1);
    assert_false(s.groups[0].judged);
    assert_view(s.groups[0].why_not, "session policy arn:aws:iam::" ACCOUNT ":policy/Gone is not in the snapshot");
    w403_survey_close(&s);
    w403_snapshot_free(snap);
    logs_close(&l);
}

static w403_instant at(const char *text)
{
    w403_instant t = 0;
    assert_true(w403_instant_parse(w403_view_of(text), &t));
    return t;
}

static void test_find(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    w403_view   arn = W403_LIT(SESSION_ARN), none = {NULL, 0};
    (void)state;
    logs_open(&l);
    put_assume(&b, "2026-11-20T09:00:00Z", "ASIAONE", NULL);
    put_assume(&b, "2026-11-20T12:00:00Z", "ASIATWO", NULL);
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    const w403_log_session *x = w403_sessions_find(s.sessions, W403_LIT("ASIATWO"), arn, 0, at("2026-11-20T09:30:00Z"));
    assert_non_null(x);
    assert_int_equal(x->at, at("2026-11-20T12:00:00Z")); /* the key counts, not the time */
    x = w403_sessions_find(s.sessions, none, arn, 0, at("2026-11-20T09:30:00Z"));
    assert_non_null(x);
    assert_int_equal(x->at, at("2026-11-20T09:00:00Z"));
    x = w403_sessions_find(s.sessions, none, arn, at("2026-11-20T12:00:03Z"), at("2026-11-20T13:00:00Z"));
    assert_non_null(x);
    assert_int_equal(x->at, at("2026-11-20T12:00:00Z"));
    assert_null(w403_sessions_find(s.sessions, none, arn, at("2026-11-20T10:00:00Z"), at("2026-11-20T13:00:00Z")));
    assert_null(w403_sessions_find(s.sessions, none, arn, 0, at("2026-11-20T08:00:00Z")));
    assert_null(w403_sessions_find(s.sessions, W403_LIT("ASIANONE"), none, 0, at("2026-11-20T13:00:00Z")));
    w403_survey_close(&s);
    logs_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_key), cmocka_unit_test(test_apart),
                                       cmocka_unit_test(test_unknown_document), cmocka_unit_test(test_find)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Replay: what breaks, what is mended, what stays, and what cannot be said. */
#include "logs_survey_test.h"

static void put_traffic(logs *l)
{
    static const struct {
        const char *who, *key;
        int         status;
    } rows[] = {
        {ALICE, "open/1", 200},   {ALICE, "open/2", 200},   {ALICE, "secret/1", 200},
        {ALICE, "secret/2", 200}, {ALICE, "secret/3", 404}, {"arn:aws:iam::" ACCOUNT ":user/bob", "open/1", 403},
        {ALICE, "open/9", 500}, /* says nothing about policies */
        {"arn:aws:iam::" ACCOUNT ":user/bob", "open/3", 200}, /* the old state would have denied it */
    };
    w403_buf b = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[16], uri[40];
        snprintf(id, sizeof id, "T%zu", i);
        snprintf(uri, sizeof uri, "GET /%s", rows[i].key);
        put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", rows[i].who, id, "REST.GET.OBJECT", rows[i].key, uri,
                 rows[i].status, rows[i].status == 403 ? "AccessDenied" : "-");
    }
    logs_put(l, w403_buf_view(&b));
    w403_buf_free(&b);
}

static void replay_run(logs *l, const w403_snapshot *old, const w403_snapshot *new, unsigned threads, w403_replay *r)
{
    w403_paths          files = {0};
    w403_error          err = {0};
    const char         *root = l->root;
    w403_replay_options o = {.select = {.snapshot = old, .threads = threads}, .snapshot = new};
    assert_int_equal(w403_log_find(l->a, NULL, &root, 1, &files, &err), W403_OK);
    assert_int_equal(w403_replay_run(&files, &o, r, &err), W403_OK);
}

static void expect(const w403_replay *r)
{
    assert_int_equal(r->requests, 7);
    assert_int_equal(r->of[W403_REPLAY_BREAKS], 3);
    assert_int_equal(r->of[W403_REPLAY_MENDS], 1);
    assert_int_equal(r->of[W403_REPLAY_UNEXPLAINED], 1);
    assert_int_equal(r->of[W403_REPLAY_UNSURE], 0);
    assert_int_equal(r->unchanged, 2);
    const w403_replay_group *g = &r->groups[0];
    assert_int_equal(g->kind, W403_REPLAY_BREAKS);
    assert_string_equal(g->cause, "deny.bucket-policy");
    assert_view(g->resource, "arn:aws:s3:::data/secret/*");
    assert_view(g->principal, ALICE);
    assert_true(w403_view_starts(g->statement, W403_LIT("NoSecrets of ")));
}

static void test_against(void **state)
{
    logs           l;
    w403_replay    r;
    w403_snapshot *old = make_snapshot(NO_POLICY), *new = make_snapshot(POLICY(DENY_SECRET "," ALLOW_BOB));
    (void)state;
    logs_open(&l);
    put_traffic(&l);
    for (unsigned threads = 1; threads <= 2; threads++) {
        replay_run(&l, old, new, threads, &r);
        uint64_t broken = 0;
        for (size_t i = 0; i < r.n_groups; i++) {
            broken += r.groups[i].kind == W403_REPLAY_BREAKS ? r.groups[i].count : 0;
        }
        assert_int_equal(broken, 3);
        expect(&r);
        w403_replay_close(&r);
    }
    replay_run(&l, old, old, 1, &r); /* no change, nothing breaks */
    assert_int_equal(r.of[W403_REPLAY_BREAKS] + r.of[W403_REPLAY_MENDS] + r.of[W403_REPLAY_UNSURE], 0);
    w403_replay_close(&r);
    logs_close(&l);
    w403_snapshot_free(old);
    w403_snapshot_free(new);
}

#define SESSION(key)                                                                                                 \
    "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::" ACCOUNT ":assumed-role/export/nightly\",\"accountId\":\"" ACCOUNT  \
    "\",\"accessKeyId\":\"" key "\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::" ACCOUNT  \
    ":role/export\"}}}"
#define MAY_READ(where) "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"" where "\"}"
#define ANYTHING        "{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}"
#define IN_STRING(text) "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"*\\\"," \
    "\\\"Resource\\\":\\\"" text "\\\"}}"

static w403_policies *identity(const char *text)
{
    w403_policies *ps = w403_policies_new();
    w403_error     err;
    assert_non_null(ps);
    assert_int_equal(w403_policies_add(ps, W403_POLICY_IDENTITY, 0, W403_LIT("role"), w403_view_of(text), &err), W403_OK);
    return ps;
}

/* Keys of one folder that only one session's policy tells apart; the call that made it comes last. */
static void put_sessions(logs *l)
{
    w403_buf b = {0};
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", SESSION("ASIAWIDE"), OBJECT("data", "f/a/1"), "");
    put_event(&b, "2026-11-20T10:00:01Z", "s3.amazonaws.com", "GetObject", SESSION("ASIANARROW"), OBJECT("data", "f/a/2"), "");
    put_event(&b, "2026-11-20T10:00:02Z", "s3.amazonaws.com", "GetObject", SESSION("ASIANARROW"), OBJECT("data", "f/b/1"),
              ",\"errorCode\":\"AccessDenied\"");
    put_event(&b, "2026-11-20T10:00:03Z", "s3.amazonaws.com", "GetObject", SESSION("ASIANARROW"), OBJECT("data", "f/b/2"), "");
    put_event(&b, "2026-11-20T10:00:04Z", "kms.amazonaws.com", "Decrypt", SESSION("ASIAWIDE"), "{}", "");
    logs_put_events(l, &b);
    put_event(&b, "2026-11-20T09:00:00Z", "sts.amazonaws.com", "AssumeRole", USER("alice"),
              "{\"roleArn\":\"arn:aws:iam::" ACCOUNT ":role/export\",\"roleSessionName\":\"nightly\",\"policy\":\""
              IN_STRING("arn:aws:s3:::data/f/a/*") "\"}",
              ",\"x\":{\"responseElements\":1}");
    w403_view text = w403_buf_view(&b), null = W403_LIT("\"responseElements\":null");
    size_t    at = w403_view_find(text, null);
    w403_buf  with = {0};
    assert_true(at != SIZE_MAX);
    w403_buf_put(&with, w403_view_sub(text, 0, at));
    w403_buf_puts(&with, "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"ASIANARROW\"}}");
    w403_buf_put(&with, w403_view_sub(text, at + null.n, text.n));
    logs_put_events(l, &with);
    w403_buf_free(&b);
}

static void test_sessions(void **state)
{
    logs           l;
    w403_paths     files = {0};
    w403_error     err = {0};
    w403_policies *old = identity(POLICY(ANYTHING)), *new = identity(POLICY(MAY_READ("arn:aws:s3:::data/f/a/1")));
    (void)state;
    logs_open(&l);
    put_sessions(&l);
    const char *root = l.root;
    assert_int_equal(w403_log_find(l.a, NULL, &root, 1, &files, &err), W403_OK);
    for (unsigned threads = 1; threads <= 2; threads++) {
        w403_replay         r;
        w403_replay_options o = {.select = {.policies = old, .threads = threads}, .policies = new};
        assert_int_equal(w403_replay_run(&files, &o, &r, &err), W403_OK);
        assert_int_equal(r.requests, 4);
        assert_int_equal(r.of[W403_REPLAY_BREAKS], 1);      /* f/a/2 */
        assert_int_equal(r.of[W403_REPLAY_UNEXPLAINED], 1); /* f/b/2 worked, though the session may not */
        assert_int_equal(r.unchanged, 2);                   /* f/a/1 works, f/b/1 stays denied */
        assert_int_equal(r.undecided, 0);
        assert_int_equal(w403_sessions_count(r.sessions), 1);
        assert_int_equal(r.stats.events, 6); /* of one reading */
        w403_replay_close(&r);
    }
    logs_close(&l);
    w403_policies_free(old);
    w403_policies_free(new);
}

/* What a record leaves open, and how often. */
static void test_reasons(void **state)
{
    logs           l;
    w403_replay    r;
    w403_buf       b = {0};
    w403_snapshot *old = make_snapshot(NO_POLICY), *new = make_snapshot(POLICY(DENY_SECRET));
    (void)state;
    logs_open(&l);
    put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", "arn:aws:iam::" ACCOUNT ":user/nobody", "A", "REST.GET.OBJECT", "x", "GET /x", 200, "-");
    put_line(&b, "20/Nov/2026:11:00:02", "198.51.100.7", OWNER, "B", "REST.GET.OBJECT", "x", "GET /x", 200, "-");
    put_line(&b, "20/Nov/2026:11:00:03", "198.51.100.7", "00a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef200", "C",
             "REST.GET.OBJECT", "x", "GET /x", 200, "-");
    logs_put(&l, w403_buf_view(&b));
    replay_run(&l, old, new, 1, &r);
    assert_int_equal(r.requests, 1);
    assert_int_equal(r.undecided, 2);
    assert_int_equal(r.n_reasons, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(r.reasons[i].count, 1);
        bool nobody = strcmp(r.reasons[i].sample.id, "A") == 0;
        assert_true(w403_view_find(r.reasons[i].text, nobody ? W403_LIT("nobody") : W403_LIT("who the caller is")) != SIZE_MAX);
    }
    w403_replay_close(&r);
    w403_buf_free(&b);
    logs_close(&l);
    w403_snapshot_free(old);
    w403_snapshot_free(new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against), cmocka_unit_test(test_sessions),
                                       cmocka_unit_test(test_reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

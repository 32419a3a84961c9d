/* The change that began it: which one is named, and what is proof. */
#include "logs_survey_test.h"

#define PUT(document) "{\"bucketName\":\"data\",\"policy\":\"\",\"bucketPolicy\":" document "}"

static void put_read(w403_buf *b, const char *time, const char *identity, const char *more)
{
    put_event(b, time, "s3.amazonaws.com", "GetObject", identity, OBJECT("data", "secret/1"), more);
}

#define BY_DENY                                                                                                      \
    DENIED(ALICE, "s3:GetObject", "arn:aws:s3:::data/secret/1", "with an explicit deny in a resource-based policy")

/* before, an unrelated change, the culprit, a later change that keeps it, then denials. */
static void put_story(logs *l)
{
    w403_buf b = {0};
    put_event(&b, "2026-11-18T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"), PUT(POLICY(ALLOW_BOB)), "");
    put_read(&b, "2026-11-18T10:00:00Z", USER("alice"), "");
    put_event(&b, "2026-11-19T08:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("eve"),
              "{\"bucketName\":\"other\",\"bucketPolicy\":" POLICY(DENY_SECRET) "}", "");
    put_event(&b, "2026-11-19T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("carol"),
              PUT(POLICY(ALLOW_BOB "," DENY_SECRET)), "");
    put_event(&b, "2026-11-19T10:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"), PUT(POLICY(DENY_SECRET)), "");
    put_event(&b, "2026-11-19T11:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("frank"), PUT(POLICY("")),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
    put_read(&b, "2026-11-20T10:00:00Z", USER("alice"), BY_DENY);
    put_read(&b, "2026-11-20T11:00:00Z", USER("alice"), BY_DENY);
    put_event(&b, "2026-11-20T12:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("gina"), PUT(POLICY(DENY_SECRET)), "");
    logs_put_events(l, &b);
}

static void expect_story(const w403_survey *s)
{
    const w403_cause_group *g = find_group(s, "deny.bucket-policy", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->count, 2);
    assert_int_equal(g->began.proof, W403_PROOF_FULL);
    assert_non_null(g->began.change);
    assert_view(g->began.change->actor, "arn:aws:iam::" ACCOUNT ":user/carol");
    assert_view(g->began.statement, "NoSecrets");
    assert_false(g->began.removed);
    assert_int_equal(g->began.after, W403_DENIED);
    assert_true(g->began.was.n > 0);
    assert_true(g->denied_rate > 0);
}

static void test_proved(void **state)
{
    logs           l;
    w403_survey    s;
    w403_snapshot *snap = make_snapshot(POLICY(DENY_SECRET));
    (void)state;
    logs_open(&l);
    put_story(&l);
    survey_run(&l, &(w403_survey_options){.snapshot = snap}, &s);
    expect_story(&s);
    assert_int_equal(find_group(&s, "deny.bucket-policy", "s3:GetObject")->began.before, W403_ALLOWED);
    assert_int_equal(s.n_changes, 5); /* the denied one is none */
    w403_survey_close(&s);
    survey_run(&l, &(w403_survey_options){0}, &s); /* the documents alone are enough */
    expect_story(&s);
    w403_survey_close(&s);
    logs_close(&l);
    w403_snapshot_free(snap);
}

/* An Allow that was taken away. */
static void test_removed_allow(void **state)
{
    logs           l;
    w403_survey    s;
    w403_buf       b = {0};
    w403_snapshot *snap = make_snapshot(NO_POLICY);
    (void)state;
    logs_open(&l);
    put_event(&b, "2026-11-18T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"), PUT(POLICY(ALLOW_BOB)), "");
    put_event(&b, "2026-11-19T09:00:00Z", "s3.amazonaws.com", "DeleteBucketPolicy", USER("carol"), "{\"bucketName\":\"data\"}", "");
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", USER("bob"), OBJECT("data", "x"),
              DENIED("arn:aws:iam::" ACCOUNT ":user/bob", "s3:GetObject", "arn:aws:s3:::data/x",
                     "because no identity-based policy allows the s3:GetObject action"));
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){.snapshot = snap}, &s);
    assert_int_equal(s.n_groups, 1);
    assert_int_equal(s.groups[0].began.proof, W403_PROOF_FULL);
    assert_string_equal(s.groups[0].began.change->kind->event, "DeleteBucketPolicy");
    assert_view(s.groups[0].began.statement, "BobReads");
    assert_true(s.groups[0].began.removed);
    w403_survey_close(&s);
    logs_close(&l);
    w403_snapshot_free(snap);
}

/* An access log has no document: the snapshot's is what was written, what was before is not known. */
static void test_access_log(void **state)
{
    logs           l;
    w403_survey    s;
    w403_buf       b = {0};
    w403_snapshot *snap = make_snapshot(POLICY(DENY_SECRET));
    (void)state;
    logs_open(&l);
    put_line(&b, "19/Nov/2026:09:00:00", "198.51.100.7", "arn:aws:iam::" ACCOUNT ":user/carol", "P1", "REST.PUT.BUCKETPOLICY", "-",
             "PUT /?policy", 204, "-");
    put_line(&b, "19/Nov/2026:09:30:00", "198.51.100.7", "arn:aws:iam::" ACCOUNT ":user/dave", "P2", "REST.PUT.BUCKETPOLICY", "-",
             "GET /?logging", 200, "-"); /* the article's line: no change, whatever the operation says */
    put_line(&b, "20/Nov/2026:09:00:00", "198.51.100.7", ALICE, "G1", "REST.GET.OBJECT", "secret/1", "GET /secret/1", 403,
             "AccessDenied");
    logs_put(&l, w403_buf_view(&b));
    w403_buf_free(&b);
    survey_run(&l, &(w403_survey_options){.snapshot = snap}, &s);
    const w403_cause_group *g = find_group(&s, "deny.bucket-policy", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->began.proof, W403_PROOF_AFTER);
    assert_view(g->began.change->actor, "arn:aws:iam::" ACCOUNT ":user/carol");
    assert_view(g->began.statement, "NoSecrets");
    assert_int_equal(s.odd[3], 1); /* the verb of the article's line */
    w403_survey_close(&s);
    logs_close(&l);
    w403_snapshot_free(snap);
}

/* The change is logged a few seconds after the denial, and once by each log. */
static void test_skew_and_both_logs(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    (void)state;
    logs_open(&l);
    put_event(&b, "2026-11-18T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"), PUT(POLICY(ALLOW_BOB)), "");
    put_event(&b, "2026-11-20T10:00:05Z", "s3.amazonaws.com", "PutBucketPolicy", USER("carol"), PUT(POLICY(DENY_SECRET)),
              ",\"requestID\":\"SAME\"");
    w403_view   text = w403_buf_view(&b); /* the second requestID is the one that counts: drop the first */
    size_t      at = w403_view_find(text, W403_LIT(",\"requestID\":\"SAME\""));
    assert_true(at != SIZE_MAX);
    b.n = at;
    w403_buf_putc(&b, '}');
    put_read(&b, "2026-11-20T10:00:02Z", USER("alice"), BY_DENY);
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    const w403_cause_group *g = find_group(&s, "deny.bucket-policy", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->began.proof, W403_PROOF_FULL);
    assert_true(g->began.skewed);
    w403_survey_close(&s);
    logs_close(&l);
}

/* Undone, and done again while denials go on: the first began it, the last is said too. */
static void test_done_again(void **state)
{
    static const char *const times[] = {"2026-11-19T09:00:00Z", "2026-11-19T11:00:00Z", "2026-11-19T13:00:00Z",
                                        "2026-11-20T15:00:00Z", "2026-11-20T16:00:00Z"};
    logs                   l;
    w403_survey            s;
    w403_buf               b = {0};
    (void)state;
    logs_open(&l);
    put_event(&b, "2026-11-18T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"), PUT(POLICY(ALLOW_BOB)), "");
    for (int i = 0; i < 5; i++) { /* the last two after the last denial */
        put_event(&b, times[i], "s3.amazonaws.com", "PutBucketPolicy", USER("carol"),
                  i % 2 ? PUT(POLICY(ALLOW_BOB)) : PUT(POLICY(DENY_SECRET)), "");
    }
    put_read(&b, "2026-11-19T10:00:00Z", USER("alice"), BY_DENY);
    put_read(&b, "2026-11-20T10:00:00Z", USER("alice"), BY_DENY);
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    const w403_cause_group *g = find_group(&s, "deny.bucket-policy", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->began.proof, W403_PROOF_FULL);
    assert_int_equal(g->began.change->order, 1);
    assert_non_null(g->began.again);
    assert_int_equal(g->began.again->order, 3);
    w403_survey_close(&s);
    logs_close(&l);
}

static void test_settings(void **state)
{
    static const struct {
        const char *event, *cause;
        bool        explains;
    } rows[] = {
        {"PutBucketPolicy", "deny.bucket-policy", true},  {"PutBucketPolicy", "deny.scp", false},
        {"PutBucketPublicAccessBlock", "bpa.block-public-acls", true}, {"DisableKey", "kms.key-disabled", true},
        {"DisableKey", "deny.bucket-policy", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool                    key = strcmp(rows[i].event, "DisableKey") == 0;
        const w403_change_kind *k = w403_change_kind_of(key ? W403_LIT("kms.amazonaws.com") : W403_LIT("s3.amazonaws.com"),
                                                        w403_view_of(rows[i].event));
        assert_non_null(k);
        assert_int_equal(w403_change_explains(k, rows[i].cause), rows[i].explains);
    }
    assert_null(w403_change_kind_of(W403_LIT("s3.amazonaws.com"), W403_LIT("GetObject")));
    assert_non_null(w403_change_kind_of((w403_view){NULL, 0}, W403_LIT("REST.PUT.BUCKETPOLICY")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proved),     cmocka_unit_test(test_removed_allow),      cmocka_unit_test(test_access_log),
        cmocka_unit_test(test_skew_and_both_logs), cmocka_unit_test(test_settings), cmocka_unit_test(test_done_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

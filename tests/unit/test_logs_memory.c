/* Short memory: wherever it runs out, a survey and a replay end with W403_NOMEM and leave nothing behind. */
#include "logs_survey_test.h"

enum { STEPS = 12000 };

static void put_all(logs *l)
{
    w403_buf b = {0};
    put_event(&b, "2026-11-18T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("dora"),
              "{\"bucketName\":\"data\",\"bucketPolicy\":" POLICY(ALLOW_BOB) "}", "");
    put_event(&b, "2026-11-19T09:00:00Z", "s3.amazonaws.com", "PutBucketPolicy", USER("carol"),
              "{\"bucketName\":\"data\",\"bucketPolicy\":" POLICY(DENY_SECRET) "}", "");
    put_event(&b, "2026-11-19T10:00:00Z", "iam.amazonaws.com", "DetachUserPolicy", USER("carol"),
              "{\"userName\":\"bob\",\"policyArn\":\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"}", "");
    put_event(&b, "2026-11-19T11:00:00Z", "s3.amazonaws.com", "PutBucketPublicAccessBlock", USER("carol"),
              "{\"bucketName\":\"data\",\"PublicAccessBlockConfiguration\":{\"RestrictPublicBuckets\":true}}", "");
    put_event(&b, "2026-11-20T09:00:00Z", "sts.amazonaws.com", "AssumeRole", USER("alice"),
              "{\"roleArn\":\"arn:aws:iam::" ACCOUNT ":role/export\",\"roleSessionName\":\"nightly\",\"policy\":\"{\\\"Statement"
              "\\\":[]}\",\"policyArns\":[{\"arn\":\"arn:aws:iam::aws:policy/AmazonS3FullAccess\"}]}", "");
    put_event(&b, "2026-11-20T09:30:00Z", "s3.amazonaws.com", "GetObject",
              "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::" ACCOUNT ":assumed-role/export/nightly\",\"accountId\":\"" ACCOUNT
              "\",\"accessKeyId\":\"ASIAX\"}", OBJECT("data", "open/1"), ",\"errorCode\":\"AccessDenied\"");
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "secret/1"),
              DENIED(ALICE, "s3:GetObject", "arn:aws:s3:::data/secret/1", "with an explicit deny in a resource-based policy"));
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", USER("bob"), OBJECT("data", "open/1"),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
    logs_put_events(l, &b);
    put_line(&b, "20/Nov/2026:11:00:00", "198.51.100.7", ALICE, "L1", "REST.GET.OBJECT", "open/1", "GET /open/1", 403, "AccessDenied");
    logs_put(l, w403_buf_view(&b));
    w403_buf_free(&b);
}

/* Every allocation of the first ones, then every 13th. */
static uint64_t next_step(uint64_t n)
{
    return n < 300 ? n + 1 : n + 13;
}

static void test_survey(void **state)
{
    logs           l;
    w403_paths     files = {0};
    w403_error     err = {0};
    w403_snapshot *snap = make_snapshot(POLICY(DENY_SECRET));
    w403_status    status = W403_NOMEM;
    (void)state;
    logs_open(&l);
    put_all(&l);
    const char *root = l.root;
    assert_int_equal(w403_log_find(l.a, NULL, &root, 1, &files, &err), W403_OK);
    uint64_t n = 1;
    for (; status != W403_OK && n < STEPS; n = next_step(n)) {
        w403_survey s;
        w403_malloc_fail_after(n);
        status = w403_survey_run(&files, &(w403_survey_options){.snapshot = snap, .threads = 1}, &s, &err);
        w403_malloc_fail_after(0);
        assert_true(status == W403_OK || status == W403_NOMEM);
        w403_survey_close(&s);
    }
    assert_int_equal(status, W403_OK);
    assert_true(n > 30); /* it did run out, many times */
    w403_snapshot_free(snap);
    logs_close(&l);
}

static void test_replay(void **state)
{
    logs           l;
    w403_paths     files = {0};
    w403_error     err = {0};
    w403_snapshot *old = make_snapshot(NO_POLICY), *new = make_snapshot(POLICY(DENY_SECRET));
    w403_status    status = W403_NOMEM;
    (void)state;
    logs_open(&l);
    put_all(&l);
    const char *root = l.root;
    assert_int_equal(w403_log_find(l.a, NULL, &root, 1, &files, &err), W403_OK);
    uint64_t n = 1;
    for (; status != W403_OK && n < STEPS; n = next_step(n)) {
        w403_replay         r;
        w403_replay_options o = {.select = {.snapshot = old, .threads = 1}, .snapshot = new};
        w403_malloc_fail_after(n);
        status = w403_replay_run(&files, &o, &r, &err);
        w403_malloc_fail_after(0);
        assert_true(status == W403_OK || status == W403_NOMEM);
        w403_replay_close(&r);
    }
    assert_int_equal(status, W403_OK);
    assert_true(n > 30); /* it did run out, many times */
    w403_snapshot_free(old);
    w403_snapshot_free(new);
    logs_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_survey), cmocka_unit_test(test_replay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

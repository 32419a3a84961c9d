/* Denials by root cause: what is told apart, what is counted once, and what stays exact at the limits. */
#include "logs_survey_test.h"

/* ---- bins ---- */

static void test_bins(void **state)
{
    const w403_instant minute = 60000000;
    w403_bins          one = {0}, two = {0}, parts = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) { /* forwards, backwards and in two parts: the same bins */
        w403_bins_add(&one, (w403_instant)i * 37 * minute);
        w403_bins_add(&two, (w403_instant)(999 - i) * 37 * minute);
        w403_bins_add(i % 2 ? &parts : &parts, (w403_instant)(i * 7 % 1000) * 37 * minute);
    }
    assert_memory_equal(&one, &two, sizeof one);
    assert_memory_equal(&one, &parts, sizeof one);
    assert_int_equal(one.total, 1000);
    uint64_t sum = 0;
    for (unsigned i = 0; i < one.used; i++) {
        sum += one.n[i];
    }
    assert_int_equal(sum, 1000);
    assert_int_equal(w403_bins_before(&one, 0), 0);
    assert_int_equal(w403_bins_before(&one, 1000 * 37 * minute * 2), 1000);

    w403_bins half = {0}, other = {0};
    for (int i = 0; i < 1000; i++) {
        w403_bins_add(i < 500 ? &half : &other, (w403_instant)i * 37 * minute);
    }
    w403_bins_merge(&half, &other);
    assert_memory_equal(&one, &half, sizeof one);

    uint64_t columns[10], all = 0;
    w403_bins_columns(&one, 0, 1000 * 37 * minute, columns, 10);
    for (int i = 0; i < 10; i++) {
        all += columns[i];
    }
    assert_int_equal(all, 1000);
    w403_bins old = {0}; /* before 1970, and a year later */
    w403_bins_add(&old, -5 * minute);
    w403_bins_add(&old, 500000 * minute);
    assert_int_equal(old.total, 2);
    assert_int_equal(w403_bins_before(&old, 400000 * minute), 1);
}

/* ---- kinds ---- */

#define KEY_ARN "arn:aws:kms:us-east-1:" ACCOUNT ":key/1234abcd-12ab-34cd-56ef-1234567890ab"

static void put_kinds(logs *l)
{
    w403_buf b = {0};
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "a/1"),
              DENIED(ALICE, "s3:GetObject", "arn:aws:s3:::data/a/1", "because no identity-based policy allows the s3:GetObject action"));
    put_event(&b, "2026-11-20T10:01:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "a/2"),
              DENIED(ALICE, "s3:GetObject", "arn:aws:s3:::data/a/2", "because no identity-based policy allows the s3:GetObject action"));
    put_event(&b, "2026-11-20T10:02:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "gone"),
              DENIED(ALICE, "s3:ListBucket", "arn:aws:s3:::data", "because no identity-based policy allows the s3:ListBucket action"));
    put_event(&b, "2026-11-20T10:03:00Z", "s3.amazonaws.com", "PutObject",
              "{\"type\":\"AWSService\",\"invokedBy\":\"s3.amazonaws.com\"}", OBJECT("dest", "r/x"),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
    put_event(&b, "2026-11-20T10:04:00Z", "s3.amazonaws.com", "GetObject",
              "{\"type\":\"AWSAccount\",\"principalId\":\"\",\"accountId\":\"anonymous\"}", OBJECT("data", "a/1"),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
    /* S3 and KMS tell of one refusal in the same second */
    put_event(&b, "2026-11-20T10:05:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("enc", "k/1"),
              ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\"");
    put_event(&b, "2026-11-20T10:05:00Z", "kms.amazonaws.com", "Decrypt", USER("alice"),
              "{\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::enc/k/1\"}}",
              DENIED(ALICE, "kms:Decrypt", KEY_ARN, "because no resource-based policy allows the kms:Decrypt action")
              ",\"resources\":[{\"ARN\":\"" KEY_ARN "\",\"type\":\"AWS::KMS::Key\",\"accountId\":\"" ACCOUNT "\"}]");
    put_event(&b, "2026-11-20T10:06:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "a/1"),
              ",\"vpcEndpointId\":\"vpce-0123456789abcdef0\",\"errorCode\":\"VpceAccessDenied\","
              "\"errorMessage\":\"The request was denied due to a VPC endpoint policy\"");
    put_event(&b, "2026-11-20T10:07:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "a/1"),
              ",\"errorCode\":\"InvalidAccessKeyId\",\"errorMessage\":\"no such key id\"");
    put_event(&b, "2026-11-20T10:08:00Z", "ec2.amazonaws.com", "RunInstances", USER("alice"), "{}",
              ",\"errorCode\":\"Client.UnauthorizedOperation\",\"errorMessage\":\"no\"");
    logs_put_events(l, &b);
    put_line(&b, "20/Nov/2026:11:00:00", "198.51.100.7", ALICE, "L1", "REST.GET.OBJECT", "a/1",
             "GET /a/1?X-Amz-Date=20261120T090000Z&X-Amz-Expires=600&X-Amz-Signature=0", 403, "AccessDenied");
    put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", ALICE, "L2", "REST.GET.OBJECT", "a/1", "GET /a/1", 200, "-");
    logs_put(l, w403_buf_view(&b));
    w403_buf_free(&b);
}

static void expect(const w403_survey *s, const char *cause, const char *action, w403_denial denial, uint64_t count)
{
    const w403_cause_group *g = find_group(s, cause, action);
    if (!g) {
        for (size_t i = 0; i < s->n_groups; i++) {
            print_error("%s %.*s\n", s->groups[i].cause ? s->groups[i].cause : "-", (int)s->groups[i].action.n,
                        s->groups[i].action.p);
        }
        fail_msg("no group of %s on %s", cause, action);
    }
    assert_non_null(g);
    assert_int_equal(g->denial, denial);
    assert_int_equal(g->count, count);
}

static void test_kinds(void **state)
{
    logs        l;
    w403_survey s;
    (void)state;
    logs_open(&l);
    put_kinds(&l);
    for (unsigned threads = 1; threads <= 2; threads++) {
        survey_run(&l, &(w403_survey_options){.threads = threads}, &s);
        assert_int_equal(s.denied, 9);
        assert_int_equal(s.told_twice, 1);
        assert_int_equal(s.elsewhere, 1);
        expect(&s, "no-allow.identity", "s3:GetObject", W403_DENIAL_PLAIN, 2);
        expect(&s, "masked-404", "s3:GetObject", W403_DENIAL_MASKED_404, 1);
        expect(&s, "", "s3:PutObject", W403_DENIAL_SERVICE, 1);
        expect(&s, "", "s3:GetObject", W403_DENIAL_ANONYMOUS, 1);
        expect(&s, "no-allow.key-policy", "kms:Decrypt", W403_DENIAL_KMS, 1);
        expect(&s, "no-allow.vpc-endpoint", "s3:GetObject", W403_DENIAL_VPC_ENDPOINT, 1);
        expect(&s, "credentials.unknown-key", "s3:GetObject", W403_DENIAL_CREDENTIALS, 1);
        expect(&s, "presigned-expired", "s3:GetObject", W403_DENIAL_PRESIGNED_EXPIRED, 1);
        const w403_cause_group *g = find_group(&s, "no-allow.identity", "s3:GetObject");
        assert_view(g->resource, "arn:aws:s3:::data/a/*");
        assert_view(g->principal, ALICE);
        assert_string_equal(w403_denial_name(g->denial), "policy");
        w403_survey_close(&s);
    }
    logs_close(&l);
}

static void test_selection(void **state)
{
    logs        l;
    w403_survey s;
    (void)state;
    logs_open(&l);
    put_kinds(&l);
    survey_run(&l, &(w403_survey_options){.bucket = W403_LIT("enc")}, &s);
    assert_int_equal(s.denied, 1);
    w403_survey_close(&s);
    survey_run(&l, &(w403_survey_options){.principal = W403_LIT("anonymous")}, &s);
    assert_int_equal(s.denied, 1);
    w403_survey_close(&s);
    w403_survey_options o = {0};
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T10:01:00Z"), &o.since));
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T10:03:00Z"), &o.until));
    survey_run(&l, &o, &s);
    assert_int_equal(s.denied, 2);
    w403_survey_close(&s);
    survey_run(&l, &(w403_survey_options){.status = 200}, &s);
    assert_int_equal(s.denied, 1); /* the one line; CloudTrail's successes are not looked at */
    w403_survey_close(&s);
    logs_close(&l);
}

/* ---- with a snapshot ---- */

static void put_access(logs *l, bool twice)
{
    w403_buf b = {0};
    for (int i = 0; i < 10; i++) {
        char id[16], key[32], uri[40];
        snprintf(id, sizeof id, "A%d", i);
        snprintf(key, sizeof key, "%s/%d", i % 2 ? "secret" : "open", i);
        snprintf(uri, sizeof uri, "GET /%s", key);
        put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", i % 2 ? ALICE : "arn:aws:iam::" ACCOUNT ":user/bob", id,
                 "REST.GET.OBJECT", key, uri, 403, "AccessDenied");
    }
    logs_put(l, w403_buf_view(&b));
    if (twice) {
        logs_put(l, w403_buf_view(&b));
    }
    w403_buf_free(&b);
}

static void test_decided(void **state)
{
    logs           l;
    w403_survey    s;
    w403_snapshot *snap = make_snapshot(POLICY(DENY_SECRET));
    (void)state;
    logs_open(&l);
    put_access(&l, true);
    survey_run(&l, &(w403_survey_options){.snapshot = snap, .threads = 2}, &s);
    assert_int_equal(s.denied, 10);
    assert_int_equal(s.duplicates, 10);
    assert_int_equal(s.n_groups, 2);
    const w403_cause_group *g = find_group(&s, "deny.bucket-policy", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->count, 5);
    assert_view(g->resource, "arn:aws:s3:::data/secret/*");
    assert_true(w403_view_starts(g->statement, W403_LIT("NoSecrets of ")));
    assert_int_equal(g->agreement, W403_AGREES);
    g = find_group(&s, "no-allow.identity", "s3:GetObject");
    assert_non_null(g);
    assert_int_equal(g->count, 5);
    w403_survey_close(&s);
    logs_close(&l);
    w403_snapshot_free(snap);
}

/* AWS names another cause than the snapshot: both are said, AWS's counts. */
static void test_differs(void **state)
{
    logs           l;
    w403_survey    s;
    w403_buf       b = {0};
    w403_snapshot *snap = make_snapshot(POLICY(DENY_SECRET));
    (void)state;
    logs_open(&l);
    put_event(&b, "2026-11-20T10:00:00Z", "s3.amazonaws.com", "GetObject", USER("alice"), OBJECT("data", "secret/1"),
              DENIED(ALICE, "s3:GetObject", "arn:aws:s3:::data/secret/1", "with an explicit deny in a service control policy"));
    logs_put_events(&l, &b);
    survey_run(&l, &(w403_survey_options){.snapshot = snap}, &s);
    assert_int_equal(s.n_groups, 1);
    assert_string_equal(s.groups[0].cause, "deny.scp");
    assert_string_equal(s.groups[0].reported, "deny.scp");
    assert_string_equal(s.groups[0].decided, "deny.bucket-policy");
    assert_int_equal(s.groups[0].agreement, W403_SAME_REQUEST);
    w403_survey_close(&s);
    logs_close(&l);
    w403_snapshot_free(snap);
}

/* ---- what worked before ---- */

static void test_worked(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    (void)state;
    logs_open(&l);
    for (int i = 0; i < 20; i++) { /* 10:00 to 10:19, the last five denied; another caller all the time */
        char id[16], time[32];
        snprintf(id, sizeof id, "W%d", i);
        snprintf(time, sizeof time, "20/Nov/2026:10:%02d:00", i);
        bool denied = i >= 15 && i != 18;
        put_line(&b, time, "198.51.100.7", "arn:aws:sts::" ACCOUNT ":assumed-role/app/i-1", id, "REST.GET.OBJECT", "k", "GET /k",
                 denied ? 403 : 200, denied ? "AccessDenied" : "-");
        put_line(&b, time, "198.51.100.7", ALICE, id, "REST.GET.OBJECT", "k2", "GET /k2", 200, "-");
    }
    logs_put(&l, w403_buf_view(&b));
    w403_buf_free(&b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    assert_int_equal(s.n_groups, 1);
    assert_int_equal(s.groups[0].count, 4);
    assert_int_equal(s.groups[0].worked_before, 15);
    assert_int_equal(s.groups[0].worked_since, 1);
    assert_true(s.groups[0].worked_rate == 15 && s.groups[0].denied_rate == 4); /* in less than an hour: not made more */
    w403_instant last = 0;
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T10:18:00Z"), &last));
    assert_int_equal(s.groups[0].last_worked, last);
    w403_survey_close(&s);
    logs_close(&l);
}

/* ---- limits and damage ---- */

static void test_limit(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    (void)state;
    logs_open(&l);
    for (int i = 0; i < 200; i++) {
        char id[16], who[64];
        snprintf(id, sizeof id, "B%d", i);
        snprintf(who, sizeof who, "arn:aws:iam::" ACCOUNT ":user/u%d", i % 20);
        put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", who, id, "REST.GET.OBJECT", "k", "GET /k", 403, "AccessDenied");
    }
    logs_put(&l, w403_buf_view(&b));
    w403_buf_free(&b);
    survey_run(&l, &(w403_survey_options){.limit = 5}, &s);
    uint64_t grouped = 0;
    for (size_t i = 0; i < s.n_groups; i++) {
        grouped += s.groups[i].count;
    }
    assert_int_equal(s.denied, 200); /* exact, whatever the limit */
    assert_int_equal(s.n_groups, 5);
    assert_int_equal(grouped, 50);
    assert_int_equal(s.spilled, 150);
    w403_survey_close(&s);
    logs_close(&l);
}

static void test_many_folders(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    (void)state;
    logs_open(&l);
    for (int i = 0; i < 300; i++) {
        char id[16], key[32], uri[40];
        snprintf(id, sizeof id, "C%d", i);
        snprintf(key, sizeof key, "f%d/x", i);
        snprintf(uri, sizeof uri, "GET /%s", key);
        put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", ALICE, id, "REST.GET.OBJECT", key, uri, 403, "AccessDenied");
    }
    logs_put(&l, w403_buf_view(&b));
    w403_buf_free(&b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    assert_int_equal(s.n_groups, 1); /* one cause, not one a folder */
    assert_int_equal(s.groups[0].count, 300);
    assert_view(s.groups[0].resource, "arn:aws:s3:::data/*");
    w403_survey_close(&s);
    logs_close(&l);
}

static void test_damage(void **state)
{
    logs        l;
    w403_survey s;
    w403_buf    b = {0};
    (void)state;
    logs_open(&l);
    put_access(&l, false);
    w403_buf_puts(&b, "this is no log line at all, whatever it is\n");
    put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", ALICE, "D1", "REST.GET.OBJECT", "k", "GET /k", 403, "AccessDenied");
    w403_buf_puts(&b, OWNER " data [20/Nov/2026:11:00:01 +0000] 198.51.100.7 - D2 REST.GET");
    logs_put(&l, w403_buf_view(&b));
    w403_buf_free(&b);
    survey_run(&l, &(w403_survey_options){0}, &s);
    assert_int_equal(s.denied, 11);
    assert_true(s.stats.damaged > 0);
    assert_true(s.n_damage > 0);
    w403_survey_close(&s);
    logs_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins),    cmocka_unit_test(test_kinds), cmocka_unit_test(test_selection),
        cmocka_unit_test(test_decided), cmocka_unit_test(test_differs), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_many_folders), cmocka_unit_test(test_damage), cmocka_unit_test(test_worked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

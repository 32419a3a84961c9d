/* Where calls go: AWS's hosts in every partition and variant, the user's own addresses by rank, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/endpoints.h"
#include "live/sign.h"

static w403_arena *arena;
static char        said[8][256];
static size_t      n_said;

static void say(void *user, w403_live_note kind, w403_view text)
{
    (void)user;
    assert_int_equal(kind, W403_LIVE_NOTE);
    assert_true(n_said < 8);
    (void)snprintf(said[n_said++], sizeof said[0], "%.*s", W403_ARG(text));
}

static const char *const variables[] = {
    "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_S3_CONTROL",
    "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS",
};

static w403_live_options options;
static w403_config       config;

static void begin(const char *file)
{
    w403_error err;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        unsetenv(variables[i]);
    }
    options = (w403_live_options){.say = say};
    n_said = 0;
    assert_int_equal(w403_config_parse(arena, w403_view_of(file), W403_LIT(""), NULL, NULL, &config, &err), W403_OK);
}

static w403_endpoints *opened(void)
{
    w403_endpoints *e;
    w403_error      err;
    if (w403_endpoints_open(arena, &config, W403_LIT("default"), &options, &e, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return e;
}

static void refused(const char *why)
{
    w403_endpoints *e;
    w403_error      err;
    assert_int_equal(w403_endpoints_open(arena, &config, W403_LIT("default"), &options, &e, &err), W403_SEMANTIC);
    if (!strstr(err.message, why)) {
        fail_msg("%s, not %s", err.message, why);
    }
}

/* base + path, as it is called and how it is signed. */
static void expect(const w403_endpoints *e, w403_endpoint_query q, const char *url, const char *scope)
{
    w403_endpoint out;
    w403_error    err;
    if (w403_endpoint_find(e, arena, &q, &out, &err) != W403_OK) {
        fail_msg("%s: %s", url, err.message);
    }
    char got[512], signed_for[128];
    (void)snprintf(got, sizeof got, "%.*s%.*s", W403_ARG(out.base), W403_ARG(out.path));
    (void)snprintf(signed_for, sizeof signed_for, "%.*s/%.*s%s", W403_ARG(out.region), W403_ARG(out.signing_name),
                   out.rules == W403_SIGN_S3 ? " s3" : "");
    assert_string_equal(got, url);
    assert_string_equal(signed_for, scope);
    assert_true(w403_view_ends(out.base, out.host));
}

#define Q(s, r) ((w403_endpoint_query){.service = W403_SERVICE_##s, .region = W403_LIT(r)})

static void test_aws(void **state)
{
    (void)state;
    begin("[default]\nregion = eu-west-1\n");
    w403_endpoints *e = opened();
    w403_endpoint_query q = Q(S3, "");
    q.bucket = W403_LIT("amzn-s3-demo-bucket");
    expect(e, q, "https://s3.eu-west-1.amazonaws.com/amzn-s3-demo-bucket", "eu-west-1/s3 s3");
    expect(e, Q(S3, "us-east-1"), "https://s3.us-east-1.amazonaws.com", "us-east-1/s3 s3");
    expect(e, Q(IAM, ""), "https://iam.amazonaws.com", "us-east-1/iam");
    expect(e, Q(IAM, "cn-north-1"), "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1/iam");
    expect(e, Q(IAM, "us-gov-east-1"), "https://iam.us-gov.amazonaws.com", "us-gov-west-1/iam");
    expect(e, Q(ORGANIZATIONS, "ap-south-1"), "https://organizations.us-east-1.amazonaws.com", "us-east-1/organizations");
    expect(e, Q(KMS, "us-isob-east-1"), "https://kms.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1/kms");
    expect(e, Q(STS, "eusc-de-east-1"), "https://sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1/sts");
    expect(e, Q(STS, "xx-new-1"), "https://sts.xx-new-1.amazonaws.com", "xx-new-1/sts");
    q = Q(S3CONTROL, "us-west-2");
    q.account = W403_LIT("111122223333");
    expect(e, q, "https://111122223333.s3-control.us-west-2.amazonaws.com", "us-west-2/s3 s3");
    q = Q(S3EXPRESS, "us-west-2");
    q.bucket = W403_LIT("b--usw2-az1--x-s3");
    expect(e, q, "https://s3express-control.us-west-2.amazonaws.com/b--usw2-az1--x-s3", "us-west-2/s3express s3");
    w403_endpoint out;
    w403_error    err;
    static const char *const bad[] = {"evil.example/", "a b", "-x", "x-", "us-east-1.evil", "us-east-1@evil", "\xC3\xA9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        q = (w403_endpoint_query){.service = W403_SERVICE_STS, .region = w403_view_of(bad[i])};
        assert_int_equal(w403_endpoint_find(e, arena, &q, &out, &err), W403_SEMANTIC);
    }
    q = Q(S3CONTROL, "us-west-2");
    q.account = W403_LIT("evil.example");
    assert_int_equal(w403_endpoint_find(e, arena, &q, &out, &err), W403_SEMANTIC);
    assert_int_equal(n_said, 0);
}

static void test_region(void **state)
{
    (void)state;
    begin("[default]\nregion = from-file\n");
    setenv("AWS_DEFAULT_REGION", "from-default", 1);
    assert_true(w403_view_eq(w403_endpoints_region(opened()), W403_LIT("from-default")));
    setenv("AWS_REGION", "from-variable", 1);
    assert_true(w403_view_eq(w403_endpoints_region(opened()), W403_LIT("from-variable")));
    options.region = W403_LIT("From-Option");
    assert_true(w403_view_eq(w403_endpoints_region(opened()), W403_LIT("from-option")));
    options.region = W403_LIT("a/b");
    refused("`a/b` is no region");
    begin("");
    assert_true(w403_endpoints_region_is_guessed(opened()));
    assert_true(w403_view_eq(w403_endpoints_region(opened()), W403_LIT("us-east-1")));
}

static void test_variants(void **state)
{
    (void)state;
    begin("[default]\nuse_fips_endpoint = true\n");
    expect(opened(), Q(STS, "us-east-1"), "https://sts-fips.us-east-1.amazonaws.com", "us-east-1/sts");
    w403_endpoint       out;
    w403_error          err;
    w403_endpoint_query q = Q(S3, "cn-north-1");
    assert_int_equal(w403_endpoint_find(opened(), arena, &q, &out, &err), W403_SEMANTIC);
    assert_string_equal(err.message, "s3 has no FIPS endpoint in partition aws-cn");
    setenv("AWS_USE_DUALSTACK_ENDPOINT", "TRUE", 1);
    expect(opened(), Q(S3, "us-east-1"), "https://s3-fips.dualstack.us-east-1.amazonaws.com", "us-east-1/s3 s3");
    expect(opened(), Q(ORGANIZATIONS, "eu-west-1"), "https://organizations-fips.us-east-1.api.aws",
           "us-east-1/organizations");
    setenv("AWS_USE_FIPS_ENDPOINT", "false", 1);
    expect(opened(), Q(S3, "us-east-1"), "https://s3.dualstack.us-east-1.amazonaws.com", "us-east-1/s3 s3");
    begin("[default]\nsts_regional_endpoints = legacy\n");
    expect(opened(), Q(STS, "eu-west-1"), "https://sts.amazonaws.com", "us-east-1/sts");
    expect(opened(), Q(STS, "eu-south-1"), "https://sts.eu-south-1.amazonaws.com", "eu-south-1/sts");
}

static void test_overrides(void **state)
{
    (void)state;
    begin("[default]\nservices = local\nendpoint_url = https://all.example:8443/base/\n"
          "[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:1\ns3_control =\n  endpoint_url = http://[::1]:2\n");
    w403_endpoints     *e = opened();
    w403_endpoint_query control = Q(S3CONTROL, "us-west-2"), s3 = Q(S3, "eu-west-1"), express = Q(S3EXPRESS, "eu-west-1");
    control.account = W403_LIT("111122223333");
    s3.bucket = W403_LIT("b.c");
    expect(e, s3, "http://127.0.0.1:1/b.c", "eu-west-1/s3 s3");
    expect(e, express, "http://127.0.0.1:1", "eu-west-1/s3express s3");
    expect(e, control, "http://[::1]:2", "us-west-2/s3 s3");
    expect(e, Q(KMS, "eu-west-1"), "https://all.example:8443/base", "eu-west-1/kms");
    expect(e, Q(IAM, "eu-west-1"), "https://all.example:8443/base", "us-east-1/iam");
    assert_int_equal(n_said, 3);
    assert_string_equal(said[0], "every service goes to https://all.example:8443/base (endpoint_url of profile default in "
                                 "config)");
    assert_string_equal(said[1], "s3 goes to http://127.0.0.1:1 (s3.endpoint_url in [services local] of config)");
    assert_string_equal(said[2], "s3control goes to http://[::1]:2 (s3_control.endpoint_url in [services local] of config)");
    setenv("AWS_ENDPOINT_URL", "http://localhost:3", 1);
    setenv("AWS_ENDPOINT_URL_S3_CONTROL", "http://127.9.9.9:4", 1);
    e = opened();
    expect(e, s3, "http://localhost:3/b.c", "eu-west-1/s3 s3");
    expect(e, control, "http://127.9.9.9:4", "us-west-2/s3 s3");
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    n_said = 0;
    expect(opened(), s3, "https://s3.eu-west-1.amazonaws.com/b.c", "eu-west-1/s3 s3");
    assert_int_equal(n_said, 0);
    options.endpoint_url = W403_LIT("http://127.0.0.1:5");
    e = opened();
    expect(e, s3, "http://127.0.0.1:5/b.c", "eu-west-1/s3 s3");
    s3.source = true; /* credentials of the user's own are not asked for there */
    expect(e, s3, "https://s3.eu-west-1.amazonaws.com/b.c", "eu-west-1/s3 s3");
}

static void test_refused(void **state)
{
    (void)state;
    begin("");
    setenv("AWS_ENDPOINT_URL", "http://other.example", 1);
    refused("is plain http to another machine (AWS_ENDPOINT_URL in the environment)");
    setenv("AWS_ENDPOINT_URL", "http://localhost.evil.example", 1);
    refused("plain http");
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1.evil.example", 1);
    refused("plain http");
    options.allow_http = true;
    expect(opened(), Q(KMS, "eu-west-1"), "http://127.0.0.1.evil.example", "eu-west-1/kms");
    options.allow_http = false;
    static const char *const none[] = {"other.example", "ftp://x", "https://user:secret@x", "https://", "https://x:99999",
                                       "https://x:y", "https://x/a b", "https://x/#f", "https://x/?q", "https://[::1",
                                       "file:///etc/passwd", "https://x\\@y", "https://x\r\ny"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        setenv("AWS_ENDPOINT_URL", none[i], 1);
        refused("the endpoint is no address (AWS_ENDPOINT_URL in the environment)");
    }
}

static void test_addressing(void **state)
{
    (void)state;
    begin("[default]\ns3 =\n  addressing_style = virtual\n");
    w403_endpoint_query q = Q(S3, "us-east-1");
    q.bucket = W403_LIT("amzn-s3-demo-bucket");
    expect(opened(), q, "https://amzn-s3-demo-bucket.s3.us-east-1.amazonaws.com", "us-east-1/s3 s3");
    q.bucket = W403_LIT("with.dots");
    expect(opened(), q, "https://s3.us-east-1.amazonaws.com/with.dots", "us-east-1/s3 s3");
    q.bucket = W403_LIT("Capital");
    expect(opened(), q, "https://s3.us-east-1.amazonaws.com/Capital", "us-east-1/s3 s3");
    q.bucket = W403_LIT("../x?y");
    expect(opened(), q, "https://s3.us-east-1.amazonaws.com/..%2Fx%3Fy", "us-east-1/s3 s3");
    options.endpoint_url = W403_LIT("http://127.0.0.1:9000");
    q.bucket = W403_LIT("amzn-s3-demo-bucket");
    expect(opened(), q, "http://127.0.0.1:9000/amzn-s3-demo-bucket", "us-east-1/s3 s3");
    options.endpoint_url = W403_LIT("http://localhost:9000");
    expect(opened(), q, "http://amzn-s3-demo-bucket.localhost:9000", "us-east-1/s3 s3");
    options.s3_addressing = W403_LIVE_ADDRESSING_PATH;
    expect(opened(), q, "http://localhost:9000/amzn-s3-demo-bucket", "us-east-1/s3 s3");
}

static int make(void **state)
{
    (void)state;
    arena = w403_arena_new(0);
    return arena ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    w403_arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aws),       cmocka_unit_test(test_region),  cmocka_unit_test(test_variants),
        cmocka_unit_test(test_overrides), cmocka_unit_test(test_refused), cmocka_unit_test(test_addressing),
    };
    return cmocka_run_group_tests(tests, make, drop);
}

/* Sessions out of CloudTrail, credentials out of what the CLI printed, and keys that look missing. */
#include "evidence_test.h"

#include "base/buf.h"
#include "json/json.h"

#define SESSION "arn:aws:sts::111122223333:assumed-role/S3AdminAccess/s3rolesession"

static w403_status find(w403_arena *a, const char *text, const char *who, const char *at, w403_evidence *e,
                        w403_error *err)
{
    return w403_evidence_session(a, VIEW("trail.json"), VIEW(text), VIEW(who), VIEW(at), e, err);
}

#define CALL(time, key, extra) \
    "{\"eventSource\":\"sts.amazonaws.com\",\"eventName\":\"AssumeRole\",\"eventTime\":\"" time "\",\"requestParameters\":" \
    "{\"roleArn\":\"arn:aws:iam::111122223333:role/team/S3AdminAccess\",\"roleSessionName\":\"s3rolesession\"" extra "}," \
    "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"" key "\"},\"assumedRoleUser\":{\"assumedRoleId\":" \
    "\"AROAX:s3rolesession\",\"arn\":\"" SESSION "\"}}}"
#define POLICY ",\"policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}\""

static void calls(void **state)
{
    (void)state;
    static const char text[] =
        "{\"Records\":[{\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\"}," CALL(
            "2026-11-20T10:00:00Z", "ASIAONE",
            POLICY ",\"policyArns\":[{\"arn\":\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"}],\"sourceIdentity\":"
                   "\"JohnDoe\",\"serialNumber\":\"arn:aws:iam::111122223333:mfa/x\",\"tags\":[{\"key\":\"team\",\"value\":"
                   "\"a\"}]") "," CALL("2026-11-20T12:00:00Z", "ASIATWO", "") "]}";
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    assert_int_equal(find(a, text, "ASIAONE", NULL, &e, NULL), W403_OK);
    expect_view("policy", e.session.policy, "{\"Version\":\"2012-10-17\",\"Statement\":[]}");
    assert_int_equal(e.session.n_policy_arns, 1);
    expect_view("arn", e.session.policy_arns[0], "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
    expect_view("source identity", e.session.source_identity, "JohnDoe");
    expect_view("tag", e.session.tags[0].value, "a");
    assert_int_equal(e.session.mfa, W403_YES);
    expect_view("role", e.session.role_arn, "arn:aws:iam::111122223333:role/team/S3AdminAccess");
    assert_true(missing(&e, "managed session policies"));
    /* by ARN: the latest; or the latest not after the denial */
    assert_int_equal(find(a, text, SESSION, NULL, &e, NULL), W403_OK);
    expect_view("key", e.session.access_key, "ASIATWO");
    assert_true(noted(&e, "2 calls made such a session") && noted(&e, "passed no session policy"));
    assert_int_equal(find(a, text, SESSION, "2026-11-20T11:00:00Z", &e, NULL), W403_OK);
    expect_view("key", e.session.access_key, "ASIAONE");
    assert_int_equal(find(a, text, "AROAX:s3rolesession", "2026-11-20T11:00:00Z", &e, NULL), W403_OK);
    w403_error err = {0};
    assert_int_equal(find(a, text, NULL, NULL, &e, &err), W403_SEMANTIC);
    assert_int_equal(find(a, text, "ASIATHREE", NULL, &e, &err), W403_NOT_FOUND);
    assert_int_equal(find(a, text, SESSION, "2020-01-01T00:00:00Z", &e, &err), W403_NOT_FOUND);
    assert_int_equal(find(a, text, SESSION, "yesterday", &e, &err), W403_SEMANTIC);
    assert_int_equal(find(a, "{\"Records\":[]}", SESSION, NULL, &e, &err), W403_NOT_FOUND);
    w403_arena_free(a);
}

static void forms(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    /* one event a line; no response; GetFederationToken; a policy that is an object */
    assert_int_equal(find(a, CALL("2026-11-20T10:00:00Z", "ASIAONE", "") "\n{\"eventName\":\"x\"}\n", "ASIAONE", NULL, &e, NULL),
                     W403_OK);
    assert_int_equal(find(a,
                          "{\"eventName\":\"AssumeRole\",\"requestParameters\":{\"roleArn\":"
                          "\"arn:aws:iam::111122223333:role/team/S3AdminAccess\",\"roleSessionName\":\"s3rolesession\","
                          "\"policy\":{\"Statement\":[]}}}",
                          SESSION, NULL, &e, NULL),
                     W403_OK);
    expect_view("policy", e.session.policy, "{\"Statement\":[]}");
    assert_int_equal(find(a,
                          "{\"eventName\":\"GetFederationToken\",\"requestParameters\":{\"name\":\"Bob\"},\"responseElements\":"
                          "{\"federatedUser\":{\"arn\":\"arn:aws:sts::111122223333:federated-user/Bob\"}}}",
                          "arn:aws:sts::111122223333:federated-user/Bob", NULL, &e, NULL),
                     W403_OK);
    expect_view("name", e.session.session_name, "Bob");
    /* a refused AssumeRole makes no session */
    assert_int_equal(find(a,
                          "{\"eventName\":\"AssumeRole\",\"errorCode\":\"AccessDenied\",\"requestParameters\":{\"roleArn\":\"r\"}}",
                          NULL, NULL, &e, NULL),
                     W403_NOT_FOUND);
    w403_arena_free(a);
}

/* Seed 004, lines 157-164, byte for byte: a fragment, a wrapped line, a bracket too many. */
static const char article[] =
    "\"requestParameters\": {\n"
    "        \"roleArn\": \"arn:aws:iam::123412341234:role/S3AdminAccess\",\n"
    "        \"roleSessionName\": \"s3rolesession\",\n"
    "        \"policy\": \"{\\n    \\\"Version\\\": \\\"2012-10-17\\\",\\n    \\\"Statement\\\": [\\n  {\\n  \\\"Effect\\\": "
    "\\\"Allow\\\",\\n           \n"
    "         \\\"Action\\\": [\\n   \\\"s3:GetObject\\\"\\n ],\\n    \\\"Resource\\\": [\\n "
    "\\\"arn:aws:s3:::DOC-EXAMPLE-BUCKET/*\\\"\\n  ]\\n   }  }\\n    ]\\n}\\n\"\n"
    "    }\n";

static void article_fragment(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    w403_error    err = {0};
    if (find(a, article, "arn:aws:sts::123412341234:assumed-role/S3AdminAccess/s3rolesession", NULL, &e, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    w403_json_doc doc;
    assert_int_equal(w403_json_parse(a, VIEW("p"), e.session.policy, NULL, &doc, NULL, NULL), W403_OK);
    const w403_json *s = w403_json_get(doc.root, "Statement");
    assert_int_equal(s->count, 1);
    expect_view("effect", w403_json_str(s->first, "Effect"), "Allow");
    assert_true(noted(&e, "a fragment"));
    assert_true(noted(&e, "wrapped after line 4 of the JSON: 1 line break"));
    assert_true(noted(&e, "a `}` too many: the one at line 12, column 7"));
    assert_true(noted(&e, "its parameters are those of AssumeRole"));
    assert_false(noted(&e, "was left out"));
    /* with the prose of the page around it, and a comma */
    char page[2000];
    snprintf(page, sizeof page, "예를 들어, 다음 조각은\n\n%s,\n\nAmazon VPC 엔드포인트\n", article);
    assert_int_equal(find(a, page, NULL, NULL, &e, &err), W403_OK);
    assert_true(noted(&e, "before and behind the JSON"));
    w403_arena_free(a);
}

static void repairs_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"a\":1",                                 /* one bracket too few */
        "{\"Records\":[{\"a\":[1,2]]},{\"b\":3}]}}]}", /* two too many */
        "\"a\"",
        "",
        "not json",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_evidence e;
        w403_error    err = {0};
        assert_int_not_equal(find(a, texts[i], NULL, NULL, &e, &err), W403_OK);
        assert_true(err.message[0] != '\0');
        w403_arena_free(a);
    }
    /* ambiguous: `]` could leave either list */
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    w403_error    err = {0};
    assert_int_equal(find(a,
                          "{\"eventName\":\"AssumeRole\",\"requestParameters\":{\"roleArn\":\"arn:aws:iam::1:role/r\",\"policy\":"
                          "\"{\\\"a\\\":[[1],2],3]}\"}}",
                          NULL, NULL, &e, &err),
                     W403_SYNTAX);
    assert_true(err.line > 0);
    w403_arena_free(a);
}

/* ---- credentials ---- */

static const char table[] = "      Name                    Value             Type    Location\n"
                            "      ----                    -----             ----    --------\n"
                            "   profile                <not set>             None    None\n"
                            "access_key     ****************ABCD              env    \n"
                            "secret_key     ****************WXYZ              env    \n"
                            "    region                us-west-2      config-file    ~/.aws/config\n";
static const char caller[] = "{\n    \"UserId\": \"AROAX:i-0123456789abcdef0\",\n    \"Account\": \"111122223333\",\n    \"Arn\": "
                             "\"arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0\"\n}\n";

static void credentials_read(void **state)
{
    (void)state;
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    char          both[2000];
    snprintf(both, sizeof both, "$ aws configure list\n%s$ aws sts get-caller-identity\n%s", table, caller);
    assert_int_equal(w403_evidence_credentials(a, VIEW(both), VIEW("arn:aws:iam::111122223333:role/apps/web"), &e, NULL),
                     W403_OK);
    expect_view("arn", e.identity.arn, "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0");
    expect_view("account", e.identity.account, "111122223333");
    expect_view("source", e.identity.source, "env");
    expect_view("region", e.identity.region, "us-west-2");
    expect_view("profile", e.identity.profile, NULL);
    expect_view("key", e.identity.access_key, "****************ABCD");
    assert_int_equal(e.identity.as_expected, W403_YES);
    assert_true(noted(&e, "environment variables") && noted(&e, "instance i-0123456789abcdef0"));
    assert_int_equal(e.reported.n_causes, 0);

    assert_int_equal(w403_evidence_credentials(a, VIEW(both), VIEW("arn:aws:iam::444455556666:user/Dave"), &e, NULL), W403_OK);
    assert_int_equal(e.identity.as_expected, W403_NO);
    assert_true(claimed(&e, "credentials.wrong-principal"));
    assert_true(noted(&e, "in account 111122223333, not 444455556666") && noted(&e, "unset them"));

    assert_int_equal(w403_evidence_credentials(a, VIEW(table), VIEW(NULL), &e, NULL), W403_OK);
    assert_true(missing(&e, "principal"));
    assert_int_equal(e.identity.as_expected, W403_UNKNOWN);
    /* newer table, text output, nothing configured, keys of two places */
    assert_int_equal(w403_evidence_credentials(a,
                                               VIEW("NAME       : VALUE                    : TYPE             : LOCATION\n"
                                                    "profile    : dev                      : env              : ['AWS_PROFILE']\n"
                                                    "access_key : ****************ABCD     : sso              : \n"
                                                    "secret_key : ****************WXYZ     : sso              : \n"
                                                    "region     : <not set>                : None             : None\n"),
                                               VIEW(NULL), &e, NULL),
                     W403_OK);
    expect_view("profile", e.identity.profile, "dev");
    expect_view("source", e.identity.source, "sso");
    assert_int_equal(w403_evidence_credentials(
                         a, VIEW("111122223333\tarn:aws:iam::111122223333:user/Dave\tAIDAX"), VIEW(NULL), &e, NULL),
                     W403_OK);
    expect_view("arn", e.identity.arn, "arn:aws:iam::111122223333:user/Dave");
    assert_int_equal(w403_evidence_credentials(a,
                                               VIEW("access_key                <not set>             None    None\n"
                                                    "secret_key                <not set>             None    None\n"),
                                               VIEW(NULL), &e, NULL),
                     W403_OK);
    assert_true(claimed(&e, "credentials.invalid"));
    assert_int_equal(w403_evidence_credentials(a,
                                               VIEW("access_key     ****************ABCD              env    \n"
                                                    "secret_key     ****************WXYZ  shared-credentials-file    \n"),
                                               VIEW(NULL), &e, NULL),
                     W403_OK);
    assert_true(noted(&e, "different places"));
    w403_arena_free(a);
}

static void credentials_failed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the "
        "request is expired",
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included "
        "in the request is invalid.",
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
        "The SSO session associated with this profile has expired or is otherwise invalid.",
        "The config profile (x) could not be found",
    };
    w403_arena   *a = w403_arena_new(0);
    w403_evidence e;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(w403_evidence_credentials(a, VIEW(texts[i]), VIEW(NULL), &e, NULL), W403_OK);
        assert_true(claimed(&e, "credentials.invalid"));
        assert_true(e.n_notes > 0);
    }
    w403_error err = {0};
    assert_int_equal(w403_evidence_credentials(a, VIEW("hello"), VIEW(NULL), &e, &err), W403_SYNTAX);
    assert_int_equal(w403_evidence_credentials(a, VIEW(""), VIEW(NULL), &e, &err), W403_SYNTAX);
    assert_true(strstr(err.hint, "access_key") != NULL);
    w403_arena_free(a);
}

/* ---- keys ---- */

static void near_keys(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *have;
        unsigned    reasons;
    } pairs[] = {
        {"my file.txt", "my+file.txt", W403_KEY_PLUS},
        {"my file.txt", "my%20file.txt", W403_KEY_PERCENT},
        {"my%20file.txt", "my file.txt", W403_KEY_PERCENT},
        {"my%2520file.txt", "my file.txt", W403_KEY_PERCENT},
        {"report.csv", "Report.CSV", W403_KEY_CASE},
        {"report.csv", "report.csv ", W403_KEY_BLANKS},
        {"report.csv", "/report.csv", W403_KEY_SLASH},
        {"a/report.csv", "a//report.csv", W403_KEY_SLASH},
        {"caf\xc3\xa9.txt", "cafe\xcc\x81.txt", W403_KEY_UNICODE},
        {"Zu\xcc\x88rich/Z.txt", "Z\xc3\xbcrich/Z.txt", W403_KEY_UNICODE},
        {"My file.txt", "my+file.txt", W403_KEY_PLUS | W403_KEY_CASE},
        {"report-2026.csv", "report-2025.csv", W403_KEY_TYPO},
        {"report-2026.csv", "reprot-2026.csv", W403_KEY_TYPO},
        {"report-2026.csv", "report-206.csv", W403_KEY_TYPO},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        w403_arena          *a = w403_arena_new(0);
        const w403_near_key *near;
        size_t               n;
        w403_view keys[] = {VIEW("unrelated/object"), VIEW(pairs[i].wanted), VIEW(pairs[i].have), VIEW("x")};
        assert_int_equal(w403_nearest_keys(a, VIEW(pairs[i].wanted), keys, 4, 5, &near, &n, NULL), W403_OK);
        assert_int_equal(n, 1);
        assert_int_equal(near[0].index, 2);
        if (near[0].reasons != pairs[i].reasons) {
            fail_msg("`%s` `%s`: %u", pairs[i].wanted, pairs[i].have, near[0].reasons);
        }
        assert_true(near[0].why.n > 0);
        w403_arena_free(a);
    }
}

static void near_rank(void **state)
{
    (void)state;
    w403_arena          *a = w403_arena_new(0);
    const w403_near_key *near;
    size_t               n;
    w403_view keys[] = {VIEW("repor1.csv"), VIEW("Report.CSV"), VIEW("/Report.csv"), VIEW("report.csv "), VIEW("re.csv")};
    assert_int_equal(w403_nearest_keys(a, VIEW("report.csv"), keys, 5, 3, &near, &n, NULL), W403_OK);
    assert_int_equal(n, 3);
    expect_view("first", near[0].key, "report.csv ");
    expect_view("second", near[1].key, "Report.CSV");
    expect_view("third", near[2].key, "/Report.csv");
    assert_int_equal(w403_nearest_keys(a, VIEW("report.csv"), keys, 5, 0, &near, &n, NULL), W403_OK);
    assert_int_equal(n, 0);
    /* a short name has no near misses but spellings */
    w403_view shorts[] = {VIEW("b"), VIEW("A")};
    assert_int_equal(w403_nearest_keys(a, VIEW("a"), shorts, 2, 5, &near, &n, NULL), W403_OK);
    assert_int_equal(n, 1);
    char      huge[5000] = {0};
    w403_view key = {huge, sizeof huge};
    assert_int_equal(w403_nearest_keys(a, key, shorts, 2, 5, &near, &n, NULL), W403_LIMIT);
    assert_int_equal(w403_key_variants(a, key, &near, &n, NULL), W403_LIMIT);
    w403_arena_free(a);
}

static void variants(void **state)
{
    (void)state;
    w403_arena          *a = w403_arena_new(0);
    const w403_near_key *list;
    size_t               n;
    static const char *const wanted[] = {"my file e\xcc\x81.txt", "my+file \xc3\xa9.txt"};
    unsigned found = 0;
    assert_int_equal(w403_key_variants(a, VIEW("my+file \xc3\xa9.txt"), &list, &n, NULL), W403_OK);
    for (size_t i = 0; i < n; i++) {
        assert_true(list[i].why.n > 0);
        assert_false(w403_view_eq(list[i].key, VIEW(wanted[1])));
        found += w403_view_eq(list[i].key, VIEW("my file \xc3\xa9.txt"));
        found += w403_view_eq(list[i].key, VIEW("my+file e\xcc\x81.txt"));
        found += w403_view_eq(list[i].key, VIEW("/my+file \xc3\xa9.txt"));
    }
    assert_int_equal(found, 3);
    w403_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),       cmocka_unit_test(forms),          cmocka_unit_test(article_fragment),
        cmocka_unit_test(repairs_refused), cmocka_unit_test(credentials_read), cmocka_unit_test(credentials_failed),
        cmocka_unit_test(near_keys),   cmocka_unit_test(near_rank),      cmocka_unit_test(variants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every row of the table of condition operators is asked in the three ways that there are: one request in full (explain),
 * its verdict alone (decide), and as one of many keys (sweep). Whoever adds an operator has them agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/view.h"
#include "policy/policy.h"
#include "why403.h"

#define ALICE "arn:aws:iam::111122223333:user/alice"
#define KEY "arn:aws:kms:eu-west-1:111122223333:key/k1"
#define BUCKET "arn:aws:s3:::example-data"

static const char *const keys[] = {"public/a", "public/", "PUBLIC/a", "private/b", "pub*", "2026", "true", ""};
static const char *const values[] = {BUCKET "/public/*", BUCKET "/public/a", BUCKET "/public/", BUCKET "/pub*", "*", BUCKET "/PUBLIC/?",
                                     "arn:*:s3:::example-data/public/*", "2026", "true", "10.0.0.0/8", "cHVibGlj", "2026-01-01T00:00:00Z"};

/* Everything is allowed but what `denied` says (a statement or nothing), and the use of the key, on which one condition
 * decides. */
static w403_snapshot *world(const char *denied, const char *op, const char *value, char *text, size_t room)
{
    w403_snapshot *s = NULL;
    w403_error     err;
    (void)snprintf(text, room,
                   "{\"accounts/111122223333/iam/authorization-details.json\":{\"UserDetailList\":[{\"UserName\":\"alice\","
                   "\"UserId\":\"AIDA1\",\"Path\":\"/\",\"Arn\":\"" ALICE "\",\"UserPolicyList\":[{\"PolicyName\":\"p\","
                   "\"PolicyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
                   "\"Resource\":\"*\"}%s]}}]}]},\"accounts/111122223333/s3/example-data/location.json\":{\"LocationConstraint\":"
                   "\"eu-west-1\"},\"accounts/111122223333/s3/example-data/encryption.json\":{"
                   "\"ServerSideEncryptionConfiguration\":{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":"
                   "\"aws:kms\",\"KMSMasterKeyID\":\"" KEY "\"}}]}},\"accounts/111122223333/kms/eu-west-1/k1.json\":{"
                   "\"KeyMetadata\":{\"KeyId\":\"k1\",\"Arn\":\"" KEY "\",\"AWSAccountId\":\"111122223333\",\"KeyState\":"
                   "\"Enabled\",\"KeyManager\":\"CUSTOMER\"},\"Policy\":{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
                   "\"Allow\",\"Principal\":{\"AWS\":\"" ALICE "\"},\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":{"
                   "\"%s\":{\"kms:EncryptionContext:aws:s3:arn\":\"%s\"}}}]},\"Grants\":[]}}",
                   denied, op, value);
    if (w403_snapshot_parse(W403_LIT("world"), w403_view_of(text), NULL, NULL, &s, &err) != W403_OK) {
        fail_msg("%s %s: %s", op, value, err.message);
    }
    return s;
}

static w403_verdict verdict(const w403_snapshot *s, const w403_request *r, w403_detail detail, w403_arena *a)
{
    w403_decision d;
    w403_error    err;
    assert_int_equal(w403_decide(s, NULL, r, detail, a, &d, &err), W403_OK);
    return d.verdict;
}

static void same_answers(const w403_snapshot *s, const char *from, const char *op, const char *value)
{
    w403_arena    *a = w403_arena_new(0);
    w403_request   r;
    w403_residual *many = NULL;
    w403_error     err;
    w403_request_init(&r);
    r.operation = W403_LIT("GetObject");
    r.principal = W403_LIT(ALICE);
    r.from = from ? w403_view_of(from) : (w403_view){0};
    r.at = W403_LIT("2026-11-30T00:00:00Z");
    r.resource = W403_LIT(BUCKET);
    assert_int_equal(w403_residual_new(s, NULL, &r, &many, &err), W403_OK);
    for (size_t i = 0; keys[i][0]; i++) {
        const w403_residual_class *cls;
        char                       arn[128];
        (void)snprintf(arn, sizeof arn, BUCKET "/%s", keys[i]);
        r.resource = w403_view_of(arn);
        w403_verdict full = verdict(s, &r, W403_DETAIL_FULL, a), brief = verdict(s, &r, W403_DETAIL_VERDICT, a);
        assert_int_equal(w403_residual_key(many, w403_view_of(keys[i]), &cls, &err), W403_OK);
        if (full != brief || full != cls->verdict) {
            fail_msg("%s %s, key %s: in full %s, alone %s, among many %s", op, value, keys[i], w403_verdict_name(full),
                     w403_verdict_name(brief), w403_verdict_name(cls->verdict));
        }
    }
    w403_residual_free(many);
    w403_arena_free(a);
}

static void every_operator(void **state)
{
    (void)state;
    size_t                   n;
    const w403_operator     *ops = w403_operators(&n);
    static char              text[4096];
    assert_true(n >= 27);
    for (size_t i = 0; i < n; i++) {
        for (size_t f = 0; f < 3; f++) {
            char op[64];
            if (f == 1 && !ops[i].if_exists_ok) {
                continue;
            }
            (void)snprintf(op, sizeof op, f == 0 ? "%s" : f == 1 ? "%sIfExists" : "ForAnyValue:%s", ops[i].name);
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                w403_snapshot *s = world("", op, values[v], text, sizeof text);
                same_answers(s, "203.0.113.9", op, values[v]);
                w403_snapshot_free(s);
            }
        }
    }
}

/* A resource with a variable that nobody knows: keys it cannot stand for are decided, the others hang on it. */
static void unknown_variable(void **state)
{
    (void)state;
    static char    text[4096];
    const char    *denied = ",{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"" BUCKET "/${aws:SourceVpce}/a\"}";
    w403_snapshot *s = world(denied, "StringLike", "*", text, sizeof text);
    same_answers(s, NULL, "StringLike", "*");
    w403_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operator), cmocka_unit_test(unknown_variable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

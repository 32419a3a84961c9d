/* Principal and NotPrincipal: semantics 1.4, 1.5. */
#include "policy_parse_test.h"

static const w403_statement *with(w403_policy_kind kind, const char *principal)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':%s,'Action':'s3:GetObject',"
                   "'Resource':'arn:aws:s3:::b/*'}}",
                   principal);
    return statement(kind, text);
}

static void every_form(void **state)
{
    (void)state;
    static const struct { const char *principal; w403_principal_kind kind; const char *text, *account; } rows[] = {
        {"'*'", W403_PE_STAR, "*", ""},
        {"{'AWS':'*'}", W403_PE_STAR, "*", ""},
        {"{'AWS':'111122223333'}", W403_PE_ACCOUNT, "111122223333", "111122223333"},
        {"{'AWS':'arn:aws:iam::111122223333:root'}", W403_PE_ACCOUNT, "arn:aws:iam::111122223333:root", "111122223333"},
        {"{'AWS':['arn:aws-cn:iam::111122223333:root']}", W403_PE_ACCOUNT, "arn:aws-cn:iam::111122223333:root",
         "111122223333"},
        {"{'AWS':'arn:aws-us-gov:iam::111122223333:user/a/b/Bob'}", W403_PE_USER,
         "arn:aws-us-gov:iam::111122223333:user/a/b/Bob", "111122223333"},
        {"{'AWS':'arn:aws-iso-b:iam::111122223333:role/R'}", W403_PE_ROLE, "arn:aws-iso-b:iam::111122223333:role/R",
         "111122223333"},
        {"{'AWS':'arn:aws:sts::111122223333:assumed-role/R/s'}", W403_PE_SESSION,
         "arn:aws:sts::111122223333:assumed-role/R/s", "111122223333"},
        {"{'AWS':'arn:aws:sts::111122223333:federated-user/F'}", W403_PE_FEDERATED_USER,
         "arn:aws:sts::111122223333:federated-user/F", "111122223333"},
        {"{'AWS':'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E15MNIMTCFKK4C'}", W403_PE_USER,
         "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E15MNIMTCFKK4C", "cloudfront"},
        {"{'Service':'s3.amazonaws.com'}", W403_PE_SERVICE, "s3.amazonaws.com", ""},
        {"{'Service':'lambda.amazonaws.com.cn'}", W403_PE_SERVICE, "lambda.amazonaws.com.cn", ""},
        {"{'Service':'s3.ap-east-1.amazonaws.com'}", W403_PE_SERVICE, "s3.ap-east-1.amazonaws.com", ""},
        {"{'CanonicalUser':'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}", W403_PE_CANONICAL,
         "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_statement *st = with(W403_POLICY_RESOURCE, rows[i].principal);
        assert_clean();
        assert_int_equal(st->n_principals, 1);
        assert_int_equal(st->principals[0].kind, rows[i].kind);
        assert_text(st->principals[0].text, rows[i].text);
        assert_text(st->principals[0].account, rows[i].account);
        assert_false(st->inert);
    }
}

static void bad_entries_match_nobody(void **state)
{
    (void)state;
    static const struct { const char *principal, *warning, *hint; } rows[] = {
        {"{'AWS':'s3.amazonaws.com'}", "does not stand under `AWS`", "{\"Service\""}, /* 000-12 */
        {"{'AWS':'arn:aws:iam::111122223333:role/x*'}", "wildcards are not allowed", "aws:PrincipalArn"}, /* PM1 */
        {"{'AWS':'arn:aws:iam::*:root'}", "wildcards are not allowed", "aws:PrincipalArn"},
        {"{'AWS':'arn:aws:sts::111122223333:assumed-role/R/*'}", "wildcards are not allowed", ""},
        {"{'AWS':'1111*'}", "wildcards are not allowed", ""},
        {"{'AWS':'arn:aws:iam::111122223333:group/G'}", "a group is no principal", ""}, /* PM2 */
        {"{'AWS':'arn:aws:iam::111122223333:user'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:iam::111122223333:user/'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:iam::111122223333:root/x'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:sts::111122223333:assumed-role/R'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:sts::111122223333:assumed-role/R/s/t'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:iam::11112222333:root'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:iam:us-east-1:111122223333:root'}", "no ARN of an account", ""},
        {"{'AWS':'arn:azure:iam::111122223333:root'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:s3:::b'}", "no ARN of an account", ""},
        {"{'AWS':'arn:aws:iam'}", "no ARN of an account", ""},
        {"{'AWS':''}", "neither an ARN", ""},
        {"{'AWS':'bob'}", "neither an ARN", ""},
        {"{'AWS':'111122223333 '}", "neither an ARN", ""},
        {"{'AWS':'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}", "canonical user id",
         "CanonicalUser"},
        {"{'Service':'*'}", "wildcards are not allowed in the name", ""}, /* PM4 */
        {"{'Service':'s3'}", "no service principal", "s3.amazonaws.com"},
        {"{'Service':'111122223333'}", "no service principal", ""},
        {"{'aws':'111122223333'}", "no such type of principal", "`AWS`"},
        {"'111122223333'", "only `*` may stand by itself", "{\"AWS\""},
        {"'s3.amazonaws.com'", "only `*` may stand by itself", "{\"Service\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_statement *st = with(W403_POLICY_RESOURCE, rows[i].principal);
        const w403_error     *w = warned(rows[i].warning);
        assert_int_equal(st->n_principals, 1);
        if (st->principals[0].kind != W403_PE_INVALID || !w || !strstr(w->hint, rows[i].hint)) {
            fail_msg("%s: kind %d, %s", rows[i].principal, st->principals[0].kind, w ? w->hint : "no warning");
        }
    }
}

static void one_bad_entry_leaves_the_others(void **state)
{
    (void)state;
    const w403_statement *st = with(W403_POLICY_RESOURCE,
        "{'Service':['s3.amazonaws.com','logging.s3.amazonaws.com'],'AWS':['bob','111122223333'],'CanonicalUser':[]}");
    assert_int_equal(st->n_principals, 4);
    assert_int_equal(st->principals[0].kind, W403_PE_SERVICE);
    assert_int_equal(st->principals[1].kind, W403_PE_SERVICE);
    assert_int_equal(st->principals[2].kind, W403_PE_INVALID);
    assert_int_equal(st->principals[3].kind, W403_PE_ACCOUNT);
    assert_span(st->principals[3].span, "'111122223333'");
    assert_false(st->inert);
    const w403_error *w = warned("principal `bob`");
    assert_non_null(w);
    assert_memory_equal(policy->doc.text.p + w->offset, "\"bob\"", w->length);
}

static void kept_with_a_warning(void **state)
{
    (void)state;
    assert_int_equal(with(W403_POLICY_RESOURCE, "{'AWS':'AROAEXAMPLEID123'}")->principals[0].kind, W403_PE_UNIQUE_ID);
    assert_non_null(warned("was deleted"));
    assert_int_equal(with(W403_POLICY_RESOURCE, "{'Federated':'accounts.google.com'}")->principals[0].kind,
                     W403_PE_FEDERATED);
    assert_non_null(warned("role trust policies only"));
    assert_int_equal(with(W403_POLICY_RESOURCE, "{'CanonicalUser':'abc'}")->principals[0].kind, W403_PE_CANONICAL);
    assert_non_null(warned("64 hexadecimal digits"));
    assert_int_equal(with(W403_POLICY_KEY, "{'CanonicalUser':'abc'}")->principals[0].kind, W403_PE_INVALID);
    assert_non_null(warned("known to S3 only"));
    assert_int_equal(with(W403_POLICY_RESOURCE, "{'Service':'s3.example.com'}")->principals[0].kind, W403_PE_SERVICE);
    assert_non_null(warned("ends in .amazonaws.com"));
}

static void blanks_are_named(void **state) /* 004-22 */
{
    (void)state;
    const w403_statement *st = with(W403_POLICY_RESOURCE, "{'AWS':'arn:aws:iam::111122223333:user/bob '}");
    assert_int_equal(st->principals[0].kind, W403_PE_USER);
    assert_text(st->principals[0].text, "arn:aws:iam::111122223333:user/bob ");
    const w403_error *w = warned("U+0020");
    assert_non_null(w);
    assert_non_null(strstr(w->message, "at byte 34"));
    assert_int_equal(policy->doc.text.p[w->offset], ' ');
    assert_int_equal(w->length, 1);
    with(W403_POLICY_RESOURCE, "{'AWS':'arn:aws:iam::111122223333:user/b\xC2\xA0ob'}");
    w = warned("U+00A0");
    assert_non_null(w);
    assert_int_equal(w->length, 2);
    with(W403_POLICY_RESOURCE, "{'AWS':'arn:aws:iam::111122223333:user/b\\u200bob'}");
    w = warned("U+200B");
    assert_non_null(w);
    assert_memory_equal(policy->doc.text.p + w->offset, "\\u200b", 6);
    assert_int_equal(w->length, 6);
}

static void escapes_are_decoded_and_kept(void **state)
{
    (void)state;
    const w403_statement *st = with(W403_POLICY_RESOURCE, "{'AWS':'arn:aws:iam::111122223333:user\\/b\\u006fb'}");
    assert_clean();
    assert_int_equal(st->principals[0].kind, W403_PE_USER);
    assert_text(st->principals[0].text, "arn:aws:iam::111122223333:user/bob");
    assert_text(st->principals[0].account, "111122223333");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_form), TEST(bad_entries_match_nobody), TEST(one_bad_entry_leaves_the_others),
        TEST(kept_with_a_warning), TEST(blanks_are_named), TEST(escapes_are_decoded_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

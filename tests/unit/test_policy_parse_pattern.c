/* Actions, resources, variables: semantics 1.6 to 1.8, and the warnings about them. */
#include "policy/pattern.h"
#include "policy_parse_test.h"

static const w403_statement *pair(w403_policy_kind kind, const char *version, const char *action, const char *resource)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "{'Version':'%s','Statement':{'Effect':'Allow',%s'Action':%s,'Resource':%s}}", version,
                   kind == W403_POLICY_IDENTITY ? "" : "'Principal':'*',", action, resource);
    return statement(kind, text);
}

static const w403_statement *action(const char *json)
{
    return pair(W403_POLICY_IDENTITY, "2012-10-17", json, "'*'");
}

static const w403_resource_pattern *resource(const char *version, const char *json)
{
    return pair(W403_POLICY_IDENTITY, version, "'*'", json)->resources;
}

static size_t count_bits(const w403_statement *st)
{
    size_t n = 0;
    for (uint16_t i = 0; i < 512; i++) {
        n += st->catalog_actions[i / 64] >> i % 64 & 1;
    }
    return n;
}

static void action_bits(void **state)
{
    (void)state;
    assert_int_equal(count_bits(action("'*'")), W403_ACTION_COUNT);
    const w403_statement *st = action("'S3:getobject'"); /* A1 */
    assert_int_equal(count_bits(st), 1);
    assert_true(has_action(st, "s3:GetObject"));
    assert_clean();
    st = action("'s3:*'");
    assert_true(has_action(st, "s3:GetObject") && has_action(st, "s3:PutBucketPolicy"));
    assert_false(has_action(st, "kms:Decrypt"));
    st = action("['s3:Get*Acl','kms:?ecrypt']");
    assert_true(has_action(st, "s3:GetObjectAcl") && has_action(st, "s3:GetBucketAcl") && has_action(st, "kms:Decrypt"));
    assert_false(has_action(st, "s3:GetObject") || has_action(st, "kms:Encrypt"));
    assert_clean();
    st = action("'*:getObject'");
    assert_true(has_action(st, "s3:GetObject"));
    assert_false(has_action(st, "s3:PutObject"));
    assert_int_equal(count_bits(action("[]")), 0);
}

static void not_action_inverts(void **state) /* A2 */
{
    (void)state;
    const w403_statement *st = statement(W403_POLICY_IDENTITY,
        "{'Statement':{'Effect':'Allow','NotAction':['s3:Get*','iam:*'],'Resource':'*'}}");
    assert_true(st->not_action);
    assert_false(has_action(st, "s3:GetObject"));
    assert_true(has_action(st, "s3:PutObject") && has_action(st, "kms:Decrypt"));
    st = statement(W403_POLICY_IDENTITY, "{'Statement':{'Effect':'Allow','NotAction':'x:Y','Resource':'*'}}");
    assert_int_equal(count_bits(st), W403_ACTION_COUNT);
}

static void bad_actions_match_nothing(void **state) /* A3, A4 */
{
    (void)state;
    static const struct { const char *action, *warning, *hint; bool valid; } rows[] = {
        {"'s3:GetObject,PutObject'", "INVALID_ACTION", "did you mean", true},
        {"'s3:'", "s3: does not exist (INVALID_ACTION)", "", false},
        {"':GetObject'", "INVALID_SERVICE_IN_ACTION", "", false},
        {"''", "INVALID_ACTION", "", false},
        {"'GetObject'", "`GetObject` is an action without a service", "did you mean `s3:GetObject`?", false},
        {"'s3*'", "`s3*` is an action without a service", "", false},
        {"'s3:GetObject '", "INVALID_ACTION", "did you mean `s3:GetObject`?", true},
        {"' s3:GetObject'", "INVALID_SERVICE_IN_ACTION", "did you mean `s3`?", true},
        {"'s3:Get\xE2\x80\x8BObject'", "INVALID_ACTION", "", true},
        {"'s3:GetObjekt'", "s3:GetObjekt does not exist (INVALID_ACTION)", "did you mean `s3:GetObject`?", true},
        {"'s3:ListObjectsV2'", "does not exist (INVALID_ACTION)", "what it needs is `s3:ListBucket`", true},
        {"'s3:HeadObject'", "does not exist (INVALID_ACTION)", "what it needs is `s3:GetObject`", true},
        {"'s3:CopyObject'", "does not exist (INVALID_ACTION)", "what it needs is `s3:GetObject` and `s3:PutObject`", true},
        {"'s3:Frob*'", "s3:Frob* does not exist (INVALID_ACTION)", "", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_statement *st = action(rows[i].action);
        const w403_error     *w = warned(rows[i].warning);
        if (count_bits(st) || st->inert || st->actions[0].valid != rows[i].valid || !w ||
            !strstr(w->hint, rows[i].hint)) {
            fail_msg("%s: %s (%s)", rows[i].action, w ? w->message : warnings.n ? warnings.at[0].error.message : "-",
                     w ? w->hint : "");
        }
    }
    action("['ec2:RunInstances','deepracer:Do']");
    assert_clean();
}

static void resource_parts(void **state) /* R1, R2 */
{
    (void)state;
    const w403_resource_pattern *r = resource("2012-10-17", "'*'");
    assert_true(r->is_star);
    assert_int_equal(r->n_parts, 0);
    assert_clean();
    r = resource("2012-10-17", "'arn:aws:s3:us-*:1?:accesspoint/x:y/*'");
    assert_clean();
    assert_false(r->is_star);
    assert_int_equal(r->n_parts, 6);
    assert_text(r->part[0], "arn");
    assert_text(r->part[3], "us-*");
    assert_text(r->part[4], "1?");
    assert_text(r->part[5], "accesspoint/x:y/*");
    assert_text(r->prefix, "arn:aws:s3:us-");
    assert_true(r->whole.has_wildcard);
    assert_false(r->whole.has_variable);
    r = resource("2012-10-17", "'arn:aws:s3:::b'");
    assert_false(r->whole.has_wildcard);
    assert_text(r->prefix, "arn:aws:s3:::b");
    assert_span(r->span, "'arn:aws:s3:::b'");
}

static void resource_variables(void **state) /* PV1, V2, PV8 */
{
    (void)state;
    const w403_resource_pattern *r = resource("2012-10-17", "'arn:aws:s3:::b/${aws:username}/x*'");
    assert_clean();
    assert_true(r->whole.has_variable && r->whole.has_wildcard);
    assert_text(r->prefix, "arn:aws:s3:::b/");
    r = resource("2008-10-17", "'arn:aws:s3:::b/${aws:username}/x*'");
    assert_false(r->whole.has_variable);
    assert_text(r->prefix, "arn:aws:s3:::b/${aws:username}/x");
    assert_non_null(warned("without Version 2012-10-17 this is plain text (VARIABLE_UNSUPPORTED_IN_VERSION)"));
    r = resource("2012-10-17", "'arn:aws:s3:::b/${*}'");
    assert_clean();
    assert_true(r->whole.has_variable);
    assert_false(r->whole.has_wildcard);
    r = resource("2012-10-17", "'arn:aws:s3:::b/${aws:username'");
    assert_false(r->whole.has_variable);
    assert_non_null(warned("MISSING_BRACE_IN_VARIABLE"));
    r = resource("2012-10-17", "'arn:aws:s3:${aws:RequestedRegion}:1:accesspoint/x'");
    assert_false(r->whole.has_variable);
    assert_non_null(warned("variables before the fifth colon are plain text"));
    r = resource("2012-10-17", "'arn:aws:s3:::b/${username}/*'");
    assert_true(r->whole.has_variable);
    assert_non_null(warned("${username} is no IAM variable"));
    r = resource("2012-10-17", "'arn:aws:s3:::b/${aws:PrincipalTag/team, `all`}/*'"); /* PV5 */
    assert_true(r->whole.has_variable);
    assert_clean();
}

static void variables_in_parts(void **state)
{
    (void)state;
    w403_variable v;
    w403_view     t = W403_LIT("a${aws:PrincipalTag/team, 'all'}b");
    assert_false(w403_variable_at(t, 0, &v));
    assert_true(w403_variable_at(t, 1, &v));
    assert_text(v.key, "aws:PrincipalTag/team");
    assert_text(v.fallback, "all");
    assert_true(v.has_fallback && v.well_formed);
    assert_int_equal(v.end, t.n - 1);
    assert_true(w403_variable_at(W403_LIT("${aws:username,''}"), 0, &v)); /* an empty default is one */
    assert_true(v.has_fallback && v.fallback.n == 0);
    assert_true(w403_variable_at(W403_LIT("${$}"), 0, &v));
    assert_int_equal(v.literal, '$');
    static const char *const bad[] = {"${}", "${aws:}", "${:x}", "${aws:username, all}", "${a:${b:c}", "${aws:username,}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(w403_variable_at(w403_view_of(bad[i]), 0, &v));
        assert_false(v.well_formed);
        assert_int_equal(v.literal, 0);
    }
    assert_false(w403_variable_at(W403_LIT("$"), 0, &v));
    assert_false(w403_variable_at(W403_LIT("${"), 0, &v));
    assert_false(w403_variable_at((w403_view){NULL, 0}, 0, &v));
}

static void suspicious_resources(void **state)
{
    (void)state;
    static const struct { const char *resource, *warning; uint8_t n_parts; } rows[] = {
        {"'arn:aws:s3::: DOC-EXAMPLE-BUCKET/*'", "character 14: it matches no such resource (W403_ARN_BLANK)", 6}, /* 004-23 */
        {"'arn:aws:s3:::b/* '", "W403_ARN_BLANK", 6},
        {"' arn:aws:s3:::b/*'", "is no ARN", 0},
        {"'arn:aws:s3:::b\xC2\xA0/*'", "W403_ARN_BLANK", 6},
        {"'arn:aws:s3:::bucket:*'", "W403_BUCKET_NAME_INVALID", 6},
        {"'arn:aws:s3::111122223333:bucket'", "ARN_ACCOUNT_NOT_ALLOWED", 6},
        {"'my-bucket/*'", "is no ARN", 0},
        {"'arn:aws:*:::b'", "is no ARN", 0}, /* R4 */
        {"'arn:aws:s3'", "an ARN has six fields, this one has 3 (MISSING_ARN_FIELD)", 3}, /* R8 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_resource_pattern *r = resource("2012-10-17", rows[i].resource);
        if (!warned(rows[i].warning) || r->n_parts != rows[i].n_parts || policy->statements[0].inert) {
            fail_msg("%s: %d parts, %s", rows[i].resource, r->n_parts,
                     warnings.n ? warnings.at[0].error.message : "no warning");
        }
    }
    static const char *const fine[] = {
        "'arn:aws:s3:::b/my folder/*'", "'arn:aws:s3*'", "'arn:aws:s3:::b/a:b'", "'arn:aws:s3:us-east-1:111122223333:job/x'",
        "'arn:aws:kms:us-east-1:111122223333:key/1'", "'arn:aws:s3:::${aws:username}'", "'arn:aws:s3:::*'",
        "'arn:aws:iam::111122223333:role/x'", "'arn:*:s3:::b/*'",
    };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        resource("2012-10-17", fine[i]);
        assert_clean();
    }
}

static void actions_that_no_resource_takes(void **state) /* R6, A6 */
{
    (void)state;
    static const struct { w403_policy_kind kind; const char *action, *resource, *warning; } rows[] = {
        {W403_POLICY_RESOURCE, "'s3:GetObject'", "'arn:aws:s3:::b'", "W403_S3_ACTION_RESOURCE_MISMATCH"},
        {W403_POLICY_RESOURCE, "['s3:PutObject','s3:ListBucket']", "['arn:aws:s3:::b']", "W403_S3_ACTION_RESOURCE_MISMATCH"},
        {W403_POLICY_IDENTITY, "'s3:ListBucket'", "'arn:aws:s3:::b/*'", "s3:ListBucket has nothing to do with"},
        {W403_POLICY_RESOURCE, "'kms:Decrypt'", "'arn:aws:s3:::b/*'", "UNSUPPORTED_ACTION_IN_POLICY"}, /* 001-04 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pair(rows[i].kind, "2012-10-17", rows[i].action, rows[i].resource);
        if (!warned(rows[i].warning)) {
            fail_msg("%s on %s: %s", rows[i].action, rows[i].resource, warnings.n ? warnings.at[0].error.message : "-");
        }
    }
    static const struct { const char *action, *resource; } fine[] = {
        {"['s3:GetObject','s3:ListBucket']", "['arn:aws:s3:::b','arn:aws:s3:::b/*']"},
        {"'s3:GetObject'", "'arn:aws:s3:::b*'"},
        {"'s3:ListBucket'", "'arn:aws:s3:::b*'"},
        {"'s3:ListBucket'", "'arn:aws:s3:::b?'"},
        {"'s3:ListBucket'", "'arn:aws:s3:::*/*'"},
        {"'s3:GetObject'", "'arn:aws:s3:us-east-1:111122223333:accesspoint/x/object/*'"},
        {"'s3:*'", "'arn:aws:s3:::b'"},
        {"'s3:GetObject'", "'*'"},
        {"'kms:Decrypt'", "'arn:aws:kms:us-east-1:111122223333:key/1'"},
    };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        pair(W403_POLICY_IDENTITY, "2012-10-17", fine[i].action, fine[i].resource);
        assert_clean();
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(action_bits), TEST(not_action_inverts), TEST(bad_actions_match_nothing), TEST(resource_parts),
        TEST(resource_variables), TEST(variables_in_parts), TEST(suspicious_resources),
        TEST(actions_that_no_resource_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

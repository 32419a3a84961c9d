/* Condition: semantics 2.1 and 2.2. */
#include "policy_parse_test.h"

static const w403_statement *with(const char *condition)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "{'Version':'2012-10-17','Statement':{'Effect':'Deny','Action':'*','Resource':'*','Condition':%s}}",
                   condition);
    return statement(W403_POLICY_IDENTITY, text);
}

/* One operator on aws:username (or another key) with one value. */
static const w403_condition *one(const char *op, const char *key, const char *value)
{
    char text[1024];
    (void)snprintf(text, sizeof text, "{'%s':{'%s':%s}}", op, key, value);
    const w403_statement *st = with(text);
    assert_int_equal(st->n_conditions, 1);
    return &st->conditions[0];
}

static void operator_names(void **state)
{
    (void)state;
    static const struct {
        const char *name; w403_operator_family family; w403_compare compare; bool negated;
        w403_set_qualifier set; bool if_exists;
    } rows[] = {
        {"StringEquals", W403_OP_STRING, W403_CMP_EQ, false, W403_SET_NONE, false},
        {"stringnotequals", W403_OP_STRING, W403_CMP_EQ, true, W403_SET_NONE, false},
        {"StringEqualsIgnoreCase", W403_OP_STRING, W403_CMP_EQ_ICASE, false, W403_SET_NONE, false},
        {"StringNotEqualsIgnoreCaseIfExists", W403_OP_STRING, W403_CMP_EQ_ICASE, true, W403_SET_NONE, true},
        {"ForAllValues:StringLike", W403_OP_STRING, W403_CMP_LIKE, false, W403_SET_ALL, false},
        {"foranyvalue:StringNotLikeIfExists", W403_OP_STRING, W403_CMP_LIKE, true, W403_SET_ANY, true},
        {"NumericEquals", W403_OP_NUMERIC, W403_CMP_EQ, false, W403_SET_NONE, false},
        {"NumericNotEquals", W403_OP_NUMERIC, W403_CMP_EQ, true, W403_SET_NONE, false},
        {"NumericLessThan", W403_OP_NUMERIC, W403_CMP_LT, false, W403_SET_NONE, false},
        {"NumericLessThanEquals", W403_OP_NUMERIC, W403_CMP_LE, false, W403_SET_NONE, false},
        {"NumericGreaterThan", W403_OP_NUMERIC, W403_CMP_GT, false, W403_SET_NONE, false},
        {"NumericGreaterThanEquals", W403_OP_NUMERIC, W403_CMP_GE, false, W403_SET_NONE, false},
        {"DateEquals", W403_OP_DATE, W403_CMP_EQ, false, W403_SET_NONE, false},
        {"DateNotEquals", W403_OP_DATE, W403_CMP_EQ, true, W403_SET_NONE, false},
        {"DateLessThan", W403_OP_DATE, W403_CMP_LT, false, W403_SET_NONE, false},
        {"DateLessThanEquals", W403_OP_DATE, W403_CMP_LE, false, W403_SET_NONE, false},
        {"DateGreaterThan", W403_OP_DATE, W403_CMP_GT, false, W403_SET_NONE, false},
        {"DateGreaterThanEqualsIfExists", W403_OP_DATE, W403_CMP_GE, false, W403_SET_NONE, true},
        {"BoolIfExists", W403_OP_BOOL, W403_CMP_EQ, false, W403_SET_NONE, true},
        {"BinaryEquals", W403_OP_BINARY, W403_CMP_EQ, false, W403_SET_NONE, false},
        {"IpAddress", W403_OP_IP, W403_CMP_EQ, false, W403_SET_NONE, false},
        {"NotIpAddress", W403_OP_IP, W403_CMP_EQ, true, W403_SET_NONE, false},
        {"ArnEquals", W403_OP_ARN, W403_CMP_LIKE, false, W403_SET_NONE, false},
        {"ArnNotEquals", W403_OP_ARN, W403_CMP_LIKE, true, W403_SET_NONE, false},
        {"ArnLike", W403_OP_ARN, W403_CMP_LIKE, false, W403_SET_NONE, false},
        {"ArnNotLike", W403_OP_ARN, W403_CMP_LIKE, true, W403_SET_NONE, false},
        {"Null", W403_OP_NULL, W403_CMP_EQ, false, W403_SET_NONE, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_condition *c = one(rows[i].name, "aws:username", "'x'");
        assert_non_null(c->op);
        assert_int_equal(c->op->family, rows[i].family);
        assert_int_equal(c->op->compare, rows[i].compare);
        assert_int_equal(c->op->negated, rows[i].negated);
        assert_int_equal(c->set, rows[i].set);
        assert_int_equal(c->if_exists, rows[i].if_exists);
    }
    assert_null(w403_operator_find(W403_LIT("StringEqualsIfExists")));
    assert_null(w403_operator_find((w403_view){NULL, 0}));
}

static void an_and_of_all(void **state)
{
    (void)state;
    const w403_statement *st = with("{'StringEquals':{'aws:username':['a','b'],'s3:prefix':''},"
                                    "'Bool':{'aws:SecureTransport':'false'},'StringLike':{}}");
    assert_clean();
    assert_int_equal(st->n_conditions, 3);
    assert_int_equal(st->conditions[0].n_values, 2);
    assert_text(st->conditions[0].values[1].text.text, "b");
    assert_span(st->conditions[0].values[1].span, "'b'");
    assert_span(st->conditions[0].values_span, "['a','b']");
    assert_span(st->conditions[1].op_span, "'StringEquals'");
    assert_span(st->conditions[1].key_span, "'s3:prefix'");
    assert_int_equal(st->conditions[1].values[0].text.text.n, 0);
    assert_int_equal(st->conditions[2].op->family, W403_OP_BOOL);
}

static void keys(void **state)
{
    (void)state;
    const w403_condition *c = one("StringEquals", "AWS:sourcevpce", "'vpce-1'");
    assert_int_equal(c->key_id, w403_key_find(W403_LIT("aws:SourceVpce"), NULL));
    assert_int_not_equal(c->key_id, 0);
    assert_text(c->key, "AWS:sourcevpce");
    assert_null(c->key_param.p);
    c = one("StringEquals", "aws:PrincipalTag/Te\\u0061m", "'x'");
    assert_clean();
    assert_text(c->key, "aws:PrincipalTag/Team");
    assert_text(c->key_param, "Team");
    c = one("StringEquals", "saml:nothing-like-it", "'x'");
    assert_int_equal(c->key_id, 0);
    assert_null(c->key_param.p);
    assert_clean();
    c = one("StringEquals", "aws:SourceVpceId", "'x'");
    assert_int_equal(c->key_id, 0);
    assert_non_null(warned("no condition key `aws:SourceVpceId`"));
}

static void lexemes_are_kept(void **state) /* G5 */
{
    (void)state;
    const w403_condition *c = one("NumericLessThan", "s3:TlsVersion", "[1.20, 600000, '-1']");
    assert_clean();
    assert_text(c->values[0].text.text, "1.20");
    assert_text(c->values[1].text.text, "600000");
    assert_true(c->values[0].valid && c->values[1].valid && c->values[2].valid);
    c = one("Bool", "aws:SecureTransport", "[false,'TRUE']");
    assert_clean();
    assert_text(c->values[0].text.text, "false");
    assert_true(c->values[0].valid && !c->values[0].u.boolean);
    assert_true(c->values[1].valid && c->values[1].u.boolean);
}

static void values_are_read_once(void **state)
{
    (void)state;
    const w403_condition *c = one("IpAddress", "aws:SourceIp", "['203.0.113.7/24','2001:DB8::/32','10.0.0.1']");
    assert_clean();
    assert_int_equal(c->values[0].u.cidr.prefix, 24);
    assert_int_equal(c->values[0].u.cidr.base.bytes[3], 0); /* Ip2 */
    assert_int_equal(c->values[1].u.cidr.base.bits, 128);
    assert_int_equal(c->values[2].u.cidr.prefix, 32);
    c = one("DateLessThan", "aws:CurrentTime", "['2026-11-21T10:00:00Z',1795255200,'2026']");
    assert_clean();
    assert_true(c->values[0].u.instant == INT64_C(1795255200) * 1000000);
    assert_true(c->values[1].u.instant == c->values[0].u.instant);
    c = one("BinaryEquals", "key", "'QmluYXJ5'");
    assert_clean();
    assert_text(c->values[0].u.binary, "Binary");
    c = one("Null", "aws:username", "true");
    assert_true(c->values[0].valid && c->values[0].u.boolean);
}

static void bad_values_match_nothing(void **state)
{
    (void)state;
    static const struct { const char *op, *key, *value, *warning; } rows[] = {
        {"NumericEquals", "s3:max-keys", "'ten'", "`ten` is not a number"},
        {"NumericEquals", "s3:max-keys", "''", "is not a number"},
        {"DateEquals", "aws:CurrentTime", "'yesterday'", "is not a date"},
        {"Bool", "aws:SecureTransport", "'no'", "is not `true` or `false`"},
        {"Null", "aws:username", "'yes'", "is not `true` or `false`"},
        {"BinaryEquals", "key", "'***'", "is not base64"},
        {"IpAddress", "aws:SourceIp", "'10.0.0.0/33'", "is not an IP address"}, /* Ip3 */
        {"IpAddress", "aws:SourceIp", "' 10.0.0.0/8'", "U+0020"},
        {"ArnLike", "aws:PrincipalArn", "'arn:aws:iam:*:role/x'", "is not an ARN of six parts"}, /* Arn1 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_condition *c = one(rows[i].op, rows[i].key, rows[i].value);
        if (c->values[0].valid || !warned(rows[i].warning) || policy->statements[0].inert) {
            fail_msg("%s %s: %s", rows[i].op, rows[i].value, warnings.n ? warnings.at[0].error.message : "no warning");
        }
    }
}

static void wildcards_and_variables(void **state)
{
    (void)state;
    const w403_condition *c = one("StringLike", "s3:prefix", "'home/${aws:username}/*'");
    assert_clean();
    assert_true(c->values[0].text.has_wildcard && c->values[0].text.has_variable);
    c = one("StringEquals", "aws:PrincipalArn", "'arn:aws:iam::111122223333:role/*'");
    assert_false(c->values[0].text.has_wildcard);
    const w403_error *w = warned("no wildcard under `StringEquals`");
    assert_non_null(w);
    assert_string_equal(w->hint, "use StringLike");
    one("StringNotEqualsIgnoreCase", "aws:username", "'x*'");
    assert_string_equal(warned("no wildcard")->hint, "use StringNotLike");
    c = one("ArnEquals", "aws:PrincipalArn", "['*','arn:*:iam::*:role/x','${aws:PrincipalArn}']");
    assert_clean();
    assert_true(c->values[0].valid && c->values[1].valid && c->values[2].valid); /* Arn2 */
    assert_true(c->values[1].text.has_wildcard);
    c = one("NumericEquals", "s3:max-keys", "'${aws:username}'");
    assert_false(c->values[0].text.has_variable); /* PV1 */
    c = one("Bool", "aws:SecureTransport", "'${aws:PrincipalTag/tls}'"); /* PV2 */
    assert_clean();
    assert_true(c->values[0].text.has_variable);
    one("StringEquals", "aws:username", "'${aws:username'");
    assert_non_null(warned("MISSING_BRACE_IN_VARIABLE"));
    statement(W403_POLICY_IDENTITY, "{'Statement':{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
                                    "{'StringEquals':{'s3:prefix':'${aws:username}'}}}}");
    assert_false(policy->statements[0].conditions[0].values[0].text.has_variable); /* V2 */
    assert_non_null(warned("VARIABLE_UNSUPPORTED_IN_VERSION"));
}

static void unknown_operators_are_left_out(void **state)
{
    (void)state;
    const w403_statement *st = with("{'Frobnicate':{'aws:username':'x'},'Null':{'aws:username':'true'}}");
    assert_true(st->inert);
    assert_int_equal(st->n_conditions, 1);
    assert_int_equal(st->conditions[0].op->family, W403_OP_NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(operator_names), TEST(an_and_of_all), TEST(keys), TEST(lexemes_are_kept), TEST(values_are_read_once),
        TEST(bad_values_match_nothing), TEST(wildcards_and_variables), TEST(unknown_operators_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

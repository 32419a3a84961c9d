/* Documents and statements: G1-G15, V1-V4, and what is refused, inert or only warned about. */
#include "policy_parse_test.h"

#define ALLOW "'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/*'"

static void a_whole_bucket_policy(void **state)
{
    (void)state;
    const w403_statement *st = statement(W403_POLICY_RESOURCE,
        "{'Statement':[{'Condition':{'Bool':{'aws:SecureTransport':false}},'Resource':['arn:aws:s3:::b/*'],"
        "'Action':['s3:GetObject','s3:PutObject'],'Principal':{'AWS':'*'},'Effect':'Deny','Sid':'no http'}],"
        "'Id':'p1','Version':'2012-10-17'}");
    assert_clean();
    assert_true(policy->version_2012);
    assert_text(policy->id, "p1");
    assert_int_equal(policy->kind, W403_POLICY_RESOURCE);
    assert_text(policy->file, "policy.json");
    assert_text(policy->pointer, "");
    assert_false(policy->embedded);
    assert_ptr_equal(st->policy, policy);
    assert_int_equal(st->effect, W403_EFFECT_DENY);
    assert_text(st->sid, "no http");
    assert_false(st->inert);
    assert_true(st->has_principal && st->has_resource);
    assert_int_equal(st->n_principals, 1);
    assert_int_equal(st->n_actions, 2);
    assert_int_equal(st->n_resources, 1);
    assert_int_equal(st->n_conditions, 1);
    assert_span(st->principal_span, "{'AWS':'*'}");
    assert_span(st->action_span, "['s3:GetObject','s3:PutObject']");
    assert_span(st->resource_span, "['arn:aws:s3:::b/*']");
    assert_span(st->condition_span, "{'Bool':{'aws:SecureTransport':false}}");
}

static void one_bare_statement(void **state) /* G2 */
{
    (void)state;
    const w403_statement *st = statement(W403_POLICY_IDENTITY, "{'Statement':{" ALLOW "}}");
    assert_clean();
    assert_int_equal(policy->n_statements, 1);
    assert_false(st->inert);
    assert_null(st->sid.p);
    assert_false(policy->version_2012); /* V1 */
    assert_int_equal(st->condition_span.len, 0);
}

static void statements_are_numbered(void **state)
{
    (void)state;
    statement(W403_POLICY_IDENTITY, "{'Statement':[{" ALLOW "},{'Sid':'B'," ALLOW "}]}");
    assert_int_equal(policy->n_statements, 2);
    assert_int_equal(policy->statements[1].index, 1);
    assert_text(policy->statements[1].sid, "B");
}

static void versions(void **state)
{
    (void)state;
    statement(W403_POLICY_IDENTITY, "{'Version':'2008-10-17','Statement':[{" ALLOW "}]}");
    assert_false(policy->version_2012);
    assert_clean();
    const w403_statement *st = statement(W403_POLICY_IDENTITY, "{'Version':'2012-10-18','Statement':[{" ALLOW "}]}");
    assert_true(st->inert);
    const w403_error *w = warned("`2012-10-18` is no Version");
    assert_non_null(w);
    assert_int_equal(w->line, 1);
    assert_int_equal(w->offset, 11);
    assert_int_equal(w->length, 12);
    assert_string_equal(w->source, "policy.json");
    st = statement(W403_POLICY_SCP, "{'Statement':[{" ALLOW "}]}"); /* V4 */
    assert_false(st->inert);
    assert_non_null(warned("only with Version `2012-10-17`"));
}

/* One statement each that AWS would not store. */
static void inert_statements(void **state)
{
    (void)state;
    static const struct { w403_policy_kind kind; const char *statement, *warning; } rows[] = {
        {W403_POLICY_IDENTITY, "'Action':'s3:GetObject','Resource':'*'", "without `Effect`"},
        {W403_POLICY_IDENTITY, "'Effect':'allow','Action':'s3:GetObject','Resource':'*'", "`allow` is no Effect"},
        {W403_POLICY_IDENTITY, "'Effect':'Allow','Resource':'*'", "without `Action`"},
        {W403_POLICY_IDENTITY, "'Effect':'Allow','Action':'*'", "without `Resource`"},
        {W403_POLICY_IDENTITY, "'Effect':'Allow','Action':'*','NotAction':'s3:*','Resource':'*'", "both `Action`"},
        {W403_POLICY_IDENTITY, "'Effect':'Allow','Action':'*','Resource':'*','NotResource':'*'", "both `Resource`"},
        {W403_POLICY_IDENTITY, ALLOW ",'Principal':'*'", "`Principal` is not allowed in this kind"},
        {W403_POLICY_SCP, ALLOW ",'NotPrincipal':'*'", "`NotPrincipal` is not allowed in this kind"},
        {W403_POLICY_RESOURCE, ALLOW, "bucket policy without `Principal`"},
        {W403_POLICY_VPC_ENDPOINT, ALLOW, "without `Principal`"},
        {W403_POLICY_KEY, ALLOW, "key policy without `Principal`"},
        {W403_POLICY_RESOURCE, ALLOW ",'Principal':'*','NotPrincipal':'*'", "both `Principal`"},
        {W403_POLICY_RESOURCE, ALLOW ",'Principal':'*','Conditions':{}", "`Conditions` is no element"},
        {W403_POLICY_RESOURCE, "'Principal':'*','effect':'Allow','Action':'*','Resource':'*'", "`effect` is no element"},
        {W403_POLICY_IDENTITY, ALLOW ",'Condition':{'StringEqual':{'aws:username':'x'}}", "no condition operator"},
        {W403_POLICY_IDENTITY, ALLOW ",'Condition':{'NullIfExists':{'aws:username':'true'}}", "no condition operator"},
        {W403_POLICY_IDENTITY, ALLOW ",'Condition':{'Null':{'aws:username':'true','AWS:UserName':'true'}}",
         "`AWS:UserName` is there twice"}, /* G7 */
        {W403_POLICY_RCP, "'Effect':'Deny','Principal':'*','Action':'*','Resource':'*'", "no Action `*`"}, /* A5 */
        {W403_POLICY_RCP, "'Effect':'Deny','Principal':'*','NotAction':'s3:*','Resource':'*'", "no `NotAction`"},
        {W403_POLICY_RCP, "'Effect':'Deny','NotPrincipal':'*','Action':'s3:*','Resource':'*'", "no `NotPrincipal`"},
        {W403_POLICY_RCP, "'Effect':'Deny','Principal':{'AWS':'111122223333'},'Action':'s3:*','Resource':'*'",
         "no principal but `*`"},
        {W403_POLICY_RESOURCE, ALLOW ",'NotPrincipal':{'AWS':'bob'}", "stored this `NotPrincipal`"},
        {W403_POLICY_IDENTITY, "'Effect':'Deny','Action':'*','NotResource':['b/*']", "stored this `NotResource`"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "{'Version':'2012-10-17','Statement':[{%s}]}", rows[i].statement);
        const w403_statement *st = statement(rows[i].kind, text);
        if (!st->inert || !warned(rows[i].warning)) {
            fail_msg("%s: %s", rows[i].statement, warnings.n ? warnings.at[0].error.message : "no warning");
        }
    }
}

/* In a block of many as in one of two. */
static void repeated_among_many(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        char text[4096];
        int n = snprintf(text, sizeof text, "{'Statement':{" ALLOW ",'Condition':{'Null':{");
        for (int i = 0; i < 60; i++) {
            n += snprintf(text + n, sizeof text - (size_t)n, "'aws:PrincipalTag/t%d':'true',", i);
        }
        (void)snprintf(text + n, sizeof text - (size_t)n, "'%s':'true'}}}}", again ? "AWS:PrincipalTAG/T7" : "aws:username");
        const w403_statement *st = statement(W403_POLICY_IDENTITY, text);
        assert_int_equal(st->inert, again);
        assert_int_equal(warned("`AWS:PrincipalTAG/T7` is there twice") != NULL, again);
    }
}

static void hints_name_what_was_meant(void **state)
{
    (void)state;
    statement(W403_POLICY_RESOURCE, "{'Statement':{'effect':'Allow'}}");
    assert_string_equal(warned("`effect` is no element")->hint, "element names are case-sensitive: write `Effect`");
    statement(W403_POLICY_IDENTITY, "{'Statement':{" ALLOW ",'Condition':{'StringEqualIfExists':{'a:b':'c'}}}}");
    assert_string_equal(warned("no condition operator")->hint, "did you mean `StringEquals`?");
    assert_int_equal(load(W403_POLICY_IDENTITY, "{'statement':[]}"), W403_SEMANTIC);
    assert_string_equal(err.hint, "element names are case-sensitive: write `Statement`");
}

static void legal_but_suspicious(void **state)
{
    (void)state;
    assert_false(statement(W403_POLICY_KEY, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'kms:*'}}")->inert);
    assert_non_null(warned("never applies to the key")); /* G13 */
    assert_false(policy->statements[0].has_resource);
    assert_int_equal(policy->statements[0].resource_span.len, 0);
    assert_false(statement(W403_POLICY_RESOURCE, "{'Statement':{" ALLOW ",'NotPrincipal':{'AWS':'111122223333'}}}")->inert);
    assert_non_null(warned("lets in everyone who is not listed")); /* NP1 */
    assert_true(policy->statements[0].not_principal);
    assert_false(statement(W403_POLICY_IDENTITY, "{'Id':'x','Statement':{'Sid':'a b'," ALLOW "}}")->inert);
    assert_non_null(warned("`Id` is not allowed")); /* G10 */
    assert_non_null(warned("`a b` is not alphanumeric")); /* G11 */
    statement(W403_POLICY_IDENTITY, "{'Statement':[{'Sid':'A'," ALLOW "},{'Sid':'A'," ALLOW "}]}");
    assert_non_null(warned("is there twice"));
    statement(W403_POLICY_RESOURCE, "{'Statement':[{'Sid':'A','Principal':'*'," ALLOW "},"
                                    "{'Sid':'A','Principal':'*'," ALLOW "}]}");
    assert_clean();
    statement(W403_POLICY_IDENTITY, "{'Statement':{'Sid':'\xE2\x80\x8B'," ALLOW "}}");
    const w403_error *w = warned("outside Latin-1"); /* G15 */
    assert_non_null(w);
    assert_int_equal(w->offset, 21);
    assert_int_equal(load(W403_POLICY_IDENTITY, "{'Version':'2012-10-17'}"), W403_OK);
    assert_int_equal(policy->n_statements, 0);
    assert_non_null(warned("without statements"));
    assert_int_equal(load(W403_POLICY_IDENTITY, "{'Statement':[]}"), W403_OK);
    assert_non_null(warned("without statements"));
    assert_true(statement(W403_POLICY_IDENTITY, "{'Foo':1,'Statement':[{" ALLOW "}]}")->inert);
    assert_non_null(warned("`Foo` is no element of a policy"));
}

static void empty_lists_are_legal(void **state) /* G14 */
{
    (void)state;
    const w403_statement *st = statement(W403_POLICY_RESOURCE,
        "{'Statement':{'Effect':'Deny','Principal':{'AWS':[]},'Action':[],'Resource':[],"
        "'Condition':{'StringEquals':{'aws:username':[]}}}}");
    assert_non_null(warned("`Action` is an empty list")); /* and told: it is what is left of a list that was cut */
    assert_non_null(warned("`Condition` is an empty list"));
    assert_false(st->inert);
    assert_true(st->has_principal && st->has_resource);
    assert_int_equal(st->n_principals + st->n_actions + st->n_resources, 0);
    assert_int_equal(st->n_conditions, 1);
    assert_int_equal(st->conditions[0].n_values, 0);
    st = statement(W403_POLICY_IDENTITY, "{'Statement':{" ALLOW ",'Condition':{}}}");
    assert_int_equal(st->n_conditions, 0);
    assert_false(st->inert);
}

static void errors_have_a_place(void **state)
{
    (void)state;
    static const struct { w403_status status; const char *text, *message; uint64_t offset; } rows[] = {
        {W403_SEMANTIC, "[]", "a policy document must be an object, not", 0},
        {W403_SEMANTIC, "{}", "no policy document", 0},
        {W403_SEMANTIC, "{'Policy':'x'}", "no policy document", 0},
        {W403_SEMANTIC, "{'Statement':3}", "`Statement` must be", 13},
        {W403_SEMANTIC, "{'Statement':[3]}", "a statement must be an object", 14},
        {W403_SEMANTIC, "{'Version':2012,'Statement':[]}", "`Version` must be a string", 11},
        {W403_SEMANTIC, "{'Id':[],'Statement':[]}", "`Id` must be a string", 6},
        {W403_SEMANTIC, "{'Statement':{'Effect':['Allow']}}", "`Effect` must be a string", 23},
        {W403_SEMANTIC, "{'Statement':{'Sid':1}}", "`Sid` must be a string", 20},
        {W403_SEMANTIC, "{'Statement':{'Action':{}}}", "`Action` must be a string", 23},
        {W403_SEMANTIC, "{'Statement':{'NotAction':[1]}}", "a value of `NotAction` must be a string", 27},
        {W403_SEMANTIC, "{'Statement':{'Resource':null}}", "`Resource` must be a string", 25},
        {W403_SEMANTIC, "{'Statement':{'Resource':[['*']]}}", "a value of `Resource` must be a string", 26},
        {W403_SEMANTIC, "{'Statement':{'Principal':['*']}}", "`Principal` must be", 26},
        {W403_SEMANTIC, "{'Statement':{'Principal':{'AWS':111122223333}}}", "`Principal` must be a string", 33},
        {W403_SEMANTIC, "{'Statement':{'Condition':'x'}}", "`Condition` must be an object", 26},
        {W403_SEMANTIC, "{'Statement':{'Condition':{'Bool':'x'}}}", "takes an object of keys", 34},
        {W403_SEMANTIC, "{'Statement':{'Condition':{'Bool':{'a:b':{}}}}}", "`Condition` must be", 41},
        {W403_SEMANTIC, "{'Statement':{'Condition':{'Bool':{'a:b':[null]}}}}", "a value of `Condition` must be", 42},
        {W403_SYNTAX, "{'Statement':[}", "", 14},
        {W403_SYNTAX, "{'Statement':{'Effect':'Allow','Effect':'Deny'}}", "", 31}, /* G6 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        policy = (w403_policy *)1;
        w403_status s = load(W403_POLICY_RESOURCE, rows[i].text);
        if (s != rows[i].status || !strstr(err.message, rows[i].message) || err.offset != rows[i].offset) {
            fail_msg("%s: %d at %u: %s", rows[i].text, s, (unsigned)err.offset, err.message);
        }
        assert_string_equal(err.source, "policy.json");
        assert_null(policy);
    }
}

static void limit_of_statements(void **state)
{
    (void)state;
    static const char one[] = "{'Effect':'Deny','Action':'*','Resource':'*'},";
    for (size_t n = W403_LIMIT_STATEMENTS; n <= W403_LIMIT_STATEMENTS + 1; n++) {
        w403_buf b = {0};
        w403_buf_puts(&b, "{'Statement':[");
        for (size_t i = 0; i < n; i++) {
            w403_buf_put(&b, (w403_view){one, sizeof one - (i + 1 < n ? 1 : 2)});
        }
        w403_buf_puts(&b, "]}");
        w403_buf_putc(&b, '\0');
        assert_true(w403_buf_ok(&b) && b.n < W403_LIMIT_POLICY_BYTES);
        w403_status s = load(W403_POLICY_IDENTITY, b.p);
        w403_buf_free(&b);
        if (n == W403_LIMIT_STATEMENTS) {
            assert_int_equal(s, W403_OK);
            assert_int_equal(policy->n_statements, n);
            assert_int_equal(policy->statements[n - 1].index, n - 1);
        } else {
            assert_int_equal(s, W403_LIMIT);
            assert_int_equal(err.offset, 13);
        }
    }
}

static void limit_of_bytes(void **state)
{
    (void)state;
    size_t n = W403_LIMIT_POLICY_BYTES;
    char  *p = w403_arena_alloc(arena, n + 1);
    memset(p, ' ', n + 1);
    memcpy(p, "{\"Statement\":[]}", 16);
    assert_int_equal(w403_policy_parse(arena, W403_POLICY_RESOURCE, W403_LIT("s"), (w403_view){p, n}, NULL, &policy, &err),
                     W403_OK);
    assert_int_equal(w403_policy_parse(arena, W403_POLICY_RESOURCE, W403_LIT("s"), (w403_view){p, n + 1}, NULL, &policy,
                                       &err),
                     W403_LIMIT);
    assert_string_equal(err.source, "s");
    assert_null(policy);
}

static void warnings_are_counted_beyond_the_limit(void **state)
{
    (void)state;
    w403_buf b = {0};
    w403_buf_puts(&b, "{'Statement':[");
    for (size_t i = 0; i < W403_LIMIT_PROBLEMS + 5; i++) {
        w403_buf_puts(&b, i ? ",{'Sid':'s'}" : "{'Sid':'s'}");
    }
    w403_buf_puts(&b, "]}");
    w403_buf_putc(&b, '\0');
    assert_int_equal(load(W403_POLICY_RESOURCE, b.p), W403_OK);
    w403_buf_free(&b);
    assert_int_equal(warnings.n, W403_LIMIT_PROBLEMS);
    assert_true(warnings.dropped > 0);
    assert_true(policy->statements[W403_LIMIT_PROBLEMS + 4].inert);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (unsigned k = 0; k < W403_POLICY_KINDS; k++) {
        assert_non_null(w403_policy_kind_name((w403_policy_kind)k));
    }
    assert_string_equal(w403_policy_kind_name(W403_POLICY_RESOURCE), "bucket policy");
    assert_string_equal(w403_policy_kind_name(W403_POLICY_KINDS), "policy");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_bucket_policy), TEST(one_bare_statement), TEST(statements_are_numbered), TEST(versions),
        TEST(inert_statements), TEST(repeated_among_many), TEST(hints_name_what_was_meant), TEST(legal_but_suspicious),
        TEST(empty_lists_are_legal), TEST(errors_have_a_place), TEST(limit_of_statements), TEST(limit_of_bytes),
        TEST(warnings_are_counted_beyond_the_limit), TEST(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

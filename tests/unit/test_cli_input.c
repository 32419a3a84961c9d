/* Operands and options made into a request. */
#include "arena_test.h"

#include "cli/commands.h"
#include "cli/input.h"

static w403_error err;

static void resource(const char *text, const char *wanted)
{
    w403_view out = {0};
    assert_int_equal(w403_input_resource(arena, w403_view_of(text), (w403_view){0}, &out, &err), W403_OK);
    assert_int_equal(out.n, strlen(wanted));
    assert_memory_equal(out.p, wanted, out.n);
}

static void forms_of_resource(void **state)
{
    (void)state;
    resource("s3://b/k", "arn:aws:s3:::b/k");
    resource("s3://b/a/b c/%20", "arn:aws:s3:::b/a/b c/%20"); /* a key is taken as it is */
    resource("s3://b", "arn:aws:s3:::b");
    resource("s3://b/", "arn:aws:s3:::b");
    resource("s3://b//k", "arn:aws:s3:::b//k");
    resource("*", "*");
    resource("arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:us-east-1:111122223333:key/1");
    resource("finance-abc-s3alias", "arn:aws:s3:::finance-abc-s3alias");
    resource("s3://finance-abc-s3alias/k", "arn:aws:s3:::finance-abc-s3alias/k");
    resource("arn:aws:s3:us-east-1:111122223333:accesspoint/finance/object/k",
             "arn:aws:s3:us-east-1:111122223333:accesspoint/finance/object/k");
    resource("s3://arn:aws:s3:us-east-1:111122223333:accesspoint/finance/a/b",
             "arn:aws:s3:us-east-1:111122223333:accesspoint/finance/object/a/b");
    resource("s3://arn:aws:s3:us-east-1:111122223333:accesspoint/finance/",
             "arn:aws:s3:us-east-1:111122223333:accesspoint/finance");
    resource("s3://arn:aws:s3:us-east-1:111122223333:accesspoint/finance",
             "arn:aws:s3:us-east-1:111122223333:accesspoint/finance");
}

static void the_partition_of_the_snapshot(void **state)
{
    (void)state;
    w403_view out = {0};
    assert_int_equal(w403_input_resource(arena, W403_LIT("s3://b/k"), W403_LIT("aws-cn"), &out, &err), W403_OK);
    assert_true(w403_view_eq(out, W403_LIT("arn:aws-cn:s3:::b/k")));
}

static void no_resource(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "b/k", "s3:/b/k", "s3://", "s3:///k", "https://b.s3.amazonaws.com/k"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        w403_view out = {0};
        assert_int_equal(w403_input_resource(arena, w403_view_of(wrong[i]), (w403_view){0}, &out, &err),
                         W403_SEMANTIC);
        assert_true(err.hint[0] != '\0');
    }
}

static w403_request request;

static w403_status build(const char *first, ...)
{
    char    *argv[24];
    int      argc = 0;
    va_list  list;
    w403_cli cli = {.arena = arena, .command = w403_command_find(W403_LIT("explain"))};
    va_start(list, first);
    for (const char *arg = first; arg && argc < 24; arg = va_arg(list, const char *)) {
        memcpy(&argv[argc], &arg, sizeof arg); /* argv of main is not const */
        argc++;
    }
    va_end(list);
    assert_int_equal(w403_args_parse(arena, cli.command, argc, argv, &cli.args, &err), W403_OK);
    return w403_input_request(&cli, (w403_view){0}, &request, &err);
}

static void text_is(w403_view v, const char *wanted)
{
    assert_true(w403_view_eq(v, w403_view_of(wanted)));
}

static void a_request_of_options(void **state)
{
    (void)state;
    assert_int_equal(build("GetObject", "s3://b/k", "--as", "anonymous", "--from", "203.0.113.9", "--header",
                           "x-amz-acl:  private ", "--query=prefix=a=b", "--expected-bucket-owner", "111122223333",
                           "--request-payer", "--http", "--mfa=300", "--at", "0", "--presigned", "--expires-in=60",
                           NULL), W403_OK);
    text_is(request.operation, "GetObject");
    assert_null(request.action.p);
    text_is(request.resource, "arn:aws:s3:::b/k");
    text_is(request.from, "203.0.113.9");
    assert_int_equal(request.secure, W403_NO);
    assert_int_equal(request.mfa, W403_YES);
    assert_int_equal(request.mfa_age_s, 300);
    assert_true(request.presigned);
    assert_int_equal(request.expires_in_s, 60);
    assert_int_equal(request.n_headers, 3);
    text_is(request.headers[0].name, "x-amz-expected-bucket-owner");
    text_is(request.headers[1].value, "requester");
    text_is(request.headers[2].value, "private");
    text_is(request.query[0].value, "a=b");
}

static void actions_and_mfa(void **state)
{
    (void)state;
    assert_int_equal(build("s3:GetObject", "*", "--as", "anonymous", "--mfa=no", NULL), W403_OK);
    text_is(request.action, "s3:GetObject");
    assert_null(request.operation.p);
    assert_int_equal(request.mfa, W403_NO);
    assert_int_equal(build("s3:GetObject", "*", "--as", "anonymous", "--mfa", NULL), W403_OK);
    assert_int_equal(request.mfa, W403_YES);
    assert_true(request.mfa_age_s == UINT64_MAX);
    assert_int_equal(build("s3:GetObject", "*", "--as", "anonymous", NULL), W403_OK);
    assert_int_equal(request.mfa, W403_UNKNOWN);
    assert_int_equal(request.secure, W403_YES);
}

static void context_values_make_lists(void **state)
{
    (void)state;
    assert_int_equal(build("s3:GetObject", "*", "--as", "anonymous", "-c", "k=a", "-c", "K=b", "-c", "e=",
                           "--context-absent", "gone", "--context-unknown", "dark", NULL), W403_OK);
    assert_int_equal(request.n_context, 4);
    assert_int_equal(request.context[0].n_values, 2);
    text_is(request.context[0].values[1], "b");
    assert_int_equal(request.context[1].n_values, 1);
    assert_int_equal(request.context[1].values[0].n, 0);
    assert_int_equal(request.context[2].present, W403_NO);
    assert_int_equal(request.context[3].present, W403_UNKNOWN);
    assert_int_equal(build("s3:GetObject", "*", "--as", "anonymous", "-c", "k=a", "--context-absent", "k", "-c",
                           "k=z", NULL), W403_OK);
    assert_int_equal(request.context[0].n_values, 1); /* what came before `absent` is gone */
    text_is(request.context[0].values[0], "z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms_of_resource, setup, teardown),
        cmocka_unit_test_setup_teardown(the_partition_of_the_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(no_resource, setup, teardown),
        cmocka_unit_test_setup_teardown(a_request_of_options, setup, teardown),
        cmocka_unit_test_setup_teardown(actions_and_mfa, setup, teardown),
        cmocka_unit_test_setup_teardown(context_values_make_lists, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

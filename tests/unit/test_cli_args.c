/* A command line against the table of options. */
#include "arena_test.h"

#include "cli/commands.h"

static w403_args args;
static w403_error err;

static w403_status parse(const char *command, ...)
{
    char   *argv[16];
    int     argc = 0;
    va_list list;
    va_start(list, command);
    for (char *arg; (arg = va_arg(list, char *)) != NULL && argc < 16;) {
        argv[argc++] = arg;
    }
    va_end(list);
    const w403_command *c = w403_command_find(w403_view_of(command));
    assert_non_null(c);
    return w403_args_parse(arena, c, argc, argv, &args, &err);
}

static void every_form_of_a_value(void **state)
{
    (void)state;
    assert_int_equal(parse("explain", "GetObject", "--as", "a", "--from=1.2.3.4", "-ftext", "-f", "json", "s3://b/k",
                           "--mfa", "--presigned=2026-11-21T10:00:00Z", NULL), W403_OK);
    assert_int_equal(args.operands.n, 2);
    assert_string_equal(args.operands.at[1], "s3://b/k");
    assert_string_equal(w403_args_value(&args, W403_OPT_AS), "a");
    assert_string_equal(w403_args_value(&args, W403_OPT_FROM), "1.2.3.4");
    assert_string_equal(w403_args_value(&args, W403_OPT_FORMAT), "json"); /* the last wins */
    assert_true(w403_args_has(&args, W403_OPT_MFA));
    assert_null(w403_args_value(&args, W403_OPT_MFA)); /* an optional value stands behind `=` only */
    assert_string_equal(w403_args_value(&args, W403_OPT_PRESIGNED), "2026-11-21T10:00:00Z");
    assert_false(w403_args_has(&args, W403_OPT_VIA));
}

static void repeated_options_keep_their_order(void **state)
{
    (void)state;
    assert_int_equal(parse("explain", "-c", "a=1", "--context", "b=2", "-ca=3", NULL), W403_OK);
    const char *const wanted[] = {"a=1", "b=2", "a=3"};
    size_t            at = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(w403_args_each(&args, W403_OPT_CONTEXT, &at)->value, wanted[i]);
    }
    assert_null(w403_args_each(&args, W403_OPT_CONTEXT, &at));
}

static void what_is_an_operand(void **state)
{
    (void)state;
    assert_int_equal(parse("test", "-", "--", "--quiet", "-q", NULL), W403_OK);
    assert_int_equal(args.operands.n, 3);
    assert_string_equal(args.operands.at[1], "--quiet");
    assert_false(w403_args_has(&args, W403_OPT_QUIET));
    assert_int_equal(parse("test", "-qj2", "x", NULL), W403_OK);
    assert_true(w403_args_has(&args, W403_OPT_QUIET));
    assert_string_equal(w403_args_value(&args, W403_OPT_JOBS), "2");
}

static void refused(w403_status status, const char *message, const char *hint)
{
    assert_int_equal(status, W403_SEMANTIC);
    assert_non_null(strstr(err.message, message));
    assert_non_null(strstr(err.hint, hint));
}

static void mistakes_are_named(void **state)
{
    (void)state;
    refused(parse("explain", "--boundry", "x", NULL), "`--boundry`", "`--boundary`");
    refused(parse("explain", "--snapshto=x", NULL), "`--snapshto`", "`--snapshot`");
    refused(parse("test", "--as", "x", NULL), "no option `--as`", "help test");
    refused(parse("explain", "--as", NULL), "needs a value: PRINCIPAL", "help explain");
    refused(parse("explain", "--http=yes", NULL), "takes no value", "");
    refused(parse("explain", "--boundary=a", "--boundary=b", NULL), "only once", "");
    refused(parse("explain", "--format=xml", NULL), "`xml`", "text json sarif html");
    refused(parse("explain", "-z", NULL), "`-z`", "");
}

static void the_table_is_sound(void **state)
{
    (void)state;
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        assert_non_null(o->name);
        assert_non_null(o->help);
        assert_int_not_equal(o->commands, 0);
        assert_int_equal(o->arg != W403_ARG_NONE, o->arg_name != NULL);
        assert_int_equal(o->complete == W403_COMPLETE_WORDS, o->words != NULL);
        assert_int_not_equal(o->help[strlen(o->help) - 1], '.');
        for (w403_option_id other = 0; other < id; other++) {
            const w403_option *p = w403_option_at(other);
            assert_true(strcmp(o->name, p->name) != 0 || !(o->commands & p->commands));
            assert_true(!o->letter || o->letter != p->letter || !(o->commands & p->commands));
        }
    }
    uint32_t            bits = 0;
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        assert_int_equal(bits & c->bit, 0);
        bits |= c->bit;
        assert_non_null(c->run);
        assert_non_null(c->examples[0].command);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_form_of_a_value, setup, teardown),
        cmocka_unit_test_setup_teardown(repeated_options_keep_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_an_operand, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(the_table_is_sound, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The grammar of the two files, their merging, and that no message repeats a secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "live/config.h"
#include "live/secret_file.h"
#include "live/words.h"

#define EQ(got, want)                                                                                                \
    do {                                                                                                             \
        w403_view v_ = (got), w_ = w403_view_of(want);                                                               \
        if (!w403_view_eq(v_, w_)) {                                                                                 \
            fail_msg("`%.*s`, not `%.*s`", W403_ARG(v_), W403_ARG(w_));                                              \
        }                                                                                                            \
    } while (0)

static w403_arena *arena;
static w403_error  warned;
static int         warnings;

static void warn(void *user, const w403_error *w)
{
    (void)user;
    warned = *w;
    warnings++;
}

static w403_config read_both(const char *config, const char *credentials)
{
    w403_config c;
    w403_error  err;
    warnings = 0;
    if (w403_config_parse(arena, w403_view_of(config), w403_view_of(credentials), warn, NULL, &c, &err) != W403_OK) {
        fail_msg("%s:%u:%u: %s", err.source, err.line, err.column, err.message);
    }
    return c;
}

static w403_view get(const w403_config *c, const char *profile, const char *setting)
{
    return w403_profile_get(c, w403_view_of(profile), setting);
}

static void test_grammar(void **state)
{
    (void)state;
    w403_config c = read_both("\xEF\xBB\xBF# a comment\r\n"
                              "; another\r\n"
                              "   # indented, nothing is open\r\n"
                              "[default]\r\n"
                              "Region = eu-west-1  \r\n"
                              "output:json\r\n"
                              "note = a # no comment ; neither\r\n"
                              "empty =\r\n"
                              "colon = a:b=c\r\n"
                              "\r\n"
                              "[profile a]\r\n"
                              "  region=us-east-1\r\n"
                              "  output = text\r\n"
                              "[profile \"with blank\"]\n"
                              "region = 1\n"
                              "[profile 'it''s']\n"
                              "region = 2\n"
                              "[profile not quoted]\nregion = 3\n"
                              "[preview]\ncloudfront = true\n"
                              "[profile last] trailing\nregion = 4",
                              "[a]\naws_access_key_id = AKIA\n[profile b]\naws_access_key_id = no\n");
    EQ(get(&c, "default", "region"), "eu-west-1");
    EQ(get(&c, "default", "output"), "json");
    EQ(get(&c, "default", "note"), "a # no comment ; neither");
    EQ(get(&c, "default", "empty"), "");
    EQ(get(&c, "default", "colon"), "a:b=c");
    EQ(get(&c, "a", "region"), "us-east-1");
    EQ(get(&c, "a", "output"), "text");
    EQ(get(&c, "a", "aws_access_key_id"), "AKIA");
    EQ(get(&c, "with blank", "region"), "1");
    EQ(get(&c, "its", "region"), "2");
    EQ(get(&c, "last", "region"), "4");
    assert_false(w403_config_has(&c, W403_CONFIG_PROFILE, W403_LIT("not quoted")));
    assert_false(w403_config_has(&c, W403_CONFIG_PROFILE, W403_LIT("preview")));
    assert_false(w403_config_has(&c, W403_CONFIG_PROFILE, W403_LIT("b"))); /* credentials have bare names */
    assert_null(get(&c, "a", "note").p);                                   /* [default] is no one else's */
    assert_int_equal(warnings, 0);
}

static void test_indented(void **state)
{
    (void)state;
    w403_config c = read_both("[profile a]\n"
                              "s3 =\n"
                              "  addressing_style = path\n"
                              "\n"
                              "  # a comment = none\n"
                              "  max_queue_size = 1\n"
                              "region = x\n"
                              "   more\n"
                              "output = text\n"
                              "[services local]\n"
                              "s3 =\n"
                              "  endpoint_url = http://127.0.0.1:1\n"
                              "s3_control =\n"
                              "  endpoint_url=http://127.0.0.1:2\n"
                              "[sso-session corp]\n"
                              "sso_region = eu-west-1\n",
                              "");
    w403_configured s3 = w403_config_find(&c, W403_CONFIG_PROFILE, W403_LIT("a"), "s3");
    EQ(w403_ini_nested(s3.setting, W403_LIT("addressing_style")), "path");
    EQ(w403_ini_nested(s3.setting, W403_LIT("max_queue_size")), "1");
    assert_null(w403_ini_nested(s3.setting, W403_LIT("# a comment")).p);
    EQ(get(&c, "a", "region"), "x\n   more");
    EQ(get(&c, "a", "output"), "text");
    s3 = w403_config_find(&c, W403_CONFIG_SERVICES, W403_LIT("local"), "s3");
    EQ(w403_ini_nested(s3.setting, W403_LIT("endpoint_url")), "http://127.0.0.1:1");
    EQ(w403_ini_nested(w403_config_find(&c, W403_CONFIG_SERVICES, W403_LIT("local"), "s3_control").setting,
                       W403_LIT("endpoint_url")), "http://127.0.0.1:2");
    EQ(w403_config_get(&c, W403_CONFIG_SSO_SESSION, W403_LIT("corp"), "sso_region"), "eu-west-1");
    assert_null(w403_ini_nested(NULL, W403_LIT("x")).p);
}

static void test_merging(void **state)
{
    (void)state;
    w403_config c = read_both("[default]\nregion = 1\n[profile a]\nregion = config\noutput = config\n"
                              "[profile a]\noutput = later\n[profile default]\nregion = 2\noutput = x\noutput = y\n",
                              "[a]\nregion = credentials\naws_access_key_id = k\n");
    EQ(get(&c, "a", "region"), "credentials");
    EQ(get(&c, "a", "output"), "later");
    EQ(get(&c, "default", "region"), "2");
    EQ(get(&c, "default", "output"), "y");
    EQ(w403_profile_get_of(&c, &c.config, W403_LIT("a"), "region"), "config");
    assert_null(w403_profile_get_of(&c, &c.config, W403_LIT("a"), "aws_access_key_id").p);
    assert_int_equal(warnings, 3);
    assert_string_equal(warned.message, "setting `output` is there twice: the later settings are used");
    assert_int_equal(warned.line, 11);
    w403_error err;
    w403_configured at = w403_config_find(&c, W403_CONFIG_PROFILE, W403_LIT("a"), "region");
    w403_error_set(&err, W403_SEMANTIC, "here");
    w403_config_place(&at, &err);
    assert_string_equal(err.source, "credentials");
    assert_int_equal(err.line, 2);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned    line, column;
        const char *message;
    } rows[] = {
        {"region = x\n", 1, 1, "a setting stands before the first section"},
        {"[default]\nregion\n", 2, 1, "this line is neither a section nor a setting (`name = value`)"},
        {"[default]\naws_secret_access_key SECRET/SECRET\n", 2, 1,
         "this line is neither a section nor a setting (`name = value`)"},
        {"[default]\n  aws_secret_access_key SECRET\n", 2, 3,
         "this line is neither a section nor a setting (`name = value`)"},
        {"[default]\n= SECRET\n", 2, 1, "a setting has no name"},
        {"[]\n", 1, 1, "a section has no name, or no `]` behind it"},
        {"[default\nregion = x\n", 1, 1, "a section has no name, or no `]` behind it"},
        {"[default]\ns3 =\n   SECRET\n", 3, 4, "an indented line below a setting without a value must be `name = value`"},
        {"[default]\nregion = \xFF\n", 2, 10, "this is no UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_config c;
        w403_error  err;
        assert_int_equal(w403_config_parse(arena, W403_LIT(""), w403_view_of(rows[i].text), NULL, NULL, &c, &err),
                         W403_SYNTAX);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.source, "credentials");
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.column, rows[i].column);
    }
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words[5];
    } rows[] = {
        {"", {NULL}},
        {"  a  b\tc ", {"a", "b", "c"}},
        {"/bin/x 'a b' \"c d\" e\\ f", {"/bin/x", "a b", "c d", "e f"}},
        {"a''b \"\" ''", {"ab", "", ""}},
        {"\"a\\\"b\\\\c\\$d\" '\\'", {"a\"b\\c\\$d", "\\"}},
        {"$HOME ~ *.c `id` $(id) #x", {"$HOME", "~", "*.c", "`id`", "$(id)"}},
    };
    w403_words w;
    w403_error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(w403_words_split(arena, w403_view_of(rows[i].text), &w, &err), W403_OK);
        for (size_t k = 0; k < 5 && rows[i].words[k]; k++) {
            assert_true(k < w.n);
            EQ(w.at[k], rows[i].words[k]);
            assert_int_equal(w.at[k].p[w.at[k].n], 0);
        }
    }
    assert_int_equal(w403_words_split(arena, W403_LIT("a 'b"), &w, &err), W403_SYNTAX);
    assert_int_equal(w403_words_split(arena, W403_LIT("a \"b"), &w, &err), W403_SYNTAX);
    assert_int_equal(w403_words_split(arena, W403_LIT("a\\"), &w, &err), W403_SYNTAX);
    assert_int_equal(w403_words_split(arena, W403_LIT("a\0b"), &w, &err), W403_SYNTAX);
}

/* Files: the variables that name them, `~`, what is no regular file, what is too large, what others may write. */
static void test_files(void **state)
{
    (void)state;
    char dir[] = "/tmp/w403-config-XXXXXX", path[256];
    assert_non_null(mkdtemp(dir));
    w403_secrets *s;
    w403_error    err;
    w403_config   c;
    assert_int_equal(w403_secrets_open(&s, &err), W403_OK);
    setenv("HOME", dir, 1);
    setenv("W403_NAME", "config", 1);
    setenv("AWS_CONFIG_FILE", "~/$W403_NAME.${W403_NAME}.$NOT_SET", 1);
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    assert_int_equal(w403_config_load(arena, s, NULL, NULL, &c, &err), W403_OK); /* nothing is there */
    assert_false(w403_config_has(&c, W403_CONFIG_PROFILE, W403_LIT("default")));
    (void)snprintf(path, sizeof path, "%s/config.config.$NOT_SET", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("[default]\nregion = here\n", f);
    fclose(f);
    assert_int_equal(w403_config_load(arena, s, NULL, NULL, &c, &err), W403_OK);
    EQ(get(&c, "default", "region"), "here");
    w403_config_wipe(&c);
    assert_int_equal(truncate(path, W403_LIMIT_LIVE_FILE_BYTES + 1), 0);
    assert_int_equal(w403_config_load(arena, s, NULL, NULL, &c, &err), W403_LIMIT);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(w403_config_load(arena, s, NULL, NULL, &c, &err), W403_OK); /* does not wait for a writer */
    w403_view text;
    assert_int_equal(w403_secret_file_read(s, path, W403_SECRET_FILE_MUST_BE, &text, &err), W403_IO);
    unlink(path);
    f = fopen(path, "w");
    fputs("x", f);
    fclose(f);
    assert_int_equal(w403_secret_file_read(s, path, W403_SECRET_FILE_OURS, &text, &err), W403_OK);
    EQ(text, "x");
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(w403_secret_file_read(s, path, W403_SECRET_FILE_OURS, &text, &err), W403_IO);
    unlink(path);
    setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    assert_int_equal(w403_config_load(arena, s, NULL, NULL, &c, &err), W403_OK);
    rmdir(dir);
    w403_secrets_close(s);
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
        cmocka_unit_test(test_grammar), cmocka_unit_test(test_indented), cmocka_unit_test(test_merging),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_words),    cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, make, drop);
}

/* Commands that are printed: what arrives at the program is what was put in, and nothing else runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/command.h"

#define EQ(got, want)                                                                                                \
    do {                                                                                                             \
        w403_view v_ = (got);                                                                                        \
        assert_non_null(v_.p);                                                                                       \
        assert_int_equal(v_.n, strlen(want));                                                                        \
        assert_memory_equal(v_.p, (want), v_.n);                                                                     \
    } while (0)

static void test_words(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    static const char *const words[][2] = {
        {"plain-1_./:@+,%x=y", "plain-1_./:@+,%x=y"},
        {"", "''"},
        {"a b", "'a b'"},
        {"it's", "'it'\\''s'"},
        {"$(touch PWNED)`x`!;|&<>*?[]{}~#\\\"", "'$(touch PWNED)`x`!;|&<>*?[]{}~#\\\"'"},
        {"=ls", "'=ls'"},
        {"caf\xC3\xA9", "'caf\xC3\xA9'"},
        {"a\nb\t'\\!", "$'a\\nb\\t\\'\\\\\\041'"},
        {"\033[2J\x07\x7F", "$'\\033[2J\\007\\177'"},
        {"\xFF\xE2\x80\xAE", "$'\\377\\342\\200\\256'"},
        {"\xEF\xBF\xBD", "'\xEF\xBF\xBD'"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        EQ(w403_shell_word(a, w403_view_of(words[i][0])), words[i][1]);
    }
    w403_arena_free(a);
}

/* Every byte but NUL, beside every other: bash gives it back. */
static void test_words_arrive(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    char name[] = "/tmp/w403-command-XXXXXX";
    int fd = mkstemp(name);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    fputs("for a in", f);
    for (unsigned c = 1; c < 256; c++) {
        for (unsigned i = 0; i < 4; i++) {
            char text[6] = {'a', (char)c, "'!\\0"[i], (char)c, '\n', 'b'};
            w403_view word = w403_shell_word(a, (w403_view){text, sizeof text});
            fprintf(f, " %.*s", W403_ARG(word));
        }
    }
    fputs("; do printf '%s' \"$a\"; done\n", f);
    fclose(f);
    char command[64];
    snprintf(command, sizeof command, "bash %s", name);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    for (unsigned c = 1; c < 256; c++) {
        for (unsigned i = 0; i < 4; i++) {
            char want[6] = {'a', (char)c, "'!\\0"[i], (char)c, '\n', 'b'}, got[6] = {0};
            assert_int_equal(fread(got, 1, sizeof got, p), sizeof got);
            assert_memory_equal(got, want, sizeof got);
        }
    }
    assert_int_equal(fgetc(p), EOF);
    assert_int_equal(pclose(p), 0);
    unlink(name);
    w403_arena_free(a);
}

static void test_patterns(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_view none = {NULL, 0}, name = W403_LIT("a $(b)"), dash = W403_LIT("-rf");
    EQ(w403_command_of(a, "aws", "s3 ls", NULL, 0), "aws s3 ls");
    EQ(W403_AWS(a, "s3 cp s3://<bucket>/<key> ./<file>", name, dash, none), "aws s3 cp 's3://a $(b)/-rf' ./FILE");
    EQ(W403_AWS(a, "x --key <key> --file file://<file> --role-name <role-name>", dash, dash, none),
       "aws x --key=-rf --file file://-rf --role-name ROLE_NAME");
    EQ(W403_AWS(a, "x --rule Rules=[{Owner=Me}] --empty <value>", W403_LIT("")),
       "aws x --rule 'Rules=[{Owner=Me}]' --empty ''");
    EQ(W403_AWS(a, "x --tags [{\"Key\":<\"key>,\"Value\":<\"value>}]", W403_LIT("it's \"\\"), W403_LIT("\xE2\x80\xAE\n")),
       "aws x --tags '[{\"Key\":\"it'\\''s \\\"\\\\\",\"Value\":\"\\u202e\\u000a\"}]'");
    EQ(W403_AWS(a, "x --key <key> --version-id <v> --y", W403_LIT("file://~/.aws/credentials"), W403_LIT("1")),
       "aws x --version-id 1 --y --cli-input-json '{\"Key\":\"file://~/.aws/credentials\"}'");
    EQ(W403_AWS(a, "x --version-id <v> --key <key>", W403_LIT("https://a"), W403_LIT("fileb://b")),
       "aws x --cli-input-json '{\"VersionId\":\"https://a\",\"Key\":\"fileb://b\"}'");
    EQ(w403_command_of(a, "why403", "explain --at <v>", W403_VALUES(W403_LIT("file://a"))), "why403 explain --at file://a");
    EQ(W403_REMARK(a, "add --acl <acl> to the command", name), "# add --acl 'a $(b)' to the command");
    EQ(W403_AWS(a, "x --key <key>", W403_LIT("a\0b")), "# no command line can hold the NUL byte that a name has here");
    EQ(w403_command_path(a, dash), "./-rf");
    EQ(w403_command_path(a, name), "a $(b)");
    w403_arena_free(a);
}

static void test_structure(void **state)
{
    (void)state;
    w403_arena *a = w403_arena_new(0);
    w403_command c = {.arena = a};
    w403_command_run(&c, "cat", "-- <file>", W403_VALUES(W403_LIT("a b")));
    w403_command_pipe(&c);
    w403_command_run(&c, "jq", "-c .x[<\"id>]", W403_VALUES(W403_LIT("\"$(x)")));
    w403_command_then(&c);
    w403_command_run(&c, "why403", "explain", NULL, 0);
    w403_command_break(&c);
    w403_command_option(&c, "as", W403_LIT("-x"));
    w403_command_option(&c, "no-snapshot", (w403_view){NULL, 0});
    w403_command_word(&c, W403_LIT("|"));
    w403_command_remark(&c, "one remark", NULL, 0);
    w403_command_next(&c);
    w403_command_remark(&c, "another", NULL, 0);
    EQ(w403_command_end(&c), "cat -- 'a b' | jq -c '.x[\"\\\"$(x)\"]' && why403 explain \\\n  --as=-x --no-snapshot '|'"
                             "  # one remark\n# another");
    c = (w403_command){.arena = a};
    w403_command_document(&c, W403_LIT("a b.json"), W403_LIT("{\n \"\xE2\x80\xAE\": 1}\nEOF\nEOF_\n"));
    EQ(w403_command_end(&c), "cat > 'a b.json' <<'EOF__'\n{\n \"\\u202e\": 1}\nEOF\nEOF_\n\nEOF__");
    w403_arena_free(a);
}

static void test_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 12; n++) {
        w403_arena *a = w403_arena_new(0);
        w403_malloc_fail_after(n);
        w403_command c = {.arena = a};
        w403_command_run(&c, "aws", "x --key <key> --k <k>", W403_VALUES(W403_LIT("file://x"), W403_LIT("-a b")));
        w403_command_then(&c);
        w403_command_document(&c, W403_LIT("x"), W403_LIT("y"));
        w403_command_remark(&c, "a <b>", W403_VALUES(W403_LIT("c")));
        w403_view v = w403_command_end(&c);
        w403_malloc_fail_after(0);
        if (v.p) {
            assert_non_null(strstr(v.p, "--cli-input-json '{\"Key\":\"file://x\"}' && cat > x <<'EOF'\ny\nEOF  # a c"));
            assert_non_null(strstr(v.p, "--k='-a b'"));
        }
        w403_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),     cmocka_unit_test(test_words_arrive), cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_structure), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

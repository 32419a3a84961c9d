#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "collect/compose.h"
#include "collect/folder.h"
#include "collect/join.h"
#include "collect/names.h"

static char root[] = "/tmp/w403-collect-XXXXXX";

static const char *in_root(w403_arena *a, const char *name)
{
    return w403_arena_printf(a, "%s/%s", root, name).p;
}

static int setup(void **state)
{
    *state = w403_arena_new(0);
    return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", root);
    w403_arena_free(*state);
    return system(command);
}

static void assert_text(w403_buf *b, const char *expected)
{
    assert_true(w403_buf_ok(b));
    w403_buf_putc(b, '\0');
    assert_string_equal(b->p, expected);
    w403_buf_free(b);
}

/* ---- compose ---- */

static void test_layout(void **state)
{
    (void)state;
    static const struct { const char *in, *out; } rows[] = {
        {"{}", "{}\n"},
        {"{\"a\":[],\"b\":{} }", "{\n    \"a\": [],\n    \"b\": {}\n}\n"},
        {"{\"a\":[1,{\"b\":\"x, y: {\\\"}\"}],\"c\":null}",
         "{\n    \"a\": [\n        1,\n        {\n            \"b\": \"x, y: {\\\"}\"\n        }\n    ],\n    \"c\": null\n}\n"},
        {"\"text\"", "\"text\"\n"},
        {"[true,\n\tfalse]", "[\n    true,\n    false\n]\n"},
        {"{\"g\":\"gr\xc3\xbc\xc3\x9f\"}", "{\n    \"g\": \"gr\xc3\xbc\xc3\x9f\"\n}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_buf b = {0};
        w403_compose_file(&b, w403_view_of(rows[i].in), (w403_view){NULL, 0});
        assert_text(&b, rows[i].out);
    }
}

static void test_left_out(void **state)
{
    (void)state;
    w403_buf b = {0};
    w403_compose_file(&b, W403_LIT("{\"Accounts\":[{\"Email\":\"a@b\",\"Id\":\"1\"},{\"Id\":\"2\",\"Email\":{\"x\":[1]}}],"
                                   "\"Email\":[\"}\"]}"), W403_LIT("Email"));
    assert_text(&b, "{\n    \"Accounts\": [\n        {\n            \"Id\": \"1\"\n        },\n        {\n"
                    "            \"Id\": \"2\"\n        }\n    ]\n}\n");
}

/* Texts that are no JSON end, and write within their bounds. */
static void test_layout_ends(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ":", "{:", "}]", "\"a", "{\"a\":", "[,,,]", "\"\\", "{\"Email\"", "{\"Email\":"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        w403_buf b = {0};
        w403_compose_file(&b, w403_view_of(bad[i]), W403_LIT("Email"));
        w403_compose_elements(&b, w403_view_of(bad[i]), 1, true, W403_LIT("Email"));
        assert_true(w403_buf_ok(&b));
        w403_buf_free(&b);
    }
}

static void test_failures(void **state)
{
    (void)state;
    w403_buf b = {0};
    w403_compose_error(&b, &(w403_compose_failure){.code = W403_LIT("NoSuchBucketPolicy")}, 0);
    assert_text(&b, "{\n    \"error\": {\n        \"code\": \"NoSuchBucketPolicy\"\n    }\n}");
    w403_compose_error_flat(&b, &(w403_compose_failure){W403_LIT("AccessDenied"), W403_LIT("no \"way\""),
                                                        W403_LIT("s3:GetBucketPolicy"), W403_LIT("2026-11-30T12:00:00Z")});
    assert_text(&b, "{\"error\":{\"code\":\"AccessDenied\",\"message\":\"no \\\"way\\\"\",\"call\":\"s3:GetBucketPolicy\","
                    "\"at\":\"2026-11-30T12:00:00Z\"}}");
}

static void test_members(void **state)
{
    (void)state;
    w403_buf b = {0};
    const w403_compose_part parts[] = {{{NULL, 0}, W403_LIT(" {\"Name\": \"x\"} ")},
                                       {W403_LIT("Policy"), W403_LIT("\"{}\"")},
                                       {W403_LIT("Grants"), {NULL, 0}},
                                       {W403_LIT("Aliases"), W403_LIT("[]")}};
    w403_compose_members(&b, parts, 4);
    assert_text(&b, "{\"Name\": \"x\",\"Policy\":\"{}\",\"Aliases\":[]}");
    w403_compose_members(&b, (const w403_compose_part[]){{{NULL, 0}, W403_LIT("{}")}}, 1);
    assert_text(&b, "{}");
}

/* ---- names ---- */

static void test_names(void **state)
{
    (void)state;
    assert_true(w403_name_is(W403_NAME_BUCKET, W403_LIT("doc-example.bucket")));
    assert_true(w403_name_is(W403_NAME_BUCKET, W403_LIT("Old_Bucket")));
    assert_true(w403_name_is(W403_NAME_POLICY, W403_LIT("p-FullAWSAccess")));
    assert_true(w403_name_is(W403_NAME_ORG_UNIT, W403_LIT("ou-ab12-11111111")));
    assert_true(w403_name_is(W403_NAME_INVENTORY, W403_LIT("daily.v2")));
    const struct { w403_name_kind kind; w403_view name; } bad[] = {
        {W403_NAME_BUCKET, W403_LIT("../../etc")}, {W403_NAME_BUCKET, W403_LIT("..")},
        {W403_NAME_BUCKET, W403_LIT(".hidden")},   {W403_NAME_BUCKET, W403_LIT("a..b")},
        {W403_NAME_BUCKET, W403_LIT("")},          {W403_NAME_BUCKET, W403_LIT("a\0bc")},
        {W403_NAME_KEY, W403_LIT("key/id")},       {W403_NAME_KEY, W403_LIT("arn:aws:kms")},
        {W403_NAME_ACCESS_POINT, W403_LIT("a\nb")}, {W403_NAME_INVENTORY, W403_LIT("..%2f")},
        {W403_NAME_POLICY, W403_LIT("q-abc")},     {W403_NAME_ACCOUNT, W403_LIT("11112222333")},
        {W403_NAME_REGION, W403_LIT("us-east-1/x")}, {W403_NAME_BUCKET, W403_LIT("b\xc3\xbc""cher")},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(w403_name_is(bad[i].kind, bad[i].name));
    }
    char *large = malloc(1 << 20);
    assert_non_null(large);
    memset(large, 'a', 1 << 20);
    assert_false(w403_name_is(W403_NAME_BUCKET, (w403_view){large, 1 << 20}));
    free(large);
}

/* ---- folder ---- */

static w403_view content(w403_arena *a, const char *name)
{
    w403_view  v = {NULL, 0};
    w403_error err;
    return w403_file_read(a, in_root(a, name), &v, &err) == W403_OK ? v : (w403_view){NULL, 0};
}

static size_t entries(w403_arena *a, const char *name)
{
    char command[512], line[32];
    (void)snprintf(command, sizeof command, "find '%s' -type f | wc -l", in_root(a, name));
    FILE *p = popen(command, "r");
    assert_non_null(p);
    assert_non_null(fgets(line, sizeof line, p));
    pclose(p);
    return (size_t)strtoul(line, NULL, 10);
}

static void test_files_appear_whole(void **state)
{
    w403_arena  *a = *state;
    w403_error   err = {0};
    w403_folder *f;
    struct stat  info;
    assert_int_equal(w403_folder_open(in_root(a, "deep/er/snapshot"), &f, &err), W403_OK);
    assert_int_equal(w403_folder_write(f, W403_LIT("accounts/1/s3/b/policy.json"), W403_LIT("{}\n"), &err), W403_OK);
    assert_true(w403_view_eq(content(a, "deep/er/snapshot/accounts/1/s3/b/policy.json"), W403_LIT("{}\n")));
    assert_int_equal(w403_folder_write(f, W403_LIT("accounts/1/s3/b/policy.json"), W403_LIT("[]\n"), &err), W403_OK);
    assert_int_equal(w403_folder_settle(f, &err), W403_OK);
    assert_true(w403_view_eq(content(a, "deep/er/snapshot/accounts/1/s3/b/policy.json"), W403_LIT("[]\n")));
    assert_int_equal(stat(in_root(a, "deep/er/snapshot/accounts/1/s3/b/policy.json"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(in_root(a, "deep/er/snapshot/accounts/1"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    w403_view text;
    bool      larger;
    assert_int_equal(w403_folder_read(f, a, W403_LIT("accounts/1/s3/b/policy.json"), 10, &text, &larger, &err), W403_OK);
    assert_true(w403_view_eq(text, W403_LIT("[]\n")) && !larger);
    assert_int_equal(w403_folder_read(f, a, W403_LIT("accounts/1/s3/b/policy.json"), 1, &text, &larger, &err), W403_OK);
    assert_true(!text.p && larger);
    assert_int_equal(w403_folder_read(f, a, W403_LIT("accounts/2/s3/b/policy.json"), 1, &text, &larger, &err), W403_OK);
    assert_true(!text.p && !larger);
    w403_folder_file file;
    assert_int_equal(w403_folder_create(f, W403_LIT("accounts/x.json"), &file, &err), W403_OK);
    assert_int_equal(w403_folder_put(&file, W403_LIT("{"), &err), W403_OK);
    assert_null(content(a, "deep/er/snapshot/accounts/x.json").p);
    w403_folder_drop(f, &file);
    w403_folder_close(f);
    assert_int_equal(entries(a, "deep"), 1);
}

static void test_many_files(void **state)
{
    w403_arena  *a = *state;
    w403_error   err = {0};
    w403_folder *f;
    assert_int_equal(w403_folder_open(in_root(a, "many"), &f, &err), W403_OK);
    for (int i = 0; i < 1000; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "accounts/%d/s3/b%d/policy.json", i % 7, i);
        assert_int_equal(w403_folder_write(f, w403_view_of(path), W403_LIT("{}\n"), &err), W403_OK);
    }
    assert_int_equal(w403_folder_settle(f, &err), W403_OK);
    assert_int_equal(w403_folder_remove(f, W403_LIT("accounts/0/s3/b0/policy.json"), &err), W403_OK);
    assert_int_equal(w403_folder_remove(f, W403_LIT("accounts/0/s3/b0/policy.json"), &err), W403_OK);
    w403_folder_close(f);
    assert_int_equal(entries(a, "many"), 999);
}

static void test_nothing_outside(void **state)
{
    w403_arena  *a = *state;
    w403_error   err = {0};
    w403_folder *f;
    assert_int_equal(w403_folder_open(in_root(a, "inside"), &f, &err), W403_OK);
    const w403_view bad[] = {W403_LIT("../x.json"), W403_LIT("accounts/../../x.json"), W403_LIT("/etc/x.json"),
                                    W403_LIT("accounts/./x.json"), W403_LIT("accounts//x.json"), W403_LIT("a/b\0c.json"),
                                    W403_LIT("a/.hidden"), W403_LIT("a/"), W403_LIT(""), W403_LIT("a/x\n.json")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(w403_folder_write(f, bad[i], W403_LIT("{}"), &err), W403_IO);
    }
    char long_name[300];
    memset(long_name, 'a', sizeof long_name);
    assert_int_equal(w403_folder_write(f, (w403_view){long_name, 300}, W403_LIT("{}"), &err), W403_IO);
    assert_int_equal(w403_folder_write(f, (w403_view){long_name, 250}, W403_LIT("{}"), &err), W403_IO);
    /* A link that somebody put there is not followed, be it a folder's or a file's. */
    assert_int_equal(mkdir(in_root(a, "elsewhere"), 0700), 0);
    assert_int_equal(symlink(in_root(a, "elsewhere"), in_root(a, "inside/linked")), 0);
    assert_int_equal(w403_folder_write(f, W403_LIT("linked/x.json"), W403_LIT("{}"), &err), W403_IO);
    assert_string_equal(err.hint, "a snapshot is not written through links");
    assert_int_equal(symlink(in_root(a, "elsewhere/y"), in_root(a, "inside/y.json")), 0);
    assert_int_equal(w403_folder_write(f, W403_LIT("y.json"), W403_LIT("{}"), &err), W403_OK);
    assert_int_equal(w403_folder_settle(f, &err), W403_OK); /* the link is replaced */
    w403_folder_close(f);
    assert_int_equal(entries(a, "elsewhere"), 0);
}

static void test_trees(void **state)
{
    w403_arena  *a = *state;
    w403_error   err = {0};
    w403_folder *f;
    assert_true(w403_folder_is_empty(in_root(a, "old")));
    assert_int_equal(w403_folder_open(in_root(a, "old"), &f, &err), W403_OK);
    assert_true(w403_folder_is_empty(in_root(a, "old")));
    assert_int_equal(w403_folder_write(f, W403_LIT("a/b/.x"), W403_LIT("1"), &err), W403_IO);
    assert_int_equal(w403_folder_write(f, W403_LIT("a/b/x"), W403_LIT("1"), &err), W403_OK);
    assert_int_equal(w403_folder_settle(f, &err), W403_OK);
    w403_folder_close(f);
    assert_false(w403_folder_is_empty(in_root(a, "old")));
    assert_int_equal(close(open(in_root(a, "old/a/.x.json.tmp.4711"), O_CREAT | O_WRONLY, 0600)), 0);
    assert_int_equal(close(open(in_root(a, "old/a/.gitignore"), O_CREAT | O_WRONLY, 0600)), 0);
    assert_int_equal(w403_folder_clean(in_root(a, "old"), &err), W403_OK);
    assert_int_equal(entries(a, "old"), 2);
    assert_int_equal(w403_folder_open(in_root(a, "new"), &f, &err), W403_OK);
    assert_int_equal(w403_folder_write(f, W403_LIT("c"), W403_LIT("2"), &err), W403_OK);
    assert_int_equal(w403_folder_settle(f, &err), W403_OK);
    w403_folder_close(f);
    assert_int_equal(w403_folder_exchange(in_root(a, "new"), in_root(a, "old"), &err), W403_OK);
    assert_true(w403_view_eq(content(a, "old/c"), W403_LIT("2")));
    assert_int_equal(entries(a, "old"), 1);
    assert_int_equal(access(in_root(a, "new"), F_OK), -1);
    assert_int_equal(w403_folder_delete(in_root(a, "old"), &err), W403_OK);
    assert_int_equal(access(in_root(a, "old"), F_OK), -1);
    assert_int_equal(w403_folder_delete(in_root(a, "old"), &err), W403_OK);
}

/* ---- join ---- */

static void test_join(void **state)
{
    w403_arena *a = *state;
    w403_error  err = {0};
    w403_join  *j;
    w403_buf    b = {0};
    (void)a;
    assert_int_equal(w403_join_open(NULL, W403_LIT("x.json"), W403_LIT("Email"), &j, &err), W403_OK);
    assert_int_equal(w403_join_page(j, W403_LIT("{\"L\":[{\"a\":1}],\"M\":[],\"n\":7}"), &err), W403_OK);
    assert_int_equal(w403_join_page(j, W403_LIT("{\"L\":[],\"n\":8}"), &err), W403_OK);
    assert_int_equal(w403_join_page(j, W403_LIT("{\"L\":[2,{\"Email\":1}],\"O\":[[]]}"), &err), W403_OK);
    assert_int_equal(w403_join_text(j, &b, &err), W403_OK);
    w403_join_close(j);
    assert_text(&b, "{\n    \"L\": [\n        {\n            \"a\": 1\n        },\n        2,\n        {}\n    ],\n"
                    "    \"M\": [],\n    \"n\": 7,\n    \"O\": [\n        []\n    ]\n}\n");
    assert_int_equal(w403_join_open(NULL, W403_LIT("x.json"), (w403_view){NULL, 0}, &j, &err), W403_OK);
    assert_int_equal(w403_join_page(j, W403_LIT("{}"), &err), W403_OK);
    assert_int_equal(w403_join_text(j, &b, &err), W403_OK);
    assert_int_equal(w403_join_page(j, W403_LIT("[1]"), &err), W403_SYNTAX);
    assert_int_equal(w403_join_page(j, W403_LIT("{"), &err), W403_SYNTAX);
    w403_join_close(j);
    assert_text(&b, "{}\n");
}

/* What does not fit into memory goes through a file that nobody sees, and comes out the same. */
static void test_join_spills(void **state)
{
    w403_arena  *a = *state;
    w403_error   err = {0};
    w403_folder *f;
    w403_join   *j;
    w403_buf     page = {0}, expected = {0};
    assert_int_equal(w403_folder_open(in_root(a, "joined"), &f, &err), W403_OK);
    assert_int_equal(w403_join_open(f, W403_LIT("iam/details.json"), (w403_view){NULL, 0}, &j, &err), W403_OK);
    w403_buf_puts(&expected, "{\n    \"Roles\": [");
    for (int i = 0; i < 200; i++) {
        w403_buf_clear(&page);
        w403_buf_puts(&page, "{\"Roles\":[");
        for (int k = 0; k < 100; k++) {
            w403_buf_printf(&page, "%s\"role-%d-%d-with-a-name-that-is-long-enough\"", k ? "," : "", i, k);
            w403_buf_printf(&expected, "%s\n        \"role-%d-%d-with-a-name-that-is-long-enough\"", i + k ? "," : "", i, k);
        }
        w403_buf_puts(&page, "],\"Users\":[]}");
        assert_int_equal(w403_join_page(j, w403_buf_view(&page), &err), W403_OK);
        assert_int_equal(entries(a, "joined"), 0);
    }
    w403_buf_puts(&expected, "\n    ],\n    \"Users\": []\n}\n");
    assert_int_equal(w403_join_write(j, &err), W403_OK);
    w403_join_close(j);
    assert_int_equal(w403_folder_settle(f, &err), W403_OK);
    w403_folder_close(f);
    w403_view got = content(a, "joined/iam/details.json");
    assert_int_equal(got.n, expected.n);
    assert_memory_equal(got.p, expected.p, got.n);
    assert_true(got.n > 500000);
    w403_buf_free(&page);
    w403_buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),      cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_layout_ends), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_members),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_files_appear_whole), cmocka_unit_test(test_many_files),
        cmocka_unit_test(test_nothing_outside),    cmocka_unit_test(test_trees),
        cmocka_unit_test(test_join),        cmocka_unit_test(test_join_spills),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

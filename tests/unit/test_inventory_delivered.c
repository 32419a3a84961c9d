/* inventory/delivered.h: which inventories arrived. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "inventory/delivered.h"

static char root[] = "/tmp/w403-delivered-XXXXXX";
static w403_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = w403_arena_new(0);
    return arena && mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    w403_arena_free(arena);
    return system(command);
}

static void put(const char *where, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, where);
    for (char *p = path + sizeof root; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(path, 0777);
            *p = '/';
        }
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* checksum: 'y' right, 'n' wrong, '-' none */
static void put_delivery(const char *prefix, const char *source, const char *id, const char *time, char checksum)
{
    char manifest[600], where[300], hex[40] = "";
    w403_md5 md5;
    snprintf(manifest, sizeof manifest,
             "{\"sourceBucket\":\"%s\",\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\",\"files\":[{\"key\":"
             "\"%s%s/%s/data/%s.csv\",\"size\":4}]}",
             source, prefix, source, id, time);
    snprintf(where, sizeof where, "%s%s/%s/%s/manifest.json", prefix, source, id, time);
    put(where, manifest);
    snprintf(where, sizeof where, "%s%s/%s/data/%s.csv", prefix, source, id, time);
    put(where, "a,b\n");
    w403_md5_of(w403_view_of(manifest), &md5);
    for (size_t i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", (uint8_t)(md5.bytes[i] + (checksum == 'n')));
    }
    snprintf(where, sizeof where, "%s%s/%s/%s/manifest.checksum", prefix, source, id, time);
    if (checksum != '-') {
        put(where, hex);
    }
}

static void test_keys(void **state)
{
    (void)state;
    w403_delivery d;
    assert_true(w403_delivery_of_key(W403_LIT("a/b/src/daily/2026-11-21T01-30Z/manifest.json"), &d));
    assert_true(w403_view_eq(d.prefix, W403_LIT("a/b")));
    assert_true(w403_view_eq(d.source_bucket, W403_LIT("src")));
    assert_true(w403_view_eq(d.config_id, W403_LIT("daily")));
    w403_instant want;
    assert_true(w403_instant_parse(W403_LIT("2026-11-21T01:30:00Z"), &want));
    assert_true(d.at == want);
    assert_true(w403_delivery_of_key(W403_LIT("src/daily/2026-11-21T01-30Z/manifest.json"), &d));
    assert_int_equal(d.prefix.n, 0);
    /* a destination prefix that ends in a slash */
    assert_true(w403_delivery_of_key(W403_LIT("inv//src/daily/2026-11-21T01-30Z/manifest.json"), &d));
    assert_true(w403_view_eq(d.prefix, W403_LIT("inv")));
    assert_true(w403_view_eq(d.source_bucket, W403_LIT("src")));
    const char *const others[] = {
        "",
        "manifest.json",
        "src/daily/manifest.json",
        "src/daily/2026-11-21T01:30Z/manifest.json",
        "src/daily/2026-13-21T01-30Z/manifest.json",
        "src/daily/2026-11-21T01-30Z/manifest.checksum",
        "daily/2026-11-21T01-30Z/manifest.json",
        "src/daily/hive/dt=2026-11-21-01-30/symlink.txt",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(w403_delivery_of_key(w403_view_of(others[i]), &d));
    }
}

static void test_list(void **state)
{
    (void)state;
    w403_deliveries d;
    w403_problems ps = {.arena = arena};
    w403_error err = {0};
    const w403_view none = {NULL, 0};
    put_delivery("inv/", "src", "daily", "2026-11-21T01-00Z", 'y');
    put_delivery("inv/", "src", "daily", "2026-11-19T01-00Z", 'y');
    put_delivery("inv/", "src", "daily", "2026-11-22T01-00Z", '-');
    put_delivery("inv/", "src", "daily", "2026-11-20T01-00Z", 'n');
    put_delivery("", "other", "weekly", "2026-11-15T01-00Z", 'y');
    put("inv/src/daily/2026-11-18T01-00Z/manifest.json", "{");
    put("inv/src/daily/hive/dt=2026-11-21-01-00/symlink.txt", "s3://x\n");
    put("elsewhere/manifest.json", "{}");
    assert_int_equal(w403_deliveries_list(arena, root, none, none, &ps, &d, &err), W403_OK);
    const struct {
        const char *source, *time;
        w403_tri verified;
    } want[] = {
        {"other", "2026-11-15T01:00:00Z", W403_YES}, {"src", "2026-11-18T01:00:00Z", W403_NO},
        {"src", "2026-11-19T01:00:00Z", W403_YES},   {"src", "2026-11-20T01:00:00Z", W403_NO},
        {"src", "2026-11-21T01:00:00Z", W403_YES},   {"src", "2026-11-22T01:00:00Z", W403_UNKNOWN},
    };
    assert_int_equal(d.n, 6);
    for (size_t i = 0; i < 6; i++) {
        w403_instant at;
        assert_true(w403_instant_parse(w403_view_of(want[i].time), &at));
        assert_true(d.at[i].at == at && d.at[i].verified == want[i].verified);
        assert_true(w403_view_eq(d.at[i].source_bucket, w403_view_of(want[i].source)));
    }
    assert_int_equal(ps.n, 2); /* the wrong checksum, the broken manifest */
    assert_null(d.at[1].manifest);
    assert_true(w403_view_eq(d.at[4].prefix, W403_LIT("inv")));
    assert_int_equal(d.at[0].prefix.n, 0);

    assert_ptr_equal(w403_deliveries_latest(&d, W403_LIT("src"), none, W403_YES), &d.at[4]);
    assert_ptr_equal(w403_deliveries_latest(&d, W403_LIT("src"), W403_LIT("daily"), W403_UNKNOWN), &d.at[5]);
    assert_null(w403_deliveries_latest(&d, W403_LIT("src"), W403_LIT("weekly"), W403_UNKNOWN));
    assert_int_equal(w403_deliveries_list(arena, root, W403_LIT("other"), none, &ps, &d, &err), W403_OK);
    assert_int_equal(d.n, 1);
    assert_int_equal(w403_deliveries_list(arena, "/nonexistent", none, none, &ps, &d, &err), W403_IO);
}

/* Only the configuration's own directory was fetched: its path still tells bucket and id, the manifest the prefix. */
static void test_part(void **state)
{
    (void)state;
    w403_deliveries d;
    w403_problems ps = {.arena = arena};
    w403_error err = {0};
    char deep[200];
    put_delivery("x/y/", "src2", "id", "2026-11-21T01-00Z", 'y');
    snprintf(deep, sizeof deep, "%s/x/y/src2/id/2026-11-21T01-00Z", root);
    assert_int_equal(w403_deliveries_list(arena, deep, (w403_view){NULL, 0}, W403_LIT("id"), &ps, &d, &err), W403_OK);
    assert_int_equal(d.n, 1);
    assert_true(w403_view_eq(d.at[0].source_bucket, W403_LIT("src2")));
    assert_true(w403_view_eq(d.at[0].prefix, W403_LIT("x/y")));
    assert_int_equal(d.at[0].verified, W403_YES);
    assert_int_equal(d.at[0].manifest->n_files, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_part),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

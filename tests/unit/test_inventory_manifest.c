/* inventory/schema.h, checksum.h, manifest.h: what a delivered report says of itself, and where its files lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "inventory/manifest.h"

#define DATA     "\"a\",\"b\"\n" /* md5 below, 8 bytes */
#define DATA_MD5 "feacc5a1e3de577da27a5f7f2078fb5c"

static char root[] = "/tmp/w403-manifest-XXXXXX";
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

static w403_status schema(const char *text, w403_inv_schema *s, w403_error *err)
{
    return w403_inv_schema_parse(w403_view_of(text), s, err);
}

static void test_schema(void **state)
{
    (void)state;
    w403_inv_schema s;
    w403_error err = {0};
    assert_int_equal(schema("Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, "
                            "StorageClass, IsMultipartUploaded, ReplicationStatus, EncryptionStatus, "
                            "ObjectLockRetainUntilDate, ObjectLockMode, ObjectLockLegalHoldStatus, "
                            "IntelligentTieringAccessTier, BucketKeyStatus, ChecksumAlgorithm, "
                            "ObjectAccessControlList, ObjectOwner, LifecycleExpirationDate",
                            &s, &err),
                     W403_OK);
    assert_int_equal(s.n, W403_INV_COLUMNS);
    for (w403_inv_column c = 0; c < W403_INV_COLUMNS; c++) {
        assert_int_equal(s.at[c], c);
        assert_true(w403_inv_column_name(c)[0] != '\0');
    }
    assert_string_equal(w403_inv_column_name(W403_INV_COLUMNS), "");
    /* any order, unknown columns, odd blanks and case */
    assert_int_equal(schema(" ObjectOwner,Novel ,key,BUCKET", &s, &err), W403_OK);
    assert_int_equal(s.n, 4);
    assert_int_equal(s.at[W403_INV_OWNER], 0);
    assert_int_equal(s.at[W403_INV_KEY], 2);
    assert_int_equal(s.at[W403_INV_SIZE], W403_INV_NO_COLUMN);
    assert_int_equal(schema("Bucket, Size", &s, &err), W403_SEMANTIC);
    assert_int_equal(schema("", &s, &err), W403_SEMANTIC);
    assert_int_equal(schema("Bucket, Key, Key", &s, &err), W403_SEMANTIC);
    assert_non_null(strstr(err.message, "`Key` twice"));
    char many[65 * 4 + 4];
    size_t n = 0;
    for (int i = 0; i < 63; i++) {
        n += (size_t)snprintf(many + n, sizeof many - n, "N%d,", i);
    }
    memcpy(many + n, "Key", 4);
    assert_int_equal(schema(many, &s, &err), W403_OK); /* 64 */
    memcpy(many + n, "N,Key", 6);
    assert_int_equal(schema(many, &s, &err), W403_SEMANTIC); /* 65 */
}

static void test_header(void **state)
{
    (void)state;
    w403_inv_schema s;
    const w403_view header[] = {W403_LIT("Bucket"), W403_LIT("Key"), W403_LIT("Size")};
    const w403_view row[] = {W403_LIT("src"), W403_LIT("Key"), W403_LIT("12")};
    assert_true(w403_inv_schema_of_header(header, 3, &s));
    assert_int_equal(s.at[W403_INV_SIZE], 2);
    assert_false(w403_inv_schema_of_header(header, 1, &s));
    assert_false(w403_inv_schema_of_header(row, 3, &s));
}

/* What Athena, Parquet and ORC call them; columns that nobody knows are skipped. */
static void test_query_header(void **state)
{
    (void)state;
    w403_inv_schema s;
    const w403_view query[] = {W403_LIT("bucket"), W403_LIT("key"), W403_LIT("version_id"), W403_LIT("is_latest"), W403_LIT("dt")};
    const w403_view camel[] = {W403_LIT("Bucket"), W403_LIT("Key"), W403_LIT("Last Modified Date"), W403_LIT("Comment")};
    const w403_view alone[] = {W403_LIT("mybucket"), W403_LIT("key")};
    const w403_view twice[] = {W403_LIT("key"), W403_LIT("version_id"), W403_LIT("VersionId")};
    const w403_view task[] = {W403_LIT("b"), W403_LIT("k"), W403_LIT(""), W403_LIT("failed"), W403_LIT("403"), W403_LIT("x"), W403_LIT("y")};
    const w403_view lens[] = {W403_LIT("bucket_name"), W403_LIT("metric_name"), W403_LIT("metric_value")};
    assert_true(w403_inv_schema_of_header(query, 5, &s));
    assert_true(s.raw_keys);
    assert_int_equal(s.at[W403_INV_VERSION_ID], 2);
    assert_int_equal(s.at[W403_INV_IS_LATEST], 3);
    assert_int_equal(s.n, 5);
    assert_true(w403_inv_schema_of_header(camel, 4, &s));
    assert_false(s.raw_keys);
    assert_int_equal(s.at[W403_INV_LAST_MODIFIED], 2);
    assert_false(w403_inv_schema_of_header(alone, 2, &s));
    assert_false(w403_inv_schema_of_header(twice, 3, &s));
    assert_non_null(w403_inv_foreign_table(task, 7));
    assert_non_null(w403_inv_foreign_table(lens, 3));
    assert_null(w403_inv_foreign_table(query, 5));
}

static void test_key(void **state)
{
    (void)state;
    w403_view plain = W403_LIT("data/a.csv"), got = w403_inv_key_decode(arena, plain);
    assert_ptr_equal(got.p, plain.p);
    got = w403_inv_key_decode(arena, W403_LIT("a+b%2Bc%C3%A9%20"));
    assert_true(w403_view_eq(got, W403_LIT("a b+c\xc3\xa9 ")));
    assert_null(w403_inv_key_decode(arena, W403_LIT("a%2")).p);
    assert_int_equal(w403_inv_key_decode(arena, W403_LIT("")).n, 0);
}

static void test_md5(void **state)
{
    (void)state;
    w403_md5 a, b;
    w403_error err = {0};
    w403_md5_of(W403_LIT("abc"), &a);
    assert_true(w403_md5_parse(W403_LIT(" 900150983CD24FB0d6963f7d28e17f72\n"), &b));
    assert_true(w403_md5_eq(&a, &b));
    w403_md5_of((w403_view){NULL, 0}, &a);
    assert_true(w403_md5_parse(W403_LIT("d41d8cd98f00b204e9800998ecf8427e"), &b));
    assert_true(w403_md5_eq(&a, &b));
    assert_int_equal(w403_md5_file("/dev/null", &a, &err), W403_OK);
    assert_true(w403_md5_eq(&a, &b));
    assert_false(w403_md5_parse(W403_LIT("d41d8cd98f00b204e9800998ecf8427"), &b));
    assert_false(w403_md5_parse(W403_LIT("g41d8cd98f00b204e9800998ecf8427e"), &b));
    assert_int_equal(w403_md5_file("/nonexistent", &a, &err), W403_IO);
}

/* ---- manifests ---- */

#define HEAD "{\"sourceBucket\":\"src\",\"destinationBucket\":\"arn:aws:s3:::dst\",\"version\":\"2016-11-30\","

static w403_status parse(const char *text, w403_manifest *m, w403_problems *ps, w403_error *err)
{
    *ps = (w403_problems){.arena = arena};
    return w403_manifest_parse(arena, W403_LIT("m.json"), w403_view_of(text), ps, m, err);
}

static void test_parse(void **state)
{
    (void)state;
    w403_manifest m;
    w403_problems ps;
    w403_error err = {0};
    assert_int_equal(parse(HEAD
                           "\"creationTimestamp\":\"1514944800000\",\"fileFormat\":\"CSV\",\"fileSchema\":"
                           "\"Bucket, Key\",\"later\":{},\"files\":[{\"key\":\"p/src/id/data/x.csv.gz\",\"size\":"
                           "2147483647,\"MD5checksum\":\"f11166069f1990abeb9c97ace9cdfabc\"},{\"key\":\"y\"}]}",
                           &m, &ps, &err),
                     W403_OK);
    assert_true(w403_view_eq(m.source_bucket, W403_LIT("src")));
    assert_true(w403_view_eq(m.destination_bucket, W403_LIT("arn:aws:s3:::dst")));
    assert_true(m.created == (w403_instant)1514944800 * 1000000);
    assert_int_equal(m.format, W403_INV_CSV);
    assert_int_equal(m.schema.n, 2);
    assert_int_equal(m.n_files, 2);
    assert_int_equal(m.files[0].size, 2147483647);
    assert_true(m.files[0].has_md5 && m.files[0].md5.bytes[0] == 0xf1);
    assert_true(!m.files[1].has_md5 && m.files[1].size == UINT64_MAX);
    assert_int_equal(ps.n, 0);
    assert_int_equal(m.checksum, W403_UNKNOWN);
    assert_int_equal(w403_manifest_require_csv(&m, &err), W403_OK);
}

static void test_formats(void **state)
{
    (void)state;
    w403_manifest m;
    w403_problems ps;
    w403_error err = {0};
    const char *const names[] = {"ORC", "Parquet"};
    for (int i = 0; i < 2; i++) {
        char text[400];
        snprintf(text, sizeof text, HEAD "\"fileFormat\":\"%s\",\"fileSchema\":\"struct<...>\",\"files\":[]}",
                 names[i]);
        assert_int_equal(parse(text, &m, &ps, &err), W403_OK);
        assert_int_equal(w403_manifest_require_csv(&m, &err), W403_SEMANTIC);
        assert_non_null(strstr(err.message, names[i]));
        assert_non_null(strstr(err.hint, "`CSV`"));
    }
}

static void test_parse_errors(void **state)
{
    (void)state;
    w403_manifest m;
    w403_problems ps;
    w403_error err = {0};
    const struct {
        const char *text;
        w403_status status;
        const char *says;
    } bad[] = {
        {"{", W403_SYNTAX, ""},
        {"[]", W403_SEMANTIC, "an object"},
        {"{}", W403_SEMANTIC, "fileFormat"},
        {HEAD "\"fileFormat\":\"XML\"}", W403_SEMANTIC, "`XML`"},
        {HEAD "\"fileFormat\":\"CSV\",\"files\":[]}", W403_SEMANTIC, "fileSchema"},
        {HEAD "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket\",\"files\":[]}", W403_SEMANTIC, "`Key`"},
        {HEAD "\"fileFormat\":\"CSV\",\"fileSchema\":\"Key\"}", W403_SEMANTIC, "`files`"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(bad[i].text, &m, &ps, &err), bad[i].status);
        assert_non_null(strstr(err.message, bad[i].says));
        assert_string_equal(err.source, "m.json");
    }
    /* a bad entry costs itself only */
    assert_int_equal(parse(HEAD
                           "\"fileFormat\":\"CSV\",\"fileSchema\":\"Key\",\"files\":[{\"key\":\"a/../../x\"},{},"
                           "{\"key\":\"a\",\"size\":-1},{\"key\":\"b\",\"MD5checksum\":\"zz\"},7,{\"key\":\"ok\"}]}",
                           &m, &ps, &err),
                     W403_OK);
    assert_int_equal(m.n_files, 1);
    assert_int_equal(m.damaged, 5);
    assert_int_equal(ps.n, 5);
    assert_true(w403_view_eq(m.files[0].key, W403_LIT("ok")));
}

/* ---- on disk ---- */

static const char *put(const char *where, const char *text)
{
    static char path[512];
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
    return path;
}

#define MANIFEST                                                                                                     \
    HEAD "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, "                                                          \
         "Key\",\"files\":[{\"key\":\"inv/src/id/data/a.csv\",\"size\":8,"                                           \
         "\"MD5checksum\":\"" DATA_MD5 "\"},{\"key\":\"inv/src/id/data/b.csv\",\"size\":8}]}"

static void load(const char *path, w403_manifest *m, w403_problems *ps)
{
    w403_error err = {0};
    *ps = (w403_problems){.arena = arena};
    assert_int_equal(w403_manifest_load(arena, path, ps, m, &err), W403_OK);
}

/* The same delivery, mirrored in four ways. */
static void test_resolve(void **state)
{
    (void)state;
    const struct {
        const char *manifest, *a, *b;
    } mirrors[] = {
        {"1/inv/src/id/2026-11-21T01-00Z/manifest.json", "1/inv/src/id/data/a.csv", "1/inv/src/id/data/b.csv"},
        {"2/src/id/2026-11-21T01-00Z/manifest.json", "2/src/id/data/a.csv", "2/src/id/data/b.csv"},
        {"3/2026-11-21T01-00Z/manifest.json", "3/data/a.csv", "3/data/b.csv"},
        {"4/manifest.json", "4/a.csv", "4/b.csv"},
    };
    for (size_t i = 0; i < 4; i++) {
        w403_manifest m;
        w403_problems ps;
        put(mirrors[i].a, DATA);
        put(mirrors[i].b, DATA);
        load(put(mirrors[i].manifest, MANIFEST), &m, &ps);
        assert_int_equal(ps.n, 0);
        assert_int_equal(m.missing, 0);
        char want[200];
        snprintf(want, sizeof want, "%s/%s", root, mirrors[i].a);
        assert_string_equal(m.files[0].path.p, want);
        assert_true(w403_view_ends(m.files[1].path, W403_LIT("/b.csv")));
    }
}

static void test_relative(void **state)
{
    (void)state;
    char old[512], deep[200];
    w403_manifest m;
    w403_problems ps;
    put("r/inv/src/id/data/a.csv", DATA);
    put("r/inv/src/id/data/b.csv", DATA);
    put("r/inv/src/id/2026-11-21T01-00Z/manifest.json", MANIFEST);
    assert_non_null(getcwd(old, sizeof old));
    snprintf(deep, sizeof deep, "%s/r/inv/src/id/2026-11-21T01-00Z", root);
    assert_int_equal(chdir(deep), 0);
    load("manifest.json", &m, &ps);
    assert_int_equal(ps.n, 0);
    assert_string_equal(m.files[0].path.p, "../data/a.csv");
    load("../2026-11-21T01-00Z/manifest.json", &m, &ps);
    assert_int_equal(ps.n, 0);
    assert_int_equal(chdir(old), 0);
}

/* A manifest of somebody else opens nothing outside its delivery: no path, no URL, no climbing, no link. */
static void test_outside(void **state)
{
    (void)state;
    char text[2000], link_at[300];
    w403_manifest m;
    w403_problems ps;
    char secret[300];
    snprintf(secret, sizeof secret, "%s", put("o/secret.csv", DATA));
    put("o/above/inv/src/id/data/s.csv", DATA);
    const char *const keys[] = {secret, "file:///etc/passwd", "inv/../secret.csv", "secret.csv", "inv/src/id/data/s.csv",
                                "inv/src/id/data/link.csv"};
    snprintf(link_at, sizeof link_at, "%s/o/above/inv/src/id/data/link.csv", root);
    assert_int_equal(symlink(secret, link_at), 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        snprintf(text, sizeof text, HEAD "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\",\"files\":[{\"key\":\"%s\"}]}", keys[i]);
        load(put("o/above/inv/src/id/2026-11-21T01-00Z/manifest.json", text), &m, &ps);
        bool inside = i == 4;
        assert_int_equal(ps.n, inside ? 0 : 1);
        assert_true((m.n_files == 1 && m.files[0].path.p != NULL) == inside);
        assert_int_equal(m.missing + m.damaged, inside ? 0 : 1);
    }
    /* beside a manifest in no directory of its own: only what lies below it */
    snprintf(text, sizeof text, HEAD "\"fileFormat\":\"CSV\",\"fileSchema\":\"Bucket, Key\",\"files\":[{\"key\":\"x/secret.csv\"}]}");
    load(put("o/home/manifest.json", text), &m, &ps);
    assert_int_equal(m.missing, 1);
}

static void test_missing_and_damaged(void **state)
{
    (void)state;
    w403_manifest m;
    w403_problems ps;
    w403_error err = {0};
    put("d/inv/src/id/data/a.csv", DATA "x");
    const char *path = put("d/inv/src/id/2026-11-21T01-00Z/manifest.json", MANIFEST);
    load(path, &m, &ps);
    assert_int_equal(m.missing, 1);
    assert_int_equal(m.damaged, 1);
    assert_true(m.files[0].damaged && m.files[0].path.p && !m.files[1].path.p);
    assert_int_equal(ps.n, 2);
    assert_int_equal(w403_inv_file_verify(&m.files[0], &err), W403_SYNTAX);
    assert_int_equal(w403_inv_file_verify(&m.files[1], &err), W403_NOT_FOUND);
    put("d/inv/src/id/data/a.csv", "\"a\",\"c\"\n"); /* the size is right, the bytes are not */
    put("d/inv/src/id/data/b.csv", DATA);
    load(path = put("d/inv/src/id/2026-11-21T01-00Z/manifest.json", MANIFEST), &m, &ps);
    assert_int_equal(ps.n, 0);
    assert_int_equal(w403_inv_file_verify(&m.files[0], &err), W403_SYNTAX);
    put("d/inv/src/id/data/a.csv", DATA);
    assert_int_equal(w403_inv_file_verify(&m.files[0], &err), W403_OK);
    assert_int_equal(w403_inv_file_verify(&m.files[1], &err), W403_OK); /* none stated */
    assert_int_equal(w403_manifest_load(arena, "/nonexistent/manifest.json", &ps, &m, &err), W403_IO);
}

static void test_checksum(void **state)
{
    (void)state;
    w403_manifest m;
    w403_problems ps;
    w403_md5 md5;
    char hex[40];
    put("c/a.csv", DATA);
    put("c/b.csv", DATA);
    char path[512];
    snprintf(path, sizeof path, "%s", put("c/manifest.json", MANIFEST));
    w403_md5_of(W403_LIT(MANIFEST), &md5);
    for (size_t i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", md5.bytes[i]);
    }
    load(path, &m, &ps);
    assert_int_equal(m.checksum, W403_UNKNOWN);
    put("c/manifest.checksum", hex);
    load(path, &m, &ps);
    assert_int_equal(m.checksum, W403_YES);
    hex[0] = hex[0] == '0' ? '1' : '0';
    put("c/manifest.checksum", hex);
    load(path, &m, &ps);
    assert_int_equal(m.checksum, W403_NO);
    assert_int_equal(ps.n, 1);
    put("c/manifest.checksum", "nonsense");
    load(path, &m, &ps);
    assert_int_equal(m.checksum, W403_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),       cmocka_unit_test(test_header),
        cmocka_unit_test(test_key),          cmocka_unit_test(test_md5),
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_parse_errors), cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_query_header), cmocka_unit_test(test_outside),
        cmocka_unit_test(test_relative),     cmocka_unit_test(test_missing_and_damaged),
        cmocka_unit_test(test_checksum),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* inventory/acl_column.h */
#include <stdio.h>

#include "arena_test.h"

#include "inventory/acl_column.h"

static w403_view base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(text), at = 0;
    char *out = w403_arena_alloc(arena, n * 2 + 8);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++) {
            v = v << 8 | (i + k < n ? (uint8_t)text[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            out[at++] = '=';
            if (i + k <= n) {
                out[at - 1] = digits[v >> (18 - 6 * k) & 63];
            }
        }
    }
    return (w403_view){out, at};
}

static w403_status parse(const char *json, w403_inv_acl *acl, w403_error *err)
{
    return w403_inv_acl_parse(arena, base64(json), acl, err);
}

#define OWNER "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
#define PUBLIC                                                                                                       \
    "{\"version\":\"2022-11-10\",\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"" OWNER                     \
    "\",\"type\":\"CanonicalUser\",\"permission\":\"FULL_CONTROL\"},{\"uri\":"                                       \
    "\"http://acs.amazonaws.com/groups/global/AllUsers\",\"type\":\"Group\",\"permission\":\"READ\"}]}"

static void test_grants(void **state)
{
    (void)state;
    w403_inv_acl acl;
    w403_error err = {0};
    assert_int_equal(parse(PUBLIC, &acl, &err), W403_OK);
    assert_int_equal(acl.known, W403_YES);
    assert_int_equal(acl.n, 2);
    assert_true(w403_view_eq(acl.grants[0].canonical_id, W403_LIT(OWNER)));
    assert_true(w403_view_eq(acl.grants[0].permission, W403_LIT("FULL_CONTROL")));
    assert_int_equal(acl.grants[0].uri.n, 0);
    assert_true(w403_view_eq(acl.grants[1].uri, W403_LIT("http://acs.amazonaws.com/groups/global/AllUsers")));
    assert_int_equal(acl.grants[1].canonical_id.n, 0);
    /* known to be empty is not unknown */
    assert_int_equal(parse("{\"status\":\"AVAILABLE\",\"grants\":[]}", &acl, &err), W403_OK);
    assert_int_equal(acl.known, W403_YES);
    assert_int_equal(acl.n, 0);
}

static void test_unknown(void **state)
{
    (void)state;
    w403_inv_acl acl;
    w403_error err = {0};
    assert_int_equal(w403_inv_acl_parse(arena, W403_LIT(""), &acl, &err), W403_OK);
    assert_int_equal(acl.known, W403_UNKNOWN);
    assert_int_equal(parse("{\"version\":\"2022-11-10\",\"status\":\"UNAVAILABLE\",\"grants\":[]}", &acl, &err),
                     W403_OK);
    assert_int_equal(acl.known, W403_UNKNOWN);
    assert_int_equal(parse("{\"status\":\"SOMETHING_NEW\"}", &acl, &err), W403_OK);
    assert_int_equal(acl.known, W403_UNKNOWN);
}

static void test_errors(void **state)
{
    (void)state;
    w403_inv_acl acl;
    w403_error err = {0};
    assert_int_equal(w403_inv_acl_parse(arena, W403_LIT("not base64!"), &acl, &err), W403_SYNTAX);
    assert_int_equal(parse("{", &acl, &err), W403_SYNTAX);
    const char *const bad[] = {
        "[]",
        "{}",
        "{\"status\":true}",
        "{\"status\":\"AVAILABLE\"}",
        "{\"status\":\"AVAILABLE\",\"grants\":{}}",
        "{\"status\":\"AVAILABLE\",\"grants\":[1]}",
        "{\"status\":\"AVAILABLE\",\"grants\":[{\"permission\":\"READ\"}]}",
        "{\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"a\",\"uri\":\"b\",\"permission\":\"READ\"}]}",
        "{\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"a\"}]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(bad[i], &acl, &err), W403_SEMANTIC);
    }
}

static void test_cache(void **state)
{
    (void)state;
    w403_inv_acl_cache *c = w403_inv_acl_cache_new(3);
    const w403_inv_acl *acl = NULL, *again = NULL;
    w403_error err = {0};
    assert_non_null(c);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 5; i++) { /* more than it holds */
            char json[200], name[32];
            snprintf(name, sizeof name, "owner-%d", i);
            snprintf(json, sizeof json,
                     "{\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"%s\",\"permission\":\"READ\"}]}",
                     name);
            w403_view column = base64(json);
            assert_int_equal(w403_inv_acl_cache_get(c, column, &acl, &err), W403_OK);
            assert_true(acl->n == 1 && w403_view_eq(acl->grants[0].canonical_id, w403_view_of(name)));
            assert_int_equal(w403_inv_acl_cache_get(c, base64(json), &again, &err),
                             W403_OK); /* other bytes, same text */
            assert_ptr_equal(acl, again);
        }
        assert_int_equal(w403_inv_acl_cache_get(c, W403_LIT("%"), &acl, &err), W403_SYNTAX);
        assert_null(acl);
    }
    w403_inv_acl_cache_free(c);
    w403_inv_acl_cache_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grants),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_cache),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

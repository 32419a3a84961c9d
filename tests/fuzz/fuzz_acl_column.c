/* The ACL column: as it stands, and taken for the JSON within the base64. The cache gives what parsing gives. */
#include <stdlib.h>

#include "inventory/acl_column.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static w403_view encode(w403_arena *a, const uint8_t *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = w403_arena_alloc(a, (n + 2) / 3 * 4 + 1);
    size_t at = 0;
    for (size_t i = 0; out && i < n; i += 3) {
        uint32_t v =
            (uint32_t)data[i] << 16 | (i + 1 < n ? (uint32_t)data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);
        for (int k = 0; k < 4; k++) {
            out[at++] = i + (size_t)k > n ? '=' : digits[v >> (18 - 6 * k) & 63];
        }
    }
    return (w403_view){out, at};
}

static bool same(const w403_inv_acl *x, const w403_inv_acl *y)
{
    bool eq = x->known == y->known && x->n == y->n;
    for (size_t i = 0; eq && i < x->n; i++) {
        const w403_inv_grant *g = &x->grants[i], *h = &y->grants[i];
        eq = w403_view_eq(g->canonical_id, h->canonical_id) && w403_view_eq(g->uri, h->uri) &&
             w403_view_eq(g->permission, h->permission);
    }
    return eq;
}

static void check(w403_arena *a, w403_inv_acl_cache *c, w403_view column)
{
    w403_inv_acl one;
    const w403_inv_acl *two = NULL;
    w403_error err = {0};
    w403_status st = w403_inv_acl_parse(a, column, &one, &err);
    for (int i = 0; i < 2; i++) {
        if (w403_inv_acl_cache_get(c, column, &two, &err) != st || (st == W403_OK && !same(&one, two))) {
            abort();
        }
    }
    for (size_t i = 0; st == W403_OK && i < one.n; i++) {
        if ((one.grants[i].canonical_id.n == 0) == (one.grants[i].uri.n == 0) || one.known != W403_YES) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_arena *a = w403_arena_new(0);
    w403_inv_acl_cache *c = w403_inv_acl_cache_new(1); /* so that it forgets */
    if (a && c) {
        w403_view json = encode(a, data, n);
        check(a, c, (w403_view){(const char *)data, n});
        check(a, c, json);
        check(a, c, (w403_view){(const char *)data, n});
    }
    w403_inv_acl_cache_free(c);
    w403_arena_free(a);
    return 0;
}

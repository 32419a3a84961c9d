/* The ObjectAccessControlList column: base64 of {"version","status","grants":[...]}. */
#ifndef W403_INVENTORY_ACL_COLUMN_H
#define W403_INVENTORY_ACL_COLUMN_H

#include "base/error.h"

typedef struct w403_inv_grant {
    w403_view canonical_id; /* one of the two is given */
    w403_view uri;          /* of a group: AllUsers, AuthenticatedUsers, LogDelivery */
    w403_view permission;   /* READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL */
} w403_inv_grant;

typedef struct w403_inv_acl {
    w403_tri known; /* YES: `grants` is the whole ACL. UNKNOWN: S3 could not read it, or an empty column */
    const w403_inv_grant *grants;
    size_t n;
} w403_inv_acl;

/* Errors: W403_SYNTAX (no base64, no JSON), W403_SEMANTIC (not of that shape). Results live in the arena. */
w403_status w403_inv_acl_parse(w403_arena *a, w403_view column, w403_inv_acl *out, w403_error *err);

/* Most objects of a bucket have one of a few ACLs, so parsed columns are kept: about 20 ns for one seen just before,
 * 60 ns for a known one. Bounded: when `most` different ones are held all are forgotten. One thread. */
typedef struct w403_inv_acl_cache w403_inv_acl_cache;
w403_inv_acl_cache *w403_inv_acl_cache_new(size_t most); /* 0 = 4096; NULL: memory is short */
/* *out is valid until the next call. A malformed column is an error each time it is met. */
w403_status w403_inv_acl_cache_get(w403_inv_acl_cache *c, w403_view column, const w403_inv_acl **out,
                                   w403_error *err);
void w403_inv_acl_cache_free(w403_inv_acl_cache *c); /* NULL is fine */

#endif

/* Ceph's radosgw: the body of `rgw use opa authz`. It says who, method, path and query; no address of the client, no headers, no
 * TLS: condition keys that hang on them are unknown. A copy shows its destination only, a DeleteObjects none of its keys. */
#include "serve/opa.h"

/* `user`, `user:subuser`, `tenant$user`: a tenant is an account, and its users are no others' of the same name. */
static w403_view caller(w403_serving *q, w403_view id, w403_view key_id)
{
    const w403_snapshot *s = q->world->world->snapshot;
    w403_view            user = id;
    w403_view            tenant = w403_view_cut(&user, '$');
    if (!user.p) {
        return w403_view_eq(id, W403_LIT("anonymous")) ? id : w403_pdp_caller(q, w403_view_cut(&tenant, ':'), key_id);
    }
    const w403_account *a = s ? w403_map_get(&s->accounts, tenant) : NULL;
    const w403_entity  *e = a ? w403_map_get(&a->users, w403_view_cut(&user, ':')) : NULL;
    return e ? e->arn : w403_pdp_caller(q, (w403_view){NULL, 0}, key_id);
}

bool w403_rgw_request(w403_serving *q, const w403_json *input, w403_request *r)
{
    const w403_json *user = w403_json_get(input, "user_info"), *keys = w403_json_get(user, "keys");
    const w403_json *bucket = w403_json_path(input, "bucket_info", "bucket", NULL);
    w403_view        id = w403_json_str(user, "user_id"), bucket_name = w403_json_str(bucket, "name");
    const char      *why;
    w403_request_init(r);
    r->secure = W403_UNKNOWN;
    r->unsaid = W403_UNSAID_HEADERS;
    r->dialect = W403_DIALECT_RGW;
    r->principal = caller(q, id, w403_json_str(w403_json_is(keys, W403_JSON_ARRAY) ? keys->first : NULL, "access_key"));
    w403_store_call c = {.method = w403_json_str(input, "method"), .path = w403_json_str(input, "request_uri_aws4"),
                         .query = w403_json_str(input, "params")};
    if (!c.path.p) {
        c.path = w403_json_str(input, "relative_uri");
    }
    w403_view path = w403_view_cut(&c.path, '?');
    c.path = path;
    if (!r->principal.p || !c.method.p || !c.path.p || !w403_store_read(q, &c, r, &why)) {
        return false;
    }
    /* What the store has read out of the address is what we must have read. */
    w403_view arn = r->resource, object = w403_json_str(input, "object_name");
    bool      star = w403_view_eq(arn, W403_LIT("*"));
    if (bucket_name.n && !star) {
        w403_view rest = arn;
        for (unsigned i = 0; i < 5; i++) {
            (void)w403_view_cut(&rest, ':');
        }
        w403_view read = w403_view_cut(&rest, '/');
        w403_view key = object.n ? w403_key_to_write(q->arena, object) : (w403_view){"", 0};
        return w403_view_eq(read, bucket_name) && (!object.p || w403_view_eq(rest.p ? rest : (w403_view){"", 0}, key));
    }
    return true;
}

/* MinIO's access management plugin and RustFS's: action, bucket, object, and condition values by names of their own. */
#include <string.h>

#include "base/ip.h"
#include "serve/opa.h"

/* Names without the prefix that policies write; `empty`: an empty text says that there is none. */
static const struct {
    const char *name, *key;
    bool        empty;
} keys[] = {
    {"CurrentTime", "aws:CurrentTime", false}, {"EpochTime", "aws:EpochTime", false}, {"SecureTransport", "aws:SecureTransport", false},
    {"UserAgent", "aws:UserAgent", true}, {"Referer", "aws:Referer", true}, {"userid", "aws:userid", true}, {"username", "aws:username", true},
    {"principaltype", "aws:PrincipalType", true}, {"signatureversion", "s3:signatureversion", true}, {"authType", "s3:authType", true},
    {"Prefix", "s3:prefix", false}, {"Delimiter", "s3:delimiter", false}, {"Max-Keys", "s3:max-keys", false},
    {"versionid", "s3:VersionId", true}, {"LocationConstraint", "s3:LocationConstraint", true},
};

static w403_view key_of(w403_serving *q, w403_view name, bool *empty)
{
    *empty = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (w403_view_ieq(name, w403_view_of(keys[i].name))) {
            *empty = keys[i].empty;
            return w403_view_of(keys[i].key);
        }
    }
    bool colon = w403_view_find_char(name, ':') < name.n; /* ExistingObjectTag/..., jwt:..., aws:... */
    bool header = name.n > 6 && w403_view_ieq(w403_view_sub(name, 0, 6), W403_LIT("x-amz-"));
    bool tag = w403_view_starts(name, W403_LIT("ExistingObjectTag/")) || w403_view_starts(name, W403_LIT("RequestObjectTag"));
    if (header || tag) {
        w403_view lower = header ? w403_arena_lower(q->arena, name) : name;
        return w403_arena_printf(q->arena, "s3:%.*s", W403_ALL(lower));
    }
    return colon ? name : (w403_view){NULL, 0};
}

static bool read_values(w403_serving *q, const w403_json *v, w403_context_entry *e)
{
    bool             list = v->type == W403_JSON_ARRAY;
    const w403_json *first = list ? v->first : v;
    w403_view       *values = W403_NEW_N(q->arena, w403_view, list ? v->count + 1 : 1);
    for (const w403_json *m = first; values && m; m = list ? m->next : NULL) {
        if (m->type != W403_JSON_STRING && m->type != W403_JSON_NUMBER && m->type != W403_JSON_TRUE && m->type != W403_JSON_FALSE) {
            return false;
        }
        values[e->n_values++] = m->text;
    }
    e->values = values;
    e->present = e->n_values ? W403_YES : W403_NO;
    return values != NULL;
}

static bool read_conditions(w403_serving *q, const w403_json *conditions, w403_request *r)
{
    if (!w403_json_is(conditions, W403_JSON_OBJECT)) {
        r->secure = W403_UNKNOWN;
        r->unsaid = W403_UNSAID_HEADERS | W403_UNSAID_QUERY;
        return true;
    }
    w403_context_entry *at = W403_NEW_N(q->arena, w403_context_entry, conditions->count + 1);
    size_t              n = 0;
    if (!at) {
        return false;
    }
    for (const w403_json *m = conditions->first; m; m = m->next) {
        w403_context_entry e = {.key = {NULL, 0}};
        w403_ip            ip;
        bool               empty;
        if (m->type == W403_JSON_NULL) {
            continue;
        }
        if (!read_values(q, m, &e)) {
            return false;
        }
        bool none = e.n_values == 0 || (e.n_values == 1 && e.values[0].n == 0);
        if (w403_view_ieq(m->key, W403_LIT("SourceIp"))) {
            if (!none && w403_ip_parse(e.values[0], &ip)) {
                r->from = e.values[0]; /* of a network that has no VPC endpoints */
            }
            continue;
        }
        e.key = key_of(q, m->key, &empty);
        if (none && empty) {
            e.present = W403_NO;
        }
        if (w403_view_ieq(m->key, W403_LIT("SecureTransport")) && !none) {
            r->secure = w403_view_ieq(e.values[0], W403_LIT("true")) ? W403_YES : W403_NO;
        } else if (e.key.p) {
            at[n++] = e;
        }
    }
    r->context = at;
    r->n_context = n;
    return true;
}

static bool is_object_action(w403_view action)
{
    w403_view name = action;
    (void)w403_view_cut(&name, ':');
    return w403_view_find(name, W403_LIT("Object")) != SIZE_MAX || w403_view_find(name, W403_LIT("MultipartUploadParts")) != SIZE_MAX ||
           w403_view_eq(name, W403_LIT("AbortMultipartUpload"));
}

static bool set_resource(w403_serving *q, w403_view bucket, w403_view object, w403_request *r)
{
    if (bucket.n == 0) {
        r->resource = W403_LIT("*");
        return object.n == 0;
    }
    if (memchr(bucket.p, '/', bucket.n) || memchr(bucket.p, '*', bucket.n) || memchr(bucket.p, '?', bucket.n)) {
        return false;
    }
    bool      key = object.n && is_object_action(r->action);
    w403_view written = key ? w403_key_to_write(q->arena, object) : (w403_view){"", 0};
    const w403_snapshot *s = q->world->world->snapshot;
    r->resource = w403_arena_printf(q->arena, "arn:%.*s:s3:::%.*s%s%.*s", W403_ARG(s ? s->partition : W403_LIT("aws")), W403_ARG(bucket), key ? "/" : "", W403_ALL(written));
    return r->resource.p && written.p;
}

/* The root user of a store is the root of the one account there is. */
static w403_view caller(w403_serving *q, w403_view account, bool owner)
{
    const w403_snapshot *s = q->world->world->snapshot;
    w403_view            arn = account.n ? w403_pdp_caller(q, account, account) : W403_LIT("anonymous");
    if (!arn.p && owner && s && s->n_accounts == 1) {
        arn = w403_arena_printf(q->arena, "arn:%.*s:iam::%.*s:root", W403_ARG(s->partition), W403_ARG(s->account_list[0]->id));
    }
    return arn;
}

bool w403_minio_request(w403_serving *q, const w403_json *input, w403_request *r, bool *deny_only)
{
    w403_request_init(r);
    r->action = w403_json_str(input, "action");
    r->principal = caller(q, w403_json_str(input, "account"), w403_json_bool(input, "owner", false));
    *deny_only = w403_json_bool(input, "denyOnly", false);
    return r->action.p && r->principal.p && read_conditions(q, w403_json_get(input, "conditions"), r) &&
           set_resource(q, w403_json_str(input, "bucket"), w403_json_str(input, "object"), r);
}

bool w403_rustfs_request(w403_serving *q, const w403_json *input, w403_request *r, bool *deny_only)
{
    const w403_json *who = w403_json_get(input, "identity"), *what = w403_json_get(input, "resource"), *context = w403_json_get(input, "context");
    w403_request_init(r);
    r->action = w403_json_str(input, "action");
    r->principal = caller(q, w403_json_str(who, "account"), w403_json_bool(who, "is_owner", false));
    *deny_only = w403_json_bool(context, "deny_only", false);
    return r->action.p && r->principal.p && read_conditions(q, w403_json_get(context, "conditions"), r) &&
           set_resource(q, w403_json_str(what, "bucket"), w403_json_str(what, "object"), r);
}

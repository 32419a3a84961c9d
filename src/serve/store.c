/* What a request to a store asks for, by its HTTP: method, path, query, headers. The address is decoded once, as S3 does. Where
 * two readings are possible nothing is guessed: a proxy that lets one pass which we have not judged is no gate. */
#include <string.h>

#include "base/encode.h"
#include "base/ip.h"
#include "base/limits.h"
#include "serve/pdp.h"

/* Parameters without a value that say nothing of what is asked. */
static bool means_nothing(w403_view name)
{
    static const char *const names[] = {"prefix", "delimiter", "marker", "start-after", "continuation-token", "fetch-owner", "encoding-type",
                                        "key-marker", "version-id-marker", "upload-id-marker", "max-keys", "versionId"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(name, w403_view_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool read_query(w403_serving *q, w403_view text, w403_pairs *out, const char **why)
{
    w403_build b = {.arena = q->arena};
    while (text.n > 0) {
        w403_view value = w403_view_cut(&text, '&'), name = w403_view_cut(&value, '=');
        w403_view n = w403_percent_decode(q->arena, name, true), v = value.p ? w403_percent_decode(q->arena, value, true) : (w403_view){"", 0};
        if (!n.p || !v.p) {
            *why = "a parameter of the address cannot be decoded";
            return false;
        }
        if (n.n) {
            w403_build_pair(&b, out, n, v);
        }
    }
    return !b.failed;
}

/* Is the operation that was found the only one that these parameters may mean? */
static bool is_settled(const w403_operation *op, const w403_pairs *query)
{
    for (size_t i = 0; i < query->n; i++) {
        w403_view name = query->at[i].name, rest = w403_view_of(op->identified_by);
        bool      told = query->at[i].value.n > 0 || means_nothing(name);
        while (!told && rest.n > 0) {
            w403_view term = w403_view_cut(&rest, '&');
            told = w403_view_ieq(w403_view_cut(&term, '='), name);
        }
        if (!told) {
            return false;
        }
    }
    return true;
}

/* Could it be a bucket's name, in front of a name that the store has? */
static bool may_be_bucket(w403_view label)
{
    bool good = label.n >= 3 && label.n <= 63;
    for (size_t i = 0; good && i < label.n; i++) {
        char c = w403_lower(label.p[i]);
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }
    return good;
}

/* The bucket that Host names; {NULL,0} with true: the path names it. */
static bool bucket_of_host(const w403_serving *q, w403_view host, w403_view *bucket, const char **why)
{
    const w403_serve_options *o = &q->server->options;
    w403_ip                   ip;
    w403_view                 name = host, label;
    *bucket = (w403_view){NULL, 0};
    if (host.n && host.p[0] == '[') {
        return true; /* an address */
    }
    name = w403_view_cut(&name, ':');
    for (size_t i = 0; i < o->store_hosts.n; i++) {
        w403_view own = o->store_hosts.at[i];
        if (w403_view_ieq(name, own)) {
            return true;
        }
        if (name.n > own.n + 1 && name.p[name.n - own.n - 1] == '.' && w403_view_ieq(w403_view_sub(name, name.n - own.n, name.n), own)) {
            *bucket = w403_view_sub(name, 0, name.n - own.n - 1);
            return true;
        }
    }
    label = name;
    w403_view first = w403_view_cut(&label, '.');
    bool      three = w403_view_find_char(label, '.') < label.n;
    if (o->store_hosts.n == 0 && (host.n == 0 || w403_ip_parse(name, &ip) || !three || !may_be_bucket(first))) {
        return true;
    }
    *why = "Host may name a bucket: --store-host says what the store is called";
    return false;
}

static bool set_resource(w403_serving *q, w403_view bucket, w403_view key, const w403_operation *op, w403_request *r)
{
    const w403_snapshot *s = q->world->world->snapshot;
    w403_view            partition = s && s->partition.n ? s->partition : W403_LIT("aws");
    if (strcmp(op->resource_kind, "service") == 0) {
        r->resource = W403_LIT("*");
        return true;
    }
    w403_view written = key.n ? w403_key_to_write(q->arena, key) : (w403_view){"", 0};
    r->resource = w403_arena_printf(q->arena, "arn:%.*s:s3:::%.*s%s%.*s", W403_ARG(partition), W403_ARG(bucket), key.n ? "/" : "",
                                    W403_ARG(written));
    return r->resource.p && written.p;
}

/* The wildcards of policies are letters of no bucket's name; NUL and other controls are in no key that we judge. */
static bool is_plain(w403_view v, const char *not_these)
{
    for (size_t i = 0; i < v.n; i++) {
        if ((unsigned char)v.p[i] < 0x20 || (v.p[i] && strchr(not_these, v.p[i]))) {
            return false;
        }
    }
    return true;
}

static bool split_path(w403_serving *q, const w403_store_call *c, w403_view *bucket, w403_view *key, const char **why)
{
    w403_view path = w403_percent_decode(q->arena, c->path, false);
    if (!path.p || path.n == 0 || path.p[0] != '/') {
        *why = "the path cannot be decoded";
        return false;
    }
    *key = w403_view_sub(path, 1, path.n);
    if (!bucket->p) {
        *bucket = w403_view_cut(key, '/');
    }
    if (!is_plain(*bucket, "*?$:/") || !is_plain(*key, "") || key->n > W403_LIMIT_KEY_BYTES || (bucket->n == 0 && key->n)) {
        *why = "the path names no bucket and key";
        return false;
    }
    return true;
}

bool w403_store_read(w403_serving *q, const w403_store_call *c, w403_request *r, const char **why)
{
    w403_view   bucket, key;
    w403_pairs *query = W403_NEW(q->arena, w403_pairs);
    *why = "memory is short";
    if (!query || !bucket_of_host(q, c->host, &bucket, why) || !split_path(q, c, &bucket, &key, why) || !read_query(q, c->query, query, why)) {
        return false;
    }
    w403_target           t = {.bucket = bucket, .key = key};
    const w403_operation *op = w403_operation_of_http(c->method, &t, query, &c->headers);
    if (!op || !is_settled(op, query)) {
        *why = "method and parameters are of no operation that is known";
        return false;
    }
    r->operation = w403_view_of(op->name);
    r->query = query->at;
    r->n_query = query->n;
    for (size_t i = 0; i < query->n; i++) {
        if (w403_view_eq(query->at[i].name, W403_LIT("versionId"))) {
            r->version_id = query->at[i].value;
        }
    }
    return set_resource(q, bucket, key, op, r);
}

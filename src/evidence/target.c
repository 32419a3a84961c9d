#include "evidence/target.h"

w403_view w403_arn_part(w403_view arn, unsigned part)
{
    w403_view rest = arn;
    for (unsigned i = 0; i < part; i++) {
        size_t c = w403_view_find_char(rest, ':');
        if (c >= rest.n) {
            return (w403_view){NULL, 0};
        }
        rest = w403_view_sub(rest, c + 1, rest.n);
    }
    if (part == 5) {
        return rest;
    }
    size_t end = w403_view_find_char(rest, ':');
    return w403_view_sub(rest, 0, end < rest.n ? end : rest.n);
}

w403_view w403_arn_account(w403_view arn)
{
    w403_view a = w403_arn_part(arn, 4);
    return a.n ? a : (w403_view){NULL, 0};
}

/* Regions carry their partition in the name. Longest prefixes first. */
static const struct {
    const char *prefix, *partition;
} partitions[] = {
    {"cn-", "aws-cn"},       {"us-gov-", "aws-us-gov"}, {"us-isob-", "aws-iso-b"}, {"us-isof-", "aws-iso-f"},
    {"eu-isoe-", "aws-iso-e"}, {"us-iso-", "aws-iso"},    {"eusc-", "aws-eusc"},
};

const char *w403_partition_of_region(w403_view region)
{
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++) {
        if (w403_view_starts(region, w403_view_of(partitions[i].prefix))) {
            return partitions[i].partition;
        }
    }
    return "aws";
}

bool w403_bucket_is_arn(w403_view bucket)
{
    return w403_view_starts(bucket, W403_LIT("arn:"));
}

w403_view w403_target_arn(w403_build *b, const w403_target *t)
{
    w403_view bucket = t->bucket;
    if (bucket.n == 0) {
        return (w403_view){NULL, 0};
    }
    if (!w403_bucket_is_arn(bucket)) {
        const char *partition = t->partition ? t->partition : w403_partition_of_region(t->region);
        return t->key.p ? w403_build_printf(b, "arn:%s:s3:::%.*s/%.*s", partition, W403_ALL(bucket), W403_ALL(t->key))
                        : w403_build_printf(b, "arn:%s:s3:::%.*s", partition, W403_ALL(bucket));
    }
    if (!t->key.p) {
        return bucket;
    }
    w403_view service = w403_arn_part(bucket, 2);
    if (w403_view_eq(service, W403_LIT("s3-object-lambda"))) {
        return bucket; /* its policies name the access point alone (on-tokens: olap) */
    }
    /* AP2: access points say /object/ before the key; a bucket's ARN does not */
    bool ap = w403_view_starts(w403_arn_part(bucket, 5), W403_LIT("accesspoint/")) ||
              w403_view_starts(w403_arn_part(bucket, 5), W403_LIT("outpost/"));
    return w403_build_printf(b, ap ? "%.*s/object/%.*s" : "%.*s/%.*s", W403_ALL(bucket), W403_ALL(t->key));
}

/* Where the bucket part of `arn:...:accesspoint/name[/key]` ends: after the name that follows the last of the type
 * words (accesspoint/NAME, outpost/ID/accesspoint/NAME). */
static size_t arn_bucket_end(w403_view v)
{
    size_t point = w403_view_find(v, W403_LIT("accesspoint"));
    if (point == SIZE_MAX) {
        /* arn:aws:s3:::bucket/key */
        w403_view rest = w403_arn_part(v, 5);
        size_t    slash = rest.p ? w403_view_find_char(rest, '/') : SIZE_MAX;
        return slash == SIZE_MAX || slash >= rest.n ? v.n : (size_t)(rest.p - v.p) + slash;
    }
    size_t name = point + sizeof "accesspoint"; /* with its separator, `/` or `:` */
    if (name >= v.n) {
        return v.n;
    }
    w403_view rest = w403_view_sub(v, name, v.n);
    size_t    slash = w403_view_find_char(rest, '/');
    return slash >= rest.n ? v.n : name + slash;
}

bool w403_target_from_uri(w403_view uri, w403_target *t)
{
    if (w403_view_starts(uri, W403_LIT("s3://")) || w403_view_starts(uri, W403_LIT("S3://"))) {
        uri = w403_view_sub(uri, 5, uri.n);
    }
    if (uri.n == 0) {
        return false;
    }
    size_t end = uri.n;
    if (w403_bucket_is_arn(uri)) {
        end = arn_bucket_end(uri);
    } else {
        size_t slash = w403_view_find_char(uri, '/');
        end = slash < uri.n ? slash : uri.n;
    }
    if (end == 0) {
        return false;
    }
    t->bucket = w403_view_sub(uri, 0, end);
    t->key = (w403_view){NULL, 0};
    if (end + 1 < uri.n) {
        t->key = w403_view_sub(uri, end + 1, uri.n);
    }
    if (w403_view_starts(t->bucket, W403_LIT("arn:"))) {
        w403_view region = w403_arn_part(t->bucket, 3);
        if (region.n) {
            t->region = region;
        }
        /* the ARN of a plain bucket says no more than its name */
        w403_view rest = w403_arn_part(t->bucket, 5);
        if (w403_view_eq(w403_arn_part(t->bucket, 2), W403_LIT("s3")) && region.n == 0 &&
            w403_arn_part(t->bucket, 4).n == 0 && rest.n) {
            t->bucket = rest;
        }
        if (w403_view_starts(t->key, W403_LIT("object/")) && t->bucket.n && w403_bucket_is_arn(t->bucket)) {
            t->key = w403_view_sub(t->key, 7, t->key.n); /* a resource ARN was pasted */
        }
    }
    return true;
}

/* ---- as somebody wrote it ---- */

/* `${*}`, `${?}` and `${$}` stand for the character inside. */
static bool is_escape(w403_view v, size_t i)
{
    return i + 3 < v.n && v.p[i] == '$' && v.p[i + 1] == '{' && v.p[i + 3] == '}' &&
           (v.p[i + 2] == '*' || v.p[i + 2] == '?' || v.p[i + 2] == '$');
}

w403_view w403_key_to_write(w403_arena *a, w403_view key)
{
    w403_buf out = {0};
    for (size_t i = 0; i < key.n; i++) {
        bool last = i + 1 == key.n && key.p[i] == '*';
        if (last || is_escape(key, i)) {
            w403_buf_printf(&out, "${%c}", key.p[i]);
        } else {
            w403_buf_putc(&out, key.p[i]);
        }
    }
    return w403_buf_take(&out, a);
}

w403_status w403_resource_written(w403_arena *a, bool typed, w403_view *resource, w403_error *err)
{
    w403_view key = w403_arn_part(*resource, 5);
    (void)w403_view_cut(&key, '/');
    if (!key.p) {
        return W403_OK;
    }
    bool escaped = key.n > 3 && is_escape(key, key.n - 4);
    bool pattern = w403_view_eq(key, W403_LIT("*")) || w403_view_ends(key, typed ? W403_LIT("*") : W403_LIT("/*"));
    if (pattern && !escaped) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is a pattern: a request is about one key",
                                        W403_CUT(*resource));
        w403_error_hint(err, "name one key, or ask `why403 sweep` about many; a `*` of the key itself is written `${*}`");
        return st;
    }
    char *p = NULL;
    size_t n = 0;
    for (size_t i = 0; i < resource->n; i++) {
        bool escape = is_escape(*resource, i);
        if (escape && !p) {
            p = w403_arena_alloc(a, resource->n + 1);
            W403_NEED(p, err);
            memcpy(p, resource->p, i);
            n = i;
        }
        i += escape ? 2 : 0;
        if (p) {
            p[n++] = resource->p[i];
            i += escape;
        }
    }
    if (p) {
        p[n] = '\0';
        *resource = (w403_view){p, n};
    }
    return W403_OK;
}

/* S3's host names. Read from the right: DNS suffix, `vpce`, Region, `dualstack`, the service's label; what is left of
 * that is the bucket, the access point or the VPC endpoint. */
#include "base/encode.h"
#include "evidence/target.h"

enum { LABELS_MAX = 40 };

static const struct {
    const char *suffix, *partition;
} suffixes[] = {
    {".amazonaws.com.cn", "aws-cn"}, {".amazonaws.com", "aws"},       {".c2s.ic.gov", "aws-iso"},
    {".sc2s.sgov.gov", "aws-iso-b"}, {".cloud.adc-e.uk", "aws-iso-e"}, {".csp.hci.ic.gov", "aws-iso-f"},
    {".amazonaws.eu", "aws-eusc"},   {".api.aws", "aws"},
};

typedef enum service_kind {
    SERVICE_S3, SERVICE_WEBSITE, SERVICE_ACCELERATE, SERVICE_ACCESS_POINT, SERVICE_OBJECT_LAMBDA, SERVICE_OUTPOSTS,
    SERVICE_CONTROL, SERVICE_GLOBAL, SERVICE_EXPRESS
} service_kind;

/* Longest first: `s3-REGION` is the old form of `s3.REGION`. */
static const struct {
    const char  *label;
    service_kind kind;
    bool         fips;
    bool         region_may_follow; /* s3-website-us-east-1, s3-us-west-2 */
} services[] = {
    {"s3-accesspoint-fips", SERVICE_ACCESS_POINT, true, false},
    {"s3-accesspoint", SERVICE_ACCESS_POINT, false, false},
    {"s3-object-lambda-fips", SERVICE_OBJECT_LAMBDA, true, false},
    {"s3-object-lambda", SERVICE_OBJECT_LAMBDA, false, false},
    {"s3-outposts-fips", SERVICE_OUTPOSTS, true, false},
    {"s3-outposts", SERVICE_OUTPOSTS, false, false},
    {"s3-control-fips", SERVICE_CONTROL, true, false},
    {"s3-control", SERVICE_CONTROL, false, false},
    {"s3-website", SERVICE_WEBSITE, false, true},
    {"s3-accelerate", SERVICE_ACCELERATE, false, false},
    {"s3-external-1", SERVICE_S3, false, false},
    {"s3-global", SERVICE_GLOBAL, false, false},
    {"s3express-control", SERVICE_EXPRESS, false, false},
    {"s3express-", SERVICE_EXPRESS, false, true},
    {"s3-fips", SERVICE_S3, true, true},
    {"s3", SERVICE_S3, false, true},
};

typedef struct labels {
    w403_view at[LABELS_MAX];
    size_t    n;
} labels;

/* us-east-1, ap-southeast-2, us-gov-west-1, eusc-de-east-1: words and a number at the end. */
static bool is_region(w403_view v)
{
    size_t dashes = 0;
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (c == '-') {
            dashes++;
        } else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            return false;
        }
    }
    bool name = dashes >= 2 && v.n > 5 && !w403_view_starts(v, W403_LIT("s3"));
    return name && v.p[0] >= 'a' && v.p[0] <= 'z' && v.p[v.n - 1] >= '0' && v.p[v.n - 1] <= '9';
}

/* vpce-1a2b3c4d-abcdefgh[-us-east-1a]: the id is the first two words. */
static w403_view endpoint_id(w403_view label)
{
    if (!w403_view_starts(label, W403_LIT("vpce-"))) {
        return (w403_view){NULL, 0};
    }
    size_t i = 5;
    while (i < label.n && ((label.p[i] >= '0' && label.p[i] <= '9') || (label.p[i] >= 'a' && label.p[i] <= 'f'))) {
        i++;
    }
    if (i == 5 || (i < label.n && label.p[i] != '-')) {
        return (w403_view){NULL, 0};
    }
    return w403_view_sub(label, 0, i);
}

static bool find_service(w403_view label, service_kind *kind, w403_target *t)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        w403_view name = w403_view_of(services[i].label);
        if (!w403_view_starts(label, name)) {
            continue;
        }
        w403_view rest = w403_view_sub(label, name.n, label.n);
        if (rest.n != 0) {
            if (!services[i].region_may_follow) {
                continue;
            }
            if (rest.p[0] == '-') {
                rest = w403_view_sub(rest, 1, rest.n);
            } else if (services[i].kind != SERVICE_EXPRESS) {
                continue;
            }
            if (services[i].kind != SERVICE_EXPRESS) {
                if (!is_region(rest)) {
                    continue;
                }
                t->region = rest;
            }
        }
        *kind = services[i].kind;
        t->fips = services[i].fips;
        return true;
    }
    return false;
}

/* NAME-ACCOUNT of an access point's host: its ARN as policies know it (AP2). */
static w403_view access_point_arn(w403_build *b, const w403_target *t, const char *service, w403_view label)
{
    if (label.n < 14 || label.p[label.n - 13] != '-') {
        return label;
    }
    w403_view account = w403_view_sub(label, label.n - 12, label.n);
    uint64_t  digits;
    if (!w403_view_u64(account, &digits)) {
        return label; /* an alias stands for itself */
    }
    w403_view name = w403_view_sub(label, 0, label.n - 13);
    return w403_build_printf(b, "arn:%s:%s:%.*s:%.*s:accesspoint/%.*s", t->partition, service, W403_FMT(t->region),
                             W403_FMT(account), W403_FMT(name));
}

/* What stands left of the service's label. `left` is all of it, with its dots. */
static void read_left(w403_build *b, const char *host, labels *l, service_kind kind, w403_target *t)
{
    bool accesspoint_host = false;
    if (l->n && endpoint_id(l->at[l->n - 1]).n) {
        /* PrivateLink: [bucket.]bucket.vpce-..., NAME-ACCT.accesspoint.vpce-..., control.vpce-... */
        t->via = endpoint_id(l->at[--l->n]);
        if (l->n) {
            w403_view type = l->at[--l->n];
            accesspoint_host = w403_view_eq(type, W403_LIT("accesspoint"));
            t->control = w403_view_eq(type, W403_LIT("control"));
        }
    }
    if (l->n == 0) {
        t->path_style = true;
        return;
    }
    const w403_view last = l->at[l->n - 1];
    w403_view left = {host, (size_t)(last.p + last.n - host)};
    switch (kind) {
    case SERVICE_ACCESS_POINT:
        t->bucket = access_point_arn(b, t, "s3", left);
        break;
    case SERVICE_OBJECT_LAMBDA:
        t->bucket = access_point_arn(b, t, "s3-object-lambda", left);
        break;
    case SERVICE_GLOBAL: /* ALIAS.mrap.accesspoint.s3-global: the account is not in the name */
        t->bucket = l->at[0];
        break;
    case SERVICE_OUTPOSTS:
        t->bucket = l->at[0];
        break;
    case SERVICE_CONTROL:
        t->control = true;
        break;
    case SERVICE_EXPRESS:
        t->express = true;
        t->bucket = left;
        break;
    case SERVICE_S3:
    case SERVICE_WEBSITE:
    case SERVICE_ACCELERATE:
        t->bucket = accesspoint_host ? access_point_arn(b, t, "s3", left) : left;
        break;
    }
}

bool w403_target_from_host(w403_build *b, w403_view host, w403_target *t)
{
    size_t colon = w403_view_find_char(host, ':');
    if (colon < host.n) {
        host = w403_view_sub(host, 0, colon);
    }
    if (host.n == 0 || host.n > 512) {
        return false;
    }
    char *low = w403_arena_alloc(b->arena, host.n);
    if (!low) {
        b->failed = true;
        return false;
    }
    for (size_t i = 0; i < host.n; i++) {
        low[i] = w403_lower(host.p[i]);
    }
    w403_view rest = {low, host.n};
    t->partition = NULL;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !t->partition; i++) {
        w403_view s = w403_view_of(suffixes[i].suffix);
        if (w403_view_ends(rest, s)) {
            t->partition = suffixes[i].partition;
            rest.n -= s.n;
        }
    }
    if (!t->partition) {
        return false;
    }
    labels l = {.n = 0};
    while (rest.p && l.n < LABELS_MAX) {
        l.at[l.n++] = w403_view_cut(&rest, '.');
    }
    if (l.n && w403_view_eq(l.at[l.n - 1], W403_LIT("vpce"))) {
        l.n--;
    }
    if (l.n && is_region(l.at[l.n - 1])) {
        t->region = l.at[--l.n];
        if (strcmp(t->partition, "aws") == 0) {
            t->partition = w403_partition_of_region(t->region); /* GovCloud shares the DNS suffix */
        }
    }
    if (l.n && w403_view_eq(l.at[l.n - 1], W403_LIT("dualstack"))) {
        t->dualstack = true;
        l.n--;
    }
    service_kind kind;
    if (l.n == 0 || !find_service(l.at[l.n - 1], &kind, t)) {
        return false;
    }
    if (t->region.n && strcmp(t->partition, "aws") == 0) {
        t->partition = w403_partition_of_region(t->region);
    }
    l.n--;
    t->website = kind == SERVICE_WEBSITE;
    t->accelerate = kind == SERVICE_ACCELERATE;
    read_left(b, low, &l, kind, t);
    return true;
}

static void read_query(w403_build *b, w403_view text, w403_pairs *query)
{
    while (text.p && query->n < 256) {
        w403_view item = w403_view_cut(&text, '&');
        w403_view value = item;
        w403_view name = w403_view_cut(&value, '=');
        if (name.n == 0) {
            continue;
        }
        w403_view dn = w403_percent_decode(b->arena, name, true);
        w403_view dv = value.p ? w403_percent_decode(b->arena, value, true) : W403_LIT("");
        w403_build_pair(b, query, dn.p ? dn : name, dv.p ? dv : value);
    }
}

bool w403_target_from_url(w403_build *b, w403_view url, w403_target *t, w403_pairs *query, bool *https)
{
    *https = true;
    if (url.n >= 8 && w403_view_ieq(w403_view_sub(url, 0, 8), W403_LIT("https://"))) {
        url = w403_view_sub(url, 8, url.n);
    } else if (url.n >= 7 && w403_view_ieq(w403_view_sub(url, 0, 7), W403_LIT("http://"))) {
        *https = false;
        url = w403_view_sub(url, 7, url.n);
    } else if (w403_view_find(url, W403_LIT("://")) != SIZE_MAX) {
        return false;
    }
    size_t hash = w403_view_find_char(url, '#');
    url.n = hash < url.n ? hash : url.n;
    size_t    q = w403_view_find_char(url, '?');
    w403_view text = q < url.n ? w403_view_sub(url, q + 1, url.n) : (w403_view){NULL, 0};
    url.n = q < url.n ? q : url.n;
    size_t    slash = w403_view_find_char(url, '/');
    w403_view host = w403_view_sub(url, 0, slash < url.n ? slash : url.n);
    w403_view path = slash < url.n ? w403_view_sub(url, slash + 1, url.n) : (w403_view){NULL, 0};
    if (!w403_target_from_host(b, host, t)) {
        return false;
    }
    read_query(b, text, query);
    if (path.n) {
        w403_view decoded = w403_percent_decode(b->arena, path, false);
        path = decoded.p ? decoded : path;
    }
    if (t->path_style && path.n && !t->control) {
        w403_target_from_uri(path, t);
    } else if (path.n) {
        t->key = path;
    }
    return true;
}

/* A server access log line, already split, to candidate requests (formats 3.1-3.3). */
#include "base/encode.h"
#include "base/ip.h"
#include "base/time.h"
#include "evidence/error_text.h"

typedef struct reader {
    w403_build             b;
    const w403_log_fields *f;
    w403_request           r;
    w403_target            target;
    w403_pairs             query, headers;
    w403_contexts          context;
} reader;

static bool given(w403_view v)
{
    return v.n != 0 && !w403_view_eq(v, W403_LIT("-"));
}

/* 06/Feb/2019:00:00:38 +0000; newer pages show months in full. ISO 8601 and epoch seconds pass. */
static w403_view iso_time(reader *d, w403_view v)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    w403_instant t;
    v = w403_view_trim(v);
    if (v.n && v.p[0] == '[') {
        v = w403_view_sub(v, 1, v.p[v.n - 1] == ']' && v.n > 1 ? v.n - 1 : v.n);
    }
    if (w403_instant_parse(v, &t)) {
        return v;
    }
    w403_view rest = v;
    w403_view day = w403_view_cut(&rest, '/'), month = w403_view_cut(&rest, '/'), year = w403_view_cut(&rest, ':');
    size_t    at = month.n >= 3 ? w403_view_find(W403_LIT(months), w403_view_sub(month, 0, 3)) : SIZE_MAX;
    if (at == SIZE_MAX || at % 3 || day.n != 2 || year.n != 4 || rest.n < 14 || rest.p[8] != ' ') {
        return (w403_view){NULL, 0};
    }
    w403_view zone = w403_view_sub(rest, 9, rest.n);
    return zone.n == 5 ? w403_build_printf(&d->b, "%.2s%.2s-%02zu-%.2sT%.8s%.3s:%.2s", year.p, year.p + 2, at / 3 + 1,
                                           day.p, rest.p, zone.p, zone.p + 3)
                       : (w403_view){NULL, 0};
}

w403_view w403_endpoint_id(w403_view v)
{
    return w403_view_starts(v, W403_LIT("vpce-")) ? v : (w403_view){NULL, 0};
}

w403_view w403_requester_service(w403_view requester)
{
    static const char *const DOMAINS[] = {".amazonaws.com", ".amazonaws.com.cn"};
    w403_view                mark = W403_LIT("svc:");
    if (w403_view_starts(requester, mark)) {
        return w403_view_sub(requester, mark.n, requester.n);
    }
    for (size_t i = 0; i < sizeof DOMAINS / sizeof *DOMAINS; i++) {
        if (w403_view_ends(requester, w403_view_of(DOMAINS[i]))) {
            return requester;
        }
    }
    return (w403_view){NULL, 0};
}

static void read_requester(reader *d)
{
    w403_view q = d->f->requester, service = w403_requester_service(d->f->requester);
    if (d->f->no_requester) {
        w403_build_missing(&d->b, "principal", "--as PRINCIPAL", "the row has no requester");
    } else if (!given(q)) {
        d->r.principal = W403_LIT("anonymous");
        w403_build_said(&d->b, "principal", d->r.principal, "Requester");
    } else if (w403_view_starts(q, W403_LIT("arn:"))) {
        d->r.principal = q;
        w403_build_said(&d->b, "principal", q, "Requester");
    } else if (service.n) {
        d->r.principal = w403_build_printf(&d->b, "service:%.*s", W403_FMT(service));
        w403_build_inferred(&d->b, "principal", d->r.principal, "Requester");
    } else {
        w403_build_said(&d->b, "canonical id", q, "Requester");
        w403_build_missing(&d->b, "principal", "--as PRINCIPAL",
                           "the log has the canonical id of an account: its root user, or a caller of another account");
    }
}

/* The request's path holds the key alone, or behind the bucket. */
static bool path_confirms(const reader *d, w403_view path_key, w403_view key)
{
    w403_view bucket = d->f->bucket, rest = path_key;
    if (w403_view_eq(path_key, key)) {
        return true;
    }
    return w403_view_starts(rest, bucket) && rest.n > bucket.n && rest.p[bucket.n] == '/' &&
           w403_view_eq(w403_view_sub(rest, bucket.n + 1, rest.n), key);
}

/* The Key field decides (AWS's own samples repeat the bucket in the URI). It is encoded twice as a rule (3.2), or once, or
 * not at all: the request's path, decoded once, confirms one of these. */
static w403_view key_of(reader *d, w403_view path_key)
{
    w403_view raw = d->f->key;
    if (d->f->decoded_key.p) {
        return d->f->decoded_key;
    }
    w403_view once = w403_percent_decode(d->b.arena, raw, false);
    w403_view twice = once.p ? w403_percent_decode(d->b.arena, once, false) : once;
    const w403_view readings[] = {twice, once, raw};
    for (size_t i = 0; i < sizeof readings / sizeof *readings && path_key.n; i++) {
        if (readings[i].p && path_confirms(d, path_key, readings[i])) {
            return readings[i];
        }
    }
    return twice.p ? twice : once.p ? once : raw;
}

static void read_target(reader *d)
{
    w403_view uri = d->f->request_uri, path = {NULL, 0};
    d->target.bucket = d->f->bucket;
    if (given(d->f->key)) {
        d->target.key = key_of(d, (w403_view){NULL, 0});
    }
    if (given(uri)) {
        size_t from = w403_view_find_char(uri, ' ');
        path = from < uri.n ? w403_view_sub(uri, from + 1, uri.n) : uri;
        size_t http = w403_view_find(path, W403_LIT(" HTTP/"));
        path.n = http != SIZE_MAX ? http : path.n;
    }
    if (given(d->f->host_header) && path.n && path.p[0] == '/') {
        bool        https;
        w403_target t = {0};
        w403_view   url = w403_build_printf(&d->b, "https://%.*s%.*s", W403_ALL(d->f->host_header), W403_ALL(path));
        if (w403_target_from_url(&d->b, url, &t, &d->query, &https)) {
            d->target.region = t.region;
            d->target.partition = t.partition;
            d->target.website = t.website;
            d->r.via = t.via;
            bool object = given(d->f->key) && t.key.n && (w403_bucket_is_arn(t.bucket) || t.bucket.n);
            if (object) {
                d->target.key = key_of(d, t.key);
            }
            if (object && !path_confirms(d, t.key, d->target.key)) {
                w403_build_note(&d->b, "the key is `%.*s` in the request's path and `%.*s` in the Key field, which counts",
                                W403_FMT(t.key), W403_FMT(d->target.key));
            }
            if (w403_bucket_is_arn(t.bucket)) {
                d->target.bucket = t.bucket;
            }
        }
    }
    if (given(d->f->access_point_arn)) {
        d->target.bucket = d->f->access_point_arn;
        w403_build_said(&d->b, "access point", d->f->access_point_arn, "Access Point ARN");
    }
    w403_build_said(&d->b, "bucket", d->f->bucket, "Bucket");
    w403_build_said(&d->b, "key", d->target.key, "Key");
}

/* Without a host header the caller's ARN says it: nobody reaches another partition. */
static void read_partition(reader *d)
{
    w403_view arn = d->f->requester;
    if (!d->target.partition && w403_view_eq(w403_view_cut(&arn, ':'), W403_LIT("arn"))) {
        d->target.partition = w403_arena_copy(d->b.arena, w403_view_cut(&arn, ':')).p; /* ends in NUL; NULL: aws */
    }
}

static void read_network(reader *d)
{
    if (given(d->f->remote_ip)) {
        w403_build_said(&d->b, "source ip", d->f->remote_ip, "Remote IP");
    }
    w403_view ip = d->f->remote_ip;
    /* private addresses reach S3 through an endpoint only, which the log does not name */
    w403_ip address;
    bool    private = w403_ip_parse(ip, &address) && w403_ip_private(&address);
    if (private && !d->r.via.p) {
        w403_build_context(&d->b, &d->context, "aws:VpcSourceIp", ip);
        w403_build_missing(&d->b, "endpoint", "--via vpce-ID",
                           "the address is private, so the request came through a VPC endpoint that the log does not name");
    } else if (given(ip) && !d->r.via.p) {
        d->r.from = ip;
    } else if (!given(ip)) {
        w403_build_missing(&d->b, "network", "--from IP or --via vpce-ID", "the log line has no address");
    }
    if (given(d->f->tls_version) && d->f->tls_version.n > 4) {
        w403_build_context(&d->b, &d->context, "s3:TlsVersion", w403_view_sub(d->f->tls_version, 4, d->f->tls_version.n));
    }
    bool plain = !given(d->f->cipher_suite) && !given(d->f->tls_version);
    bool old = !given(d->f->host_header) && !given(d->f->auth_type) && !given(d->f->signature_version);
    d->r.secure = !plain ? W403_YES : old ? W403_UNKNOWN : W403_NO;
    if (plain && old) { /* lines of before 2019 end after the version id, or the host id (formats 3.1) */
        w403_build_missing(&d->b, "transport", "--context aws:SecureTransport=true",
                           "the line ends before the fields that tell whether the request was sent over TLS");
    } else if (plain) {
        w403_build_inferred(&d->b, "transport", W403_LIT("http"), "the line has `-` as its cipher suite: check aws:SecureTransport");
    }
    if (given(d->f->user_agent)) {
        w403_build_context(&d->b, &d->context, "aws:UserAgent", d->f->user_agent);
    }
    if (given(d->f->referer)) {
        w403_build_context(&d->b, &d->context, "aws:Referer", d->f->referer);
    }
}

static void read_signature(reader *d)
{
    if (w403_view_eq(d->f->auth_type, W403_LIT("QueryString"))) {
        d->r.presigned = true;
        w403_build_context(&d->b, &d->context, "s3:authType", W403_LIT("REST-QUERY-STRING"));
        const w403_pair *expires = w403_pairs_get(&d->query, "X-Amz-Expires");
        if (!expires || !w403_view_u64(expires->value, &d->r.expires_in_s)) {
            w403_build_context_state(&d->b, &d->context, "s3:signatureAge", W403_UNKNOWN);
        }
    } else if (w403_view_eq(d->f->auth_type, W403_LIT("AuthHeader"))) {
        w403_build_context(&d->b, &d->context, "s3:authType", W403_LIT("REST-HEADER"));
    }
    if (w403_view_eq(d->f->signature_version, W403_LIT("SigV2"))) {
        w403_build_context(&d->b, &d->context, "s3:signatureversion", W403_LIT("AWS"));
    } else if (w403_view_eq(d->f->signature_version, W403_LIT("SigV4"))) {
        w403_build_context(&d->b, &d->context, "s3:signatureversion", W403_LIT("AWS4-HMAC-SHA256"));
    }
}

static void read_answer(reader *d)
{
    w403_reported *r = &d->b.out->reported;
    uint64_t       status = 0;
    r->status = w403_view_u64(d->f->status, &status) && status < 1000 ? (int)status : 0;
    r->error_code = given(d->f->error_code) ? d->f->error_code : (w403_view){NULL, 0};
    r->request_id = d->f->request_id;
    r->host_id = d->f->host_id;
    r->event_time = d->r.at;
    r->principal = d->r.principal;
    if (r->status == 403) {
        r->form = W403_FORM_BARE;
    }
    (void)w403_build_code(&d->b, r->error_code);
    if (r->status && r->status < 400) {
        w403_build_note(&d->b, "the line has status %d: the request was not denied", r->status);
    }
    w403_build_said(&d->b, "error code", r->error_code, "Error Code");
    w403_build_said(&d->b, "request id", r->request_id, "Request ID");
    w403_build_said(&d->b, "host id", r->host_id, "Host Id");
    if (w403_view_eq(d->f->acl_required, W403_LIT("Yes"))) {
        w403_build_note(&d->b, "an ACL was needed to authorize the request (aclRequired)");
    }
}

/* Only what is sent as such: the signature's own parameters are not the operation's. */
static void finish_query(reader *d)
{
    w403_pairs kept = {0};
    for (size_t i = 0; i < d->query.n; i++) {
        w403_pair p = d->query.at[i];
        if (w403_view_eq(p.name, W403_LIT("versionId"))) {
            d->r.version_id = p.value;
        } else if (p.name.n < 6 || !w403_view_ieq(w403_view_sub(p.name, 0, 6), W403_LIT("x-amz-"))) {
            w403_build_pair(&d->b, &kept, p.name, p.value);
        }
    }
    d->query = kept;
    if (given(d->f->version_id)) {
        d->r.version_id = d->f->version_id;
    }
    d->r.query = kept.at;
    d->r.n_query = kept.n;
    d->r.context = d->context.at;
    d->r.n_context = d->context.n;
    d->r.unsaid = W403_UNSAID_HEADERS | (given(d->f->request_uri) ? 0 : W403_UNSAID_QUERY);
}

static void add_operation(reader *d, const w403_operation *op, bool source_side)
{
    w403_request r = d->r;
    w403_target  t = d->target;
    bool         object = strcmp(op->resource_kind, "object") == 0;
    if (!object) {
        t.key = (w403_view){NULL, 0};
    }
    r.operation = w403_view_of(source_side ? "GetObject" : op->name);
    r.resource = w403_target_arn(&d->b, &t);
    if (object && !t.key.n) {
        return; /* REST.GET.ACL is a bucket's when there is no key */
    }
    w403_build_reading(&d->b, &r, "%.*s is %s%s", W403_FMT(d->f->operation), op->name,
                       source_side ? ", here the read of its source" : "");
    if (strcmp(op->name, "CopyObject") == 0 && !source_side) {
        w403_build_missing(&d->b, "copy source", "--header 'x-amz-copy-source: b/k'",
                           "a copy's source has a log line of its own");
    }
}

static void add_readings(reader *d)
{
    const w403_log_name *row = w403_access_log_operation(d->f->operation);
    w403_view rest = row ? w403_view_of(row->operations) : (w403_view){NULL, 0};
    bool      source = w403_view_ends(d->f->operation, W403_LIT("_GET"));
    bool      key = d->target.key.n != 0;
    for (const w403_operation *op; (op = w403_operation_next_plain(&rest)) != NULL;) {
        bool acl_of_bucket = key && strcmp(op->resource_kind, "bucket") == 0 && w403_view_ends(d->f->operation, W403_LIT(".ACL"));
        if (strcmp(op->name, "DeleteObjects") == 0 && key) {
            op = w403_operation_find(W403_LIT("DeleteObject")); /* BATCH.DELETE.OBJECT: one line a key */
        }
        if (op && !acl_of_bucket) {
            add_operation(d, op, source);
        }
    }
    if (d->b.readings.n) {
        return;
    }
    /* no such name in the table: the request itself says what it is */
    w403_view uri = d->f->request_uri;
    const w403_operation *op = given(uri) ? w403_operation_of_http(w403_view_cut(&uri, ' '), &d->target, &d->query, NULL)
                                          : NULL;
    if (op) {
        add_operation(d, op, false);
        w403_build_inferred(&d->b, "operation", w403_view_of(op->name), "Request-URI");
    } else {
        w403_build_missing(&d->b, "operation", "OPERATION", "the line's operation is not in the table");
    }
}

w403_status w403_evidence_log_line(w403_arena *arena, const w403_log_fields *fields, w403_evidence *out,
                                   w403_error *err)
{
    reader *d = W403_NEW(arena, reader);
    W403_NEED(d, err);
    w403_build_init(&d->b, arena, out, W403_EVIDENCE_LOG_LINE);
    d->f = fields;
    if (!given(fields->bucket) || !given(fields->operation)) {
        w403_error_set(err, W403_SYNTAX, "the access log line has no bucket or no operation");
        w403_error_hint(err, "paste the whole line, from the bucket owner's id on");
        return W403_SYNTAX;
    }
    w403_request_init(&d->r);
    d->r.at = iso_time(d, fields->time);
    w403_build_said(&d->b, "time", d->r.at, "Time");
    w403_build_said(&d->b, "operation", fields->operation, "Operation");
    read_requester(d);
    read_target(d);
    read_partition(d);
    read_network(d);
    read_signature(d);
    read_answer(d);
    finish_query(d);
    add_readings(d);
    return w403_build_finish(&d->b, err);
}

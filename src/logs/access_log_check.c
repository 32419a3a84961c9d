/* What an access log record says beyond its fields: who asked, the decoded key, and what contradicts itself. */
#include "base/encode.h"
#include "base/utf8.h"
#include "logs/access_log.h"

/* ---- who, and how it was signed and sent ---- */

static bool is_hex64(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
            return false;
        }
    }
    return v.n == 64;
}

static void classify_requester(w403_record *r)
{
    w403_view service = w403_requester_service(r->requester);
    if (!r->requester.p) {
        r->who = W403_WHO_ANONYMOUS;
    } else if (w403_view_starts(r->requester, W403_LIT("arn:"))) {
        r->who = W403_WHO_ARN;
    } else if (is_hex64(r->requester)) {
        r->who = W403_WHO_CANONICAL;
    } else if (service.n) {
        r->who = W403_WHO_SERVICE;
        r->requester = service;
    }
}

/* Samples write TLSv1.1 and TLSV1.1. */
static bool is_old_tls(w403_view v)
{
    return (v.n >= 3 && w403_view_ieq(w403_view_sub(v, 0, 3), W403_LIT("SSL"))) ||
           w403_view_ieq(v, W403_LIT("TLSv1")) || w403_view_ieq(v, W403_LIT("TLSv1.0")) ||
           w403_view_ieq(v, W403_LIT("TLSv1.1"));
}

/* Lifecycle and the like make no request of their own (S3.EXPIRE.OBJECT). */
static bool is_request(const w403_record *r)
{
    return r->operation.n > 2 && !w403_view_starts(r->operation, W403_LIT("S3."));
}

void w403_access_log_classify(w403_record *r)
{
    classify_requester(r);
    if (w403_view_eq(r->signature, W403_LIT("SigV2"))) {
        r->marks |= W403_MARK_SIGV2;
    }
    if (is_old_tls(r->tls)) {
        r->marks |= W403_MARK_OLD_TLS;
    }
    if (r->secure == W403_NO && r->host_header.p && is_request(r)) {
        r->marks |= W403_MARK_NO_TLS;
    }
    if (w403_view_eq(r->auth_type, W403_LIT("QueryString"))) {
        r->marks |= W403_MARK_PRESIGNED;
    }
}

/* ---- Request-URI ---- */

/* A proxy's absolute form, http://host/key: scheme and host are no part of the path. */
static void drop_authority(w403_view *uri)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof SCHEMES / sizeof *SCHEMES; i++) {
        w403_view scheme = w403_view_of(SCHEMES[i]);
        if (w403_view_starts(*uri, scheme)) {
            w403_view host = w403_view_sub(*uri, scheme.n, uri->n);
            size_t    slash = w403_view_find_char(host, '/');
            *uri = w403_view_sub(host, slash == SIZE_MAX ? host.n : slash, host.n);
            return;
        }
    }
}

/* `GET /bucket/key?x=y HTTP/1.1`. The path may hold blanks that a client did not encode: the method ends at the
 * first blank, the version begins at the last. */
static void split_request(w403_record *r)
{
    w403_view rest = r->request_uri;

    if (rest.n == 0) {
        return;
    }
    r->method = w403_view_cut(&rest, ' ');
    const char *last = rest.n ? memrchr(rest.p, ' ', rest.n) : NULL;
    if (last && (size_t)(rest.p + rest.n - last) > 5 && memcmp(last, " HTTP/", 6) == 0) {
        rest.n = (size_t)(last - rest.p);
    }
    drop_authority(&rest);
    r->path = w403_view_cut(&rest, '?');
    r->query = rest;
}

static bool query_has(w403_view query, w403_view name)
{
    while (query.n > 0) {
        w403_view pair = w403_view_cut(&query, '&');
        if (w403_view_eq(w403_view_cut(&pair, '='), name)) {
            return true;
        }
    }
    return false;
}

/* The subresource of an operation's URI: `/{Bucket}?policy` -> policy. */
static w403_view subresource_of(const w403_operation *op)
{
    w403_view uri = w403_view_of(op->uri);

    w403_view_cut(&uri, '?');
    uri = w403_view_cut(&uri, '&');
    return w403_view_cut(&uri, '=');
}

/* Does the URI fit one of the operations that the log's name stands for? The catalog knows method and subresource of
 * each; a name that is in no table can still be held against its own verb. */
static bool operation_fits(const w403_record *r)
{
    const w403_operation *op;
    size_t                n = 0;

    if (!r->method.p) {
        return true;
    }
    for (; (op = w403_record_operation(r, n)) != NULL; n++) {
        w403_view sub = subresource_of(op);
        /* ListObjectsV2 sends list-type, its predecessor nothing: both are REST.GET.BUCKET. */
        if (w403_view_ieq(r->method, w403_view_of(op->method)) && (sub.n == 0 || query_has(r->query, sub))) {
            return true;
        }
    }
    if (n > 0) {
        return false;
    }
    w403_view name = r->operation, verb;
    if (!w403_view_eq(w403_view_cut(&name, '.'), W403_LIT("REST"))) {
        return true;
    }
    verb = w403_view_cut(&name, '.');
    return w403_view_eq(verb, W403_LIT("COPY")) ? w403_view_eq(r->method, W403_LIT("PUT"))
                                                : w403_view_ieq(r->method, verb);
}

/* ---- key ---- */

/* The key is in the path of these only: the source of a copy, the keys of a multi-delete and of a form upload, and a
 * website's index and error documents are not. */
static bool key_in_path(const w403_record *r)
{
    static const char *const ELSEWHERE[] = {"REST.COPY.OBJECT_GET", "REST.COPY.PART_GET",
                                            "REST.POST.MULTI_OBJECT_DELETE", "REST.POST.OBJECT"};
    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof *ELSEWHERE; i++) {
        if (w403_view_eq(r->operation, w403_view_of(ELSEWHERE[i]))) {
            return false;
        }
    }
    return r->path.n > 0 && w403_view_starts(r->operation, W403_LIT("REST."));
}

static w403_view without_slash(w403_view v)
{
    return v.n > 0 && v.p[0] == '/' ? w403_view_sub(v, 1, v.n) : v;
}

/* Virtual-hosted style: /key. Path style: /bucket/key, where the bucket may be an access point's alias. */
static bool path_holds(w403_view path, w403_view key)
{
    path = without_slash(path);
    if (w403_view_eq(path, key) || w403_view_eq(path, without_slash(key))) {
        return true;
    }
    w403_view_cut(&path, '/');
    return path.p && (w403_view_eq(path, key) || w403_view_eq(path, without_slash(key)));
}

static bool needs_decoding(w403_view v)
{
    return v.n > 0 && (memchr(v.p, '%', v.n) || memchr(v.p, '+', v.n));
}

enum { TWICE, TWICE_PLUS, ONCE, ONCE_PLUS, AS_IT_IS, READINGS };

/* One way to read the key; {NULL,0} where it is no valid encoding. */
static w403_view read_key(w403_arena *a, w403_view raw, int reading)
{
    bool plus = reading == TWICE_PLUS || reading == ONCE_PLUS;

    if (reading == AS_IT_IS) {
        return raw;
    }
    w403_view once = w403_percent_decode(a, raw, plus);
    return once.p && reading <= TWICE_PLUS ? w403_percent_decode(a, once, false) : once;
}

/* Without a URI to ask: decoded twice, else once, else as it is. */
static void guess_key(w403_arena *a, w403_record *r)
{
    static const int ORDER[] = {TWICE, ONCE, AS_IT_IS};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++) {
        r->key = read_key(a, r->key_raw, ORDER[i]);
        if (r->key.p) {
            r->marks |= ORDER[i] == AS_IT_IS ? (unsigned)W403_MARK_KEY_UNDECODED : 0u;
            return;
        }
    }
}

/* The key is logged encoded twice as a rule, a blank as %2520 or `+`, and newer lines may not be encoded at all
 * (formats 3.2). The reading that the URI's own path confirms is taken, else decoding twice. */
static w403_status decode_key(w403_arena *a, w403_record *r, w403_error *err)
{
    w403_view path = r->path;

    r->key = r->key_raw;
    bool compare = r->key_raw.p && key_in_path(r);
    if (compare && memchr(path.p, '%', path.n)) {
        path = w403_percent_decode(a, r->path, false);
        compare = path.p != NULL;
    }
    bool coded = needs_decoding(r->key_raw);
    for (int i = coded ? 0 : AS_IT_IS; compare && i < READINGS; i++) {
        w403_view key = read_key(a, r->key_raw, i);
        if (key.p && path_holds(path, key)) {
            r->key = key;
            return W403_OK;
        }
    }
    r->marks |= compare ? (unsigned)W403_MARK_KEY_MISMATCH : 0u;
    if (coded) {
        guess_key(a, r);
        /* A reading that failed did so for its text, not for want of memory. */
        W403_NEED(w403_arena_alloc(a, r->key_raw.n + 1), err);
    }
    return W403_OK;
}

w403_status w403_access_log_complete(w403_arena *a, w403_record *r, w403_error *err)
{
    r->access_name = w403_access_log_operation(r->operation);
    split_request(r);
    W403_TRY(decode_key(a, r, err));
    if (!r->access_name) {
        r->marks |= W403_MARK_UNKNOWN_OPERATION;
    }
    if (!operation_fits(r)) {
        r->marks |= W403_MARK_VERB_MISMATCH;
    }
    if (w403_utf8_valid(r->raw) < r->raw.n) {
        r->marks |= W403_MARK_INVALID_UTF8;
    }
    return W403_OK;
}

void w403_access_log_fields(const w403_record *r, w403_log_fields *out)
{
    *out = (w403_log_fields){
        .bucket_owner = r->bucket_owner,
        .bucket = r->bucket,
        .time = r->time_text,
        .remote_ip = r->source_ip,
        .requester = r->requester,
        .request_id = r->request_id,
        .operation = r->operation,
        .key = r->key_raw,
        .decoded_key = r->key_raw.p ? r->key : r->key_raw,
        .request_uri = r->request_uri,
        .status = r->status_text,
        .error_code = r->error_code,
        .referer = r->referer,
        .user_agent = r->user_agent,
        .version_id = r->version_id,
        .host_id = r->host_id,
        .signature_version = r->signature,
        .cipher_suite = r->cipher,
        .auth_type = r->auth_type,
        .host_header = r->host_header,
        .tls_version = r->tls,
        .access_point_arn = r->access_point_arn,
        .acl_required = r->acl_required == W403_YES ? W403_LIT("Yes") : (w403_view){NULL, 0},
        .source_region = r->source_region,
        .no_requester = r->who == W403_WHO_UNKNOWN && !r->requester.p,
        .secure = r->secure,
    };
}

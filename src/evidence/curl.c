/* A curl command line or a URL to the request it sends: endpoint, method, headers, and a presigned URL's own terms. */
#include "base/time.h"
#include "evidence/shell.h"
#include "evidence/target.h"

typedef struct reader {
    w403_build   b;
    w403_words   words;
    w403_view    url, method;
    w403_pairs   headers, query;
    w403_target  target;
    w403_request r;
    bool         https, has_body, upload, aws_signed;
    w403_view    key_id;
} reader;

typedef enum curl_effect {
    CURL_SKIP, CURL_METHOD, CURL_HEADER, CURL_DATA, CURL_UPLOAD, CURL_USER, CURL_AGENT, CURL_REFERER, CURL_URL,
    CURL_SIGV4, CURL_HEAD, CURL_GET, CURL_FLAG
} curl_effect;

/* Options that matter, and those whose value must not be taken for the URL. All others are flags. */
static const struct {
    const char *name;
    char        letter;
    curl_effect effect;
} options[] = {
    {"request", 'X', CURL_METHOD},     {"header", 'H', CURL_HEADER},     {"data", 'd', CURL_DATA},
    {"data-binary", 0, CURL_DATA},     {"data-raw", 0, CURL_DATA},       {"data-urlencode", 0, CURL_DATA},
    {"data-ascii", 0, CURL_DATA},      {"json", 0, CURL_DATA},           {"upload-file", 'T', CURL_UPLOAD},
    {"form", 'F', CURL_DATA},          {"user", 'u', CURL_USER},         {"user-agent", 'A', CURL_AGENT},
    {"referer", 'e', CURL_REFERER},    {"url", 0, CURL_URL},             {"aws-sigv4", 0, CURL_SIGV4},
    {"head", 'I', CURL_HEAD},          {"get", 'G', CURL_GET},           {"output", 'o', CURL_SKIP},
    {"proxy", 'x', CURL_SKIP},         {"resolve", 0, CURL_SKIP},        {"connect-to", 0, CURL_SKIP},
    {"cacert", 0, CURL_SKIP},          {"cert", 'E', CURL_SKIP},         {"key", 0, CURL_SKIP},
    {"cookie", 'b', CURL_SKIP},        {"cookie-jar", 'c', CURL_SKIP},   {"dump-header", 'D', CURL_SKIP},
    {"write-out", 'w', CURL_SKIP},     {"max-time", 'm', CURL_SKIP},     {"connect-timeout", 0, CURL_SKIP},
    {"retry", 0, CURL_SKIP},           {"range", 'r', CURL_SKIP},        {"interface", 0, CURL_SKIP},
    {"continue-at", 'C', CURL_SKIP},   {"time-cond", 'z', CURL_SKIP},    {"limit-rate", 0, CURL_SKIP},
};

static void add_header(reader *c, w403_view text)
{
    w403_view value = text;
    w403_view name = w403_view_trim(w403_view_cut(&value, ':'));
    if (name.n && value.p) {
        w403_build_header(&c->b, &c->headers, name, w403_view_trim(value));
    }
}

static void apply(reader *c, curl_effect effect, w403_view v)
{
    switch (effect) {
    case CURL_METHOD: c->method = v; break;
    case CURL_HEADER: add_header(c, v); break;
    case CURL_DATA: c->has_body = true; break;
    case CURL_UPLOAD: c->upload = true; break;
    case CURL_USER: c->key_id = w403_view_cut(&v, ':'); break;
    case CURL_AGENT: w403_build_header(&c->b, &c->headers, W403_LIT("user-agent"), v); break;
    case CURL_REFERER: w403_build_header(&c->b, &c->headers, W403_LIT("referer"), v); break;
    case CURL_URL: c->url = v; break;
    case CURL_SIGV4: c->aws_signed = true; break;
    case CURL_HEAD: c->method = W403_LIT("HEAD"); break;
    case CURL_GET: c->method = W403_LIT("GET"); break;
    case CURL_SKIP:
    case CURL_FLAG: break;
    }
}

static bool takes_value(curl_effect e)
{
    return e != CURL_HEAD && e != CURL_GET && e != CURL_FLAG;
}

static curl_effect find_option(w403_view name, char letter)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (name.n ? w403_view_eq(name, w403_view_of(options[i].name)) : options[i].letter == letter) {
            return options[i].effect;
        }
    }
    return CURL_FLAG;
}

/* `--name value`, and `-sSLXPUT`: letters, of which the first that takes a value takes the rest or the next word. */
static size_t read_option(reader *c, size_t i)
{
    w403_view w = c->words.at[i];
    w403_view next = i + 1 < c->words.n ? c->words.at[i + 1] : (w403_view){NULL, 0};
    if (w403_view_starts(w, W403_LIT("--"))) {
        curl_effect e = find_option(w403_view_sub(w, 2, w.n), 0);
        apply(c, e, next);
        return i + (takes_value(e) && next.p ? 1 : 0);
    }
    for (size_t k = 1; k < w.n; k++) {
        curl_effect e = find_option((w403_view){NULL, 0}, w.p[k]);
        if (takes_value(e)) {
            bool attached = k + 1 < w.n;
            apply(c, e, attached ? w403_view_sub(w, k + 1, w.n) : next);
            return i + (attached || !next.p ? 0 : 1);
        }
        apply(c, e, (w403_view){NULL, 0});
    }
    return i;
}

static w403_status read_words(reader *c, w403_view text, w403_error *err)
{
    w403_view t = w403_view_trim(text);
    bool      one_word = w403_view_find_char(t, ' ') >= t.n && w403_view_find_char(t, '\n') >= t.n &&
                    w403_view_find_char(t, '\'') >= t.n && w403_view_find_char(t, '"') >= t.n;
    if (one_word) {
        c->url = t; /* `&` and `?` of a bare URL are no shell syntax */
        return W403_OK;
    }
    bool curly = false;
    W403_TRY(w403_shell_split(c->b.arena, t, &c->words, &curly, err));
    size_t i = 0;
    while (i < c->words.n && !w403_view_ends(c->words.at[i], W403_LIT("curl")) &&
           w403_view_find(c->words.at[i], W403_LIT("://")) == SIZE_MAX) {
        i++;
    }
    if (i < c->words.n && w403_view_ends(c->words.at[i], W403_LIT("curl"))) {
        i++;
    }
    for (; i < c->words.n; i++) {
        w403_view w = c->words.at[i];
        if (w.n > 1 && w.p[0] == '-') {
            i = read_option(c, i);
        } else if (!c->url.p) {
            c->url = w;
        }
    }
    return W403_OK;
}

/* ---- signatures ---- */

/* 20261121T100000Z, as X-Amz-Date has it, to ISO 8601. */
static w403_view basic_date(w403_build *b, w403_view v)
{
    uint64_t digits;
    if (v.n != 16 || v.p[8] != 'T' || v.p[15] != 'Z' || !w403_view_u64(w403_view_sub(v, 0, 8), &digits) ||
        !w403_view_u64(w403_view_sub(v, 9, 15), &digits)) {
        return (w403_view){NULL, 0};
    }
    return w403_build_printf(b, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", v.p, v.p + 4, v.p + 6, v.p + 9, v.p + 11, v.p + 13);
}

/* AKIA.../20261121/us-east-1/s3/aws4_request */
static void read_credential(reader *c, w403_view v)
{
    c->key_id = w403_view_cut(&v, '/');
    (void)w403_view_cut(&v, '/');
    w403_view region = w403_view_cut(&v, '/');
    w403_build_said(&c->b, "access key", c->key_id, "the signature's credential scope");
    if (region.n && c->target.region.n && !w403_view_eq(region, c->target.region)) {
        w403_build_note(&c->b, "the signature is for Region `%.*s`, the host is of `%.*s`", W403_FMT(region),
                        W403_FMT(c->target.region));
    }
    if (w403_view_starts(c->key_id, W403_LIT("ASIA"))) {
        w403_build_inferred(&c->b, "credentials", W403_LIT("temporary"), "the access key id begins with ASIA");
        w403_build_note(&c->b, "temporary credentials signed it: it is dead when they expire, whatever its own expiry");
    }
}

static bool is_signed(w403_view list, w403_view name)
{
    while (list.p) {
        if (w403_view_ieq(w403_view_cut(&list, ';'), name)) {
            return true;
        }
    }
    return false;
}

/* Every x-amz- header that is sent must be signed (semantics 4.12). */
static void check_signed_headers(reader *c, w403_view list)
{
    for (size_t i = 0; i < c->headers.n; i++) {
        w403_view name = c->headers.at[i].name;
        if (w403_view_starts(name, W403_LIT("x-amz-")) && !is_signed(list, name)) {
            w403_build_inferred(&c->b, "unsigned header", name, "X-Amz-SignedHeaders does not list it");
            c->b.out->refused = w403_build_printf(
                &c->b,
                "the header %.*s is not among the signed ones (%.*s): S3 answers 403 before it looks at any policy",
                W403_FMT(name), W403_FMT(list));
        }
    }
}

static w403_view query_value(const reader *c, const char *name)
{
    const w403_pair *p = w403_pairs_get(&c->query, name);
    return p ? p->value : (w403_view){NULL, 0};
}

static void read_sigv4_query(reader *c)
{
    w403_view date = query_value(c, "X-Amz-Date");
    c->r.presigned = true;
    c->r.signed_at = basic_date(&c->b, date);
    if (!w403_view_u64(query_value(c, "X-Amz-Expires"), &c->r.expires_in_s)) {
        w403_build_note(&c->b, "the URL has no X-Amz-Expires: S3 refuses it");
    } else if (c->r.expires_in_s > 604800) {
        w403_build_note(&c->b, "a presigned URL lives at most 7 days (604800 s), not %llu s",
                        (unsigned long long)c->r.expires_in_s);
    }
    if (!c->r.signed_at.p) {
        w403_build_missing(&c->b, "date", "the whole URL", "its X-Amz-Date is not of the form 20261121T100000Z");
    }
    w403_build_said(&c->b, "signed at", c->r.signed_at, "X-Amz-Date");
    w403_build_said(&c->b, "valid for", query_value(c, "X-Amz-Expires"), "X-Amz-Expires");
    read_credential(c, query_value(c, "X-Amz-Credential"));
    check_signed_headers(c, query_value(c, "X-Amz-SignedHeaders"));
    if (w403_view_starts(c->key_id, W403_LIT("ASIA")) && !w403_pairs_get(&c->query, "X-Amz-Security-Token")) {
        w403_build_note(&c->b, "the URL lacks X-Amz-Security-Token, which temporary credentials need");
    }
}

/* Signature Version 2: Expires is a moment, and when it was signed is not said. */
static void read_sigv2_query(reader *c)
{
    c->r.presigned = true;
    c->r.signed_at = query_value(c, "Expires");
    c->r.expires_in_s = 0;
    c->key_id = query_value(c, "AWSAccessKeyId");
    w403_build_said(&c->b, "access key", c->key_id, "AWSAccessKeyId");
    w403_build_said(&c->b, "expires at", c->r.signed_at, "Expires");
    w403_build_note(&c->b, "Signature Version 2: SSE-KMS objects and newer Regions refuse it");
}

static void read_signature(reader *c, w403_contexts *context)
{
    const w403_pair *auth = w403_pairs_get(&c->headers, "authorization");
    if (w403_pairs_get(&c->query, "X-Amz-Signature")) {
        read_sigv4_query(c);
        w403_build_context(&c->b, context, "s3:authType", W403_LIT("REST-QUERY-STRING"));
        w403_build_context(&c->b, context, "s3:signatureversion", W403_LIT("AWS4-HMAC-SHA256"));
    } else if (w403_pairs_get(&c->query, "AWSAccessKeyId")) {
        read_sigv2_query(c);
        w403_build_context(&c->b, context, "s3:authType", W403_LIT("REST-QUERY-STRING"));
        w403_build_context(&c->b, context, "s3:signatureversion", W403_LIT("AWS"));
        w403_build_context_state(&c->b, context, "s3:signatureAge", W403_UNKNOWN);
    } else if (auth || c->aws_signed) {
        w403_build_context(&c->b, context, "s3:authType", W403_LIT("REST-HEADER"));
        size_t at = auth ? w403_view_find(auth->value, W403_LIT("Credential=")) : SIZE_MAX;
        if (at != SIZE_MAX) {
            read_credential(c, w403_view_sub(auth->value, at + 11, auth->value.n));
        }
    } else {
        c->r.principal = W403_LIT("anonymous");
        w403_build_inferred(&c->b, "principal", c->r.principal, "the request carries no signature");
    }
    if (!c->r.principal.p) {
        w403_build_missing(&c->b, "principal", "--as PRINCIPAL",
                           "only AWS knows whose access key it is: aws sts get-access-key-info, then the account's users");
    }
}

/* ---- the request ---- */

/* Query parameters of a presigned URL that stand for headers, and those that are the signature's. */
static void sort_query(reader *c)
{
    w403_pairs kept = {0};
    for (size_t i = 0; i < c->query.n; i++) {
        w403_pair p = c->query.at[i];
        bool      amz = p.name.n > 6 && w403_view_ieq(w403_view_sub(p.name, 0, 6), W403_LIT("x-amz-"));
        static const char *const own[] = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                          "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token",
                                          "AWSAccessKeyId", "Expires", "Signature", "x-id"};
        bool mine = false;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
            mine |= w403_view_ieq(p.name, w403_view_of(own[k]));
        }
        if (mine) {
            continue;
        }
        if (w403_view_eq(p.name, W403_LIT("versionId"))) {
            c->r.version_id = p.value;
            w403_build_said(&c->b, "version", p.value, "versionId");
        } else if (amz && !w403_pairs_get(&c->headers, w403_arena_copy(c->b.arena, p.name).p)) {
            w403_build_header(&c->b, &c->headers, p.name, p.value);
        } else {
            w403_build_pair(&c->b, &kept, p.name, p.value);
        }
    }
    c->query = kept;
}

static const w403_operation *operation(reader *c)
{
    if (!c->method.p) {
        /* the SDK for JavaScript writes which operation a presigned URL is for */
        const w403_operation *op = w403_operation_find(query_value(c, "x-id"));
        if (op) {
            c->method = w403_view_of(op->method);
            w403_build_said(&c->b, "operation", w403_view_of(op->name), "x-id");
            return op;
        }
        c->method = c->upload ? W403_LIT("PUT") : c->has_body ? W403_LIT("POST") : W403_LIT("GET");
        w403_build_inferred(&c->b, "method", c->method, "curl's default");
    }
    if (c->target.website) {
        /* the website endpoint reads as anybody: GetObject of the key, or of the index document */
        return w403_operation_find(w403_view_eq(c->method, W403_LIT("HEAD")) ? W403_LIT("HeadObject")
                                                                            : W403_LIT("GetObject"));
    }
    return w403_operation_of_http(c->method, &c->target, &c->query, &c->headers);
}

/* The host of a URL that is none of S3's, without its port. */
static w403_view host_of(w403_view url)
{
    size_t scheme = w403_view_find(url, W403_LIT("://"));
    w403_view rest = scheme == SIZE_MAX ? url : w403_view_sub(url, scheme + 3, url.n);
    w403_view host = w403_view_cut(&rest, '/');
    return w403_view_cut(&host, ':');
}

static bool is_cdn(w403_view host)
{
    w403_view domain;
    for (size_t at = 0; (domain = w403_list_next(W403_LIST_CDN_DOMAIN, &at)).p;) {
        if (host.n > domain.n && w403_view_ieq(w403_view_sub(host, host.n - domain.n, host.n), domain)) {
            return true;
        }
    }
    return false;
}

/* N-9: behind a CDN it is not the viewer's request that reaches S3. */
static w403_status behind_cdn(const reader *c, bool cdn, w403_error *err)
{
    w403_error_set(err, W403_SYNTAX, cdn ? "`%.*s` is a URL of CloudFront: S3 sees the request that CloudFront sends to its origin"
                                         : "`%.*s` is no URL of Amazon S3: its server, perhaps a CloudFront distribution, sends "
                                           "a request of its own",
                   W403_FMT(c->url));
    w403_error_hint(err,
                    "ask for that one: GetObject s3://BUCKET/KEY --as service:cloudfront.amazonaws.com --context "
                    "aws:SourceArn=arn:aws:cloudfront::ACCOUNT:distribution/ID (origin access control), --as "
                    "\"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ID\" (origin access identity), or "
                    "--as anonymous (a public bucket)");
    return W403_SYNTAX;
}

static w403_status no_url(const reader *c, w403_view text, w403_error *err)
{
    w403_view host = host_of(c->url);
    bool cdn = is_cdn(host), aws = w403_view_find(host, W403_LIT(".amazonaws.")) != SIZE_MAX;
    if (cdn || (c->url.p && !aws && w403_view_find_char(host, '.') != SIZE_MAX)) {
        return behind_cdn(c, cdn, err);
    }
    if (c->url.p) {
        w403_error_set(err, W403_SYNTAX, "`%.*s` is no URL of Amazon S3", W403_FMT(c->url));
    } else {
        w403_error_set(err, W403_SYNTAX, "no URL in `%.*s`", (int)(text.n > 120 ? 120 : text.n), text.p ? text.p : "");
    }
    w403_error_hint(err, "expected a URL such as https://bucket.s3.us-east-1.amazonaws.com/key, or a curl command");
    return W403_SYNTAX;
}

static void add_reading(reader *c, const w403_operation *op, const w403_contexts *context)
{
    w403_target t = c->target;
    if (c->target.website && (!t.key.n || t.key.p[t.key.n - 1] == '/')) {
        t.key = w403_build_printf(&c->b, "%.*sindex.html", W403_ALL(t.key));
        w403_build_inferred(&c->b, "key", t.key, "a website's usual index document");
    } else if (strcmp(op->resource_kind, "object") != 0) {
        t.key = (w403_view){NULL, 0};
    }
    c->r.operation = w403_view_of(op->name);
    c->r.resource = strcmp(op->resource_kind, "service") == 0 ? W403_LIT("*") : w403_target_arn(&c->b, &t);
    c->r.secure = c->https ? W403_YES : W403_NO;
    c->r.via = t.via;
    c->r.headers = c->headers.at;
    c->r.n_headers = c->headers.n;
    c->r.query = c->query.at;
    c->r.n_query = c->query.n;
    c->r.context = context->at;
    c->r.n_context = context->n;
    w403_build_reading(&c->b, &c->r, "%.*s of a%s is %s", W403_FMT(c->method),
                       !t.bucket.n ? "ll buckets" : t.key.n ? "n object" : " bucket", op->name);
    w403_build_said(&c->b, "bucket", t.bucket, "the URL");
    w403_build_said(&c->b, "key", t.key, "the URL");
    w403_build_said(&c->b, "region", t.region, "the host");
    w403_build_said(&c->b, "vpc endpoint", t.via, "the host");
    if (!t.via.n) {
        w403_build_missing(&c->b, "network", "--from IP or --via vpce-ID",
                           "the URL does not say where the request comes from");
    }
}

w403_status w403_evidence_curl(w403_arena *arena, w403_view text, w403_evidence *out, w403_error *err)
{
    reader *c = W403_NEW(arena, reader);
    W403_NEED(c, err);
    w403_build_init(&c->b, arena, out, W403_EVIDENCE_CURL);
    w403_request_init(&c->r);
    W403_TRY(read_words(c, text, err));
    if (!c->url.p || !w403_target_from_url(&c->b, c->url, &c->target, &c->query, &c->https)) {
        return no_url(c, text, err);
    }
    w403_contexts context = {0};
    read_signature(c, &context);
    const w403_operation *op = operation(c);
    sort_query(c);
    if (!op) {
        w403_error_set(err, W403_SEMANTIC, "`%.*s` on this URL is no operation of Amazon S3", W403_FMT(c->method));
        w403_error_hint(err, "check the method and the query parameters");
        return W403_SEMANTIC;
    }
    add_reading(c, op, &context);
    return w403_build_finish(&c->b, err);
}

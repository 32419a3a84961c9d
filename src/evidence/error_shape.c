/* The texts that CLI, SDKs, XML bodies and debug output put around AWS's message. */
#include "base/time.h"
#include "base/utf8.h"
#include "evidence/error_text.h"

#include <stddef.h>

/* Entities and escapes of the places a message is copied from. Longest first where one begins another. */
static const struct {
    const char *from, *to;
} replacements[] = {
    {"&quot;", "\""}, {"&#34;", "\""}, {"&apos;", "'"}, {"&#39;", "'"},
    {"&lt;", "<"},    {"&gt;", ">"},   {"&amp;", "&"},  {"\\\\\\\"", "\""},
    {"\\\"", "\""},   {"\\u0027", "'"}, {"\\u0022", "\""}, {"\xe2\x80\x9c", "\""},
    {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x98", "'"}, {"\xe2\x80\x99", "'"}, {"\xc2\xa0", " "},
};

static size_t replace_at(w403_view text, size_t i, char *out)
{
    w403_view here = w403_view_sub(text, i, text.n);
    for (size_t k = 0; k < sizeof replacements / sizeof *replacements; k++) {
        w403_view from = w403_view_of(replacements[k].from);
        if (w403_view_starts(here, from)) {
            *out = replacements[k].to[0];
            return from.n;
        }
    }
    return 0;
}

w403_view w403_error_clean(w403_build *b, w403_view text)
{
    char *out = w403_arena_alloc(b->arena, text.n + 1);
    if (!out) {
        b->failed = true;
        return (w403_view){NULL, 0};
    }
    size_t n = 0, i = 0;
    while (i < text.n) {
        char   c = text.p[i];
        size_t used = c == '&' || c == '\\' || (unsigned char)c >= 0x80 ? replace_at(text, i, &out[n]) : 0;
        if (used) {
            n++;
            i += used;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            /* a wrapped line: the break and the indentation are one blank */
            while (i < text.n && (text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == '\t' || text.p[i] == ' ')) {
                i++;
            }
            if (n && out[n - 1] != ' ') {
                out[n++] = ' ';
            }
        } else {
            out[n++] = c;
            i++;
        }
    }
    return (w403_view){out, n};
}

typedef enum label_kind { LABEL_TOKEN, LABEL_NUMBER, LABEL_ELEMENT } label_kind;

/* A value behind a label. TOKEN: to the next blank, quote, comma or bracket. ELEMENT: to the next `<`. */
typedef struct label {
    const char *text;
    const char *not_behind; /* no hit where this stands just before it */
    label_kind  kind;
    size_t      field; /* offset of a w403_view in struct found, or of its status */
} label;

typedef struct found {
    w403_view code, operation, request_id, host_id, authorization_id, bucket, key, headers, expires, server_time;
    w403_view status;
} found;

#define F(name) offsetof(found, name)

static const label labels[] = {
    {"An error occurred (", NULL, LABEL_TOKEN, F(code)},
    {"A client error (", NULL, LABEL_TOKEN, F(code)},
    {"<Code>", NULL, LABEL_ELEMENT, F(code)},
    {"Error Code: ", NULL, LABEL_TOKEN, F(code)},
    {"api error ", NULL, LABEL_TOKEN, F(code)},
    {"Aws::S3::Errors::", NULL, LABEL_TOKEN, F(code)},
    {"errorCode", NULL, LABEL_TOKEN, F(code)},
    {"'Code': '", NULL, LABEL_TOKEN, F(code)},
    {"\"Code\": \"", NULL, LABEL_TOKEN, F(code)},
    {"Code: '", NULL, LABEL_TOKEN, F(code)},
    {"code: '", NULL, LABEL_TOKEN, F(code)},
    {"when calling the ", NULL, LABEL_TOKEN, F(operation)},
    {"operation error S3: ", NULL, LABEL_TOKEN, F(operation)},
    {"Error executing \"", NULL, LABEL_TOKEN, F(operation)},
    {"OperationModel(name=", NULL, LABEL_TOKEN, F(operation)},
    {"<RequestId>", NULL, LABEL_ELEMENT, F(request_id)},
    {"Request ID: ", "Extended ", LABEL_TOKEN, F(request_id)},
    {"RequestID: ", NULL, LABEL_TOKEN, F(request_id)},
    {"request id: ", "extended ", LABEL_TOKEN, F(request_id)},
    {"requestId", "extended", LABEL_TOKEN, F(request_id)},
    {"RequestId", "extended", LABEL_TOKEN, F(request_id)},
    {"requestID", NULL, LABEL_TOKEN, F(request_id)},
    {"x-amz-request-id", NULL, LABEL_TOKEN, F(request_id)},
    {"<HostId>", NULL, LABEL_ELEMENT, F(host_id)},
    {"Extended Request ID: ", NULL, LABEL_TOKEN, F(host_id)},
    {"HostID: ", NULL, LABEL_TOKEN, F(host_id)},
    {"host id: ", NULL, LABEL_TOKEN, F(host_id)},
    {"extendedRequestId", NULL, LABEL_TOKEN, F(host_id)},
    {"HostId", NULL, LABEL_TOKEN, F(host_id)},
    {"x-amz-id-2", NULL, LABEL_TOKEN, F(host_id)},
    {"Status Code: ", NULL, LABEL_NUMBER, F(status)},
    {"StatusCode", NULL, LABEL_NUMBER, F(status)},
    {"status code: ", NULL, LABEL_NUMBER, F(status)},
    {"statusCode", NULL, LABEL_NUMBER, F(status)},
    {"HTTP/1.1\" ", NULL, LABEL_NUMBER, F(status)},
    {"HTTP/1.1 ", NULL, LABEL_NUMBER, F(status)},
    {"HTTP/2 ", NULL, LABEL_NUMBER, F(status)},
    {"authorization id: ", NULL, LABEL_TOKEN, F(authorization_id)},
    {"<BucketName>", NULL, LABEL_ELEMENT, F(bucket)},
    {"<Key>", NULL, LABEL_ELEMENT, F(key)},
    {"<HeadersNotSigned>", NULL, LABEL_ELEMENT, F(headers)},
    {"<Expires>", NULL, LABEL_ELEMENT, F(expires)},
    {"<ServerTime>", NULL, LABEL_ELEMENT, F(server_time)},
};

static bool in_set(char c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

static w403_view value_behind(w403_view text, size_t i, label_kind kind)
{
    size_t end = i;
    if (kind == LABEL_ELEMENT) {
        while (end < text.n && text.p[end] != '<') {
            end++;
        }
        return end < text.n ? w403_view_trim(w403_view_sub(text, i, end)) : (w403_view){NULL, 0};
    }
    while (i < text.n && in_set(text.p[i], ":'\" =")) {
        i++;
    }
    end = i;
    while (end < text.n && !in_set(text.p[end], " '\",;)(<>]}[") && text.p[end] != ':') {
        end++;
    }
    return w403_view_sub(text, i, end);
}

/* First hit of a label whose value fits: digits for a number, something for the rest. */
static w403_view find_label(w403_view text, const label *l)
{
    w403_view name = w403_view_of(l->text);
    size_t    from = 0;
    while (from < text.n) {
        size_t at = w403_view_find(w403_view_sub(text, from, text.n), name);
        if (at == SIZE_MAX) {
            break;
        }
        at += from;
        from = at + name.n;
        w403_view before = w403_view_sub(text, 0, at);
        if (l->not_behind && w403_view_ends(before, w403_view_of(l->not_behind))) {
            continue;
        }
        w403_view v = value_behind(text, at + name.n, l->kind);
        uint64_t  number = 0;
        bool      fits = v.n > 0 && v.n <= 1024 &&
                    (l->kind != LABEL_NUMBER || (w403_view_u64(v, &number) && number >= 100 && number <= 599));
        if (fits) {
            return v;
        }
    }
    return (w403_view){NULL, 0};
}

/* Lines of `aws s3`: `upload failed: ./a to s3://b/k An error ...`. */
static const struct {
    const char *text;
    bool        source, destination; /* which side is S3's */
} failures[] = {
    {"upload failed: ", false, true}, {"download failed: ", true, false}, {"copy failed: ", true, true},
    {"move failed: ", true, true},    {"delete failed: ", true, false},
};

static void read_failure(w403_view text, w403_surroundings *s)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        w403_view name = w403_view_of(failures[i].text);
        size_t    at = w403_view_find(text, name);
        if (at == SIZE_MAX) {
            continue;
        }
        w403_view rest = w403_view_sub(text, at + name.n, text.n);
        size_t    end = w403_view_find(rest, W403_LIT(" An error occurred"));
        rest.n = end != SIZE_MAX ? end : rest.n;
        size_t    to = w403_view_find(rest, W403_LIT(" to "));
        w403_view a = to != SIZE_MAX ? w403_view_sub(rest, 0, to) : rest;
        w403_view z = to != SIZE_MAX ? w403_view_sub(rest, to + 4, rest.n) : (w403_view){NULL, 0};
        if (failures[i].source && w403_view_starts(a, W403_LIT("s3://"))) {
            s->has_from = w403_target_from_uri(w403_view_trim(a), &s->from);
        }
        if (failures[i].destination && w403_view_starts(z, W403_LIT("s3://"))) {
            s->has_to = w403_target_from_uri(w403_view_trim(z), &s->to);
        }
        return;
    }
}

static w403_view token_at(w403_view text, size_t i)
{
    size_t end = i;
    while (end < text.n && !in_set(text.p[end], " '\"<>`")) {
        end++;
    }
    while (end > i && in_set(text.p[end - 1], ".,;:)]}")) {
        end--;
    }
    return w403_view_sub(text, i, end);
}

/* The first S3 URL or s3:// path that the text names. */
static void read_urls(w403_build *b, w403_view text, w403_surroundings *s)
{
    static const char *const schemes[] = {"s3://", "https://", "http://"};
    for (size_t k = 0; k < sizeof schemes / sizeof *schemes && !s->has_from && !s->has_to; k++) {
        size_t from = 0, tries = 0;
        while (from < text.n && tries++ < 64 && !s->has_to) {
            size_t at = w403_view_find(w403_view_sub(text, from, text.n), w403_view_of(schemes[k]));
            if (at == SIZE_MAX) {
                break;
            }
            w403_view   url = token_at(text, from + at);
            w403_target t = {0};
            w403_pairs  query = {0};
            bool        https;
            if (k == 0 ? w403_target_from_uri(url, &t) : w403_target_from_url(b, url, &t, &query, &https)) {
                s->to = t;
                s->has_to = t.bucket.n != 0;
                s->presigned_url = w403_pairs_get(&query, "X-Amz-Signature") || w403_pairs_get(&query, "Signature");
            }
            from += at + (url.n ? url.n : 1);
        }
    }
}

void w403_error_surroundings(w403_build *b, w403_view text, w403_reported *r, w403_surroundings *s)
{
    found f;
    memset(&f, 0, sizeof f);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        w403_view *field = (w403_view *)(void *)((char *)&f + labels[i].field);
        if (!field->p) {
            *field = find_label(text, &labels[i]);
        }
    }
    r->error_code = f.code;
    r->operation = f.operation;
    r->request_id = f.request_id;
    r->host_id = f.host_id;
    r->authorization_id = f.authorization_id;
    uint64_t status = 0;
    if (w403_view_u64(f.status, &status)) {
        r->status = (int)status;
    }
    s->headers_not_signed = f.headers;
    s->expired_at = f.expires;
    s->server_time = f.server_time;
    read_failure(text, s);
    if (!s->has_from && !s->has_to && f.bucket.n) {
        s->to.bucket = f.bucket;
        s->to.key = f.key;
        s->has_to = true;
    }
    if (!s->has_from && !s->has_to) {
        read_urls(b, text, s);
    }
}

/* ---- dates ---- */

static bool digit(w403_view v, size_t i)
{
    return i < v.n && v.p[i] >= '0' && v.p[i] <= '9';
}

/* A run of 1..4 digits at *i; its length, 0: none or longer. */
static unsigned number_at(w403_view v, size_t *i, unsigned *out)
{
    unsigned n = 0, value = 0;
    while (digit(v, *i + n) && n <= 4) {
        value = value * 10 + (unsigned)(v.p[*i + n] - '0');
        n++;
    }
    *i += n;
    *out = value;
    return n > 4 ? 0 : n;
}

/* What stands between the parts of a date: `-`, `/`, `. `, or a character as in 2021年2月19日, but no longer text. */
static bool skip_separator(w403_view v, size_t *i)
{
    size_t start = *i;
    while (*i < v.n && !digit(v, *i) && *i - start < 5) {
        *i += 1;
    }
    return *i > start && digit(v, *i);
}

/* A date at `i`, which is its first digit. */
static w403_view date_at(w403_build *b, w403_view text, size_t i, bool *unsure)
{
    unsigned v[3], len[3];
    for (int k = 0; k < 3; k++) {
        len[k] = number_at(text, &i, &v[k]);
        if (len[k] == 0 || (k < 2 && !skip_separator(text, &i))) {
            return (w403_view){NULL, 0};
        }
    }
    unsigned year, month, day;
    *unsure = false;
    if (len[0] == 4 && len[1] <= 2 && len[2] <= 2) {
        year = v[0], month = v[1], day = v[2];
    } else if (len[2] == 4 && len[0] <= 2 && len[1] <= 2) {
        bool american = v[1] > 12; /* 02/19/2021 */
        year = v[2], day = american ? v[1] : v[0], month = american ? v[0] : v[1];
        *unsure = v[0] <= 12 && v[1] <= 12 && v[0] != v[1];
    } else {
        return (w403_view){NULL, 0};
    }
    bool sane = year >= 2016 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    return sane ? w403_build_printf(b, "%04u-%02u-%02u", year, month, day) : (w403_view){NULL, 0};
}

w403_view w403_error_inventory(w403_build *b, w403_view text, bool *unsure)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!digit(text, i) || (i > 0 && digit(text, i - 1))) {
            continue;
        }
        w403_view date = date_at(b, text, i, unsure);
        size_t    from = i > 120 ? i - 120 : 0, to = text.n - i > 130 ? i + 130 : text.n;
        if (date.p && w403_error_says_inventory(text, w403_view_sub(text, from, to))) {
            return date;
        }
    }
    return (w403_view){NULL, 0};
}

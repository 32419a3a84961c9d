#include "live/transfer.h"

#include <stdio.h>

enum { ARENA_KEPT = 256 * 1024, SLOW_SECONDS = 5 };

static const char no_xml[] = "why403.InvalidResponse"; /* the parser knows better why */

static size_t stop(w403_transfer *t, const char *code)
{
    t->cut = code;
    return 0; /* libcurl ends the transfer */
}

/* A line of the head. The one that begins with HTTP/ begins another head: of a proxy, of a 100 Continue. */
static size_t on_header(char *p, size_t size, size_t count, void *user)
{
    w403_transfer *t = user;
    w403_view      line = {p, size * count}, value = line;
    if (w403_view_starts(line, W403_LIT("HTTP/"))) {
        t->reply.n_headers = 0;
        t->head_bytes = 0;
    }
    t->head_bytes += line.n;
    w403_view name = w403_view_cut(&value, ':');
    if (!value.p) {
        return line.n;
    }
    if (t->head_bytes > W403_LIMIT_LIVE_HEAD || t->reply.n_headers == W403_LIMIT_LIVE_HEADERS) {
        return stop(t, "why403.TooLarge");
    }
    t->headers[t->reply.n_headers++] = (w403_header){w403_arena_copy(t->arena, name),
                                                     w403_arena_copy(t->arena, w403_view_trim(value))};
    return line.n;
}

/* Success of a call that answers JSON or text is kept whole; all else that AWS sends is XML. */
static bool is_xml(const w403_transfer *t, long status)
{
    if (t->raw) {
        return false;
    }
    const w403_call_row *row = &w403_calls[t->reply.row];
    return row->answer == W403_ANSWER_XML ||
           (row->protocol != W403_PROTOCOL_JSON && (status < 200 || status > 299));
}

static void take_sample(w403_transfer *t, w403_view bytes)
{
    for (size_t i = 0; i < bytes.n && t->n_sample < W403_SAMPLE; i++) {
        char c = bytes.p[i];
        t->sample[t->n_sample++] = c >= 0x20 && c < 0x7f ? c : ' ';
    }
}

static size_t on_body(char *p, size_t size, size_t count, void *user)
{
    w403_transfer *t = user;
    w403_view      bytes = {p, size * count};
    long           status = 0;
    if (t->received == 0) {
        (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        t->xml = is_xml(t, status) ? w403_xml_new(t->arena) : NULL;
    }
    t->received += bytes.n;
    if (t->received > t->most) {
        return stop(t, "why403.TooLarge");
    }
    take_sample(t, bytes);
    if (!t->xml) {
        w403_buf_put(&t->body, bytes);
        return bytes.n;
    }
    /* What is no XML is not read to its end. */
    return w403_xml_feed(t->xml, bytes) ? bytes.n : stop(t, no_xml);
}

w403_status w403_transfer_new(w403_transfer **out, w403_error *err)
{
    CURL          *easy = curl_easy_init();
    w403_transfer *t = w403_malloc(sizeof *t);
    *out = t;
    if (!t || !easy) {
        curl_easy_cleanup(easy);
        w403_free(t);
        *out = NULL;
        return w403_error_nomem(err);
    }
    memset(t, 0, sizeof *t);
    t->easy = easy;
    t->arena = w403_arena_new(0);
    W403_NEED(t->arena, err);
    bool set = curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_WRITEDATA, t) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_HEADERDATA, t) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->why) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
    return set ? W403_OK : w403_error_nomem(err);
}

static bool set_method(w403_transfer *t, const w403_transfer_input *in)
{
    if (w403_view_eq(in->method, W403_LIT("HEAD"))) {
        return curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    if (w403_view_eq(in->method, W403_LIT("GET"))) {
        return curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    }
    return curl_easy_setopt(t->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)in->body.n) == CURLE_OK &&
           curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, in->body.p ? in->body.p : "") == CURLE_OK;
}

w403_status w403_transfer_set(w403_transfer *t, const w403_transfer_input *in, w403_error *err)
{
    bool details = in->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS;
    t->raw = in->row == W403_CALL_COUNT;
    t->reply = (w403_wire_reply){.row = in->row, .headers = t->headers};
    t->most = details ? W403_LIMIT_LIVE_DETAILS : W403_LIMIT_LIVE_BODY;
    t->sent = w403_http_headers(in->headers, in->n_headers);
    bool set = (t->sent || in->n_headers == 0) && set_method(t, in);
    if (t->tls != in->tls || !t->prepared) {
        set = set && w403_http_prepare(t->easy, in->http, in->tls, false);
        t->tls = in->tls;
        t->prepared = true;
    }
    set = set && curl_easy_setopt(t->easy, CURLOPT_URL, in->url.p) == CURLE_OK;
    set = set && curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->sent) == CURLE_OK;
    set = set && curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)in->timeout_ms) == CURLE_OK;
    set = set && curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->most) == CURLE_OK;
    set = set && curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)(details ? 6 * SLOW_SECONDS : SLOW_SECONDS)) == CURLE_OK;
    return set ? W403_OK : w403_error_nomem(err);
}

/* What libcurl calls it, in our words; NULL: an answer came. */
static const char *failure(const w403_transfer *t, CURLcode result)
{
    switch ((int)result) {
    case CURLE_OK:
        return NULL;
    case CURLE_WRITE_ERROR:
        return t->cut;
    case CURLE_OPERATION_TIMEDOUT:
        return "why403.Timeout";
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
        return "why403.Truncated";
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_OUT_OF_MEMORY: /* what libcurl says of a header line of more than 100 KB */
        return "why403.TooLarge";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return "why403.TlsFailed";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_TOO_MANY_REDIRECTS:
        return "why403.Redirect";
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return "why403.InvalidResponse";
    default:
        return "why403.ConnectFailed";
    }
}

w403_status w403_transfer_read(w403_transfer *t, CURLcode result, w403_buf *json, w403_reading *out, w403_error *err)
{
    long status = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->reply.status = (int)status;
    t->reply.body = w403_buf_view(&t->body);
    W403_NEED(w403_buf_ok(&t->body) && w403_arena_ok(t->arena), err);
    t->reply.xml = t->xml ? w403_xml_end(t->xml, &t->reply.root) : W403_XML_CUT;
    const char *failed = failure(t, result);
    if (failed && failed != no_xml) {
        *out = (w403_reading){.code = w403_view_of(failed), .message = w403_arena_copy(t->arena, w403_view_of(t->why))};
        return w403_arena_ok(t->arena) ? W403_OK : w403_error_nomem(err);
    }
    if (t->raw) {
        *out = (w403_reading){0};
        return W403_OK;
    }
    return w403_answer_read(t->arena, &t->reply, json, out, err);
}

void w403_transfer_clear(w403_transfer *t, bool secret)
{
    if (secret && t->body.p) {
        explicit_bzero(t->body.p, t->body.cap);
    }
    w403_buf_free(&t->body);
    w403_xml_free(t->xml);
    w403_http_headers_free(t->sent);
    t->xml = NULL;
    t->sent = NULL;
    t->job = NULL;
    t->cut = NULL;
    t->received = t->n_sample = t->head_bytes = 0;
    t->reply = (w403_wire_reply){0};
    t->why[0] = '\0';
    if (w403_arena_used(t->arena) > ARENA_KEPT) {
        w403_arena_free(t->arena);
        t->arena = w403_arena_new(0);
    } else {
        w403_arena_reset(t->arena);
    }
}

void w403_transfer_free(w403_transfer *t)
{
    if (!t) {
        return;
    }
    if (t->arena) {
        w403_transfer_clear(t, true);
    }
    curl_easy_cleanup(t->easy);
    w403_arena_free(t->arena);
    w403_free(t);
}

/* The values of an answer: what stands on the wire as text becomes what the `aws` command prints. */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "live/answer.h"

enum { SECOND = 1000000 };

/* Mon, 30 Nov 2026 21:00:00 GMT */
static bool read_rfc822(w403_view v, w403_instant *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char     text[32], month[4] = "";
    unsigned day = 0, year = 0, hour = 0, minute = 0, second = 0;
    if (v.n >= sizeof text || v.n < 20) {
        return false;
    }
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    if (sscanf(text, "%*3s, %2u %3s %4u %2u:%2u:%2u GMT", &day, month, &year, &hour, &minute, &second) != 6) {
        return false;
    }
    size_t at = w403_view_find(W403_LIT(months), w403_view_of(month));
    if (at == SIZE_MAX || at % 3 != 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    int64_t days = w403_days_from_civil(year, (unsigned)at / 3 + 1, day);
    *out = (((days * 24 + hour) * 60 + minute) * 60 + second) * SECOND;
    return true;
}

/* 1709294400.123: a JSON number, also 1.7092944E9. */
static bool read_epoch(w403_view v, w403_instant *out)
{
    char text[40], *end;
    if (v.n == 0 || v.n >= sizeof text) {
        return false;
    }
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    double seconds = strtod(text, &end);
    if (*end != '\0' || !(seconds > -62135596800.0 && seconds < 253402300800.0)) { /* years 1 to 9999 */
        return false;
    }
    *out = (int64_t)(seconds * SECOND + (seconds < 0 ? -0.5 : 0.5));
    return true;
}

bool w403_answer_time(w403_view text, unsigned format, w403_instant *out)
{
    switch ((w403_time_format)format) {
    case W403_TIME_EPOCH:
        return read_epoch(text, out);
    case W403_TIME_RFC822:
        return read_rfc822(text, out);
    case W403_TIME_ISO8601:
    case W403_TIME_NONE:
        break;
    }
    return w403_instant_parse(text, out);
}

/* As the CLI prints it: 2026-01-02T03:04:05+00:00, with microseconds where there are any. What is no time stays as it is. */
static void write_time(w403_answer_writer *w, w403_view text, unsigned format)
{
    w403_instant t;
    if (!w403_answer_time(text, format, &t)) {
        w403_jw_str(&w->json, text);
        return;
    }
    w403_view zulu = w403_instant_format(w->scratch, t);
    size_t    n = zulu.n > 0 ? zulu.n - 1 : 0, point = w403_view_find_char(zulu, '.');
    int       digits = point == SIZE_MAX ? 0 : 6 - (int)(n - point - 1);
    w403_jw_str(&w->json, w403_arena_printf(w->scratch, "%.*s%.*s+00:00", (int)n, zulu.p ? zulu.p : "", digits, "000000"));
}

static bool is_integer(w403_view v)
{
    size_t sign = v.n > 0 && v.p[0] == '-';
    if (v.n == sign || v.n > 19 || (v.n > sign + 1 && v.p[sign] == '0')) {
        return false;
    }
    for (size_t i = sign; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9') {
            return false;
        }
    }
    return true;
}

/* IAM's policies are percent-encoded JSON. */
static void write_document(w403_answer_writer *w, w403_view text)
{
    w403_view     plain = w403_percent_decode(w->scratch, text, false);
    w403_json_doc doc;
    if (!plain.p) {
        plain = text;
    } else if (w403_json_parse(w->scratch, W403_LIT(""), plain, NULL, &doc, NULL, NULL) == W403_OK) {
        w403_jw_raw(&w->json, w403_view_trim(plain));
        return;
    }
    w->reading->odd_documents++;
    w403_jw_str(&w->json, plain);
}

void w403_answer_scalar(w403_answer_writer *w, const w403_shape_member *m, w403_view text)
{
    w403_view decoded;
    switch ((w403_shape_kind)m->kind) {
    case W403_KIND_BOOLEAN:
        if (!w403_view_ieq(text, W403_LIT("true")) && !w403_view_ieq(text, W403_LIT("false"))) {
            w->wrong = true;
            return;
        }
        w403_jw_bool(&w->json, w403_view_ieq(text, W403_LIT("true")));
        return;
    case W403_KIND_NUMBER:
        if (!is_integer(text)) {
            w->wrong = true;
            return;
        }
        w403_jw_raw(&w->json, text);
        return;
    case W403_KIND_TIME:
        write_time(w, text, m->time);
        return;
    case W403_KIND_DOCUMENT:
        write_document(w, text);
        return;
    case W403_KIND_KEY:
        decoded = w->keys_encoded ? w403_percent_decode(w->scratch, text, true) : text;
        w403_jw_str(&w->json, decoded.p ? decoded : text);
        return;
    case W403_KIND_STRING:
    case W403_KIND_LIST:
    case W403_KIND_MAP:
    case W403_KIND_STRUCTURE:
        break;
    }
    w403_jw_str(&w->json, text);
}

bool w403_answer_pages(w403_answer_writer *w, const char *name, w403_view text)
{
    static const char *const paging[] = {"ResponseMetadata", "NextToken", "Marker", "NextMarker", "IsTruncated", "Truncated",
                                         "ContinuationToken", "NextContinuationToken", "NextKeyMarker",
                                         "NextVersionIdMarker", NULL};
    const char *const       *out = w403_calls[w->reply->row].page_out;
    for (unsigned i = 0; out[i]; i++) {
        if (strcmp(out[i], name) == 0) {
            w->reading->next[i] = w403_arena_copy(w->arena, text);
        }
    }
    for (const char *const *p = paging; *p; p++) {
        if (strcmp(*p, name) == 0) {
            return true;
        }
    }
    return false;
}

w403_view w403_header_find(const w403_header *headers, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(headers[i].name, w403_view_of(name))) {
            return headers[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

static void write_prefixed(w403_answer_writer *w, const w403_shape_member *m)
{
    w403_view prefix = w403_view_of(m->wire);
    bool      any = false;
    for (size_t i = 0; i < w->reply->n_headers; i++) {
        w403_header h = w->reply->headers[i];
        if (h.name.n > prefix.n && w403_view_ieq(w403_view_sub(h.name, 0, prefix.n), prefix)) {
            if (!any) {
                w403_jw_key(&w->json, m->name);
                w403_jw_object(&w->json);
                any = true;
            }
            w403_jw_keyv(&w->json, w403_arena_lower(w->scratch, w403_view_sub(h.name, prefix.n, h.name.n)));
            w403_jw_str(&w->json, h.value);
        }
    }
    if (any) {
        w403_jw_end_object(&w->json);
    }
}

void w403_answer_headers(w403_answer_writer *w)
{
    const w403_shape *shape = &w403_shapes[w403_shape_answers[w->reply->row].shape];
    for (unsigned i = 0; i < shape->n; i++) {
        const w403_shape_member *m = &w403_shape_members[shape->first + i];
        if (m->place == W403_PLACE_HEADERS) {
            write_prefixed(w, m);
            continue;
        }
        w403_view value = m->place == W403_PLACE_HEADER ? w403_header_find(w->reply->headers, w->reply->n_headers, m->wire)
                                                        : (w403_view){NULL, 0};
        if (value.p) {
            w403_jw_key(&w->json, m->name);
            w403_answer_scalar(w, m, value);
        }
    }
}

#include "base/utf8.h"
#include "json/parser.h"

static int hex4(const char *p, const char *end)
{
    int value = 0;
    if (end - p < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        char c = w403_lower(p[i]);
        int  digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/* The character that the escape at *p (a backslash) stands for, and moves behind it; -1: none. */
static int32_t take_escape(const char **p, const char *end)
{
    static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t"; /* letter, what it stands for */
    const char       *at = *p + 1;
    if (at < end && *at == 'u') {
        int unit = hex4(at + 1, end);
        at += 5;
        if (unit >= 0xD800 && unit <= 0xDFFF) {
            int low = unit <= 0xDBFF && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2, end) : -1;
            if (low < 0xDC00 || low > 0xDFFF) {
                return -1;
            }
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
        *p = at;
        return unit;
    }
    for (size_t i = 0; at < end && i + 1 < sizeof letters; i += 2) {
        if (letters[i] == *at) {
            *p = at + 1;
            return letters[i + 1];
        }
    }
    return -1;
}

/* Writes the decoded text of [p, end) into the arena. */
static w403_status decode(w403_json_parser *ps, const char *p, const char *end, w403_view *out)
{
    char *start = w403_arena_alloc(ps->arena, (size_t)(end - p) + 1), *to = start;
    W403_NEED(start, ps->err);
    while (p < end) {
        const char *backslash = memchr(p, '\\', (size_t)(end - p));
        size_t      run = (size_t)((backslash ? backslash : end) - p);
        memcpy(to, p, run);
        to += run;
        p += run;
        if (backslash) {
            int32_t cp = take_escape(&p, end);
            if (cp < 0) {
                return w403_json_bad_escape(ps, backslash);
            }
            to += w403_utf8_put(to, (uint32_t)cp);
        }
    }
    *to = '\0';
    *out = (w403_view){start, (size_t)(to - start)};
    return W403_OK;
}

w403_status w403_json_scan_string(w403_json_parser *ps, w403_json_lexeme *out)
{
    const char *start = ps->p, *p = start + 1, *end = ps->end;
    bool        ascii = true;
    out->escaped = false;
    for (;;) {
        p += w403_utf8_plain((w403_view){p, (size_t)(end - p)});
        if (p == end || (unsigned char)*p < 0x20) {
            return w403_json_bad_string(ps, start, p);
        }
        if (*p == '"') {
            break;
        }
        if (*p == '\\') {
            out->escaped = true;
            p += end - p > 1 ? 2 : 1;
            continue;
        }
        ascii = false;
        while (p < end && (unsigned char)*p >= 0x80) {
            p++;
        }
    }
    out->text = (w403_view){start + 1, (size_t)(p - start - 1)};
    out->span = w403_json_span(ps, start, p + 1);
    ps->p = p + 1;
    if (!ascii) {
        size_t good = w403_utf8_valid(out->text);
        if (good < out->text.n) {
            return w403_json_bad_string(ps, start, start + 1 + good);
        }
    }
    return out->escaped ? decode(ps, start + 1, p, &out->text) : W403_OK;
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }
    return p;
}

/* The end of the number at p by RFC 8259's grammar, NULL when it is none. */
static const char *number_end(const char *p, const char *end)
{
    p += p < end && *p == '-';
    const char *whole = p;
    p = digits(p, end);
    if (p == whole || (*whole == '0' && p - whole > 1)) {
        return NULL;
    }
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = digits(p, end);
        if (p == fraction) {
            return NULL;
        }
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        const char *exponent = p;
        p = digits(p, end);
        if (p == exponent) {
            return NULL;
        }
    }
    return p;
}

w403_status w403_json_scan_number(w403_json_parser *ps, w403_json_lexeme *out)
{
    const char *start = ps->p, *p = number_end(start, ps->end);
    if (!p || (p < ps->end && (w403_lower(*p) >= 'a' ? w403_lower(*p) <= 'z' : strchr("+-._", *p) && *p))) {
        return w403_json_bad_number(ps, start);
    }
    out->text = (w403_view){start, (size_t)(p - start)};
    out->span = w403_json_span(ps, start, p);
    out->escaped = false;
    ps->p = p;
    return W403_OK;
}

size_t w403_json_source_offset(const w403_json_doc *doc, const w403_json *str, size_t i)
{
    const char *start = doc->text.p + str->span.off + 1, *p = start, *end = start + str->span.len - 2;
    size_t      decoded = 0;
    if (str->type != W403_JSON_STRING) {
        return str->span.off;
    }
    if (!str->escaped) {
        return str->span.off + 1 + (i < str->text.n ? i : str->text.n);
    }
    while (p < end) {
        const char *next = p + 1;
        size_t      bytes = 1;
        if (*p == '\\') {
            char scratch[4];
            next = p;
            bytes = w403_utf8_put(scratch, (uint32_t)take_escape(&next, end)); /* valid: it was parsed */
        }
        if (i < decoded + bytes) {
            break;
        }
        decoded += bytes;
        p = next;
    }
    return (size_t)(p - doc->text.p);
}

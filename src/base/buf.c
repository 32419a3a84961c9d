#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

/* Room for n more bytes. */
static bool grow(w403_buf *b, size_t n)
{
    if (b->failed || n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    size_t cap = b->cap * 2 > 256 ? b->cap * 2 : 256;
    cap = cap < b->n + n ? b->n + n : cap;
    char *p = w403_realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

static inline bool reserve(w403_buf *b, size_t n)
{
    return !b->failed && (n <= b->cap - b->n || grow(b, n));
}

void w403_buf_put(w403_buf *b, w403_view v)
{
    if (v.n && reserve(b, v.n)) {
        memcpy(b->p + b->n, v.p, v.n);
        b->n += v.n;
    }
}

void w403_buf_puts(w403_buf *b, const char *s)
{
    w403_buf_put(b, w403_view_of(s));
}

void w403_buf_printf(w403_buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    size_t room = b->cap - b->n;
    int    n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, args); /* it often fits in what there is */
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n >= room && reserve(b, (size_t)n + 1)) { /* its NUL is written, and not counted */
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    }
    if (n > 0 && !b->failed) {
        b->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void w403_buf_u64(w403_buf *b, uint64_t v)
{
    char  digits[20]; /* of 2^64 - 1 */
    char *end = digits + sizeof digits, *at = end;
    do {
        *--at = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    w403_buf_put(b, (w403_view){at, (size_t)(end - at)});
}

static void put_escape(w403_buf *b, unsigned char c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* what is escaped, its letter */
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if ((unsigned char)letters[i] == c) {
            char escape[2] = {'\\', letters[i + 1]};
            w403_buf_put(b, (w403_view){escape, sizeof escape});
            return;
        }
    }
    w403_buf_printf(b, "\\u%04x", c);
}

/* A text of which the first `plain` bytes need nothing. */
static void put_escaped(w403_buf *b, w403_view v, size_t plain)
{
    size_t valid = w403_utf8_valid(v), run = 0;
    for (size_t i = plain; i < v.n;) {
        unsigned char c = (unsigned char)v.p[i];
        bool          broken = i == valid;
        size_t        next = i;
        uint32_t      cp = c < 0x80 || broken ? c : w403_utf8_next(v, &next);
        if (cp >= 0x80 && !broken && w403_utf8_steers(cp)) {
            w403_buf_put(b, w403_view_sub(v, run, i));
            w403_buf_printf(b, "\\u%04x", (unsigned)cp);
            run = i = next;
            continue;
        }
        if (c >= 0x20 && c != '"' && c != '\\' && !broken) {
            i = cp >= 0x80 ? next : i + 1;
            continue;
        }
        w403_buf_put(b, w403_view_sub(v, run, i));
        if (broken) {
            w403_buf_puts(b, "\xEF\xBF\xBD");
            valid = i + 1 + w403_utf8_valid(w403_view_sub(v, i + 1, v.n));
        } else {
            put_escape(b, c);
        }
        run = ++i;
    }
    w403_buf_put(b, run < v.n ? w403_view_sub(v, run, v.n) : (w403_view){NULL, 0});
}

void w403_buf_quoted(w403_buf *b, w403_view v)
{
    if (v.n < SIZE_MAX - 2 && reserve(b, v.n + 2)) {
        char *to = b->p + b->n;
        *to++ = '"';
        if (v.n) {
            memcpy(to, v.p, v.n);
        }
        to[v.n] = '"';
        b->n += v.n + 2;
    }
}

void w403_buf_json_string(w403_buf *b, w403_view v)
{
    size_t plain = w403_utf8_plain(v);
    if (plain == v.n) {
        w403_buf_quoted(b, v);
    } else {
        w403_buf_putc(b, '"');
        put_escaped(b, v, plain);
        w403_buf_putc(b, '"');
    }
}

void w403_buf_clear(w403_buf *b)
{
    b->n = 0;
    b->failed = false;
}

void w403_buf_free(w403_buf *b)
{
    w403_free(b->p);
    *b = (w403_buf){0};
}

w403_view w403_buf_take(w403_buf *b, w403_arena *a)
{
    w403_view text = {NULL, 0};
    if (w403_buf_ok(b)) {
        text = w403_arena_copy(a, w403_buf_view(b));
    } else {
        w403_arena_fail(a);
    }
    w403_buf_free(b);
    return text;
}

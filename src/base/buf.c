#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

/* Room for n more bytes. */
static bool reserve(w403_buf *b, size_t n)
{
    if (b->failed || n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    if (n > b->cap - b->n) {
        size_t cap = b->cap * 2 > 256 ? b->cap * 2 : 256;
        cap = cap < b->n + n ? b->n + n : cap;
        char *p = w403_realloc(b->p, cap);
        if (!p) {
            b->failed = true;
            return false;
        }
        b->p = p;
        b->cap = cap;
    }
    return true;
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

void w403_buf_putc(w403_buf *b, char c)
{
    if (reserve(b, 1)) {
        b->p[b->n++] = c;
    }
}

void w403_buf_printf(w403_buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0) {
        b->failed = true;
    } else if (reserve(b, (size_t)n + 1)) { /* vsnprintf writes its NUL, which is not counted */
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
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

void w403_buf_json_string(w403_buf *b, w403_view v)
{
    size_t valid = w403_utf8_valid(v), run = 0;
    w403_buf_putc(b, '"');
    for (size_t i = 0; i < v.n;) {
        unsigned char c = (unsigned char)v.p[i];
        bool          broken = i == valid;
        if (c >= 0x20 && c != '"' && c != '\\' && !broken) {
            i++;
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
    w403_buf_putc(b, '"');
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

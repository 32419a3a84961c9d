#include "cli/tap.h"

#include <stdarg.h>
#include <stdio.h>

#include "render/style.h"

void w403_tap_result(w403_buf *out, bool passed, size_t number, w403_view name)
{
    w403_buf_printf(out, "%s %zu - ", passed ? "ok" : "not ok", number);
    while (name.n > 0) {
        size_t n = 0;
        while (n < name.n && name.p[n] != '#' && name.p[n] != '\\') {
            n++;
        }
        w403_style_text(out, w403_view_sub(name, 0, n));
        if (n < name.n) {
            w403_buf_putc(out, '\\');
            w403_buf_putc(out, name.p[n++]);
        }
        name = w403_view_sub(name, n, name.n);
    }
    w403_buf_putc(out, '\n');
}

void w403_tap_comment(w403_buf *out, w403_view text)
{
    w403_buf_puts(out, "# ");
    w403_style_text(out, text);
    w403_buf_putc(out, '\n');
}

void w403_tap_commentf(w403_buf *out, const char *fmt, ...)
{
    va_list args;
    w403_arena *a = w403_arena_new(0);
    va_start(args, fmt);
    w403_view text = a ? w403_arena_vprintf(a, fmt, args) : (w403_view){NULL, 0};
    va_end(args);
    out->failed |= text.p == NULL;
    w403_tap_comment(out, text);
    w403_arena_free(a);
}

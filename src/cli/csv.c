#include "cli/csv.h"

static void quoted(w403_buf *out, const char *before, w403_view v, char end)
{
    w403_buf_putc(out, '"');
    w403_buf_puts(out, before);
    while (v.n) {
        size_t quote = w403_view_find_char(v, '"');
        size_t n = quote == SIZE_MAX ? v.n : quote + 1;
        w403_buf_put(out, w403_view_sub(v, 0, n));
        if (quote != SIZE_MAX) {
            w403_buf_putc(out, '"');
        }
        v = w403_view_sub(v, n, v.n);
    }
    w403_buf_putc(out, '"');
    w403_buf_putc(out, end);
}

void w403_csv_field(w403_buf *out, w403_view v, char end)
{
    quoted(out, "", v, end);
}

void w403_csv_cell(w403_buf *out, w403_view v, char end)
{
    quoted(out, v.n && memchr("=+-@\t\r", v.p[0], 6) ? "'" : "", v, end);
}

#include "cli/csv.h"

#include "base/utf8.h"

static bool is_formula(w403_view v)
{
    return v.n > 0 && memchr("=+-@\t\r", v.p[0], 6) != NULL;
}

/* As far as the bytes can stand as they are: a cell holds line ends and tabs. */
static size_t plain_end(w403_view v, size_t i)
{
    while (i < v.n && v.p[i] != '"' &&
           ((v.p[i] >= 0x20 && v.p[i] < 0x7F) || v.p[i] == '\n' || v.p[i] == '\r' || v.p[i] == '\t')) {
        i++;
    }
    return i;
}

void w403_csv_cell(w403_buf *out, w403_view v, char end)
{
    w403_buf_puts(out, is_formula(v) ? "\"'" : "\"");
    for (size_t i = 0; i < v.n;) {
        size_t plain = plain_end(v, i);
        if (plain > i) {
            w403_buf_put(out, w403_view_sub(v, i, plain));
            i = plain;
        } else if (v.p[i] == '"') {
            w403_buf_puts(out, "\"\"");
            i++;
        } else {
            char bytes[4];
            uint32_t cp = w403_utf8_next(v, &i);
            w403_buf_put(out, (w403_view){bytes, w403_utf8_put(bytes, w403_utf8_steers(cp) ? 0xFFFD : cp)});
        }
    }
    w403_buf_putc(out, '"');
    w403_buf_putc(out, end);
}

void w403_csv_number(w403_buf *out, uint64_t n, char end)
{
    w403_buf_u64(out, n);
    w403_buf_putc(out, end);
}

#include "render/excerpt.h"

#include "base/error.h"

enum { SHOWN_LINES = 7, MIN_WIDTH = 40, DEFAULT_WIDTH = 100 };

typedef struct picture {
    w403_buf           *out;
    const w403_excerpt *e;
    bool                color;
    int                 gutter; /* digits of the largest line number */
    size_t              width;  /* columns for the source text */
} picture;

/* The line that holds byte `at`, without its end. */
static w403_view line_at(w403_view text, size_t at, size_t *start)
{
    size_t from = at, to = at;
    while (from > 0 && text.p[from - 1] != '\n') {
        from--;
    }
    while (to < text.n && text.p[to] != '\n') {
        to++;
    }
    *start = from;
    if (to > from && text.p[to - 1] == '\r') {
        to--;
    }
    return w403_view_sub(text, from, to);
}

static void gutter(picture *p, uint32_t line)
{
    w403_style_begin(p->out, p->color, W403_STYLE_NOTE);
    if (line) {
        w403_buf_printf(p->out, "%*u |", p->gutter, line);
    } else {
        w403_buf_printf(p->out, "%*s |", p->gutter, "");
    }
    w403_style_end(p->out, p->color);
}

static void repeat(w403_buf *out, char c, size_t n)
{
    while (n-- > 0) {
        w403_buf_putc(out, c);
    }
}

static void label(picture *p)
{
    if (p->e->label.n > 0) {
        w403_buf_putc(p->out, ' ');
        w403_style_text(p->out, p->e->label);
    }
}

/* Steps back from, or on to, the next character boundary. */
static size_t boundary(w403_view line, size_t i, bool back)
{
    while (i > 0 && i < line.n && ((unsigned char)line.p[i] & 0xC0) == 0x80) {
        i = back ? i - 1 : i + 1;
    }
    return i;
}

/* The window of a long line that holds from..to; what is cut off is marked with `...`. */
static void window(const picture *p, w403_view line, size_t *from, size_t *to)
{
    size_t first = *from, last = *to;
    *from = 0;
    *to = line.n;
    if (line.n <= p->width) {
        return;
    }
    size_t length = last - first < p->width / 2 ? last - first : p->width / 2;
    size_t lead = (p->width - length) / 3;
    *from = boundary(line, first > lead ? first - lead : 0, true);
    *to = boundary(line, line.n - *from > p->width ? *from + p->width : line.n, true);
}

static void cut_line(picture *p, w403_view line, size_t from, size_t to)
{
    w403_buf_puts(p->out, from > 0 ? "..." : "");
    w403_style_text(p->out, w403_view_sub(line, from, to));
    w403_buf_puts(p->out, to < line.n ? "..." : "");
    w403_buf_putc(p->out, '\n');
}

static void one_line(picture *p, uint32_t number, w403_view line, size_t first, size_t last)
{
    size_t from = first, to = last;
    window(p, line, &from, &to);
    gutter(p, number);
    w403_buf_putc(p->out, ' ');
    cut_line(p, line, from, to);
    gutter(p, 0);
    size_t lead = w403_style_columns(w403_view_sub(line, from, first)) + (from > 0 ? 3 : 0);
    size_t end = last < to ? last : to;
    size_t marks = end > first ? w403_style_columns(w403_view_sub(line, first, end)) : 0;
    repeat(p->out, ' ', lead + 1);
    w403_style_begin(p->out, p->color, p->e->style);
    repeat(p->out, '^', marks > 0 ? marks : 1);
    label(p);
    w403_style_end(p->out, p->color);
    w403_buf_putc(p->out, '\n');
}

static void rail(picture *p, const char *mark)
{
    w403_buf_putc(p->out, ' ');
    w403_style_begin(p->out, p->color, p->e->style);
    w403_buf_puts(p->out, mark);
    w403_style_end(p->out, p->color);
    w403_buf_putc(p->out, ' ');
}

/* A rail from the first line to the last; of a long span only both ends are shown. */
static void many_lines(picture *p, uint32_t first, uint32_t last, size_t at, size_t end)
{
    w403_view text = p->e->text;
    bool      skip = last - first + 1 > SHOWN_LINES;
    size_t    pos = at, start = 0;
    for (uint32_t number = first; number <= last; number++) {
        w403_view line = line_at(text, pos, &start);
        bool      middle = skip && number >= first + SHOWN_LINES - 3 && number < last - 1;
        if (!middle) {
            size_t from = 0, to = 0;
            window(p, line, &from, &to);
            gutter(p, number);
            rail(p, number == first ? "/" : "|");
            cut_line(p, line, from, to);
        } else if (number == first + SHOWN_LINES - 3) {
            gutter(p, 0);
            rail(p, "|");
            w403_buf_puts(p->out, "...\n");
        }
        size_t next = w403_view_find_char(w403_view_sub(text, start, text.n), '\n');
        pos = next == SIZE_MAX ? text.n : start + next + 1;
    }
    w403_view tail = line_at(text, end, &start);
    size_t    columns = w403_style_columns(w403_view_sub(tail, 0, end - start < tail.n ? end - start : tail.n));
    gutter(p, 0);
    w403_buf_putc(p->out, ' ');
    w403_style_begin(p->out, p->color, p->e->style);
    w403_buf_putc(p->out, '|');
    repeat(p->out, '_', columns < p->width ? columns + 1 : p->width);
    w403_buf_putc(p->out, '^');
    label(p);
    w403_style_end(p->out, p->color);
    w403_buf_putc(p->out, '\n');
}

void w403_excerpt_put(w403_buf *out, const w403_excerpt *e, bool color, int width)
{
    size_t   at = e->offset < e->text.n ? (size_t)e->offset : e->text.n;
    size_t   end = e->length < e->text.n - at ? at + (size_t)e->length : e->text.n;
    uint32_t first, last, column, unused;
    w403_line_column(e->text, at, &first, &column);
    size_t inside = end > at ? end - 1 : at; /* the last byte that is blamed */
    w403_line_column(e->text, inside, &last, &unused);

    picture p = {.out = out, .e = e, .color = color, .gutter = 1};
    for (uint32_t n = last; n >= 10; n /= 10) {
        p.gutter++;
    }
    size_t columns = (size_t)(width >= MIN_WIDTH ? width : width > 0 ? MIN_WIDTH : DEFAULT_WIDTH);
    p.width = columns - (size_t)p.gutter - 10; /* the gutter, the rail and two times `...` */

    if (e->source.p) {
        w403_style_begin(out, color, W403_STYLE_NOTE);
        w403_buf_printf(out, "%*s--> ", p.gutter, "");
        w403_style_end(out, color);
        w403_style_text(out, e->source);
        w403_buf_printf(out, ":%u:%u\n", first, column);
    }
    gutter(&p, 0);
    w403_buf_putc(out, '\n');
    if (first == last) {
        size_t    start;
        w403_view line = line_at(e->text, at, &start);
        size_t    from = at - start < line.n ? at - start : line.n;
        size_t    to = end - start < line.n ? end - start : line.n;
        one_line(&p, first, line, from, to);
    } else {
        many_lines(&p, first, last, at, inside);
    }
}

#include "render/excerpt.h"

#include <stdio.h>

#include "base/error.h"
#include "base/redact.h"
#include "words/words.h"
#include "base/utf8.h"
#include "json/layout.h"

enum {
    SHOWN_LINES = 7, /* of a span over several */
    MIN_WIDTH = 50,
    DEFAULT_WIDTH = 100,
    TAB = 4,
    LABEL_ROOM = 28,  /* columns that make it worth to stand beside the carets */
    LABEL_BELOW = 72, /* and that a label below them gets, if it needs them */
    CUT = 3,          /* "..." */
    REDACT_BACK = 2048
};

typedef struct mark {
    size_t at, end;       /* bytes of the text; end is clamped and >= at */
    uint32_t first, last; /* lines */
    w403_view label;
    bool primary;
} mark;

typedef struct picture {
    w403_buf *out;
    const w403_excerpt *e;
    bool color;
    const w403_excerpt *original; /* of what is laid out; NULL: nothing is */
    size_t columns; /* of the terminal */
    int gutter;   /* digits of the largest line number */
    size_t width; /* columns for the source text */
    size_t room;  /* and for a label, which is never cut */
    uint32_t column; /* of the primary mark, in bytes */
    mark marks[W403_EXCERPT_MARKS];
    size_t n;
} picture;

/* A line, or of a very long one (a minified document) what stands near a mark: nothing here costs more than that. */
typedef struct piece {
    w403_view text;
    size_t start;     /* its offset in the source */
    bool left, right; /* the line goes on there */
} piece;

typedef struct window { /* columns of a piece that are shown */
    size_t from, to;
    bool left, right; /* the line goes on there */
} window;

/* ---- lines and columns ---- */

static size_t line_start(w403_view text, size_t at)
{
    const char *lf = at ? memrchr(text.p, '\n', at) : NULL;
    return lf ? (size_t)(lf - text.p) + 1 : 0;
}

static bool inside_character(w403_view text, size_t at)
{
    return at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80;
}

/* The line that holds byte `at`, without its end, as far from there as may be shown: a column has 4 bytes at most,
 * but for combining marks. */
static piece piece_at(const picture *p, size_t at)
{
    w403_view text = p->e->text;
    size_t reach = 4 * p->width + 64;
    size_t near = at > reach ? at - reach : 0, far = text.n - at > reach ? at + reach : text.n;
    size_t from = near + line_start(w403_view_sub(text, near, text.n), at - near);
    const char *lf = far > at ? memchr(text.p + at, '\n', far - at) : NULL;
    size_t to = lf ? (size_t)(lf - text.p) : far;
    piece l = {.left = from == near && near > 0 && text.p[near - 1] != '\n', .right = !lf && far < text.n};
    for (int i = 0; l.left && i < 3 && inside_character(text, from); i++) {
        from++;
    }
    for (int i = 0; l.right && i < 3 && inside_character(text, to); i++) {
        to++;
    }
    if (to > from && text.p[to - 1] == '\r') {
        to--;
    }
    l.start = from;
    l.text = w403_view_sub(text, from, to);
    return l;
}

/* Offset of the line after the one that begins at `start`. */
static size_t next_line(w403_view text, size_t start)
{
    size_t end = w403_view_find_char(w403_view_sub(text, start, text.n), '\n');
    return end == SIZE_MAX ? text.n : start + end + 1;
}

/* Columns of the character at *i, which stands in `column`; advances *i. */
static size_t cell(w403_view line, size_t *i, size_t column, uint32_t *cp)
{
    unsigned char c = (unsigned char)line.p[*i];
    if (c >= 0x20 && c < 0x7F) {
        *cp = c;
        ++*i;
        return 1;
    }
    *cp = w403_utf8_next(line, i);
    if (*cp == '\t') {
        return TAB - column % TAB;
    }
    *cp = w403_style_shown(*cp);
    return (size_t)w403_utf8_width(*cp);
}

static size_t column_of(w403_view line, size_t byte)
{
    size_t column = 0;
    uint32_t cp;
    for (size_t i = 0; i < byte && i < line.n;) {
        column += cell(line, &i, column, &cp);
    }
    return column;
}

/* The part of a line to show so that columns from..to are seen. */
static window fit(const picture *p, const piece *l, size_t from, size_t to)
{
    size_t total = column_of(l->text, l->text.n);
    window w = {0, total, l->left, l->right};
    if (total <= p->width) {
        return w;
    }
    size_t length = to - from < p->width ? to - from : p->width;
    size_t lead = (p->width - length) / 2;
    w.from = from > lead ? from - lead : 0;
    if (w.from + p->width > total) {
        w.from = total - p->width;
    }
    w.to = w.from + p->width;
    w.left = w.left || w.from > 0;
    w.right = w.right || w.to < total;
    return w;
}

/* ---- drawing ---- */

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

/* A copy of what is shown without its secrets, and of what stands before it: a name may be there whose value is here. */
static w403_view redacted(const picture *p, const piece *l, w403_buf *copy)
{
    size_t before = l->start < REDACT_BACK ? l->start : REDACT_BACK;
    w403_buf_put(copy, w403_view_sub(p->e->text, l->start - before, l->start + l->text.n));
    if (!w403_buf_ok(copy)) {
        return (w403_view){NULL, 0};
    }
    w403_redact(copy->p, copy->n);
    return w403_view_sub(w403_buf_view(copy), before, copy->n);
}

/* The shown columns of a line, with `...` where it was cut. A wide character that crosses the edge is left out. */
static void source_line(picture *p, const piece *l, const window *w)
{
    w403_buf  copy = {0};
    w403_view line = redacted(p, l, &copy);
    p->out->failed = p->out->failed || !w403_buf_ok(&copy);
    w403_buf_puts(p->out, w->left ? "..." : "");
    size_t column = 0;
    for (size_t i = 0; i < line.n && column < w->to;) {
        uint32_t cp;
        size_t start = column;
        column += cell(line, &i, column, &cp);
        bool inside = start >= w->from && column <= w->to;
        if (inside && cp != '\t') {
            char bytes[4];
            w403_buf_put(p->out, (w403_view){bytes, w403_utf8_put(bytes, cp)});
        } else if (column > w->from) {
            size_t left = start > w->from ? start : w->from, right = column < w->to ? column : w->to;
            w403_style_blanks(p->out, right - left);
        }
    }
    w403_buf_puts(p->out, w->right ? "..." : "");
    w403_buf_putc(p->out, '\n');
    w403_buf_free(&copy);
}

static w403_style style_of(const picture *p, const mark *m)
{
    return m->primary ? p->e->style : W403_STYLE_NOTE;
}

/* A label that is too long for the rest of the line goes on below itself, or stands below the carets. */
static void label(picture *p, const mark *m, size_t column, size_t lead)
{
    if (m->label.n == 0) {
        w403_buf_putc(p->out, '\n');
        return;
    }
    size_t columns = w403_style_columns(m->label);
    size_t indent = column + 1;
    bool beside = indent + columns <= p->room || indent + LABEL_ROOM <= p->room;
    if (!beside) { /* below, as far to the right as most of it fits on one line */
        size_t most = columns < LABEL_BELOW ? columns : LABEL_BELOW;
        most = most < p->room ? most : p->room;
        indent = lead + most <= p->room ? lead : p->room - most;
    }
    w403_buf lines = {0};
    (void)w403_style_wrap(&lines, m->label, 0, 0, p->room - indent);
    w403_view text = w403_buf_view(&lines);
    bool first = true;
    do {
        w403_view one = w403_view_cut(&text, '\n');
        if (first && beside) {
            w403_buf_putc(p->out, ' ');
        } else {
            w403_style_end(p->out, p->color);
            w403_buf_puts(p->out, first ? "\n" : "");
            gutter(p, 0);
            w403_style_blanks(p->out, indent + 1);
            w403_style_begin(p->out, p->color, style_of(p, m));
        }
        w403_buf_put(p->out, one);
        w403_style_end(p->out, p->color);
        w403_buf_putc(p->out, '\n');
        first = false;
    } while (text.p);
    p->out->failed = p->out->failed || lines.failed;
    w403_buf_free(&lines);
}

static void carets(picture *p, const mark *m, const piece *l, const window *w)
{
    size_t from = column_of(l->text, m->at - l->start), to = column_of(l->text, m->end - l->start);
    to = to < w->to ? to : w->to;
    size_t lead = from - w->from + (w->left ? CUT : 0);
    size_t marks = to > from ? to - from : 1;
    gutter(p, 0);
    w403_style_blanks(p->out, lead + 1);
    w403_style_begin(p->out, p->color, style_of(p, m));
    repeat(p->out, m->primary ? '^' : '-', marks);
    label(p, m, lead + marks, lead);
    w403_style_end(p->out, p->color);
}

/* All marks of one line, which must not reach beyond it; how many were drawn. */
static size_t one_line(picture *p, const mark *m, size_t n)
{
    piece l = piece_at(p, m->at);
    window w = {0};
    size_t drawn = 0;
    for (; drawn < n && m[drawn].first == m->first; drawn++) {
        const mark *one = &m[drawn];
        bool beyond = l.right && one->end > l.start + l.text.n;
        l = drawn && beyond ? piece_at(p, one->at) : l;
        size_t from = column_of(l.text, one->at - l.start), to = column_of(l.text, one->end - l.start);
        if (drawn == 0 || beyond || from < w.from || to > w.to) { /* the first one, or one out of sight */
            w = fit(p, &l, from, to);
            gutter(p, m->first);
            w403_buf_putc(p->out, ' ');
            source_line(p, &l, &w);
        }
        carets(p, one, &l, &w);
    }
    return drawn;
}

static void rail(picture *p, const mark *m, const char *text)
{
    w403_buf_putc(p->out, ' ');
    w403_style_word(p->out, p->color, style_of(p, m), text);
    w403_buf_putc(p->out, ' ');
}

/* A rail from the first line to the last; of a long span only both ends are shown. */
static void many_lines(picture *p, const mark *m)
{
    w403_view text = p->e->text;
    bool skip = m->last - m->first + 1 > SHOWN_LINES;
    size_t start = line_start(text, m->at);
    for (uint32_t number = m->first; number <= m->last; number++) {
        bool middle = skip && number >= m->first + SHOWN_LINES - 3 && number < m->last - 1;
        if (!middle) {
            piece l = piece_at(p, start);
            window w = fit(p, &l, 0, 0);
            gutter(p, number);
            rail(p, m, number == m->first ? "/" : "|");
            source_line(p, &l, &w);
        } else if (number == m->first + SHOWN_LINES - 3) {
            gutter(p, 0);
            rail(p, m, "|");
            w403_buf_puts(p->out, "...\n");
        }
        start = number < m->last ? next_line(text, start) : start;
    }
    piece end = piece_at(p, start);
    size_t column = column_of(end.text, m->end - 1 - start);
    column = column < p->width ? column : p->width;
    gutter(p, 0);
    w403_buf_putc(p->out, ' ');
    w403_style_begin(p->out, p->color, style_of(p, m));
    w403_buf_putc(p->out, '|');
    repeat(p->out, '_', column + 1);
    w403_buf_putc(p->out, m->primary ? '^' : '-');
    label(p, m, column + CUT, CUT);
    w403_style_end(p->out, p->color);
}

/* ---- marks ---- */

/* The lines of a mark, and the column of the primary one. */
static void place_mark(picture *p, mark *m)
{
    const w403_excerpt *e = p->e;
    const mark *before = &p->marks[0]; /* the primary one: lines are counted from there */
    uint32_t column = e->column;
    m->first = e->line;
    if (!m->primary && m->at >= before->at) {
        w403_line_column(w403_view_sub(e->text, before->at, m->at), m->at - before->at, &m->first, &column);
        m->first += before->first - 1;
    } else if (!m->primary || m->first == 0) {
        w403_line_column(e->text, m->at, &m->first, &column);
    }
    p->column = m->primary ? column : p->column;
    size_t last = m->end > m->at ? m->end - 1 : m->at;
    w403_line_column(w403_view_sub(e->text, m->at, e->text.n), last - m->at, &m->last, &column);
    m->last += m->first - 1;
}

static void add_mark(picture *p, uint64_t offset, uint64_t length, w403_view text, bool primary)
{
    if (p->n == W403_EXCERPT_MARKS) {
        return;
    }
    w403_view source = p->e->text;
    mark *m = &p->marks[p->n++];
    m->at = offset < source.n ? (size_t)offset : source.n;
    m->end = length < source.n - m->at ? m->at + (size_t)length : source.n;
    m->label = text;
    m->primary = primary;
    place_mark(p, m);
}

/* In the order of the text; the primary one keeps its turn among equals. */
static void sort_marks(picture *p)
{
    for (size_t i = 1; i < p->n; i++) {
        mark m = p->marks[i];
        size_t j = i;
        for (; j > 0 && p->marks[j - 1].at > m.at; j--) {
            p->marks[j] = p->marks[j - 1];
        }
        p->marks[j] = m;
    }
}

/* What stands between two marks: nothing, the one line itself, or `...`. */
static void gap(picture *p, const mark *before, const mark *after)
{
    if (after->first <= before->last + 1) {
        return;
    }
    if (after->first > before->last + 2) {
        w403_style_word(p->out, p->color, W403_STYLE_NOTE, "...\n");
        return;
    }
    size_t last = before->end > before->at ? before->end - 1 : before->at;
    piece l = piece_at(p, next_line(p->e->text, last));
    window w = fit(p, &l, 0, 0);
    gutter(p, before->last + 1);
    w403_buf_putc(p->out, ' ');
    source_line(p, &l, &w);
}

/* Where the primary mark begins in what the user has. */
static uint64_t byte_of(const w403_excerpt *e)
{
    return e->file_offset ? e->file_offset : e->offset;
}

/* Behind the source of a text that was laid out: where it stands in what the user has; in the next line if need be. */
static void remark(picture *p, const w403_excerpt *e, uint32_t line, uint32_t column)
{
    bool inner = p->original->file_offset == 0 && w403_view_find_char(p->original->source, '#') != SIZE_MAX; /* a string of the file */
    char place[32];
    w403_arena *a = w403_arena_new(0);
    if (!a) {
        p->out->failed = true;
        return;
    }
    w403_arena_speak(a, e->language);
    const w403_part byte = W403_N("n", byte_of(p->original));
    w403_view said = inner ? w403_say(a, "(laid out; byte {n} of the document)", byte)
                           : w403_say(a, "(laid out; byte {n} of the file)", byte);
    (void)snprintf(place, sizeof place, ":%u:%u", line, column);
    size_t used = (size_t)p->gutter + 4 + w403_style_columns(e->source) + strlen(place) + 1;
    bool beside = used + w403_style_columns(said) <= p->columns;
    w403_buf_puts(p->out, place);
    w403_buf_printf(p->out, beside ? "%*s" : "\n%*s", beside ? 1 : p->gutter + 4, "");
    w403_buf_put(p->out, said);
    w403_buf_putc(p->out, '\n');
    w403_arena_free(a);
}

static void head(picture *p, const w403_excerpt *e)
{
    uint32_t last = 1;
    for (size_t i = 0; i < p->n; i++) {
        last = p->marks[i].last > last ? p->marks[i].last : last;
    }
    for (p->gutter = 1; last >= 10; last /= 10) {
        p->gutter++;
    }
    if (e->source.p) {
        w403_style_begin(p->out, p->color, W403_STYLE_NOTE);
        w403_buf_printf(p->out, "%*s--> ", p->gutter, "");
        w403_style_end(p->out, p->color);
        w403_style_text(p->out, e->source);
        if (p->original) {
            uint32_t line, column;
            w403_line_column(p->original->text, (size_t)p->original->offset, &line, &column);
            remark(p, e, line, column);
        } else {
            w403_buf_printf(p->out, ":%u:%u\n", p->marks[0].first, p->column);
        }
    }
}

static void draw(w403_buf *out, const w403_excerpt *e, const w403_excerpt *original, bool color, int width)
{
    picture p = {.out = out, .e = e, .color = color, .original = original};
    add_mark(&p, e->offset, e->length, e->label, true);
    for (uint32_t i = 0; i < e->n_also; i++) {
        add_mark(&p, e->also[i].offset, e->also[i].length, e->also[i].label, false);
    }
    p.columns = (size_t)(width >= MIN_WIDTH ? width : width > 0 ? MIN_WIDTH : DEFAULT_WIDTH);
    head(&p, e);
    p.room = p.columns - (size_t)p.gutter - 3;
    p.width = p.room - 2 - 2 * CUT; /* the rail, both ends of a cut line */
    sort_marks(&p);
    gutter(&p, 0);
    w403_buf_putc(out, '\n');
    for (size_t i = 0; i < p.n;) {
        if (i > 0) {
            gap(&p, &p.marks[i - 1], &p.marks[i]);
        }
        if (p.marks[i].first == p.marks[i].last) {
            size_t same = 1; /* marks of this line that stay within it */
            while (i + same < p.n && p.marks[i + same].first == p.marks[i].first &&
                   p.marks[i + same].last == p.marks[i].first) {
                same++;
            }
            i += one_line(&p, &p.marks[i], same);
        } else {
            many_lines(&p, &p.marks[i++]);
        }
    }
}

void w403_excerpt_put(w403_buf *out, const w403_excerpt *e, bool color, int width)
{
    bool needed = !e->layout && e->text.n <= W403_LAYOUT_BYTES && w403_layout_needed(e->text);
    w403_arena *a = needed ? w403_arena_new(0) : NULL;
    w403_excerpt laid;
    w403_excerpt_mark also[W403_EXCERPT_MARKS];
    if (w403_excerpt_lay_out(a, e, &laid, also)) {
        draw(out, &laid, e, color, width);
    } else {
        draw(out, e, NULL, color, width);
    }
    out->failed = out->failed || (needed && (!a || !w403_arena_ok(a))); /* it was to look otherwise */
    w403_arena_free(a);
}

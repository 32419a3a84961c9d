/* The blamed statement with its line numbers; the blamed bytes are <mark>s, the reasons stand below their lines. */
#include "json/layout.h"
#include "render/html.h"

enum {
    WHOLE = 40,        /* a statement of up to so many lines is shown whole */
    AROUND = 3,        /* of a longer one: so many lines around a mark */
    LINE_BYTES = 4000, /* of a longer line: so many bytes, */
    LINE_LEAD = 600    /* this many of them before the first mark */
};

typedef struct figure {
    w403_html *h;
    const w403_blame *blames; /* all of one policy */
    uint32_t n;
    w403_view text;
    w403_span shown; /* the statement's, or the first blame's */
    size_t start;    /* of the current line */
    w403_view line;
    uint32_t number;
    bool laid_out;
    size_t indent; /* blanks that every shown line begins with: left out */
} figure;

static size_t blame_end(const figure *f, uint32_t i)
{
    size_t from = f->blames[i].span.off, end = from + f->blames[i].span.len;
    return end < f->text.n ? end : f->text.n;
}

/* The first blame that covers a byte; f->n when there is none. */
static uint32_t blame_at(const figure *f, size_t byte)
{
    uint32_t i = 0;
    while (i < f->n && !(byte >= f->blames[i].span.off && byte < blame_end(f, i))) {
        i++;
    }
    return i;
}

/* The part of a very long line that is shown; offsets in the line. */
static void cut(const figure *f, size_t *from, size_t *to)
{
    *from = 0;
    *to = f->line.n;
    if (f->line.n <= LINE_BYTES) {
        return;
    }
    size_t first = f->line.n;
    for (uint32_t i = 0; i < f->n; i++) {
        size_t at = f->blames[i].span.off;
        if (at >= f->start && at - f->start < first) {
            first = at - f->start;
        }
    }
    *from = first < f->line.n && first > LINE_LEAD ? first - LINE_LEAD : 0;
    *to = f->line.n - *from > LINE_BYTES ? *from + LINE_BYTES : f->line.n;
    while (*from > 0 && ((unsigned char)f->line.p[*from] & 0xC0) == 0x80) {
        --*from;
    }
    while (*to < f->line.n && ((unsigned char)f->line.p[*to] & 0xC0) == 0x80) {
        ++*to;
    }
}

static size_t leading_blanks(w403_view line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t')) {
        n++;
    }
    return n;
}

/* The line in runs of bytes with the same blame; its indent is never marked. */
static void put_line(const figure *f)
{
    w403_buf *out = f->h->out;
    size_t from, to, text = leading_blanks(f->line);
    cut(f, &from, &to);
    w403_buf_printf(out, "<span class=\"line\" data-n=\"%u\">%s", f->number, from > 0 ? "\xE2\x80\xA6" : "");
    from = from == 0 && f->indent <= to ? f->indent : from;
    while (from < to) {
        uint32_t blame = from < text ? f->n : blame_at(f, f->start + from);
        size_t end = from < text ? text : from + 1;
        while (end < to && blame_at(f, f->start + end) == blame) {
            end++;
        }
        if (blame < f->n) {
            w403_buf_printf(out, "<mark data-blame=\"%u\"%s>", blame, blame > 0 ? " class=\"also\"" : "");
        }
        w403_html_text(out, w403_view_sub(f->line, from, end));
        w403_buf_puts(out, blame < f->n ? "</mark>" : "");
        from = end;
    }
    w403_buf_printf(out, "%s\n</span>", to < f->line.n ? "\xE2\x80\xA6" : "");
}

/* The labels of the blames that end on this line. */
static void put_notes(const figure *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        size_t end = blame_end(f, i), last = end > 0 ? end - 1 : 0;
        if (f->blames[i].label.n > 0 && last >= f->start && last <= f->start + f->line.n) {
            w403_buf_printf(f->h->out, "<span class=\"note%s\">", i > 0 ? " also" : "");
            w403_html_text(f->h->out, f->blames[i].label);
            w403_html_raw(f->h, "</span>");
        }
    }
}

static bool near_mark(const figure *f, uint32_t line)
{
    for (uint32_t i = 0; i < f->n; i++) {
        w403_place p = w403_answer_place(f->text, f->blames[i].span);
        bool close_to_start = line + AROUND >= p.line && line <= p.line + AROUND;
        bool close_to_end = line + AROUND >= p.end_line && line <= p.end_line + AROUND;
        if (close_to_start || close_to_end) {
            return true;
        }
    }
    return false;
}

static size_t line_start(w403_view text, size_t at)
{
    size_t start = at < text.n ? at : text.n;
    while (start > 0 && text.p[start - 1] != '\n') {
        start--;
    }
    return start;
}

/* Reads the line at f->start; gives the start of the next one, SIZE_MAX after the last. */
static size_t take_line(figure *f)
{
    size_t length = w403_view_find_char(w403_view_sub(f->text, f->start, f->text.n), '\n');
    size_t end = length == SIZE_MAX ? f->text.n : f->start + length;
    f->line = w403_view_sub(f->text, f->start, end);
    if (f->line.n > 0 && f->line.p[f->line.n - 1] == '\r') {
        f->line.n--;
    }
    return length == SIZE_MAX ? SIZE_MAX : end + 1;
}

/* What all lines of the statement are indented by at least. */
static void find_indent(figure *f, uint32_t lines)
{
    size_t least = SIZE_MAX;
    f->start = line_start(f->text, f->shown.off);
    for (size_t next; f->start != SIZE_MAX && lines > 0; f->start = next, lines--) {
        next = take_line(f);
        size_t n = leading_blanks(f->line);
        least = n < f->line.n && n < least ? n : least;
    }
    f->indent = least == SIZE_MAX ? 0 : least;
}

static void put_lines(figure *f)
{
    w403_place place = w403_answer_place(f->text, f->shown);
    find_indent(f, place.end_line - place.line + 1);
    bool whole = place.end_line - place.line < WHOLE;
    uint32_t skipped = 0;
    f->start = line_start(f->text, f->shown.off);
    f->number = place.line;
    for (size_t next; f->start != SIZE_MAX && f->number <= place.end_line; f->start = next, f->number++) {
        next = take_line(f);
        bool edge = f->number == place.line || f->number == place.end_line;
        if (!whole && !edge && !near_mark(f, f->number)) {
            skipped++;
            continue;
        }
        if (skipped > 0) {
            w403_html_raw(f->h, "<span class=\"gap\">\xE2\x80\xA6 ");
            w403_html_text(f->h->out, w403_say_plural(f->h->answer->arena, skipped, "{n} line", "{n} lines"));
            w403_html_raw(f->h, "\n</span>");
            skipped = 0;
        }
        put_line(f);
        put_notes(f);
    }
}

static void put_figure(figure *f, const w403_policy *policy)
{
    w403_html *h = f->h;
    w403_place p = w403_answer_place(f->text, f->blames[0].span);
    unsigned id = ++h->ids;
    w403_buf_printf(h->out,
                    "<figure class=\"source\" aria-labelledby=\"source-%u\">\n"
                    "<figcaption class=\"path\" id=\"source-%u\">",
                    id, id);
    w403_html_text(h->out, policy->doc.source);
    const char *how = f->laid_out ? N_("(laid out)") : policy->embedded ? N_("(decoded)") : NULL;
    w403_buf_printf(h->out, ":%u:%u%s%s</figcaption>\n<pre class=\"code\"><code>", p.line, p.column, how ? " " : "",
                    how ? w403_answer_word(h->answer, how) : "");
    put_lines(f);
    w403_html_raw(h, "</code></pre>\n</figure>\n");
}

/* The statement that holds a span, else the span itself. */
static w403_span around(const w403_policy *policy, w403_span span)
{
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        w403_span s = policy->statements[i].span;
        if (span.off >= s.off && span.off + span.len <= s.off + s.len) {
            return s;
        }
    }
    return span;
}

static bool inside(w403_span inner, w403_span outer)
{
    return inner.off >= outer.off && inner.off + inner.len <= outer.off + outer.len;
}

/* A document of one line is shown laid out. */
static void lay_out(figure *f, w403_blame moved[W403_ANSWER_BLAMES])
{
    w403_layout l;
    if (f->n > W403_ANSWER_BLAMES || !w403_layout_document(f->h->answer->arena, f->text, &l)) {
        return;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        moved[i] = f->blames[i];
        moved[i].span = w403_layout_span(&l, moved[i].span);
    }
    f->blames = moved;
    f->shown = w403_layout_span(&l, f->shown);
    f->text = l.text;
    f->laid_out = true;
}

void w403_html_source(w403_html *h, const w403_blame *blames, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        const w403_policy *policy = blames[i].policy;
        figure f = {.h = h, .blames = &blames[i], .n = 1, .text = policy->doc.text};
        f.shown = around(policy, blames[i].span);
        while (i + f.n < n && blames[i + f.n].policy == policy && inside(blames[i + f.n].span, f.shown)) {
            f.n++;
        }
        w403_blame moved[W403_ANSWER_BLAMES];
        lay_out(&f, moved);
        put_figure(&f, policy);
        i += f.n;
    }
}

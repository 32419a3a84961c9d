/* Lines of a pasted text: without boxes and quoting, those that a terminal cut by its width put together again where that
 * is sure, and marked where it is not. */
#include "evidence/error_lines.h"

#include "base/utf8.h"

/* Rules of a box, and bars at the side of one: never part of a message. */
static size_t bar(w403_view v)
{
    bool drawn = v.n >= 3 && (unsigned char)v.p[0] == 0xe2 && ((unsigned char)v.p[1] == 0x94 || (unsigned char)v.p[1] == 0x95);
    return drawn ? 3 : 0;
}

static w403_view trim_start(w403_view v)
{
    while (v.n && (v.p[0] == ' ' || v.p[0] == '\t')) {
        v = w403_view_sub(v, 1, v.n);
    }
    return v;
}

static w403_view trim_end(w403_view v)
{
    while (v.n && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t')) {
        v.n--;
    }
    return v;
}

/* A line of a box without its bars: those stand at the sides. */
static w403_view without_bars(w403_view v)
{
    bool boxed = false;
    for (w403_view head = trim_start(v); bar(head); head = trim_start(v)) {
        v = w403_view_sub(head, bar(head), head.n);
        boxed = true;
    }
    while (boxed && trim_end(v).n >= 3 && bar(w403_view_sub(v, trim_end(v).n - 3, v.n))) {
        v = w403_view_sub(v, 0, trim_end(v).n - 3);
    }
    return boxed && v.n && v.p[0] == ' ' ? w403_view_sub(v, 1, v.n) : v;
}

/* Does every line that is not empty begin with this character, as in quoted mail and tables? */
static bool all_begin(const w403_error_lines *c, char with)
{
    size_t seen = 0;
    for (size_t i = 0; i < c->n; i++) {
        w403_view v = trim_start(c->at[i].text);
        if (v.n && v.p[0] != with) {
            return false;
        }
        seen += v.n > 0;
    }
    return seen > 0;
}

static void take_off(w403_error_lines *c, char with)
{
    for (unsigned depth = 0; depth < 8 && all_begin(c, with); depth++) {
        for (size_t i = 0; i < c->n; i++) {
            w403_view v = trim_start(c->at[i].text);
            v = v.n ? w403_view_sub(v, 1, v.n) : v;
            c->at[i].text = v.n && v.p[0] == ' ' ? w403_view_sub(v, 1, v.n) : v;
        }
    }
}

static void count_columns(w403_error_line *l)
{
    for (size_t i = 0; i < l->text.n;) {
        uint32_t cp = w403_utf8_next(l->text, &i);
        size_t   width = (size_t)w403_utf8_width(cp);
        l->columns[0] += cp == '\t' ? 1 : width;
        l->columns[1] += cp == '\t' ? 8 - l->columns[1] % 8 : width;
    }
}

static bool split(w403_build *b, w403_error_lines *c, w403_view text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++) {
        lines += text.p[i] == '\n' || text.p[i] == '\r';
    }
    c->at = W403_NEW_N(b->arena, w403_error_line, lines);
    if (!c->at) {
        b->failed = true;
        return false;
    }
    for (size_t i = 0, from = 0; i <= text.n; i++) {
        if (i == text.n || text.p[i] == '\n' || text.p[i] == '\r') {
            c->at[c->n++] = (w403_error_line){.text = without_bars(w403_view_sub(text, from, i))};
            from = i + 1;
        }
    }
    take_off(c, '>');
    take_off(c, '|');
    for (size_t i = 0; i < c->n; i++) {
        count_columns(&c->at[i]);
    }
    return true;
}

/* ---- lines cut by their width ---- */

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool word_char(char c)
{
    return letter(c) || (c >= '0' && c <= '9') || (c && strchr("_-/.=+%:?&@~", c));
}

static bool digits_at(w403_view v, const char *form)
{
    size_t n = strlen(form);
    for (size_t i = 0; i < n; i++) {
        char c = i < v.n ? v.p[i] : 0;
        if (form[i] == '0' ? !(c >= '0' && c <= '9') : c != form[i]) {
            return false;
        }
    }
    return true;
}

static bool known_label(w403_view v)
{
    static const char *const labels[] = {"error", "warning", "fatal", "upload failed", "download failed", "copy failed",
                                         "move failed", "delete failed", "make_bucket failed", "remove_bucket failed", "x-amz-", "host:",
                                         "user-agent:", "content-", "authorization:", "accept"};
    bool known = false;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        known |= w403_view_starts(v, w403_view_of(labels[i]));
    }
    return known;
}

/* `Caused by: ...`, `ERROR: ...`, `2026-05-05 ...`: a line that begins something. `label` takes `fatal error: ...` too,
 * which the rest of a cut line may look like. */
static bool begins_anew(w403_view v, bool label)
{
    size_t i = 0, words = 1;
    bool   upper = v.n && v.p[0] >= 'A' && v.p[0] <= 'Z';
    bool   date = digits_at(v, "0000-00-00") || digits_at(v, "0000/00/00") || digits_at(v, "00:00");
    while (i < v.n && i < 48 && (v.p[i] == ' ' || letter(v.p[i]) || (upper && v.p[i] == '-')) && words <= 3) {
        words += v.p[i] == ' ';
        i++;
    }
    bool colon = i >= 2 && i < v.n && v.p[i] == ':' && (i + 1 == v.n || v.p[i + 1] == ' ');
    return date || (colon && upper) || (label && known_label(v)) || (upper && words > 1 && i > 2);
}

/* Every line has the same before it, as in a log: a date, a number, a name in brackets. */
static bool same_beginning(w403_view a, w403_view b)
{
    enum { ENOUGH = 8 };
    bool log = false;
    for (size_t i = 0; i < ENOUGH && i < a.n; i++) {
        log |= (a.p[i] >= '0' && a.p[i] <= '9') || a.p[i] == '[';
    }
    return log && a.n >= ENOUGH && b.n >= ENOUGH && memcmp(a.p, b.p, ENOUGH) == 0;
}

/* Both halves of a name of AWS's: of an operation or of an error code. */
static bool halves_of_a_name(w403_view v, w403_view next)
{
    char   name[64];
    size_t from = v.n, end = 0;
    while (from > 0 && letter(v.p[from - 1])) {
        from--;
    }
    while (end < next.n && (letter(next.p[end]) || (next.p[end] >= '0' && next.p[end] <= '9'))) {
        end++;
    }
    size_t n = v.n - from;
    if (n < 2 || end < 2 || n + end > sizeof name) {
        return false;
    }
    memcpy(name, v.p + from, n);
    memcpy(name + n, next.p, end);
    return w403_operation_find((w403_view){name, n + end}) || w403_code_find((w403_view){name, n + end});
}

/* The line may go on in the next: both sides of the cut are inside a word, or one blank is what it was cut at. */
static bool may_go_on(const w403_error_lines *c, size_t i)
{
    const w403_view v = c->at[i].text, next = i + 1 < c->n ? c->at[i + 1].text : (w403_view){NULL, 0};
    bool            blank = next.n > 1 && next.p[0] == ' ' && word_char(next.p[1]);
    return v.n && next.n && word_char(v.p[v.n - 1]) && (blank || word_char(next.p[0]));
}

/* Cut by a width is sure where several different lines have exactly it, none is longer, and most of them go on. */
static void find_cuts(w403_error_lines *c)
{
    enum { NARROWEST = 20 };
    size_t widest[2] = {0, 0}, full = 0, on = 0, anew = 0, same = 0;
    for (size_t i = 0; i < 2 * c->n; i++) {
        size_t columns = c->at[i / 2].columns[i % 2];
        widest[i % 2] = columns > widest[i % 2] ? columns : widest[i % 2];
    }
    if (widest[0] < NARROWEST || c->n < 2) {
        return;
    }
    for (size_t i = 0, last = SIZE_MAX; i + 1 < c->n; i++) {
        c->at[i].full = c->at[i].columns[0] == widest[0] || c->at[i].columns[1] == widest[1];
        if (!c->at[i].full || c->at[i + 1].text.n == 0) {
            continue;
        }
        full++;
        on += may_go_on(c, i);
        anew += begins_anew(c->at[i + 1].text, true);
        same += same_beginning(c->at[i].text, c->at[i + 1].text) ||
                (last != SIZE_MAX && w403_view_eq(c->at[i].text, c->at[last].text));
        last = i;
    }
    c->cut = full >= 2 && same == 0 && 2 * on >= full && 2 * anew <= full;
    for (size_t i = 0; i + 1 < c->n; i++) {
        const w403_view v = c->at[i].text, next = c->at[i + 1].text;
        bool on_sight = v.n && next.n && next.p[0] != ' ' && (v.p[v.n - 1] == ' ' || halves_of_a_name(v, next));
        c->at[i].joined = c->at[i].full && next.n > 0 && (on_sight || (c->cut && !begins_anew(next, true)));
    }
}

/* A value up to this line's end is unsure: the line is as long as the widest, and the next may go on with it. */
static bool torn(const w403_error_lines *c, size_t i)
{
    const w403_view v = c->at[i].text, next = c->at[i + 1].text;
    bool            anew = !c->cut && (begins_anew(next, true) || same_beginning(v, next));
    return c->at[i].full && !c->at[i].joined && may_go_on(c, i) && !anew;
}

/* The same of what stands around values: the next line goes on with the end of a quote, a bracket or a clause. */
static bool perhaps_cut(const w403_error_lines *c, size_t i)
{
    const w403_view next = c->at[i + 1].text;
    return torn(c, i) || (c->at[i].full && !c->at[i].joined && next.n && strchr("\"'`:),;.]}", next.p[0]));
}

w403_error_lines w403_error_lines_of(w403_build *b, w403_view text)
{
    w403_error_lines c = {0};
    if (!split(b, &c, text)) {
        return (w403_error_lines){0};
    }
    find_cuts(&c);
    for (size_t i = 0; i + 1 < c.n; i++) {
        c.at[i].torn = torn(&c, i);
        c.at[i].perhaps_cut = perhaps_cut(&c, i);
    }
    return c;
}

/* A pasted text made plain: colours, boxes, quoting and escapes taken off, line ends made blanks, lines that a terminal
 * cut by its width put together again where that is sure, and marked where it is not. */
#include "base/utf8.h"
#include "evidence/error_text.h"

#include <stdlib.h>

typedef struct line {
    w403_view text;   /* without what every line begins with */
    size_t    columns[2]; /* a tab is one, or goes on to the next eighth */
    bool      full;   /* as long as any line is: it may be cut by its width */
    bool      joined; /* the next one goes on with it */
} line;

typedef struct cleaner {
    w403_build *b;
    line       *lines;
    size_t      n;
    bool        cut;     /* lines are cut by their width, for sure */
    bool        escaped; /* the text is a string of JSON or Python: \n is a line end */
    char       *out;
    uint8_t    *marks;
    size_t      len;
} cleaner;

/* ---- colours and other commands to a terminal ---- */

static size_t terminal_command(w403_view text, size_t i)
{
    size_t end = i + 1;
    if (text.p[i] != '\x1b' || end >= text.n) {
        return 0;
    }
    if (text.p[end] == '[') { /* CSI: parameters, then a letter */
        for (end++; end < text.n && end - i < 32 && !(text.p[end] >= '@' && text.p[end] <= '~'); end++) {
        }
        return end < text.n ? end + 1 - i : text.n - i;
    }
    if (text.p[end] == ']') { /* OSC: to BEL or ST */
        while (end < text.n && text.p[end] != '\a' && text.p[end] != '\x1b') {
            end++;
        }
        return end - i + (end < text.n ? (text.p[end] == '\a' ? 1 : 2) : 0);
    }
    return 2;
}

static w403_view without_commands(w403_build *b, w403_view text)
{
    char  *out = w403_arena_alloc(b->arena, text.n + 1);
    size_t n = 0;
    if (!out) {
        b->failed = true;
        return (w403_view){NULL, 0};
    }
    for (size_t i = 0; i < text.n;) {
        size_t used = terminal_command(text, i);
        used = used > text.n - i ? text.n - i : used;
        if (!used) {
            out[n++] = text.p[i++];
        }
        i += used;
    }
    return (w403_view){out, n};
}

/* ---- lines ---- */

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
static bool all_begin(const cleaner *c, char with)
{
    size_t seen = 0;
    for (size_t i = 0; i < c->n; i++) {
        w403_view v = trim_start(c->lines[i].text);
        if (v.n && v.p[0] != with) {
            return false;
        }
        seen += v.n > 0;
    }
    return seen > 0;
}

static void take_off(cleaner *c, char with)
{
    for (unsigned depth = 0; depth < 8 && all_begin(c, with); depth++) {
        for (size_t i = 0; i < c->n; i++) {
            w403_view v = trim_start(c->lines[i].text);
            v = v.n ? w403_view_sub(v, 1, v.n) : v;
            c->lines[i].text = v.n && v.p[0] == ' ' ? w403_view_sub(v, 1, v.n) : v;
        }
    }
}

static void count_columns(line *l)
{
    for (size_t i = 0; i < l->text.n;) {
        uint32_t cp = w403_utf8_next(l->text, &i);
        size_t   width = (size_t)w403_utf8_width(cp);
        l->columns[0] += cp == '\t' ? 1 : width;
        l->columns[1] += cp == '\t' ? 8 - l->columns[1] % 8 : width;
    }
}

static bool split(cleaner *c, w403_view text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++) {
        lines += text.p[i] == '\n' || text.p[i] == '\r';
    }
    c->lines = W403_NEW_N(c->b->arena, line, lines);
    if (!c->lines) {
        c->b->failed = true;
        return false;
    }
    for (size_t i = 0, from = 0; i <= text.n; i++) {
        if (i == text.n || text.p[i] == '\n' || text.p[i] == '\r') {
            c->lines[c->n++] = (line){.text = without_bars(w403_view_sub(text, from, i))};
            from = i + 1;
        }
    }
    take_off(c, '>');
    take_off(c, '|');
    for (size_t i = 0; i < c->n; i++) {
        count_columns(&c->lines[i]);
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
                                         "move failed", "delete failed", "make_bucket failed", "remove_bucket failed"};
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
    while (i < v.n && i < 40 && (v.p[i] == ' ' || letter(v.p[i])) && words <= 3) {
        words += v.p[i] == ' ';
        i++;
    }
    bool colon = i >= 2 && i < v.n && v.p[i] == ':' && (i + 1 == v.n || v.p[i + 1] == ' ');
    return date || (colon && (upper || (label && known_label(v)))) || (upper && words > 1 && i > 2);
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
static bool may_go_on(const cleaner *c, size_t i)
{
    const w403_view v = c->lines[i].text, next = i + 1 < c->n ? c->lines[i + 1].text : (w403_view){NULL, 0};
    bool            blank = next.n > 1 && next.p[0] == ' ' && word_char(next.p[1]);
    return v.n && next.n && word_char(v.p[v.n - 1]) && (blank || word_char(next.p[0]));
}

/* Cut by a width is sure where several different lines have exactly it, none is longer, and most of them go on. */
static void find_cuts(cleaner *c)
{
    enum { NARROWEST = 20 };
    size_t widest[2] = {0, 0}, full = 0, on = 0, anew = 0, same = 0;
    for (size_t i = 0; i < 2 * c->n; i++) {
        size_t columns = c->lines[i / 2].columns[i % 2];
        widest[i % 2] = columns > widest[i % 2] ? columns : widest[i % 2];
    }
    if (widest[0] < NARROWEST || c->n < 2) {
        return;
    }
    for (size_t i = 0, last = SIZE_MAX; i + 1 < c->n; i++) {
        c->lines[i].full = c->lines[i].columns[0] == widest[0] || c->lines[i].columns[1] == widest[1];
        if (!c->lines[i].full || c->lines[i + 1].text.n == 0) {
            continue;
        }
        full++;
        on += may_go_on(c, i);
        anew += begins_anew(c->lines[i + 1].text, true);
        same += same_beginning(c->lines[i].text, c->lines[i + 1].text) ||
                (last != SIZE_MAX && w403_view_eq(c->lines[i].text, c->lines[last].text));
        last = i;
    }
    c->cut = full >= 2 && same == 0 && 2 * on >= full && 2 * anew <= full;
    for (size_t i = 0; i + 1 < c->n; i++) {
        const w403_view v = c->lines[i].text, next = c->lines[i + 1].text;
        bool on_sight = v.n && next.n && next.p[0] != ' ' && (v.p[v.n - 1] == ' ' || halves_of_a_name(v, next));
        c->lines[i].joined = c->lines[i].full && next.n > 0 && (on_sight || (c->cut && !begins_anew(next, true)));
    }
}

/* A value up to this line's end is unsure: the line is as long as the widest, and the next may go on with it. */
static bool torn(const cleaner *c, size_t i)
{
    const w403_view v = c->lines[i].text, next = c->lines[i + 1].text;
    bool            anew = !c->cut && (begins_anew(next, true) || same_beginning(v, next));
    return c->lines[i].full && !c->lines[i].joined && may_go_on(c, i) && !anew;
}

/* The same of what stands around values: the next line goes on with the end of a quote, a bracket or a clause. */
static bool perhaps_cut(const cleaner *c, size_t i)
{
    const w403_view next = c->lines[i + 1].text;
    return torn(c, i) || (c->lines[i].full && !c->lines[i].joined && next.n && strchr("\"'`:),;.]}", next.p[0]));
}

/* ---- escapes ---- */

/* Entities and quotes of the places a message is copied from. */
static const struct {
    const char *from, *to;
} replacements[] = {
    {"&quot;", "\""},       {"&#34;", "\""},        {"&apos;", "'"},        {"&#39;", "'"},        {"&#x27;", "'"},
    {"&lt;", "<"},          {"&gt;", ">"},          {"&amp;", "&"},         {"&nbsp;", " "},
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x9e", "\""}, {"\xc2\xab", "\""},    {"\xc2\xbb", "\""},
    {"\xe2\x80\x98", "'"},  {"\xe2\x80\x99", "'"},  {"\xe2\x80\x9a", "'"},  {"\xc2\xa0", " "},     {"\xe2\x80\xaf", " "},
    {"\xe3\x80\x8c", "\""}, {"\xe3\x80\x8d", "\""}, {"\xe3\x80\x80", " "},  {"\xef\xbc\x88", "("}, {"\xef\xbc\x89", ")"},
    {"\xef\xbc\x9a", ":"},  {"\xe2\x86\xb5", " "},
    {"\xe2\x80\x8b", ""},   {"\xef\xbb\xbf", ""},   {"\xe2\x80\x8e", ""},   {"\xe2\x80\x8f", ""},
};

static bool hex4(w403_view v, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = i < v.n ? w403_lower(v.p[i]) : 0;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
        *out = *out * 16 + (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* \uXXXX, with its second half where it is one of a pair. Bytes written to `out` (at most 4); *used: read. */
static size_t unicode_escape(w403_view v, size_t *used, char out[4])
{
    uint32_t cp, low;
    if (v.n < 6 || v.p[1] != 'u' || !hex4(w403_view_sub(v, 2, v.n), &cp)) {
        return 0;
    }
    *used = 6;
    if (cp >= 0xd800 && cp < 0xdc00 && v.n >= 12 && v.p[6] == '\\' && v.p[7] == 'u' &&
        hex4(w403_view_sub(v, 8, v.n), &low) && low >= 0xdc00 && low < 0xe000) {
        cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
        *used = 12;
    }
    bool half = cp >= 0xd800 && cp < 0xe000;
    return half || cp < 0x20 ? (out[0] = ' ', (size_t)1) : w403_utf8_put(out, cp);
}

/* A backslash and what it stands for. */
static size_t escape(const cleaner *c, w403_view v, char out[4], size_t *written, uint8_t *mark)
{
    size_t n = 1, used = 0; /* backslashes: one for each string in a string */
    while (n < v.n && v.p[n] == '\\' && n < 16) {
        n++;
    }
    char next = n < v.n ? v.p[n] : 0;
    *mark = 0;
    if (next == '"' || next == '\'' || next == '/') {
        out[0] = next;
        *written = 1;
        return n + 1;
    }
    char after = n + 1 < v.n ? v.p[n + 1] : 0;
    if ((next == 'n' || next == 'r' || next == 't') && (c->escaped || !after || strchr("< \\\"'{}\t", after))) {
        out[0] = ' ';
        *written = 1;
        *mark = W403_MARK_BREAK;
        return n + 1;
    }
    if (next == 'u' && (*written = unicode_escape(w403_view_sub(v, n - 1, v.n), &used, out)) != 0) {
        for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) { /* \u201c is a quote too */
            if (w403_view_eq((w403_view){out, *written}, w403_view_of(replacements[i].from))) {
                *written = strlen(replacements[i].to);
                memcpy(out, replacements[i].to, *written);
            }
        }
        return n - 1 + used;
    }
    return 0;
}

static size_t replaced(w403_view v, char out[4], size_t *written)
{
    for (size_t k = 0; k < sizeof replacements / sizeof *replacements; k++) {
        w403_view from = w403_view_of(replacements[k].from);
        if (w403_view_starts(v, from)) {
            *written = strlen(replacements[k].to);
            memcpy(out, replacements[k].to, *written);
            return from.n;
        }
    }
    return 0;
}

/* ---- the text ---- */

static void put(cleaner *c, char ch, uint8_t mark)
{
    bool line_end = mark & W403_MARK_BREAK;
    if (line_end && c->len && c->out[c->len - 1] == ' ') {
        c->marks[c->len - 1] |= mark; /* the break and the indentation are one blank */
        return;
    }
    if (ch == ' ' && !line_end && c->len && c->marks[c->len - 1] & W403_MARK_BREAK) {
        return;
    }
    c->out[c->len] = ch;
    c->marks[c->len++] = mark;
}

static void put_line(cleaner *c, w403_view v)
{
    for (size_t i = 0; i < v.n;) {
        char      got[4] = {0};
        char      ch = v.p[i];
        size_t    written = 0, used = 0;
        uint8_t   mark = 0;
        w403_view here = w403_view_sub(v, i, v.n);
        if (ch == '\\') {
            used = escape(c, here, got, &written, &mark);
        } else if (ch == '&' || (unsigned char)ch >= 0x80) {
            used = replaced(here, got, &written);
        }
        if (!used) {
            put(c, ch == '\t' ? ' ' : ch, 0);
            i++;
            continue;
        }
        for (size_t k = 0; k < written; k++) {
            put(c, got[k], mark);
        }
        i += used;
    }
}

/* Quotes with a backslash are a sign, and so are several \n; one alone may be part of a Windows path. */
static bool is_escaped(w403_view text)
{
    static const char line_end[] = "\\n";
    bool   line_ends = w403_view_find_char(w403_view_trim(text), '\n') < text.n;
    bool   path = w403_view_find(text, W403_LIT(":\\")) != SIZE_MAX;
    size_t first = w403_view_find(text, w403_view_of(line_end));
    bool   again = first != SIZE_MAX &&
                 w403_view_find(w403_view_sub(text, first + 2, text.n), w403_view_of(line_end)) != SIZE_MAX;
    return w403_view_find(text, W403_LIT("\\\"")) != SIZE_MAX || (!path && first != SIZE_MAX && (again || !line_ends));
}

w403_clean w403_error_clean(w403_build *b, w403_view text)
{
    static const w403_clean none = {{NULL, 0}, NULL, false};
    cleaner                 c = {.b = b};
    text = without_commands(b, text);
    if (!text.p || !split(&c, text)) {
        return none;
    }
    c.escaped = is_escaped(text);
    find_cuts(&c);
    c.out = w403_arena_alloc(b->arena, text.n + c.n + 1);
    c.marks = w403_arena_alloc(b->arena, text.n + c.n + 1);
    if (!c.out || !c.marks) {
        b->failed = true;
        return none;
    }
    for (size_t i = 0; i < c.n; i++) {
        put_line(&c, c.lines[i].text);
        if (!c.lines[i].joined && i + 1 < c.n) {
            put(&c, ' ', (uint8_t)(W403_MARK_BREAK | (torn(&c, i) ? W403_MARK_TORN : 0)));
        }
    }
    bool any = false;
    for (size_t i = 0; i + 1 < c.n; i++) {
        any |= perhaps_cut(&c, i);
    }
    return (w403_clean){{c.out, c.len}, c.marks, any};
}

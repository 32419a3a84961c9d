/* A pasted text made plain: colours and escapes taken off, lines as error_lines.c has them, line ends made blanks. */
#include "base/utf8.h"
#include "evidence/error_lines.h"

typedef struct cleaner {
    bool     escaped; /* the text is a string of JSON or Python: \n is a line end */
    char    *out;
    uint8_t *marks;
    size_t   len;
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
    text = without_commands(b, text);
    w403_error_lines lines = text.p ? w403_error_lines_of(b, text) : (w403_error_lines){0};
    if (!lines.at) {
        return none;
    }
    cleaner c = {.escaped = is_escaped(text)};
    c.out = w403_arena_alloc(b->arena, text.n + lines.n + 1);
    c.marks = w403_arena_alloc(b->arena, text.n + lines.n + 1);
    if (!c.out || !c.marks) {
        b->failed = true;
        return none;
    }
    bool any = false;
    for (size_t i = 0; i < lines.n; i++) {
        put_line(&c, lines.at[i].text);
        if (!lines.at[i].joined && i + 1 < lines.n) {
            put(&c, ' ', (uint8_t)(W403_MARK_BREAK | (lines.at[i].torn ? W403_MARK_TORN : 0)));
        }
        any |= lines.at[i].perhaps_cut;
    }
    return (w403_clean){{c.out, c.len}, c.marks, any};
}

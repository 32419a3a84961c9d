#include "evidence/repair.h"
#include "base/limits.h"

enum { CANDIDATES_MAX = W403_LIMIT_EVIDENCE_REPAIRS, REPAIR_BYTES_MAX = W403_LIMIT_EVIDENCE_REPAIR_BYTES };

/* From the first line that begins like JSON to the last closing bracket: prose around a pasted fragment goes. */
static w403_view strip_prose(w403_build *b, const char *what, w403_view text)
{
    size_t from = 0, to = text.n;
    bool   start = false;
    for (size_t i = 0, line = 0; i <= text.n && !start; i++) {
        if (i == text.n || text.p[i] == '\n') {
            w403_view l = w403_view_trim(w403_view_sub(text, line, i));
            start = l.n && (l.p[0] == '{' || l.p[0] == '[' || l.p[0] == '"');
            from = start ? line : from;
            line = i + 1;
        }
    }
    while (to > from && text.p[to - 1] != '}' && text.p[to - 1] != ']') {
        to--;
    }
    if (!start || to == from) {
        return text;
    }
    bool before = w403_view_trim(w403_view_sub(text, 0, from)).n != 0;
    bool after = w403_view_trim(w403_view_sub(text, to, text.n)).n != 0;
    if (before || after) {
        w403_build_note(b, "what stands %s the JSON in %s was left out",
                        before && after ? "before and behind" : before ? "before" : "behind", what);
    }
    return w403_view_sub(text, from, to);
}

/* {"a": 1} around `"a": 1`. */
static w403_view embrace(w403_build *b, const char *what, w403_view text)
{
    w403_view t = w403_view_trim(text);
    if (t.n == 0 || t.p[0] != '"') {
        return text;
    }
    char *p = w403_arena_alloc(b->arena, t.n + 2);
    if (!p) {
        b->failed = true;
        return text;
    }
    p[0] = '{';
    memcpy(p + 1, t.p, t.n);
    p[t.n + 1] = '}';
    w403_build_note(b, "%s is a fragment: it was read with `{` and `}` around it", what);
    return (w403_view){p, t.n + 2};
}

/* Line breaks inside strings, with the indentation behind them, are taken out. */
static w403_view join_lines(w403_build *b, const char *what, w403_view text)
{
    char *p = w403_arena_alloc(b->arena, text.n + 1);
    if (!p) {
        b->failed = true;
        return text;
    }
    size_t n = 0, joined = 0, line = 1, first = 0;
    bool   string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        line += c == '\n';
        if (string && (c == '\n' || c == '\r')) {
            joined += c == '\n';
            first = first ? first : line - 1;
            while (i + 1 < text.n && (text.p[i + 1] == ' ' || text.p[i + 1] == '\t')) {
                i++;
            }
            continue;
        }
        p[n++] = c;
        if (string && c == '\\' && i + 1 < text.n && text.p[i + 1] != '\n' && text.p[i + 1] != '\r') {
            p[n++] = text.p[++i];
        } else if (c == '"') {
            string = !string;
        }
    }
    if (joined) {
        w403_build_note(b, "%s has a string that is wrapped after line %zu of the JSON: %zu line break%s and the "
                           "indentation behind were taken out", what, first, joined, joined == 1 ? "" : "s");
    }
    return joined ? (w403_view){p, n} : text;
}

/* Offsets of the closing brackets outside strings, the last CANDIDATES_MAX of those at or before `end`. */
static size_t closers(w403_view text, size_t end, size_t *out)
{
    size_t n = 0;
    bool   string = false;
    for (size_t i = 0; i < text.n && i <= end; i++) {
        char c = text.p[i];
        if (string) {
            i += c == '\\';
            string = c != '"';
        } else if (c == '"') {
            string = true;
        } else if (c == '}' || c == ']') {
            if (n == CANDIDATES_MAX) {
                memmove(out, out + 1, (n - 1) * sizeof *out);
                n--;
            }
            out[n++] = i;
        }
    }
    return n;
}

static w403_view without(w403_build *b, w403_view text, size_t at)
{
    char *p = w403_arena_alloc(b->arena, text.n);
    if (!p) {
        b->failed = true;
        return (w403_view){NULL, 0};
    }
    memcpy(p, text.p, at);
    memcpy(p + at, text.p + at + 1, text.n - at - 1);
    return (w403_view){p, text.n - 1};
}

static void canonical(const w403_json *v, w403_buf *out)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_value(&w, v);
}

/* The one way to take out a bracket. `strict` is where strict parsing stopped. */
static w403_status drop_bracket(w403_build *b, w403_view source, const char *what, w403_view text, size_t stop,
                                w403_json_doc *out, bool *found)
{
    size_t    at[CANDIDATES_MAX], n = closers(text, stop, at), chosen = SIZE_MAX;
    w403_buf  first = {0}, other = {0};
    bool      ambiguous = false;
    *found = false;
    for (size_t i = n; i-- > 0 && !ambiguous && !b->failed;) {
        w403_json_doc doc;
        w403_view     candidate = without(b, text, at[i]);
        if (!candidate.p || w403_json_parse(b->arena, source, candidate, NULL, &doc, NULL, NULL) != W403_OK) {
            continue;
        }
        w403_buf *to = *found ? &other : &first;
        w403_buf_clear(to);
        canonical(doc.root, to);
        if (*found) {
            ambiguous = !w403_view_eq(w403_buf_view(&first), w403_buf_view(&other));
        } else {
            *found = true;
            *out = doc;
            chosen = at[i];
        }
    }
    bool ok = w403_buf_ok(&first) && w403_buf_ok(&other);
    w403_buf_free(&first);
    w403_buf_free(&other);
    if (!ok || b->failed) {
        return W403_NOMEM;
    }
    *found = *found && !ambiguous;
    if (*found) {
        uint32_t line, column;
        w403_line_column(text, chosen, &line, &column);
        w403_build_note(b, "%s has a `%c` too many: the one at line %u, column %u (byte %zu) was taken out", what,
                        text.p[chosen], line, column, chosen);
    }
    return W403_OK;
}

w403_status w403_repair_json(w403_build *b, w403_view source, const char *what, w403_view text, w403_json_doc *out,
                             w403_error *err)
{
    w403_error  strict, again;
    w403_status st = w403_json_parse(b->arena, source, text, NULL, out, NULL, &strict);
    if (st != W403_SYNTAX || text.n > REPAIR_BYTES_MAX) {
        if (st != W403_OK && err) {
            *err = strict;
        }
        return st;
    }
    size_t    notes = b->notes.n;
    w403_view mended = join_lines(b, what, embrace(b, what, strip_prose(b, what, text)));
    st = w403_json_parse(b->arena, source, mended, NULL, out, NULL, &again);
    if (st == W403_SYNTAX) {
        bool found;
        W403_NEED(drop_bracket(b, source, what, mended, (size_t)again.offset, out, &found) == W403_OK, err);
        st = found ? W403_OK : st;
    }
    if (st != W403_OK) {
        b->notes.n = notes; /* nothing was repaired after all */
        if (err) {
            *err = strict;
        }
    }
    return st;
}

/* A unified diff of one hunk: edits of a policy lie close together. */
#include "fix/change.h"
#include "json/layout.h"

enum { AROUND = 3 };

typedef struct lines {
    w403_view *at;
    size_t n;
} lines;

static bool split(w403_arena *a, w403_view text, lines *out)
{
    size_t n = text.n > 0;
    for (size_t i = 0; i + 1 < text.n; i++) {
        n += text.p[i] == '\n';
    }
    out->at = W403_NEW_N(a, w403_view, n);
    out->n = 0;
    for (size_t from = 0; out->at && from < text.n;) {
        size_t to = from;
        while (to < text.n && text.p[to] != '\n') {
            to++;
        }
        to += to < text.n; /* the line end belongs to the line: a last one without is another line */
        out->at[out->n++] = w403_view_sub(text, from, to);
        from = to;
    }
    return out->at != NULL;
}

static void put(w403_buf *b, char mark, const lines *l, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        w403_buf_putc(b, mark);
        w403_buf_put(b, l->at[i]);
        w403_buf_puts(b, w403_view_ends(l->at[i], W403_LIT("\n")) ? "" : "\n\\ No newline at end of file\n");
    }
}

/* As git writes it and patch reads it: in quotes where it holds what would end or break the line, and with a tab
 * behind it where it holds a blank. */
static void put_name(w403_buf *b, const char *mark, const char *side, w403_view name)
{
    bool quoted = false, blank = false;
    while (*side && name.n && name.p[0] == '/') { /* of an absolute path: applied from the root, as git's */
        name = w403_view_sub(name, 1, name.n);
    }
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        quoted |= c < 0x20 || c == 0x7F || c == '"' || c == '\\';
        blank |= c == ' ';
    }
    w403_buf_printf(b, "%s %s%s", mark, quoted ? "\"" : "", side);
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (quoted && (c < 0x20 || c == 0x7F)) {
            w403_buf_printf(b, "\\%03o", c);
        } else {
            w403_buf_puts(b, quoted && (c == '"' || c == '\\') ? "\\" : "");
            w403_buf_putc(b, (char)c);
        }
    }
    w403_buf_puts(b, quoted ? "\"\n" : blank ? "\t\n" : "\n");
}

w403_view w403_unified_diff(w403_arena *a, w403_view name, w403_view before, w403_view after)
{
    lines old, now;
    if (!split(a, before.p ? before : W403_LIT(""), &old) || !split(a, after, &now)) {
        return (w403_view){NULL, 0};
    }
    size_t head = 0, tail = 0, least = old.n < now.n ? old.n : now.n;
    while (head < least && w403_view_eq(old.at[head], now.at[head])) {
        head++;
    }
    while (tail < least - head && w403_view_eq(old.at[old.n - 1 - tail], now.at[now.n - 1 - tail])) {
        tail++;
    }
    size_t from = head > AROUND ? head - AROUND : 0, more = tail > AROUND ? AROUND : tail;
    size_t n_old = old.n - tail + more - from, n_now = now.n - tail + more - from;
    w403_buf b = {0};
    put_name(&b, "---", before.p ? "a/" : "", before.p ? name : W403_LIT("/dev/null"));
    put_name(&b, "+++", "b/", name);
    w403_buf_printf(&b, "@@ -%zu,%zu +%zu,%zu @@\n", n_old ? from + 1 : from, n_old, n_now ? from + 1 : from, n_now);
    put(&b, ' ', &old, from, head);
    put(&b, '-', &old, head, old.n - tail);
    put(&b, '+', &now, head, now.n - tail);
    put(&b, ' ', &old, old.n - tail, old.n - tail + more);
    return w403_buf_take(&b, a);
}

w403_view w403_document_diff(w403_arena *a, w403_view name, w403_view before, w403_view after)
{
    if (w403_layout_needed(before) || w403_layout_needed(after)) {
        w403_layout was, is;
        if ((before.p && !w403_layout_make(a, before, &was)) || !w403_layout_make(a, after, &is)) {
            return (w403_view){NULL, 0};
        }
        return w403_unified_diff(a, name, before.p ? was.text : before, is.text);
    }
    return w403_unified_diff(a, name, before, after);
}

/* A unified diff. Edits of a policy lie close together, and then it is one hunk; of a long stretch only what differs is shown. */
#include "fix/change.h"
#include "base/array.h"
#include "json/layout.h"

enum { AROUND = 3, LONG = 40, LOOK = 64 }; /* lines: shown beside a change; of a stretch that is parted; looked through to find where both go on alike */

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

/* Lines [from, to) of the old text are [at, end) of the new one. */
typedef struct change {
    size_t from, to, at, end;
} change;
typedef W403_ARRAY(change) changes;

/* Do both go on alike, from these lines on? */
static bool alike(const lines *old, const lines *now, const change *all, size_t i, size_t k)
{
    size_t rest = all->to - i < all->end - k ? all->to - i : all->end - k, n = rest < AROUND ? rest : AROUND;
    if (rest == 0) {
        return all->to - i == all->end - k;
    }
    for (size_t x = 0; x < n; x++) {
        if (!w403_view_eq(old->at[i + x], now->at[k + x])) {
            return false;
        }
    }
    return true;
}

/* The nearest lines from which both go on alike; the ends of the stretch where there are none near. */
static change differing(const lines *old, const lines *now, const change *all, size_t i, size_t k)
{
    for (size_t sum = 1; sum <= LOOK; sum++) {
        for (size_t gone = 0; gone <= sum; gone++) {
            size_t to = i + gone, end = k + (sum - gone);
            if (to <= all->to && end <= all->end && alike(old, now, all, to, end)) {
                return (change){i, to, k, end};
            }
        }
    }
    return (change){i, all->to, k, all->end};
}

/* A stretch of lines in its differences. */
static bool part(w403_arena *a, const lines *old, const lines *now, const change *all, changes *out)
{
    size_t i = all->from, k = all->at;
    while (i < all->to || k < all->end) {
        if (i < all->to && k < all->end && w403_view_eq(old->at[i], now->at[k])) {
            i++;
            k++;
            continue;
        }
        change *slot = W403_PUSH(a, out);
        if (!slot) {
            return false;
        }
        *slot = differing(old, now, all, i, k);
        i = slot->to;
        k = slot->end;
    }
    return true;
}

/* Changes [first, last] with what stands around and between them. */
static void put_hunk(w403_buf *b, const lines *old, const lines *now, const changes *all, size_t first, size_t last)
{
    const change *x = &all->at[first], *y = &all->at[last];
    size_t before = x->from < AROUND ? x->from : AROUND, rest = old->n - y->to, behind = rest < AROUND ? rest : AROUND;
    size_t from = x->from - before, at = x->at - before, n_old = y->to + behind - from, n_now = y->end + behind - at;
    w403_buf_printf(b, "@@ -%zu,%zu +%zu,%zu @@\n", n_old ? from + 1 : from, n_old, n_now ? at + 1 : at, n_now);
    for (size_t i = first; i <= last; i++) {
        const change *c = &all->at[i];
        put(b, ' ', old, from, c->from);
        put(b, '-', old, c->from, c->to);
        put(b, '+', now, c->at, c->end);
        from = c->to;
    }
    put(b, ' ', old, y->to, y->to + behind);
}

w403_view w403_unified_diff(w403_arena *a, w403_view name, w403_view before, w403_view after)
{
    changes all = {0};
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
    const change whole = {head, old.n - tail, head, now.n - tail};
    change *one = whole.to - whole.from > LONG && before.p ? NULL : W403_PUSH(a, &all);
    if (one) {
        *one = whole;
    } else if (!part(a, &old, &now, &whole, &all) || !all.n) {
        return (w403_view){NULL, 0};
    }
    w403_buf b = {0};
    put_name(&b, "---", before.p ? "a/" : "", before.p ? name : W403_LIT("/dev/null"));
    put_name(&b, "+++", "b/", name);
    for (size_t first = 0, last; first < all.n; first = last + 1) {
        last = first;
        while (last + 1 < all.n && all.at[last + 1].from - all.at[last].to <= 2 * AROUND) {
            last++;
        }
        put_hunk(&b, &old, &now, &all, first, last);
    }
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

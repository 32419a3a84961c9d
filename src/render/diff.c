#include "render/diff.h"

enum { CONTEXT = 3 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Bytes that both texts begin with, in whole lines. */
static size_t common_head(w403_view a, w403_view b)
{
    size_t n = 0, line = 0, most = smaller(a.n, b.n);
    while (n < most && a.p[n] == b.p[n]) {
        n++;
        line = a.p[n - 1] == '\n' ? n : line;
    }
    return n == a.n && n == b.n ? n : line;
}

/* Bytes that both end with, in whole lines, not reaching into the first `head` bytes. */
static size_t common_tail(w403_view a, w403_view b, size_t head)
{
    size_t n = 0, line = 0, most = smaller(a.n, b.n) - head;
    while (n < most && a.p[a.n - n - 1] == b.p[b.n - n - 1]) {
        n++;
        bool begins_line = a.n == n || a.p[a.n - n - 1] == '\n';
        bool in_both = b.n == n || b.p[b.n - n - 1] == '\n';
        line = begins_line && in_both ? n : line;
    }
    return line;
}

static void lines(w403_view text, char mark, w403_diff_fn *fn, void *user)
{
    while (text.n > 0) {
        w403_view line = w403_view_cut(&text, '\n');
        if (line.n > 0 && line.p[line.n - 1] == '\r') {
            line.n--;
        }
        fn(user, mark, line);
    }
}

/* Start of the `n`-th line before `at`. */
static size_t lines_back(w403_view text, size_t at, int n)
{
    while (at > 0 && n >= 0) {
        if (text.p[at - 1] == '\n' && n-- == 0) {
            break;
        }
        at--;
    }
    return at;
}

static size_t lines_on(w403_view text, size_t at, int n)
{
    while (at < text.n && n > 0) {
        n -= text.p[at++] == '\n';
    }
    return at;
}

void w403_diff_lines(w403_view before, w403_view after, w403_diff_fn *fn, void *user)
{
    size_t head = common_head(before, after);
    size_t tail = common_tail(before, after, head);
    size_t end = before.n - tail;
    if (end <= head && after.n - tail <= head) {
        return;
    }
    lines(w403_view_sub(before, lines_back(before, head, CONTEXT), head), ' ', fn, user);
    lines(w403_view_sub(before, head, end), '-', fn, user);
    lines(w403_view_sub(after, head, after.n - tail), '+', fn, user);
    lines(w403_view_sub(before, end, lines_on(before, end, CONTEXT)), ' ', fn, user);
}

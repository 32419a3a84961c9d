#include "base/nearest.h"

enum { NAME_MAX_BYTES = 128 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned w403_edit_distance(w403_view a, w403_view b, unsigned limit)
{
    if (w403_view_ieq(a, b)) {
        return 0;
    }
    size_t longer = a.n > b.n ? a.n : b.n, shorter = a.n > b.n ? b.n : a.n;
    if (longer > NAME_MAX_BYTES || longer - shorter > limit) {
        return limit + 1;
    }
    unsigned rows[3][NAME_MAX_BYTES + 1]; /* before the last, last, this: swaps look two rows back */
    for (size_t j = 0; j <= b.n; j++) {
        rows[1][j] = (unsigned)j;
    }
    unsigned *before = rows[0], *last = rows[1], *now = rows[2], low = 0;
    for (size_t i = 1; i <= a.n; i++) {
        size_t from = i > limit ? i - limit : 1, to = i + limit < b.n ? i + limit : b.n; /* beyond is over the limit */
        unsigned least = low;
        now[0] = low = (unsigned)i;
        now[from - 1] = from > 1 ? limit + 1 : now[0];
        for (size_t j = from; j <= to; j++) {
            char ca = w403_lower(a.p[i - 1]), cb = w403_lower(b.p[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (ca != cb));
            bool swapped = i > 1 && j > 1 && ca == w403_lower(b.p[j - 2]) && cb == w403_lower(a.p[i - 2]);
            if (swapped && before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
            low = now[j] < low ? now[j] : low;
        }
        if (to < b.n) {
            now[to + 1] = limit + 1;
        }
        if (low > limit && least > limit) { /* no later row is below both of these */
            return limit + 1;
        }
        unsigned *reused = before;
        before = last;
        last = now;
        now = reused;
    }
    return last[b.n] > limit ? limit + 1 : last[b.n];
}

unsigned w403_edit_tolerance(w403_view name)
{
    size_t third = name.n / 3;
    return third < 1 ? 1 : third > 8 ? 8 : (unsigned)third;
}

const char *w403_nearest(w403_view name, const char *const *names, size_t n)
{
    const char *best = NULL;
    unsigned    limit = w403_edit_tolerance(name);
    for (size_t i = 0; i < n; i++) {
        unsigned distance = w403_edit_distance(name, w403_view_of(names[i]), limit);
        if (distance <= limit) {
            best = names[i];
            if (distance == 0) {
                return best;
            }
            limit = distance - 1; /* only a nearer one from here on */
        }
    }
    return best;
}

#include "logs/bins.h"

enum { MINUTE = 60 * 1000000, SHIFT_MAX = 36 };

w403_instant w403_bins_width(const w403_bins *b)
{
    return (w403_instant)MINUTE << b->shift;
}

/* Division that rounds down, before 1970 too. */
static int64_t floor_div(int64_t a, int64_t by)
{
    return a / by - (a % by < 0);
}

/* The bin of a time: widths are minutes times a power of two, so the shift rounds down as the division does. */
static int64_t bin_of(const w403_bins *b, w403_instant at)
{
    return floor_div(at, MINUTE) >> b->shift;
}

/* Twice as wide: pairs of bins become one. */
static void widen(w403_bins *b)
{
    uint32_t n[W403_BINS] = {0};
    int64_t  first = b->first >> 1;
    for (unsigned i = 0; i < b->used; i++) {
        n[((b->first + i) >> 1) - first] += b->n[i];
    }
    b->used = b->used ? (uint8_t)(((b->first + b->used - 1) >> 1) - first + 1) : 0;
    b->first = first;
    b->shift++;
    memcpy(b->n, n, sizeof n);
}

/* Makes room for one more bin; false: it would be too far away. */
static bool reach(w403_bins *b, int64_t bin)
{
    int64_t last = b->first + b->used - 1;
    int64_t from = bin < b->first ? bin : b->first, to = bin > last ? bin : last;
    if (to - from >= W403_BINS) {
        return false;
    }
    if (from < b->first) {
        size_t by = (size_t)(b->first - from);
        memmove(b->n + by, b->n, b->used * sizeof *b->n);
        memset(b->n, 0, by * sizeof *b->n);
    }
    b->first = from;
    b->used = (uint8_t)(to - from + 1);
    return true;
}

static void add(w403_bins *b, w403_instant at, uint32_t n)
{
    int64_t bin = bin_of(b, at);
    if (b->total == 0) {
        b->first = bin;
        b->used = 1;
    }
    while (!reach(b, bin) && b->shift < SHIFT_MAX) {
        widen(b);
        bin = bin_of(b, at);
    }
    int64_t i = bin - b->first;
    if (i >= 0 && i < W403_BINS) {
        b->n[i] = b->n[i] > UINT32_MAX - n ? UINT32_MAX : b->n[i] + n;
    }
    b->total += n;
}

void w403_bins_add(w403_bins *b, w403_instant at)
{
    add(b, at, 1);
}

void w403_bins_remove(w403_bins *b, w403_instant at)
{
    int64_t i = bin_of(b, at) - b->first;
    if (i >= 0 && i < b->used && b->n[i] > 0) {
        b->n[i]--;
        b->total--;
    }
}

void w403_bins_merge(w403_bins *b, const w403_bins *more)
{
    w403_bins other = *more;
    if (other.total == 0) {
        return;
    }
    while (b->shift < other.shift) {
        widen(b);
    }
    while (other.shift < b->shift) {
        widen(&other);
    }
    for (unsigned i = 0; i < other.used; i++) {
        if (other.n[i]) {
            add(b, (other.first + i) * w403_bins_width(&other), other.n[i]);
        }
    }
}

uint64_t w403_bins_before(const w403_bins *b, w403_instant at)
{
    uint64_t     n = 0;
    w403_instant width = w403_bins_width(b);
    for (unsigned i = 0; i < b->used; i++) {
        w403_instant from = (b->first + i) * width;
        if (from + width <= at) {
            n += b->n[i];
        } else if (from < at) {
            n += (uint64_t)((double)b->n[i] * (double)(at - from) / (double)width);
        }
    }
    return n;
}

void w403_bins_columns(const w403_bins *b, w403_instant from, w403_instant to, uint64_t *out, size_t n)
{
    w403_instant span = to > from ? to - from : 1, width = w403_bins_width(b);
    memset(out, 0, n * sizeof *out);
    for (unsigned i = 0; i < b->used; i++) {
        /* a bin goes to the column of its middle; one that is cut by an end, to the first or last column */
        w403_instant middle = (b->first + i) * width + width / 2 - from;
        double       at = (double)middle / (double)span * (double)n;
        size_t       column = at <= 0 ? 0 : at >= (double)n ? n - 1 : (size_t)at;
        out[column] += b->n[i];
    }
}

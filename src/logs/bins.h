/* When something happened, counted in a fixed number of bins whose width grows with the time they span. */
#ifndef W403_LOGS_BINS_H
#define W403_LOGS_BINS_H

#include "base/time.h"

enum { W403_BINS = 48 };

/* Bins begin at multiples of the width, which is a minute times a power of two: so the same times give the same bins,
 * in whatever order they come and however many parts are merged. All zero: empty. */
typedef struct w403_bins {
    int64_t  first; /* number of the first bin, counted from 1970 in widths */
    uint8_t  shift; /* width: 60 s << shift */
    uint8_t  used;  /* bins from the first one on that may hold something */
    uint64_t total;
    uint32_t n[W403_BINS];
} w403_bins;

void w403_bins_add(w403_bins *b, w403_instant at);
/* Takes one of that time away again. */
void w403_bins_remove(w403_bins *b, w403_instant at);
void w403_bins_merge(w403_bins *b, const w403_bins *more);

/* How many happened before `at`: exact where `at` is the edge of a bin, else the bin that holds it is shared out. */
uint64_t     w403_bins_before(const w403_bins *b, w403_instant at);
w403_instant w403_bins_width(const w403_bins *b);
/* Shares out over `n` columns that span [from, to): for pictures with one axis for all. */
void w403_bins_columns(const w403_bins *b, w403_instant from, w403_instant to, uint64_t *out, size_t n);

#endif

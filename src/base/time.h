#ifndef W403_BASE_TIME_H
#define W403_BASE_TIME_H

#include "base/arena.h"

/* Microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t w403_instant;

/* The W3C-NOTE subset of ISO 8601 (YYYY, YYYY-MM, YYYY-MM-DD, ...Thh:mmTZD, ...:ssTZD, ...:ss.sTZD), or epoch
 * seconds (all digits, not exactly four; a leading `-` and a fraction are accepted). Dt1. */
bool w403_instant_parse(w403_view v, w403_instant *out);
/* What logs, query engines and consoles make of it, beside the above: a blank for the T, no zone or `UTC` (UTC then), +0100,
 * epoch milliseconds, microseconds and nanoseconds told by their length, `Nov 20, 2026 @ 10:01:00.000`. Never for a
 * policy's own dates. */
bool w403_instant_read(w403_view v, w403_instant *out);
/* 2026-11-21T10:00:00Z (fraction only when there is one). */
w403_view    w403_instant_format(w403_arena *a, w403_instant t);
w403_instant w403_instant_now(void);
/* Days since 1970-01-01 of a civil date; valid for years 0..9999. */
int64_t w403_days_from_civil(int64_t y, unsigned m, unsigned d);
void    w403_civil_from_days(int64_t days, int64_t *y, unsigned *m, unsigned *d);

#endif

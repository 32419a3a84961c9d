/* How fast a service may be asked. Where AWS publishes a limit, four fifths of it; where it does not, as fast as it answers
 * until it says that it is too fast. Times are microseconds of one clock that never goes back. */
#ifndef W403_LIVE_RATE_H
#define W403_LIVE_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* A bucket of tokens, full at first. per_second 0: no limit. */
typedef struct w403_rate {
    double  per_second, burst, tokens;
    int64_t at; /* when `tokens` was true; 0: not yet */
} w403_rate;

w403_rate w403_rate_of(double per_second, double burst); /* burst: at least 1 */
/* 0: a request may be sent now; else so many microseconds are missing. */
int64_t w403_rate_wait(w403_rate *r, int64_t now);
void    w403_rate_take(w403_rate *r); /* after a wait of 0 */

/* A limit that is found out: half of what was sent when the service complains, at most once a second, one a second more each
 * second without a complaint. */
typedef struct w403_pace {
    w403_rate rate;      /* none at first */
    unsigned  sent;      /* in this second */
    unsigned  before;    /* in the one before */
    int64_t   second;    /* when this one began */
    int64_t   complaint; /* of the last one that counted */
} w403_pace;

int64_t w403_pace_wait(w403_pace *p, int64_t now);
void    w403_pace_take(w403_pace *p, int64_t now);
/* The service complains about a request that was sent at `sent`. What was sent before the last complaint that counted belongs
 * to that one. */
void w403_pace_complain(w403_pace *p, int64_t sent, int64_t now);

#endif

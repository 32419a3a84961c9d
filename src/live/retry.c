#include "live/retry.h"

enum { QUOTA = 500, TRANSIENT_COST = 14, THROTTLED_COST = 5, CEILING_MS = 20000, ASKED_MS = 5000 };

w403_retry_kind w403_retry_of(w403_view code, int status)
{
    for (const w403_retry_code *at = w403_retry_codes; at->code; at++) {
        if (w403_view_eq(w403_view_of(at->code), code)) {
            return (w403_retry_kind)at->kind;
        }
    }
    switch (status) {
    case 429:
        return W403_RETRY_THROTTLED;
    case 500:
    case 502:
    case 503:
    case 504:
        return W403_RETRY_TRANSIENT;
    default:
        return W403_RETRY_NEVER;
    }
}

unsigned w403_retry_delay(w403_retry_kind kind, unsigned retry, double random, w403_view asked)
{
    double most = kind == W403_RETRY_THROTTLED ? 1000 : 50;
    for (unsigned i = 0; i < retry && most < CEILING_MS; i++) {
        most *= 2;
    }
    unsigned delay = (unsigned)(random * (most < CEILING_MS ? most : CEILING_MS));
    uint64_t wanted;
    if (!w403_view_u64(asked, &wanted) || wanted < delay) {
        return delay;
    }
    return wanted > delay + ASKED_MS ? delay + ASKED_MS : (unsigned)wanted;
}

unsigned w403_retry_spend(w403_retry_quota *q, w403_retry_kind kind)
{
    unsigned cost = kind == W403_RETRY_THROTTLED ? THROTTLED_COST : TRANSIENT_COST;
    if (q->spent + cost > QUOTA) {
        return 0;
    }
    q->spent += cost;
    return cost;
}

void w403_retry_refund(w403_retry_quota *q, unsigned cost)
{
    unsigned back = cost ? cost : 1;
    q->spent -= back < q->spent ? back : q->spent;
}

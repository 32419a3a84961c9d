/* Whether an error is worth another try, and when: AWS's standard retry mode as its SDK reference has it in 2026. */
#ifndef W403_LIVE_RETRY_H
#define W403_LIVE_RETRY_H

#include "base/view.h"

typedef enum w403_retry_kind {
    W403_RETRY_NEVER,
    W403_RETRY_TRANSIENT,  /* it may be better in a moment */
    W403_RETRY_THROTTLED,  /* too much was asked */
    W403_RETRY_EXPIRED,    /* once, with new credentials */
    W403_RETRY_CLOCK,      /* once, with the server's time, if the clock is off */
    W403_RETRY_REGION,     /* once, in the region where the bucket is */
    W403_RETRY_TOKEN,      /* once, from the first page */
    W403_RETRY_REGION_OFF, /* never; the region is not enabled if others answer */
} w403_retry_kind;

typedef struct w403_retry_code {
    const char *code; /* NULL: the end */
    uint8_t     kind;
} w403_retry_code;

extern const w403_retry_code w403_retry_codes[]; /* data/retry-codes.tsv */

/* By the code first, by the status only where the code says nothing. */
w403_retry_kind w403_retry_of(w403_view code, int status);

/* Milliseconds to wait before retry `retry` (0: the first one). `random`: 0 to 1. `asked`: header x-amz-retry-after, or
 * empty. */
unsigned w403_retry_delay(w403_retry_kind kind, unsigned retry, double random, w403_view asked);

/* What an account may spend on retries with a service, so that who is refused everything does not ask everything five
 * times. */
typedef struct w403_retry_quota {
    unsigned spent; /* of 500 */
} w403_retry_quota;

/* What a retry costs if there is enough left (it is taken), else 0: no retry. */
unsigned w403_retry_spend(w403_retry_quota *q, w403_retry_kind kind);
/* A request that succeeded gives back what its last retry cost; without a retry one. */
void w403_retry_refund(w403_retry_quota *q, unsigned cost);

#endif

/* The least that a collection needs: policies from column `permission` of data/collect-calls.tsv. */
#ifndef W403_COLLECT_LEAST_H
#define W403_COLLECT_LEAST_H

#include "base/buf.h"
#include "base/error.h"

typedef struct w403_least_options {
    unsigned  modes;     /* of calls: W403_CALL_WHOLE, W403_CALL_NARROW, and W403_CALL_ASKED */
    w403_view partition; /* "" is aws */
    /* What one question is about; all empty: everything (`*`). */
    bool      narrow;
    w403_view account;      /* of the principal; "" any */
    w403_view bucket, key;  /* "" any */
    w403_view user, role;   /* whose policies are read; ARNs */
    w403_view access_point; /* ARN */
    bool      endpoint;     /* it goes through a VPC endpoint */
    w403_view taken;       /* --role: name or ARN of the role that is taken in the accounts; "" none */
    w403_view trusted;     /* who takes it, in the trust policy; "" for the user to fill in */
    w403_view external_id; /* "" none */
} w403_least_options;

/* {"collector": {...}, "organization": {...}, "trust": {...}}: what to allow in each account, what more in the
 * management account or a delegated administrator's, and who may take the role. Laid out with 4 blanks. */
W403_NODISCARD w403_status w403_least_policies(w403_arena *a, const w403_least_options *o, w403_buf *out,
                                               w403_error *err);

#endif

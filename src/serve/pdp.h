/* One decision for a store, a proxy or another caller of a decision point. */
#ifndef W403_SERVE_PDP_H
#define W403_SERVE_PDP_H

#include "evidence/target.h"
#include "serve/route.h"

typedef struct w403_pdp {
    w403_verdict verdict;
    bool         not_denied; /* no explicit Deny applies, nor may one: for who asks for those only */
    const char  *cause;      /* id, NULL: allowed, or nobody knows */
    w403_view    message;    /* AWS's words and the statement; {NULL,0}: allowed */
    w403_view    statement;  /* the policy and its statement: "bucket policy of b, FinanceOnlyFromTheVpc" */
    bool         explicit_deny;
    const w403_view *unknown;
    uint32_t     n_unknown;
} w403_pdp;

/* Decides by the server's rules (dialect, age of the snapshot), counts and logs it. Errors: the request's: such a one is
 * denied and counted as undetermined. */
W403_NODISCARD w403_status w403_pdp_decide(w403_serving *q, w403_protocol p, w403_request *r, w403_pdp *out, w403_error *err);
/* What could not even be asked. */
void w403_pdp_refused(w403_serving *q, w403_protocol p, w403_pdp *out);

/* A user or role by what a store calls it: an ARN, the id of an access key (--keys), a name that one account has. {NULL,0}: nobody
 * knows. */
w403_view w403_pdp_caller(w403_serving *q, w403_view name, w403_view key_id);

/* ---- requests to a store, by their HTTP ---- */

typedef struct w403_store_call {
    w403_view   method, path, query; /* as they came, undecoded */
    w403_view   host;                /* {NULL,0}: paths begin with the bucket */
    w403_pairs  headers;             /* names in lower case */
} w403_store_call;

/* Operation, resource and query of `r`. False: it is not known what is asked; `why` says so. */
bool w403_store_read(w403_serving *q, const w403_store_call *c, w403_request *r, const char **why);

#endif

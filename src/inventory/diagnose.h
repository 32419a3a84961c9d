/* Why an inventory is not delivered: everything that stands in its way, at once (semantics 4.10, formats 2.3). AWS
 * has no call that tells; its console says "access denied" and a date. */
#ifndef W403_INVENTORY_DIAGNOSE_H
#define W403_INVENTORY_DIAGNOSE_H

#include "base/array.h"
#include "inventory/delivered.h"
#include "snapshot/inventory_config.h"

/* What is asked. Texts that are {NULL,0} were not given. */
typedef struct w403_inv_question {
    w403_view bucket, configuration;  /* the source bucket, the id */
    w403_view at;                     /* ISO 8601 or epoch seconds; not given: now */
    w403_view created_at;             /* of the configuration: AWS does not print it */
    w403_view configurer;             /* principal who sets it up: a remark, no cause */
    const w403_deliveries *delivered; /* from a copy of the destination; NULL: objects.json of the destination */
} w403_inv_question;

typedef enum w403_inv_state {
    W403_INV_GOOD,
    W403_INV_BAD,
    W403_INV_UNSURE, /* the snapshot does not say */
    W403_INV_NOTE    /* worth knowing, no cause */
} w403_inv_state;

/* One row of the table. */
typedef struct w403_inv_finding {
    const char *topic; /* "destination policy" */
    w403_inv_state state;
    w403_view said; /* what was found: a phrase */
} w403_inv_finding;

typedef struct w403_inv_diagnosis {
    const w403_bucket *source;
    const w403_bucket *destination; /* NULL: not in the snapshot */
    const w403_inventory_config *config;
    w403_view source_arn, source_account;
    w403_view destination_arn, destination_account; /* the account may be {NULL,0} */
    w403_instant at, due;                           /* due: until then waiting is right; 0: the age is not known */
    W403_ARRAY(w403_inv_finding) findings;
    w403_request request;                /* the put that S3 makes, the one that is refused where one is */
    w403_decision delivery;              /* of it alone, W403_DETAIL_FULL; meaningless without a destination's name */
    w403_explanation put;                /* of it alone */
    w403_decision decision;              /* of all: would this report be delivered? */
    w403_explanation explanation;        /* every cause in order; `decision` is &.decision */
    const w403_delivery *last;           /* the latest delivery that is known of, NULL: none */
    W403_ARRAY(w403_view) near_prefixes; /* existing ones for a filter that matches nothing, best first */
    W403_ARRAY(w403_view) near_why;      /* one for each */
} w403_inv_diagnosis;

/* Judges one configuration. Results live in `arena`, point into the snapshot, and must not be moved (the explanation
 * points at the decision). Errors: W403_NOT_FOUND (no such bucket or configuration; the hint has the nearest
 * names), W403_SEMANTIC (a date that is none), W403_NOMEM. Cost: a few decisions, one pass over objects.json. */
w403_status w403_inventory_decide(const w403_snapshot *snapshot, const w403_policies *policies,
                                  const w403_inv_question *question, w403_arena *arena, w403_inv_diagnosis *out,
                                  w403_error *err);

const char *w403_inv_state_name(w403_inv_state s); /* "ok", "fails", "unknown", "note" */

#endif

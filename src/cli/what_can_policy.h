/* What a caller may do as statements of one policy, on their way. Internal to what_can_*.c. */
#ifndef W403_CLI_WHAT_CAN_POLICY_H
#define W403_CLI_WHAT_CAN_POLICY_H

#include "cli/reason_rows.h"

typedef struct w403_policy_part {
    bool deny;
    w403_view condition; /* JSON; empty: none */
    w403_texts actions, resources;
} w403_policy_part;

typedef struct w403_policy_maker {
    w403_rows *r;
    w403_arena *a;
    const w403_row **rows; /* action by action, of each resource; NULL: nobody asked, since nothing allows it */
    const uint16_t *action; /* of each action, its id */
    W403_ARRAY(w403_policy_part) parts;
    bool nomem;
} w403_policy_maker;

/* The answers that r->blocks hold, as statements in `parts`. False: memory. */
bool w403_policy_make(w403_policy_maker *m);
/* What came out for an action (its place in r->whats) on a resource; NULL: nobody asked. */
const w403_row *w403_policy_row(const w403_policy_maker *m, size_t what, size_t place);

#endif

/* What a request asks for: the permissions of its operation, and S3's own gates around them. */
#ifndef W403_DECIDE_PLAN_H
#define W403_DECIDE_PLAN_H

#include "decide/check.h"

/* Runs every permission of call->op (or the single action), KMS ones last. */
w403_status w403_plan_run(w403_call *c, w403_error *err);

/* predicates.c: for w403_when_eval; `user` is a w403_predicate_state. */
typedef struct w403_predicate_state {
    w403_call *call;
    const w403_object_id *each; /* the key of DeleteObjects that is being judged */
    bool assumed_checksum;
} w403_predicate_state;
w403_tri w403_predicate_holds(void *user, const w403_predicate *p);

/* unknowns.c: names what the checks that are undetermined hang on. */
void w403_note_unknowns(w403_call *c);
void w403_note_not_given(w403_call *c);

/* gates.c: conditions outside any policy (4.0, 4.3, 4.6, 4.12). */
void w403_gates_before(w403_call *c);
void w403_gates_after(w403_call *c);
/* gates_call.c: calls that are refused by their name. */
void w403_gates_of_call(w403_call *c);
/* Of a single action: what refuses every call that it is for. */
void w403_gates_of_action(w403_call *c);
/* Of a KMS check: key state, Region, aws/s3 of another account, anonymous callers (4.8, KM8). True when the gate
 * takes the place of the policy check. */
bool w403_gates_kms(w403_call *c, const w403_target *t, const w403_encryption *e);

#endif

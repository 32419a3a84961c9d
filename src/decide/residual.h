/* Partial evaluation: one request over the objects of a bucket (w403_residual of why403.h), and a decision about an
 * object that the snapshot does not list. */
#ifndef W403_DECIDE_RESIDUAL_H
#define W403_DECIDE_RESIDUAL_H

#include "snapshot/snapshot.h"

/* w403_decide, with `object` (nullable) in place of what the snapshot says of the target's object. */
w403_status w403_decide_object(const w403_snapshot *snapshot, const w403_policies *policies,
                               const w403_request *request, const w403_object *object, w403_detail detail,
                               w403_arena *arena, w403_decision *out, w403_error *err);

/* Every text and list of it copied into the arena. False when memory is short. */
bool w403_request_copy(w403_arena *a, const w403_request *from, w403_request *to);

/* The class of an object whose state is known, as from an inventory report. `acl_class`: a number that two objects
 * share exactly when their ACLs are alike (0: the default ACL). The object's key is decoded, its views are only read
 * during the call. */
w403_status w403_residual_object(w403_residual *r, const w403_object *object, uint64_t acl_class,
                                 const w403_residual_class **out, w403_error *err);

/* The names of a class's causes are found by the room above: it is called once for each new class. */
typedef w403_status w403_residual_cause_fn(const w403_request *request, const w403_decision *decision,
                                           w403_arena *arena, const char **cause, w403_view *action, w403_error *err);
void w403_residual_set_cause_fn(w403_residual *r, w403_residual_cause_fn *fn);

#endif

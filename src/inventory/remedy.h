/* What to change where no policy is at fault: the configuration, the destination, patience. Policies are the room
 * fix's. */
#ifndef W403_INVENTORY_REMEDY_H
#define W403_INVENTORY_REMEDY_H

#include "inventory/diagnose.h"

typedef struct w403_inv_remedy {
    const char *cause;  /* the one it removes */
    w403_view title;    /* imperative, one line */
    w403_view owner;    /* account that must do it; {NULL,0}: not known */
    w403_view document; /* the whole new configuration, {NULL,0}: none */
    w403_view file;     /* what `command` calls it */
    w403_view command;  /* `aws ...`, {NULL,0}: none */
    w403_view remark;   /* {NULL,0}: none */
} w403_inv_remedy;

typedef struct w403_inv_remedies {
    w403_inv_remedy *at;
    size_t n, cap;
} w403_inv_remedies;

/* In the order of the causes; each cause once. Cost: O(buckets + configuration). Errors: W403_NOMEM. */
w403_status w403_inventory_remedies(const w403_snapshot *snapshot, const w403_inv_diagnosis *d, w403_arena *arena,
                                    w403_inv_remedies *out, w403_error *err);

#endif

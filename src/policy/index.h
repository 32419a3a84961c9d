/* Which statements of a set could match an action and a resource at all: bit sets, so that the others are never
 * visited. Built once per set at load; read by any thread. */
#ifndef W403_POLICY_INDEX_H
#define W403_POLICY_INDEX_H

#include "policy/policy.h"

typedef struct w403_index w403_index;

/* Indexes the statements of `n` policies, numbered through in order. NULL when the set is too small to gain from it
 * (then visit all) or memory is short: never an error. */
const w403_index *w403_index_build(w403_arena *a, const w403_policy *const *policies, uint32_t n);

#endif

/* Which statements of a set could match an action and a resource at all, so that the others are never visited.
 * Built once per set at load; read by any thread. What it gives is a superset of what matches: each candidate is
 * still matched whole. */
#ifndef W403_POLICY_INDEX_H
#define W403_POLICY_INDEX_H

#include "policy/policy.h"

typedef struct w403_index w403_index;

/* Indexes the statements of `n` policies, numbered through in order. NULL when the set is too small to gain from it
 * (then visit all) or memory is short: never an error. Cost O(statements x patterns); memory about 100 bytes a
 * statement. */
const w403_index *w403_index_build(w403_arena *a, const w403_policy *const *policies, uint32_t n);

/* The candidates in order of their numbers, into memory of `a`; UINT32_MAX when memory is short (visit all then).
 * action: a catalog id, or W403_ACTION_NONE for any. Cost: the lengths of the set's literal prefixes, plus the
 * patterns that begin as the resource does; not the size of the set. */
uint32_t w403_index_candidates(const w403_index *x, uint16_t action, w403_view resource, w403_arena *a,
                               const w403_statement ***out);

#endif

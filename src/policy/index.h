/* Which statements of a set could match an action and a resource at all, so that the others are never visited.
 * Built once per set at load; read by any thread. What it gives is a superset of what matches: each candidate is
 * still matched whole. */
#ifndef W403_POLICY_INDEX_H
#define W403_POLICY_INDEX_H

#include "policy/policy.h"

typedef struct w403_index w403_index;

/* Indexes the statements of `n` policies, numbered through in order. NULL when the set is too small to gain from it
 * (then visit all) or memory is short: never an error. Cost O(statements x patterns); memory about 220 bytes a
 * statement. */
const w403_index *w403_index_build(w403_arena *a, const w403_policy *const *policies, uint32_t n);

/* What indexes ask about a resource: found out once, as far as they ask, and shared by all of them. */
enum { W403_PROBE_STEPS = 64, W403_PROBE_PAIRS = 512 };
typedef struct w403_probe {
    w403_view resource;
    uint32_t n_hashes;
    bool has_pairs;
    uint64_t hashes[W403_PROBE_STEPS]; /* of the first 4, 8, 12 ... bytes; n_hashes of them are known */
    bool pairs[W403_PROBE_PAIRS];      /* does it hold two neighbouring bytes of that hash; known when has_pairs */
} w403_probe;
void w403_probe_init(w403_probe *probe, w403_view resource);

/* The numbers of the candidates in order, into memory of `a`; UINT32_MAX when memory is short (visit all then).
 * action: a catalog id, or W403_ACTION_NONE for any. Cost: the lengths of the set's literal prefixes, plus the
 * patterns that begin as the resource does; not the size of the set. */
uint32_t w403_index_candidates(const w403_index *x, uint16_t action, w403_probe *probe, w403_arena *a,
                               const uint32_t **out);
const w403_statement *w403_index_statement(const w403_index *x, uint32_t number);

#endif

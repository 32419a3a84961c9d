/* A decision's causes, the bytes to blame, and AWS's own words. Reads decisions, decides nothing. */
#ifndef W403_EXPLAIN_EXPLAIN_H
#define W403_EXPLAIN_EXPLAIN_H

#include "base/error.h"
#include "policy/policy.h"

/* The bytes to underline: a span of a policy's text (policy->doc.text), and what to write below it. */
typedef struct w403_blame {
    const w403_policy *policy;
    w403_span span;
    w403_view label; /* short: "aws:SourceVpce is absent, so StringNotEquals matches" */
} w403_blame;

/* At most `max` blames of a cause, the most telling first; how many. 0 for gates, ACLs and missing policies.
 * Strings live in `arena`. */
uint32_t w403_cause_blames(const w403_cause *cause, w403_arena *arena, w403_blame *out, uint32_t max);

/* Why the match of a layer did not apply: one phrase ("Resource arn:aws:s3:::b covers the bucket, not its objects").
 */
w403_view w403_match_why(const w403_check *check, const w403_match *match, w403_arena *arena);

/* How one element of a statement fared; a Condition has one for each operator and key. */
typedef struct w403_element_result {
    w403_element element;
    w403_span span; /* of its values, in the policy's text */
    w403_tri matches;
    w403_view label; /* as of a blame */
} w403_element_result;

/* Every element of a match's statement, in the order in which they are looked at. 0 of a grant. In `arena`; *out is NULL
 * when memory is short. */
uint32_t w403_match_elements(const w403_check *check, const w403_match *match, w403_arena *arena,
                             const w403_element_result **out);

/* Why a kind of layer has no say in a permission, a phrase: "the caller has no permissions boundary". */
w403_view w403_layer_absence(const w403_check *check, w403_layer_kind kind, w403_arena *arena);

/* A condition key that a policy reads in a permission's layers, and what the request has of it. */
typedef struct w403_read_key {
    w403_view key; /* as the first policy writes it */
    bool said;     /* the request gives it in so many words; else it was derived */
    w403_tri present;
    const w403_view *values;
    uint32_t n_values;
} w403_read_key;

/* The keys of all conditions of the check, each once. In `arena`. */
uint32_t w403_check_keys(const w403_check *check, w403_arena *arena, const w403_read_key **out);

/* Name of the policy a layer or match comes from, as users know it: "bucket policy of doc-example-bucket",
 * "inline policy p of user alice", "SCP DenyS3 (p-abc)". */
w403_view w403_layer_title(const w403_check *check, const w403_layer *layer, w403_arena *arena);

/* AWS's wording of a cause (semantics 6). {NULL,0}: a response without a body (HEAD). */
w403_view w403_aws_message(const w403_request *request, const w403_decision *decision, const w403_cause *cause,
                           w403_arena *arena);

/* Read-only views of a statement, for renderers. */
static inline const w403_policy *w403_match_policy(const w403_match *m)
{
    return m && m->statement ? m->statement->policy : NULL;
}

#endif

/* Policies given by hand (w403_policies of why403.h): how the rooms above read them. */
#ifndef W403_POLICY_POLICIES_H
#define W403_POLICY_POLICIES_H

#include "policy/policy.h"

typedef struct w403_given_policy {
    w403_policy_kind kind;
    unsigned level; /* of an SCP or RCP, 0 = root */
    const w403_policy *policy;
} w403_given_policy;

/* In the order in which they were added; valid until the next w403_policies_add. NULL has none. */
const w403_given_policy *w403_policies_list(const w403_policies *ps, size_t *n);

/* Has it statements, none of which allows anything? A deny list lives beside a policy that allows. */
bool w403_policy_only_denies(const w403_policy *p);

/* Adds all that `from` (may be NULL) has. Errors: those of w403_policies_add. */
W403_NODISCARD w403_status w403_policies_add_all(w403_policies *ps, const w403_policies *from, w403_error *err);

/* A bucket that a Resource of the policy names and that is not `bucket`; {NULL,0}: there is none. S3 stores no bucket
 * policy that has one. */
w403_view w403_policy_other_bucket(const w403_policy *p, w403_view bucket);
/* Do all policies name buckets, and never this one? *named is one that they name. */
bool w403_policies_miss_bucket(const w403_policies *ps, w403_view bucket, w403_view *named);

/* Warnings of all documents so far. */
const w403_problems *w403_policies_warnings(const w403_policies *ps);

#endif

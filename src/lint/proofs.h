/* Questions that only the engines can answer: about all values of a key, about all requests. Private to the room. */
#ifndef W403_LINT_PROOFS_H
#define W403_LINT_PROOFS_H

#include "lint/check.h"

/* What the engine calls such a policy. */
w403_policy_kind w403_lint_engine_kind(w403_lint_policy policy, w403_lint_resource resource);
/* The document as the engine reads it; NULL: it does not, or reads other statements. */
const w403_policy *w403_lint_engine(w403_lint_run *l);
/* The same of one statement. */
const w403_statement *w403_lint_engine_statement(w403_lint_run *l, const w403_lint_statement *st);
/* Is it proved that two conditions of a statement, on one key of one value and without variables, are never both true? */
bool w403_lint_exclude(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *a,
                       const w403_lint_condition *b);
/* Is it proved that the first of these statements matches something, and nothing that no other of them matches? Then how
 * many are needed for it, which are moved to the front; else 0, also where the search does not know the actions or gives
 * up. */
size_t w403_lint_taken_away(w403_lint_run *l, uint32_t *which, size_t n);
/* Is it proved that these statements (the first is not looked at) match whoever asks to change or to delete the policy of
 * the bucket, an ARN that may hold wildcards? How many are needed for it, the first one counted, as above. */
size_t w403_lint_locked_out(w403_lint_run *l, w403_view bucket, uint32_t *which, size_t n);
/* Is it proved that a document which allows that action allows it to nobody? */
bool w403_lint_denied(w403_lint_run *l, const char *action);

#endif

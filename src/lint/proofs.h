/* Questions that only the engines can answer: about all values of a key, about all requests. Private to the room. */
#ifndef W403_LINT_PROOFS_H
#define W403_LINT_PROOFS_H

#include "lint/check.h"

/* The document as the engine reads it; NULL: it does not, or reads other statements. */
const w403_policy *w403_lint_engine(w403_lint_run *l);
/* The same of one statement. */
const w403_statement *w403_lint_engine_statement(w403_lint_run *l, const w403_lint_statement *st);
/* Is it proved that two conditions of a statement, on one key of one value and without variables, are never both true? */
bool w403_lint_exclude(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *a,
                       const w403_lint_condition *b);
/* Is it proved that the first of these statements, an Allow, allows nothing beside the others, and something alone? False
 * too where the search does not know the actions, or gives up. */
bool w403_lint_takes_all(w403_lint_run *l, uint32_t *which, size_t n);

#endif

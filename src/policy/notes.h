/* What is legal in a policy, and does not do what its author meant. This room reads policies and knows nothing of it; it
 * is told where a policy is checked, in one place for all commands (lint/notes.c). */
#ifndef W403_POLICY_NOTES_H
#define W403_POLICY_NOTES_H

#include "base/error.h"
#include "policy/policy.h"

/* Adds warnings about the document `policy`, a value of `doc`. */
void w403_policy_notes(w403_policy_kind kind, const w403_json_doc *doc, const w403_json *policy, w403_problems *ps);

#endif

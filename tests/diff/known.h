/* Disagreements that are known and not settled: counted and shown, no failure. Any other is one. */
#ifndef W403_TESTS_DIFF_KNOWN_H
#define W403_TESTS_DIFF_KNOWN_H

#include "judge.h"

/* The open question that a disagreement comes from, NULL: a new one. */
const char *known_question(const judge_result *r);

#endif

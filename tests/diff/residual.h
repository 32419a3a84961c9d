/* One request over many keys: the residual engine against w403_decide, key by key. */
#ifndef W403_TESTS_DIFF_RESIDUAL_H
#define W403_TESTS_DIFF_RESIDUAL_H

#include "judge.h"

typedef struct residual_result {
    unsigned compared;
    char     text[600]; /* "" while all agree; else the first disagreement */
    bool     failed;    /* a call failed: the text is its message */
} residual_result;

/* `request`: as JSON, about an object of bucket b by its ARN; any other is left alone. */
void residual_request(const judge_world *w, w403_view request, w403_arena *a, residual_result *out);

#endif

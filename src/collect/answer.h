/* What an answer of AWS's means for a snapshot. Unknown never becomes *not configured*. */
#ifndef W403_COLLECT_ANSWER_H
#define W403_COLLECT_ANSWER_H

#include "base/view.h"

typedef enum w403_meaning {
    W403_MEANS_KNOWN,
    W403_MEANS_NOT_CONFIGURED, /* there is no such setting, and AWS's default holds */
    W403_MEANS_GONE,           /* the bucket that was listed is not there any more */
    W403_MEANS_UNKNOWN,        /* refused, throttled to the end, broken: nobody knows */
} w403_meaning;

/* Of a call (row of w403_calls) that ended with this code; empty: it did not fail. */
w403_meaning w403_meaning_of(unsigned row, w403_view code);
/* Who collects may not ask this: asking again changes nothing. */
bool w403_code_refuses(w403_view code);
/* Another time, or with other credentials, the same call may be answered: `--resume` asks again. */
bool w403_code_passes(w403_view code);
/* It is about whose keys they are, not about what was asked. */
bool w403_code_is_of_credentials(w403_view code);
/* What a Region that the account has not enabled answers, where others take the same credentials. */
bool w403_code_region_off(w403_view code);

#endif

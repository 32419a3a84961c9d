/* Of the proof: what was where before a change and after it. */
#ifndef W403_LOGS_PROOF_H
#define W403_LOGS_PROOF_H

#include "fix/world.h"
#include "logs/survey_state.h"

/* What is in a place at some time. */
typedef enum w403_known {
    W403_CONTENT_UNKNOWN,
    W403_CONTENT_AS_IT_IS, /* what the snapshot has */
    W403_CONTENT_NONE,
    W403_CONTENT_DOCUMENT,
    W403_CONTENT_SETTING
} w403_known;
typedef struct w403_content {
    w403_known             known;
    w403_view              text;    /* of a document */
    const w403_log_change *setting; /* of a setting: what it set; NULL: the default */
} w403_content;

/* Puts a content in the place that the change writes. False: that place is not in the snapshot, or the text is no
 * policy. (proof_world.c) */
bool w403_content_put(w403_world *w, const w403_log_change *change, const w403_content *what);

#endif

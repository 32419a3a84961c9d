/* What a program gives in place of a terminal, a command line and files: the commands then read and write nothing
 * outside of it. The door (door/) makes one for each question. */
#ifndef W403_CLI_HOST_H
#define W403_CLI_HOST_H

#include "base/text_set.h"

struct w403_snapshot;

typedef struct w403_host {
    struct w403_snapshot *snapshot; /* borrowed; NULL: there is none */
    const w403_problems  *loaded;   /* what its load warned about */
    w403_text_set            texts;    /* sealed */
    w403_problems        *errors;   /* what would be said as `error:` on standard error */
} w403_host;

#endif

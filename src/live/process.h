/* A program that is run for what it prints: no shell, the user's own environment, nothing on its standard input. */
#ifndef W403_LIVE_PROCESS_H
#define W403_LIVE_PROCESS_H

#include "live/secrets.h"
#include "live/words.h"

typedef struct w403_process {
    int       exit_status; /* 128 + n: ended by signal n */
    w403_view output;      /* of the block of secrets: goes back by w403_secrets_drop */
} w403_process;

/* Searched for in PATH as a shell would. What it says on its standard error goes to the user's. W403_IO: it could not be
 * started, or took longer than `seconds` (it is ended then); W403_LIMIT: it printed more than W403_LIMIT_LIVE_ANSWER_BYTES. */
W403_NODISCARD w403_status w403_process_run(w403_arena *a, w403_secrets *s, const w403_words *words, unsigned seconds,
                                            w403_process *out, w403_error *err);

#endif

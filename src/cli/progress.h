/* How far long work has come, on stderr of a terminal: rate and time left. Quiet anywhere else. */
#ifndef W403_CLI_PROGRESS_H
#define W403_CLI_PROGRESS_H

#include "cli/cli.h"

typedef struct w403_progress {
    bool shown; /* stderr is a terminal */
    bool drawn;
    const char *unit; /* "requests" */
    double start_s, last_s;
} w403_progress;

void w403_progress_start(w403_progress *p, const char *unit, bool quiet);
/* `done` units so far; `position` of `size` bytes (size 0: not known). Draws at most ten times a second. */
void w403_progress_step(w403_progress *p, uint64_t done, uint64_t position, uint64_t size);
void w403_progress_end(w403_progress *p); /* wipes the line */

#endif

/* `why403 collect` of a whole account or organization. */
#ifndef W403_CLI_COLLECT_WHOLE_H
#define W403_CLI_COLLECT_WHOLE_H

#include "cli/cli.h"

/* The exit status: 0 everything is known, 1 something is not, 2 nothing could be done, 130 interrupted. */
int w403_collect_whole(w403_cli *cli);

#endif

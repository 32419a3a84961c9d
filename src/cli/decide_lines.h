/* The filter of `why403 decide` on lines in memory, for who embeds the engine. */
#ifndef W403_CLI_DECIDE_LINES_H
#define W403_CLI_DECIDE_LINES_H

#include "cli/cli.h"

/* One verdict a line, in order, appended to `out`; *bad: lines that were no request, each answered in its place. `before`: lines
 * of the same text that were answered already. `cli` has a host, and the arguments of `decide`. Errors: nothing to judge by,
 * policies that cannot be read. */
W403_NODISCARD w403_status w403_decide_lines(w403_cli *cli, w403_view lines, uint64_t before, w403_buf *out, uint64_t *bad,
                                             w403_error *err);

#endif

/* Snapshots made out of what other tools know: --from-terraform, --from-cloudformation, --from-iam-collect. */
#ifndef W403_CLI_INPUT_MADE_H
#define W403_CLI_INPUT_MADE_H

#include "cli/cli.h"

/* The `nth` of these options, in the order in which they were given; NULL: there are fewer. */
const w403_given *w403_input_made(const w403_cli *cli, size_t nth);
/* The snapshot that it makes; problems to `fn`, what is left out as warnings. */
W403_NODISCARD w403_status w403_input_make(w403_cli *cli, const w403_given *g, w403_problem_fn *fn, void *user, w403_snapshot **out,
                                           w403_error *err);

#endif

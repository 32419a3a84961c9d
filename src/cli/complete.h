/* What may stand where a command line is being typed, for the completions of shells. */
#ifndef W403_CLI_COMPLETE_H
#define W403_CLI_COMPLETE_H

#include "cli/cli.h"

/* `why403 __complete WORD...`: the words behind `why403`, the last one as far as it is typed. Prints what it may become, one
 * a line: commands, options, operations, actions, condition keys, and of the snapshot principals, buckets and keys. What cannot
 * be had (no snapshot, a broken one) is left out without a word. */
int w403_complete_command(w403_cli *cli, int argc, char *const *argv);

#endif

/* What this call was made with, said again in a command that is printed: it answers as this one did. */
#ifndef W403_CLI_AGAIN_H
#define W403_CLI_AGAIN_H

#include "base/command.h"
#include "cli/cli.h"

/* Groups of options, as bits: 1u << W403_GROUP_... */
enum {
    W403_AGAIN_POLICIES = 1u << W403_GROUP_POLICIES | 1u << W403_GROUP_LIVE,
    W403_AGAIN_REQUEST = 1u << W403_GROUP_REQUEST,
    W403_AGAIN_REPORTS = 1u << W403_GROUP_REPORTS
};

/* Appends the given options of those groups that `commands` (W403_FOR_*) takes as well, as they were typed, and
 * --snapshot where it was not typed but found. --list and --top are left out. */
void w403_again_options(const w403_cli *cli, uint32_t commands, unsigned groups, w403_command *c);
/* Appends the operands; names of files, so that none is taken for an option. */
void w403_again_files(const w403_cli *cli, w403_command *c);
/* Can the call be made again? Not when it read its standard input, which is gone. */
bool w403_again_possible(const w403_cli *cli);

#endif

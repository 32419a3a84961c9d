/* What is longer than the screen, through the user's pager. */
#ifndef W403_CLI_PAGER_H
#define W403_CLI_PAGER_H

#include "cli/cli.h"

/* Writes cli->out through the pager where that is wanted: text, for a terminal, longer than it is high. False: it was not, and
 * nothing was written. */
bool w403_pager_write(w403_cli *cli);

#endif

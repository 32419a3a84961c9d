/* The front door: command lines that begin with no command. */
#ifndef W403_CLI_FRONT_H
#define W403_CLI_FRONT_H

#include "cli/cli.h"

/* Makes what people type without knowing the commands into the arguments of one: `why403 'An error occurred ...'`,
 * `why403 explain aws s3 cp ...`, `... | why403`, `why403 --snapshot DIR explain ...`. Other lines stay as they are. The new
 * arguments live in cli->arena. Errors: W403_NOMEM. */
w403_status w403_front(w403_cli *cli, int *argc, char *const **argv, w403_error *err);

#endif

/* What a user says once for all runs: ~/.config/why403/config, lines of `name = value`. */
#ifndef W403_CLI_CONFIG_H
#define W403_CLI_CONFIG_H

#include "cli/cli.h"

/* Gives the options of the file that were not given and that the command has; nothing to commands that programs speak to. The
 * file is $WHY403_CONFIG (empty: none), else $XDG_CONFIG_HOME/why403/config, else ~/.config/why403/config. Errors:
 * W403_SEMANTIC with the line. */
W403_NODISCARD w403_status w403_config_apply(w403_cli *cli, w403_error *err);

#endif

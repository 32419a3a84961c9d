#include "cli/commands.h"

int w403_cmd_version(w403_cli *cli)
{
    if (cli->args.operands.n > 0) {
        w403_diag_text(cli, false, "version takes no arguments");
        return W403_EXIT_USAGE;
    }
    w403_buf_printf(&cli->out, "%s %s\n", "why403", w403_version());
    return W403_EXIT_GOOD;
}

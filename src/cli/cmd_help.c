#include "cli/commands.h"

int w403_cmd_help(w403_cli *cli)
{
    if (cli->args.operands.n == 0) {
        w403_help_overview(&cli->out, cli->help_width, cli->color_out);
        return W403_EXIT_GOOD;
    }
    w403_error err;
    w403_view  name = w403_view_of(cli->args.operands.at[0]);
    if (cli->args.operands.n > 1) {
        w403_error_set(&err, W403_SEMANTIC, "help takes one command, not %zu", cli->args.operands.n);
        return w403_diag_exit(cli, &err);
    }
    const w403_command *command = w403_command_find(name);
    if (!command) {
        (void)w403_command_unknown(name, &err);
        return w403_diag_exit(cli, &err);
    }
    w403_help_command(cli->arena, &cli->out, command, cli->help_width, cli->color_out);
    return W403_EXIT_GOOD;
}

#include "cli/commands.h"

int w403_cmd_completion(w403_cli *cli)
{
    bool one = cli->args.operands.n == 1;
    if (one && w403_completion(&cli->out, w403_view_of(cli->args.operands.at[0]))) {
        return W403_EXIT_GOOD;
    }
    w403_error err;
    w403_error_set(&err, W403_SEMANTIC, one ? "no completion for `%.40s`" : "completion needs one shell%.0s",
                   one ? cli->args.operands.at[0] : "");
    w403_error_hint(&err, "it is one of: bash zsh fish");
    return w403_diag_exit(cli, &err);
}

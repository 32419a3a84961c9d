/* Of a build for a system without sockets. */
#include "cli/commands.h"

int w403_cmd_serve(w403_cli *cli)
{
    w403_diag_text(cli, false, "there are no sockets here to serve at");
    return W403_EXIT_USAGE;
}

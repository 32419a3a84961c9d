/* why403 sweep: which objects of an inventory report a principal cannot reach, and why. */
#include "cli/commands.h"

int w403_cmd_sweep(w403_cli *cli)
{
    w403_diag_text(cli, false, "not built yet");
    return W403_EXIT_USAGE;
}

/* The command line with fail.c inside: for builds with sanitizers, which see what a failure leaves behind. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"

int main(int argc, char **argv)
{
    const char *plan = getenv("W403_FAIL");
    if (plan && strncmp(plan, "malloc:", 7) == 0) {
        w403_malloc_fail_after(strtoull(plan + 7, NULL, 10));
    }
    return w403_cli_main(argc, argv);
}

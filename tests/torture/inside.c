/* The command line, or the door's tests/door/answer.c, with fail.c inside: for builds with sanitizers, which see what a
 * failure leaves behind. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"

__attribute__((constructor)) static void count_down(void)
{
    const char *plan = getenv("W403_FAIL");
    if (plan && strncmp(plan, "malloc:", 7) == 0) {
        w403_malloc_fail_after(strtoull(plan + 7, NULL, 10));
    }
}

#ifndef W403_FAIL_DOOR
int main(int argc, char **argv)
{
    return w403_cli_main(argc, argv);
}
#endif

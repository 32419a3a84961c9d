#include "cli/cli.h"

int main(int argc, char **argv)
{
    return w403_cli_main(argc, argv);
}

/* `--with` and `--without`: what else one answer holds, and what it leaves out. */
#ifndef W403_CLI_WITH_H
#define W403_CLI_WITH_H

#include "cli/cli.h"

typedef struct w403_cli_with {
    unsigned answer;  /* W403_WITH_*, W403_WITHOUT_* */
    bool head_object; /* of `--live` and `--for`: the headers of the object are asked for */
} w403_cli_with;

/* Errors: a word that is none, and words of the JSON answer beside another format. */
W403_NODISCARD w403_status w403_cli_with_read(const w403_cli *cli, w403_cli_with *out, w403_error *err);

#endif

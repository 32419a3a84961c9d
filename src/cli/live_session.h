/* The options that say who asks AWS, where and how, and a session opened by them. */
#ifndef W403_CLI_LIVE_SESSION_H
#define W403_CLI_LIVE_SESSION_H

#include "cli/cli.h"
#include "live/live.h"

typedef struct w403_cli_live {
    const w403_live   *module;
    w403_live_session *session; /* NULL: not open */
} w403_cli_live;

/* What the module says goes to stderr. Errors: an option, the module, credentials. */
W403_NODISCARD w403_status w403_cli_live_open(w403_cli *cli, w403_cli_live *out, w403_error *err);
void w403_cli_live_close(w403_cli_live *live);

#endif

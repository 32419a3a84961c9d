/* Events that CloudTrail keeps of itself (LookupEvents): who changed a policy, what was refused. 90 days, management events
 * only; no trail and no bucket for one is needed. */
#ifndef W403_CLI_LIVE_EVENTS_H
#define W403_CLI_LIVE_EVENTS_H

#include "cli/cli.h"

/* Asks for what the options of `logs` are about, and puts the events into a folder of their own, which becomes one more
 * operand. *folder: to be given back to w403_live_events_forget; NULL: nothing was made. Errors: the session's; W403_IO. */
W403_NODISCARD w403_status w403_live_events(w403_cli *cli, const char **folder, w403_error *err);
void w403_live_events_forget(w403_cli *cli, const char *folder); /* NULL is fine */

#endif

/* One question asked of AWS itself: a session, and the narrow collection behind it. */
#ifndef W403_CLI_LIVE_NARROW_H
#define W403_CLI_LIVE_NARROW_H

#include "cli/live_session.h"
#include "collect/narrow.h"

typedef struct w403_cli_narrow {
    w403_cli_live live;
    w403_narrow  *narrow; /* NULL: not open */
} w403_cli_narrow;

/* Opens the session and asks who the caller is. Errors: those of w403_cli_live_open; credentials that AWS does not take; what
 * does not go with asking AWS. */
W403_NODISCARD w403_status w403_cli_narrow_open(w403_cli *cli, w403_cli_narrow *out, w403_error *err);
/* Writes what was collected to `dir`; NULL: nothing. */
W403_NODISCARD w403_status w403_cli_narrow_save(const w403_cli_narrow *n, const char *dir, w403_error *err);
/* On stderr how much was asked, and, where it matters, what AWS did not tell. */
void w403_cli_narrow_report(w403_cli *cli, const w403_cli_narrow *n, bool refusals);
void w403_cli_narrow_close(w403_cli_narrow *n);

/* `collect --for OPERATION RESOURCE`: the request's facts into a folder. The exit status. */
int w403_collect_for(w403_cli *cli, const char *dir);

#endif

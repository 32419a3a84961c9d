/* `--write-fixes DIR`: each proposed change of a policy as files, to be looked at, applied or put. */
#ifndef W403_CLI_WRITE_FIXES_H
#define W403_CLI_WRITE_FIXES_H

#include "cli/cli.h"
#include "fix/fix.h"

/* For fix N a folder DIR/<before>fix-N (`before` may be ""), and in it for each document NAME.json (the whole new
 * document, as the commands name it), NAME-before.json (what it was) and NAME.patch (of the file that holds it; of
 * NAME-before.json where that is in no file of its own). What is there stays: the same bytes are left, others are an
 * error, and no link leads out of DIR. Says on stderr what was written. Errors: W403_IO, W403_SEMANTIC, W403_NOMEM. */
W403_NODISCARD w403_status w403_write_fixes(w403_cli *cli, const char *before, const w403_fix_list *fixes,
                                            w403_error *err);

#endif

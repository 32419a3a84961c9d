/* Places of files as hyperlinks (OSC 8), where the terminal knows them. */
#ifndef W403_CLI_LINKS_H
#define W403_CLI_LINKS_H

#include "cli/cli.h"

/* Does the terminal behind `fd` know hyperlinks? `when` is auto, always, never or NULL (auto). */
bool w403_want_links(const char *when, int fd);
/* Appends `text` with the file of each line `--> FILE:LINE:COLUMN` made a link, where there is such a file. Nothing else changes,
 * and no width: it is done when all is laid out. */
void w403_links_put(const w403_cli *cli, w403_buf *out, w403_view text);

#endif

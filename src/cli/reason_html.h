/* Answers of who-can, what-can, public, diff and check as one self-contained page: a verdict, tables that can be
 * filtered, notes. */
#ifndef W403_CLI_REASON_HTML_H
#define W403_CLI_REASON_HTML_H

#include "cli/cli.h"

typedef struct w403_reason_page {
    w403_cli *cli;
} w403_reason_page;

/* `tone`: "allowed", "denied" or "undetermined", the colour of the title. `command`: "who-can". */
void w403_page_open(w403_reason_page *p, w403_cli *cli, const char *command, const char *tone, w403_view title);
void w403_page_note(w403_reason_page *p, w403_view sentence);
/* A section with a table. `columns` ends with NULL. */
void w403_page_table(w403_reason_page *p, w403_view title, const char *const *columns);
void w403_page_row(w403_reason_page *p, const w403_view *cells, size_t n);
void w403_page_table_end(w403_reason_page *p);
void w403_page_close(w403_reason_page *p);

#endif

/* CSV as RFC 4180 has it, every field quoted. */
#ifndef W403_CLI_CSV_H
#define W403_CLI_CSV_H

#include "base/buf.h"

/* The bytes as they are, for programs; `end` follows: a comma or a newline. */
void w403_csv_field(w403_buf *out, w403_view v, char end);
/* For spreadsheets: what one would take for a formula (`=`, `+`, `-`, `@`, tab, CR in front) gets an apostrophe. */
void w403_csv_cell(w403_buf *out, w403_view v, char end);

#endif

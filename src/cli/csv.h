/* The one writer of CSV: RFC 4180, texts quoted, numbers bare. A text is safe in a spreadsheet and on a terminal: what
 * begins as a formula does (`=`, `+`, `-`, `@`, tab, CR) gets an apostrophe in front, and characters that steer a
 * terminal become U+FFFD. JSON has every byte. */
#ifndef W403_CLI_CSV_H
#define W403_CLI_CSV_H

#include "base/buf.h"

/* `end` follows: a comma or a newline. */
void w403_csv_cell(w403_buf *out, w403_view v, char end);
void w403_csv_number(w403_buf *out, uint64_t n, char end);

#endif

/* CSV of queries and exports: what its first lines make it. */
#ifndef W403_LOGS_READER_TABLE_H
#define W403_LOGS_READER_TABLE_H

#include "base/error.h"

/* Does a table begin here whose columns name requests, or something that is known to be none? Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_reader_is_table(w403_view head, bool *out, w403_error *err);

#endif

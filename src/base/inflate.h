/* Gzip in memory: of a text inside a text. Files are read by stream.h. */
#ifndef W403_BASE_INFLATE_H
#define W403_BASE_INFLATE_H

#include "base/arena.h"
#include "base/error.h"

bool w403_is_gzip(w403_view v); /* by its first bytes */

/* All members, into the arena; `limit`: bytes at most. Errors: W403_SYNTAX (damaged, cut off), W403_LIMIT, W403_NOMEM. */
W403_NODISCARD w403_status w403_gunzip(w403_arena *a, w403_view packed, size_t limit, w403_view *out, w403_error *err);

#endif

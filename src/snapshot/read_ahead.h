/* The files of a large folder, read by a second thread while the first makes a snapshot of those before. */
#ifndef W403_SNAPSHOT_READ_AHEAD_H
#define W403_SNAPSHOT_READ_AHEAD_H

#include "base/error.h"

typedef struct w403_read_ahead w403_read_ahead;

/* Begins with the first of `paths`, below `root`; both must outlive it. NULL: they are too few to be worth it, or there is
 * no thread to be had; then they are read as they are needed. */
w403_read_ahead *w403_read_ahead_open(const char *root, const w403_view *paths, size_t n);
/* The text of one of them, as w403_file_read gives it; waits for it. */
W403_NODISCARD w403_status w403_read_ahead_take(w403_read_ahead *r, size_t index, w403_view *text, w403_error *err);
/* Ends it, and gives the arena that holds the texts. */
w403_arena *w403_read_ahead_close(w403_read_ahead *r);

/* The name of a path below the root in the file system; false: it is too long. */
bool w403_full_path(const char *root, w403_view path, char full[4096], w403_error *err);

#endif

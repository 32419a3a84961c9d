/* Files read whole, and directories listed in a fixed order. */
#ifndef W403_BASE_FILE_H
#define W403_BASE_FILE_H

#include "base/error.h"

/* Reads a regular file (or `-`: standard input) into the arena; a file over W403_LIMIT_FILE_BYTES, a
 * directory, an unreadable or a vanished one is W403_IO / W403_LIMIT with the path in the message. */
w403_status w403_file_read(w403_arena *a, const char *path, w403_view *out, w403_error *err);

/* Every regular file below `root`, as paths relative to it with `/`, sorted bytewise; hidden files and
 * directories are skipped; symbolic links to files are followed, to directories not. */
typedef struct w403_paths {
    w403_view *at;
    size_t     n, cap;
} w403_paths;
w403_status w403_file_list(w403_arena *a, const char *root, w403_paths *out, w403_error *err);
bool        w403_is_directory(const char *path);

#endif

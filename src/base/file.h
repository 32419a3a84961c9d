/* Files read whole, and directories listed in a fixed order. */
#ifndef W403_BASE_FILE_H
#define W403_BASE_FILE_H

#include "base/error.h"

/* Reads a regular file (or `-`: standard input) into the arena; a file over W403_LIMIT_FILE_BYTES, a
 * directory, an unreadable or a vanished one is W403_IO / W403_LIMIT with the path in the message. */
w403_status w403_file_read(w403_arena *a, const char *path, w403_view *out, w403_error *err);

/* The system's words for an errno, in the C locale: "No such file or directory". In `room` or static. Any thread. */
const char *w403_errno_text(int code, char *room, size_t n);
/* W403_IO: `what` is the verb, `code` an errno; the system's reason in our style. */
w403_status w403_io_error(w403_error *err, const char *what, const char *path, int code);

typedef struct w403_paths {
    w403_view *at;
    size_t     n, cap;
} w403_paths;

/* What is there and is no file that could be read: a link to nothing or in a circle, a FIFO, a socket, a device, what
 * nobody may look at. `why` is a phrase: "a link to nothing". */
typedef struct w403_odd_path {
    w403_view path, why;
} w403_odd_path;

typedef struct w403_listing {
    w403_paths files, folders; /* folders without a `/` at their end */
    struct {
        w403_odd_path *at;
        size_t         n, cap;
    } odd;
} w403_listing;

/* Everything below `root`, as paths relative to it with `/`, files sorted bytewise. Hidden entries are skipped; links to
 * files and to folders are followed, but for those that lead back to a folder above them. Errors: a folder that cannot
 * be listed to its end; W403_LIMIT. */
W403_NODISCARD w403_status w403_file_list(w403_arena *a, const char *root, w403_listing *out, w403_error *err);
/* The files alone; an odd entry is W403_IO. */
W403_NODISCARD w403_status w403_file_list_plain(w403_arena *a, const char *root, w403_paths *out, w403_error *err);
bool        w403_is_directory(const char *path);

#endif

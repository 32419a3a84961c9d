/* Files that hold secrets, read into the block of secrets; and the paths that variables of the environment name. */
#ifndef W403_LIVE_SECRET_FILE_H
#define W403_LIVE_SECRET_FILE_H

#include "live/secrets.h"

enum {
    W403_SECRET_FILE_MUST_BE = 1, /* a file that is not there is an error; else `*out` is {NULL,0} then */
    W403_SECRET_FILE_OURS = 2,    /* refused where others may write into it, or it is another user's */
};

/* A regular file of at most W403_LIMIT_LIVE_FILE_BYTES; anything else (a FIFO, a directory) is as if it were not there.
 * It goes back by w403_secrets_drop. */
W403_NODISCARD w403_status w403_secret_file_read(w403_secrets *s, const char *path, unsigned flags, w403_view *out,
                                                 w403_error *err);

/* `~` at the beginning, and $NAME or ${NAME}, as the aws command expands them; the result ends in NUL. */
w403_view w403_path_expand(w403_arena *a, w403_view path);

/* A variable of the environment; empty is as good as not there: {NULL,0}. */
w403_view w403_environment(const char *name);

#endif

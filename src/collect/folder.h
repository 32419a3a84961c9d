/* The folder that a snapshot is written to: every file appears whole or not at all, and never outside of the folder.
 * A file is written under a hidden name in its own folder and then renamed. No link below the folder is followed.
 * Files are 0600, folders 0700.
 *
 * A disk takes milliseconds for each file that it is told to keep, and there are tens of thousands of them: so the
 * whole folder is told at once, before snapshot.json says that it is complete. Until then a loss of power may damage
 * a small file of what still calls itself incomplete, and `--resume` asks again for what it cannot read. */
#ifndef W403_COLLECT_FOLDER_H
#define W403_COLLECT_FOLDER_H

#include "base/array.h"
#include "base/error.h"

typedef struct w403_folder w403_folder;

/* A file that is being written. */
typedef struct w403_folder_file {
    int       fd;
    w403_view path;
} w403_folder_file;

/* Opens it, and makes it where it is missing (its parents too). */
W403_NODISCARD w403_status w403_folder_open(const char *path, w403_folder **out, w403_error *err);
void w403_folder_close(w403_folder *f); /* NULL is fine */

W403_NODISCARD w403_status w403_folder_write(w403_folder *f, w403_view path, w403_view text, w403_error *err);
/* The same in pieces: create, w403_folder_put, and commit or drop. */
W403_NODISCARD w403_status w403_folder_create(w403_folder *f, w403_view path, w403_folder_file *out, w403_error *err);
W403_NODISCARD w403_status w403_folder_put(w403_folder_file *file, w403_view text, w403_error *err);
/* All that stands in the spool, from its beginning. */
W403_NODISCARD w403_status w403_folder_put_spool(w403_folder_file *file, int spool, w403_error *err);
W403_NODISCARD w403_status w403_folder_commit(w403_folder *f, w403_folder_file *file, w403_error *err);
void w403_folder_drop(w403_folder *f, w403_folder_file *file);
/* A file without a name, in the folder where `path` will be: it goes when it is closed, however the program ends. */
W403_NODISCARD w403_status w403_folder_spool(w403_folder *f, w403_view path, int *fd, w403_error *err);
/* Everything that was committed is on the disk. */
W403_NODISCARD w403_status w403_folder_settle(w403_folder *f, w403_error *err);

/* The text of a file of at most `most` bytes; {NULL,0}: there is none. *larger: it has more. */
W403_NODISCARD w403_status w403_folder_read(w403_folder *f, w403_arena *a, w403_view path, size_t most,
                                            w403_view *out, bool *larger, w403_error *err);
/* A file that is not there is fine. */
W403_NODISCARD w403_status w403_folder_remove(w403_folder *f, w403_view path, w403_error *err);

/* ---- folder_tree.c: whole folders ---- */
/* Is there anything in it? A folder that is not there is empty. */
bool w403_folder_is_empty(const char *path);
/* Files that a killed run left half written. */
W403_NODISCARD w403_status w403_folder_clean(const char *path, w403_error *err);
/* The folder with everything below; nothing that a link points to. */
W403_NODISCARD w403_status w403_folder_delete(const char *path, w403_error *err);
/* `made` takes the place of `path` in one step where the system can, and what was there is deleted. */
W403_NODISCARD w403_status w403_folder_exchange(const char *made, const char *path, w403_error *err);

#endif

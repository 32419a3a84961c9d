/* Loading a snapshot: the calls of why403.h (w403_snapshot_load, _parse, _free), and this one for a snapshot that is a
 * value inside another document. */
#ifndef W403_SNAPSHOT_LOAD_H
#define W403_SNAPSHOT_LOAD_H

#include "snapshot/snapshot.h"

/* As w403_snapshot_load, but what is wrong with a file of one bucket, key or access point is only warned about: what it
 * would say is unknown, and it is among the faults of the snapshot. */
W403_NODISCARD w403_status w403_snapshot_load_usable(const char *path, w403_problem_fn *fn, void *user,
                                                     w403_snapshot **out, w403_error *err);

/* From `value`, an object that maps paths to contents (the "snapshot" of a case). doc->text must outlive the
 * snapshot; its nodes need not. Every problem is added to `problems`; errors among them make it fail with the
 * first one in *err. The caller frees *out with w403_snapshot_free. */
w403_status w403_snapshot_from_json(const w403_json_doc *doc, const w403_json *value, w403_problems *problems,
                                    w403_snapshot **out, w403_error *err);

/* Is a file of this path one that a snapshot has? */
bool w403_snapshot_has_file(w403_view path);
/* Is this text what the aws CLI leaves of a call that failed, or nothing at all? */
bool w403_snapshot_is_failure(w403_view text);

/* A file that takes the place of another, or is new. */
typedef struct w403_file_text {
    w403_view path;   /* in the snapshot */
    w403_view text;
    w403_view source; /* the file as the user knows it: problems are placed there; {NULL,0}: as in the base */
} w403_file_text;

/* `base` once more, with other texts for some of its files. Warnings of files that stayed are not given again.
 * `base` and the texts must outlive *out. Errors and *out: as w403_snapshot_load. Cost: of files of buckets, keys and access points
 * that the base has, a copy of two tables; of others, a load of everything. */
w403_status w403_snapshot_with(const w403_snapshot *base, const w403_file_text *files, size_t n, w403_problem_fn *fn,
                               void *user, w403_snapshot **out, w403_error *err);

#endif

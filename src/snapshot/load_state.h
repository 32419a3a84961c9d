/* One load on its way; what load.c, which knows where files come from, and load_file.c, which reads one, share. */
#ifndef W403_SNAPSHOT_LOAD_STATE_H
#define W403_SNAPSHOT_LOAD_STATE_H

#include "base/array.h"
#include "base/file.h"
#include "snapshot/organization.h"

/* A file of which there are often many: all are told at once. */
typedef struct w403_stray {
    w403_view path;
    size_t    base; /* where its text begins in the one file that holds all */
} w403_stray;

typedef W403_ARRAY(w403_stray) w403_strays;

typedef struct w403_load {
    w403_loader ld;
    w403_org_files org;
    W403_ARRAY(const w403_json_doc *) files;
    size_t      seen; /* files of any kind */
    w403_view   as;   /* of the file at hand: w403_source.as */
    w403_strays empty, foreign;
} w403_load;

/* A file, or a member of the one file, by its path in the snapshot. */
typedef struct w403_load_item {
    w403_load_fn *rule; /* NULL: no file of a snapshot */
    w403_view     path, parts[3];
    size_t        base;
    bool          may_be_empty;
} w403_load_item;

w403_load_item w403_load_item_of(w403_view path, size_t base);
/* "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: ...": what the aws CLI prints on
 * standard error, and has in a file when that went there too; S3's own <Error>; the CLI's words where no call was made.
 * Gives the code or those words; {NULL,0}: it is no such text. */
w403_view w403_load_failure(w403_view text);
/* Its text, in the arena of the snapshot as its path is. An empty one, and what the aws CLI prints of a call that
 * failed, are read for what they are. */
w403_status w403_load_text(w403_load *l, const w403_load_item *item, w403_view text, w403_error *err);
/* It is there, and cannot be read: unknown, or an error where everything hangs on it. */
w403_status w403_load_unread(w403_load *l, const w403_load_item *item, const w403_error *why, w403_error *err);
w403_status w403_load_foreign(w403_load *l, const w403_load_item *item, w403_error *err);
/* After the last: what was found often is told once. */
w403_status w403_load_tell(w403_load *l, w403_error *err);
/* Is a folder of this path one that files of a snapshot stand below? */
bool w403_load_is_folder(w403_view path);

#endif

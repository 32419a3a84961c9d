/* Where policy documents stand in a snapshot, and a snapshot with another document in such a place. */
#ifndef W403_SNAPSHOT_PLACES_H
#define W403_SNAPSHOT_PLACES_H

#include "base/array.h"
#include "snapshot/load.h"

enum { W403_PLACE_NAMES = 4 };

typedef struct w403_policy_place {
    w403_policy_kind kind;
    w403_view path;    /* of the file; of a bucket without a policy: where it would be */
    w403_view pointer; /* of the document in it, RFC 6901; "": the file is the document */
    w403_view names[W403_PLACE_NAMES]; /* that users call it by, the fullest first; {NULL,0}: no more */
} w403_policy_place;

typedef struct w403_places {
    W403_ARRAY(w403_policy_place) list;
} w403_places;

/* Adds the places of one file with this content. A file that holds no policies, or is no JSON, adds none. */
w403_status w403_places_of(w403_arena *a, const w403_snapshot *s, w403_view path, w403_view text, w403_places *out,
                           w403_error *err);

/* The document of a managed policy by its ARN, out of an account's list, attached or not, or built in; {NULL,0}: it is
 * not known. Parses the lists: O(their size). */
w403_view w403_managed_document(w403_arena *a, const w403_snapshot *s, w403_view arn);

/* ---- overlay.c: documents that take the place of others ---- */

typedef struct w403_overlay_put {
    w403_view source;        /* the document, as the user knows it */
    w403_view path, pointer; /* what it takes the place of */
    w403_view name;          /* whose policy it is; {NULL,0}: a file that is no policy */
} w403_overlay_put;

typedef struct w403_overlay {
    w403_arena          *arena;
    const w403_snapshot *base;
    W403_ARRAY(w403_file_text) files;
    W403_ARRAY(w403_overlay_put) done;
} w403_overlay;

/* Puts the document or file `text`, which the user knows as `source`, into its place.
 * `where` names it: a path in the snapshot, an ARN, a bucket, one of w403_policy_place.names. Without it (n == 0) the place is
 * the file with the longest common tail of its path and `source`; else the content tells: the bucket or access point
 * that a resource policy names. `kind`: the only kind of place that counts, W403_POLICY_KINDS: any.
 * `text` is a policy in any wrapping in which the aws CLI prints it, or a file of the snapshot as a whole. `source` and
 * `text` must outlive the overlay. Warnings of a policy go to `warnings` (nullable).
 * Errors: those of the document, placed in it; W403_NOT_FOUND and W403_SEMANTIC (several places, or the same twice),
 * whose hint lists candidates. */
w403_status w403_overlay_add(w403_overlay *o, w403_view where, w403_policy_kind kind, w403_view source, w403_view text,
                             w403_problems *warnings, w403_error *err);

#endif

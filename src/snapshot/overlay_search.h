/* Of the overlay: one document on its way to its place. */
#ifndef W403_SNAPSHOT_OVERLAY_SEARCH_H
#define W403_SNAPSHOT_OVERLAY_SEARCH_H

#include "snapshot/places.h"

typedef struct w403_overlay_search {
    w403_overlay    *o;
    w403_arena      *scratch;
    w403_policy_kind kind;
    w403_json_doc    doc;      /* the user's file */
    const w403_json *document; /* the policy in it; NULL: none */
    w403_places      all;
    W403_ARRAY(const w403_policy_place *) found;
    w403_view        path; /* of the file that is meant, when it is a file */
} w403_overlay_search;

/* overlay_find.c: s->path is the file that is meant, or s->found has the one place. Errors: none fits, or several. */
w403_status w403_overlay_find(w403_overlay_search *s, w403_view where, w403_error *err);
w403_status w403_overlay_found(w403_overlay_search *s, const w403_policy_place *p, w403_error *err);
w403_status w403_overlay_ambiguous(const w403_overlay_search *s, w403_error *err);

/* A file as earlier documents left it; NULL, or the snapshot's text: none did. */
w403_file_text *w403_overlay_changed(const w403_overlay *o, w403_view path);
w403_view       w403_overlay_text(const w403_overlay *o, w403_view path);

#endif

/* What a document allows or denies that another does not (reason 8), and AWS's checks made of it (reason 11). */
#ifndef W403_SYMBOLIC_DIFF_DOCUMENTS_H
#define W403_SYMBOLIC_DIFF_DOCUMENTS_H

#include "symbolic/document.h"

typedef enum w403_change {
    W403_NEWLY_ALLOWED,
    W403_NO_LONGER_DENIED,
    W403_NEWLY_DENIED,
    W403_NO_LONGER_ALLOWED,
    W403_CHANGES
} w403_change;
const char *w403_change_name(w403_change c); /* "newly-allowed" */

typedef struct w403_changed_box {
    w403_change change;
    w403_box box;
    w403_document_request request; /* of its witness, which the matcher has judged as the box says */
} w403_changed_box;

typedef struct w403_document_diff {
    w403_documents documents;
    w403_diagram diagram;
    w403_tri answers[W403_CHANGES];
    W403_ARRAY(w403_changed_box) boxes;
    bool cut;               /* boxes were left out */
} w403_document_diff;

/* `out->documents` says which: arena, policies, kind, partition, focus, when; everything else is filled in. Its
 * policies must outlive it. Errors: W403_NOMEM; W403_BUG when a witness is not what the search says (never an answer). */
w403_status w403_diff_documents(w403_document_diff *out, w403_budget *budget, w403_error *err);

#endif

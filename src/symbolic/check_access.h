/* Access Analyzer's three checks of a policy, offline (reason 11). */
#ifndef W403_SYMBOLIC_CHECK_ACCESS_H
#define W403_SYMBOLIC_CHECK_ACCESS_H

#include "symbolic/diff_documents.h"

typedef struct w403_check_result {
    w403_tri pass;                    /* UNKNOWN: could not be decided */
    const char *message;              /* AWS's */
    const w403_statement *const *why; /* FAIL: the Allows that admit the request, of the new document */
    size_t n_why;
    w403_document_diff diff;          /* witnesses and boxes */
    const char *may_differ[3];        /* why AWS's own check may answer otherwise */
    size_t n_may_differ;
    const char *reason_format;        /* AWS's sentence: "%s %s" become "sid" or "index", and which */
} w403_check_result;

/* `docs` as for w403_diff_documents: old and new. */
w403_status w403_check_no_new_access(w403_check_result *out, w403_budget *budget, w403_error *err);
/* The new document alone, its focus the actions and resources. */
w403_status w403_check_access_not_granted(w403_check_result *out, w403_budget *budget, w403_error *err);
/* The kind of document (`--kind`) that a resource type has; W403_SEMANTIC for one that AWS refuses. */
w403_status w403_check_kind(w403_view resource_type, w403_view *kind, w403_error *err);
/* The new document alone. `resource_type` is CloudFormation's; W403_SEMANTIC for one that AWS refuses. */
w403_status w403_check_no_public_access(w403_check_result *out, w403_view resource_type, w403_budget *budget,
                                        w403_error *err);

#endif

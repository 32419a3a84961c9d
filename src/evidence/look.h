/* Where to look when all there is is what AWS said, or when a snapshot disagrees with it: what each cause hangs on,
 * the call that shows it, and the CloudTrail events that change it. */
#ifndef W403_EVIDENCE_LOOK_H
#define W403_EVIDENCE_LOOK_H

#include "base/error.h"

typedef struct w403_look {
    const char *what;    /* "the bucket policy" */
    w403_view command;   /* shows it; placeholders in capitals where the request does not say. {NULL,0}: none */
    const char *changes; /* names of events that change it, separated by blanks; NULL: no event does */
} w403_look;

/* One for each thing that `causes` (ids of data/causes.tsv) hang on, in their order. Without causes: everything that
 * a request like this hangs on. Results live in `arena`. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_evidence_looks(w403_arena *arena, const w403_request *r, const char *const *causes,
                                               size_t n, const w403_look **out, size_t *n_out, w403_error *err);

/* A shell script that fills ./snapshot with the files that such a request hangs on, in that order. Calls that fail are kept as
 * {"error": {"code"}}. */
W403_NODISCARD w403_status w403_look_script(w403_arena *arena, const w403_request *r, w403_view *out, w403_error *err);

#endif

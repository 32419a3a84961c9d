/* What the parts of a question's case share. Internal to case_question*.c. */
#ifndef W403_CLI_CASE_QUESTION_H
#define W403_CLI_CASE_QUESTION_H

#include "cli/case_run.h"
#include "symbolic/diff_documents.h"
#include "symbolic/realm.h"

typedef struct w403_case_asked {
    w403_arena *a;
    const w403_case *c;
    const w403_snapshot *snapshot;
    const w403_policies *policies; /* of the case; NULL: none */
    w403_case_result *out;
    w403_error *err;
    w403_budget budget;
    const w403_pair *when;
    size_t n_when;
} w403_case_asked;

/* Notes a difference; equal texts are none. */
void w403_case_differs(w403_case_asked *q, const char *name, w403_view expected, w403_view actual);
w403_view w403_case_expected(const w403_case_asked *q, const char *name); /* {NULL,0}: not named */
void w403_case_tri(w403_case_asked *q, const char *name, w403_tri actual);
void w403_case_exit(w403_case_asked *q, int actual);

/* case_probes.c: the requests of `probes`, judged by the matcher and by the boxes. */
w403_status w403_case_probe_documents(w403_case_asked *q, w403_document_diff *d);

/* Of a snapshot: the class that the request falls into must have its verdict. */
w403_status w403_case_probe_world(w403_case_asked *q, w403_realm *realm, w403_arena *scratch, const w403_request *r,
                                  w403_verdict verdict, const char *name);

typedef enum w403_case_world_kind { W403_CASE_WHO_CAN, W403_CASE_WHAT_CAN, W403_CASE_PUBLIC, W403_CASE_DIFF } w403_case_world_kind;
/* case_worlds.c */
w403_status w403_case_world(w403_case_asked *q, w403_case_world_kind kind);

#endif

/* One case: decided, and compared with what is expected of it. */
#ifndef W403_CLI_CASE_RUN_H
#define W403_CLI_CASE_RUN_H

#include "base/buf.h"
#include "base/text_set.h"
#include "evidence/case_file.h"

typedef struct w403_case_result {
    bool     passed;
    w403_buf report; /* of a failure: lines that begin with `# `; freed by the caller */
    w403_buf warnings; /* of its snapshot and policies, the same way */
    bool out_of_memory; /* then nothing else counts */
} w403_case_result;

/* Where the paths in a case begin ("" = the working directory), and the texts that stand for files. */
typedef struct w403_case_place {
    w403_view folder;
    const w403_text_set *texts; /* may be NULL */
} w403_case_place;

/* Decides the case in `a` and fills *out. `snapshot` is that of its `snapshot` path, loaded already, NULL when it has none. Any thread, each
 * with its own arena. */
void w403_case_run(w403_arena *a, const w403_case *c, w403_case_place at, const w403_snapshot *snapshot,
                   w403_case_result *out);

/* A problem as a comment of TAP, with its place. */
void w403_case_put_warning(w403_buf *out, const w403_error *warning);
/* case_lint.c: a case of `why403 lint`, its findings compared as a multiset. */
W403_NODISCARD w403_status w403_case_lint(w403_arena *a, const w403_case *c, w403_case_result *out, w403_error *err);

/* The same for a case with a `question` (case_question.c). An error is one of the case or of memory. */
w403_status w403_case_question(w403_arena *a, const w403_case *c, const w403_snapshot *snapshot,
                               const w403_policies *policies, w403_case_result *out, w403_error *err);

/* `path` as seen from `folder`, ending in NUL; {NULL,0} when memory is short. */
w403_view w403_case_path(w403_arena *a, w403_view folder, w403_view path);

#endif

/* JUnit XML, which CI systems show as tests: one suite, a case a line, what is wrong inside it. */
#ifndef W403_CLI_JUNIT_H
#define W403_CLI_JUNIT_H

#include "base/buf.h"

typedef struct w403_junit_count {
    size_t tests, failures, errors, skipped;
} w403_junit_count;

void w403_junit_begin(w403_buf *out, const char *suite, w403_junit_count n);
/* `open`: something is said inside, and w403_junit_end_case ends it. */
void w403_junit_case(w403_buf *out, w403_view name, bool open);
typedef enum w403_junit_kind { W403_JUNIT_FAILURE, W403_JUNIT_ERROR, W403_JUNIT_SKIPPED } w403_junit_kind;
/* What failed; an error: it may have; skipped: nothing can be told. */
void w403_junit_said(w403_buf *out, w403_junit_kind kind, const char *type, w403_view message, w403_view text);
void w403_junit_end_case(w403_buf *out);
void w403_junit_end(w403_buf *out);

#endif

/* Server access log lines: 18 fields in 2006, 27 today, more tomorrow (formats 3.1). */
#ifndef W403_LOGS_ACCESS_LOG_H
#define W403_LOGS_ACCESS_LOG_H

#include "evidence/evidence.h"
#include "logs/record.h"

/* Takes one line (without its end) apart. Allocates nothing: all views point into `line`.
 *
 * Request-URI, Referer and User-Agent may hold unescaped quotes, so the line is anchored at both ends: eight fields
 * from the left, then the first `" ` behind which six figures and the next quoted field follow as they must; the
 * last quote of the line closes the User-Agent. Quotes inside are marked W403_MARK_QUOTES, and where they leave more
 * than one reading, W403_MARK_AMBIGUOUS.
 * Errors: W403_SYNTAX, with the offset in the line: it is no access log line, or a damaged one. Cost: O(line). */
W403_NODISCARD w403_status w403_access_log_parse(w403_view line, w403_record *r, w403_error *err);

/* What costs more and only selected records need: the decoded key, method, path and query, the catalog's row, and
 * the marks of contradictions, unknown operations and invalid UTF-8. For both access log forms. */
W403_NODISCARD w403_status w403_access_log_complete(w403_arena *a, w403_record *r, w403_error *err);

/* `[06/Feb/2019:00:00:38 +0000]` without the brackets; month as %b or %B. */
bool w403_access_log_time(w403_view v, w403_instant *out);

/* The marks and `who` that follow from the fields as they are; both forms call it. */
void w403_access_log_classify(w403_record *r);

/* The fields as the evidence room takes them. */
void w403_access_log_fields(const w403_record *r, w403_log_fields *out);

#endif

/* Server access log records as CloudWatch Logs holds them: one JSON object each (formats 3.5). */
#ifndef W403_LOGS_ACCESS_LOG_JSON_H
#define W403_LOGS_ACCESS_LOG_JSON_H

#include "logs/record.h"

/* Fills *r as w403_access_log_parse does; w403_access_log_complete is for both. Views point into `doc`.
 * Errors: W403_SEMANTIC: not such a record, or one without time, bucket or operation. */
W403_NODISCARD w403_status w403_access_log_json_parse(const w403_json_doc *doc, const w403_json *object,
                                                      w403_record *r, w403_error *err);

#endif

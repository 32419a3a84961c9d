/* One CloudTrail event, as parsed JSON, into a record (formats 4.1 to 4.4). */
#ifndef W403_LOGS_TRAIL_H
#define W403_LOGS_TRAIL_H

#include "logs/record.h"

/* Fills *r from the event object. Views point into `doc`; doc and event are kept in the record for what the record
 * has no field for (session policies, policy documents). Allocates nothing.
 * Errors: W403_SEMANTIC: no event (no eventName, or none that is a string), or one without a usable eventTime. */
W403_NODISCARD w403_status w403_trail_record(const w403_json_doc *doc, const w403_json *event, w403_record *r,
                                             w403_error *err);

#endif

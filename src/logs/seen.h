/* Which records were seen before: CloudTrail delivers some events twice, trails of several accounts share them, and
 * access logs may repeat lines. Bounded memory: a set of 64-bit hashes that stops growing at its limit and says so. */
#ifndef W403_LOGS_SEEN_H
#define W403_LOGS_SEEN_H

#include "logs/record.h"

typedef struct w403_seen w403_seen;

/* `limit`: records it remembers at most (8 to 16 bytes each). NULL when memory is short. */
w403_seen *w403_seen_new(size_t limit);
void       w403_seen_free(w403_seen *s);

/* Was this record seen before? Events are told by sharedEventID, else eventID; access log lines by request id,
 * operation, key and version, since one request can write several. A record that has none of them is always new.
 * Any number of threads. Wrong for one in 2^64 / n records. */
bool w403_seen_before(w403_seen *s, const w403_record *r);

/* How many were not remembered, because the limit was reached or memory was short: these may be counted twice. */
uint64_t w403_seen_forgotten(w403_seen *s);

#endif

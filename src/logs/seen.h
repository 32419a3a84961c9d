/* Which records were seen before: CloudTrail delivers some events twice, trails of several accounts share them, and
 * access logs may repeat lines. Bounded memory: a set of 64-bit hashes that stops growing at its limit and says so, and
 * the places of some copies. */
#ifndef W403_LOGS_SEEN_H
#define W403_LOGS_SEEN_H

#include "logs/record.h"

typedef struct w403_seen w403_seen;

/* `limit`: records it remembers at most (8 to 16 bytes each). NULL when memory is short. */
w403_seen *w403_seen_new(size_t limit);
void       w403_seen_free(w403_seen *s);

/* Was this record seen before? Events are told by sharedEventID, else eventID, with time, name and what was asked by whom,
 * since ids are redacted and used again; access log lines by request id, operation, key and version, since one request can
 * write several. A record that has no id is always new.
 * Any number of threads. Wrong for one in 2^64 / n records. */
bool w403_seen_before(w403_seen *s, const w403_record *r);

/* The same for a text that names something; and without remembering it. */
bool w403_seen_text(w403_seen *s, w403_view text);
bool w403_seen_knows(w403_seen *s, w403_view text);

/* Where a record stands that is told from others by `key` (0: it cannot be): of several copies the same one, in whatever
 * order they were read. False: there is no other. Not while threads read. */
uint64_t w403_seen_key(const w403_record *r);
bool     w403_seen_place(const w403_seen *s, uint64_t key, w403_view *file, uint64_t *offset);

/* How many were not remembered, because the limit was reached or memory was short: these may be counted twice. */
uint64_t w403_seen_forgotten(w403_seen *s);

#endif

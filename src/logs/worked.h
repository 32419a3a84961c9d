/* What worked: successes by caller, operation and bucket, so that a denial can be told from what never worked. Of access
 * logs only: CloudTrail's successes are not parsed. */
#ifndef W403_LOGS_WORKED_H
#define W403_LOGS_WORKED_H

#include "base/limits.h"
#include "logs/bins.h"

enum { W403_WORKED_LIMIT = W403_LIMIT_LOG_WORKED }; /* kinds remembered; requests of further kinds are passed over */

typedef struct w403_worked_one {
    uint64_t     key; /* first: id_table.h */
    w403_instant last;
    w403_bins    bins;
} w403_worked_one;

/* One thread at a time. NULL when memory is short. */
typedef struct w403_worked w403_worked;
w403_worked *w403_worked_new(void);
void         w403_worked_free(w403_worked *w); /* NULL is fine */

/* Role sessions count as their role; `-` and {NULL,0} are anonymous. */
uint64_t w403_worked_key(w403_view requester, w403_view operation, w403_view bucket);
void     w403_worked_add(w403_worked *w, uint64_t key, w403_instant at); /* what has no room is passed over */
void     w403_worked_merge(w403_worked *into, const w403_worked *from);
/* NULL: it never worked, or is not remembered. */
const w403_worked_one *w403_worked_find(const w403_worked *w, uint64_t key);

#endif

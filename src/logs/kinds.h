/* Kinds of requests, all but their keys, prepared once for all threads. */
#ifndef W403_LOGS_KINDS_H
#define W403_LOGS_KINDS_H

#include "base/error.h"
#include "base/limits.h"

/* What tells the keys of one kind apart (shape_class.h). */
typedef struct w403_kind  w403_kind;
typedef struct w403_kinds w403_kinds;

/* `limit`: kinds that keep what they need, some 12 KB each, 24 with two snapshots; 0: W403_KINDS_LIMIT. NULL when
 * memory is short. */
enum { W403_KINDS_LIMIT = W403_LIMIT_LOG_KINDS };
w403_kinds *w403_kinds_new(size_t limit);
void        w403_kinds_free(w403_kinds *k); /* NULL is fine */

/* The kind of this hash, made when it is new. Any number of threads. NULL when memory is short. */
w403_kind *w403_kinds_find(w403_kinds *k, uint64_t hash);
/* Is there room for one more to keep what it needs? Then it is taken. */
bool w403_kinds_take(w403_kinds *k);

#endif

/* Where secrets lie while they are held: one block that is not swapped, not dumped, not given to children, and wiped. */
#ifndef W403_LIVE_SECRETS_H
#define W403_LIVE_SECRETS_H

#include "base/error.h"

typedef struct w403_secrets w403_secrets;

/* From the first one's opening to the last one's closing the process writes no core file, and nobody may look into it. */
W403_NODISCARD w403_status w403_secrets_open(w403_secrets **out, w403_error *err);
/* Wipes everything. NULL is fine. */
void w403_secrets_close(w403_secrets *s);

/* Room for `n` bytes, cleared; NULL: the block is full. It goes back by w403_secrets_wipe with the same `n`. */
void *w403_secrets_take(w403_secrets *s, size_t n);
void  w403_secrets_wipe(w403_secrets *s, const void *p, size_t n); /* NULL is fine */

/* A copy that ends in NUL beyond its length; {NULL,0}: the block is full. It goes back by w403_secrets_drop. */
w403_view w403_secrets_copy(w403_secrets *s, w403_view v);
void      w403_secrets_drop(w403_secrets *s, w403_view *v); /* and makes it empty */

/* Could all of it be locked into memory? If not, what the system allows was too little. */
bool w403_secrets_locked(const w403_secrets *s);

#endif

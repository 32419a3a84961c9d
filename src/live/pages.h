/* The tokens of a listing's pages. A listing that comes back to a token it had, or never ends, is no listing. */
#ifndef W403_LIVE_PAGES_H
#define W403_LIVE_PAGES_H

#include "base/view.h"

typedef struct w403_pages {
    uint64_t *seen; /* hashes of tokens; open addressing, 0: free */
    unsigned  n, cap;
} w403_pages;

typedef enum w403_pages_state { W403_PAGES_GO_ON, W403_PAGES_LOOP, W403_PAGES_NOMEM } w403_pages_state;

/* The token of the next page, of one part or two. */
w403_pages_state w403_pages_next(w403_pages *p, w403_view first, w403_view second);
void             w403_pages_free(w403_pages *p);

#endif

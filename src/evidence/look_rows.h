/* Inside the evidence room: the rows of data/looks.tsv and a request. */
#ifndef W403_EVIDENCE_LOOK_ROWS_H
#define W403_EVIDENCE_LOOK_ROWS_H

#include "catalog/catalog.h"
#include "evidence/look.h"

typedef struct w403_look_rank {
    uint64_t place;
    size_t   row;
} w403_look_rank;

/* upload, read, list, delete, other: by the permission that comes first. */
const char *w403_look_kind(const w403_request *r);
/* Is a row of use for who asks and what is asked for? */
bool w403_look_is_of_use(const w403_look_row *row, const w403_request *r);
/* The rows for a request like this when nothing is claimed, in their order; `out` has room for all. How many. */
size_t w403_look_usual(const w403_request *r, const w403_look_row *rows, size_t n_rows, w403_look_rank *out);
/* What a name of a row's pattern stands for in a request (`user`); {NULL,0}: it does not say. */
w403_view w403_look_value(void *user, w403_view name);

#endif

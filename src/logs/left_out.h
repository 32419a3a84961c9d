/* Requests that were left out, counted by reason: a list of bounded size. */
#ifndef W403_LOGS_LEFT_OUT_H
#define W403_LOGS_LEFT_OUT_H

#include "logs/fate.h"
#include "logs/shapes.h"

enum { W403_LEFT_OUT_REASONS = 64, W403_LEFT_OUT_CODE = 64 };

typedef struct w403_left_out_row {
    w403_fate   fate;
    char        code[W403_LEFT_OUT_CODE]; /* error code or status; empty: none, or any where there are too many */
    uint64_t    count;
    w403_sample sample; /* the earliest */
} w403_left_out_row;

/* Zeroed it is empty. */
typedef struct w403_left_out {
    w403_left_out_row rows[W403_LEFT_OUT_REASONS + W403_FATES]; /* behind the reasons one for each fate takes what is over */
    size_t            n;
    uint64_t          count; /* of all */
} w403_left_out;

void w403_left_out_add(w403_left_out *l, const w403_record *r, w403_fate fate);
void w403_left_out_merge(w403_left_out *into, const w403_left_out *from);
/* Most requests first, then by reason. */
void w403_left_out_sort(w403_left_out *l);
/* "it was refused before any policy was asked (SignatureDoesNotMatch)" */
w403_view w403_left_out_text(w403_arena *a, const w403_left_out_row *row);

#endif

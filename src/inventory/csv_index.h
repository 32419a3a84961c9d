/* Where the fields and rows of a piece of CSV end: RFC 4180, 64 bytes at a time (AVX-512, AVX2 or
 * plain C). */
#ifndef W403_INVENTORY_CSV_INDEX_H
#define W403_INVENTORY_CSV_INDEX_H

#include "base/view.h"

typedef enum w403_csv_fault {
    W403_CSV_FINE,
    W403_CSV_AFTER_QUOTE, /* something else than `,` or a line end behind a closing quote */
    W403_CSV_STRAY_QUOTE, /* a quote inside a field that does not begin with one */
} w403_csv_fault;

/* The best one that the processor has is taken, up to w403_csv_index.kernel: tests lower it. */
typedef enum w403_csv_kernel { W403_CSV_PLAIN, W403_CSV_AVX2, W403_CSV_AVX512 } w403_csv_kernel;

typedef struct w403_csv_index {
    uint32_t *seps; /* offsets of the commas and newlines outside quotes, rising */
    uint32_t *ends; /* which of seps are newlines: indexes into seps */
    size_t n_seps, n_ends;
    size_t done;    /* bytes looked at; at a fault, its offset */
    bool escaped;   /* a doubled quote was seen: fields may need unescaping */
    uint8_t fault;  /* w403_csv_fault: nothing behind it was indexed */
    uint8_t kernel; /* w403_csv_kernel */
} w403_csv_index;

/* Room for pieces of up to `cap` bytes (8 bytes a byte, touched only where used). False: memory is short. */
bool w403_csv_index_init(w403_csv_index *ix, size_t cap);
void w403_csv_index_clear(w403_csv_index *ix);

/* Indexes text that begins at the start of a row. Unless `last`, bytes behind the last whole block of 64 are left
 * for the next call. With `last` a row without a final newline ends at text.n, which is then the last separator.
 * Cost: one pass, no branch per byte. */
void w403_csv_index_run(w403_csv_index *ix, w403_view text, bool last);

#endif

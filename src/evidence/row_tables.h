/* Generated from data/log-forms.tsv and data/log-columns.tsv (tools/gen_log_columns.py). */
#ifndef W403_EVIDENCE_ROW_TABLES_H
#define W403_EVIDENCE_ROW_TABLES_H

#include <stddef.h>
#include <stdint.h>

typedef enum w403_row_writes { W403_ROW_NOTHING, W403_ROW_EVENT, W403_ROW_ACCESS } w403_row_writes;

typedef enum w403_cell {
    W403_CELL_TEXT,
    W403_CELL_QUOTED, /* in quotes that are none of it */
    W403_CELL_TIME,
    W403_CELL_BOOL,
    W403_CELL_OBJECT, /* JSON, or {a=b, c={d=e}} */
    W403_CELL_LIST,   /* of objects */
    W403_CELL_MEMBER, /* goes into the object under its own name */
    W403_CELL_TRAIL   /* named as the form `trail` names it */
} w403_cell;

typedef struct w403_row_form {
    uint8_t     writes; /* w403_row_writes */
    const char *name, *needs, *about, *advice;
    uint16_t    first, n; /* of w403_row_columns */
} w403_row_form;

typedef struct w403_row_column {
    const char *column, *member;
    uint8_t     kind; /* w403_cell */
    uint16_t    rank; /* of two columns for one member the lower one wins */
} w403_row_column;

extern const w403_row_form   w403_row_forms[];
extern const size_t          w403_row_form_count, w403_row_form_trail;
extern const w403_row_column w403_row_columns[]; /* by form and column */

#endif

/* Rows that lie in columns: the Arrow C data interface (arrow.apache.org/docs/format/CDataInterface.html), read as the rows of a
 * report. */
#ifndef W403_INVENTORY_ARROW_H
#define W403_INVENTORY_ARROW_H

#include "inventory/report.h"
#include "inventory/schema.h"

/* The columns of one stream by name. What is no column of an inventory is not looked at. */
typedef struct w403_arrow_columns {
    w403_inv_schema schema;
    const struct ArrowSchema *of; /* borrowed */
} w403_arrow_columns;

/* W403_SEMANTIC: no struct, no Key or no Bucket column, a column whose type stands for no text, flag, number or time. */
W403_NODISCARD w403_status w403_arrow_columns_find(const struct ArrowSchema *schema, w403_arrow_columns *out, w403_error *err);

/* Texts of the cells of row `i` (of `batch`, which has its offset) for the `n` columns `wanted`, as a CSV report would have them; null is
 * an empty text. They live in `room` (of W403_ARROW_CELL bytes for each cell) or in the batch. */
enum { W403_ARROW_CELL = 40 };
void w403_arrow_row(const w403_arrow_columns *c, const struct ArrowArray *batch, uint64_t i, const uint16_t *wanted, size_t n,
                    char (*room)[W403_ARROW_CELL], w403_view *cells);

#endif

/* A row of an inventory report as the object that a decision looks at. */
#ifndef W403_INVENTORY_SWEEP_ROW_H
#define W403_INVENTORY_SWEEP_ROW_H

#include "base/limits.h"
#include "inventory/report.h"
#include "inventory/schema.h"
#include "snapshot/snapshot.h"

enum { W403_SWEEP_KEY_BYTES = W403_LIMIT_REPORT_KEY_BYTES }; /* decoded; S3's keys have 1024 */

/* Which of a report's columns are read, and where they stand in a row. */
typedef struct w403_sweep_columns {
    uint16_t wanted[W403_INV_COLUMNS];
    size_t n;
    int8_t at[W403_INV_COLUMNS]; /* index into row->at, -1: the report lacks it */
    bool raw_keys;               /* not URL-encoded */
} w403_sweep_columns;
/* `bucket`, `acl`: are the columns Bucket and ObjectAccessControlList worth reading? */
void w403_sweep_columns_choose(const w403_inv_schema *schema, bool bucket, bool acl, w403_sweep_columns *out);

/* What is kept from row to row: decoded ACLs, the key's bytes. One thread. */
typedef struct w403_sweep_reader w403_sweep_reader;
w403_sweep_reader *w403_sweep_reader_new(void); /* NULL: memory is short */
void w403_sweep_reader_free(w403_sweep_reader *r);

typedef struct w403_sweep_row {
    w403_view bucket;   /* {NULL,0}: the report does not say */
    w403_object object; /* views live until the next row */
    uint64_t acl_class;
    bool latest;
    w403_view version_id; /* as in the report; {NULL,0}: none */
} w403_sweep_row;

/* Fills *out, which was all zero before the first row of a file: what no column says stays as it is. `kms_key` is
 * what encrypts an object whose status is SSE-KMS (its bucket's default key), {NULL,0} where none is known.
 * W403_SYNTAX: a key or an ACL that is malformed; with an ACL *out is good but for that
 * (`acl` unknown), with a key it is not (out->object.key.p is NULL). */
w403_status w403_sweep_row_read(w403_sweep_reader *r, const w403_sweep_columns *c, const w403_report_row *row,
                                w403_view kms_key, w403_sweep_row *out, w403_error *err);

#endif

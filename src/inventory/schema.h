/* The columns of an inventory report, in whatever order a report has them. */
#ifndef W403_INVENTORY_SCHEMA_H
#define W403_INVENTORY_SCHEMA_H

#include "base/error.h"

typedef enum w403_inv_column {
    W403_INV_BUCKET,
    W403_INV_KEY, /* URL-encoded */
    W403_INV_VERSION_ID,
    W403_INV_IS_LATEST,
    W403_INV_IS_DELETE_MARKER,
    W403_INV_SIZE,
    W403_INV_LAST_MODIFIED,
    W403_INV_ETAG,
    W403_INV_STORAGE_CLASS,
    W403_INV_MULTIPART_UPLOADED,
    W403_INV_REPLICATION_STATUS,
    W403_INV_ENCRYPTION_STATUS, /* SSE-S3, SSE-KMS, DSSE-KMS, SSE-C, NOT-SSE: no key id */
    W403_INV_LOCK_RETAIN_UNTIL,
    W403_INV_LOCK_MODE,
    W403_INV_LEGAL_HOLD,
    W403_INV_ACCESS_TIER,
    W403_INV_BUCKET_KEY_STATUS,
    W403_INV_CHECKSUM_ALGORITHM,
    W403_INV_ACL,   /* base64 of JSON: see acl_column.h */
    W403_INV_OWNER, /* canonical id or UNAVAILABLE */
    W403_INV_LIFECYCLE_EXPIRATION,
    W403_INV_COLUMNS
} w403_inv_column;

#define W403_INV_NO_COLUMN UINT16_MAX

typedef struct w403_inv_schema {
    size_t n;                      /* columns of the report, unknown ones too */
    uint16_t at[W403_INV_COLUMNS]; /* where a column stands; W403_INV_NO_COLUMN: the report lacks it */
    bool raw_keys;                 /* keys are not URL-encoded: Parquet, ORC and what Athena makes of them */
} w403_inv_schema;

const char *w403_inv_column_name(w403_inv_column c); /* "ObjectOwner" */

/* A manifest's fileSchema: names with commas between them. Unknown names are tolerated (AWS adds columns); a name
 * given twice, none at all, no Key, or more than a report may have: W403_SEMANTIC. */
w403_status w403_inv_schema_parse(w403_view text, w403_inv_schema *out, w403_error *err);

/* Is this row a header line? It is when `Key` and only column names stand in it, or `Key` and another of them; what is
 * called otherwise is skipped. S3's own reports have none; files made by hand or by a query do. The names of Parquet and
 * ORC (key, version_id, is_latest) say that keys are not URL-encoded, those of CSV (Key, VersionId) that they are. */
bool w403_inv_schema_of_header(const w403_view *row, size_t n, w403_inv_schema *out);

/* What a first row shows a table to be that lists no objects ("an S3 Storage Lens export"); NULL: nothing known. */
const char *w403_inv_foreign_table(const w403_view *row, size_t n);

/* The key itself. S3 writes a blank as `+` and a plus sign as `%2B` (cloud-custodian issue 1997). Without `%` and
 * `+` the view given is returned. NULL p: malformed, or memory short. */
w403_view w403_inv_key_decode(w403_arena *a, w403_view raw);

#endif

#include "inventory/schema.h"

#include "base/encode.h"
#include "inventory/report.h"

static const char *const column_names[W403_INV_COLUMNS] = {
    [W403_INV_BUCKET] = "Bucket",
    [W403_INV_KEY] = "Key",
    [W403_INV_VERSION_ID] = "VersionId",
    [W403_INV_IS_LATEST] = "IsLatest",
    [W403_INV_IS_DELETE_MARKER] = "IsDeleteMarker",
    [W403_INV_SIZE] = "Size",
    [W403_INV_LAST_MODIFIED] = "LastModifiedDate",
    [W403_INV_ETAG] = "ETag",
    [W403_INV_STORAGE_CLASS] = "StorageClass",
    [W403_INV_MULTIPART_UPLOADED] = "IsMultipartUploaded",
    [W403_INV_REPLICATION_STATUS] = "ReplicationStatus",
    [W403_INV_ENCRYPTION_STATUS] = "EncryptionStatus",
    [W403_INV_LOCK_RETAIN_UNTIL] = "ObjectLockRetainUntilDate",
    [W403_INV_LOCK_MODE] = "ObjectLockMode",
    [W403_INV_LEGAL_HOLD] = "ObjectLockLegalHoldStatus",
    [W403_INV_ACCESS_TIER] = "IntelligentTieringAccessTier",
    [W403_INV_BUCKET_KEY_STATUS] = "BucketKeyStatus",
    [W403_INV_CHECKSUM_ALGORITHM] = "ChecksumAlgorithm",
    [W403_INV_ACL] = "ObjectAccessControlList",
    [W403_INV_OWNER] = "ObjectOwner",
    [W403_INV_LIFECYCLE_EXPIRATION] = "LifecycleExpirationDate",
};

const char *w403_inv_column_name(w403_inv_column c)
{
    return c < W403_INV_COLUMNS ? column_names[c] : "";
}

static void schema_clear(w403_inv_schema *s)
{
    s->n = 0;
    for (size_t i = 0; i < W403_INV_COLUMNS; i++) {
        s->at[i] = W403_INV_NO_COLUMN;
    }
}

static w403_inv_column column_of(w403_view name)
{
    for (w403_inv_column c = 0; c < W403_INV_COLUMNS; c++) {
        if (w403_view_ieq(w403_view_of(column_names[c]), name)) {
            return c;
        }
    }
    return W403_INV_COLUMNS;
}

w403_status w403_inv_schema_parse(w403_view text, w403_inv_schema *out, w403_error *err)
{
    schema_clear(out);
    w403_view rest = text;
    while (rest.p) {
        w403_view name = w403_view_trim(w403_view_cut(&rest, ','));
        w403_inv_column c = column_of(name);
        if (out->n == W403_REPORT_COLUMNS) {
            return w403_error_set(err, W403_SEMANTIC, "fileSchema has more than %d columns", W403_REPORT_COLUMNS);
        }
        if (c < W403_INV_COLUMNS && out->at[c] != W403_INV_NO_COLUMN) {
            return w403_error_set(err, W403_SEMANTIC, "fileSchema names `%s` twice", column_names[c]);
        }
        if (c < W403_INV_COLUMNS) {
            out->at[c] = (uint16_t)out->n;
        }
        out->n++;
    }
    if (out->at[W403_INV_KEY] == W403_INV_NO_COLUMN) {
        w403_error_set(err, W403_SEMANTIC, "fileSchema has no column `Key`");
        w403_error_hint(err, "a CSV report's fileSchema reads `Bucket, Key, ...`");
        return W403_SEMANTIC;
    }
    return W403_OK;
}

bool w403_inv_schema_of_header(const w403_view *row, size_t n, w403_inv_schema *out)
{
    schema_clear(out);
    for (size_t i = 0; i < n; i++) {
        w403_inv_column c = column_of(w403_view_trim(row[i]));
        if (c == W403_INV_COLUMNS || out->at[c] != W403_INV_NO_COLUMN) {
            return false;
        }
        out->at[c] = (uint16_t)i;
    }
    out->n = n;
    return out->at[W403_INV_KEY] != W403_INV_NO_COLUMN;
}

w403_view w403_inv_key_decode(w403_arena *a, w403_view raw)
{
    if (!memchr(raw.p ? raw.p : "", '%', raw.n) && !memchr(raw.p ? raw.p : "", '+', raw.n)) {
        return raw;
    }
    return w403_percent_decode(a, raw, true);
}

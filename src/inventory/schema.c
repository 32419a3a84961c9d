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
    s->raw_keys = false;
    for (size_t i = 0; i < W403_INV_COLUMNS; i++) {
        s->at[i] = W403_INV_NO_COLUMN;
    }
}

/* `version_id`, `Version Id` and `VersionId` are one. */
static bool same_name(const char *column, w403_view name)
{
    size_t k = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '_' || c == ' ') {
            continue;
        }
        if (w403_lower(c) != w403_lower(column[k])) {
            return false;
        }
        k++;
    }
    return k > 0 && column[k] == '\0';
}

static w403_inv_column column_of(w403_view name)
{
    for (w403_inv_column c = 0; c < W403_INV_COLUMNS; c++) {
        if (same_name(column_names[c], name)) {
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
    size_t known = 0;
    schema_clear(out);
    for (size_t i = 0; i < n; i++) {
        w403_inv_column c = column_of(w403_view_trim(row[i]));
        if (c < W403_INV_COLUMNS && out->at[c] != W403_INV_NO_COLUMN) {
            return false;
        }
        if (c < W403_INV_COLUMNS) {
            out->at[c] = (uint16_t)i;
            known++;
        }
    }
    out->n = n;
    uint16_t key = out->at[W403_INV_KEY];
    if (key == W403_INV_NO_COLUMN || (known < n && known < 2)) {
        return false;
    }
    out->raw_keys = w403_view_eq(w403_view_trim(row[key]), W403_LIT("key"));
    return true;
}

const char *w403_inv_foreign_table(const w403_view *row, size_t n)
{
    static const struct { const char *column, *about; } tables[] = {
        {"TaskStatus", "a completion report of S3 Batch Operations: what became of tasks"},
        {"MetricName", "an S3 Storage Lens export: it counts objects and names none"},
        {"RecordTimestamp", "rows of an S3 Metadata journal table: changes of objects; its inventory table lists them"},
    };
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
            if (same_name(tables[k].column, w403_view_trim(row[i]))) {
                return tables[k].about;
            }
        }
    }
    bool task = n == 7 && (w403_view_eq(row[3], W403_LIT("failed")) || w403_view_eq(row[3], W403_LIT("succeeded")));
    return task ? tables[0].about : NULL; /* these have no header */
}

w403_view w403_inv_key_decode(w403_arena *a, w403_view raw)
{
    if (!memchr(raw.p ? raw.p : "", '%', raw.n) && !memchr(raw.p ? raw.p : "", '+', raw.n)) {
        return raw;
    }
    return w403_percent_decode(a, raw, true);
}

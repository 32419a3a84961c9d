/* Which inventories were delivered: <prefix>/<source>/<config-id>/<YYYY-MM-DDTHH-MMZ>/manifest.json in a directory
 * that mirrors the destination bucket, or a part of it. AWS has no call that tells; this is the evidence. */
#ifndef W403_INVENTORY_DELIVERED_H
#define W403_INVENTORY_DELIVERED_H

#include "inventory/manifest.h"

typedef struct w403_delivery {
    w403_view path;   /* of manifest.json, NUL-terminated when it was found on disk */
    w403_view prefix; /* what stands before the source bucket, without slashes at its ends */
    w403_view source_bucket, config_id;
    w403_instant at;               /* start of the scan, from the directory's name */
    w403_tri verified;             /* YES: checksum agrees, all files there. NO: damaged or files missing.
                                    * UNKNOWN: no manifest.checksum, which S3 writes last: perhaps unfinished */
    const w403_manifest *manifest; /* NULL: it could not be read */
} w403_delivery;

typedef struct w403_deliveries {
    w403_delivery *at; /* by source bucket, configuration id, time */
    size_t n, cap;
} w403_deliveries;

/* Splits the key of a manifest; doubled slashes count as one. False: it is the key of something else. Fills all but
 * `verified` (UNKNOWN) and `manifest`. For listings such as objects.json, where there are only keys. */
bool w403_delivery_of_key(w403_view key, w403_delivery *out);

/* Lists every delivery below `root`, of one source bucket or configuration where those are given ({NULL,0}: all).
 * What is wrong with one is added to *problems and the others are still listed. Errors: W403_IO, W403_LIMIT. */
w403_status w403_deliveries_list(w403_arena *a, const char *root, w403_view source_bucket, w403_view config_id,
                                 w403_problems *problems, w403_deliveries *out, w403_error *err);

/* The latest one of a source bucket and configuration ({NULL,0}: any) that is at least `verified` (YES, or UNKNOWN:
 * those that may be unfinished count too); NULL: none. */
const w403_delivery *w403_deliveries_latest(const w403_deliveries *d, w403_view source_bucket, w403_view config_id,
                                            w403_tri verified);

#endif

/* S3 Inventory configurations of a bucket: s3api get-bucket-inventory-configuration (formats 2.1). */
#ifndef W403_SNAPSHOT_INVENTORY_CONFIG_H
#define W403_SNAPSHOT_INVENTORY_CONFIG_H

#include "snapshot/snapshot.h"

typedef enum w403_inventory_encryption {
    W403_INVENTORY_ENCRYPTION_NONE, /* not said: the destination bucket's default */
    W403_INVENTORY_ENCRYPTION_SSE_S3,
    W403_INVENTORY_ENCRYPTION_SSE_KMS
} w403_inventory_encryption;

typedef enum w403_inventory_format {
    W403_INVENTORY_CSV,
    W403_INVENTORY_ORC,
    W403_INVENTORY_PARQUET
} w403_inventory_format;
typedef enum w403_inventory_frequency { W403_INVENTORY_DAILY, W403_INVENTORY_WEEKLY } w403_inventory_frequency;

struct w403_inventory_config {
    w403_fact                 fact; /* NONE: AWS said that there is no such configuration. Else than KNOWN: id only */
    w403_view                 id;
    bool                      is_enabled;
    bool                      all_versions; /* IncludedObjectVersions All, else Current */
    w403_view                 filter_prefix; /* {NULL,0}: every key */
    w403_inventory_frequency  frequency;
    const w403_view          *optional_fields;
    uint32_t                  n_optional_fields;
    w403_inventory_format     format;
    w403_view                 destination_account; /* {NULL,0}: the owner of the destination is not verified */
    w403_view                 destination_bucket;  /* ARN as written */
    w403_view                 destination_name;    /* bucket name of that ARN; {NULL,0} when it is none */
    w403_view                 destination_prefix;
    w403_inventory_encryption encryption;
    w403_view                 kms_key; /* of SSE_KMS; {NULL,0}: not said */
};

/* The configuration of this id, NULL when the snapshot does not hold it. */
const w403_inventory_config *w403_bucket_inventory(const w403_bucket *b, w403_view id);

#endif

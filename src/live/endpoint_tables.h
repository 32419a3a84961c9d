/* Where AWS's services are, by partition: generated from data/collect-endpoints.tsv and collect-partitions.tsv. */
#ifndef W403_LIVE_ENDPOINT_TABLES_H
#define W403_LIVE_ENDPOINT_TABLES_H

#include "live/calls.h"

enum { W403_PARTITIONS = 8 };

typedef struct w403_partition {
    const char        *name, *global_region;
    const char *const *prefixes;    /* of its regions' names */
    const char *const *sts_regions; /* sts_regional_endpoints=legacy: these go to the global one */
} w403_partition;

enum { W403_HOST_FIPS = 1, W403_HOST_DUALSTACK = 2 };

typedef struct w403_endpoint_row {
    const char *signing_name;
    const char *signing_region; /* NULL: the one that was asked for */
    const char *hosts[4];       /* by W403_HOST_*; NULL: there is none; with <region>, <account> */
} w403_endpoint_row;

extern const w403_partition    w403_partitions[W403_PARTITIONS + 1]; /* the first is aws; the last one is empty */
extern const w403_endpoint_row w403_endpoint_rows[W403_SERVICE_COUNT][W403_PARTITIONS];

#endif

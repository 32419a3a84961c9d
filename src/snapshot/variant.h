/* Of w403_snapshot_with: other texts for files that hold facts of one thing. */
#ifndef W403_SNAPSHOT_VARIANT_H
#define W403_SNAPSHOT_VARIANT_H

#include "snapshot/load.h"
#include "snapshot/load_state.h"

/* Loads only the buckets, keys and access points that `files` are about; all else is the base's. `l` has begun. *fits false: what
 * they change reaches further (an account, the organization, a bucket's owner), and nothing of `l` can be used. */
W403_NODISCARD w403_status w403_variant_load(w403_load *l, const w403_snapshot *base, const w403_file_text *files, size_t n,
                                             bool *fits, w403_error *err);

#endif

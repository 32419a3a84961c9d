/* Work that falls into parts which need nothing of each other. */
#ifndef W403_LOGS_PARALLEL_H
#define W403_LOGS_PARALLEL_H

#include "base/error.h"

/* Part `i`, in any thread. */
typedef w403_status w403_part_fn(void *user, size_t i, w403_error *err);

/* Does the parts 0..n-1, `threads` at a time (1: in this thread, in order). A thread that cannot be had leaves its share
 * to the others. Errors: one of those of `fn`; then not all parts are done. */
W403_NODISCARD w403_status w403_parallel(unsigned threads, size_t n, w403_part_fn *fn, void *user, w403_error *err);

#endif

/* URLs and curl commands. */
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena   *a = w403_arena_new((size_t)64 << 20);
    w403_evidence e;
    w403_error    err;
    if (w403_evidence_curl(a, (w403_view){(const char *)data, size}, &e, &err) == W403_OK && e.n_readings != 1) {
        __builtin_trap();
    }
    w403_arena_free(a);
    return 0;
}

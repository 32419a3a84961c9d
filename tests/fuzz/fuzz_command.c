/* aws command lines. */
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena   *a = w403_arena_new((size_t)64 << 20);
    w403_evidence e;
    w403_error    err;
    for (int known = 0; known < 2; known++) {
        if (w403_evidence_command(a, (w403_view){(const char *)data, size}, known ? 1 : UINT64_MAX, &e, &err) == W403_OK &&
            e.n_readings == 0) {
            __builtin_trap();
        }
        w403_arena_reset(a);
    }
    w403_arena_free(a);
    return 0;
}

/* Error texts: whatever is pasted. */
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena   *a = w403_arena_new((size_t)64 << 20);
    w403_evidence e;
    w403_error    err;
    if (w403_evidence_error(a, (w403_view){(const char *)data, size}, &e, &err) == W403_OK) {
        for (size_t i = 0; i < e.n_readings; i++) {
            if (!e.readings[i].request.operation.p == !e.readings[i].request.action.p) {
                __builtin_trap(); /* exactly one of the two */
            }
        }
        if (e.reported.form == W403_FORM_NONE) {
            __builtin_trap();
        }
    }
    w403_arena_free(a);
    return 0;
}

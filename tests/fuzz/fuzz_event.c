/* CloudTrail: one event, and the search for a session, strict and repaired. */
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena     *a = w403_arena_new((size_t)256 << 20);
    w403_evidence   e;
    w403_error      err;
    const w403_view text = {(const char *)data, size};
    if (w403_evidence_event(a, W403_LIT("fuzz"), text, &e, &err) == W403_OK && e.n_readings == 0) {
        __builtin_trap();
    }
    w403_arena_reset(a);
    (void)!w403_evidence_session(a, W403_LIT("fuzz"), text, (w403_view){NULL, 0}, (w403_view){NULL, 0}, &e, &err);
    w403_arena_reset(a);
    (void)!w403_evidence_credentials(a, text, W403_LIT("arn:aws:iam::111122223333:role/r"), &e, &err);
    w403_arena_free(a);
    return 0;
}

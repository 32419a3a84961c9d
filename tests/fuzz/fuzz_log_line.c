/* The fields of an access log line, one a line of input, and keys that look missing. */
#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena     *a = w403_arena_new((size_t)64 << 20);
    w403_evidence   e;
    w403_error      err;
    w403_log_fields f = {0};
    w403_view      *field = (w403_view *)(void *)&f, rest = {(const char *)data, size};
    w403_view       keys[sizeof f / sizeof *field];
    size_t          n = 0;
    while (n < sizeof f / sizeof *field && rest.p) {
        field[n] = w403_view_cut(&rest, '\n');
        keys[n] = field[n];
        n++;
    }
    (void)!w403_evidence_log_line(a, &f, &e, &err);
    w403_arena_reset(a);
    const w403_near_key *near;
    size_t               found = 0;
    if (n && w403_nearest_keys(a, keys[0], keys, n, 3, &near, &found, &err) == W403_OK) {
        for (size_t i = 0; i < found; i++) {
            if (near[i].reasons == 0 || near[i].why.n == 0) {
                __builtin_trap(); /* a near miss has a reason */
            }
        }
        (void)!w403_key_variants(a, keys[0], &near, &found, &err);
    }
    w403_arena_free(a);
    return 0;
}

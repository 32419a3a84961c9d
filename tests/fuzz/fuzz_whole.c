/* The whole program on a case: bytes become a snapshot, policies and a request, which is decided, explained, mended and
 * shown in every format; every printed command goes through a check of its words. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_arena *a = n < 1 << 16 ? w403_arena_new((size_t)256 << 20) : NULL;
    w403_cases cases = {0};
    if (a && w403_case_file_parse(a, W403_LIT("case"), (w403_view){(const char *)data, n}, &cases, NULL) == W403_OK) {
        for (size_t i = 0; i < cases.n && i < 4; i++) {
            ask_case(a, &cases.at[i]);
        }
    }
    w403_arena_free(a);
    return 0;
}

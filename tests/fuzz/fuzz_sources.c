/* Plans and templates of other tools: whatever they hold, what comes out is a snapshot that loads, or an error. */
#include "base/arena.h"
#include "snapshot/load.h"
#include "sources/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void load(w403_status status, w403_view made)
{
    w403_snapshot *s = NULL;
    w403_error err;
    if (status == W403_OK) {
        (void)w403_snapshot_parse(W403_LIT("made"), made, NULL, NULL, &s, &err); /* names may be such that it is refused */
        w403_snapshot_free(s);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const w403_view parameter = {"P=v", 3};
    w403_source_options o = {.account = W403_LIT("111122223333"), .parameters = &parameter, .n_parameters = 1};
    w403_view text = {(const char *)data, n}, made = {NULL, 0};
    w403_arena *a = w403_arena_new(0);
    w403_error err;
    if (a) {
        load(w403_source_terraform(a, W403_LIT("f"), text, &o, &made, &err), made);
        load(w403_source_cloudformation(a, W403_LIT("f"), text, &o, &made, &err), made);
    }
    w403_arena_free(a);
    return 0;
}

/* Plans and templates of other tools: whatever they hold, what comes out is a snapshot that loads, or an error. */
#include <stdlib.h>

#include "base/arena.h"
#include "snapshot/load.h"
#include "sources/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Names may be such that the snapshot is refused; then an error says so. */
static void load(w403_status status, const w403_view *made, w403_error *err)
{
    w403_snapshot *s = NULL;
    if (status == W403_OK && w403_snapshot_parse(W403_LIT("made"), *made, NULL, NULL, &s, err) != W403_OK && err->message[0] == '\0') {
        abort();
    }
    w403_snapshot_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const w403_view parameter = {"P=v", 3};
    w403_source_options o = {.account = W403_LIT("111122223333"), .parameters = &parameter, .n_parameters = 1};
    w403_view text = {(const char *)data, n}, made = {NULL, 0};
    w403_arena *a = w403_arena_new(0);
    w403_error err = {0};
    if (a) {
        load(w403_source_terraform(a, W403_LIT("f"), text, &o, &made, &err), &made, &err);
        load(w403_source_cloudformation(a, W403_LIT("f"), text, &o, &made, &err), &made, &err);
    }
    w403_arena_free(a);
    return 0;
}

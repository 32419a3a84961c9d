/* Any bytes as packed data of every kind that is read, in small steps and in one: no more is taken or given than there is
 * room for, it ends, and the steps do not change what comes out. The first byte chooses the kind where its magic does not. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/inflate.h"
#include "base/redact.h"
#include "base/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 1 << 20 };

/* The hash of what came out; *good: to a clean end. */
static uint64_t unpack(w403_pack pack, const uint8_t *data, size_t n, size_t room, size_t piece, bool *good)
{
    static uint8_t   out[1 << 16];
    w403_unpack     *u = w403_unpack_new(pack);
    uint64_t         hash = 0;
    size_t           at = 0, all = 0, held = 0;
    w403_unpack_step what = W403_UNPACK_MORE;
    *good = false;
    while (u && what == W403_UNPACK_MORE && all < MOST) {
        size_t used = 0, got = 0;
        held = held + piece < n - at ? held + piece : n - at;
        bool last = at + held == n;
        what = w403_unpack_run(u, data + at, held, last, &used, out, room, &got);
        if (used > held || got > room) {
            abort();
        }
        for (size_t i = 0; i < got; i++) {
            hash = hash * 31 + out[i];
        }
        at += used;
        held -= used;
        all += got;
        if (used == 0 && got == 0 && last) {
            break;
        }
    }
    *good = u && what == W403_UNPACK_MORE && at == n && w403_unpack_ended(u) && all < MOST;
    w403_unpack_free(u);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const w403_pack kinds[] = {W403_PACK_ZSTD, W403_PACK_BZIP2, W403_PACK_XZ, W403_PACK_ZIP, W403_PACK_UTF16};
    const char *name, *command;
    w403_pack   pack = w403_pack_of((w403_view){(const char *)data, n < W403_PACK_HEAD ? n : W403_PACK_HEAD}, &name, &command);
    w403_arena *a = w403_arena_new(0);
    w403_view   out;
    char       *text = malloc(n + 1);

    if (pack == W403_PACK_NONE || pack == W403_PACK_OTHER) {
        pack = kinds[n ? data[0] % (sizeof kinds / sizeof *kinds) : 0];
    }
    if (w403_pack_is_read(pack)) {
        bool     whole, steps;
        uint64_t a_hash = unpack(pack, data, n, 1 << 16, n ? n : 1, &whole);
        uint64_t b_hash = unpack(pack, data, n, 64, 37, &steps);
        if (whole && steps && a_hash != b_hash) {
            abort();
        }
    }
    if (a) {
        w403_error err = {0};
        if (w403_gunzip(a, (w403_view){(const char *)data, n}, MOST, &out, &err) != W403_OK && out.p) {
            abort();
        }
    }
    if (text) { /* covering secrets keeps length and lines, and once is enough */
        memcpy(text, data, n);
        w403_redact(text, n);
        uint64_t once = w403_hash(text, n);
        w403_redact(text, n);
        if (w403_hash(text, n) != once) {
            abort();
        }
    }
    free(text);
    w403_arena_free(a);
    return 0;
}

/* Files as they lie on a disk, packed and damaged in any way: read in pieces of several sizes they come to the same end, undamaged ones
 * with the same bytes. The first byte says whether the rest is a file, or is packed first and then damaged at the place that the
 * next two bytes name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 1 << 20 };

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

typedef struct result {
    size_t n;
    uint32_t sum;
    w403_status status;
    uint64_t offset;
} result;

static result read_in(const char *path, size_t piece)
{
    static uint8_t room[1 << 16];
    result r = {.sum = 1};
    w403_stream *s = NULL;
    w403_error err = {0};
    r.status = w403_stream_open(path, &s, &err);
    for (size_t got = 1; r.status == W403_OK && got > 0 && r.n < MOST;) {
        r.status = w403_stream_read(s, room, piece, &got, &err);
        must(r.status != W403_OK || got <= piece);
        if (r.status == W403_OK) {
            r.sum = (uint32_t)adler32(r.sum, room, (uInt)got);
            r.n += got;
        }
    }
    r.offset = err.offset;
    must(r.status == W403_OK || err.message[0]);
    w403_stream_close(s);
    return r;
}

/* gzip of the text; several members where it is long. */
static size_t pack(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
    size_t done = 0;
    for (size_t from = 0; from == 0 || from < n; from += 4096) {
        z_stream z = {.next_in = (Bytef *)(uintptr_t)(data + from), .avail_in = (uInt)(n - from < 4096 ? n - from : 4096),
                      .next_out = out + done, .avail_out = (uInt)(room - done)};
        must(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        must(deflate(&z, Z_FINISH) == Z_STREAM_END);
        done = room - z.avail_out;
        deflateEnd(&z);
    }
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static uint8_t packed[1 << 17];
    if (n < 4 || n > 1 << 15) {
        return 0;
    }
    const uint8_t *text = data + 1;
    size_t size = n - 1;
    if (data[0] % 2) {
        size = pack(data + 4, n - 4, packed, sizeof packed);
        size_t at = (size_t)(data[1] << 8 | data[2]) % size;
        if (data[0] % 4 == 1) {
            packed[at] ^= data[3];
        } else {
            size = at; /* cut */
        }
        text = packed;
    }
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, text, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    result whole = read_in(path, 1 << 16), small = read_in(path, 7), odd = read_in(path, 1000);
    must(whole.status == small.status && whole.status == odd.status);
    /* Before damage the inflater may hold back what it could not place. */
    if (whole.status == W403_OK && whole.n < MOST && small.n < MOST && odd.n < MOST) {
        must(whole.n == small.n && whole.sum == small.sum && whole.n == odd.n && whole.sum == odd.sum);
    }
    close(fd);
    return 0;
}

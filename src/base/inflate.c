#include "base/inflate.h"

#include "base/buf.h"

enum { CHUNK = 64 * 1024 };

bool w403_is_gzip(w403_view v)
{
    return v.n >= 3 && v.p[0] == 0x1f && (unsigned char)v.p[1] == 0x8b && v.p[2] == 8;
}

#ifdef W403_HAVE_ZLIB
#include <zlib.h>

/* One chunk after the other until the input is used up. */
static w403_status inflate_all(z_stream *z, w403_buf *buf, size_t limit, w403_error *err)
{
    uint8_t chunk[CHUNK];
    int     r = Z_OK;
    while (z->avail_in > 0 || r == Z_OK) {
        z->next_out = chunk;
        z->avail_out = sizeof chunk;
        r = inflate(z, Z_NO_FLUSH);
        if (r != Z_OK && r != Z_STREAM_END) {
            return w403_error_set(err, W403_SYNTAX, r == Z_BUF_ERROR ? "gzip data is cut off" : "damaged gzip data");
        }
        size_t got = sizeof chunk - z->avail_out;
        if (buf->n + got > limit) {
            return w403_error_set(err, W403_LIMIT, "gzip data of more than %zu bytes", limit);
        }
        w403_buf_put(buf, (w403_view){(const char *)chunk, got});
        if (r == Z_STREAM_END && (z->avail_in == 0 || inflateReset(z) != Z_OK)) {
            return W403_OK;
        }
    }
    return W403_OK;
}

w403_status w403_gunzip(w403_arena *a, w403_view packed, size_t limit, w403_view *out, w403_error *err)
{
    z_stream z;
    w403_buf buf = {0};
    memset(&z, 0, sizeof z);
    *out = (w403_view){NULL, 0};
    if (packed.n > UINT32_MAX) {
        return w403_error_set(err, W403_LIMIT, "gzip data of more than %zu bytes", limit);
    }
    if (inflateInit2(&z, 15 + 16) != Z_OK) {
        return w403_error_nomem(err);
    }
    z.next_in = (Bytef *)(uintptr_t)packed.p;
    z.avail_in = (uInt)packed.n;
    w403_status status = inflate_all(&z, &buf, limit, err);
    inflateEnd(&z);
    if (status == W403_OK) {
        *out = w403_buf_ok(&buf) ? w403_arena_copy(a, w403_buf_view(&buf)) : (w403_view){NULL, 0};
        status = out->p ? W403_OK : w403_error_nomem(err);
    }
    w403_buf_free(&buf);
    return status;
}

#else /* built without gzip */

w403_status w403_gunzip(w403_arena *a, w403_view packed, size_t limit, w403_view *out, w403_error *err)
{
    (void)a;
    (void)packed;
    (void)limit;
    *out = (w403_view){NULL, 0};
    return w403_error_set(err, W403_SEMANTIC, "gzip data, which this build does not read");
}

#endif

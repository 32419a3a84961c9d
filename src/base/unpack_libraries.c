/* zstd, bzip2 and xz by their libraries, where the build has their headers and the system has them. They are loaded when
 * a file asks for one: three libraries more would cost every other run a fifth of its start. */
#include <dlfcn.h>
#include <pthread.h>

#include "base/unpack_state.h"

typedef struct symbol {
    const char *name;
    void       *slot; /* of the pointer to it */
} symbol;

/* All of them, or false. The library stays loaded. */
static inline bool load(const char *library, const symbol *symbols, size_t n)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; i < n && handle; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (!found) {
            return false;
        }
        memcpy(symbols[i].slot, &found, sizeof found); /* no cast from data to function */
    }
    return handle != NULL;
}

#define SYMBOL(of, function) {#function, &(of).function}
#define LOAD(library, symbols) load((library), (symbols), sizeof(symbols) / sizeof *(symbols))

#ifdef W403_HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>

static struct {
    bool loaded;
    __typeof__(ZSTD_createDStream)    *ZSTD_createDStream;
    __typeof__(ZSTD_freeDStream)      *ZSTD_freeDStream;
    __typeof__(ZSTD_decompressStream) *ZSTD_decompressStream;
    __typeof__(ZSTD_isError)          *ZSTD_isError;
    __typeof__(ZSTD_getErrorCode)     *ZSTD_getErrorCode;
} zstd;

static void zstd_load(void)
{
    const symbol symbols[] = {SYMBOL(zstd, ZSTD_createDStream), SYMBOL(zstd, ZSTD_freeDStream),
                              SYMBOL(zstd, ZSTD_decompressStream), SYMBOL(zstd, ZSTD_isError),
                              SYMBOL(zstd, ZSTD_getErrorCode)};
    zstd.loaded = LOAD("libzstd.so.1", symbols);
}

static bool zstd_there(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, zstd_load);
    return zstd.loaded;
}

static bool zstd_open(w403_unpack *u)
{
    u->state = zstd.ZSTD_createDStream();
    return u->state != NULL;
}

static void zstd_close(w403_unpack *u)
{
    zstd.ZSTD_freeDStream(u->state);
}

static w403_unpack_step zstd_run(w403_unpack *u, w403_unpack_io *io)
{
    ZSTD_inBuffer  in = {io->in, io->n, 0};
    ZSTD_outBuffer out = {io->out, io->room, 0};
    if (io->n == 0 && !u->open) {
        return W403_UNPACK_MORE;
    }
    size_t left = zstd.ZSTD_decompressStream(u->state, &out, &in);
    io->used = in.pos;
    io->got = out.pos;
    if (zstd.ZSTD_isError(left)) {
        return zstd.ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? W403_UNPACK_NOMEM : W403_UNPACK_DAMAGED;
    }
    u->open = left != 0; /* 0: a frame is over, and another may follow */
    return W403_UNPACK_MORE;
}

const w403_unpack_ops w403_unpack_zstd = {zstd_there, zstd_open, zstd_run, zstd_close};
#else
const w403_unpack_ops w403_unpack_zstd = {NULL, NULL, NULL, NULL};
#endif

#ifdef W403_HAVE_BZIP2
#include <bzlib.h>

static struct {
    bool loaded;
    __typeof__(BZ2_bzDecompressInit) *BZ2_bzDecompressInit;
    __typeof__(BZ2_bzDecompress)     *BZ2_bzDecompress;
    __typeof__(BZ2_bzDecompressEnd)  *BZ2_bzDecompressEnd;
} bzip2;

static void bzip2_load(void)
{
    const symbol symbols[] = {SYMBOL(bzip2, BZ2_bzDecompressInit), SYMBOL(bzip2, BZ2_bzDecompress),
                              SYMBOL(bzip2, BZ2_bzDecompressEnd)};
    bzip2.loaded = LOAD("libbz2.so.1.0", symbols);
}

static bool bzip2_there(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, bzip2_load);
    return bzip2.loaded;
}

static bool bzip2_begin(bz_stream *z)
{
    *z = (bz_stream){0};
    return bzip2.BZ2_bzDecompressInit(z, 0, 0) == BZ_OK;
}

static bool bzip2_open(w403_unpack *u)
{
    u->state = w403_malloc(sizeof(bz_stream));
    if (u->state && !bzip2_begin(u->state)) {
        w403_free(u->state);
        u->state = NULL;
    }
    return u->state != NULL;
}

static void bzip2_close(w403_unpack *u)
{
    bzip2.BZ2_bzDecompressEnd(u->state);
    w403_free(u->state);
}

static w403_unpack_step bzip2_run(w403_unpack *u, w403_unpack_io *io)
{
    bz_stream *z = u->state;
    z->next_in = (char *)(uintptr_t)io->in;
    z->avail_in = (unsigned)io->n;
    z->next_out = (char *)io->out;
    z->avail_out = (unsigned)io->room;
    int r = io->n || u->open ? bzip2.BZ2_bzDecompress(z) : BZ_OK;
    io->used = io->n - z->avail_in;
    io->got = io->room - z->avail_out;
    u->open = r == BZ_OK && (u->open || io->used > 0);
    if (r == BZ_STREAM_END) { /* another may follow */
        bzip2.BZ2_bzDecompressEnd(z);
        return bzip2_begin(z) ? W403_UNPACK_MORE : W403_UNPACK_NOMEM;
    }
    return r == BZ_OK ? W403_UNPACK_MORE : r == BZ_MEM_ERROR ? W403_UNPACK_NOMEM : W403_UNPACK_DAMAGED;
}

const w403_unpack_ops w403_unpack_bzip2 = {bzip2_there, bzip2_open, bzip2_run, bzip2_close};
#else
const w403_unpack_ops w403_unpack_bzip2 = {NULL, NULL, NULL, NULL};
#endif

#ifdef W403_HAVE_XZ
#include <lzma.h>

enum { XZ_MEMORY = 256 << 20 };

static struct {
    bool loaded;
    __typeof__(lzma_stream_decoder) *lzma_stream_decoder;
    __typeof__(lzma_code)           *lzma_code;
    __typeof__(lzma_end)            *lzma_end;
} xz;

static void xz_load(void)
{
    const symbol symbols[] = {SYMBOL(xz, lzma_stream_decoder), SYMBOL(xz, lzma_code), SYMBOL(xz, lzma_end)};
    xz.loaded = LOAD("liblzma.so.5", symbols);
}

static bool xz_there(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, xz_load);
    return xz.loaded;
}

static bool xz_open(w403_unpack *u)
{
    lzma_stream *z = w403_malloc(sizeof *z);
    if (z) {
        *z = (lzma_stream)LZMA_STREAM_INIT;
        if (xz.lzma_stream_decoder(z, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK) {
            w403_free(z);
            z = NULL;
        }
    }
    u->state = z;
    return z != NULL;
}

static void xz_close(w403_unpack *u)
{
    xz.lzma_end(u->state);
    w403_free(u->state);
}

static w403_unpack_step xz_run(w403_unpack *u, w403_unpack_io *io)
{
    lzma_stream *z = u->state;
    z->next_in = io->in;
    z->avail_in = io->n;
    z->next_out = io->out;
    z->avail_out = io->room;
    u->open = true; /* the end is known at the end only: streams may follow each other */
    lzma_ret r = xz.lzma_code(z, io->last ? LZMA_FINISH : LZMA_RUN);
    io->used = io->n - z->avail_in;
    io->got = io->room - z->avail_out;
    switch (r) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return W403_UNPACK_MORE;
    case LZMA_STREAM_END:
        u->open = false;
        return W403_UNPACK_MORE;
    case LZMA_MEM_ERROR:
        return W403_UNPACK_NOMEM;
    case LZMA_MEMLIMIT_ERROR:
        u->why = "xz data that takes more than 256 MB to unpack";
        return W403_UNPACK_REFUSED;
    default: /* of the library's */
        return W403_UNPACK_DAMAGED;
    }
}

const w403_unpack_ops w403_unpack_xz = {xz_there, xz_open, xz_run, xz_close};
#else
const w403_unpack_ops w403_unpack_xz = {NULL, NULL, NULL, NULL};
#endif

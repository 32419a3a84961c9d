/* A zip archive read from its front, one file behind the other as if they were one; a line end between them. The list at
 * its end is not asked: what a stream gives is what the files' own heads say. */
#include "base/unpack_state.h"

#ifdef W403_HAVE_ZLIB
#include <zlib.h>

enum {
    HEAD = 30, /* of a file, without its name */
    STORED = 0,
    DEFLATED = 8,
    ENCRYPTED = 1,
    SIZES_FOLLOW = 8, /* crc and sizes stand behind the data */
    DESCRIPTOR = 24   /* the longest */
};

typedef struct zip {
    z_stream z;
    enum { AT_HEAD, AT_NAME, AT_STORED, AT_DEFLATED, AT_DESCRIPTOR, AT_END } at;
    uint32_t left;     /* bytes of the name and extra field, or of stored data */
    uint32_t crc, want;
    uint32_t packed;   /* size that the head states */
    unsigned flags, method;
    bool     newline;  /* due before the next file: the last byte was none */
    bool     inflating;
} zip;

static uint32_t number(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = n; i > 0; i--) {
        v = v << 8 | p[i - 1];
    }
    return v;
}

static bool zip_open(w403_unpack *u)
{
    zip *s = w403_malloc(sizeof *s);
    if (s) {
        memset(s, 0, sizeof *s);
    }
    u->state = s;
    return s != NULL;
}

static void zip_close(w403_unpack *u)
{
    zip *s = u->state;
    if (s->inflating) {
        inflateEnd(&s->z);
    }
    w403_free(s);
}

static void note_output(zip *s, const w403_unpack_io *io, size_t before)
{
    size_t n = io->got - before;
    if (n > 0) {
        s->crc = (uint32_t)crc32(s->crc, io->out + before, (uInt)n);
        s->newline = io->out[io->got - 1] != '\n';
    }
}

static w403_unpack_step refuse(w403_unpack *u, const char *why)
{
    u->why = why;
    return W403_UNPACK_REFUSED;
}

static w403_unpack_step read_head(w403_unpack *u, zip *s, w403_unpack_io *io)
{
    const uint8_t *p = io->in + io->used;
    size_t         n = io->n - io->used;
    if (n >= 4 && memcmp(p, "PK\x03\x04", 4) != 0) { /* the list of all files, or the end of an empty archive */
        bool list = memcmp(p, "PK\x01\x02", 4) == 0 || memcmp(p, "PK\x05\x06", 4) == 0 || memcmp(p, "PK\x06\x06", 4) == 0;
        s->at = AT_END;
        return list ? W403_UNPACK_MORE : W403_UNPACK_DAMAGED;
    }
    if (n < HEAD) {
        return W403_UNPACK_MORE;
    }
    s->flags = number(p + 6, 2);
    s->method = number(p + 8, 2);
    s->want = number(p + 14, 4);
    s->packed = number(p + 18, 4);
    s->left = number(p + 26, 2) + number(p + 28, 2);
    if (s->flags & ENCRYPTED) {
        return refuse(u, "the zip archive is encrypted");
    }
    if ((s->method != STORED && s->method != DEFLATED) || (s->method == STORED && s->flags & SIZES_FOLLOW) ||
        (s->method == STORED && s->packed == UINT32_MAX)) {
        return refuse(u, "the zip archive is packed in a way that is not read here");
    }
    io->used += HEAD;
    s->at = AT_NAME;
    return W403_UNPACK_MORE;
}

static w403_unpack_step begin_file(zip *s, w403_unpack_io *io)
{
    if (s->newline && s->packed > 0) {
        if (io->got == io->room) {
            return W403_UNPACK_MORE;
        }
        io->out[io->got++] = '\n';
        s->newline = false;
    }
    s->crc = 0;
    s->left = s->packed;
    s->at = s->method == STORED ? AT_STORED : AT_DEFLATED;
    if (s->method == DEFLATED && (s->inflating ? inflateReset(&s->z) : inflateInit2(&s->z, -15)) != Z_OK) {
        return W403_UNPACK_NOMEM;
    }
    s->inflating |= s->method == DEFLATED;
    return W403_UNPACK_MORE;
}

static void skip_name(zip *s, w403_unpack_io *io)
{
    size_t n = io->n - io->used < s->left ? io->n - io->used : s->left;
    io->used += n;
    s->left -= (uint32_t)n;
}

static w403_unpack_step end_file(zip *s)
{
    s->at = s->flags & SIZES_FOLLOW ? AT_DESCRIPTOR : AT_HEAD;
    return s->at == AT_DESCRIPTOR || s->crc == s->want ? W403_UNPACK_MORE : W403_UNPACK_DAMAGED;
}

static w403_unpack_step copy_stored(zip *s, w403_unpack_io *io)
{
    size_t before = io->got, n = io->n - io->used;
    n = n < s->left ? n : s->left;
    n = n < io->room - io->got ? n : io->room - io->got;
    memcpy(io->out + io->got, io->in + io->used, n);
    io->used += n;
    io->got += n;
    s->left -= (uint32_t)n;
    note_output(s, io, before);
    return s->left == 0 ? end_file(s) : W403_UNPACK_MORE;
}

static w403_unpack_step run_inflate(zip *s, w403_unpack_io *io)
{
    size_t before = io->got;
    s->z.next_in = (Bytef *)(uintptr_t)(io->in + io->used);
    s->z.avail_in = (uInt)(io->n - io->used);
    s->z.next_out = io->out + io->got;
    s->z.avail_out = (uInt)(io->room - io->got);
    int r = inflate(&s->z, Z_NO_FLUSH);
    io->used = io->n - s->z.avail_in;
    io->got = io->room - s->z.avail_out;
    note_output(s, io, before);
    if (r == Z_STREAM_END) {
        return end_file(s);
    }
    return r == Z_OK || r == Z_BUF_ERROR ? W403_UNPACK_MORE : r == Z_MEM_ERROR ? W403_UNPACK_NOMEM : W403_UNPACK_DAMAGED;
}

/* [PK\7\8] crc size size, the sizes of four bytes or eight: the next head tells where it ends. */
static w403_unpack_step read_descriptor(zip *s, w403_unpack_io *io)
{
    const uint8_t *p = io->in + io->used;
    size_t         n = io->n - io->used;
    if (n < DESCRIPTOR + 4 && !io->last) {
        return W403_UNPACK_MORE;
    }
    size_t sign = n >= 4 && memcmp(p, "PK\x07\x08", 4) == 0 ? 4 : 0;
    for (size_t size = 12; size <= 20; size += 8) {
        if (n >= sign + size + 2 && p[sign + size] == 'P' && p[sign + size + 1] == 'K') {
            io->used += sign + size;
            s->at = AT_HEAD;
            return number(p + sign, 4) == s->crc ? W403_UNPACK_MORE : W403_UNPACK_DAMAGED;
        }
    }
    return W403_UNPACK_DAMAGED;
}

static w403_unpack_step zip_run(w403_unpack *u, w403_unpack_io *io)
{
    zip             *s = u->state;
    w403_unpack_step step = W403_UNPACK_MORE;
    for (size_t used = SIZE_MAX, got = 0, at = SIZE_MAX;
         step == W403_UNPACK_MORE && (io->used != used || io->got != got || (size_t)s->at != at);) {
        used = io->used;
        got = io->got;
        at = (size_t)s->at;
        switch (s->at) {
        case AT_HEAD:
            step = read_head(u, s, io);
            break;
        case AT_NAME:
            skip_name(s, io);
            step = s->left == 0 ? begin_file(s, io) : W403_UNPACK_MORE;
            break;
        case AT_STORED:
            step = copy_stored(s, io);
            break;
        case AT_DEFLATED:
            step = run_inflate(s, io);
            break;
        case AT_DESCRIPTOR:
            step = read_descriptor(s, io);
            break;
        case AT_END:
            io->used = io->n;
            break;
        }
    }
    u->open = s->at != AT_END;
    return step;
}

const w403_unpack_ops w403_unpack_zip = {w403_unpack_always, zip_open, zip_run, zip_close};

#else /* built without gzip */

static bool zip_there(void)
{
    return false;
}

const w403_unpack_ops w403_unpack_zip = {.there = zip_there};

#endif

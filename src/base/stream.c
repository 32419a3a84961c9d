/* Streams: read(2), and gzip taken apart on the way. The inflater is ISA-L's or zlib's; both see the same loop. */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef W403_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#elif defined(W403_HAVE_ZLIB)
#include <zlib.h>
#endif

#include "base/file.h"
#include "base/unpack.h"

enum { WINDOW = 64 * 1024, GZIP_MAGIC_BYTES = 2 };

#if defined(W403_HAVE_ISAL) || defined(W403_HAVE_ZLIB)
static const bool can_gunzip = true;
#else
static const bool can_gunzip = false;
#endif

struct w403_stream {
    int fd;
    w403_view text; /* in place of fd: what is left of it */
    bool in_memory, owns_fd, eof, gzip;
    bool in_member; /* between the first byte of a gzip member and its checksum */
    uint32_t members;
    uint8_t spill[W403_PACK_HEAD];
    size_t spilled, spill_n;
    w403_unpack *unpack; /* packed otherwise than by gzip; NULL: not */
    w403_status failed; /* sticks; given once every byte before it was given */
    char *path;
    uint64_t consumed, size;
    size_t at, n; /* in[at..n) is read and not used yet */
    w403_error error;
#ifdef W403_HAVE_ISAL
    struct inflate_state z;
#elif defined(W403_HAVE_ZLIB)
    z_stream z;
#endif
    uint8_t in[WINDOW];
};

/* ---- source ---- */

static w403_status io_error(const w403_stream *s, const char *what, int code, w403_error *err)
{
    char text[128];
    const char *why = w403_errno_text(code, text, sizeof text);
    return w403_error_set(err, W403_IO, "cannot %s `%s`: %s", what, s->path, why);
}

/* read(2) that survives signals; a directory says so in its own words (EISDIR). */
static w403_status source_read(w403_stream *s, void *buf, size_t n, size_t *got, w403_error *err)
{
    ssize_t r;
    if (s->in_memory) {
        *got = s->text.n < n ? s->text.n : n;
        memcpy(buf, s->text.p, *got);
        s->text = w403_view_sub(s->text, *got, s->text.n);
        s->eof = *got == 0;
        s->consumed += *got;
        return W403_OK;
    }
    do {
        r = read(s->fd, buf, n);
    } while (r < 0 && errno == EINTR);
    *got = 0;
    if (r < 0) {
        return io_error(s, "read", errno, err);
    }
    s->eof = r == 0;
    s->consumed += (uint64_t)r;
    *got = (size_t)r;
    return W403_OK;
}

/* Keeps what is left of the window and adds to it. */
static w403_status window_fill(w403_stream *s, w403_error *err)
{
    memmove(s->in, s->in + s->at, s->n - s->at);
    s->n -= s->at;
    s->at = 0;
    size_t got = 0;
    W403_TRY(source_read(s, s->in + s->n, sizeof s->in - s->n, &got, err));
    s->n += got;
    return W403_OK;
}

/* ---- inflate: one step from in[at..n) into out; *got bytes came out ---- */

typedef enum step { STEP_MORE, STEP_MEMBER_END, STEP_DAMAGED } step;

#ifdef W403_HAVE_ISAL

static bool inflate_begin(w403_stream *s)
{
    isal_inflate_init(&s->z);
    s->z.crc_flag = ISAL_GZIP;
    return true;
}

static bool inflate_again(w403_stream *s)
{
    isal_inflate_reset(&s->z);
    s->z.crc_flag = ISAL_GZIP;
    return true;
}

static void inflate_close(w403_stream *s)
{
    (void)s;
}

static step inflate_step(w403_stream *s, void *out, uint32_t room, size_t *got)
{
    s->z.next_in = s->in + s->at;
    s->z.avail_in = (uint32_t)(s->n - s->at);
    s->z.next_out = out;
    s->z.avail_out = room;
    int r = isal_inflate(&s->z);
    s->at = s->n - s->z.avail_in;
    *got = room - s->z.avail_out;
    if (r < 0) {
        return STEP_DAMAGED;
    }
    return s->z.block_state == ISAL_BLOCK_FINISH ? STEP_MEMBER_END : STEP_MORE;
}

#elif defined(W403_HAVE_ZLIB)

static bool inflate_begin(w403_stream *s)
{
    return inflateInit2(&s->z, 15 + 16) == Z_OK; /* 32 KiB window, gzip wrapper */
}

static bool inflate_again(w403_stream *s)
{
    return inflateReset(&s->z) == Z_OK;
}

static void inflate_close(w403_stream *s)
{
    if (s->gzip) {
        inflateEnd(&s->z);
    }
}

static step inflate_step(w403_stream *s, void *out, uint32_t room, size_t *got)
{
    s->z.next_in = s->in + s->at;
    s->z.avail_in = (uInt)(s->n - s->at);
    s->z.next_out = out;
    s->z.avail_out = room;
    int r = inflate(&s->z, Z_NO_FLUSH);
    s->at = s->n - s->z.avail_in;
    *got = room - s->z.avail_out;
    if (r == Z_STREAM_END) {
        return STEP_MEMBER_END;
    }
    return r == Z_OK || r == Z_BUF_ERROR ? STEP_MORE : STEP_DAMAGED;
}

#else /* built without gzip: sniffing says so, nothing is begun */

static bool inflate_begin(w403_stream *s)
{
    (void)s;
    return false;
}

static bool inflate_again(w403_stream *s)
{
    (void)s;
    return false;
}

static void inflate_close(w403_stream *s)
{
    (void)s;
}

static step inflate_step(w403_stream *s, void *out, uint32_t room, size_t *got)
{
    (void)s;
    (void)out;
    (void)room;
    *got = 0;
    return STEP_DAMAGED;
}

#endif

/* ---- reading ---- */

/* Where in the source the next unused byte stands. */
static uint64_t source_offset(const w403_stream *s)
{
    return s->consumed - (s->n - s->at);
}

static w403_status damaged(w403_stream *s, const char *what, w403_error *err)
{
    w403_error_set(&s->error, W403_SYNTAX, "%s in `%s`, byte %llu", what, s->path,
                   (unsigned long long)source_offset(s));
    s->error.offset = source_offset(s);
    s->failed = W403_SYNTAX;
    if (err) {
        *err = s->error;
    }
    return s->failed;
}

/* Between members: starts the next one, or finds the end. Zeros after the last member are padding, as tape blocks
 * and some tools leave it. */
static w403_status member_begin(w403_stream *s, bool *end, w403_error *err)
{
    *end = false;
    while (s->n - s->at < GZIP_MAGIC_BYTES && !s->eof) {
        W403_TRY(window_fill(s, err));
    }
    if (s->at == s->n) {
        *end = true;
        return W403_OK;
    }
    if (s->in[s->at] == 0) {
        while (s->at < s->n && s->in[s->at] == 0) {
            s->at++;
        }
        return s->at < s->n ? damaged(s, "bytes that are no gzip after the compressed data", err) : W403_OK;
    }
    if (s->n - s->at < GZIP_MAGIC_BYTES || s->in[s->at] != 0x1f || s->in[s->at + 1] != 0x8b) {
        return damaged(s, "bytes that are no gzip after the compressed data", err);
    }
    if (s->members++ > 0 && !inflate_again(s)) {
        return w403_error_nomem(err);
    }
    s->in_member = true;
    return W403_OK;
}

static w403_status read_gzip(w403_stream *s, uint8_t *buf, size_t n, size_t *got, w403_error *err)
{
    const uint32_t most = 1u << 30; /* the inflaters count in 32 bits */
    uint32_t room = n < most ? (uint32_t)n : most;
    while (*got == 0) {
        if (!s->in_member) {
            bool end = false;
            W403_TRY(member_begin(s, &end, err));
            if (end) {
                return W403_OK;
            }
            continue;
        }
        if (s->at == s->n && !s->eof) {
            W403_TRY(window_fill(s, err)); /* an inflater may still hold output at the end of its input */
        }
        size_t before = s->at;
        step what = inflate_step(s, buf, room, got);
        s->in_member = what == STEP_MORE;
        if (what == STEP_DAMAGED) {
            w403_status st = damaged(s, "damaged gzip data", err);
            return *got ? W403_OK : st;
        }
        if (what == STEP_MORE && *got == 0 && s->at == before) {
            if (s->eof) {
                return damaged(s, "gzip data is cut off", err);
            }
            W403_TRY(window_fill(s, err)); /* it wants more than the window holds */
        }
    }
    return W403_OK;
}

/* Packed otherwise. */
static w403_status read_packed(w403_stream *s, uint8_t *buf, size_t n, size_t *got, w403_error *err)
{
    n = n < (1u << 30) ? n : 1u << 30; /* the libraries count in 32 bits */
    while (*got == 0) {
        if (s->at == s->n && !s->eof) {
            W403_TRY(window_fill(s, err));
        }
        size_t used = 0;
        w403_unpack_step what = w403_unpack_run(s->unpack, s->in + s->at, s->n - s->at, s->eof, &used, buf, n, got);
        s->at += used;
        if (what == W403_UNPACK_NOMEM) {
            return w403_error_nomem(err);
        }
        if (what != W403_UNPACK_MORE) {
            w403_status st = damaged(s, what == W403_UNPACK_REFUSED ? w403_unpack_why(s->unpack) : "damaged data", err);
            return *got ? W403_OK : st;
        }
        if (*got == 0 && used == 0) {
            if (s->eof || s->n - s->at == sizeof s->in) {
                return w403_unpack_ended(s->unpack) && s->at == s->n ? W403_OK : damaged(s, "packed data is cut off", err);
            }
            W403_TRY(window_fill(s, err));
        }
    }
    return W403_OK;
}

/* A step may need more room than is asked for: what is left of it waits here. */
static w403_status read_spill(w403_stream *s, uint8_t *buf, size_t n, size_t *got, w403_error *err)
{
    if (s->spilled == s->spill_n) {
        s->spilled = s->spill_n = 0;
        W403_TRY(read_packed(s, s->spill, sizeof s->spill, &s->spill_n, err));
    }
    *got = s->spill_n - s->spilled < n ? s->spill_n - s->spilled : n;
    memcpy(buf, s->spill + s->spilled, *got);
    s->spilled += *got;
    return W403_OK;
}

w403_status w403_stream_read(w403_stream *s, void *buf, size_t n, size_t *got, w403_error *err)
{
    *got = 0;
    if (s->failed != W403_OK) {
        if (err) {
            *err = s->error;
        }
        return s->failed;
    }
    if (n == 0) {
        return W403_OK;
    }
    if (s->gzip) {
        return read_gzip(s, buf, n, got, err);
    }
    if (s->unpack) {
        return n < sizeof s->spill || s->spilled < s->spill_n ? read_spill(s, buf, n, got, err)
                                                               : read_packed(s, buf, n, got, err);
    }
    if (s->at < s->n) {
        *got = s->n - s->at < n ? s->n - s->at : n;
        memcpy(buf, s->in + s->at, *got);
        s->at += *got;
        return W403_OK;
    }
    return s->eof ? W403_OK : source_read(s, buf, n, got, err);
}

/* ---- opening ---- */

static w403_status source_open(w403_stream *s, w403_error *err)
{
    s->fd = STDIN_FILENO;
    if (strcmp(s->path, "-") != 0) {
        s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
        if (s->fd < 0) {
            return io_error(s, "open", errno, err);
        }
        s->owns_fd = true;
    }
    struct stat st = {0};
    if (fstat(s->fd, &st) != 0) {
        return io_error(s, "open", errno, err);
    }
    if (S_ISDIR(st.st_mode)) {
        return io_error(s, "read", EISDIR, err);
    }
    if (S_ISREG(st.st_mode)) {
        s->size = (uint64_t)st.st_size;
        (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice only */
    }
    return W403_OK;
}

/* Of a kind that this build does not read: an error that says what it is. */
static w403_status sniff_packed(w403_stream *s, w403_error *err)
{
    const char *name, *command;
    w403_pack   pack = w403_pack_of((w403_view){(const char *)s->in, s->n}, &name, &command);
    if (pack == W403_PACK_NONE) {
        return W403_OK;
    }
    if (!w403_pack_is_read(pack)) {
        (void)w403_error_set(err, W403_SYNTAX, command ? "`%s` is %s: unpack it with `%s`" : "`%s` is %s", s->path, name,
                             command);
        if (!command) {
            w403_error_hint(err, "convert it to CSV with a header line, or to JSON, and give that");
        }
        return W403_SYNTAX;
    }
    s->unpack = w403_unpack_new(pack);
    W403_NEED(s->unpack, err);
    return W403_OK;
}

/* Fills the window until packed data can be told from text, by magic and not by name. */
static w403_status source_sniff(w403_stream *s, w403_error *err)
{
    while (s->n < W403_PACK_HEAD && !s->eof) {
        W403_TRY(window_fill(s, err));
    }
    if (s->n >= GZIP_MAGIC_BYTES && s->in[0] == 0x1f && s->in[1] == 0x8b) {
        if (!can_gunzip) {
            return w403_error_set(err, W403_SYNTAX, "`%s` is packed by gzip, which this build does not read", s->path);
        }
        W403_NEED(inflate_begin(s), err);
        s->gzip = true;
        return W403_OK;
    }
    return sniff_packed(s, err);
}

static w403_status stream_new(const char *path, w403_stream **out, w403_error *err)
{
    w403_stream *s = w403_malloc(sizeof *s);
    W403_NEED(s, err);
    memset(s, 0, offsetof(w403_stream, in));
    s->fd = -1;
    size_t n = strlen(path) + 1;
    s->path = w403_malloc(n);
    if (!s->path) {
        w403_free(s);
        return w403_error_nomem(err);
    }
    memcpy(s->path, path, n);
    *out = s;
    return W403_OK;
}

static w403_status opened(w403_stream *s, w403_status status, w403_stream **out, w403_error *err)
{
    status = status == W403_OK ? source_sniff(s, err) : status;
    if (status != W403_OK) {
        w403_stream_close(s);
        s = NULL;
    }
    *out = s;
    return status;
}

w403_status w403_stream_open(const char *path, w403_stream **out, w403_error *err)
{
    w403_stream *s;
    *out = NULL;
    W403_TRY(stream_new(path, &s, err));
    return opened(s, source_open(s, err), out, err);
}

w403_status w403_stream_open_text(const char *name, w403_view text, w403_stream **out, w403_error *err)
{
    w403_stream *s;
    *out = NULL;
    W403_TRY(stream_new(name, &s, err));
    s->in_memory = true;
    s->text = (w403_view){text.n ? text.p : "", text.n};
    s->size = text.n;
    return opened(s, W403_OK, out, err);
}

uint64_t w403_stream_consumed(const w403_stream *s)
{
    return source_offset(s);
}

uint64_t w403_stream_size(const w403_stream *s)
{
    return s->size;
}

void w403_stream_close(w403_stream *s)
{
    if (!s) {
        return;
    }
    inflate_close(s);
    w403_unpack_free(s->unpack);
    if (s->owns_fd) {
        close(s->fd);
    }
    w403_free(s->path);
    w403_free(s);
}

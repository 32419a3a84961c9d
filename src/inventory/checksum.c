#include "inventory/checksum.h"

#include <errno.h>
#include <stdio.h>

#include "base/file.h"

enum { BUFFER = 64 * 1024 };

#ifdef W403_HAVE_MD5
#include <md5.h>

bool w403_md5_is_there(void)
{
    return true;
}

void w403_md5_of(w403_view v, w403_md5 *out)
{
    MD5_CTX ctx;
    MD5Init(&ctx);
    if (v.n > 0) {
        MD5Update(&ctx, (const uint8_t *)v.p, v.n);
    }
    MD5Final(out->bytes, &ctx);
}

static w403_status digest_file(FILE *f, const char *path, uint8_t *buf, w403_md5 *out, w403_error *err)
{
    MD5_CTX ctx;
    MD5Init(&ctx);
    for (size_t n; (n = fread(buf, 1, BUFFER, f)) > 0;) {
        MD5Update(&ctx, buf, n);
    }
    if (ferror(f)) {
        return w403_error_set(err, W403_IO, "cannot read `%s`", path);
    }
    MD5Final(out->bytes, &ctx);
    return W403_OK;
}

w403_status w403_md5_file(const char *path, w403_md5 *out, w403_error *err)
{
    FILE *f = fopen(path, "rbe");
    if (!f) {
        char text[128];
        return w403_error_set(err, W403_IO, "cannot open `%s`: %s", path, w403_errno_text(errno, text, sizeof text));
    }
    uint8_t *buf = w403_malloc(BUFFER);
    w403_status st = buf ? digest_file(f, path, buf, out, err) : w403_error_nomem(err);
    w403_free(buf);
    fclose(f);
    return st;
}

#else /* built without libmd */

bool w403_md5_is_there(void)
{
    return false;
}

void w403_md5_of(w403_view v, w403_md5 *out)
{
    (void)v;
    memset(out, 0, sizeof *out);
}

w403_status w403_md5_file(const char *path, w403_md5 *out, w403_error *err)
{
    memset(out, 0, sizeof *out);
    return w403_error_set(err, W403_SEMANTIC, "the checksum of `%.300s` cannot be compared: this build has no MD5 (libmd)", path);
}

#endif

bool w403_md5_parse(w403_view hex, w403_md5 *out)
{
    hex = w403_view_trim(hex);
    if (hex.n != 2 * sizeof out->bytes) {
        return false;
    }
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        int hi = w403_hex_digit(hex.p[2 * i]), lo = w403_hex_digit(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0) {
            return false;
        }
        out->bytes[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

bool w403_md5_eq(const w403_md5 *a, const w403_md5 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

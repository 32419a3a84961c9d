/* Bytes of a file, a pipe or standard input, decompressed on the way: constant memory. */
#ifndef W403_BASE_STREAM_H
#define W403_BASE_STREAM_H

#include "base/error.h"

typedef struct w403_stream w403_stream;

/* `-` is standard input. Packed data is found by its first bytes, not by name: gzip (ISA-L where the build has it, zlib
 * elsewhere; concatenated members are read as one), and what base/unpack.h reads. What it does not read, and Parquet and
 * its like, is W403_SYNTAX and named, with the command that unpacks it. */
w403_status w403_stream_open(const char *path, w403_stream **out, w403_error *err);
/* The same of bytes in memory, which must outlive it; `name` is for messages. */
W403_NODISCARD w403_status w403_stream_open_text(const char *name, w403_view text, w403_stream **out, w403_error *err);

/* Fills up to `n` bytes; *got == 0 at the end. A truncated or damaged gzip member: W403_SYNTAX with the offset in
 * the compressed file in err->offset, after all bytes that could be had were given. */
w403_status w403_stream_read(w403_stream *s, void *buf, size_t n, size_t *got, w403_error *err);

/* Bytes read of the (compressed) source so far, and its size or 0 when unknown: for progress. */
uint64_t w403_stream_consumed(const w403_stream *s);
uint64_t w403_stream_size(const w403_stream *s);
void     w403_stream_close(w403_stream *s); /* NULL is fine */

#endif

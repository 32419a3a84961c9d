/* Packed bytes, unpacked step by step: zstd, bzip2 and xz where the build has their libraries, zip and UTF-16 always. Gzip
 * is the stream's own (stream.h). */
#ifndef W403_BASE_UNPACK_H
#define W403_BASE_UNPACK_H

#include "base/arena.h"

typedef enum w403_pack {
    W403_PACK_NONE,
    W403_PACK_ZSTD,
    W403_PACK_BZIP2,
    W403_PACK_XZ,
    W403_PACK_ZIP,
    W403_PACK_UTF16, /* either byte order; becomes UTF-8 */
    W403_PACK_OTHER  /* known by its first bytes, and not read here */
} w403_pack;

enum { W403_PACK_HEAD = 8 }; /* bytes that tell, if so many are there */

/* What the first bytes of a file make it; *name: what it is called, *command: what unpacks it, NULL when nothing does. */
w403_pack w403_pack_of(w403_view head, const char **name, const char **command);
bool      w403_pack_is_read(w403_pack p); /* by this build, on this system */

typedef enum w403_unpack_step { W403_UNPACK_MORE, W403_UNPACK_DAMAGED, W403_UNPACK_NOMEM, W403_UNPACK_REFUSED } w403_unpack_step;

typedef struct w403_unpack w403_unpack;
w403_unpack *w403_unpack_new(w403_pack p); /* NULL: short of memory */
void         w403_unpack_free(w403_unpack *u);

/* From in[0..n) into out; *used bytes were taken, *got came out. `last`: nothing follows. What is held back for want of more
 * is not taken. REFUSED: encrypted, or packed in a way that is not read; w403_unpack_why says it. */
w403_unpack_step w403_unpack_run(w403_unpack *u, const uint8_t *in, size_t n, bool last, size_t *used, uint8_t *out,
                                 size_t room, size_t *got);
/* May the input end here? */
bool        w403_unpack_ended(const w403_unpack *u);
const char *w403_unpack_why(const w403_unpack *u);

#endif

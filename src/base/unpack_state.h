/* Of unpack.c: what each kind of packing provides. */
#ifndef W403_BASE_UNPACK_STATE_H
#define W403_BASE_UNPACK_STATE_H

#include "base/unpack.h"

typedef struct w403_unpack_io {
    const uint8_t *in;
    size_t         n, used;
    bool           last;
    uint8_t       *out;
    size_t         room, got;
} w403_unpack_io;

typedef struct w403_unpack_ops {
    bool (*there)(void); /* NULL: not built in */
    bool (*open)(w403_unpack *u);
    w403_unpack_step (*run)(w403_unpack *u, w403_unpack_io *io);
    void (*close)(w403_unpack *u);
} w403_unpack_ops;

struct w403_unpack {
    const w403_unpack_ops *ops;
    void                  *state; /* of the kind */
    bool                   open;  /* inside a member, an archive or a character */
    const char            *why;
};

bool w403_unpack_always(void); /* there */

extern const w403_unpack_ops w403_unpack_zstd, w403_unpack_bzip2, w403_unpack_xz; /* unpack_libraries.c */
extern const w403_unpack_ops w403_unpack_zip, w403_unpack_utf16;                  /* unpack_zip.c, unpack.c */

#endif

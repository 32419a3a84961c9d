/* What wasi-libc lacks of stdio.h: two names cannot change places at once, and the caller has another way. */
#ifndef W403_WASI_STDIO_H
#define W403_WASI_STDIO_H

#include_next <stdio.h>

#include <errno.h>

#define RENAME_EXCHANGE 2

static inline int renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
    (void)from;
    (void)a;
    (void)to;
    (void)b;
    (void)flags;
    errno = ENOSYS;
    return -1;
}

#endif

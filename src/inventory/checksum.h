/* MD5, as S3 Inventory states it of its files: found damage, not safety from an attacker. */
#ifndef W403_INVENTORY_CHECKSUM_H
#define W403_INVENTORY_CHECKSUM_H

#include "base/error.h"

typedef struct w403_md5 {
    uint8_t bytes[16];
} w403_md5;

/* False: the build does without MD5; then nothing can be compared, and w403_md5_file says so. */
bool w403_md5_is_there(void);
void w403_md5_of(w403_view v, w403_md5 *out);
/* Of a file as it lies on disk, in constant memory. W403_IO. */
w403_status w403_md5_file(const char *path, w403_md5 *out, w403_error *err);
/* 32 hexadecimal digits, blanks around them allowed. */
bool w403_md5_parse(w403_view hex, w403_md5 *out);
bool w403_md5_eq(const w403_md5 *a, const w403_md5 *b);

#endif

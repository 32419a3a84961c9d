/* SHA-256 (FIPS 180-4), for names of contents and of secrets: nothing is signed or enciphered with it. */
#ifndef W403_BASE_SHA256_H
#define W403_BASE_SHA256_H

#include "base/view.h"

enum { W403_SHA256_BYTES = 32 };

typedef struct w403_sha256 {
    uint32_t h[8];
    uint64_t n;        /* bytes so far */
    uint8_t  block[64];
} w403_sha256;

void w403_sha256_begin(w403_sha256 *s);
void w403_sha256_add(w403_sha256 *s, w403_view v);
void w403_sha256_end(w403_sha256 *s, uint8_t out[static W403_SHA256_BYTES]);
void w403_sha256_of(w403_view v, uint8_t out[static W403_SHA256_BYTES]);

#endif

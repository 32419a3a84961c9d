/* Percent and base64 coding. Decoders refuse what is malformed. */
#ifndef W403_BASE_ENCODE_H
#define W403_BASE_ENCODE_H

#include "base/arena.h"

/* %XX -> byte; `+` -> space only if plus_is_space. NULL p: malformed (or memory short). */
w403_view w403_percent_decode(w403_arena *a, w403_view v, bool plus_is_space);
/* Everything but unreserved characters and those in `keep` becomes %XX. */
w403_view w403_percent_encode(w403_arena *a, w403_view v, const char *keep);
w403_view w403_base64_decode(w403_arena *a, w403_view v);
/* The first six bytes that a base64 text stands for; {NULL, 0}: its first eight letters are none. */
w403_view w403_base64_head(w403_view v, char out[8]);

#endif

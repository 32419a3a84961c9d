/* The patterns over object keys that a request still depends on. Internal to decide/. */
#ifndef W403_DECIDE_RESIDUAL_PATTERNS_H
#define W403_DECIDE_RESIDUAL_PATTERNS_H

#include "decide/check.h"

typedef enum w403_tail_kind {
    W403_TAIL_PREFIX,
    W403_TAIL_EXACT,
    W403_TAIL_SUFFIX,
    W403_TAIL_MIDDLE, /* prefix*middle*suffix, prefix and suffix perhaps empty */
    W403_TAIL_GLOB
} w403_tail_kind;

typedef struct w403_tail {  /* what follows arn:aws:s3:::bucket/ */
    w403_view text;         /* PREFIX: without its `*`; SUFFIX: without its `*` */
    const uint8_t *literal; /* as in w403_expansion */
    w403_tail_kind kind;
    uint64_t head, head_mask; /* the first bytes of a literal beginning, for one comparison of 8 bytes */
    uint64_t end, end_mask;   /* the last bytes of a literal end */
    uint32_t prefix_n;   /* literal bytes at the beginning of a GLOB */
    w403_view middle, suffix; /* of MIDDLE */
} w403_tail;

typedef struct w403_tails {
    W403_ARRAY(w403_tail) list;
    bool per_key;     /* something hangs on the key in a way that patterns do not tell: one class for each key */
    bool per_version; /* a condition looks at s3:VersionId */
} w403_tails;

/* Collects them from every policy that `w`'s call may consult. False when memory is short. */
bool w403_tails_collect(w403_arena *a, const w403_check_work *w, w403_view base, w403_tails *out);

/* Sets bit i of `bits` for each pattern i that the key matches. */
void w403_tails_match(const w403_tails *t, w403_view key, uint64_t *bits);

#endif

/* The canonical request: what both sides hash. In pieces, so that no token lies anywhere but in the block of secrets. */
#ifndef W403_LIVE_SIGN_CANONICAL_H
#define W403_LIVE_SIGN_CANONICAL_H

#include "live/sign.h"

typedef void w403_piece_fn(void *user, w403_view piece, bool secret);

/* What of it comes from elsewhere than the request. */
typedef struct w403_canonical {
    const w403_sign_input *in;
    w403_view              date, token, body_hash;
    w403_view              signed_names; /* out: host;x-amz-date */
} w403_canonical;

/* Tells every piece, in order. False: memory is short. */
bool w403_canonical_request(w403_arena *a, w403_canonical *c, w403_piece_fn *put, void *user);

#endif

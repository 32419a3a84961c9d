/* One call, as the request that goes over the wire: arguments by the names of AWS's API become path, query, header, form or
 * JSON by the table. What the table does not name is never sent. */
#ifndef W403_LIVE_WIRE_H
#define W403_LIVE_WIRE_H

#include "base/buf.h"
#include "base/error.h"
#include "live/calls.h"
#include "live/live.h"
#include "live/sign.h" /* w403_header */

typedef struct w403_wire_input {
    unsigned                  row;
    w403_view                 account; /* for S3's control plane, where no AccountId is given */
    const w403_live_argument *arguments;
    size_t                    n_arguments;
    w403_view                 tokens[2]; /* of the next page; empty: the first one */
    bool                      bucket_elsewhere; /* the endpoint has the bucket already, in its host or its prefix */
    w403_view                 prefix;           /* of the path, from the endpoint: /bucket */
} w403_wire_input;

typedef struct w403_wire {
    w403_view   method;
    w403_view   path;  /* percent-encoded, with the endpoint's prefix */
    w403_view   query; /* without the `?` */
    w403_view   body;
    w403_header headers[6]; /* those that are signed beside the signature's own */
    size_t      n_headers;
} w403_wire;

/* Are these arguments of this row, and is all there that its path needs? W403_SEMANTIC with the reason. */
W403_NODISCARD w403_status w403_wire_check(const w403_wire_input *in, w403_error *err);
/* Of what was checked. Texts live in the arena; W403_NOMEM is the only error. */
W403_NODISCARD w403_status w403_wire_build(w403_arena *a, const w403_wire_input *in, w403_wire *out,
                                              w403_error *err);

/* The value of an argument; {NULL,0}: not given. */
w403_view w403_wire_argument(const w403_wire_input *in, const char *member);
/* Does the caller say himself how many elements a page may have? Then he wants one page. */
bool w403_wire_sized(const w403_wire_input *in);

#endif

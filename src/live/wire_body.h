/* The bodies of the protocols that have one: a form, or JSON. For wire.c alone. */
#ifndef W403_LIVE_WIRE_BODY_H
#define W403_LIVE_WIRE_BODY_H

#include "live/wire.h"

w403_view                 w403_wire_body(w403_arena *a, const w403_wire_input *in);
const w403_call_argument *w403_wire_row_of(unsigned row, w403_view member);

#endif

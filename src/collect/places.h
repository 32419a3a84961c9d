/* Which call makes which file of a snapshot: data/collect-calls.tsv, read in both directions. */
#ifndef W403_COLLECT_PLACES_H
#define W403_COLLECT_PLACES_H

#include "base/buf.h"
#include "live/calls.h"
#include "live/live.h"

enum { W403_PLACE_ARGUMENTS = 3, W403_PLACE_CALLS = 20 };

typedef struct w403_place_call {
    uint16_t           row;     /* of w403_calls */
    w403_view          account; /* {NULL,0}: a file of the organization */
    w403_view          region;  /* {NULL,0}: the path has none */
    w403_live_argument arguments[W403_PLACE_ARGUMENTS];
    size_t             n_arguments;
    w403_view          member;  /* where in the file the answer goes: `Policy`; {NULL,0}: the answer is the file */
} w403_place_call;

/* The calls whose answers make this file, of the modes asked for (W403_CALL_WHOLE, ...). Texts point into the path
 * and the tables. What only a call knows (a policy's type, a parent) is for the caller to add. Gives how many, at
 * most W403_PLACE_CALLS; 0: no call makes it. */
size_t w403_place_calls(w403_view path, unsigned modes, w403_place_call out[W403_PLACE_CALLS]);

/* The path of the (first) file that a call makes. `name` stands for <bucket>, <name>, <key-id> and
 * <p-id>, `id` for <Id>, of an inventory. {NULL,0}: memory is short, or the call makes no file. */
typedef struct w403_place_names {
    w403_view account, region, name, id;
} w403_place_names;
w403_view w403_place_path(w403_arena *a, unsigned row, const w403_place_names *names);

/* Where in the file the answer of a call goes; {NULL,0}: it is the file. */
w403_view w403_place_member(unsigned row);

/* `s3:GetBucketPolicy`: a call as the snapshot and the report name it. */
w403_view w403_place_call_name(w403_arena *a, unsigned row);

#endif

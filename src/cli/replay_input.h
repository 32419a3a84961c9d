/* The two states of a replay, out of the options. */
#ifndef W403_CLI_REPLAY_INPUT_H
#define W403_CLI_REPLAY_INPUT_H

#include "cli/cli.h"
#include "logs/replay.h"
#include "snapshot/places.h"

typedef struct w403_replay_states {
    w403_snapshot *old;
    bool           borrowed; /* it belongs to the host */
    w403_snapshot *against;  /* NULL: the old one */
    w403_snapshot *changed;  /* with the documents of `overlay`; NULL: there are none */
    w403_overlay   overlay;
    w403_policies *policies; /* on top of the new state; NULL: none */
} w403_replay_states;

/* Every problem is said on stderr: the caller only leaves, and closes it in any case. `bucket`: whose policy
 * --bucket-policy is; {NULL,0}: not said. */
w403_status w403_replay_states_open(w403_cli *cli, w403_view bucket, w403_replay_states *out);
void        w403_replay_states_close(w403_replay_states *s);

/* The new state. */
const w403_snapshot *w403_replay_states_new(const w403_replay_states *s);

#endif

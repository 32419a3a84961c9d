/* The two states of a diff of snapshots: two folders, or one with changed documents. Apart from diff_states.c, which
 * cannot see logs and decide at once. */
#ifndef W403_CLI_DIFF_INPUT_H
#define W403_CLI_DIFF_INPUT_H

#include "cli/cli.h"
#include "snapshot/snapshot.h"

typedef struct w403_diff_input w403_diff_input;

/* NULL: every problem was said on stderr. */
w403_diff_input *w403_diff_input_open(w403_cli *cli);
void w403_diff_input_close(w403_diff_input *in);
const w403_snapshot *w403_diff_input_at(const w403_diff_input *in, int side); /* 0 old, 1 new */

#endif

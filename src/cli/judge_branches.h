/* What an undetermined answer would be, one fact known. */
#ifndef W403_CLI_JUDGE_BRANCHES_H
#define W403_CLI_JUDGE_BRANCHES_H

#include "cli/judge.h"

/* Decides again for each condition key on which the answer hangs: the request without it, with each value that a policy
 * compares it with, and with another. Of an answer that is settled there are none. In cli->arena. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_judge_branches(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies,
                                               const w403_judged *j, w403_render_branches *out, w403_error *err);

#endif

/* The fixes of a judgement. */
#ifndef W403_CLI_JUDGE_FIXES_H
#define W403_CLI_JUDGE_FIXES_H

#include "cli/judge_session.h"
#include "fix/fix.h"

/* Those that w403_fix_find proves; beside evidence that leaves policies or fields open, those that are proven if what was not
 * given is no obstacle, which the answer then says among its assumptions. Errors: W403_NOMEM. */
w403_status w403_judge_fixes(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies, w403_judged *j,
                             w403_fix_list *out, w403_error *err);

#endif

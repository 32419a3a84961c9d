/* What sessions, credentials and listed objects add to a judgement. */
#ifndef W403_CLI_JUDGE_SESSION_H
#define W403_CLI_JUDGE_SESSION_H

#include "cli/input_evidence.h"
#include "cli/judge.h"

/* Adds the inline policy and the managed policies that a session was made with. *unresolved: ARNs of managed ones
 * whose document is nowhere, {NULL,0} when there are none or --session-policy stands for them. */
w403_status w403_judge_session_policies(w403_cli *cli, const w403_snapshot *snapshot, const w403_testimony *t,
                                        w403_policies **policies, w403_view *unresolved, w403_error *err);
/* An answer that those may turn round is undetermined. */
w403_status w403_judge_unresolved(w403_cli *cli, w403_view unresolved, w403_judged *out, w403_error *err);

/* Tags, source identity and MFA of the session, where the request does not say them. */
w403_status w403_judge_session_context(w403_cli *cli, const w403_testimony *t, w403_request *r, w403_error *err);

/* Do two ARNs stand for one identity? A role is its sessions, whatever path it has. */
bool w403_same_identity(w403_view a, w403_view b);
/* Credentials that are not valid are refused before any policy; those of another identity are a cause of their own:
 * `told` is who the evidence says asked ({NULL,0}: whom it was decided for), and t->expected who should have. */
w403_status w403_judge_credentials(w403_cli *cli, const w403_testimony *t, const w403_snapshot *snapshot,
                                   const w403_policies *policies, w403_view told, w403_judged *out, w403_error *err);

/* Additions to an answer: a text to one of its lists, a note. */
w403_status w403_judged_view(w403_cli *cli, const w403_view **at, uint32_t *n, w403_view more, w403_error *err);
w403_status w403_judged_note(w403_cli *cli, w403_judged *out, w403_view note, w403_error *err);

/* A bucket that the snapshot does not hold, while it holds one of nearly that name: that is warned about. */
void w403_judge_near_bucket(w403_cli *cli, const w403_snapshot *snapshot, const w403_request *r);

/* A key that is not there: the nearest of those that are, as notes. */
w403_status w403_judge_near_keys(w403_cli *cli, const w403_snapshot *snapshot, w403_judged *out, w403_error *err);

#endif

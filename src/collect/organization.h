/* What the two files about the organization share. */
#ifndef W403_COLLECT_ORGANIZATION_H
#define W403_COLLECT_ORGANIZATION_H

#include "collect/state.h"

extern const char *const w403_run_policy_types[W403_RUN_POLICY_TYPES];

/* With *out (nullable) the request is given back, to be asked with arguments. */
W403_NODISCARD w403_status w403_run_org_ask(w403_run *r, unsigned row, w403_run_answer_fn *on, void *subject,
                                            const char *path, w403_run_request **out, w403_error *err);
/* A call that was refused, kept until it is known whether there is an organization. */
W403_NODISCARD w403_status w403_run_org_broken(w403_run *r, const w403_run_request *q, const w403_live_answer *a,
                                               bool *flag, w403_error *err);
/* A root, unit or account that policies can be attached to. */
W403_NODISCARD w403_status w403_run_org_target(w403_run *r, w403_view id, w403_error *err);

/* ---- attachments.c ---- */
w403_run_start_fn w403_run_org_lookup, w403_run_org_describe;

#endif

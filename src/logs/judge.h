/* A logged request once more, from its text: what AWS said of it, and what the policies at hand say. */
#ifndef W403_LOGS_JUDGE_H
#define W403_LOGS_JUDGE_H

#include "evidence/evidence.h"
#include "logs/record.h"
#include "logs/sessions.h"

/* One request as it was logged, and what it was asked for. Views point into the text and the arena. */
typedef struct w403_case {
    w403_record   record;
    w403_evidence evidence;
    w403_json_doc doc;
    w403_request *requests; /* readings that can be decided: principal and resource are known */
    size_t        n_requests;
} w403_case;

/* Reads a record again from its own text. `snapshot` (nullable) supplies what the log leaves out: the account behind
 * a canonical id, the source of an inventory report. */
W403_NODISCARD w403_status w403_case_read(w403_arena *a, w403_log_form form, w403_view file, w403_view raw,
                                          const w403_snapshot *snapshot, w403_case *out, w403_error *err);

/* The bucket that a service's report is about, by its key; {NULL,0}: none of the snapshot. */
w403_view w403_case_source(const w403_snapshot *s, const w403_record *record);

/* What the call that made the session adds to its requests: session tags, the source identity. NULL adds nothing. */
void w403_case_join(w403_arena *a, w403_case *c, const w403_log_session *session);

typedef struct w403_judgement {
    bool                decided; /* false: no reading could be; the rest is unset */
    w403_view           why_not; /* the error's words, when there was one */
    const w403_request *request;
    w403_decision       decision;
    w403_explanation    explanation;
} w403_judgement;

/* Decides the readings of a case; the one that fits what the log and AWS's words say best counts. */
W403_NODISCARD w403_status w403_case_judge(w403_arena *a, const w403_case *c, const w403_snapshot *snapshot,
                                           const w403_policies *policies, w403_judgement *out, w403_error *err);

/* The policies given by hand and the policies of a session together; *missing: the ARN of a managed one whose document
 * is not in the snapshot, {NULL,0}: none is. Free with w403_policies_free. Errors: those of a session policy that is
 * none, W403_NOMEM. */
W403_NODISCARD w403_status w403_case_policies(const w403_policies *given, const w403_snapshot *snapshot,
                                              w403_sessions *sessions, const w403_log_session *session,
                                              w403_policies **out, w403_view *missing, w403_error *err);

/* "deny.bucket-policy|accounts/1/s3/b/policy.json|0": what makes two causes one. In the arena. */
w403_view w403_cause_label(w403_arena *a, const w403_cause *cause);

/* For w403_residual_set_cause_fn: the label as the action of a class. */
w403_status w403_label_class(const w403_request *request, const w403_decision *decision, w403_arena *arena,
                             const char **cause, w403_view *action, w403_error *err);

#endif

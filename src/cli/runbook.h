/* A runbook of AWS's, run on a snapshot: its steps in their order, and what each put out. */
#ifndef W403_CLI_RUNBOOK_H
#define W403_CLI_RUNBOOK_H

#include "cli/judge.h"
#include "evidence/runbook.h"
#include "fix/fix.h"

enum { W403_RUNBOOK_STEPS = 16, W403_RUNBOOK_OUTPUTS = 8 };

typedef struct w403_runbook_output {
    const char *name;
    const w403_view *at; /* every value is a list of strings, JSON inside */
    size_t n;
} w403_runbook_output;

typedef struct w403_runbook_step {
    const char *name, *action; /* "EvaluatePolicy", "aws:executeScript" */
    const char *status;        /* "Success", "Failed", "Pending": not reached */
    w403_view said;            /* what came of it, a phrase */
    w403_runbook_output outputs[W403_RUNBOOK_OUTPUTS];
    size_t n_outputs;
} w403_runbook_step;

typedef struct w403_runbook_run {
    w403_cli *cli;
    const w403_snapshot *snapshot; /* may be NULL: same account only */
    const w403_policies *policies;
    const w403_runbook_input *input;
    w403_runbook_step steps[W403_RUNBOOK_STEPS];
    size_t n_steps;
    const char *end;    /* the step whose outputs are the runbook's */
    w403_judged judged; /* same account: the request decided */
    w403_fix_list fixes;
    w403_verdict verdict;
    W403_ARRAY(w403_view) notes;
    W403_ARRAY(w403_view) overall, objects; /* public read: lines of the bucket; keys, and lines of each */
    bool nomem;
} w403_runbook_run;

/* runbook_access.c, runbook_public.c. Errors: as w403_decide; W403_NOT_FOUND: the snapshot has no such bucket. */
w403_status w403_runbook_access(w403_runbook_run *run, w403_error *err);
w403_status w403_runbook_public(w403_runbook_run *run, w403_error *err);

/* ---- for those two; memory trouble sticks ---- */
w403_runbook_step *w403_runbook_step_add(w403_runbook_run *run, const char *name, const char *action);
void w403_runbook_put(w403_runbook_run *run, w403_runbook_step *s, const char *name, w403_view value);
void w403_runbook_put_list(w403_runbook_run *run, w403_runbook_step *s, const char *name, const w403_view *at,
                           size_t n);
void w403_runbook_say(w403_runbook_run *run, w403_runbook_step *s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void w403_runbook_note(w403_runbook_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* runbook_output.c: GetAutomationExecution JSON with a member `why403` beside it, or text. */
w403_status w403_runbook_json(w403_runbook_run *run, w403_error *err);
w403_status w403_runbook_text(w403_runbook_run *run, w403_error *err);

#define W403_RUNBOOK_FMT(v) (int)((v).n > 4096 ? 4096 : (v).n), ((v).p ? (v).p : "")

#endif

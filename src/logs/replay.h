/* What a change would do to the traffic that was logged: every request decided under the old state and the new. */
#ifndef W403_LOGS_REPLAY_H
#define W403_LOGS_REPLAY_H

#include "logs/left_out.h"
#include "logs/survey.h"

typedef struct w403_replay_options {
    w403_survey_options  select;   /* its snapshot and policies are the old state; `status` does not count */
    const w403_snapshot *snapshot; /* the new state */
    const w403_policies *policies;
} w403_replay_options;

typedef enum w403_replay_kind {
    W403_REPLAY_BREAKS,      /* worked, and would be denied */
    W403_REPLAY_UNSURE,      /* worked, and may be denied: the new state does not say enough */
    W403_REPLAY_MENDS,       /* was denied, and would be allowed */
    W403_REPLAY_MAY_MEND,    /* was denied, and may be allowed */
    W403_REPLAY_UNEXPLAINED, /* the old state already answers otherwise than the log: nothing can be said */
    W403_REPLAY_KINDS
} w403_replay_kind;
const char *w403_replay_kind_name(w403_replay_kind k); /* "breaks" */

typedef struct w403_replay_group {
    w403_replay_kind kind;
    const char      *cause;     /* of the denial: new for BREAKS, old for the others; NULL: none */
    w403_view        statement; /* that denies, where one does */
    const w403_view *also;      /* what else denies it: "deny.scp: NoReads of p-guard"; each would have to go */
    size_t           n_also;
    w403_view        reason;    /* what is not known, where something may be */
    w403_view        principal, action, operation, resource;
    uint64_t         count;
    w403_instant     first, last;
    w403_sample      samples[W403_SHAPE_SAMPLES];
} w403_replay_group;

/* Why requests were not decided. */
typedef struct w403_replay_reason {
    w403_view   text;
    uint64_t    count;
    w403_sample sample;
} w403_replay_reason;

typedef struct w403_replay {
    w403_arena         *arena;
    w403_shapes        *shapes;
    w403_sessions      *sessions;
    w403_replay_group  *groups; /* what breaks first, most requests first */
    size_t              n_groups;
    w403_replay_reason *reasons; /* most requests first */
    size_t              n_reasons;
    const w403_view    *assumptions; /* of the decisions */
    size_t              n_assumptions;
    uint64_t            requests; /* decided */
    uint64_t            of[W403_REPLAY_KINDS];
    uint64_t            unchanged;
    uint64_t            undecided; /* for the reasons above */
    uint64_t            spilled, duplicates;
    w403_left_out       left_out;   /* what says nothing of permissions, by reason */
    uint64_t            told_twice; /* access log lines left out because CloudTrail tells of the same request */
    w403_log_stats      stats;
    const w403_error   *damage;
    size_t              n_damage;
} w403_replay;

/* Reads all files, and once more where sessions that differ, or both kinds of logs, are among them. Errors: W403_NOMEM,
 * W403_SEMANTIC (threads). Close it in any case. */
W403_NODISCARD w403_status w403_replay_run(const w403_paths *files, const w403_replay_options *options,
                                           w403_replay *out, w403_error *err);
void w403_replay_close(w403_replay *r);

#endif

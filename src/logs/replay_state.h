/* Of the replay: what its parts share. */
#ifndef W403_LOGS_REPLAY_STATE_H
#define W403_LOGS_REPLAY_STATE_H

#include "logs/replay.h"
#include "logs/survey_state.h"

typedef struct w403_replay_job {
    const w403_replay_options *options;
    w403_shape_rules           rules;
    w403_seen                 *seen;
    w403_seen                 *trail; /* ids of the requests that CloudTrail tells of */
    bool                       both_logs; /* access logs and CloudTrail */
    bool                       again; /* all is read once more: sessions and `trail` are known */
    w403_replay               *replay;
} w403_replay_job;

/* replay_decide.c: one kind of request under both states. */
typedef struct w403_replay_verdict {
    w403_arena      *work;        /* what it is made of */
    bool             decided;
    w403_replay_kind kind;        /* W403_REPLAY_KINDS: the change does nothing to it */
    w403_view        reason;      /* why it is not decided, or what is not known */
    w403_case        c;
    w403_judgement   old;
    w403_decision    decision;    /* the new one */
    w403_explanation explanation;
    w403_policies   *policies[2]; /* with the session's; NULL: those given by hand */
} w403_replay_verdict;
W403_NODISCARD w403_status w403_replay_decide(const w403_replay_job *job, const w403_shape *shape, w403_arena *work,
                                              w403_replay_verdict *out, w403_error *err);
void w403_replay_forget(w403_replay_verdict *v);

/* A sentence about a request without the name of its object: it is said of many. */
w403_view w403_replay_general(w403_arena *a, const w403_record *r, w403_view text);

/* replay_groups.c: all kinds of requests into groups and reasons. */
W403_NODISCARD w403_status w403_replay_group_all(w403_replay_job *job, w403_error *err);

#endif

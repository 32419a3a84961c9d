/* Everything that a pile of logs says about denials: what they come from, and which change began each. */
#ifndef W403_LOGS_SURVEY_H
#define W403_LOGS_SURVEY_H

#include "base/limits.h"
#include "evidence/evidence.h"
#include "logs/changes.h"
#include "logs/seen.h"
#include "logs/sessions.h"
#include "logs/shapes.h"
#include "logs/tree.h"
#include "logs/worked.h"

typedef struct w403_survey_options {
    const w403_snapshot *snapshot; /* may be NULL */
    const w403_policies *policies; /* given by hand; may be NULL */
    w403_instant since, until;     /* 0: no bound; until is exclusive */
    w403_view    bucket, principal; /* {NULL,0}: any. A role's ARN stands for its sessions */
    bool         no_fixes;         /* none is looked for */
    int          status;           /* HTTP status of the requests looked for; 0: 403 */
    unsigned     threads;          /* 1..W403_LOG_THREADS_MAX */
    size_t       limit;            /* kinds of requests told apart; 0: W403_SHAPE_LIMIT */
    const w403_log_watch *watch;   /* may be NULL */
    const w403_text_set *texts;       /* that stand for files; may be NULL */
} w403_survey_options;

/* What sort of denial it is, beyond its cause. */
typedef enum w403_denial {
    W403_DENIAL_PLAIN,
    W403_DENIAL_MASKED_404,
    W403_DENIAL_PRESIGNED_EXPIRED,
    W403_DENIAL_REQUESTER_PAYS,
    W403_DENIAL_ANONYMOUS,
    W403_DENIAL_KMS,
    W403_DENIAL_SERVICE,
    W403_DENIAL_CREDENTIALS,
    W403_DENIAL_VPC_ENDPOINT,
    W403_DENIALS
} w403_denial;
const char *w403_denial_name(w403_denial d); /* "masked-404" */

/* How sure it is that a change began something. */
typedef enum w403_proof {
    W403_PROOF_NONE,
    W403_PROOF_LIKELY, /* it can bring about the cause, and is the last such change before the first denial */
    W403_PROOF_AFTER,  /* and what it wrote denies the request; what was there before is not known */
    W403_PROOF_FULL    /* the request is allowed (or lacks this cause) before it, and denied after it */
} w403_proof;
const char *w403_proof_name(w403_proof p); /* "proved" */

typedef struct w403_began {
    w403_proof             proof;
    const w403_log_change *change;    /* NULL: none is known */
    w403_verdict           before, after; /* as far as `proof` says */
    w403_view              statement; /* Sid, or "statement 2": the one that denies, or the Allow that went */
    bool                   removed;   /* it is an Allow that is no longer there */
    const char            *cause;     /* of the denial after it; NULL: not decided */
    const w403_log_change *again;     /* the last that did the same after it was undone, before the last denial; NULL: none */
    bool                   skewed;    /* it is logged after the first denial: two clocks */
    w403_view              was;       /* the document before, JSON text; {NULL,0}: none or not known */
    const w403_log_change *source;    /* the change before that made what was there; NULL: none is known */
    bool                   empty;     /* nothing was there before */
    bool                   assumed;   /* DENIES_AFTER: `before` is with the default, which the logs do not confirm */
    const char            *why;       /* LIKELY: why it is not proved, half a sentence */
    w403_view              undo;      /* FULL: the commands that put back what was there, a line each; {NULL,0}: none */
    int                    status;    /* FULL: of the request before it */
    bool                   opens;     /* FULL: what was there before lets anybody do the same */
} w403_began;

/* Denials with one root cause. */
typedef struct w403_cause_group {
    const char     *cause;      /* id; NULL: neither AWS nor the policies say */
    w403_denial     denial;
    const char     *reported;   /* cause that AWS's own words name; NULL: they name none */
    const char     *decided;    /* cause by the snapshot; NULL: not decided, or not denied */
    bool            judged;     /* the snapshot was asked */
    w403_verdict    verdict;    /* what it says */
    w403_agreement  agreement;  /* between AWS's words and the snapshot */
    w403_view       why_not;    /* why the snapshot could not be asked */
    w403_view       statement;  /* that denies: "Sid of file"; {NULL,0}: none */
    w403_view       principal;  /* ARN (of a role session: without the session's name), `anonymous`, `service:NAME` */
    w403_view       session;    /* of the first request, where it is one */
    w403_view       operation;  /* of the first request, as logged */
    w403_view       action, resource; /* s3:GetObject, arn:aws:s3:::bucket/prefix* */
    w403_view       bucket, error_code;
    w403_view       source_ip, vpc_endpoint; /* of the first request */
    uint64_t        count;
    w403_instant    first, last;
    w403_bins       bins;
    double          denied_rate; /* an hour, from the change (or the first denial) to the end of the logs */
    uint64_t        worked_before, worked_since; /* the same caller, operation and bucket, in access logs: how often it */
    w403_instant    first_worked, last_worked;   /* worked before the first denial and since; 0: never seen */
    double          worked_rate; /* an hour, from the first success to the first denial; 0: none before it */
    w403_sample     samples[W403_SHAPE_SAMPLES];
    w403_view       first_id;    /* of the first request: an access log's request id, CloudTrail's event id */
    w403_view       first_file;  /* where it stands */
    w403_view       first_context; /* what is known of it and stands elsewhere: KEY=VALUE, one a line */
    uint32_t        marks;
    w403_began      began;
    w403_view       session_maker; /* who assumed the role; {NULL,0}: not known */
    w403_instant    session_at;
    bool            session_policy; /* the session has a policy of its own, and it was looked at */
    w403_shape     *lead;       /* of the first request; valid as long as the survey */
    const struct w403_fix_list *fixes; /* fix/fix.h; of the first request; NULL: none were looked for */
} w403_cause_group;

enum { W403_SURVEY_DAMAGE = W403_LIMIT_LOG_DAMAGE, W403_SURVEY_FIXES = W403_LIMIT_LOG_FIXES }; /* fixes: the groups with the most denials */

typedef struct w403_survey {
    w403_arena             *arena;
    w403_shapes            *shapes;
    w403_changes           *changes;
    w403_sessions          *sessions;
    w403_worked            *worked;
    w403_seen              *seen;
    w403_cause_group       *groups; /* most denials first */
    size_t                  n_groups;
    const w403_log_change *const *change_list;
    size_t                  n_changes;
    w403_log_stats          stats;
    uint64_t                denied;     /* in all groups */
    uint64_t                duplicates; /* records left out because they were there twice */
    uint64_t                told_twice; /* left out because another log tells of the same refusal */
    uint64_t                elsewhere;  /* denials of other services than S3 and its KMS calls */
    uint64_t                spilled;    /* counted, but in no group: too many kinds */
    uint64_t                odd[W403_MARKS]; /* records with each mark, among the denials and changes */
    w403_instant            from, to;   /* of all records; 0: none */
    bool                    history, trail; /* events out of the event history, and others */
    const w403_view        *notes;      /* what the logs cannot say, and what was odd: sentences */
    size_t                  n_notes;
    const w403_error       *damage;     /* the first of them */
    size_t                  n_damage;
} w403_survey;

/* Reads all files and says what their denials come from. Damage is no error: it is counted, named, and the rest goes
 * on. Memory grows with the kinds of denials, changes and sessions, each up to a limit; not with the size of the
 * logs. Errors: W403_NOMEM, W403_SEMANTIC (threads). Close it in any case. */
W403_NODISCARD w403_status w403_survey_run(const w403_paths *files, const w403_survey_options *options,
                                           w403_survey *out, w403_error *err);
void w403_survey_close(w403_survey *s);

#endif

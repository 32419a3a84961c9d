/* The calls that made sessions (AssumeRole and its kin): what each narrows its session to, and who made it. */
#ifndef W403_LOGS_SESSIONS_H
#define W403_LOGS_SESSIONS_H

#include "base/file.h"
#include "base/limits.h"
#include "logs/record.h"
#include "logs/shapes.h"

enum { W403_SESSION_LIMIT = W403_LIMIT_LOG_SESSIONS };

typedef struct w403_log_session {
    w403_instant     at;
    w403_view        access_key, arn; /* arn: of the session; either may be {NULL,0} */
    w403_view        maker;           /* who called */
    w403_view        event;           /* AssumeRole ... */
    w403_view        policy;          /* inline session policy, JSON text; {NULL,0}: none */
    const w403_view *policy_arns;
    size_t           n_policy_arns;
    const w403_pair *tags;            /* session tags */
    size_t           n_tags;
    w403_view        source_identity;
    uint64_t         narrowed;        /* what tells its policies from other sessions'; 0: it has none */
    uint64_t         tagged;          /* and its tags and source identity */
} w403_log_session;

/* Any number of threads may add; the others are for afterwards, once they are settled. NULL when memory is short. */
typedef struct w403_sessions w403_sessions;
w403_sessions *w403_sessions_new(size_t limit);
void           w403_sessions_free(w403_sessions *s); /* NULL is fine */

/* Does an event of this source and name make a session? */
bool w403_sessions_wants(w403_view event_source, w403_view event_name);
/* Keeps what is needed of it; other records and failed calls are passed over. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_sessions_add(w403_sessions *s, const w403_record *r, w403_error *err);

/* After the last one was added: makes them ready to be found. */
void w403_sessions_settle(w403_sessions *s);

/* The session that a request was made with: by its access key id, else by the session's ARN and the time it was made
 * at (`created`, 0: the latest call before `at`). NULL: none is known. */
const w403_log_session *w403_sessions_find(const w403_sessions *s, w403_view access_key, w403_view arn,
                                           w403_instant created, w403_instant at);
/* The same for a record. */
const w403_log_session *w403_sessions_of(const w403_sessions *s, const w403_record *r);
/* What tells the session of a record from others, as far as policies look at it; 0: nothing. */
uint64_t w403_sessions_class(const w403_sessions *s, const w403_relevant *rel, const w403_record *r);

/* Two sessions of a role with other policies (or tags, where policies look at tags) are not alike, but a record may
 * stand before the call that made its session. So where there are such sessions, all is read once more with every
 * session known: must it be, and can it (standard input and pipes cannot)? */
bool w403_sessions_differ(const w403_sessions *s, const w403_relevant *rel);
bool w403_sessions_repeatable(const w403_paths *files);
/* The same of one role (w403_role_of) or federated user. */
bool w403_sessions_of_role_differ(const w403_sessions *s, const w403_relevant *rel, w403_view role);
/* Then requests are told apart by their sessions. `s` is only read from then on. */
W403_NODISCARD w403_status w403_sessions_rule(w403_sessions *s, w403_arena *a, w403_shape_rules *rules, w403_error *err);

/* The document of a managed session policy, looked up once in each snapshot; {NULL,0}: it is not there, or memory is
 * short. Any number of threads. */
w403_view w403_sessions_document(w403_sessions *s, const w403_snapshot *snapshot, w403_view arn);

size_t   w403_sessions_count(const w403_sessions *s);
uint64_t w403_sessions_dropped(const w403_sessions *s);

#endif

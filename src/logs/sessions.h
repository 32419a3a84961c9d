/* The calls that made sessions (AssumeRole and its kin): what each narrows its session to, and who made it. */
#ifndef W403_LOGS_SESSIONS_H
#define W403_LOGS_SESSIONS_H

#include "logs/record.h"

enum { W403_SESSION_LIMIT = 100000 };

typedef struct w403_log_session {
    w403_instant     at;
    w403_view        access_key, arn; /* arn: of the session; either may be {NULL,0} */
    w403_view        maker;           /* who called */
    w403_view        event;           /* AssumeRole ... */
    w403_view        policy;          /* inline session policy, JSON text; {NULL,0}: none */
    const w403_view *policy_arns;
    size_t           n_policy_arns;
} w403_log_session;

/* Any number of threads may add; the others are for afterwards. NULL when memory is short. */
typedef struct w403_sessions w403_sessions;
w403_sessions *w403_sessions_new(size_t limit);
void           w403_sessions_free(w403_sessions *s); /* NULL is fine */

/* Does an event of this source and name make a session? */
bool w403_sessions_wants(w403_view event_source, w403_view event_name);
/* Keeps what is needed of it; other records and failed calls are passed over. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_sessions_add(w403_sessions *s, const w403_record *r, w403_error *err);

/* The session that a request was made with: by its access key id, else by the session's ARN and the time it was made
 * at (`created`, 0: the latest call before `at`). NULL: none is known. */
const w403_log_session *w403_sessions_find(const w403_sessions *s, w403_view access_key, w403_view arn,
                                           w403_instant created, w403_instant at);
size_t   w403_sessions_count(const w403_sessions *s);
uint64_t w403_sessions_dropped(const w403_sessions *s);

#endif

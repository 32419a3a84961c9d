/* Events that change who may do what: policies, settings, keys, grants, memberships; with the document where the log
 * has it. */
#ifndef W403_LOGS_CHANGES_H
#define W403_LOGS_CHANGES_H

#include "base/limits.h"
#include "logs/seen.h"

enum { W403_CHANGE_LIMIT = W403_LIMIT_LOG_CHANGES };

typedef enum w403_change_target {
    W403_TARGET_BUCKET,
    W403_TARGET_ACCOUNT_S3, /* Block Public Access of an account */
    W403_TARGET_ACCESS_POINT,
    W403_TARGET_KEY,
    W403_TARGET_ENTITY,     /* an IAM user, role or group; the name */
    W403_TARGET_MANAGED,    /* a managed policy; its ARN */
    W403_TARGET_ORGANIZATION,
    W403_TARGET_ENDPOINT,
    W403_TARGET_OBJECT      /* the bucket; the key is `policy` */
} w403_change_target;

/* Which part of a snapshot it writes. The change is tried by another content in that place. */
typedef enum w403_change_place {
    W403_PLACE_NONE,   /* none that could be given another content */
    W403_PLACE_POLICY, /* the document of a bucket, key, endpoint or access point; an inline one */
    W403_PLACE_VERSION, /* the version of a managed policy that counts */
    W403_PLACE_ATTACHED, /* whether a user, role or group has a managed policy */
    W403_PLACE_GROUP,    /* whether a user is in a group */
    W403_PLACE_BOUNDARY,
    W403_PLACE_ORG_ATTACHED, /* whether a root, OU or account has a policy */
    W403_PLACE_ORG_POLICY,   /* its document */
    W403_PLACE_ORG_PARENT,   /* where an account stands */
    W403_PLACE_BPA,
    W403_PLACE_ACL,
    W403_PLACE_OWNERSHIP,
    W403_PLACE_ENCRYPTION,
    W403_PLACE_PAYER,
    W403_PLACE_LOCK,
    W403_PLACE_KEY_STATE,
    W403_PLACE_GRANT /* whether a key has a grant */
} w403_change_place;

/* What kind of event it is: one row of the table in change_kinds.c. */
typedef struct w403_change_kind {
    const char        *source, *event;
    const char        *access;   /* operation of the access log, NULL: none */
    w403_change_target target;
    w403_change_place  place;
    const char        *document; /* members of requestParameters that hold the new policy, separated by blanks; NULL */
    const char        *explains; /* causes that it can bring about, separated by blanks; `x.*` too */
    bool               removes;  /* afterwards the place is empty: no document, not attached, not in the group */
} w403_change_kind;

typedef struct w403_log_change {
    const w403_change_kind *kind;
    w403_instant time;
    w403_view    actor;     /* who made it */
    w403_view    from;      /* source address */
    w403_view    target;    /* name, ARN or id, by kind->target; {NULL,0}: the log does not say */
    w403_view    account;   /* recipient account, where said */
    w403_view    policy;    /* name of an inline policy, ARN or id of an attached one; group, grant, key */
    w403_view    document;  /* JSON text of the new policy; {NULL,0}: not in the log */
    w403_view    parameters; /* requestParameters as JSON text; {NULL,0} for access logs */
    w403_view    request_id, event_id, file;
    uint64_t     offset;
    uint64_t     key;       /* w403_seen_key */
    size_t       order;     /* index in the list */
} w403_log_change;

/* Any number of threads may add; the others are for afterwards. NULL when memory is short. */
typedef struct w403_changes w403_changes;
w403_changes *w403_changes_new(size_t limit);
void          w403_changes_free(w403_changes *c); /* NULL is fine */

/* Is an event of this source and name (source {NULL,0}: an access log operation) a change? */
const w403_change_kind *w403_change_kind_of(w403_view source, w403_view name);
/* Keeps a change that was made; a failed one is passed over. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_changes_add(w403_changes *c, const w403_record *r, w403_error *err);

/* In order of time; one that both logs tell of is there once, with its document, and one that is there several times
 * with its first place (`seen` may be NULL). Valid until the next add. */
W403_NODISCARD w403_status w403_changes_list(w403_changes *c, const w403_seen *seen, const w403_log_change *const **out,
                                             size_t *n, w403_error *err);
uint64_t w403_changes_dropped(const w403_changes *c);

/* Can it bring about this cause? */
bool w403_change_explains(const w403_change_kind *kind, const char *cause);
/* Whose it is, of IAM: "User", "Role" or "Group"; "" else. */
const char *w403_change_entity(const w403_change_kind *kind);
/* Do the two write the same place of the same thing? */
bool w403_change_same_place(const w403_log_change *a, const w403_log_change *b);
/* A value of the parameters, as `a.b`; {NULL,0}: not there. In the arena: text, or the JSON of what is no string. */
w403_view w403_change_parameter(w403_arena *a, const w403_log_change *c, w403_view path);

#endif

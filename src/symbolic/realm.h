/* A snapshot, or two to compare, and all requests of one caller for one operation on one resource: what of the request
 * is open becomes dimensions, and decide answers for each class of requests (reason 6). */
#ifndef W403_SYMBOLIC_REALM_H
#define W403_SYMBOLIC_REALM_H

#include "decide/check.h"
#include "symbolic/askers.h"
#include "symbolic/links.h"

typedef struct w403_realm {
    const w403_snapshot *snap[2];
    int n;                          /* snapshots: 1, or 2 to compare */
    const w403_policies *policies;  /* given by hand; NULL: none */
    w403_policies *own;             /* identity policies that allow everything, for callers that need their own account */
    w403_budget *budget;
    const w403_pair *when;
    size_t n_when;
    const w403_policy *document;    /* of w403_realm_compare */
    w403_mentions mentions;         /* accounts and organizations that are not `any` */
    w403_arena *arena;              /* as long as the realm */
} w403_realm;

w403_status w403_realm_open(w403_realm *r, w403_error *err); /* arena, snap, n, policies, budget, when are given */
void w403_realm_close(w403_realm *r);

typedef struct w403_wanted {
    w403_view operation, action; /* one of the two */
    w403_view resource;
    const w403_pair *headers;    /* that the request has in any case: x-amz-copy-source */
    size_t n_headers;
} w403_wanted;

typedef enum w403_access { W403_ALWAYS, W403_CONDITIONAL, W403_NEVER, W403_ACCESS_UNKNOWN } w403_access;
const char *w403_access_name(w403_access s); /* "always" */

/* How a key's value comes into the request. */
typedef enum w403_way {
    W403_WAY_DERIVED, /* decide knows it */
    W403_WAY_CONTEXT,
    W403_WAY_HEADER,
    W403_WAY_QUERY,
    W403_WAY_FROM,
    W403_WAY_VIA,
    W403_WAY_SECURE,
    W403_WAY_TIME,
    W403_WAY_SESSION, /* aws:userid of a role: its session's name */
    W403_WAY_TAG,     /* x-amz-tagging */
    W403_WAY_TAG_KEYS
} w403_way;

typedef struct w403_realm_reply {
    w403_realm *realm;
    const w403_asker *asker;
    const w403_wanted *wanted;
    w403_arena *arena;
    w403_space space;
    w403_diagram diagram;
    w403_access state;
    bool incomplete;     /* classes may be missing */
    const char *reason;  /* of an unknown state: "budget", "word-equation" ... */

    w403_key_uses uses;
    w403_way *ways;      /* of each use */
    size_t *home;        /* dimension of each use; SIZE_MAX: none */
    W403_ARRAY(const w403_statement *) statements;
    const w403_call *sample[2]; /* one decided request, for what is derived; NULL: it could not be decided */
    const w403_policies *policies; /* the caller's: given by hand, or its own account's taken to allow */
    w403_arena *work;    /* of one decision */
    w403_request base;
    size_t caller_dim;
    size_t payer_dim;    /* x-amz-request-payer; SIZE_MAX: of no account */
    w403_error *err;
} w403_realm_reply;

/* The label of a class of requests: w403_verdict, of two snapshots old * 4 + new. Lives in `a`. Errors: of decide
 * (W403_NOT_FOUND, W403_SEMANTIC), W403_NOMEM. */
w403_status w403_realm_ask(w403_realm *r, const w403_asker *asker, const w403_wanted *wanted, w403_arena *a,
                           w403_realm_reply *out, w403_error *err);
/* The request that a choice of slots stands for; what it points to lives in the reply's arena. */
w403_status w403_realm_request(const w403_realm_reply *x, const uint32_t *slots, w403_request *out, w403_error *err);
/* Decides it in one of the snapshots. */
w403_status w403_realm_decide(const w403_realm_reply *x, int side, const w403_request *request, w403_detail detail,
                              w403_arena *a, w403_decision *out, w403_error *err);

/* A document alone, an identity's, against all that decides of one snapshot: the action (w403_wanted) on the resource. */
typedef struct w403_comparison {
    bool wider;    /* it allows what is not certainly allowed */
    bool narrower; /* it does not allow what is */
    bool open;     /* not every request could be compared */
} w403_comparison;
W403_NODISCARD w403_status w403_realm_compare(w403_realm *r, const w403_policy *document, const w403_asker *asker,
                                              const w403_wanted *wanted, w403_arena *a, w403_comparison *out, w403_error *err);

/* ---- parts ---- */
bool w403_realm_statements(w403_realm_reply *x); /* realm_statements.c: those that could matter */
bool w403_realm_keys(w403_realm_reply *x);       /* realm_keys.c: dimensions of keys and callers */

#endif

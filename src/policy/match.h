/* Does a statement apply to a request? Element by element, three-valued (semantics 1.4-1.8, 2). No state, no
 * I/O; allocates only expanded variables in the context's arena. */
#ifndef W403_POLICY_MATCH_H
#define W403_POLICY_MATCH_H

#include "catalog/catalog.h"
#include "policy/context.h"
#include "policy/policy.h"

/* ---- three-valued logic (Kleene) ---- */
static inline w403_tri w403_and(w403_tri a, w403_tri b)
{
    return (a == W403_NO || b == W403_NO) ? W403_NO : (a == W403_YES && b == W403_YES) ? W403_YES : W403_UNKNOWN;
}
static inline w403_tri w403_or(w403_tri a, w403_tri b)
{
    return (a == W403_YES || b == W403_YES) ? W403_YES : (a == W403_NO && b == W403_NO) ? W403_NO : W403_UNKNOWN;
}
static inline w403_tri w403_not(w403_tri a)
{
    return a == W403_YES ? W403_NO : a == W403_NO ? W403_YES : W403_UNKNOWN;
}
static inline w403_tri w403_bool(bool b)
{
    return b ? W403_YES : W403_NO;
}

/* ---- who asks ---- */
typedef enum w403_caller_kind {
    W403_CALLER_ROOT,
    W403_CALLER_USER,
    W403_CALLER_ROLE,
    W403_CALLER_FEDERATED,
    W403_CALLER_SERVICE,
    W403_CALLER_ANONYMOUS,
    W403_CALLER_ORIGIN,  /* a CloudFront origin access identity (N-9): signs, but belongs to no account */
    W403_CALLER_PROVIDER /* somebody whom an OIDC or SAML identity provider vouches for: takes a role, no more (N-8) */
} w403_caller_kind;

/* Canonical ids: 64 hexadecimal digits of an account, 96 of an origin access identity. */
enum { W403_ORIGIN_ID_DIGITS = 96 };

typedef struct w403_caller {
    w403_caller_kind kind;
    w403_view partition, account, canonical_id;
    w403_view arn;           /* as STS reports it, for messages */
    w403_view name;          /* user, role, federated user or service name, without path */
    w403_view session;       /* session name; {NULL,0}: not said */
    w403_view principal_arn; /* user ARN; role ARN with path; federated-user ARN; root ARN */
    w403_view issuer_arn;    /* federated: the IAM user behind it; {NULL,0}: not said */
    w403_view unique_id;     /* AIDA..., AROA...; {NULL,0}: not known */
    w403_tri has_boundary;
    bool path_unknown; /* a role known by its session ARN only (PM7) */
    w403_tri service_linked; /* UNKNOWN: its name is one of theirs, its path is not known */
} w403_caller;

/* A principal of IAM, whose account the request counts for. */
static inline bool w403_caller_has_account(const w403_caller *c)
{
    return c->kind != W403_CALLER_ANONYMOUS && c->kind != W403_CALLER_SERVICE && c->kind != W403_CALLER_ORIGIN &&
           c->kind != W403_CALLER_PROVIDER;
}

/* ---- what is asked ---- */
typedef struct w403_arn {
    w403_view whole;
    w403_view part[6]; /* arn, partition, service, region, account, the rest with its colons */
    uint8_t n;         /* 6 for an ARN, 0 for `*` or no ARN */
} w403_arn;

w403_arn w403_arn_split(w403_view text);

typedef struct w403_match_request {
    const w403_caller *caller;
    const w403_context *context;
    w403_view action;
    uint16_t action_id; /* catalog id or W403_ACTION_NONE */
    const w403_arn *resource;
    bool id_unknown; /* the resource part of `resource` stands for an id that is not known */
    w403_tri gateway; /* VPC endpoint policies: is it a gateway endpoint (3.7)? */
} w403_match_request;

/* Does an entry that AWS would not have stored leave the answer open, or does it just match nothing? In what lets
 * somebody in the latter is on the safe side. */
static inline bool w403_doubt_counts(const w403_statement *st)
{
    return st->inert || st->effect == W403_EFFECT_DENY;
}
/* W403_CLASS_*, all of them. */
#define W403_CLASS_ANY 0x7f

/* How a statement fared. `classes`: ways in which a resource policy's Principal certainly matched, `maybe`: those
 * that might. failed/failures are filled by w403_statement_explain only. */
typedef struct w403_outcome {
    w403_tri verdict;
    uint16_t classes, maybe;
    w403_element failed; /* first element that failed, or is unknown if none failed */
    uint8_t failures;    /* how many elements failed */
} w403_outcome;

/* May its Action match: false for most statements, at the cost of one bit. */
static inline bool w403_statement_may_match(const w403_statement *st, const w403_match_request *ask)
{
    return ask->action_id == W403_ACTION_NONE || (st->catalog_actions[ask->action_id >> 6] >> (ask->action_id & 63)) & 1;
}
/* Stops at the first element that fails. */
w403_outcome w403_statement_match(const w403_statement *st, const w403_match_request *ask);
/* Looks at every element: for near misses. */
w403_outcome w403_statement_explain(const w403_statement *st, const w403_match_request *ask);

/* What a statement's Action says, whatever is asked: does it name actions of this one's service, and all its actions one
 * by one, without wildcards? */
bool w403_statement_names_service(const w403_statement *st, w403_view action);
bool w403_statement_lists_actions(const w403_statement *st);

/* ---- the elements ---- */
void w403_match_principal(const w403_statement *st, const w403_match_request *ask, uint16_t *classes, uint16_t *maybe);
w403_tri w403_match_principal_entry(const w403_statement *st, const w403_principal_entry *e, const w403_match_request *ask,
                                    uint16_t *cls);
w403_tri w403_match_action(const w403_statement *st, const w403_match_request *ask);
w403_tri w403_match_action_id(const w403_statement *st, uint16_t id); /* of the catalog; unread Actions apart */
w403_tri w403_match_resource(const w403_statement *st, const w403_match_request *ask);
/* R8: does a resource pattern with fewer than six parts match whatever the missing ones are? */
bool w403_short_arn_open(w403_policy_kind kind, w403_view text);
w403_tri w403_match_resource_entry(const w403_statement *st, const w403_resource_pattern *p, const w403_match_request *ask);
w403_tri w403_match_condition(const w403_condition *c, const w403_context *ctx);
w403_tri w403_match_conditions(const w403_statement *st, const w403_context *ctx);

/* ---- policy variables ---- */
typedef struct w403_expansion {
    w403_tri resolved; /* NO: a variable has no value and no default. UNKNOWN: its value is unknown */
    w403_view text; /* UNKNOWN: with `*` in place of what is unknown */
    const uint8_t *literal; /* literal[i]: byte i came out of a variable and is no wildcard (PV7); may be NULL */
} w403_expansion;
/* Replaces ${...} at or after byte `from` (PV1, PV3-PV8). Without variables it gives the text itself and allocates
 * nothing. */
w403_expansion w403_expand(const w403_template *t, size_t from, const w403_context *ctx);

/* Keys whose value is unknown and on which the statement's conditions (or variables) hang: calls fn for each. */
typedef void w403_unknown_key_fn(void *user, w403_view key);
void w403_template_unknown_keys(const w403_template *t, const w403_context *ctx, w403_unknown_key_fn *fn, void *user);
void w403_statement_unknown_keys(const w403_statement *st, const w403_context *ctx, w403_unknown_key_fn *fn,
                                 void *user);

#endif

/* Who may ask, of a snapshot: everybody it knows, and classes for the rest of the world (reason 5). */
#ifndef W403_SYMBOLIC_ASKERS_H
#define W403_SYMBOLIC_ASKERS_H

#include "base/array.h"
#include "base/error.h"
#include "snapshot/snapshot.h"

typedef enum w403_asker_kind {
    W403_ASKER_KNOWN,        /* a user or role of the snapshot; a role: any of its sessions */
    W403_ASKER_ROOT,         /* of an account in the snapshot */
    W403_ASKER_SESSION,      /* one session, or federated user */
    W403_ASKER_NAMED,        /* an ARN of an account whose identities the snapshot lacks */
    W403_ASKER_ACCOUNT,      /* any principal of such an account */
    W403_ASKER_ORGANIZATION, /* any principal of an organization that is in none of the above */
    W403_ASKER_ANY_ACCOUNT,  /* of an account that nothing mentions */
    W403_ASKER_ANONYMOUS,
    W403_ASKER_SERVICE,      /* one that a policy names */
    W403_ASKER_ANY_SERVICE,  /* one that none names */
    W403_ASKER_ORIGIN,       /* CloudFront origin access identity (N-9) */
    W403_ASKER_PROVIDER      /* anybody whom an OIDC or SAML identity provider vouches for (N-8) */
} w403_asker_kind;

typedef struct w403_asker {
    w403_asker_kind kind;
    w403_view name;      /* account:444455556666, any-account, an ARN ... */
    w403_view principal; /* as a request has it; of a set: {NULL,0} */
    w403_view account;   /* 12 digits; {NULL,0}: none, or any */
    w403_view org;       /* ORGANIZATION */
    const w403_entity *entity;
    bool needs_own;      /* its own account's policies are not known, and taken to allow */
} w403_asker;

/* What the policies around a resource, and the snapshot, mention. */
typedef struct w403_mentions {
    W403_ARRAY(w403_view) accounts, orgs, services, principals, origins, providers;
    bool strangers; /* an ACL grants something to a canonical id that is no account's of the snapshot */
} w403_mentions;

typedef W403_ARRAY(w403_asker) w403_asker_list;

/* Adds what a policy mentions, once each. False: memory. */
bool w403_mentions_policy(w403_arena *a, const w403_policy *p, w403_mentions *m);
bool w403_mentions_acl(w403_arena *a, const w403_snapshot *s, const w403_acl *acl, w403_mentions *m);
/* Owners and ACLs of the objects that the snapshot lists. */
bool w403_mentions_objects(w403_arena *a, const w403_snapshot *s, const w403_bucket *b, w403_mentions *m);
bool w403_mentions_key(w403_arena *a, const w403_kms_key *key, w403_mentions *m); /* the grantees of its grants */
bool w403_mentions_snapshot(w403_arena *a, const w403_snapshot *s, w403_mentions *m);
/* Known ones first, in the snapshot's order; then root users, named ones, accounts, organizations, any-account,
 * anonymous, services, origin access identities, identity providers. `outside_only`: without the first two. */
bool w403_askers_all(w403_arena *a, const w403_snapshot *s, const w403_mentions *m, bool outside_only,
                     w403_asker_list *out);
/* By name. W403_NOT_FOUND: the snapshot has the account's identities, and this is none of them; W403_SEMANTIC: no name
 * of a caller. */
w403_status w403_asker_find(w403_arena *a, const w403_snapshot *s, w403_view name, w403_asker *out, w403_error *err);
/* More than one principal? */
static inline bool w403_asker_is_set(const w403_asker *a)
{
    return a->kind == W403_ASKER_ACCOUNT || a->kind == W403_ASKER_ORGANIZATION || a->kind == W403_ASKER_ANY_ACCOUNT;
}
/* An identity provider as a caller is written: its ARN, else federated:NAME. {NULL,0}: memory. */
w403_view w403_provider_name(w403_arena *a, w403_view text);
bool w403_asker_is_service(const w403_asker *a);

#endif

/* What the aws CLI printed, loaded and indexed (design.md 4). Built once, then immutable and shared by threads.
 * Every value is a fact with a state: absent files, "not configured" answers and unreadable ones stay apart. */
#ifndef W403_SNAPSHOT_SNAPSHOT_H
#define W403_SNAPSHOT_SNAPSHOT_H

#include "base/array.h"
#include "base/hash.h"
#include "policy/policy.h"

typedef enum w403_fact_state {
    W403_FACT_ABSENT,  /* no file: taken as not configured, and said as an assumption where it mattered */
    W403_FACT_NONE,    /* AWS said: not configured */
    W403_FACT_KNOWN,
    W403_FACT_UNKNOWN  /* the call failed (AccessDenied, throttling, ...) */
} w403_fact_state;

/* State and origin of one file or value. */
typedef struct w403_fact {
    w403_fact_state state;
    w403_view       path; /* in the snapshot, also when the file is not there: where it would be */
    w403_view       code; /* error code of UNKNOWN */
    w403_view       call; /* of UNKNOWN: the call that failed, as its file has it (s3:GetBucketPolicy); {NULL,0}: not said */
} w403_fact;

typedef struct w403_fact_list {
    w403_fact                    fact;
    const struct w403_fact_list *next;
} w403_fact_list;

/* The code of a fact for which no call was made. */
#define W403_NOT_COLLECTED W403_LIT("not collected")

/* ---- policies of a layer, in order ---- */
typedef struct w403_policy_set {
    const w403_policy *const *at;
    uint32_t                  n;
    const struct w403_index  *index; /* built at load for large sets; NULL: evaluate all (policy/index.h) */
} w403_policy_set;

/* ---- IAM ---- */
typedef struct w403_tag {
    w403_view key, value;
} w403_tag;

/* Tags of a bucket, an access point or a key; of the fact's state. */
typedef struct w403_tags {
    w403_fact       fact;
    const w403_tag *at;
    uint32_t        n;
} w403_tags;

typedef enum w403_entity_kind { W403_ENTITY_USER, W403_ENTITY_ROLE } w403_entity_kind;

typedef struct w403_entity { /* a user or a role */
    w403_entity_kind     kind;
    w403_view            arn, name, path, unique_id;
    struct w403_account *account;
    w403_policy_set      identity;    /* inline, attached, of groups */
    const w403_policy   *boundary;    /* NULL: none */
    w403_fact            boundary_fact; /* UNKNOWN: a boundary is attached whose document is not in the snapshot */
    w403_fact            trust_fact;  /* of a role: who may take it (AssumeRolePolicyDocument) */
    const w403_policy   *trust;
    w403_policy_set      trust_set;
    const w403_view     *missing;     /* ARNs of attached policies whose document is not in the snapshot */
    uint32_t             n_missing;
    const w403_tag      *tags;
    uint32_t             n_tags;
    w403_view            file;        /* authorization-details.json, and the place of the entity in it */
    w403_view            pointer;
} w403_entity;

/* ---- organization ---- */
typedef struct w403_org_level { /* root, an OU or the account itself */
    w403_view       id;
    w403_policy_set scps, rcps;
    w403_fact       scp_fact; /* UNKNOWN: a policy that is attached cannot be read, or none is attached at all */
    w403_fact       rcp_fact;
} w403_org_level;

typedef struct w403_bpa { /* Block Public Access */
    w403_fact fact;
    bool      block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets;
} w403_bpa;

typedef struct w403_organization {
    w403_fact fact;        /* organization.json */
    w403_fact attachments; /* attachments.json */
    w403_view id, management_account;
    bool      all_features; /* FeatureSet ALL: else no SCPs and RCPs at all */
    w403_fact roots;        /* roots.json */
    w403_tri  scps_on, rcps_on, s3_on; /* are these types of policies enabled at the root (N-7)? UNKNOWN: not said */
} w403_organization;

typedef struct w403_account {
    w403_view             id, canonical_id, name;
    w403_fact             fact; /* account.json: UNKNOWN where the collector could not enter the account */
    w403_fact             iam; /* authorization-details.json */
    bool                  iam_partial;  /* it holds those that were asked for only: another may well be there */
    w403_map              users, roles; /* by name (without path) -> w403_entity * */
    w403_map              by_arn;       /* user and role ARNs -> w403_entity * */
    w403_map              by_unique_id; /* AIDA..., AROA... -> w403_entity * */
    w403_bpa              bpa;
    w403_bpa              org_bpa;      /* S3_POLICY of the organization on this account's path */
    bool                  in_org, is_management;
    bool                  listed_member; /* accounts.json of the organization names it */
    bool                  in_org_unsure; /* in_org, but parents.json is not there to say so */
    bool                  collected;    /* has files of its own; else only the organization names it */
    w403_view             org_path;     /* o-id/r-id/ou-id/.../ as aws:PrincipalOrgPaths has it */
    const w403_org_level *levels;       /* root first, the account last; 0: no organization */
    uint32_t              n_levels;
    struct w403_bucket  **buckets;      /* in order of their names; read by w403_account_bucket */
    uint32_t              n_buckets;
} w403_account;

/* ---- S3 ---- */
typedef enum w403_grantee_kind {
    W403_GRANTEE_CANONICAL, W403_GRANTEE_ALL_USERS, W403_GRANTEE_AUTHENTICATED_USERS, W403_GRANTEE_LOG_DELIVERY,
    W403_GRANTEE_OTHER
} w403_grantee_kind;
enum { W403_ACL_READ = 1, W403_ACL_WRITE = 2, W403_ACL_READ_ACP = 4, W403_ACL_WRITE_ACP = 8, W403_ACL_FULL = 15 };

typedef struct w403_grant {
    w403_grantee_kind kind;
    uint8_t           permissions; /* W403_ACL_* */
    w403_view         canonical_id, uri;
} w403_grant;

typedef struct w403_acl {
    w403_fact         fact;
    w403_view         owner; /* canonical id */
    const w403_grant *grants;
    uint32_t          n_grants;
} w403_acl;

typedef enum w403_sse { W403_SSE_NONE, W403_SSE_S3, W403_SSE_KMS, W403_SSE_DSSE, W403_SSE_C } w403_sse;

typedef enum w403_lock_mode { W403_LOCK_NONE, W403_LOCK_GOVERNANCE, W403_LOCK_COMPLIANCE } w403_lock_mode;

typedef struct w403_object {
    w403_view       key, version_id;
    w403_view       owner;       /* canonical id; {NULL,0}: the bucket owner */
    w403_acl        acl;         /* ABSENT: owner FULL_CONTROL */
    const w403_tag *tags;
    uint32_t        n_tags;
    bool            tags_known;  /* TagSet was given */
    w403_tri        tagged;      /* NO: it has no tags; YES with !tags_known: TagCount says that there are some */
    bool            is_delete_marker, is_latest;
    bool            headed;      /* its headers were asked for: what they do not say it does not have */
    bool            sse_given;   /* else the bucket's default encryption */
    w403_sse        sse;
    w403_view       kms_key;     /* id, ARN or alias */
    w403_tri        bucket_key;  /* UNKNOWN: not said */
    w403_lock_mode  lock_mode;
    bool            has_retain_until, legal_hold;
    w403_instant    retain_until;
    w403_view       storage_class, restore;
    w403_tri        checksum;    /* has an additional checksum */
    uint64_t        size;        /* UINT64_MAX: not said */
    struct w403_object *next_version; /* other versions of the key, in file order */
} w403_object;

typedef enum w403_ownership { W403_OWNER_ENFORCED, W403_OWNER_PREFERRED, W403_OBJECT_WRITER } w403_ownership;
typedef enum w403_versioning { W403_UNVERSIONED, W403_VERSIONING_ENABLED, W403_VERSIONING_SUSPENDED } w403_versioning;

typedef struct w403_inventory_config w403_inventory_config; /* snapshot/inventory_config.h */

typedef struct w403_bucket {
    w403_view          name;
    w403_account      *account;  /* NULL: owner unknown */
    bool               missing;  /* location.json says NoSuchBucket */
    w403_fact          location_fact;
    w403_view          region;   /* "us-east-1" for null, "eu-west-1" for EU; {NULL,0}: not said */
    w403_fact          policy_fact;
    const w403_policy *policy;
    w403_policy_set    policy_set; /* the same one, with its index */
    w403_acl           acl;
    w403_bpa           bpa;
    w403_fact          ownership_fact;
    w403_ownership     ownership;  /* ENFORCED when absent (an assumption) */
    w403_fact          encryption_fact;
    w403_sse           sse;        /* of new objects: W403_SSE_S3 when not configured */
    w403_view          kms_key;    /* id, ARN or alias; {NULL,0} with SSE_KMS: aws/s3 */
    bool               bucket_key;
    w403_tri           sse_c_blocked; /* BlockedEncryptionTypes; UNKNOWN: not said */
    w403_fact          payer_fact;
    bool               requester_pays;
    w403_fact          versioning_fact;
    w403_versioning    versioning;
    w403_fact          lock_fact;
    bool               lock_enabled;
    w403_lock_mode     default_lock_mode; /* default retention */
    w403_fact          abac_fact;
    bool               abac;       /* abac.json: tags of the bucket take part in authorization (N-6) */
    w403_tags          tags;       /* tagging.json */
    w403_fact          logging_fact;
    w403_view          logging_target, logging_prefix;
    w403_fact          objects_fact;
    bool               objects_complete; /* a key not listed does not exist */
    w403_map           absent;  /* keys that were looked for and are not there -> anything */
    w403_map           objects; /* key -> w403_object * (the first listed; others by next_version) */
    const w403_object *const *object_list; /* in file order */
    uint32_t           n_objects;
    const w403_inventory_config *inventory;
    uint32_t           n_inventory;
    w403_view          dir;     /* accounts/<id>/s3/<bucket> */
} w403_bucket;

/* A bucket that a Multi-Region Access Point sends requests to. */
typedef struct w403_route {
    w403_view bucket, account; /* account {NULL,0}: that of the access point */
} w403_route;

typedef struct w403_access_point {
    w403_view          arn, name, region, alias;
    w403_account      *account;
    w403_view          account_id;
    w403_view          bucket_name, bucket_account; /* of a Multi-Region Access Point: of its first route */
    const w403_route  *routes; /* of a Multi-Region Access Point, which has no Region; else none */
    uint32_t           n_routes;
    bool               vpc_only;
    w403_view          vpc_id;
    w403_fact          fact, policy_fact;
    const w403_policy *policy;
    w403_policy_set    policy_set;
    w403_bpa           bpa;
    w403_tags          tags;
} w403_access_point;

/* ---- KMS ---- */
typedef enum w403_key_state { W403_KEY_ENABLED, W403_KEY_DISABLED, W403_KEY_PENDING_DELETION, W403_KEY_UNAVAILABLE, W403_KEY_GONE } w403_key_state;

typedef struct w403_kms_grant {
    w403_view         id, grantee, retiring;
    const w403_view  *operations;
    uint32_t          n_operations;
    const w403_tag   *equals, *subset; /* EncryptionContextEquals / Subset */
    uint32_t          n_equals, n_subset;
    bool              has_equals, has_subset;
} w403_kms_grant;

typedef struct w403_kms_key {
    w403_view             arn, id, region, account_id;
    w403_account         *account; /* NULL when the account is not in the snapshot */
    w403_fact             fact;
    bool                  aws_managed;
    bool                  symmetric;
    w403_key_state        state;
    w403_view             state_text;
    w403_fact             policy_fact;
    const w403_policy    *policy;
    w403_policy_set       policy_set;
    w403_tags             tags;
    w403_fact             grants_fact;
    const w403_kms_grant *grants;
    uint32_t              n_grants;
} w403_kms_key;

/* ---- EC2 ---- */
typedef struct w403_vpc_endpoint {
    w403_view          id, vpc_id, region, service;
    w403_account      *account;
    bool               gateway;
    w403_fact          policy_fact;
    const w403_policy *policy;
    w403_policy_set    policy_set;
} w403_vpc_endpoint;

/* A file that does not say what it should: its facts are unknown. */
typedef struct w403_fault {
    w403_view  path;
    w403_error error; /* the first, with its place */
} w403_fault;

struct w403_snapshot {
    w403_arena        *arena;
    w403_arena        *texts;          /* of files that were read ahead; NULL: all texts are in `arena` */
    w403_view          partition;      /* "aws" unless snapshot.json says otherwise */
    bool               collected;     /* snapshot.json has a `collector`: why403 made it, and leaves no file out that is not */
    bool               unfinished;    /* ... configured; but it did not come to its end */
    bool               narrow;        /* ... or it asked only for what one question needed */
    bool               has_collected_at;
    w403_instant       collected_at;
    w403_organization  org;
    w403_map           accounts;      /* id -> w403_account * */
    w403_map           by_canonical;  /* canonical id -> w403_account * */
    w403_account     **account_list;
    uint32_t           n_accounts;
    w403_map           entities;      /* ARN of any account's user or role -> w403_entity * */
    w403_map           buckets;       /* name -> w403_bucket * */
    w403_map           access_points; /* ARN, and alias -> w403_access_point * */
    w403_map           object_lambda; /* ARN of an Object Lambda access point -> w403_view *, the access point behind it */
    w403_map           keys;          /* key ARN -> w403_kms_key * */
    w403_map           key_aliases;   /* alias ARN -> w403_kms_key * */
    w403_map           endpoints;     /* vpce-... -> w403_vpc_endpoint * */
    w403_vpc_endpoint **endpoint_list;
    uint32_t           n_endpoints;
    w403_fact          endpoints_unread; /* UNKNOWN: a vpc-endpoints.json could not be read; it may hold any endpoint */
    const w403_fact_list *endpoints_unread_too; /* the others that could not */
    /* Every source text by path, for excerpts and patches. */
    w403_map           files;         /* path -> w403_json_doc * (root may be NULL) */
    const w403_json_doc *const *file_list;
    uint32_t           n_files;
    w403_view          root;          /* directory or file it was loaded from */
    bool               directory;     /* ... which of the two */
    W403_ARRAY(w403_fault) faults;
};

/* The first fault on which an answer hangs, by what it says is unknown; NULL: none. */
const w403_error *w403_snapshot_fault(const w403_snapshot *s, const w403_view *unknown, size_t n);

/* Lookups; NULL when the snapshot does not mention it. */
static inline w403_account *w403_snapshot_account(const w403_snapshot *s, w403_view id)
{
    return s ? (w403_account *)w403_map_get(&s->accounts, id) : NULL;
}
static inline w403_bucket *w403_snapshot_bucket(const w403_snapshot *s, w403_view name)
{
    return s ? (w403_bucket *)w403_map_get(&s->buckets, name) : NULL;
}
/* The i-th bucket of an account. A variant (w403_snapshot_with) shares its accounts, and has buckets of its own. */
static inline w403_bucket *w403_account_bucket(const w403_snapshot *s, const w403_account *a, uint32_t i)
{
    w403_bucket *b = a->buckets[i], *own = w403_snapshot_bucket(s, b->name);
    return own && w403_view_eq(own->dir, b->dir) ? own : b;
}
/* A key by ARN, alias ARN, bare id or alias name; `region` and `account` complete the last two. */
w403_kms_key *w403_snapshot_key(const w403_snapshot *s, w403_view id, w403_view region, w403_view account);
/* The user or role of an ARN (iam user/role ARN, or the role of an assumed-role ARN). */
w403_entity *w403_snapshot_entity(const w403_snapshot *s, w403_view arn);
/* An object's version; version {NULL,0}: the latest one that is listed. NULL when not listed. */
const w403_object *w403_bucket_object(const w403_bucket *b, w403_view key, w403_view version_id);
/* The `n` names nearest to `name` in a map, by edit distance, best first; how many were found. For hints. */
size_t w403_nearest_names(const w403_map *m, w403_view name, w403_view *out, size_t n);

#endif

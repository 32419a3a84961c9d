/* What the files of the naive evaluator share. */
#ifndef W403_TESTS_DIFF_NAIVE_IMPL_H
#define W403_TESTS_DIFF_NAIVE_IMPL_H

#include "catalog/catalog.h"
#include "naive.h"

/* ---- three values (naive_text.c) ---- */
w403_tri n_and(w403_tri a, w403_tri b);
w403_tri n_or(w403_tri a, w403_tri b);
w403_tri n_not(w403_tri a);
w403_tri n_bool(bool b);

/* ---- texts (naive_text.c) ---- */
enum { N_TEXT = 512 };
typedef struct n_text { /* characters; N_LITERAL marks one that is no wildcard even if it looks like one */
    uint16_t c[N_TEXT];
    unsigned n;
} n_text;
enum { N_LITERAL = 0x100 };
bool n_eq(w403_view v, const char *s);
bool n_ieq(w403_view v, const char *s);
bool n_same(w403_view a, w403_view b);
bool n_glob(const uint16_t *p, unsigned pn, const char *t, size_t tn, bool icase);
bool n_glob_text(w403_view pattern, w403_view text, bool icase);
/* Up to six parts, the last one keeps its colons. */
unsigned n_split(w403_view v, w403_view part[6]);
unsigned n_split_text(const n_text *t, n_text part[6]);

#define WORLD_PROVIDERS "arn:aws:iam::111122223333:oidc-provider/"

/* ---- who asks (naive_who.c) ---- */
typedef enum n_kind { N_USER, N_ROLE, N_FEDERATED, N_ROOT, N_SERVICE, N_ANONYMOUS, N_ORIGIN, N_PROVIDER } n_kind;
typedef struct n_who {
    n_kind              kind;
    w403_view           arn;      /* as STS reports it */
    w403_view           account;
    w403_view           name;     /* session, federated user or service */
    const w403_account *home;     /* NULL: not in the snapshot */
    const w403_entity  *entity;   /* the user, the role, or the user behind a federated user */
    w403_view           entity_arn;
} n_who;

/* ---- the context (naive_context.c) ---- */
enum { N_KEYS = 96, N_VALUES = 8 };
typedef struct n_key {
    w403_view   name;
    w403_tri    present;
    w403_view   v[N_VALUES];
    unsigned    n;
    bool        multi;
    const char *open; /* AWS does not say what it is here */
} n_key;
typedef struct n_context {
    n_key    k[N_KEYS];
    unsigned n;
} n_context;

typedef struct n_target { /* what a request is about */
    w403_view                bucket_name, key;
    const w403_bucket       *bucket;
    const w403_access_point *ap;
    const w403_object       *object;  /* the listed version, NULL: not listed */
    w403_tri                 exists;
    bool                     version_missing, delete_marker;
    w403_view                version;
    w403_tri                 foreign; /* owned by another account than the bucket, if ACLs count */
    bool                     unread;  /* nobody could read the objects, and this one is not among them */
    w403_ownership           ownership;
} n_target;

typedef struct n_run {
    const w403_snapshot      *s;
    const w403_request       *r;
    const w403_policy *const *session;
    unsigned                  n_session;
    w403_arena               *a;
    n_who                     who;
    w403_ownership            ownership[2]; /* assumed where the snapshot does not know: of the bucket, of the source */
    const char               *open;
    n_target                  target, source; /* of a copy */
    naive_result             *out;
} n_run;

typedef struct n_check { /* one permission */
    n_run              *run;
    w403_view           action, resource;
    w403_view           owner;        /* account of the resource */
    const w403_account *owner_home;
    const n_target     *target;       /* NULL for KMS and `*` */
    const w403_kms_key *key;
    const w403_entity  *role;         /* N-8: that is taken */
    w403_view           context_arn;  /* of KMS: aws:s3:arn */
    bool                masking, via_ap, on_ap;
    n_context           ctx;
} n_check;

void n_open(n_run *run, const char *why);
void n_build_context(n_check *c);
const n_key *n_find_key(const n_context *ctx, w403_view name);
w403_view n_header(const w403_request *r, const char *name);
w403_view n_query(const w403_request *r, const char *name);
/* A context key that the request sets by hand. */
const w403_context_entry *n_by_hand(const w403_request *r, w403_view name);

/* ---- the language (naive_policy.c, naive_condition.c) ---- */
typedef enum n_expanded { N_FULL, N_UNRESOLVED, N_MAYBE } n_expanded;
n_expanded n_expand(n_check *c, w403_view text, bool variables, bool wildcards, n_text *out);
w403_tri   n_condition(n_check *c, const w403_policy *p, const w403_condition *cond);
w403_tri   n_conditions(n_check *c, const w403_statement *st);

typedef struct n_classes {
    w403_tri is[8]; /* by bit number of W403_CLASS_* */
} n_classes;
enum { N_STAR, N_ACCOUNT, N_USER_CLASS, N_ISSUER, N_ROLE_CLASS, N_SESSION, N_SERVICE_CLASS };

typedef struct n_layer {
    w403_tri  deny, allow;
    n_classes rb; /* classes that allow */
} n_layer;

/* Adds what the statements of a policy say. `gateway`: an account principal is its root user only. */
void n_policy(n_check *c, const w403_policy *p, bool gateway, n_layer *out);
void n_policies(n_check *c, const w403_policy_set *set, n_layer *out);

/* ---- layers (naive_layers.c) ---- */
typedef struct n_answer {
    w403_tri    deny;     /* some explicit denial */
    w403_tri    allow;    /* taken all together */
    const char *first;    /* cause, when it is surely denied */
    bool        first_sure;
    bool        set_open;   /* which ones must change is not laid down */
    const char *causes[16];
    unsigned    n_causes;
} n_answer;
void n_decide_check(n_check *c, n_answer *out);
void n_answer_add(n_answer *out, const char *cause);

/* ---- S3 (naive_s3.c, naive_public.c) ---- */
void     n_acl_grants(n_check *c, bool ignore, n_classes *rb); /* adds the classes that ACLs allow */
w403_tri n_object_acl_rules(const n_check *c);   /* foreign object: its ACL alone grants */
bool     n_of_new_object(const n_check *c);
w403_tri n_object_acl_allows(n_check *c, bool ignore);
typedef enum n_bpa_bit { N_BLOCK_ACLS, N_IGNORE_ACLS, N_BLOCK_POLICY, N_RESTRICT } n_bpa_bit;
w403_tri n_bpa(const n_check *c, n_bpa_bit bit);
w403_tri n_public(n_run *run, const w403_policy *p, const w403_access_point *ap);
w403_tri n_restricted(n_check *c); /* RestrictPublicBuckets shuts the caller out */
w403_tri n_acl_text_public(const char *canned);

/* ---- KMS (naive_kms.c) ---- */
#define N_UNKNOWN_KEY "key/aws-s3" /* the id of aws/s3, where nobody wrote it down */
w403_tri n_kms_grant(n_check *c);

/* ---- requests (naive.c, naive_plan.c, naive_gates.c) ---- */
void n_find_who(n_run *run);
void n_find_target(n_run *run, w403_view arn, w403_view version, n_target *t);

/* What has been found out so far about the whole request. */
typedef struct n_sum {
    w403_tri allow;      /* all that is required */
    bool     certain;    /* up to the first cause */
    bool     missing;    /* an authorized request, answered 404 or 405 */
    w403_tri policies;   /* what they say, all that is required */
    bool     before;     /* refused before them */
    int      gate;       /* status of the first gate that closed after them, -1: several */
} n_sum;
/* `need`: is the permission needed at all? */
void n_require(n_run *run, n_sum *sum, n_check *c, w403_tri need);
void n_close(n_run *run, n_sum *sum, const char *cause, w403_tri closed);
void n_cause(n_run *run, n_sum *sum, const char *cause, bool sure);
bool n_starts(w403_view v, const char *s);
int  n_status(const n_run *run, const n_sum *sum); /* naive_status.c; 0: not laid down */
int  n_gate_status(const char *cause, bool *before);

void n_gates_before(n_run *run, n_sum *sum);
void n_gates_after(n_run *run, n_sum *sum);
void n_object_lock(n_run *run, n_sum *sum, const n_target *t);
/* One permission on an object or bucket, at the access point too if there is one. */
w403_tri n_s3_check(n_run *run, n_sum *sum, const char *action, const n_target *t, bool object, w403_tri need,
                    bool masking);

typedef struct n_sse {
    w403_tri  kms;
    bool      dsse;
    w403_view key;        /* {NULL,0}: aws/s3 ... */
    w403_view owner;      /* ... of this account */
    w403_tri  bucket_key;
} n_sse;
n_sse n_object_sse(n_run *run, const n_target *t);  /* of what is there */
n_sse n_written_sse(n_run *run, const n_target *t); /* of what will be */
void  n_kms_check(n_run *run, n_sum *sum, const char *action, const n_target *t, const n_sse *sse, w403_tri need);
void  n_kms_action(n_run *run, n_sum *sum);

/* ---- roles that are taken (naive_sts.c) ---- */
void n_sts_action(n_run *run, n_sum *sum);
const w403_account *n_account(const w403_snapshot *s, w403_view id);

#endif

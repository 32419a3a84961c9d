/* why403: why did Amazon S3 say 403, and what change makes it work.
 *
 * The public library: the same calls that the command line makes. Offline; no global state; nothing here
 * reads the network, the environment or (but for w403_snapshot_load) the file system.
 *
 * Terms: a *snapshot* is what the aws CLI printed about accounts, buckets, keys and policies, loaded once and
 * never changed. A *request* is one S3 (or any IAM) call. A *decision* says allowed, denied or undetermined,
 * with what each policy layer said. An *explanation* turns a decision into causes.
 *
 * Threads: a w403_snapshot and a w403_policies may be shared by any number of threads once built. An arena
 * belongs to one thread at a time. Results point into the arena and the snapshot and live as long as both.
 *
 * Errors: every function that can fail returns w403_status and fills *err (nullable). "Denied" is a result,
 * never an error; "undetermined" is never folded into denied or allowed. */
#ifndef WHY403_H
#define WHY403_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(W403_BUILDING) && defined(__GNUC__)
#define W403_API __attribute__((visibility("default")))
#else
#define W403_API
#endif
#ifdef __GNUC__
#define W403_NODISCARD __attribute__((warn_unused_result))
#else
#define W403_NODISCARD
#endif

/* ---- foundations ------------------------------------------------------------------------------ */

/* Borrowed bytes, UTF-8 by convention, not NUL-terminated. {NULL,0} means "not given". */
typedef struct w403_view {
    const char *p;
    size_t      n;
} w403_view;

typedef enum w403_status {
    W403_OK = 0,
    W403_SYNTAX,    /* text that is not what it should be: JSON, ARN, number, date */
    W403_SEMANTIC,  /* well-formed, but it makes no sense: wrong type, unknown name */
    W403_LIMIT,     /* larger, deeper or longer than base/limits.h allows */
    W403_IO,        /* a file that cannot be read */
    W403_NOT_FOUND, /* a user, role, bucket or case that is not there */
    W403_NOMEM,
    W403_BUG        /* a broken invariant: please report it */
} w403_status;

/* What went wrong and where. source "" and line 0: no place. Line and column count from 1, the column in
 * bytes; offset and length are bytes of the source. */
typedef struct w403_error {
    w403_status code;
    uint32_t    line, column;
    uint64_t    offset, length;
    char        source[512];
    char        message[512];
    char        hint[512];
} w403_error;

typedef enum w403_tri { W403_NO = 0, W403_YES = 1, W403_UNKNOWN = 2 } w403_tri;

/* Memory of one question. limit 0 = none. NULL when memory is short. */
typedef struct w403_arena w403_arena;
W403_API w403_arena *w403_arena_new(size_t limit_bytes);
W403_API void        w403_arena_reset(w403_arena *a); /* forgets all results in it, keeps the memory */
W403_API void        w403_arena_free(w403_arena *a);  /* NULL is fine */

W403_API const char *w403_version(void); /* "0.1.0" */

/* ---- policies given by hand ------------------------------------------------------------------- */

typedef enum w403_policy_kind {
    W403_POLICY_IDENTITY,
    W403_POLICY_BOUNDARY,
    W403_POLICY_SESSION,
    W403_POLICY_SCP,
    W403_POLICY_RCP,
    W403_POLICY_VPC_ENDPOINT,
    W403_POLICY_RESOURCE, /* bucket policy, or that of any other resource */
    W403_POLICY_ACCESS_POINT,
    W403_POLICY_KEY,
    W403_POLICY_TRUST, /* a role's trust policy: who may take it */
    W403_POLICY_KINDS
} w403_policy_kind;

/* Policy documents that take part beside the snapshot's, or without any snapshot. */
typedef struct w403_policies w403_policies;
W403_API w403_policies *w403_policies_new(void);
/* Parses and adds one document. `source` names it in messages; `level` is the organization level of an SCP or RCP
 * (0 = root), else 0. `text` is copied. Errors: W403_SYNTAX, W403_SEMANTIC, W403_LIMIT with place. */
W403_API W403_NODISCARD w403_status w403_policies_add(w403_policies *ps, w403_policy_kind kind, unsigned level,
                                                      w403_view source, w403_view text, w403_error *err);
W403_API void w403_policies_free(w403_policies *ps);

/* ---- snapshot --------------------------------------------------------------------------------- */

typedef struct w403_snapshot w403_snapshot;

/* Called once for each problem of a load, in order; warnings do not make it fail. */
typedef void w403_problem_fn(void *user, bool warning, const w403_error *problem);

/* Loads a directory or a single JSON file (an object that maps paths to contents). Every problem is given to
 * `fn` (nullable), the first error also to *err. */
W403_API W403_NODISCARD w403_status w403_snapshot_load(const char *path, w403_problem_fn *fn, void *user,
                                                       w403_snapshot **out, w403_error *err);
/* The same from text in memory in the single-file form; `source` names it in messages. */
W403_API W403_NODISCARD w403_status w403_snapshot_parse(w403_view source, w403_view text, w403_problem_fn *fn,
                                                        void *user, w403_snapshot **out, w403_error *err);
W403_API void w403_snapshot_free(w403_snapshot *s); /* NULL is fine */

/* ---- request ---------------------------------------------------------------------------------- */

typedef struct w403_pair {
    w403_view name, value;
} w403_pair;

/* A context key set by hand: it wins over the derived value. */
typedef struct w403_context_entry {
    w403_view        key;
    w403_tri         present; /* W403_NO: absent. W403_UNKNOWN: nobody knows. W403_YES: values */
    const w403_view *values;
    size_t           n_values;
} w403_context_entry;

typedef struct w403_object_id {
    w403_view key, version_id;
    w403_view etag;
} w403_object_id;

typedef struct w403_request {
    w403_view operation; /* S3 API name (GetObject): stands for all the permissions it needs; or ... */
    w403_view action;    /* ... one IAM action of any service (s3:GetObject). Exactly one of the two. */
    w403_view resource;  /* ARN, access point alias ARN, or `*` */
    w403_view resource_account; /* 12 digits, where the ARN has none and there is no snapshot */
    w403_view principal; /* ARN of a user, role, session, federated user or root; `anonymous`; `service:NAME`; ARN or
                          * canonical id of a CloudFront origin access identity; of who takes a role by a web or SAML
                          * identity: ARN of its provider, or `federated:NAME` */
    w403_view session_name;
    w403_view issuer;    /* the IAM user behind a federated-user principal */

    w403_view from;      /* source IP, over the public endpoint */
    w403_view via;       /* VPC endpoint id; neither: the network keys are unknown */
    w403_tri  secure;    /* TLS. Use W403_YES unless told otherwise */
    w403_view at;        /* ISO 8601 or epoch seconds; {NULL,0} = now */
    w403_tri  mfa;       /* W403_UNKNOWN: not said */
    uint64_t  mfa_age_s; /* with mfa == W403_YES; UINT64_MAX = not said */

    const w403_pair *headers;
    size_t           n_headers;
    const w403_pair *query; /* prefix, delimiter, max-keys ... as in the URL, decoded */
    size_t           n_query;
    w403_view        version_id;

    bool      presigned; /* the three below count */
    w403_view signed_at; /* as `at` */
    uint64_t  expires_in_s; /* UINT64_MAX = not said */

    w403_view upload_initiator; /* of a multipart upload, ARN */
    w403_view upload_kms_key;   /* ARN it was created with; {"",0} with p != NULL: none */
    w403_tri  upload_checksum;

    w403_view             body_policy; /* JSON text of PutBucketPolicy / PutAccessPointPolicy */
    w403_view             body_acl;    /* JSON text {"Owner","Grants"} of PutBucketAcl / PutObjectAcl */
    const w403_object_id *body_keys;   /* DeleteObjects */
    size_t                n_body_keys;
    const w403_pair      *body;        /* other elements that the operations table asks for, path -> value */
    size_t                n_body;

    const w403_context_entry *context;
    size_t                    n_context;

    unsigned dialect; /* w403_dialect: whose rules decide */
    unsigned unsaid; /* W403_UNSAID_*: what is left out above is not known, rather than not there */
} w403_request;

/* Stores that speak S3 decide nearly as AWS does; where they were measured to differ, a request can ask for their rules. */
typedef enum w403_dialect {
    W403_DIALECT_AWS,
    W403_DIALECT_RGW,  /* Ceph's: plain HTTP has no aws:SecureTransport, negated operators do not match absent keys, NotAction matches
                        * nothing, there is no aws:PrincipalArn */
    W403_DIALECT_MINIO /* there is no aws:PrincipalArn */
} w403_dialect;

/* What evidence cannot show: an error text has no headers and no query, a policy may not have been given. Without a
 * bit, what a request does not say is not there. */
enum {
    W403_UNSAID_HEADERS = 1,  /* header fields: condition keys that hang on them are unknown */
    W403_UNSAID_QUERY = 2,    /* query parameters: s3:prefix, s3:delimiter, s3:max-keys, s3:versionid */
    W403_UNSAID_POLICIES = 4, /* without a snapshot: kinds of policy that were not given, of a request that AWS denied */
};

/* All zero but for what "not said" means: secure YES, mfa UNKNOWN, ages UINT64_MAX. */
W403_API void w403_request_init(w403_request *r);

/* ---- decision --------------------------------------------------------------------------------- */

typedef enum w403_verdict { W403_ALLOWED, W403_DENIED, W403_UNDETERMINED } w403_verdict;
W403_API const char *w403_verdict_name(w403_verdict v); /* "allowed" */

/* Layers in the order in which AWS is documented to look at them (semantics 3.8). */
typedef enum w403_layer_kind {
    W403_LAYER_SCP,
    W403_LAYER_RCP,
    W403_LAYER_VPC_ENDPOINT,
    W403_LAYER_IDENTITY,
    W403_LAYER_SESSION,
    W403_LAYER_BOUNDARY,
    W403_LAYER_ACCESS_POINT,
    W403_LAYER_RESOURCE, /* bucket policy or that of another resource */
    W403_LAYER_KEY,
    W403_LAYER_GRANT,    /* KMS grants */
    W403_LAYER_BUCKET_ACL,
    W403_LAYER_OBJECT_ACL,
    W403_LAYER_TRUST,    /* of the role that is taken */
    W403_LAYERS
} w403_layer_kind;
W403_API const char *w403_layer_name(w403_layer_kind k); /* "vpc-endpoint" */

typedef enum w403_layer_verdict {
    W403_LAYER_NOT_APPLICABLE,
    W403_LAYER_ALLOW,
    W403_LAYER_NO_ALLOW,
    W403_LAYER_DENY,
    W403_LAYER_UNKNOWN
} w403_layer_verdict;
W403_API const char *w403_layer_verdict_name(w403_layer_verdict v); /* "no-allow" */

typedef enum w403_element {
    W403_ELEMENT_NONE,
    W403_ELEMENT_STATEMENT, /* AWS would not have stored it: it matches nothing */
    W403_ELEMENT_PRINCIPAL,
    W403_ELEMENT_ACTION,
    W403_ELEMENT_RESOURCE,
    W403_ELEMENT_CONDITION
} w403_element;

/* How a resource policy's Principal matched the caller (semantics 1.4); a statement may match several ways. */
enum {
    W403_CLASS_STAR = 1,
    W403_CLASS_ACCOUNT = 2,
    W403_CLASS_USER = 4,
    W403_CLASS_ISSUER = 8,
    W403_CLASS_ROLE = 16,
    W403_CLASS_SESSION = 32,
    W403_CLASS_SERVICE = 64
};

typedef struct w403_statement w403_statement;

/* One statement that took part, or came near it. */
typedef struct w403_match {
    const w403_statement *statement; /* NULL for an ACL or KMS grant: see `grant` */
    const void           *grant;
    uint8_t               verdict;   /* w403_tri */
    uint8_t               failed;    /* w403_element: the first that failed (verdict NO) or is unknown */
    uint8_t               failures;  /* how many elements failed */
    uint8_t               deny;      /* Effect */
    uint16_t              classes;   /* of a resource policy */
} w403_match;

typedef struct w403_layer {
    w403_layer_kind    kind;
    w403_layer_verdict verdict;
    w403_tri           deny, allow; /* allow: does the layer let it pass, whatever the class */
    uint16_t           classes;       /* resource policies: classes that certainly allow */
    uint16_t           maybe_classes; /* and those that may */
    w403_view          level;   /* SCP, RCP: the root, OU or account it is attached to */
    w403_view          source;  /* what was read: path in the snapshot, or the policy's name */
    w403_view          unknown; /* why it is unknown: the error code the snapshot holds */
    const w403_match  *matches; /* matched or perhaps matched, Deny first */
    uint32_t           n_matches;
    const w403_match  *near;    /* did not match; filled with W403_DETAIL_FULL only */
    uint32_t           n_near;
} w403_layer;

/* One permission that the request needs. */
typedef struct w403_check {
    w403_view    action;   /* s3:GetObject */
    w403_view    resource; /* ARN it is checked on */
    w403_view    resource_account;
    w403_verdict verdict;
    uint8_t      need;     /* w403_need */
    bool         same_account;
    bool         masking;  /* s3:ListBucket asked only because the key is missing */
    w403_view    reason;   /* the operations table's note on why it is needed, or {NULL,0} */
    const w403_layer *layers;
    uint32_t     n_layers;
    const void  *detail;   /* of the engine; for the explanation */
} w403_check;

typedef enum w403_need {
    W403_NEED_REQUIRED,
    W403_NEED_DISPUTED,      /* AWS's own pages disagree: an assumption, not a denial */
    W403_NEED_RESPONSE_ONLY, /* missing it only leaves fields out of the response */
    W403_NEED_STATUS_ONLY    /* missing it turns 404 into 403 */
} w403_need;

/* One of S3's or KMS's own conditions, outside any policy. */
typedef struct w403_gate {
    const char *cause;  /* a cause id: requester-pays, bpa.block-public-acls ... */
    w403_tri    closed; /* YES: it refuses the request. UNKNOWN: it may */
    int         status; /* HTTP status it answers with */
    int         check;  /* index of the check it belongs to, -1: the request */
    uint8_t     phase;  /* 0 before the policies, 1 in place of a policy, 2 after them */
    w403_view   detail; /* a phrase: what is set, where */
    w403_view   source; /* what in the snapshot says so */
} w403_gate;

typedef struct w403_decision {
    w403_verdict      verdict;
    int               status;     /* what the caller sees: 200, 400, 403, 404, 405 */
    const char       *error_code; /* "AccessDenied", "NoSuchKey"; NULL when there is none */
    const w403_check *checks;
    uint32_t          n_checks;
    const w403_gate  *gates;      /* closed or unknown ones only */
    uint32_t          n_gates;
    const w403_view  *assumptions;
    uint32_t          n_assumptions;
    const w403_view  *unknown;    /* condition keys and facts whose value would settle it */
    uint32_t          n_unknown;
    const w403_view  *settle;     /* calls that would settle it: aws s3api get-bucket-policy ... */
    uint32_t          n_settle;
    const w403_view  *notes;      /* what else is worth saying */
    uint32_t          n_notes;
    const void       *detail;     /* of the engine */
} w403_decision;

typedef enum w403_detail {
    W403_DETAIL_VERDICT, /* verdict and status only: stops at the first certain Deny */
    W403_DETAIL_CAUSES,  /* what matched in each layer: enough for w403_explain's causes */
    W403_DETAIL_FULL     /* also every statement that did not match, and why */
} w403_detail;

/* Decides one request. `snapshot` and `policies` may each be NULL.
 * Errors: W403_SEMANTIC (an ARN, IP or date that is none), W403_NOT_FOUND (a principal that its account does not
 * hold; the hint has the nearest names), W403_NOMEM.
 * Threads: any number on one snapshot, each with its own arena. Cost: well under a microsecond with
 * W403_DETAIL_VERDICT; allocates only in `arena`. */
W403_API W403_NODISCARD w403_status w403_decide(const w403_snapshot *snapshot, const w403_policies *policies,
                                                const w403_request *request, w403_detail detail,
                                                w403_arena *arena, w403_decision *out, w403_error *err);

/* ---- many objects of one bucket -------------------------------------------------------------- */

/* A request with everything fixed but the object: what is left of the policies is a set of patterns over the key.
 * Keys that match the same patterns (and whose owner, ACL, encryption and lock are alike) share one decision, made
 * once by w403_decide. One thread at a time; make one for each thread. */
typedef struct w403_residual w403_residual;

typedef struct w403_residual_class {
    w403_verdict verdict;
    int          status;
    const char  *cause;    /* id of the first cause, NULL when allowed */
    w403_view    action;   /* of that cause */
    w403_view    example;  /* the first key of the class */
    uint64_t     objects;  /* how many were asked for so far */
    uint32_t     id;       /* 0, 1, 2 ... in order of appearance */
} w403_residual_class;

/* `request`: its resource is the bucket's ARN; it is copied, texts and all. Errors: as w403_decide;
 * W403_SEMANTIC when the resource is no bucket. */
W403_API W403_NODISCARD w403_status w403_residual_new(const w403_snapshot *snapshot, const w403_policies *policies,
                                                      const w403_request *request, w403_residual **out,
                                                      w403_error *err);
/* The class of a key, as the snapshot knows nothing of its object: bucket owner's, the bucket's encryption. Valid until
 * w403_residual_free. Cost: tens of nanoseconds once the class is known. */
W403_API W403_NODISCARD w403_status w403_residual_key(w403_residual *r, w403_view key,
                                                      const w403_residual_class **out, w403_error *err);
W403_API uint32_t                   w403_residual_classes(const w403_residual *r);
W403_API const w403_residual_class *w403_residual_class_at(const w403_residual *r, uint32_t id);
W403_API void                       w403_residual_free(w403_residual *r); /* NULL is fine */

/* ---- explanation ------------------------------------------------------------------------------ */

typedef struct w403_cause {
    const char       *id;     /* closed list in data/causes.tsv */
    const w403_check *check;  /* NULL for a gate of the whole request */
    const w403_layer *layer;  /* NULL for a gate */
    const w403_match *match;  /* the Deny, or the nearest Allow; NULL when there is none */
    const w403_gate  *gate;
    w403_view         action, resource;
    w403_view         sentence; /* plain words, one sentence; {NULL,0} unless decided with W403_DETAIL_FULL */
    w403_element      element;  /* the element of `match` to underline */
    const void       *blamed;   /* with element: which value of it (w403_blame, explain/explain.h) */
} w403_cause;

typedef struct w403_explanation {
    const w403_decision *decision;
    const w403_cause    *causes; /* the first is the reported one; empty when allowed outright */
    uint32_t             n_causes;
    w403_view            message; /* AWS's own wording; {NULL,0} where AWS sends no body */
} w403_explanation;

/* From a decision made with W403_DETAIL_CAUSES or _FULL. Results live in `arena`. */
W403_API W403_NODISCARD w403_status w403_explain(const w403_request *request, const w403_decision *decision,
                                                 w403_arena *arena, w403_explanation *out, w403_error *err);

/* ---- the door: any question, in JSON ----------------------------------------------------------- */

/* What questions are asked of: a snapshot, loaded once; any number of threads may ask at once. */
typedef struct w403_world w403_world;

/* Loads a snapshot folder or file. Warnings of the load are said with every answer, as the command line says them. A file
 * that cannot be read makes what hangs on it undetermined, not the load fail. Errors: no snapshot at all. */
W403_API W403_NODISCARD w403_status w403_world_load(const char *path, w403_world **out, w403_error *err);
/* The same from the single-file form; an empty text: a world without a snapshot, for questions that bring their policies. */
W403_API W403_NODISCARD w403_status w403_world_parse(w403_view text, w403_world **out, w403_error *err);
W403_API void                       w403_world_free(w403_world *w); /* NULL is fine */

typedef struct w403_reply {
    w403_view text;        /* JSON and a newline, or the form that the question's `format` names; in the arena, ends in NUL */
    int       exit_status; /* of the same command on the command line: 0 allowed or fine, 1 denied or found, 2 in part
                              unreadable, 3 undetermined */
} w403_reply;

/* Answers one question: an object whose `ask` names a command (explain, decide, inventory, sweep, logs, replay, runbook, who-can,
 * what-can, public, diff, check, lint, test, version), with the options of that command as members (docs/library.md). The answer is
 * what the command prints with `--format json`, byte for byte. Nothing is read but the question and the world, nothing is printed.
 * `world` may be NULL: as an empty one. Results live in `arena`, which may keep those of many questions.
 * Errors: the question's (W403_SYNTAX, W403_SEMANTIC with line and column in it, source "question"), and those with which the
 * command would end without an answer. "Denied" and "undetermined" are answers. Cost: a few microseconds beside the command's. */
W403_API W403_NODISCARD w403_status w403_ask(const w403_world *world, w403_view question, w403_arena *arena, w403_reply *out,
                                             w403_error *err);
/* `why403 decide` on many requests, one JSON object a line, one verdict a line in order. `question` may be empty, or say with which
 * policies and options ({"ask":"decide","policies":{..},"full":true}). A line that is no request is answered in its place. */
W403_API W403_NODISCARD w403_status w403_ask_lines(const w403_world *world, w403_view question, w403_view lines,
                                                   w403_arena *arena, w403_reply *out, w403_error *err);

/* ---- inventories in columns -------------------------------------------------------------------- */

/* The Arrow C data interface: a published ABI (arrow.apache.org/docs/format/CDataInterface.html), declared by whoever comes first. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
    const char          *format, *name, *metadata;
    int64_t              flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t             length, null_count, offset, n_buffers, n_children;
    const void        **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* `why403 sweep` on rows that lie in columns: Parquet and ORC inventories, tables of S3 Metadata. `question` is that of a sweep
 * ({"ask":"sweep","as":"arn:..","operation":"GetObject"}); `in` has the columns bucket and key, and what else S3 Inventory writes (version_id,
 * is_latest, encryption_status, object_owner ...), by name; dictionaries and nulls are fine. `out` gives a batch for each of `in`, row for
 * row: decision (allowed, denied, undetermined; null: not asked, or a row that is none), cause, action (the permission that is missing, or
 * what is not known) and problem (why a row could not be judged).
 * Takes `in` (releases it with `out`, or at once on an error). `world` must outlive `out`, which one thread at a time may use.
 * Errors: the question's; a table without those columns. Those of a batch come from `out` as its errors do. */
W403_API W403_NODISCARD w403_status w403_sweep_arrow(const w403_world *world, w403_view question, struct ArrowArrayStream *in,
                                                     struct ArrowArrayStream *out, w403_error *err);

#ifdef __cplusplus
}
#endif
#endif

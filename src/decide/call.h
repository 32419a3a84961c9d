/* One question on its way through the room: the request resolved against the snapshot. Internal to decide/ and
 * explain/. Everything lives in the question's arena. */
#ifndef W403_DECIDE_CALL_H
#define W403_DECIDE_CALL_H

#include "base/array.h"
#include "base/error.h"
#include "base/limits.h"
#include "catalog/catalog.h"
#include "policy/match.h"
#include "policy/policies.h"
#include "snapshot/snapshot.h"
#include "words/words.h"

typedef enum w403_target_kind {
    W403_TARGET_NONE, /* `*`: an action without a resource */
    W403_TARGET_BUCKET,
    W403_TARGET_OBJECT,
    W403_TARGET_ACCESS_POINT, /* access point, or a bucket operation through it */
    W403_TARGET_ACCESS_POINT_OBJECT,
    W403_TARGET_KEY,
    W403_TARGET_ROLE, /* a role that is taken (sts:AssumeRole): its trust policy decides */
    W403_TARGET_OTHER,      /* any other ARN */
    W403_TARGET_UNSUPPORTED /* known, but not modelled: `why` names it */
} w403_target_kind;

typedef struct w403_target {
    w403_target_kind kind;
    w403_view arn;   /* what policies are asked about */
    w403_arn split;  /* of arn; split.whole.p NULL: not yet */
    w403_view owner; /* account id; {NULL,0}: unknown */
    w403_view bucket_name;
    w403_bucket *bucket; /* NULL: the snapshot does not mention it */
    w403_view key, version_id;
    const w403_object *object;             /* NULL: not listed */
    w403_tri exists;                       /* the key, or its version */
    bool version_missing;                  /* the key exists, the version does not */
    bool being_written;                    /* what matters is the object to come, not the one that is there */
    const w403_access_point *access_point; /* the way in, also for the object behind it */
    w403_kms_key *kms;
    const w403_entity *role; /* NULL: not in the snapshot */
    w403_view why;
} w403_target;

/* What says how an object is encrypted. */
typedef enum w403_encryption_says {
    W403_ENCRYPTION_UNSAID,
    W403_ENCRYPTION_DEFAULT, /* the bucket's default encryption */
    W403_ENCRYPTION_REQUEST, /* its headers */
    W403_ENCRYPTION_UPLOAD,  /* the multipart upload, when it was created */
    W403_ENCRYPTION_OBJECT   /* the object that is there */
} w403_encryption_says;

/* The key that encrypts, and how (4.8). */
typedef struct w403_encryption {
    w403_tri kms;      /* SSE-KMS or DSSE-KMS? */
    w403_view key_arn; /* {NULL,0}: aws/s3 of the requester, or not known */
    w403_view alias;   /* the name or ARN that the key goes by, where nobody said which key that is */
    w403_kms_key *key; /* NULL: not in the snapshot */
    bool aws_managed;
    w403_tri bucket_key;
    w403_view region; /* of the bucket */
    w403_encryption_says says;
} w403_encryption;

typedef W403_ARRAY(w403_view) w403_view_list;

typedef struct w403_call {
    const w403_snapshot *snap;  /* may be NULL */
    const w403_policies *extra; /* may be NULL */
    const w403_request *req;
    w403_arena *arena;
    w403_detail detail;
    const w403_object *object; /* stands for the target's object whatever the snapshot lists; may be NULL */
    w403_error *err;

    w403_caller caller;
    const w403_account *account; /* the caller's; NULL: not in the snapshot */
    const w403_entity *entity;   /* the caller's user or role (federated: the issuing user); NULL: none */
    w403_tri identity_known;     /* NO: nothing is known of the caller's policies */
    w403_instant now;
    const w403_vpc_endpoint *endpoint; /* of `via`; NULL: not in the snapshot */
    const w403_operation *op;          /* NULL: a single action */
    w403_target target, source;        /* source: of a copy */
    bool has_source;
    struct w403_probe *probe; /* of the resource that an index was asked about last (policy/index.h) */

    W403_ARRAY(w403_check) checks;
    W403_ARRAY(w403_gate) gates;
    w403_view_list assumptions;
    w403_view_list unknown;
    w403_view_list settle;
    w403_view_list unread; /* facts that were read and are not known: what the answer hangs on, where nothing else says it */
    w403_view_list wanted; /* files of the snapshot that were read and did not say what they should, by path */
    w403_view_list notes;
    uint32_t route;    /* of a Multi-Region Access Point: to which of its buckets (routes.c) */
    uint32_t n_routes; /* how many it has; 0: none was met */
    bool routed;       /* each of them will be asked about */
    uint32_t readings; /* bit of W403_OPEN_*: the other reading is taken (open_questions.c) */
    uint32_t asked;    /* readings that this decision asked for */
    uint32_t hangs_on; /* those on which its answer hangs */
    bool unmodelled; /* something that the verdict hangs on was not known: never allowed for that */
    bool nomem;
} w403_call;

/* ---- caller.c ---- */
w403_status w403_call_caller(w403_call *c, w403_error *err);

/* ---- target.c ---- */
/* Into a target that is cleared. */
w403_status w403_target_resolve(w403_call *c, w403_view resource, w403_view version_id, w403_target *out,
                                w403_error *err);
/* The owner's account in the snapshot; NULL when unknown or not there. */
const w403_account *w403_target_account(const w403_call *c, const w403_target *t);
/* The bucket of an object, or of whatever is behind an access point, as a target of its own. */
w403_target w403_target_bucket(w403_call *c, const w403_target *t);
/* From x-amz-copy-source, into a target that is cleared. */
w403_status w403_target_copy_source(w403_call *c, w403_view header, w403_target *out, w403_error *err);

/* Is it an action that a role's trust policy decides (N-8)? */
bool w403_is_trust_action(w403_view action);
/* The account's users or roles have no such name: the nearest ones are the hint. */
w403_status w403_not_there(const w403_account *account, w403_entity_kind kind, w403_view name, w403_error *err);

/* ---- facts of the request ---- */
w403_view w403_call_header(const w403_call *c, w403_view name); /* case ignored; {NULL,0}: not sent */
w403_view w403_call_query(const w403_call *c, w403_view name);
/* Is a kind of policy, not given by hand, unknown rather than none? */
bool w403_call_unsaid(const w403_call *c, w403_policy_kind kind);
w403_tri w403_same_account(const w403_call *c, w403_view owner);
/* Policies of a kind given by hand: 0 when there are none, else one more than their highest level. */
unsigned w403_call_given_levels(const w403_call *c, w403_policy_kind kind);
static inline unsigned w403_call_given(const w403_call *c, w403_policy_kind kind)
{
    return c->extra ? w403_call_given_levels(c, kind) : 0;
}
bool w403_call_fully_said(const w403_call *c); /* policies by hand and no snapshot */
/* Does it ask for that operation (W403_OPERATION_*)? */
static inline bool w403_call_is(const w403_call *c, unsigned operation)
{
    return c->op && c->op->id == operation;
}

/* request_check.c: refuses what no request to AWS can hold. Its target is resolved. */
W403_NODISCARD w403_status w403_request_check(const w403_call *c, w403_error *err);

/* ---- open_questions.c: questions that AWS leaves open (data/open-questions.tsv) ---- */
/* Is the other reading taken? Where it matters the request is decided by both. */
static inline bool w403_other_answer(w403_call *c, unsigned reading)
{
    c->asked |= 1u << reading;
    return c->readings >> reading & 1;
}
typedef w403_status w403_decide_fn(w403_call *c, w403_decision *out, w403_error *err);
/* Decides `c` again by the other reading of all that it asked for; says on which ones the answer hangs. */
w403_status w403_open_questions_compare(w403_call *c, const w403_decision *first, w403_decide_fn *decide, w403_error *err);

/* ---- routes.c: a request to a Multi-Region Access Point goes to one of its buckets (MR1) ---- */
/* Decides `c` again for every other bucket; where the answers differ *out is undetermined. */
w403_status w403_routes_compare(w403_call *c, w403_decision *out, w403_decide_fn *decide, w403_error *err);

/* ---- encryption.c ---- */
/* Of the object to be written (bucket default, headers), of the multipart upload, or of the object that is there. */
w403_encryption w403_encryption_written(w403_call *c, const w403_target *t);
w403_encryption w403_encryption_upload(w403_call *c, const w403_target *t);
w403_encryption w403_encryption_stored(w403_call *c, const w403_target *t);
/* In words: "the bucket's default encryption". */
w403_view w403_source_words(const w403_call *c, const w403_encryption *e);

/* ---- what is said beside the verdict; duplicates are dropped, nothing is kept with W403_DETAIL_VERDICT ---- */
/* A whole text with named places (words/words.h), in the language of the question's arena. */
#define w403_assume(c, text, ...) w403_say_beside((c), &(c)->assumptions, (text), W403_PARTS(__VA_ARGS__))
#define w403_note(c, text, ...)   w403_say_beside((c), &(c)->notes, (text), W403_PARTS(__VA_ARGS__))
void w403_say_beside(w403_call *c, w403_view_list *list, const char *text, const w403_part *parts, size_t n_parts);
void w403_unknown(w403_call *c, w403_view what);
void w403_settle(w403_call *c, w403_view how);              /* an aws call, or an option */
void w403_unread(w403_call *c, const w403_fact *fact);      /* it is not known, and may be what the answer hangs on */
void w403_want(w403_call *c, w403_view path);               /* the file may matter: a collector can ask for it */
/* The same, of a part of it that is a call of its own: `path#part`. */
void w403_want_of(w403_call *c, w403_view path, const char *part);
const w403_view *w403_decision_wanted(const w403_decision *d, size_t *n);
/* ---- settle.c ---- */
void w403_settle_fact(w403_call *c, const w403_fact *fact); /* the aws call that writes its file */
void w403_settle_tags(w403_call *c, const w403_fact *fact); /* of an access point's or a key's file: its member `Tags` */
struct w403_check_work;
void w403_settle_key(const struct w403_check_work *w);      /* of a check on a KMS key that is not in the snapshot */
void w403_settle_access_point(w403_call *c, const w403_target *t);
/* An option or a call for each thing that is unknown: never none. */
void w403_settle_unknowns(w403_call *c);
/* The detail is said as above. */
#define w403_gate_add(c, cause, closed, status, phase, text, ...)                                                     \
    w403_gate_add_said((c), (cause), (closed), (status), (phase), (text), W403_PARTS(__VA_ARGS__))
w403_gate *w403_gate_add_said(w403_call *c, unsigned cause, w403_tri closed, int status, uint8_t phase, const char *text,
                              const w403_part *parts, size_t n_parts);

static inline bool w403_is_account_id(w403_view v)
{
    for (size_t i = 0; i < v.n && i < 12; i++) {
        if (v.p[i] < '0' || v.p[i] > '9') {
            return false;
        }
    }
    return v.n == 12;
}

/* The same question anew, nothing of it found out yet: for another reading, another route. NULL: memory is short. */
w403_call *w403_call_again(const w403_call *c);

#endif

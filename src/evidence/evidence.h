/* What a user has, an error text, an event, a log line, a command, a URL, turned into candidate requests.
 *
 * Every reader takes length-delimited text of any origin and fills a w403_evidence: one or several readings (which
 * request this may have been), what AWS's own text claims, the facts found (and which of them were inferred), and
 * what is missing, with the option that would supply it. Nothing is decided here and nothing is guessed in silence.
 *
 * Ownership: results live in `arena` and may point into the text given, which must outlive them. Errors: W403_SYNTAX
 * (text that is not what it should be; the message says what was expected), W403_SEMANTIC, W403_LIMIT, W403_NOMEM.
 * Threads: any number, each with its own arena. Cost: O(text). */
#ifndef W403_EVIDENCE_EVIDENCE_H
#define W403_EVIDENCE_EVIDENCE_H

#include "base/error.h"
#include "json/json.h"

typedef enum w403_evidence_kind {
    W403_EVIDENCE_ERROR,
    W403_EVIDENCE_EVENT,
    W403_EVIDENCE_LOG_LINE,
    W403_EVIDENCE_COMMAND,
    W403_EVIDENCE_CURL,
    W403_EVIDENCE_CREDENTIALS,
    W403_EVIDENCE_SESSION,
    W403_EVIDENCE_AUTOMATION,
    W403_EVIDENCE_KINDS
} w403_evidence_kind;
const char *w403_evidence_kind_name(w403_evidence_kind k); /* "error text", "CloudTrail event" ... */
const char *w403_evidence_kind_title(w403_evidence_kind k); /* "From the error text": a heading, to be said by w403_word */

/* One request that the evidence may be about. What the evidence does not say is as w403_request_init leaves it; a
 * resource or principal that is {NULL,0} is listed in `missing` and must be supplied before it can be decided. */
typedef struct w403_reading {
    w403_request request;
    w403_view    why; /* how this reading was arrived at: a phrase */
} w403_reading;

typedef struct w403_evidence_fact {
    const char *name;  /* a closed vocabulary: "principal", "bucket", "source ip" ... */
    w403_view   value;
    bool        inferred; /* not said in so many words */
    w403_view   from;     /* where it stands, or what it was inferred from */
} w403_evidence_fact;

typedef struct w403_missing {
    const char *name;
    const char *option; /* what would supply it: "--as PRINCIPAL" */
    w403_view   why;
} w403_missing;

typedef enum w403_form {
    W403_FORM_NONE,    /* no text of AWS's */
    W403_FORM_BARE,    /* Access Denied, and nothing more */
    W403_FORM_ENHANCED /* names action, policy type or setting */
} w403_form;

enum { W403_CLAIMS_MAX = 6 };

/* What AWS's own text says about the denial. Views are {NULL,0} where it says nothing. */
typedef struct w403_reported {
    w403_form   form;
    const char *causes[W403_CLAIMS_MAX]; /* ids of data/causes.tsv that the text may stand for, likeliest first */
    unsigned    n_causes;
    bool        certain;   /* one of `causes` it is; else they are only likely */
    const char *layer;     /* "identity-based policy" as AWS names it, NULL when it names none */
    bool        explicit_deny;
    int         status;    /* HTTP status, 0: not said */
    w403_view   error_code, message;
    w403_view   operation; /* API name, of the CLI or SDK around it */
    w403_view   action, resource, principal;
    w403_view   policy_arn;
    w403_view   request_id, host_id, authorization_id, event_time;
    w403_view   inventory_date; /* YYYY-MM-DD of an inventory export failure */
} w403_reported;

/* Who the caller is, where it says so (credentials). */
typedef struct w403_identity {
    w403_view arn, account, user_id;
    w403_view source;      /* env, shared-credentials-file, iam-role, assume-role, sso, container-role ... */
    w403_view location;
    w403_view profile, region;
    w403_view access_key;  /* as far as it is shown */
    w403_tri  as_expected; /* against the principal that was expected */
} w403_identity;

/* The call that made a session, and what it narrows the session to. */
typedef struct w403_session {
    w403_view        event_name; /* AssumeRole, GetFederationToken ... */
    w403_view        at;
    w403_view        arn;        /* of the session */
    w403_view        role_arn, session_name, access_key;
    w403_view        policy;     /* JSON text of the inline session policy, {NULL,0}: none */
    const w403_view *policy_arns;
    size_t           n_policy_arns;
    w403_view        source_identity;
    const w403_pair *tags;
    size_t           n_tags;
    w403_tri         mfa;        /* a serial number was given */
} w403_session;

typedef struct w403_evidence {
    w403_evidence_kind  kind;
    const w403_reading *readings; /* likeliest first */
    size_t              n_readings;
    w403_reported       reported;
    bool                aws_s3;  /* `aws s3` sent it, not `aws s3api` or another program */
    w403_view           refused; /* why it is refused where no policy does (a signature), and the way out; {NULL,0} */
    w403_identity       identity;
    w403_session        session;
    const w403_evidence_fact *facts;
    size_t              n_facts;
    const w403_missing *missing;
    size_t              n_missing;
    const w403_view    *notes;
    size_t              n_notes;
} w403_evidence;

/* ---- the readers ---- */

/* AWS's error text in any surroundings: CLI and SDK prefixes, XML bodies, debug output, other languages. */
W403_NODISCARD w403_status w403_evidence_error(w403_arena *arena, w403_view text, w403_evidence *out,
                                               w403_error *err);

/* One CloudTrail event: the object, {"Records": [it]}, or an item of lookup-events. `source` names the text. */
W403_NODISCARD w403_status w403_evidence_event(w403_arena *arena, w403_view source, w403_view text,
                                               w403_evidence *out, w403_error *err);
/* The same of a text that was parsed, in an arena that lives as long. */
W403_NODISCARD w403_status w403_evidence_event_doc(w403_arena *arena, const w403_json_doc *doc, w403_evidence *out,
                                                   w403_error *err);

/* A server access log line, split by the room that reads logs; values as they stand in the log, {NULL,0} for `-`. */
typedef struct w403_log_fields {
    w403_view bucket_owner, bucket;
    w403_view time; /* 06/Feb/2019:00:00:38 +0000 (brackets or not), ISO 8601, or epoch seconds */
    w403_view remote_ip, requester, request_id, operation;
    w403_view key;         /* percent-encoded, usually twice */
    w403_view decoded_key; /* it as it is, where the reader knows; else {NULL,0} */
    w403_view request_uri; /* GET /b/k?x HTTP/1.1 */
    w403_view status, error_code;
    w403_view referer, user_agent, version_id, host_id;
    w403_view signature_version, cipher_suite, auth_type, host_header, tls_version;
    w403_view access_point_arn, acl_required, source_region;
    bool      no_requester; /* nobody says who asked: `requester` is no `-` */
    w403_tri  secure; /* over TLS; UNKNOWN where the line has no field that tells */
} w403_log_fields;
/* The id of a VPC endpoint; {NULL,0}: it is none (`AWS Internal`). */
w403_view w403_endpoint_id(w403_view v);
/* The service of a Requester field, as `svc:s3.amazonaws.com` or bare; {NULL,0}: it is no service. */
w403_view w403_requester_service(w403_view requester);
W403_NODISCARD w403_status w403_evidence_log_line(w403_arena *arena, const w403_log_fields *fields,
                                                  w403_evidence *out, w403_error *err);

/* An `aws s3`, `aws s3api` or `aws s3control` command line in POSIX shell syntax. `size`: bytes of the local file,
 * which decides multipart; UINT64_MAX: unknown, then both ways are readings. */
W403_NODISCARD w403_status w403_evidence_command(w403_arena *arena, w403_view text, uint64_t size,
                                                 w403_evidence *out, w403_error *err);

/* A `curl` command line, or a URL (presigned or not). */
W403_NODISCARD w403_status w403_evidence_curl(w403_arena *arena, w403_view text, w403_evidence *out,
                                              w403_error *err);

/* What `aws configure list` and `aws sts get-caller-identity` printed, either or both, in any order. `expected`
 * (may be {NULL,0}) is the principal it should be. */
W403_NODISCARD w403_status w403_evidence_credentials(w403_arena *arena, w403_view text, w403_view expected,
                                                     w403_evidence *out, w403_error *err);

/* The call that made a session, out of a CloudTrail file (JSON or one event a line), or of a fragment of one. `who`
 * is a session ARN or access key id; {NULL,0} takes the only one there is. `at` (may be {NULL,0}): the latest call
 * not after it. Damaged JSON is repaired only when there is one way to do it; the notes say what was changed.
 * Errors: W403_NOT_FOUND when no event made that session. */
W403_NODISCARD w403_status w403_evidence_session(w403_arena *arena, w403_view source, w403_view text, w403_view who,
                                                 w403_view at, w403_evidence *out, w403_error *err);

/* The option of `aws s3` (else of `aws s3api`) that sends a header field, without its dashes; NULL: it has none. Of several
 * names the first of the tool's documentation. */
const char *w403_option_of_header(w403_view header, bool aws_s3);

/* Has `aws`, or one of its commands for S3, an option of that name? */
bool w403_is_aws_option(w403_view name);

/* ---- judging a reading ---- */

typedef enum w403_agreement {
    W403_AGREES,       /* same cause (or nothing was reported) */
    W403_SAME_REQUEST, /* denied, for another cause than AWS's text names */
    W403_NOT_DENIED,   /* AWS denied it, the snapshot would allow it: they differ in time */
    W403_UNSURE        /* undetermined */
} w403_agreement;

/* Compares what was reported with a reading's explanation. `causes`: the ids explained, first the reported one. */
w403_agreement w403_evidence_agrees(const w403_reported *r, w403_verdict verdict, const char *const *causes,
                                    size_t n_causes, w403_view action);
/* One sentence on what to make of it, {NULL,0} when there is nothing to say; static. */
const char *w403_agreement_text(w403_agreement a);

/* The bucket about which `service` writes this key (access logs, inventory reports); NULL: the snapshot does not tell. */
const struct w403_bucket *w403_delivery_source(const w403_snapshot *s, w403_view service, w403_view bucket,
                                               w403_view key);
/* A service's delivery gets aws:SourceArn and aws:SourceAccount from it, where the request does not say them. */
W403_NODISCARD w403_status w403_delivery_context(w403_arena *a, const w403_snapshot *s, w403_request *r,
                                                 w403_error *err);

/* What readings are judged by. */
typedef struct w403_judging {
    const w403_snapshot *snapshot; /* may be NULL */
    const w403_policies *policies; /* may be NULL */
    const w403_reported *said;     /* what AWS said; NULL: nothing */
    bool                 denied;   /* AWS denied the request, or nobody knows; else it succeeded */
    w403_detail          detail;
    w403_arena          *arena;
} w403_judging;

/* A reading, decided. */
typedef struct w403_answered {
    bool                decided;
    const w403_request *request; /* less unsaid than was asked, where AWS's words leave only one way; in the arena */
    w403_decision       decision;
    w403_explanation    explanation;
    w403_agreement      agreement; /* W403_UNSURE: AWS said nothing */
} w403_answered;

/* Decides one reading. Errors: those of w403_decide. */
W403_NODISCARD w403_status w403_answer_reading(const w403_judging *j, const w403_request *request, w403_answered *out,
                                               w403_error *err);
/* Of several, the one of the lowest rank counts, of equals the first: it fits what AWS said best, then the action that
 * AWS named, then the operation. */
unsigned w403_answer_rank(const w403_judging *j, const w403_answered *a);

/* AWS refused, without naming a permission, what the policies at hand allow: then the answer hangs on what the request
 * may have carried and the evidence does not show (tags, an ACL, a version, a lock), where that needs a permission that is
 * missing. These come first in what is unknown, and the answer is undetermined. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_answer_optional(const w403_judging *j, w403_answered *a, w403_error *err);

/* ---- keys that look missing ---- */

enum {
    W403_KEY_PERCENT = 1, /* %20 for a blank, or the reverse */
    W403_KEY_PLUS = 2,    /* `+` for a blank */
    W403_KEY_BLANKS = 4,  /* leading or trailing blank */
    W403_KEY_SLASH = 8,   /* leading or doubled slash */
    W403_KEY_CASE = 16,
    W403_KEY_UNICODE = 32, /* composed and decomposed letters (NFC, NFD) */
    W403_KEY_TYPO = 64     /* one or two characters */
};

typedef struct w403_near_key {
    w403_view key;
    size_t    index;    /* in the list */
    unsigned  reasons;  /* W403_KEY_* */
    unsigned  distance; /* with W403_KEY_TYPO: edits */
    w403_view why;      /* a phrase */
} w403_near_key;

/* The nearest of `keys` to one that is not there, best first, at most `max`. Exact matches are not near misses.
 * Cost: one pass over the list. */
W403_NODISCARD w403_status w403_nearest_keys(w403_arena *arena, w403_view key, const w403_view *keys, size_t n,
                                             size_t max, const w403_near_key **out, size_t *n_out, w403_error *err);
/* Other spellings of a key worth asking for, with the reason each. */
W403_NODISCARD w403_status w403_key_variants(w403_arena *arena, w403_view key, const w403_near_key **out,
                                             size_t *n_out, w403_error *err);

#endif

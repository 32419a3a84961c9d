/* One logged request, whatever wrote it: a server access log line (text or CloudWatch JSON) or a CloudTrail
 * event. What a format does not tell is {NULL,0}, 0, -1 or W403_UNKNOWN: `-` and null never get here as text.
 *
 * Lifetime: every view points into the reader's window or arena and dies when the callback that was given the
 * record returns. Copy what is kept. */
#ifndef W403_LOGS_RECORD_H
#define W403_LOGS_RECORD_H

#include "base/limits.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "json/json.h"

typedef enum w403_log_form {
    W403_LOG_NONE,
    W403_LOG_ACCESS,      /* server access log line */
    W403_LOG_ACCESS_JSON, /* the same as CloudWatch Logs JSON */
    W403_LOG_TRAIL        /* CloudTrail event */
} w403_log_form;

typedef enum w403_who {
    W403_WHO_UNKNOWN,
    W403_WHO_ANONYMOUS,
    W403_WHO_ARN,       /* user, role session, federated user, root */
    W403_WHO_CANONICAL, /* an account's canonical id: its root, or a caller of another account */
    W403_WHO_ACCOUNT,   /* a 12-digit account id: a cross-account caller as the owner sees it */
    W403_WHO_SERVICE    /* an AWS service on its own behalf: `requester` is s3.amazonaws.com or the like */
} w403_who;

/* What is odd or worth pointing at in a record. */
enum {
    W403_MARK_QUOTES = 1 << 0,        /* unescaped quotes inside URI, referer or user agent */
    W403_MARK_AMBIGUOUS = 1 << 1,     /* they allow several readings, maybe on purpose */
    W403_MARK_EXTRA_FIELDS = 1 << 2,  /* more than the 27 fields known */
    W403_MARK_VERB_MISMATCH = 1 << 3, /* operation and Request-URI contradict each other */
    W403_MARK_KEY_MISMATCH = 1 << 4,  /* key and Request-URI contradict each other */
    W403_MARK_SIGV2 = 1 << 5,
    W403_MARK_OLD_TLS = 1 << 6,  /* 1.0, 1.1, SSL */
    W403_MARK_NO_TLS = 1 << 7,   /* plain HTTP: a TLS record would name a cipher suite */
    W403_MARK_PRESIGNED = 1 << 8,
    W403_MARK_UNKNOWN_OPERATION = 1 << 9,
    W403_MARK_KEY_UNDECODED = 1 << 10, /* the key is no valid percent encoding: kept as it stands */
    W403_MARK_INVALID_UTF8 = 1 << 11,
    W403_MARKS = 12
};

/* CloudTrail's userIdentity. */
typedef struct w403_log_identity {
    w403_view type; /* IAMUser, Root, AssumedRole, FederatedUser, AWSAccount, AWSService ... */
    w403_view principal_id, arn, account, user_name, access_key_id;
    w403_view invoked_by;      /* the service in between (FAS), or the service itself */
    w403_view source_identity;
    w403_view issuer_type, issuer_id, issuer_arn, issuer_account, issuer_name;
    w403_view created_text;    /* sessionContext.attributes.creationDate */
    w403_instant created;      /* 0: not given */
    w403_tri  mfa;
} w403_log_identity;

typedef struct w403_record {
    w403_log_form form;
    uint32_t      marks;  /* W403_MARK_* */
    w403_view     file;   /* as the user knows it; `-` is standard input */
    uint64_t      offset; /* of `raw` in the decompressed file; of its envelope when it came in one */
    w403_view     raw;    /* the line without its end, or the event's JSON */
    bool          history; /* out of CloudTrail's event history, which reaches back 90 days */
    bool          carried; /* not as it stands in the file: out of an envelope, or of a row */

    w403_view    time_text;
    w403_instant time; /* receipt (access log) or completion (CloudTrail); 0: not given */
    w403_who     who;
    w403_view    requester; /* ARN, canonical id, account id or service name, by `who` */

    w403_view              operation;    /* REST.GET.OBJECT, GetObject */
    w403_view              event_source; /* CloudTrail: s3.amazonaws.com */
    const w403_log_name   *access_name;  /* catalog row of an access log operation, or NULL */
    const w403_event_name *event_name;   /* catalog row of a CloudTrail S3 event, or NULL */

    w403_view bucket, bucket_owner; /* owner: canonical id (access log) or account id (CloudTrail) */
    w403_view key_raw;              /* as logged */
    w403_view key;                  /* decoded; {NULL,0} for a bucket request */
    w403_view version_id;
    int       status;               /* HTTP; 0: CloudTrail does not say */
    w403_view status_text;
    w403_view error_code, error_message;
    w403_view request_id, host_id;

    w403_view source_ip;     /* or a service's DNS name, or `AWS Internal` */
    w403_view vpc_endpoint, vpc_endpoint_account;
    w403_view user_agent, referer;
    w403_view signature, cipher, auth_type, tls, host_header;
    w403_view access_point_arn, source_region;
    w403_tri  acl_required;
    w403_tri  secure;        /* access logs: over TLS; UNKNOWN where no field tells */

    /* access logs only */
    w403_view request_uri, method, path, query; /* the last three: parts of the first, as logged */
    int64_t   bytes_sent, object_size, total_ms, turnaround_ms; /* -1: not given */
    uint32_t  n_fields; /* of a text line */

    /* CloudTrail only */
    w403_log_identity     identity;
    w403_view         event_id, shared_event_id, event_type, event_category, region, recipient_account;
    w403_tri          read_only, management;
    w403_view         kms_key;         /* requestParameters.keyId, else the key among the resources */
    w403_view         kms_context_arn; /* encryptionContext aws:s3:arn */
    const w403_json  *event;           /* the whole event, and parts of it; NULL when absent */
    const w403_json  *request, *response, *additional;
    const w403_json_doc *doc;          /* that `event` belongs to */
} w403_record;

/* Clears *r to "not given" everywhere. */
void w403_record_init(w403_record *r);

/* Was it refused for want of permission or proof of identity (403)? Access logs by status, CloudTrail by
 * data/error-codes.tsv. */
bool w403_record_denied(const w403_record *r);

/* The S3 operation (catalog) behind the record; `nth` counts from 0 where a log name stands for several.
 * NULL when there is none. */
const w403_operation *w403_record_operation(const w403_record *r, size_t nth);

/* "sigv2", "old-tls" ... for bit number `bit` (0..W403_MARKS-1), and a sentence about it. */
const char *w403_mark_name(unsigned bit);
const char *w403_mark_about(unsigned bit);
bool        w403_mark_is_odd(unsigned bit); /* a presigned URL is a kind of request, nothing odd */

#endif

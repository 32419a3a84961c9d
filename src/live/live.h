/* live: the one door to the network, and what stands on both sides of it.
 *
 * The program opens the module (live.so: libcurl, OpenSSL, expat) for `collect` and `--live` only, and gets one struct of
 * functions from it. A call goes in as a row of data/collect-calls.tsv with its arguments; an answer comes out as the JSON
 * that `aws ... --output json` would print. The module knows no snapshot; who plans the calls knows no network, so that
 * tests drive it with functions of their own. */
#ifndef W403_LIVE_LIVE_H
#define W403_LIVE_LIVE_H

#include "base/error.h"
#include "base/view.h"

/* Grows with every change of what follows; a module of another number is refused. */
enum { W403_LIVE_ABI = 2 };

typedef enum w403_live_addressing {
    W403_LIVE_ADDRESSING_AUTO, /* path style, but where a store's endpoint allows only names of hosts */
    W403_LIVE_ADDRESSING_PATH,
    W403_LIVE_ADDRESSING_VIRTUAL,
} w403_live_addressing;

/* What the module says while it works. Never a secret; an access key id by its last four characters only. */
typedef enum w403_live_note {
    W403_LIVE_NOTE,    /* to be told once: an endpoint that is not AWS's, a clock that is off, a region that is off */
    W403_LIVE_WARNING, /* a file of the user's that is read in another way than was written */
    W403_LIVE_DEBUG,   /* a canonical request (--debug-sign) */
} w403_live_note;

typedef struct w403_live_rate {
    w403_view service; /* s3 */
    double    per_second;
} w403_live_rate;

/* Empty views and zeros: as the `aws` command would find it, or the default of the specification. */
typedef struct w403_live_options {
    w403_view             profile;
    w403_view             region; /* of calls that name none */
    w403_view             role;   /* name, or ARN: assumed in every account that a call names */
    w403_view             external_id;
    w403_view             role_session_name;
    w403_view             mfa_code;
    w403_view             endpoint_url;
    w403_view             ca_bundle;
    bool                  no_sign_request;
    bool                  allow_http;
    bool                  debug_sign;
    w403_live_addressing  s3_addressing;
    unsigned              jobs;         /* requests in flight: 64 */
    unsigned              max_attempts; /* 5 */
    unsigned              timeout_ms;   /* of one request: 10,000 */
    const w403_live_rate *rates;
    size_t                n_rates;
    void (*say)(void *user, w403_live_note kind, w403_view text); /* NULL: silent */
    void *user;
} w403_live_options;

/* A member of the request by the name that AWS's API gives it (Bucket, RoleName, PolicyArn, Filter.1.Name). A member
 * that is a list comes once for each element. */
typedef struct w403_live_argument {
    w403_view name;
    w403_view value;
} w403_live_argument;

typedef struct w403_live_call {
    uint16_t                  row;     /* of w403_calls (live/calls.h) */
    w403_view                 account; /* whose credentials, 12 digits; empty: the caller's own */
    w403_view                 region;  /* empty: the one of a global service, else that of the session */
    const w403_live_argument *arguments;
    size_t                    n_arguments;
    void                     *tag; /* comes back with the answer */
} w403_live_call;

/* One page of an answer, or the error that ended it. Everything lives until the function that gets it returns. */
typedef struct w403_live_answer {
    void     *tag;
    uint16_t  row;
    unsigned  page;    /* from 0; 0 once more: the listing began anew, its pages before are void */
    bool      last;    /* the last one of this call; an error always is */
    w403_view json;    /* the page as the snapshot has it, without what only pages (spec: 2.2); empty: an error */
    w403_view code;    /* AWS's, or why403.InvalidResponse, .Truncated, .TooLarge, .Redirect, .ConnectFailed, .TlsFailed,
                          .Timeout, .PagingLoop; empty: good */
    w403_view message; /* AWS's, as it came */
    w403_view sample;  /* of an answer that is none: its first 80 printable bytes, for the report only */
    w403_view bucket_region; /* header x-amz-bucket-region, of good answers and of errors */
    int       status;        /* of HTTP; 0: none came */
    unsigned  newer_members; /* members that the tables do not know: kept under their names on the wire */
} w403_live_answer;

typedef void w403_live_answer_fn(void *user, const w403_live_answer *answer);

typedef struct w403_live_counts {
    unsigned long requests;  /* sent, retries among them */
    unsigned long retried;
    unsigned long throttled;
    unsigned long connections;
    unsigned long bytes;
    unsigned      in_flight;
    unsigned      waiting; /* calls not yet sent */
} w403_live_counts;

typedef struct w403_live_session w403_live_session;

/* One thread at a time. A module has no state but its sessions. */
typedef struct w403_live {
    unsigned abi; /* W403_LIVE_ABI */
    /* Reads configuration and finds credentials, without calling AWS for more than they need. Errors: what was looked
     * at and why each failed. */
    W403_NODISCARD w403_status (*open)(const w403_live_options *options, w403_live_session **out, w403_error *err);
    /* Puts a call into the queue; everything is copied but the tag. May be called while an answer is delivered. */
    W403_NODISCARD w403_status (*add)(w403_live_session *session, const w403_live_call *call, w403_error *err);
    /* Sends what is queued until nothing is left or `stop` was called; every page is delivered once, those of one call
     * in order. An error is one of the session's (credentials refused, memory); an error of a call is an answer. */
    W403_NODISCARD w403_status (*run)(w403_live_session *session, w403_live_answer_fn *deliver, void *user,
                                      w403_error *err);
    /* No more requests: `run` returns when those in flight have ended or were cut. Safe in a signal handler. */
    void (*stop)(w403_live_session *session);
    void (*count)(const w403_live_session *session, w403_live_counts *out);
    /* For messages: where the caller's own credentials are from, and the access key's id by its last four letters. */
    w403_view (*origin)(const w403_live_session *session);
    /* Wipes the secrets. NULL is fine. */
    void (*close)(w403_live_session *session);
} w403_live;

/* The symbol that the module exports. */
const w403_live *w403_live_module(void);

#endif

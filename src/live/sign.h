/* AWS Signature Version 4: who sends a request, proved without sending the secret. Nothing here opens a connection. */
#ifndef W403_LIVE_SIGN_H
#define W403_LIVE_SIGN_H

#include "base/time.h"
#include "live/secrets.h"

/* Credentials. The views are of the block of secrets. */
typedef struct w403_keys {
    w403_view    id, secret, token; /* token: empty where there is none */
    w403_instant expires;           /* INT64_MAX: never; 0: AWS says that they have */
    w403_instant renew;             /* from then on others are asked for; INT64_MAX: never */
    uint32_t     serial;            /* another one with each renewal, never 0: what signing keys are cached by */
} w403_keys;

typedef struct w403_header {
    w403_view name, value;
} w403_header;

enum {
    W403_SIGN_NORMALIZE = 1,   /* empty segments, `.` and `..` are taken out of the path */
    W403_SIGN_PATH_ONCE = 2,   /* the path is signed as it is sent; without it what was sent is encoded once more */
    W403_SIGN_BODY_HEADER = 4, /* x-amz-content-sha256 is sent and signed */
    /* The two sets of rules that AWS's services have. */
    W403_SIGN_S3 = W403_SIGN_PATH_ONCE | W403_SIGN_BODY_HEADER,
    W403_SIGN_OTHERS = W403_SIGN_NORMALIZE,
};

typedef struct w403_sign_input {
    w403_view          method;
    w403_view          host;  /* as the header says it: with its port unless that is the scheme's own */
    w403_view          path;  /* as it is sent: percent-encoded, without the query */
    w403_view          query; /* as it is sent, without the `?` */
    w403_view          body;
    w403_view          service, region; /* of the scope */
    const w403_header *headers;         /* to be signed beside host, x-amz-date and what the signature adds */
    size_t             n_headers;
    unsigned           rules; /* W403_SIGN_* */
} w403_sign_input;

/* Headers to send; empty: not this one. Valid until the signer's next signature, the token as long as the keys. */
typedef struct w403_signature {
    w403_view authorization;
    w403_view date;      /* x-amz-date */
    w403_view body_hash; /* x-amz-content-sha256 */
    w403_view token;     /* x-amz-security-token */
} w403_signature;

typedef struct w403_signer w403_signer;

W403_NODISCARD w403_status w403_signer_new(w403_secrets *secrets, w403_signer **out, w403_error *err);
void                       w403_signer_free(w403_signer *s); /* NULL is fine */

/* Cost: two hashes of the request's head, one of its body; some 3 us. */
W403_NODISCARD w403_status w403_sign(w403_signer *s, const w403_keys *keys, const w403_sign_input *in,
                                     w403_signature *out, w403_error *err);

/* Where a canonical request and its text to be signed are told (--debug-sign), with the token left out. */
void w403_signer_debug(w403_signer *s, void (*tell)(void *user, w403_view text), void *user);

/* A server says what time it is (header Date: `Mon, 30 Nov 2026 21:00:00 GMT`). True: this machine's clock is more than
 * four minutes off, by `*seconds` (ahead: positive); what is signed from now on has the server's time. False where the
 * signer had that offset already. */
bool w403_signer_skew(w403_signer *s, w403_view date, int64_t *seconds);
void w403_signer_fix_time(w403_signer *s, w403_instant now); /* for tests: always this time */

#endif

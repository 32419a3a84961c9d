/* Whose requests these are: everything that a session reads from files and the environment, and the credentials of the
 * caller and of every account that is entered by a role. Found where the aws command finds them, in its order. */
#ifndef W403_LIVE_CREDENTIALS_H
#define W403_LIVE_CREDENTIALS_H

#include "live/endpoints.h"
#include "live/http.h"

typedef struct w403_credentials w403_credentials;

typedef struct w403_parts {
    w403_secrets      *secrets;
    w403_credentials  *credentials;
    w403_signer       *signer;
    w403_endpoints    *endpoints;
    w403_http_options  http;
    unsigned           max_attempts, timeout_ms;
    bool               anonymous; /* --no-sign-request: nothing is signed, and there are no credentials */
} w403_parts;

/* `options`, and what its views show, must outlive it. Errors: a file that cannot be read, with its place; no credentials:
 * what was looked at, and why each had none, was told to `say` as notes then, a line each. */
W403_NODISCARD w403_status w403_parts_open(const w403_live_options *options, w403_parts **out, w403_error *err);
void                       w403_parts_close(w403_parts *p); /* wipes; NULL is fine */

typedef enum w403_credentials_how {
    W403_CREDENTIALS_THERE,   /* `keys` */
    W403_CREDENTIALS_SEND,    /* send `request` (AssumeRole) and tell w403_credentials_answer; who asks next has to wait */
    W403_CREDENTIALS_WAIT,    /* it was sent and is not answered yet */
    W403_CREDENTIALS_REFUSED, /* `code`, `message`: the account cannot be entered */
} w403_credentials_how;

typedef struct w403_credentials_found {
    w403_credentials_how     how;
    const w403_keys         *keys;    /* valid until the next question about this account */
    const w403_http_request *request; /* valid until it is answered */
    w403_view                code, message;
} w403_credentials_found;

/* Credentials for an account; empty: the caller's own, and so with every account where no role was given. Renewed when less
 * than five minutes are left: the caller's own while this waits. Of an anonymous session: keys without an id. Errors: those
 * that end the session. */
W403_NODISCARD w403_status w403_credentials_find(w403_credentials *c, w403_view account, w403_credentials_found *out,
                                                 w403_error *err);

/* The request found no answer that is worth the name (a connection that broke, throttling): the next question gives it again,
 * signed anew. */
void w403_credentials_again(w403_credentials *c, w403_view account);

/* What came back for the request. `code` is what the server or the connection said was wrong; empty: `body` has the keys. */
W403_NODISCARD w403_status w403_credentials_answer(w403_credentials *c, w403_view account, w403_view body, w403_view code,
                                                   w403_view message, w403_error *err);

/* AWS says that the account's credentials have expired: true if others can be had, by the next w403_credentials_find. */
bool w403_credentials_expired(w403_credentials *c, w403_view account);

/* For messages: where the caller's own are from ("profile `dev`"), and the access key's id by its last four letters. */
w403_view w403_credentials_origin(const w403_credentials *c);

#endif

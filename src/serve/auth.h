/* Who may ask: tokens by their hashes, sessions of browsers, the token of the start URL. */
#ifndef W403_SERVE_AUTH_H
#define W403_SERVE_AUTH_H

#include <pthread.h>

#include "base/array.h"
#include "base/error.h"
#include "base/sha256.h"

enum { W403_SCOPE_PDP = 1, W403_SCOPE_ASK = 2, W403_SCOPE_ADMIN = 4, W403_SCOPE_METRICS = 8, W403_SCOPE_SESSION = 16 };

enum { W403_SESSIONS = 64, W403_SECRET_TEXT = 44 }; /* 32 bytes as base64url, and a NUL */

typedef struct w403_who {
    unsigned  scopes; /* W403_SCOPE_*; 0: nobody */
    bool      cookie; /* a browser's session: what other sites make it send must be refused */
    char      name[32];
} w403_who;

typedef struct w403_token {
    w403_view name;
    unsigned  scopes;
    uint8_t   hash[W403_SHA256_BYTES];
} w403_token;

typedef struct w403_auth {
    pthread_mutex_t lock;
    w403_arena *arena;
    W403_ARRAY(w403_token) tokens;
    struct { uint8_t hash[W403_SHA256_BYTES]; uint64_t until_ns; } sessions[W403_SESSIONS];
    uint8_t  start[W403_SHA256_BYTES]; /* of the token in the start URL */
    uint64_t start_until_ns;           /* 0: it was used */
} w403_auth;

/* Lines `NAME SCOPE[,SCOPE] SHA256`; `#` begins a comment. Errors: a file that others may read, a line that is none. */
W403_NODISCARD w403_status w403_auth_open(w403_auth *a, const char *tokens, w403_error *err);
void w403_auth_close(w403_auth *a);
/* A new token for the start URL. */
W403_NODISCARD w403_status w403_auth_start(w403_auth *a, uint64_t now_ns, char out[static W403_SECRET_TEXT], w403_error *err);
/* Takes the token of the start URL: a session's secret in return. False: it is not the one, or was used. */
bool w403_auth_enter(w403_auth *a, w403_view token, uint64_t now_ns, char session[static W403_SECRET_TEXT]);
w403_who w403_auth_session(w403_auth *a, w403_view secret, uint64_t now_ns);
w403_who w403_auth_token(w403_auth *a, w403_view token);

bool w403_random(void *out, size_t n);

#endif

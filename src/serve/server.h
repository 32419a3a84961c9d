/* The server: what it was told, what it knows, and one request on its way. */
#ifndef W403_SERVE_SERVER_H
#define W403_SERVE_SERVER_H

#include <stdatomic.h>

#include "base/array.h"
#include "json/json.h"
#include "serve/auth.h"
#include "serve/http.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/worlds.h"

#define W403_SECOND 1000000000ull /* nanoseconds */

typedef struct w403_serve_limits {
    uint64_t body, pdp_body, line, header, depth, nodes, evaluations, page, connections, per_address, memory;
    uint64_t request_s, idle_s, keep_alive_s, answer_ms;
} w403_serve_limits;

typedef W403_ARRAY(w403_view) w403_names;

typedef struct w403_serve_options {
    w403_names listen, pdp_listen, hosts, store_hosts; /* ADDRESS:PORT; names that are ours */
    w403_view socket, public_url;
    const char *tokens, *keys, *authzen, *cert, *key, *client_ca, *snapshot; /* paths; NULL: none */
    bool     no_auth, behind_proxy, trust_proxy, open, undetermined_allows;
    unsigned threads, dialect; /* W403_DIALECT_* */
    int64_t  max_age_s;        /* of a snapshot; 0: any */
    w403_log_names log_names;
    bool     quiet;
    w403_serve_limits limits;
} w403_serve_options;

/* Access keys by their id: whose they are. */
typedef struct w403_key_owners {
    w403_arena *arena;
    w403_map    by_id; /* id -> w403_view *, an ARN */
} w403_key_owners;

/* A question on its way, and the flag that ends it. */
typedef struct w403_watched {
    struct w403_watched *prev, *next;
    uint64_t             until_ns;
    atomic_bool         *stop;
} w403_watched;

typedef struct w403_watch {
    pthread_mutex_t lock;
    w403_watched   *first;
} w403_watch;

typedef struct w403_server {
    w403_serve_options options;
    const w403_http   *http;
    w403_auth          auth;
    w403_worlds        worlds;
    w403_metrics       metrics;
    w403_log           log;
    w403_key_owners    keys;
    w403_watch         watch;
    struct w403_authzen_map *authzen; /* NULL: clients speak our words */
    w403_http_ops      ops;
    unsigned           port;       /* of the first listener: cookies are named by it */
    uint32_t           pdp_listeners, unix_listeners; /* bit i: listener i is one */
    uint8_t            seal[32];   /* of tokens of pages */
    atomic_bool        draining, reload_wanted, reloading;
    int                wake;       /* an eventfd: there is something for the main thread */
    pthread_mutex_t    running_lock;
    w403_http_server  *running; /* of the module; another one after the certificate changed */
} w403_server;

typedef enum w403_error_form { W403_FORM_PROBLEM, W403_FORM_OPA, W403_FORM_AUTHZEN, W403_FORM_GATE } w403_error_form;

struct w403_serve_route;

/* One request on its way. */
typedef struct w403_serving {
    w403_server   *server;
    w403_exchange *x;
    const struct w403_serve_route *route;
    w403_generation *world;  /* held */
    w403_arena      *arena;  /* of this thread; of `whole` and `piece` only */
    w403_view        path, query;
    w403_view        id;     /* X-Request-Id */
    w403_who         who;
    w403_log_decision decision; /* for the log */
    void            *batch;
    atomic_bool      stop;   /* the answer takes too long */
    size_t           room;
    char             text[3072]; /* header values, and what must live as long as the request */
} w403_serving;

/* ---- answer.c ---- */
void w403_add_field(w403_serving *q, const char *name, w403_view value); /* a header of the answer; the value is copied */
w403_view w403_keep_text(w403_serving *q, w403_view v);                      /* a copy that lives as long as the request; {NULL,0}: no room */
void w403_answer(w403_serving *q, int status, const char *type);        /* the body is in x->out */
void w403_answer_text(w403_serving *q, int status, const char *type, w403_view body);
/* A refusal, in the form of the route's protocol. `code` is one of a closed list: syntax, semantic, forbidden ... */
void w403_refuse(w403_serving *q, int status, const char *code, const char *detail, const char *hint);
void w403_refuse_error(w403_serving *q, const w403_error *err);
int  w403_status_of(const w403_error *err, const char **code);
const char *w403_phrase(int status);

/* ---- request.c ---- */
w403_view w403_field(const w403_exchange *x, const char *name);         /* the first header of that name; {NULL,0}: none */
unsigned  w403_field_count(const w403_exchange *x, const char *name);
/* What a head must be before anything is done with it; false: it was answered. */
bool w403_guard_head(w403_serving *q);
/* The body as JSON, within the limits; false: it was answered. */
bool w403_body_fits(const w403_serving *q);
bool w403_body_json(w403_serving *q, w403_json_doc *doc);
bool w403_query_has(w403_view query, const char *name);
w403_view w403_query_value(w403_arena *a, w403_view query, const char *name);

/* ---- scratch.c ---- */
void w403_watch_open(w403_watch *w);
void w403_watch_begin(w403_server *s, w403_watched *one, atomic_bool *stop);
void w403_watch_end(w403_server *s, w403_watched *one);
bool w403_watch_look(w403_server *s); /* ends those whose time is over; is there any? */

/* ---- run.c ---- */
void w403_server_wake(w403_server *s);
/* The snapshot is to be loaded anew. False: that is being done. */
bool w403_server_reload(w403_server *s);

uint64_t w403_now_ns(void);
void     w403_new_id(char out[static 27]); /* 26 letters and a NUL: time, then chance */

#endif

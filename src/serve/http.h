/* The door of the module that speaks HTTP: what the program and the module agree on. The program knows requests and answers;
 * the module knows sockets, TLS and libmicrohttpd, and nothing of what is asked. */
#ifndef W403_SERVE_HTTP_H
#define W403_SERVE_HTTP_H

#include "base/buf.h"
#include "base/error.h"
#include "serve/web_files.h"

#define W403_HTTP_ABI 1

enum { W403_HTTP_FIELDS = 100, W403_HTTP_EXTRA = 16, W403_HTTP_LISTENERS = 16 };

/* Why a connection was cut or not taken. */
typedef enum w403_http_refusal {
    W403_HTTP_CROWDED,   /* too many connections: the one that idled longest went */
    W403_HTTP_ADDRESS,   /* too many of one address */
    W403_HTTP_SLOW,      /* the request did not come whole in time */
    W403_HTTP_REFUSALS
} w403_http_refusal;

/* One request, and what is answered. Texts live until `done`. */
typedef struct w403_exchange {
    w403_view  method, target, version; /* as they came: nothing is decoded */
    w403_pair  fields[W403_HTTP_FIELDS];
    unsigned   n_fields;  /* beyond W403_HTTP_FIELDS they are counted only */
    bool       torn;      /* a line of its head does not end in CR LF, or holds a NUL */
    const char *peer;     /* address without port; "" of a Unix socket */
    bool       local;     /* loopback, or a Unix socket */
    bool       tls;
    unsigned   listener;
    w403_view  body;      /* in `whole` */

    /* By `head`: */
    size_t     body_limit; /* more is answered by 413 */
    bool       streams;    /* `piece` takes the body as it comes, and what it appends to `out` is sent as it goes */

    /* By `head`, `whole` or `piece`: */
    int         status;   /* 0: not answered yet */
    const char *type;
    w403_pair   extra[W403_HTTP_EXTRA];
    unsigned    n_extra;
    w403_buf    out;      /* the body; freed by the module */
    w403_view   fixed;    /* a body that lives as long as the module, in place of `out` */
    bool        close;    /* no other request on this connection */

    void    *own;         /* the program's; freed in `done` */
    uint64_t began_ns;    /* monotonic: when the request line was there */
    uint64_t body_bytes;
} w403_exchange;

/* Called by the module's threads, each for its own connections. */
typedef struct w403_http_ops {
    void *user;
    void (*head)(void *user, w403_exchange *x);
    void (*whole)(void *user, w403_exchange *x);
    void (*piece)(void *user, w403_exchange *x, w403_view bytes, bool last);
    void (*too_large)(void *user, w403_exchange *x); /* the body is larger than its limit: fill the answer */
    void (*done)(void *user, w403_exchange *x, bool whole); /* of every request that `head` has seen */
    void (*refused)(void *user, w403_http_refusal why);
} w403_http_ops;

typedef struct w403_http_config {
    const w403_http_ops *ops;
    int      listener[W403_HTTP_LISTENERS]; /* sockets that listen; they are the caller's, and closed by him */
    bool     tls[W403_HTTP_LISTENERS];
    unsigned n_listeners;
    unsigned threads, per_thread, per_address; /* 0: no limit */
    size_t   header_bytes;
    unsigned request_s, idle_s, keep_alive_s;
    const char *cert, *key, *client_ca; /* PEM; NULL: none */
} w403_http_config;

typedef struct w403_http_server w403_http_server;

typedef struct w403_http {
    unsigned abi; /* W403_HTTP_ABI */
    w403_status (*start)(const w403_http_config *config, w403_http_server **out, w403_error *err);
    void (*quiesce)(w403_http_server *s);            /* takes no further connections */
    unsigned (*connections)(const w403_http_server *s);
    void (*stop)(w403_http_server *s);               /* cuts what is still open, and frees it */
    const w403_web_file *files;
    size_t n_files;
} w403_http;

#endif

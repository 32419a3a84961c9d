/* A connection and its request, for the files of the module. */
#ifndef W403_SERVE_HTTP_STATE_H
#define W403_SERVE_HTTP_STATE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "serve/http.h"

#define W403_SECOND_NS 1000000000ull

typedef enum conn_phase {
    CONN_FRESH,     /* nothing has come yet */
    CONN_IDLE,      /* between two requests */
    CONN_READING,   /* a request line is there, the rest not yet */
    CONN_PAUSED,    /* of a stream: the answer waits for its reader */
    CONN_ANSWERING,
    CONN_CUT
} conn_phase;

typedef struct http_conn {
    struct http_conn *prev, *next;
    struct w403_http_server *server;
    struct MHD_Connection   *mhd;
    int        fd;
    bool       tls, local;
    unsigned   listener;
    char       peer[64];
    _Atomic conn_phase phase;        /* changed under the server's lock */
    _Atomic uint64_t deadline, last; /* when it is cut; when something came last */

    w403_exchange x;
    w403_buf   target, body; /* libmicrohttpd decodes the address where it lies */
    w403_buf   pending;    /* bytes of a stream that the socket did not take yet */
    size_t     pending_at;
    int        spill;      /* a file without a name, for what does not fit; -1: none yet */
    uint64_t   spill_at, spill_n;
    uint64_t   sent;       /* bytes of the stream that the socket took */
    bool       begun;      /* `head` has seen this request */
    bool       raw;        /* the head of the answer went out past libmicrohttpd */
    bool       ended;      /* the last piece was given */
    bool       discard;    /* the answer is known: what comes is dropped */
    bool       whole;      /* the answer went out whole */
} http_conn;

/* One socket that listens. */
typedef struct http_listener {
    struct w403_http_server *server;
    unsigned index;
    struct MHD_Daemon *daemon;
    int      fd; /* ours of the socket; -1: none */
} http_listener;

struct w403_http_server {
    w403_http_config config;
    http_listener    listeners[W403_HTTP_LISTENERS];
    pthread_mutex_t lock;
    http_conn      *conns;  /* newest first */
    atomic_uint     n_conns;
    pthread_t       timer;
    int             wake;   /* eventfd: there is something new for the timer */
    atomic_bool     stopping;
};

uint64_t w403_http_now(void);

/* http_answer.c */
enum MHD_Result w403_http_queue(http_conn *c); /* the answer of c->x, by libmicrohttpd */
bool w403_http_raw(http_conn *c);              /* the whole answer of c->x at once, past it; plain sockets only */
/* One step of a request whose answer goes out while its body comes in. */
enum MHD_Result w403_http_stream(http_conn *c, const char *data, size_t *n);

/* http_timer.c */
void *w403_http_timer(void *server);
void  w403_http_wake(w403_http_server *s);
/* Makes room for one more: the connection that has idled longest goes. Under the lock. */
void  w403_http_evict(w403_http_server *s);

#endif

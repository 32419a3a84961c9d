/* libmicrohttpd's callbacks: connections come and go, a request's head, its body, its end.
 *
 * Poll mode with a pool of threads: the epoll mode of 0.9.75 stalls where a multiple of 128 connections is busy. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "serve/http_state.h"

enum { SPARE = 64 }; /* connections that libmicrohttpd takes beyond ours, until the oldest is gone */

uint64_t w403_http_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * W403_SECOND_NS + (uint64_t)t.tv_nsec;
}

/* ---- connections ---- */

static void name_peer(http_conn *c, const struct sockaddr *a)
{
    c->local = !a || a->sa_family == AF_UNIX;
    if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)a;
        (void)inet_ntop(AF_INET, &in->sin_addr, c->peer, sizeof c->peer);
        c->local = (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    } else if (a && a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const void *)a;
        bool                       mapped = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);
        (void)inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &in->sin6_addr.s6_addr[12] : (const void *)&in->sin6_addr, c->peer,
                        sizeof c->peer);
        c->local = IN6_IS_ADDR_LOOPBACK(&in->sin6_addr) || (mapped && in->sin6_addr.s6_addr[12] == 127);
    }
}

static void opened(w403_http_server *s, unsigned listener, struct MHD_Connection *mhd, void **context)
{
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *addr = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    http_conn                      *c = calloc(1, sizeof *c);
    *context = c;
    if (!c || !fd) {
        return; /* its first request is refused */
    }
    uint64_t now = w403_http_now();
    *c = (http_conn){.server = s, .mhd = mhd, .fd = fd->connect_fd, .listener = listener, .tls = s->config.tls[listener],
                     .spill = -1, .last = now, .deadline = now + s->config.request_s * W403_SECOND_NS};
    name_peer(c, addr ? addr->client_addr : NULL);
    unsigned same = 0;
    (void)pthread_mutex_lock(&s->lock);
    for (const http_conn *o = s->conns; o && s->config.per_address && !c->local; o = o->next) {
        same += strcmp(o->peer, c->peer) == 0;
    }
    bool many = atomic_load(&s->n_conns) >= s->config.per_thread * s->config.threads;
    if (many) {
        w403_http_evict(s);
    }
    c->next = s->conns;
    if (c->next) {
        c->next->prev = c;
    }
    s->conns = c;
    atomic_fetch_add(&s->n_conns, 1);
    bool refused = same && same >= s->config.per_address;
    if (refused) {
        c->phase = CONN_CUT;
        (void)shutdown(c->fd, SHUT_RDWR);
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (many || refused) {
        s->config.ops->refused(s->config.ops->user, refused ? W403_HTTP_ADDRESS : W403_HTTP_CROWDED);
    }
}

static void closed(w403_http_server *s, http_conn *c)
{
    (void)pthread_mutex_lock(&s->lock);
    if (c->prev) {
        c->prev->next = c->next;
    } else {
        s->conns = c->next;
    }
    if (c->next) {
        c->next->prev = c->prev;
    }
    atomic_fetch_sub(&s->n_conns, 1);
    (void)pthread_mutex_unlock(&s->lock);
    w403_buf_free(&c->target);
    w403_buf_free(&c->body);
    w403_buf_free(&c->pending);
    w403_buf_free(&c->x.out);
    if (c->spill >= 0) {
        (void)close(c->spill);
    }
    free(c);
}

static void on_connection(void *user, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
    const http_listener *l = user;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        opened(l->server, l->index, mhd, context);
    } else if (*context) {
        closed(l->server, *context);
        *context = NULL;
    }
}

/* ---- requests ---- */

static http_conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return i ? i->socket_context : NULL;
}

static void *on_line(void *user, const char *target, struct MHD_Connection *mhd)
{
    http_conn *c = conn_of(mhd);
    (void)user;
    if (!c) {
        return NULL;
    }
    uint64_t now = w403_http_now(), until = now + c->server->config.request_s * W403_SECOND_NS;
    (void)pthread_mutex_lock(&c->server->lock);
    if (c->phase != CONN_CUT) {
        c->phase = CONN_READING;
        c->last = now;
        c->deadline = c->deadline < until ? c->deadline : until;
    }
    (void)pthread_mutex_unlock(&c->server->lock);
    w403_buf_clear(&c->body);
    w403_buf_clear(&c->target);
    w403_buf_puts(&c->target, target);
    c->x = (w403_exchange){.target = w403_buf_view(&c->target), .began_ns = now};
    c->begun = c->ended = c->discard = c->whole = false;
    return c;
}

static enum MHD_Result on_field(void *user, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t n)
{
    w403_exchange *x = user;
    (void)kind;
    if (x->n_fields < W403_HTTP_FIELDS) {
        /* libmicrohttpd ends a value with a NUL over its CR, and another over the LF: where something else follows, the line ended in LF
         * alone, or the value holds a NUL and ended there for it. Lines lie in its buffer one behind the other. */
        x->torn = x->torn || (value && n && value[n + 1] != '\0');
        x->fields[x->n_fields] = (w403_pair){{name, name_n}, {value ? value : "", value ? n : 0}};
    }
    x->n_fields++;
    return MHD_YES;
}

static w403_view field(const w403_exchange *x, const char *name)
{
    for (unsigned i = 0; i < x->n_fields && i < W403_HTTP_FIELDS; i++) {
        if (w403_view_ieq(x->fields[i].name, w403_view_of(name))) {
            return x->fields[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

/* An answer that is known before the body. */
static enum MHD_Result answer_early(http_conn *c)
{
    const w403_exchange *x = &c->x;
    w403_view            length = field(x, "content-length");
    bool                 body = field(x, "transfer-encoding").p || (length.p && !w403_view_eq(length, W403_LIT("0")));
    if (field(x, "expect").p || (x->close && (c->tls || !body))) {
        return w403_http_queue(c);
    }
    c->discard = true; /* whoever is still sending reads it all the same */
    if (x->close && body) {
        (void)w403_http_raw(c);
        c->deadline = w403_http_now() + W403_SECOND_NS;
    }
    return MHD_YES;
}

/* libmicrohttpd asks for a certificate, and lets in whoever has none. */
static bool is_known(http_conn *c)
{
    unsigned                        wrong = 1;
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return tls && tls->tls_session && gnutls_certificate_verify_peers2(tls->tls_session, &wrong) == GNUTLS_E_SUCCESS && wrong == 0;
}

static enum MHD_Result on_head(http_conn *c, const char *method, const char *version)
{
    const w403_http_ops *ops = c->server->config.ops;
    w403_exchange       *x = &c->x;
    x->method = w403_view_of(method);
    x->version = w403_view_of(version);
    x->torn = version[x->version.n + 1] != '\0';
    x->peer = c->peer;
    x->local = c->local;
    x->tls = c->tls;
    x->listener = c->listener;
    if (c->tls && c->server->config.client_ca && !is_known(c)) {
        return MHD_NO;
    }
    (void)MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, on_field, x);
    c->begun = true;
    ops->head(ops->user, x);
    return x->status ? answer_early(c) : MHD_YES;
}

static enum MHD_Result on_body(http_conn *c, const char *data, size_t *n)
{
    const w403_http_ops *ops = c->server->config.ops;
    w403_exchange       *x = &c->x;
    c->last = w403_http_now(); /* a word; the timer may read the old one */
    if (*n == 0) {
        x->body = w403_buf_view(&c->body);
        ops->whole(ops->user, x);
        return w403_http_queue(c);
    }
    if (c->body.n + *n > x->body_limit) {
        ops->too_large(ops->user, x);
        c->discard = true;
        x->close = true;
        if (!c->tls) {
            (void)w403_http_raw(c);
            c->deadline = w403_http_now() + W403_SECOND_NS;
        }
    } else {
        w403_buf_put(&c->body, (w403_view){data, *n});
        x->body_bytes = c->body.n;
    }
    explicit_bzero((char *)(uintptr_t)data, *n); /* libmicrohttpd's own copy: bodies may hold secrets */
    *n = 0;
    return w403_buf_ok(&c->body) ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                  const char *data, size_t *n, void **request)
{
    http_conn *c = *request;
    (void)user;
    (void)url;
    (void)mhd;
    if (!c || c->phase == CONN_CUT) {
        return MHD_NO;
    }
    if (!c->begun) {
        return on_head(c, method, version);
    }
    if (c->discard) {
        bool last = *n == 0;
        *n = 0;
        return !last ? MHD_YES : c->raw ? MHD_NO : w403_http_queue(c);
    }
    return c->x.streams ? w403_http_stream(c, data, n) : on_body(c, data, n);
}

static void on_end(void *user, struct MHD_Connection *mhd, void **request, enum MHD_RequestTerminationCode why)
{
    http_conn *c = *request;
    (void)user;
    (void)mhd;
    if (!c) {
        return;
    }
    const w403_http_ops *ops = c->server->config.ops;
    uint64_t             now = w403_http_now();
    if (c->begun) {
        ops->done(ops->user, &c->x, c->whole && (c->raw || why == MHD_REQUEST_TERMINATED_COMPLETED_OK));
    }
    if (c->body.p) {
        explicit_bzero(c->body.p, c->body.cap);
    }
    w403_buf_free(&c->body);
    w403_buf_free(&c->x.out);
    (void)pthread_mutex_lock(&c->server->lock);
    if (c->phase != CONN_CUT) {
        c->phase = CONN_IDLE;
        c->last = now;
        c->deadline = now + (c->server->config.keep_alive_s + c->server->config.request_s) * W403_SECOND_NS;
    }
    (void)pthread_mutex_unlock(&c->server->lock);
    *request = NULL;
}

/* ---- the server ---- */

static struct MHD_Daemon *daemon_start(w403_http_server *s, unsigned i)
{
    const w403_http_config *g = &s->config;
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | (g->tls[i] ? MHD_USE_TLS : 0u);
    struct MHD_OptionItem options[12];
    unsigned              n = 0;
    if (g->threads > 1) {
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)g->threads, NULL};
    }
    if (g->tls[i]) {
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)g->cert};
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)g->key};
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"};
        if (g->client_ca) {
            options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)g->client_ca};
        }
    }
    options[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    /* A daemon that cannot be started closes the socket that it was given: it gets one of its own. */
    s->listeners[i].fd = fcntl(g->listener[i], F_DUPFD_CLOEXEC, 3);
    struct MHD_Daemon *d = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, &s->listeners[i], MHD_OPTION_LISTEN_SOCKET, (MHD_socket)s->listeners[i].fd,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, &s->listeners[i], MHD_OPTION_NOTIFY_COMPLETED, on_end, s,
        MHD_OPTION_URI_LOG_CALLBACK, on_line, s, MHD_OPTION_CONNECTION_LIMIT, (unsigned)(g->threads * (g->per_thread + SPARE)),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, g->header_bytes, MHD_OPTION_CONNECTION_TIMEOUT, g->request_s + g->keep_alive_s + 60,
        MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    s->listeners[i].fd = d ? s->listeners[i].fd : -1;
    return d;
}

static void quiesce(w403_http_server *s)
{
    for (unsigned i = 0; i < s->config.n_listeners; i++) {
        if (s->listeners[i].daemon) {
            (void)MHD_quiesce_daemon(s->listeners[i].daemon);
        }
    }
}

static void stop(w403_http_server *s)
{
    if (!s) {
        return;
    }
    quiesce(s);
    atomic_store(&s->stopping, true);
    if (s->timer) {
        w403_http_wake(s);
        (void)pthread_join(s->timer, NULL);
    }
    (void)pthread_mutex_lock(&s->lock);
    for (http_conn *c = s->conns; c; c = c->next) {
        if (c->phase == CONN_PAUSED) { /* libmicrohttpd does not stop with one that sleeps */
            c->phase = CONN_CUT;
            MHD_resume_connection(c->mhd);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    for (unsigned i = 0; i < s->config.n_listeners; i++) {
        if (s->listeners[i].daemon) {
            MHD_stop_daemon(s->listeners[i].daemon);
            (void)close(s->listeners[i].fd); /* since it takes no more it is not the daemon's */
        }
    }
    if (s->wake >= 0) {
        (void)close(s->wake);
    }
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

static w403_status start(const w403_http_config *config, w403_http_server **out, w403_error *err)
{
    w403_http_server *s = calloc(1, sizeof *s);
    *out = NULL;
    W403_NEED(s, err);
    s->config = *config;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)pthread_mutex_init(&s->lock, NULL);
    for (unsigned i = 0; i < config->n_listeners && s->wake >= 0; i++) {
        s->listeners[i].server = s;
        s->listeners[i].index = i;
        s->listeners[i].daemon = daemon_start(s, i);
        if (!s->listeners[i].daemon) {
            stop(s);
            return w403_error_set(err, W403_SEMANTIC, config->tls[i] ? "the certificate and its key cannot be used"
                                                                     : "the server could not be started");
        }
    }
    if (s->wake < 0 || pthread_create(&s->timer, NULL, w403_http_timer, s) != 0) {
        s->timer = 0;
        stop(s);
        return w403_error_set(err, W403_IO, "no thread could be started");
    }
    *out = s;
    return W403_OK;
}

static unsigned connections(const w403_http_server *s)
{
    return atomic_load(&((w403_http_server *)(uintptr_t)s)->n_conns);
}

__attribute__((visibility("default"))) const void *w403_http_module(void);
const void *w403_http_module(void)
{
    static w403_http module = {.abi = W403_HTTP_ABI, .start = start, .quiesce = quiesce, .connections = connections, .stop = stop,
                               .files = w403_web_files};
    module.n_files = w403_web_files_n;
    return &module;
}

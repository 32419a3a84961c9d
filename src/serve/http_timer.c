/* The timer of the module: a request has a time in which it must have come whole, whatever drips in meanwhile (libmicrohttpd's
 * own timeout only knows silence); answers that wait for their reader go on when he reads. */
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/http_state.h"

enum { TICK_MS = 200, PAUSED_AT_ONCE = 128 };

void w403_http_wake(w403_http_server *s)
{
    uint64_t one = 1;
    ssize_t  n = write(s->wake, &one, sizeof one);
    (void)n; /* full: it is awake */
}

/* Its thread sees the end of the stream, and cleans up. Under the lock: the descriptor is open. */
static void cut(http_conn *c)
{
    static const char late[] = "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
                               "Connection: close\r\nContent-Length: 103\r\n\r\n"
                               "{\"type\":\"about:blank\",\"title\":\"Request Timeout\",\"status\":408,"
                               "\"detail\":\"the request did not come whole\"}";
    if (c->phase == CONN_READING && !c->tls && !c->raw) {
        (void)send(c->fd, late, sizeof late - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (c->phase == CONN_PAUSED) {
        MHD_resume_connection(c->mhd);
    }
    c->phase = CONN_CUT;
    (void)shutdown(c->fd, SHUT_RDWR);
}

void w403_http_evict(w403_http_server *s)
{
    http_conn *oldest = NULL;
    for (http_conn *c = s->conns; c; c = c->next) {
        if ((c->phase == CONN_FRESH || c->phase == CONN_IDLE) && (!oldest || c->last < oldest->last)) {
            oldest = c;
        }
    }
    if (oldest) {
        cut(oldest);
    }
}

static void look_at_clock(w403_http_server *s)
{
    uint64_t now = w403_http_now();
    bool     slow = false;
    (void)pthread_mutex_lock(&s->lock);
    for (http_conn *c = s->conns; c; c = c->next) {
        bool waits = c->phase == CONN_FRESH || c->phase == CONN_READING;
        bool silent = waits && now > c->last + s->config.idle_s * W403_SECOND_NS;
        bool idle = c->phase == CONN_IDLE && now > c->last + s->config.keep_alive_s * W403_SECOND_NS;
        if (c->phase != CONN_CUT && (silent || idle || now > c->deadline)) {
            slow = slow || c->phase != CONN_IDLE;
            cut(c);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (slow) {
        s->config.ops->refused(s->config.ops->user, W403_HTTP_SLOW);
    }
}

static unsigned gather(w403_http_server *s, struct pollfd *at)
{
    unsigned n = 1;
    (void)pthread_mutex_lock(&s->lock);
    for (http_conn *c = s->conns; c && n < PAUSED_AT_ONCE; c = c->next) {
        if (c->phase == CONN_PAUSED) {
            at[n++] = (struct pollfd){.fd = c->fd, .events = POLLOUT};
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    return n;
}

static void resume(w403_http_server *s, int fd)
{
    (void)pthread_mutex_lock(&s->lock);
    for (http_conn *c = s->conns; c; c = c->next) {
        if (c->fd == fd && c->phase == CONN_PAUSED) {
            c->phase = CONN_READING;
            c->last = w403_http_now();
            MHD_resume_connection(c->mhd);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
}

void *w403_http_timer(void *server)
{
    w403_http_server *s = server;
    struct pollfd     at[PAUSED_AT_ONCE];
    at[0] = (struct pollfd){.fd = s->wake, .events = POLLIN};
    while (!atomic_load(&s->stopping)) {
        uint64_t n;
        unsigned waiting = gather(s, at);
        if (poll(at, waiting, TICK_MS) > 0) {
            if (at[0].revents) {
                ssize_t got = read(s->wake, &n, sizeof n);
                (void)got;
            }
            for (unsigned i = 1; i < waiting; i++) {
                if (at[i].revents) {
                    resume(s, at[i].fd);
                }
            }
        }
        look_at_clock(s);
    }
    return NULL;
}

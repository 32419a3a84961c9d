/* Answers: by libmicrohttpd, or past it where it cannot: an answer that goes out while the request still comes in, and one
 * that must reach its client though the rest of the request is not wanted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/http_state.h"

/* Bytes of a stream that wait for their reader in memory; what is more goes into a file, and comes back in pieces. */
enum { STREAM_HELD = 256 << 10, SPILL_PIECE = 64 << 10 };

static bool begin_answer(http_conn *c)
{
    w403_http_server *s = c->server;
    uint64_t          now = w403_http_now();
    (void)pthread_mutex_lock(&s->lock);
    bool open = c->phase != CONN_CUT;
    if (open) {
        c->phase = CONN_ANSWERING;
        c->last = now;
        c->deadline = now + (s->config.request_s + (c->x.out.n + c->x.fixed.n) / 100000) * W403_SECOND_NS;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return open;
}

enum MHD_Result w403_http_queue(http_conn *c)
{
    w403_exchange       *x = &c->x;
    struct MHD_Response *r;
    if (!w403_buf_ok(&x->out) || !begin_answer(c)) {
        return MHD_NO;
    }
    if (x->fixed.p) {
        r = MHD_create_response_from_buffer(x->fixed.n, (void *)(uintptr_t)x->fixed.p, MHD_RESPMEM_PERSISTENT);
    } else {
        r = MHD_create_response_from_buffer(x->out.n, x->out.p, x->out.p ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
        x->out = r ? (w403_buf){0} : x->out;
    }
    if (!r) {
        return MHD_NO;
    }
    bool good = !x->type || MHD_add_response_header(r, "Content-Type", x->type) == MHD_YES;
    for (unsigned i = 0; good && i < x->n_extra; i++) { /* both end in NUL: w403_exchange_add */
        good = MHD_add_response_header(r, x->extra[i].name.p, x->extra[i].value.p) == MHD_YES;
    }
    if (good && x->close) {
        good = MHD_add_response_header(r, "Connection", "close") == MHD_YES;
    }
    enum MHD_Result done = good ? MHD_queue_response(c->mhd, (unsigned)x->status, r) : MHD_NO;
    MHD_destroy_response(r);
    c->whole = done == MHD_YES;
    return done;
}

static void put_head(http_conn *c, w403_buf *b, bool chunked)
{
    const w403_exchange *x = &c->x;
    const char          *phrase = MHD_get_reason_phrase_for((unsigned)x->status);
    w403_buf_printf(b, "HTTP/1.1 %d %s\r\n", x->status, phrase ? phrase : "Unknown");
    if (x->type) {
        w403_buf_printf(b, "Content-Type: %s\r\n", x->type);
    }
    for (unsigned i = 0; i < x->n_extra; i++) {
        w403_buf_printf(b, "%s: %s\r\n", x->extra[i].name.p, x->extra[i].value.p);
    }
    if (chunked) {
        w403_buf_puts(b, "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    } else {
        w403_buf_printf(b, "Connection: close\r\nContent-Length: %zu\r\n\r\n", x->out.n);
    }
}

/* Bytes that wait, wherever they lie. */
static uint64_t waiting(const http_conn *c)
{
    return c->pending.n - c->pending_at + c->spill_n - c->spill_at;
}

/* Bytes of the file that are next, into memory. */
static bool unspill(http_conn *c)
{
    char    room[SPILL_PIECE];
    ssize_t n = pread(c->spill, room, sizeof room, (off_t)c->spill_at);
    if (n <= 0) {
        return false;
    }
    w403_buf_put(&c->pending, (w403_view){room, (size_t)n});
    c->spill_at += (uint64_t)n;
    if (c->spill_at == c->spill_n) {
        c->spill_at = c->spill_n = 0;
        return ftruncate(c->spill, 0) == 0 && w403_buf_ok(&c->pending);
    }
    return w403_buf_ok(&c->pending);
}

/* Many clients send all of their lines before they read: what they are answered must lie somewhere until then. */
static void spill(http_conn *c)
{
    if (c->spill_n == 0 && c->pending.n - c->pending_at <= STREAM_HELD) {
        return;
    }
    if (c->spill < 0) {
        c->spill = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
    size_t  n = c->pending.n - c->pending_at;
    ssize_t done = c->spill >= 0 && c->spill_n == 0 ? pwrite(c->spill, c->pending.p + c->pending_at, n, 0) : -1;
    if (done > 0) {
        c->pending_at += (size_t)done;
        c->spill_n = (uint64_t)done;
    }
}

/* Behind what waits already. */
static void put_pending(http_conn *c, w403_view v)
{
    while (c->spill_n > 0 && v.n > 0) {
        ssize_t n = pwrite(c->spill, v.p, v.n, (off_t)c->spill_n);
        if (n <= 0) {
            c->pending.failed = true; /* no room: nothing may be left out between */
            return;
        }
        c->spill_n += (uint64_t)n;
        v = w403_view_sub(v, (size_t)n, v.n);
    }
    w403_buf_put(&c->pending, v);
}

/* False: the other side is gone, or what waits cannot be read again. */
static bool flush(http_conn *c)
{
    while (waiting(c) > 0) {
        if (c->pending_at == c->pending.n) {
            w403_buf_clear(&c->pending);
            c->pending_at = 0;
            if (!unspill(c)) {
                return false;
            }
        }
        ssize_t n = send(c->fd, c->pending.p + c->pending_at, c->pending.n - c->pending_at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        }
        c->pending_at += (size_t)n;
        bool another = (c->sent >> 20) != ((c->sent + (uint64_t)n) >> 20);
        c->sent += (uint64_t)n;
        if (another) { /* who reads a megabyte in ten seconds has ten more */
            c->deadline = w403_http_now() + 10 * W403_SECOND_NS;
        }
    }
    w403_buf_clear(&c->pending);
    c->pending_at = 0;
    return true;
}

bool w403_http_raw(http_conn *c)
{
    if (c->raw || !begin_answer(c)) {
        return false;
    }
    c->raw = true;
    put_head(c, &c->pending, false);
    w403_buf_put(&c->pending, w403_buf_view(&c->x.out));
    bool good = w403_buf_ok(&c->pending) && flush(c) && c->pending.n == 0;
    (void)shutdown(c->fd, SHUT_WR);
    c->whole = good;
    return good;
}

static void put_chunk(http_conn *c)
{
    char size[24];
    if (!c->raw) {
        put_head(c, &c->pending, true);
        c->raw = true;
    }
    if (c->x.out.n) {
        int n = snprintf(size, sizeof size, "%zx\r\n", c->x.out.n);
        put_pending(c, (w403_view){size, (size_t)n});
        put_pending(c, w403_buf_view(&c->x.out));
        put_pending(c, W403_LIT("\r\n"));
        w403_buf_clear(&c->x.out);
    }
}

/* The writer waits: its connection sleeps until the timer finds that the socket takes more. */
static enum MHD_Result pause_writer(http_conn *c)
{
    w403_http_server *s = c->server;
    (void)pthread_mutex_lock(&s->lock);
    bool open = c->phase != CONN_CUT;
    if (open) {
        MHD_suspend_connection(c->mhd);
        c->phase = CONN_PAUSED;
    }
    (void)pthread_mutex_unlock(&s->lock);
    w403_http_wake(s);
    return open ? MHD_YES : MHD_NO;
}

/* A megabyte more has come: it has its time. */
static void more_time(http_conn *c, size_t n)
{
    w403_http_server *s = c->server;
    uint64_t          now = w403_http_now();
    bool              another = (c->x.body_bytes >> 20) != ((c->x.body_bytes + n) >> 20);
    (void)pthread_mutex_lock(&s->lock);
    c->last = now;
    if (another) {
        c->deadline = now + 10 * W403_SECOND_NS;
    }
    (void)pthread_mutex_unlock(&s->lock);
    c->x.body_bytes += n;
}

enum MHD_Result w403_http_stream(http_conn *c, const char *data, size_t *n)
{
    const w403_http_ops *ops = c->server->config.ops;
    bool                 plain = !c->tls && w403_view_eq(c->x.version, W403_LIT("HTTP/1.1"));
    if (plain && !flush(c)) {
        return MHD_NO;
    }
    spill(c);
    if (c->pending.n - c->pending_at > STREAM_HELD || (c->ended && waiting(c))) {
        return pause_writer(c);
    }
    if (c->ended && plain) {
        c->whole = true;
        return MHD_NO; /* all is said: the connection goes */
    }
    bool last = *n == 0;
    more_time(c, *n);
    ops->piece(ops->user, &c->x, (w403_view){data, *n}, last);
    *n = 0;
    c->ended = last;
    if (!plain) { /* what cannot be written past libmicrohttpd is written when the request has ended */
        return last ? w403_http_queue(c) : w403_buf_ok(&c->x.out) ? MHD_YES : MHD_NO;
    }
    put_chunk(c);
    if (last) {
        put_pending(c, W403_LIT("0\r\n\r\n"));
    }
    if (!w403_buf_ok(&c->pending) || !w403_buf_ok(&c->x.out) || !flush(c)) {
        return MHD_NO;
    }
    if (last && waiting(c)) {
        return pause_writer(c);
    }
    c->whole = last;
    return last ? MHD_NO : MHD_YES;
}

/* Sockets that listen: systemd's, or our own. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/setup.h"

enum { BACKLOG = 1024, FIRST_PASSED = 3 /* SD_LISTEN_FDS_START */ };

bool w403_listen_split(w403_view text, w403_view *host, w403_view *port)
{
    size_t   colon = text.n;
    uint64_t n;
    while (colon > 0 && text.p[colon - 1] != ':') {
        colon--;
    }
    *host = colon ? w403_view_sub(text, 0, colon - 1) : W403_LIT("127.0.0.1");
    *port = w403_view_sub(text, colon, text.n);
    bool v6 = host->n > 1 && host->p[0] == '[' && host->p[host->n - 1] == ']';
    if (v6) {
        *host = w403_view_sub(*host, 1, host->n - 1);
    }
    return host->n > 0 && w403_view_u64(*port, &n) && n < 65536 && (v6 || w403_view_find_char(*host, ':') >= host->n);
}

bool w403_listen_is_local(w403_view text)
{
    w403_view host, port;
    return w403_listen_split(text, &host, &port) && (w403_view_starts(host, W403_LIT("127.")) || w403_view_eq(host, W403_LIT("::1")) ||
                                                     w403_view_eq(host, W403_LIT("localhost")));
}

static w403_status add(w403_listeners *l, int fd, bool tls, bool pdp, bool local, w403_view address, w403_error *err)
{
    if (l->n == W403_HTTP_LISTENERS) {
        (void)close(fd);
        return w403_error_set(err, W403_LIMIT, "at most %d addresses are listened at", W403_HTTP_LISTENERS);
    }
    l->pdp |= (uint32_t)pdp << l->n;
    l->local |= (uint32_t)local << l->n;
    l->fd[l->n] = fd;
    l->tls[l->n] = tls;
    l->address[l->n++] = address;
    return W403_OK;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t               n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
        return 0;
    }
    return a.ss_family == AF_INET    ? ntohs(((struct sockaddr_in *)&a)->sin_port)
           : a.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&a)->sin6_port)
                                     : 0;
}

static w403_status bind_one(const struct addrinfo *at, w403_view text, int *out, w403_error *err)
{
    int on = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (at->ai_family == AF_INET6) {
            (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        }
        if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
            *out = fd;
            return W403_OK;
        }
    }
    char        why[128];
    const char *text_of = w403_errno_text(errno, why, sizeof why);
    if (fd >= 0) {
        (void)close(fd);
    }
    return w403_error_set(err, W403_IO, "cannot listen at `%.*s`: %s", W403_CUT(text), text_of);
}

static w403_status listen_tcp(w403_arena *a, w403_listeners *l, w403_view text, bool tls, bool pdp, w403_error *err)
{
    w403_view       host, port;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    int             fd = -1;
    if (!w403_listen_split(text, &host, &port)) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no address to listen at: ADDRESS:PORT", W403_CUT(text));
    }
    host = w403_arena_copy(a, host);
    port = w403_arena_copy(a, port);
    W403_NEED(host.p && port.p, err);
    int code = getaddrinfo(host.p, port.p, &want, &found);
    if (code != 0) {
        return w403_error_set(err, W403_IO, "cannot listen at `%.*s`: %s", W403_CUT(text), gai_strerror(code));
    }
    w403_status status = bind_one(found, text, &fd, err);
    freeaddrinfo(found);
    W403_TRY(status);
    unsigned given = port_of(fd);
    l->port = l->port ? l->port : given;
    bool v6 = w403_view_find_char(host, ':') < host.n;
    return add(l, fd, tls, pdp, false, w403_arena_printf(a, v6 ? "[%s]:%u" : "%s:%u", host.p, given), err);
}

static w403_status listen_unix(w403_listeners *l, w403_view path, w403_error *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct stat        s;
    char               why[128];
    if (path.n == 0 || path.n >= sizeof at.sun_path) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no path of a socket: at most %zu bytes", W403_CUT(path), sizeof at.sun_path - 1);
    }
    memcpy(at.sun_path, path.p, path.n);
    if (lstat(at.sun_path, &s) == 0 && S_ISSOCK(s.st_mode)) { /* of a server that is gone */
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool alive = probe >= 0 && connect(probe, (const void *)&at, sizeof at) == 0;
        if (probe >= 0) {
            (void)close(probe);
        }
        if (alive) {
            return w403_error_set(err, W403_IO, "a server listens at `%.*s` already", W403_CUT(path));
        }
        (void)unlink(at.sun_path);
    }
    int    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177);
    bool   good = fd >= 0 && bind(fd, (const void *)&at, sizeof at) == 0 && listen(fd, BACKLOG) == 0;
    int    code = errno;
    (void)umask(before);
    if (!good) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return w403_error_set(err, W403_IO, "cannot listen at `%.*s`: %s", W403_CUT(path), w403_errno_text(code, why, sizeof why));
    }
    return add(l, fd, false, false, true, path, err);
}

/* Those that systemd opened for us; false: there are none. */
static bool passed(w403_arena *a, const w403_serve_options *o, w403_listeners *l)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    uint64_t    n = 0, ours = 0;
    if (!pid || !fds || !w403_view_u64(w403_view_of(pid), &ours) || ours != (uint64_t)getpid() ||
        !w403_view_u64(w403_view_of(fds), &n) || n == 0) {
        return false;
    }
    for (unsigned i = 0; i < n && l->n < W403_HTTP_LISTENERS; i++) {
        int      fd = FIRST_PASSED + (int)i, flags = fcntl(fd, F_GETFL);
        unsigned port = port_of(fd);
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        l->port = l->port ? l->port : port;
        w403_error err;
        if (add(l, fd, o->cert && port, false, port == 0, w403_arena_printf(a, port ? "port %u of systemd" : "socket %u of systemd", port ? port : i),
                &err) != W403_OK) {
            break;
        }
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    l->passed = l->n > 0;
    return l->passed;
}

w403_status w403_listen(w403_arena *a, const w403_serve_options *o, w403_listeners *out, w403_error *err)
{
    *out = (w403_listeners){.n = 0};
    if (passed(a, o, out)) {
        return W403_OK;
    }
    for (size_t i = 0; i < o->listen.n; i++) {
        W403_TRY(listen_tcp(a, out, o->listen.at[i], o->cert != NULL, false, err));
    }
    for (size_t i = 0; i < o->pdp_listen.n; i++) {
        W403_TRY(listen_tcp(a, out, o->pdp_listen.at[i], o->cert != NULL, true, err));
    }
    return o->socket.p ? listen_unix(out, o->socket, err) : W403_OK;
}

void w403_listeners_refuse(w403_listeners *l)
{
    for (unsigned i = 0; i < l->n && !l->passed; i++) {
        (void)shutdown(l->fd[i], SHUT_RDWR);
    }
}

void w403_listeners_close(w403_listeners *l, const w403_serve_options *o)
{
    for (unsigned i = 0; i < l->n; i++) {
        (void)close(l->fd[i]);
        if (l->local >> i & 1 && o->socket.p && w403_view_eq(l->address[i], o->socket)) {
            (void)unlink(o->socket.p);
        }
    }
    l->n = 0;
}

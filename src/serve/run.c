/* why403 serve: starts, reloads, drains. The main thread waits for signals, changes of files and the clock; requests are
 * answered by the module's threads. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/module.h"
#include "cli/commands.h"
#include "serve/authzen.h"
#include "serve/setup.h"
#include "serve/watch.h"

enum { TICK_MS = 100, DRAIN_MS = 10000, QUIET_MS = 500 };

typedef struct running {
    w403_cli         *cli;
    w403_server       server;
    w403_listeners    listeners;
    w403_http_config  config;
    w403_arena       *certificates; /* of the module that runs */
    w403_http_server *before;       /* with the certificate before, until its connections are gone */
    w403_folder_watch watch;
    int               signals;
    pthread_t         reloader;
    bool              reloader_runs;
} running;

void w403_server_wake(w403_server *s)
{
    uint64_t one = 1;
    ssize_t  n = write(s->wake, &one, sizeof one);
    (void)n;
}

bool w403_server_reload(w403_server *s)
{
    if (atomic_load(&s->reloading) || atomic_exchange(&s->reload_wanted, true)) {
        return false;
    }
    w403_server_wake(s);
    return true;
}

/* ---- reloads: aside, in a thread of their own ---- */

static void *reload(void *user)
{
    w403_server *s = user;
    w403_error   err;
    char         text[128];
    if (w403_worlds_reload(&s->worlds, &err) == W403_OK) {
        w403_generation *g = w403_worlds_hold(&s->worlds);
        int n = snprintf(text, sizeof text, "generation %s: %llu files in %.3f s", g->name, (unsigned long long)g->files, g->load_s);
        w403_worlds_release(g);
        w403_log_put(&s->log, "info", "snapshot loaded", (w403_view){text, (size_t)n});
    } else {
        w403_log_put(&s->log, "error", "snapshot not loaded", w403_view_of(err.message));
    }
    atomic_store(&s->reloading, false);
    w403_server_wake(s);
    return NULL;
}

static void begin_reload(running *r)
{
    w403_server *s = &r->server;
    if (atomic_load(&s->reloading) || !atomic_exchange(&s->reload_wanted, false) || !s->worlds.path) {
        return;
    }
    if (r->reloader_runs) {
        (void)pthread_join(r->reloader, NULL);
    }
    atomic_store(&s->reloading, true);
    w403_notify("RELOADING=1");
    r->reloader_runs = pthread_create(&r->reloader, NULL, reload, s) == 0;
    if (!r->reloader_runs) {
        atomic_store(&s->reloading, false);
        w403_log_put(&s->log, "error", "snapshot not loaded", W403_LIT("no thread could be started"));
    }
    w403_notify("READY=1");
}

/* ---- TLS ---- */

static w403_status read_pem(w403_arena *a, const char *path, const char **out, w403_error *err)
{
    w403_view text = {NULL, 0};
    if (path) {
        W403_TRY(w403_file_read(a, path, &text, err)); /* ends in NUL */
    }
    *out = text.p;
    return W403_OK;
}

/* With the certificate as it is now. A server that ran goes on until its connections are gone. */
static w403_status start_http(running *r, w403_error *err)
{
    w403_server      *s = &r->server;
    w403_http_config  config = r->config;
    w403_http_server *fresh = NULL;
    w403_arena       *a = w403_arena_new(0);
    W403_NEED(a, err);
    w403_status status = read_pem(a, s->options.cert, &config.cert, err);
    status = status == W403_OK ? read_pem(a, s->options.key, &config.key, err) : status;
    status = status == W403_OK ? read_pem(a, s->options.client_ca, &config.client_ca, err) : status;
    status = status == W403_OK ? s->http->start(&config, &fresh, err) : status;
    if (status != W403_OK) {
        w403_arena_free(a);
        return status;
    }
    (void)pthread_mutex_lock(&s->running_lock);
    w403_http_server *old = s->running;
    s->running = fresh;
    (void)pthread_mutex_unlock(&s->running_lock);
    if (old) {
        s->http->quiesce(old);
        if (r->before) {
            s->http->stop(r->before);
        }
        r->before = old;
    }
    w403_arena_free(r->certificates); /* both keep copies of their own */
    r->certificates = a;
    return W403_OK;
}

static void renew_certificate(running *r)
{
    w403_error err;
    if (r->server.options.cert && start_http(r, &err) != W403_OK) {
        w403_log_put(&r->server.log, "error", "certificate not loaded", w403_view_of(err.message));
    }
}

/* ---- the start URL ---- */

static w403_status say_start(running *r, bool open, w403_error *err)
{
    char         token[W403_SECRET_TEXT], url[160];
    w403_server *s = &r->server;
    if (!r->listeners.port) {
        return W403_OK;
    }
    W403_TRY(w403_auth_start(&s->auth, w403_now_ns(), token, err));
    (void)snprintf(url, sizeof url, "%s://127.0.0.1:%u/?token=%s", s->options.cert ? "https" : "http", r->listeners.port, token);
    w403_buf_printf(&r->cli->out, "%s\n", url);
    (void)w403_cli_flush(r->cli);
    if (open) {
        char *const        words[] = {(char[]){"xdg-open"}, url, NULL};
        pid_t              pid;
        posix_spawnattr_t  attributes;
        sigset_t           none;
        (void)sigemptyset(&none);
        (void)posix_spawnattr_init(&attributes);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        const char *browser = getenv("BROWSER");
        const char *program = browser && *browser && !strchr(browser, ' ') ? browser : "xdg-open";
        if (posix_spawnp(&pid, program, NULL, &attributes, words, environ) != 0) {
            w403_diag_text(r->cli, true, "no browser could be started: open the address above");
        }
        (void)posix_spawnattr_destroy(&attributes);
    }
    explicit_bzero(token, sizeof token);
    explicit_bzero(url, sizeof url);
    return W403_OK;
}

/* ---- start ---- */

/* One descriptor for each connection, and what else there is. */
static void want_descriptors(const w403_http_config *g)
{
    struct rlimit l;
    rlim_t        want = (rlim_t)g->threads * (g->per_thread + 64) * g->n_listeners + 64;
    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < want) {
        l.rlim_cur = want < l.rlim_max ? want : l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

static w403_status open_signals(running *r, w403_error *err)
{
    static const int signals[] = {SIGHUP, SIGTERM, SIGINT, SIGUSR1, SIGCHLD};
    sigset_t         set;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        (void)sigaddset(&set, signals[i]);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread is started: they inherit it */
    r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    r->server.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return r->signals >= 0 && r->server.wake >= 0 ? W403_OK : w403_error_set(err, W403_IO, "no signals can be waited for");
}

static w403_status load_module(const w403_http **out, w403_error *err)
{
    static const w403_module module = {
        .what = "the module that speaks HTTP",
        .variable = "WHY403_SERVE_MODULE",
        .beside = "src/serve/serve.so",
        .installed = W403_SERVE_MODULE_PATH,
        .entry = "w403_http_module",
        .abi = W403_HTTP_ABI,
        .hint = "it is part of why403: build it with libmicrohttpd-dev and libgnutls28-dev (meson's option serve), or install libmicrohttpd12 beside it; every "
                "other command works without it",
    };
    const void *found;
    W403_TRY(w403_module_open(&module, &found, err));
    *out = found;
    return W403_OK;
}

static w403_status open_server(running *r, w403_error *err)
{
    w403_server       *s = &r->server;
    w403_serve_options *o = &s->options;
    W403_TRY(w403_serve_read(r->cli, o, err));
    W403_TRY(load_module(&s->http, err));
    W403_TRY(open_signals(r, err));
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* tokens and what clients send are nobody's who may attach */
    (void)pthread_mutex_init(&s->running_lock, NULL);
    w403_watch_open(&s->watch);
    w403_log_open(&s->log, STDERR_FILENO, o->quiet, o->log_names);
    W403_TRY(w403_auth_open(&s->auth, o->tokens, err));
    W403_TRY(w403_keys_open(&s->keys, o->keys, err));
    W403_TRY(w403_authzen_open(s, o->authzen, err));
    if (!w403_random(s->seal, sizeof s->seal)) {
        return w403_error_set(err, W403_IO, "the system gives no random bytes");
    }
    w403_folder_watch_open(&r->watch, o->snapshot); /* before the load: what changes meanwhile is seen */
    W403_TRY(w403_worlds_open(&s->worlds, o->snapshot, err));
    W403_TRY(w403_listen(r->cli->arena, o, &r->listeners, err));
    s->ops = w403_serve_ops;
    s->ops.user = s;
    s->port = r->listeners.port;
    s->pdp_listeners = r->listeners.pdp;
    s->unix_listeners = r->listeners.local;
    r->config = (w403_http_config){.ops = &s->ops, .n_listeners = r->listeners.n, .threads = o->threads,
                                   .per_thread = (unsigned)o->limits.connections, .per_address = (unsigned)o->limits.per_address,
                                   .header_bytes = o->limits.header, .request_s = (unsigned)o->limits.request_s,
                                   .idle_s = (unsigned)o->limits.idle_s, .keep_alive_s = (unsigned)o->limits.keep_alive_s};
    memcpy(r->config.listener, r->listeners.fd, sizeof r->listeners.fd);
    memcpy(r->config.tls, r->listeners.tls, sizeof r->listeners.tls);
    want_descriptors(&r->config);
    return start_http(r, err);
}

static void close_server(running *r)
{
    w403_server *s = &r->server;
    if (r->reloader_runs) {
        (void)pthread_join(r->reloader, NULL);
    }
    if (s->http) {
        s->http->stop(s->running);
        s->http->stop(r->before);
    }
    w403_listeners_close(&r->listeners, &s->options);
    w403_folder_watch_close(&r->watch);
    if (s->worlds.now) {
        w403_worlds_close(&s->worlds);
    }
    w403_auth_close(&s->auth);
    w403_arena_free(s->keys.arena);
    w403_arena_free(r->certificates);
    if (r->signals >= 0) {
        (void)close(r->signals);
    }
    if (s->wake >= 0) {
        (void)close(s->wake);
    }
}

/* ---- what comes while it runs ---- */

/* False: it is time to end. */
static bool on_signals(running *r)
{
    struct signalfd_siginfo got;
    w403_error              err;
    bool                    go_on = true;
    while (read(r->signals, &got, sizeof got) == (ssize_t)sizeof got) {
        switch (got.ssi_signo) {
        case SIGHUP:
            atomic_store(&r->server.reload_wanted, true);
            renew_certificate(r);
            break;
        case SIGUSR1:
            if (say_start(r, false, &err) != W403_OK) {
                w403_log_put(&r->server.log, "error", "no start address", w403_view_of(err.message));
            }
            break;
        case SIGTERM:
        case SIGINT: go_on = false; break;
        default: break; /* a browser's launcher has ended */
        }
    }
    return go_on;
}

static void wait_for_something(running *r)
{
    struct pollfd at[3] = {{r->signals, POLLIN, 0}, {r->server.wake, POLLIN, 0}, {r->watch.fd, POLLIN, 0}};
    uint64_t      n;
    bool          asked = w403_watch_look(&r->server);
    int           quiet = w403_folder_watch_waits(&r->watch, QUIET_MS);
    int           wait = asked || r->before ? TICK_MS : quiet;
    (void)poll(at, 3, quiet >= 0 && quiet < wait ? quiet : wait);
    if (at[1].revents && read(r->server.wake, &n, sizeof n) < 0) {
        return;
    }
    if (w403_folder_watch_settled(&r->watch, at[2].revents != 0, QUIET_MS)) {
        atomic_store(&r->server.reload_wanted, true);
    }
    if (r->before && r->server.http->connections(r->before) == 0) {
        r->server.http->stop(r->before);
        r->before = NULL;
    }
}

/* What was begun is answered; a second signal ends at once. */
static void drain(running *r)
{
    w403_server *s = &r->server;
    atomic_store(&s->draining, true);
    w403_notify("STOPPING=1");
    s->http->quiesce(s->running);
    w403_listeners_refuse(&r->listeners);
    uint64_t until = w403_now_ns() + (uint64_t)DRAIN_MS * 1000000;
    while (atomic_load(&s->metrics.inflight) > 0 && w403_now_ns() < until) {
        struct pollfd at = {r->signals, POLLIN, 0};
        (void)w403_watch_look(s);
        if (poll(&at, 1, 20) > 0 && !on_signals(r)) {
            return;
        }
    }
}

static void say_listening(running *r)
{
    for (unsigned i = 0; i < r->listeners.n; i++) {
        w403_log_put(&r->server.log, "info", "listening", r->listeners.address[i]);
    }
    if (r->server.options.no_auth) {
        w403_diag_text(r->cli, true, "--no-auth: every program of this machine may ask the decision points");
    }
    w403_problems *loaded = &r->server.worlds.now->world->loaded;
    if (loaded->n) {
        char text[64];
        int  n = snprintf(text, sizeof text, "%zu problems: GET /v1/snapshot names them", loaded->n);
        w403_log_put(&r->server.log, "warning", "snapshot has problems", (w403_view){text, (size_t)n});
    }
}

int w403_cmd_serve(w403_cli *cli)
{
    running    *r = w403_malloc(sizeof *r); /* too large for a stack */
    w403_error  err;
    if (!r) {
        w403_diag_text(cli, false, "out of memory");
        return W403_EXIT_USAGE;
    }
    *r = (running){.cli = cli, .signals = -1, .server = {.wake = -1}, .watch = {.fd = -1}};
    w403_status status = cli->args.operands.n ? w403_error_set(&err, W403_SEMANTIC, "serve takes no arguments") : open_server(r, &err);
    status = status == W403_OK ? say_start(r, r->server.options.open, &err) : status;
    if (status == W403_OK) {
        say_listening(r);
        w403_notify("READY=1");
        while (on_signals(r)) {
            begin_reload(r);
            wait_for_something(r);
        }
        drain(r);
    }
    close_server(r);
    w403_free(r);
    return status == W403_OK ? W403_EXIT_GOOD : w403_diag_exit(cli, &err);
}

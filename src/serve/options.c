/* The command line of `why403 serve`. */
#include <sched.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "decide/dialect.h"
#include "serve/setup.h"

static const char *value(const w403_cli *cli, w403_option_id id)
{
    return w403_args_value(&cli->args, id);
}

static w403_status no_value(const w403_cli *cli, w403_option_id id, const char *what, w403_error *err)
{
    return w403_error_set(err, W403_SEMANTIC, "`--%s`: `%.100s` is no %s", w403_option_at(id)->name, value(cli, id), what);
}

/* `256KB`, `1MB`, `64`: bytes where no unit stands. */
static w403_status read_size(const w403_cli *cli, w403_option_id id, uint64_t most, uint64_t *out, w403_error *err)
{
    w403_view v = w403_view_of(value(cli, id));
    unsigned  shift = w403_view_ends(v, W403_LIT("KB")) ? 10 : w403_view_ends(v, W403_LIT("MB")) ? 20 : w403_view_ends(v, W403_LIT("GB")) ? 30 : 0;
    uint64_t  n;
    if (!v.p) {
        return W403_OK;
    }
    if (!w403_view_u64(w403_view_sub(v, 0, v.n - (shift ? 2 : 0)), &n) || n == 0 || n > most >> shift) {
        return no_value(cli, id, "size, as `256KB` or `1MB`", err);
    }
    *out = n << shift;
    return W403_OK;
}

static w403_status read_count(const w403_cli *cli, w403_option_id id, uint64_t least, uint64_t most, uint64_t *out, w403_error *err)
{
    w403_view v = w403_view_of(value(cli, id));
    uint64_t  n;
    if (!v.p) {
        return W403_OK;
    }
    if (!w403_view_u64(v, &n) || n < least || n > most) {
        return w403_error_set(err, W403_SEMANTIC, "`--%s`: `%.100s` is no number from %llu to %llu", w403_option_at(id)->name, v.p,
                              (unsigned long long)least, (unsigned long long)most);
    }
    *out = n;
    return W403_OK;
}

/* Milliseconds: `500ms`, `15s`, `2m`. */
static w403_status read_time(const w403_cli *cli, w403_option_id id, uint64_t unit_ms, uint64_t *out, w403_error *err)
{
    w403_view    v = w403_view_of(value(cli, id));
    uint64_t     ms = 0;
    w403_instant span;
    if (!v.p) {
        return W403_OK;
    }
    bool in_ms = w403_view_ends(v, W403_LIT("ms")) && w403_view_u64(w403_view_sub(v, 0, v.n - 2), &ms);
    if (!in_ms && w403_read_span(v, &span)) {
        ms = (uint64_t)span / 1000;
    }
    if (ms < unit_ms || ms > 86400000) {
        return no_value(cli, id, unit_ms == 1 ? "time, as `500ms` or `2s`" : "time, as `15s` or `2m`", err);
    }
    *out = ms / unit_ms;
    return W403_OK;
}

static w403_status read_list(w403_cli *cli, w403_option_id id, w403_names *to, w403_error *err)
{
    const w403_given *g;
    size_t            at = 0;
    while ((g = w403_args_each(&cli->args, id, &at)) != NULL) {
        w403_view *one = W403_PUSH(cli->arena, to);
        W403_NEED(one, err);
        *one = w403_view_of(g->value);
    }
    return W403_OK;
}

static w403_status read_limits(const w403_cli *cli, w403_serve_options *o, w403_error *err)
{
    w403_serve_limits *l = &o->limits;
    *l = (w403_serve_limits){.body = W403_LIMIT_SERVE_BODY, .pdp_body = W403_LIMIT_SERVE_PDP_BODY, .line = W403_LIMIT_SERVE_LINE,
                             .header = W403_LIMIT_SERVE_HEAD, .depth = W403_LIMIT_JSON_DEPTH, .nodes = W403_LIMIT_SERVE_NODES,
                             .evaluations = W403_LIMIT_SERVE_EVALUATIONS, .page = W403_LIMIT_SERVE_PAGE,
                             .connections = W403_LIMIT_SERVE_CONNECTIONS, .per_address = W403_LIMIT_SERVE_ADDRESS,
                             .memory = W403_LIMIT_SERVE_MEMORY, .request_s = W403_LIMIT_SERVE_REQUEST_S,
                             .idle_s = W403_LIMIT_SERVE_IDLE_S, .keep_alive_s = W403_LIMIT_SERVE_KEEP_S,
                             .answer_ms = W403_LIMIT_SERVE_ANSWER_MS};
    uint64_t threads = o->threads;
    W403_TRY(read_count(cli, W403_OPT_SERVE_THREADS, 1, 64, &threads, err));
    o->threads = (unsigned)threads;
    W403_TRY(read_size(cli, W403_OPT_MAX_BODY, 1 << 28, &l->body, err));
    W403_TRY(read_size(cli, W403_OPT_MAX_PDP_BODY, 1 << 28, &l->pdp_body, err));
    W403_TRY(read_size(cli, W403_OPT_MAX_LINE, 1 << 24, &l->line, err));
    W403_TRY(read_size(cli, W403_OPT_MAX_HEADER, 1 << 20, &l->header, err));
    W403_TRY(read_count(cli, W403_OPT_MAX_DEPTH, 1, W403_LIMIT_JSON_DEPTH, &l->depth, err));
    W403_TRY(read_count(cli, W403_OPT_MAX_NODES, 1, 1 << 28, &l->nodes, err));
    W403_TRY(read_count(cli, W403_OPT_MAX_EVALUATIONS, 1, 1000000, &l->evaluations, err));
    W403_TRY(read_count(cli, W403_OPT_SEARCH_PAGE, 1, 10 * W403_LIMIT_SERVE_PAGE, &l->page, err));
    W403_TRY(read_count(cli, W403_OPT_MAX_CONNECTIONS, 1, 1000, &l->connections, err));
    W403_TRY(read_count(cli, W403_OPT_MAX_PER_ADDRESS, 0, 100000, &l->per_address, err));
    W403_TRY(read_size(cli, W403_OPT_MAX_MEMORY, (uint64_t)1 << 40, &l->memory, err));
    W403_TRY(read_time(cli, W403_OPT_REQUEST_TIME, 1000, &l->request_s, err));
    W403_TRY(read_time(cli, W403_OPT_IDLE_TIME, 1000, &l->idle_s, err));
    W403_TRY(read_time(cli, W403_OPT_KEEP_ALIVE, 1000, &l->keep_alive_s, err));
    return read_time(cli, W403_OPT_ANSWER_TIME, 1, &l->answer_ms, err);
}

/* What only this machine can reach needs no TLS; what others reach needs both TLS (or a proxy that has it) and tokens. */
static w403_status check_reach(const w403_serve_options *o, w403_error *err)
{
    bool remote = false;
    for (size_t i = 0; i < o->listen.n + o->pdp_listen.n; i++) {
        remote = remote || !w403_listen_is_local(i < o->listen.n ? o->listen.at[i] : o->pdp_listen.at[i - o->listen.n]);
    }
    if (!o->cert != !o->key) {
        return w403_error_set(err, W403_SEMANTIC, "`--cert` and `--key` go together");
    }
    if (o->client_ca && !o->cert) {
        return w403_error_set(err, W403_SEMANTIC, "`--client-ca` needs `--cert` and `--key`");
    }
    if (remote && o->no_auth) {
        return w403_error_set(err, W403_SEMANTIC, "`--no-auth` is for addresses of this machine only");
    }
    if (remote && !o->cert && !o->behind_proxy) {
        (void)w403_error_set(err, W403_SEMANTIC, "an address that others reach needs TLS");
        w403_error_hint(err, "`--cert FILE --key FILE`, or `--behind-proxy` where a proxy in front has it");
        return W403_SEMANTIC;
    }
    if (remote && !o->tokens) {
        return w403_error_set(err, W403_SEMANTIC, "an address that others reach needs `--tokens FILE`");
    }
    if (o->public_url.p && !w403_view_starts(o->public_url, W403_LIT("https://"))) {
        return w403_error_set(err, W403_SEMANTIC, "`--public-url`: AuthZEN wants an address that begins with https://");
    }
    return W403_OK;
}

static w403_status read_rules(w403_cli *cli, w403_serve_options *o, w403_error *err)
{
    const char  *names = value(cli, W403_OPT_LOG_NAMES), *open = value(cli, W403_OPT_UNDETERMINED), *age = value(cli, W403_OPT_SNAPSHOT_AGE);
    w403_instant span = 0;
    const char  *dialect = value(cli, W403_OPT_DIALECT);
    if (dialect && !w403_dialect_named(w403_view_of(dialect), &o->dialect)) {
        return no_value(cli, W403_OPT_DIALECT, "store", err);
    }
    o->log_names = !names || strcmp(names, "plain") == 0 ? W403_LOG_PLAIN : strcmp(names, "hash") == 0 ? W403_LOG_HASHED : W403_LOG_NONE;
    o->undetermined_allows = open && strcmp(open, "allow") == 0;
    if (age && !w403_read_span(w403_view_of(age), &span)) {
        return no_value(cli, W403_OPT_SNAPSHOT_AGE, "time, as `24h` or `90m`", err);
    }
    o->max_age_s = span / 1000000;
    return W403_OK;
}

w403_status w403_serve_read(w403_cli *cli, w403_serve_options *o, w403_error *err)
{
    cpu_set_t cpus;
    int       n = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    *o = (w403_serve_options){.threads = (unsigned)(n < 1 ? 1 : n > W403_LIMIT_SERVE_THREADS ? W403_LIMIT_SERVE_THREADS : n)};
    o->socket = w403_view_of(value(cli, W403_OPT_SOCKET));
    o->public_url = w403_view_of(value(cli, W403_OPT_PUBLIC_URL));
    o->tokens = value(cli, W403_OPT_TOKENS);
    o->keys = value(cli, W403_OPT_KEYS);
    o->authzen = value(cli, W403_OPT_AUTHZEN);
    o->cert = value(cli, W403_OPT_CERT);
    o->key = value(cli, W403_OPT_TLS_KEY);
    o->client_ca = value(cli, W403_OPT_CLIENT_CA);
    o->no_auth = w403_args_has(&cli->args, W403_OPT_NO_AUTH);
    o->behind_proxy = w403_args_has(&cli->args, W403_OPT_BEHIND_PROXY);
    o->trust_proxy = w403_args_has(&cli->args, W403_OPT_TRUST_PROXY);
    o->open = w403_args_has(&cli->args, W403_OPT_OPEN);
    o->quiet = w403_args_has(&cli->args, W403_OPT_QUIET);
    W403_TRY(read_list(cli, W403_OPT_LISTEN, &o->listen, err));
    W403_TRY(read_list(cli, W403_OPT_PDP_LISTEN, &o->pdp_listen, err));
    W403_TRY(read_list(cli, W403_OPT_HOST, &o->hosts, err));
    W403_TRY(read_list(cli, W403_OPT_STORE_HOST, &o->store_hosts, err));
    if (!o->listen.n && !o->socket.p) {
        w403_view *one = W403_PUSH(cli->arena, &o->listen);
        W403_NEED(one, err);
        *one = W403_LIT("127.0.0.1:8403");
    }
    W403_TRY(read_limits(cli, o, err));
    W403_TRY(read_rules(cli, o, err));
    W403_TRY(check_reach(o, err));
    if (!w403_args_has(&cli->args, W403_OPT_NO_SNAPSHOT)) {
        o->snapshot = w403_input_snapshot_path(cli);
    }
    return W403_OK;
}

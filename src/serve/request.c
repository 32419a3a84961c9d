/* What a request says, and what it must not say: its framing, its Host, where it comes from. */
#include <stdlib.h>
#include <time.h>

#include "base/encode.h"
#include "serve/route.h"

uint64_t w403_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * W403_SECOND + (uint64_t)t.tv_nsec;
}

/* A ULID: 48 bits of milliseconds, 80 of chance. The chance is drawn once a thread, then counted on. */
void w403_new_id(char out[static 27])
{
    static const char      letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static _Thread_local struct { uint64_t high, low; bool drawn; } chance;
    struct timespec        t;
    if (!chance.drawn) {
        chance.drawn = w403_random(&chance, 2 * sizeof(uint64_t));
    }
    chance.low = chance.low * 6364136223846793005u + 1442695040888963407u;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
    for (unsigned i = 0; i < 10; i++) {
        out[i] = letters[ms >> (45 - 5 * i) & 31];
    }
    for (unsigned i = 0; i < 16; i++) {
        uint64_t bits = i < 8 ? chance.high >> 5 * i : (chance.low >> 24) >> 5 * (i - 8);
        out[10 + i] = letters[bits & 31];
    }
    out[26] = '\0';
}

w403_view w403_field(const w403_exchange *x, const char *name)
{
    for (unsigned i = 0; i < x->n_fields && i < W403_HTTP_FIELDS; i++) {
        if (w403_view_ieq(x->fields[i].name, w403_view_of(name))) {
            return x->fields[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

unsigned w403_field_count(const w403_exchange *x, const char *name)
{
    unsigned n = 0;
    for (unsigned i = 0; i < x->n_fields && i < W403_HTTP_FIELDS; i++) {
        n += w403_view_ieq(x->fields[i].name, w403_view_of(name));
    }
    return n;
}

/* ---- framing: libmicrohttpd takes what a proxy before it may read otherwise ---- */

static const char *bad_framing(const w403_exchange *x)
{
    unsigned lengths = w403_field_count(x, "content-length"), codings = w403_field_count(x, "transfer-encoding");
    if (x->torn) {
        return "a line ends in LF alone, or holds a NUL";
    }
    for (unsigned i = 0; i < x->n_fields && i < W403_HTTP_FIELDS; i++) {
        w403_view name = x->fields[i].name, value = x->fields[i].value;
        if (name.n == 0 || name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t') {
            return "a header's name ends in a blank";
        }
        if (memchr(value.p, '\0', value.n) || memchr(name.p, '\0', name.n)) {
            return "a header holds a NUL";
        }
    }
    if (lengths > 1 || codings > 1 || (lengths && codings)) {
        return "the length of the body is said twice";
    }
    if (codings && !w403_view_ieq(w403_field(x, "transfer-encoding"), W403_LIT("chunked"))) {
        return "the only transfer coding is chunked";
    }
    return NULL;
}

/* Without its port: `localhost:8403`, `[::1]:8403`. */
static w403_view host_name(w403_view host)
{
    if (host.n && host.p[0] == '[') {
        size_t end = w403_view_find_char(host, ']');
        return end < host.n ? w403_view_sub(host, 0, end + 1) : host;
    }
    return w403_view_cut(&host, ':');
}

static w403_view url_host(w403_view url)
{
    size_t at = w403_view_find(url, W403_LIT("://"));
    w403_view rest = at == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(url, at + 3, url.n);
    return host_name(w403_view_cut(&rest, '/'));
}

static bool is_ours(const w403_server *s, w403_view host)
{
    static const char *const local[] = {"127.0.0.1", "localhost", "[::1]"};
    w403_view                name = host_name(host);
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        if (w403_view_ieq(name, w403_view_of(local[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < s->options.hosts.n; i++) {
        if (w403_view_ieq(name, s->options.hosts.at[i])) {
            return true;
        }
    }
    return s->options.public_url.n && w403_view_ieq(name, url_host(s->options.public_url));
}

static void count(w403_serving *q, unsigned reason)
{
    atomic_fetch_add_explicit(&q->server->metrics.refused[reason], 1, memory_order_relaxed);
}

bool w403_guard_head(w403_serving *q)
{
    w403_exchange *x = q->x;
    const char    *framing = bad_framing(x);
    if (x->n_fields > W403_HTTP_FIELDS) {
        x->close = true;
        count(q, W403_REFUSED_FRAMING);
        w403_refuse(q, 431, "limit", "too many header fields", NULL);
        return false;
    }
    if (framing) {
        x->close = true;
        count(q, W403_REFUSED_FRAMING);
        w403_refuse(q, 400, "framing", framing, NULL);
        return false;
    }
    if (w403_field_count(x, "host") != 1) {
        x->close = true;
        count(q, W403_REFUSED_HOST);
        w403_refuse(q, 400, "framing", "a request has one Host", NULL);
        return false;
    }
    bool socket = q->server->unix_listeners >> x->listener & 1; /* no browser gets there */
    if (!socket && !is_ours(q->server, w403_field(x, "host"))) { /* DNS rebinding */
        x->close = true;
        count(q, W403_REFUSED_HOST);
        w403_refuse(q, 403, "host", "this server is not known by the name in Host", "--host NAME makes it known");
        return false;
    }
    return true;
}

/* ---- bodies ---- */

/* Depth and values, counted before anything is built. */
static bool fits(w403_view v, const w403_serve_limits *l)
{
    uint64_t depth = 0, nodes = 1;
    bool     quoted = false;
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
            nodes++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        } else if (c == ',') {
            nodes++;
        }
        if (depth > l->depth || nodes > l->nodes) {
            return false;
        }
    }
    return true;
}

bool w403_body_fits(const w403_serving *q)
{
    return fits(q->x->body, &q->server->options.limits);
}

bool w403_body_json(w403_serving *q, w403_json_doc *doc)
{
    w403_error        err;
    w403_json_options options = {.max_depth = (uint32_t)q->server->options.limits.depth};
    if (!fits(q->x->body, &q->server->options.limits)) {
        w403_refuse(q, 400, "limit", "the body is nested too deeply, or holds too many values", NULL);
        return false;
    }
    if (w403_json_parse(q->arena, W403_LIT("request"), q->x->body, &options, doc, NULL, &err) != W403_OK) {
        err.code = err.code == W403_LIMIT ? W403_SYNTAX : err.code;
        w403_refuse_error(q, &err);
        return false;
    }
    return true;
}

w403_view w403_query_value(w403_arena *a, w403_view query, const char *name)
{
    while (query.n > 0) {
        w403_view value = w403_view_cut(&query, '&');
        w403_view n = w403_view_cut(&value, '=');
        if (w403_view_eq(n, w403_view_of(name))) {
            return value.p ? w403_percent_decode(a, value, true) : (w403_view){"", 0};
        }
    }
    return (w403_view){NULL, 0};
}

bool w403_query_has(w403_view query, const char *name)
{
    while (query.n > 0) {
        w403_view value = w403_view_cut(&query, '&');
        if (w403_view_eq(w403_view_cut(&value, '='), w403_view_of(name))) {
            return true;
        }
    }
    return false;
}

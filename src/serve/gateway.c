/* Proxies that ask before they pass a request on: nginx's auth_request, Envoy's ext_authz over HTTP. They send the client's headers,
 * and no body. Who asks is told by the id of the access key that signed (--keys); the signature itself is the store's to check. */
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/ip.h"
#include "serve/pdp.h"

enum { MESSAGE_BYTES = 1024 };

typedef struct gate {
    w403_serving   *q;
    w403_protocol   protocol;
    w403_store_call call;
    w403_request    r;
    const char     *why; /* nobody knows what is asked */
} gate;

/* Headers of the proxy, not of its client. */
static bool is_ours(w403_view name)
{
    static const char *const names[] = {"authorization", "cookie", "host", "connection", "content-length", "transfer-encoding", "x-why403-token",
                                        "x-auth-token", "x-original-uri", "x-original-method", "x-original-host", "x-real-ip",
                                        "x-forwarded-proto", "x-forwarded-for", "x-envoy-external-address", "x-request-id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_ieq(name, w403_view_of(names[i]))) {
            return true;
        }
    }
    return w403_view_starts(name, W403_LIT("x-envoy-"));
}

static bool read_headers(gate *g)
{
    w403_build           b = {.arena = g->q->arena};
    const w403_exchange *x = g->q->x;
    for (unsigned i = 0; i < x->n_fields; i++) {
        if (!is_ours(x->fields[i].name)) {
            w403_build_header(&b, &g->call.headers, x->fields[i].name, x->fields[i].value);
        }
    }
    g->r.headers = g->call.headers.at;
    g->r.n_headers = g->call.headers.n;
    return !b.failed;
}

/* ---- who ---- */

/* `AWS4-HMAC-SHA256 Credential=AKIA.../...`, `AWS AKIA...:signature` */
static w403_view key_of_header(w403_view v)
{
    size_t at = w403_view_find(v, W403_LIT("Credential="));
    if (w403_view_starts(v, W403_LIT("AWS4-")) && at != SIZE_MAX) {
        w403_view rest = w403_view_sub(v, at + 11, v.n);
        return w403_view_cut(&rest, '/');
    }
    if (w403_view_starts(v, W403_LIT("AWS "))) {
        w403_view rest = w403_view_sub(v, 4, v.n);
        return w403_view_trim(w403_view_cut(&rest, ':'));
    }
    return (w403_view){NULL, 0};
}

static w403_view parameter(const gate *g, const char *name)
{
    return w403_query_value(g->q->arena, g->call.query, name);
}

/* 20261121T100000Z as policies have it. */
static w403_view date_of(gate *g, w403_view v)
{
    bool basic = v.n == 16 && v.p[8] == 'T' && v.p[15] == 'Z';
    return basic ? w403_arena_printf(g->q->arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", v.p, v.p + 4, v.p + 6, v.p + 9, v.p + 11, v.p + 13) : v;
}

static void read_presigned(gate *g)
{
    w403_view expires = parameter(g, "X-Amz-Expires");
    uint64_t  s;
    g->r.presigned = true;
    g->r.signed_at = date_of(g, parameter(g, "X-Amz-Date"));
    if (w403_view_u64(expires, &s)) {
        g->r.expires_in_s = s;
    }
}

static bool read_caller(gate *g)
{
    w403_view header = w403_field(g->q->x, "authorization"), v4 = parameter(g, "X-Amz-Credential"), v2 = parameter(g, "AWSAccessKeyId");
    w403_view id = v4.p ? w403_view_cut(&v4, '/') : v2;
    bool      query = id.p || parameter(g, "X-Amz-Signature").p || parameter(g, "Signature").p;
    g->why = "nobody knows whose the access key is";
    if (header.p && query) {
        g->why = "signed twice";
        return false;
    }
    if (!header.p && !query) {
        g->r.principal = W403_LIT("anonymous");
        return true;
    }
    if (query) {
        read_presigned(g);
    } else {
        id = key_of_header(header);
    }
    g->r.principal = id.n ? w403_pdp_caller(g->q, (w403_view){NULL, 0}, id) : (w403_view){NULL, 0};
    return g->r.principal.p != NULL;
}

/* ---- what comes back ---- */

/* ASCII, and nothing that XML or a header reads as its own. */
static w403_view escape(w403_serving *q, w403_view v)
{
    w403_buf b = {0};
    for (size_t i = 0; i < v.n && b.n < MESSAGE_BYTES - 8; i++) {
        unsigned char c = (unsigned char)v.p[i];
        switch (c) {
        case '<': w403_buf_puts(&b, "&lt;"); break;
        case '>': w403_buf_puts(&b, "&gt;"); break;
        case '&': w403_buf_puts(&b, "&amp;"); break;
        case '"': w403_buf_puts(&b, "&quot;"); break;
        case '\'': w403_buf_puts(&b, "&apos;"); break;
        default: w403_buf_putc(&b, c >= 0x20 && c < 0x7f ? (char)c : '?'); break;
        }
    }
    return w403_buf_take(&b, q->arena);
}

static void answer(gate *g, const w403_pdp *d)
{
    w403_serving *q = g->q;
    bool          allow = d->verdict == W403_ALLOWED;
    w403_add_field(q, "X-Why403-Decision", w403_view_of(w403_verdict_name(d->verdict)));
    w403_add_field(q, "X-Why403-Id", q->id);
    if (allow) {
        w403_answer(q, 200, NULL);
        return;
    }
    w403_view message = escape(q, d->message.p ? d->message : W403_LIT("Access Denied"));
    w403_add_field(q, "X-Why403-Message", message);
    if (g->protocol == W403_PROTOCOL_ENVOY) { /* it reaches the client */
        w403_buf_printf(&q->x->out,
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>%.*s</Message><RequestId>%.*s</RequestId>"
                        "</Error>",
                        W403_ALL(message), W403_ALL(q->id));
    }
    w403_answer(q, 403, g->protocol == W403_PROTOCOL_ENVOY ? "application/xml" : NULL);
}

static void decide(gate *g)
{
    w403_pdp   d;
    w403_error err;
    w403_view  path = g->call.path;
    g->call.query = path;
    g->call.path = w403_view_cut(&g->call.query, '?');
    if (!read_headers(g) || !read_caller(g) || !w403_store_read(g->q, &g->call, &g->r, &g->why)) {
        w403_pdp_refused(g->q, g->protocol, &d);
        if (g->why) {
            d.message = w403_arena_printf(g->q->arena, "Access Denied: %s", g->why);
        }
    } else if (w403_pdp_decide(g->q, g->protocol, &g->r, &d, &err) != W403_OK) {
        d.verdict = W403_UNDETERMINED;
        d.message = w403_arena_printf(g->q->arena, "Access Denied: %s", err.message);
    }
    answer(g, &d);
}

static gate begin(w403_serving *q, w403_protocol p)
{
    gate g = {.q = q, .protocol = p};
    w403_request_init(&g.r);
    g.r.secure = W403_UNKNOWN;
    w403_view proto = w403_field(q->x, "x-forwarded-proto");
    if (proto.p && w403_field_count(q->x, "x-forwarded-proto") == 1) {
        g.r.secure = w403_view_ieq(proto, W403_LIT("https")) ? W403_YES : w403_view_ieq(proto, W403_LIT("http")) ? W403_NO : W403_UNKNOWN;
    }
    return g;
}

static void from(gate *g, w403_view address)
{
    w403_ip ip;
    if (address.p && w403_ip_parse(address, &ip)) {
        g->r.from = address;
    }
}

void w403_route_nginx(w403_serving *q)
{
    static const char *const once[] = {"x-original-uri", "x-original-method", "x-original-host", "x-real-ip"};
    gate g = begin(q, W403_PROTOCOL_NGINX);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        if (w403_field_count(q->x, once[i]) > 1) {
            w403_refuse(q, 400, "semantic", "the proxy says twice what was asked", NULL);
            return;
        }
    }
    g.call.method = w403_field(q->x, "x-original-method");
    g.call.path = w403_field(q->x, "x-original-uri");
    g.call.host = w403_field(q->x, "x-original-host");
    if (!g.call.path.n || !g.call.method.n) {
        w403_refuse(q, 400, "semantic", "the proxy sends X-Original-URI and X-Original-Method", NULL);
        return;
    }
    from(&g, w403_field(q->x, "x-real-ip"));
    decide(&g);
}

/* The last address of a list: the one that the proxy before us has seen. */
static w403_view last_address(w403_view list)
{
    w403_view last = list;
    while (list.n > 0) {
        last = w403_view_trim(w403_view_cut(&list, ','));
    }
    return last;
}

void w403_route_envoy(w403_serving *q)
{
    gate g = begin(q, W403_PROTOCOL_ENVOY);
    g.call.method = q->x->method;
    g.call.path = w403_view_sub(q->x->target, sizeof "/authz/envoy" - 1, q->x->target.n);
    g.call.host = w403_field(q->x, "host");
    if (q->server->options.trust_proxy) {
        w403_view own = w403_field(q->x, "x-envoy-external-address");
        from(&g, own.p ? own : last_address(w403_field(q->x, "x-forwarded-for")));
    }
    decide(&g);
}

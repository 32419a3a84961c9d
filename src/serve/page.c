/* The page: files from a fixed table, never from the file system. */
#include <stdio.h>

#include "base/inflate.h"
#include "serve/route.h"

enum { PAGE_BYTES = 32 << 20 }; /* of one file */

static const char policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static void add_fields(w403_serving *q)
{
    w403_add_field(q, "Content-Security-Policy", W403_LIT(policy));
    w403_add_field(q, "Server-Timing", W403_LIT("why403")); /* the page reads by it that there is a snapshot to ask for */
    w403_add_field(q, "Referrer-Policy", W403_LIT("no-referrer"));
    w403_add_field(q, "Cross-Origin-Opener-Policy", W403_LIT("same-origin"));
    w403_add_field(q, "Cross-Origin-Resource-Policy", W403_LIT("same-origin"));
    w403_add_field(q, "Permissions-Policy",
                   W403_LIT("accelerometer=(), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), fullscreen=(), "
                            "geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"));
}

static const w403_web_file *find(const w403_server *s, w403_view path)
{
    for (size_t i = 0; i < s->http->n_files; i++) {
        if (w403_view_eq(w403_view_of(s->http->files[i].path), path)) {
            return &s->http->files[i];
        }
    }
    return NULL;
}

/* `q=0`, `q=0.000`: a refusal. */
static bool is_refusal(w403_view quality)
{
    w403_view q = w403_view_trim(quality);
    size_t    zeros = 2;
    if (q.n < 3 || !w403_view_starts(q, W403_LIT("q="))) {
        return false;
    }
    while (zeros < q.n && (q.p[zeros] == '0' || q.p[zeros] == '.')) {
        zeros++;
    }
    return zeros == q.n;
}

static bool takes_gzip(const w403_exchange *x)
{
    w403_view all = w403_field(x, "accept-encoding");
    while (all.n > 0) {
        w403_view quality = w403_view_cut(&all, ',');
        w403_view name = w403_view_trim(w403_view_cut(&quality, ';'));
        if (w403_view_ieq(name, W403_LIT("gzip")) || w403_view_eq(name, W403_LIT("*"))) {
            return !is_refusal(quality);
        }
    }
    return false;
}

static void send_file(w403_serving *q, const w403_web_file *f)
{
    w403_view  plain;
    w403_error err;
    bool       index = w403_view_eq(q->path, W403_LIT("/"));
    q->x->status = 200;
    q->x->type = f->type;
    w403_add_field(q, "Cache-Control", index ? W403_LIT("no-cache") : W403_LIT("public, max-age=31536000, immutable"));
    w403_add_field(q, "X-Content-Type-Options", W403_LIT("nosniff"));
    w403_add_field(q, "X-Request-Id", q->id);
    add_fields(q);
    if (f->gzip) {
        w403_add_field(q, "Vary", W403_LIT("Accept-Encoding"));
    }
    if (f->gzip && takes_gzip(q->x)) {
        w403_add_field(q, "Content-Encoding", W403_LIT("gzip"));
        q->x->fixed = (w403_view){(const char *)f->gzip, f->gzip_n};
    } else if (f->plain) {
        q->x->fixed = (w403_view){(const char *)f->plain, f->plain_n};
    } else if (w403_gunzip(q->arena, (w403_view){(const char *)f->gzip, f->gzip_n}, PAGE_BYTES, &plain, &err) == W403_OK) {
        w403_buf_put(&q->x->out, plain);
    } else {
        q->x->n_extra = 0;
        w403_refuse(q, 500, "bug", "a file of the page cannot be unpacked", NULL);
    }
}

/* The start URL: its token becomes a session, and goes out of the address bar. */
static void enter(w403_serving *q, w403_view token)
{
    char secret[W403_SECRET_TEXT], field[160];
    if (!w403_auth_enter(&q->server->auth, token, w403_now_ns(), secret)) {
        w403_refuse(q, 403, "token", "this start address was used, or is too old", "send SIGUSR1 to the server: it prints a new one");
        return;
    }
    int n = snprintf(field, sizeof field, "why403-%u=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200%s", q->server->port, secret,
                     q->x->tls ? "; Secure" : "");
    w403_add_field(q, "Set-Cookie", (w403_view){field, (size_t)n});
    w403_add_field(q, "Location", W403_LIT("/"));
    w403_add_field(q, "Referrer-Policy", W403_LIT("no-referrer"));
    w403_answer_text(q, 303, "text/plain; charset=utf-8", W403_LIT("see /\n"));
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(field, sizeof field);
}

void w403_route_page(w403_serving *q)
{
    static const char     none[] = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>why403</title>"
                                   "<p>The page is not in this build of why403: <code>make web</code> builds it. The API is there: "
                                   "<a href=\"/v1/openapi.json\">/v1/openapi.json</a>.</p></html>\n";
    w403_view             token = w403_query_value(q->arena, q->query, "token");
    const w403_web_file  *f = find(q->server, q->path);
    if (token.p && w403_view_eq(q->path, W403_LIT("/"))) {
        enter(q, token);
    } else if (f) {
        send_file(q, f);
    } else if (w403_view_eq(q->path, W403_LIT("/"))) {
        add_fields(q);
        w403_answer_text(q, 200, "text/html; charset=utf-8", W403_LIT(none));
    } else {
        w403_refuse(q, 404, "not-found", "the page has no such file", NULL);
    }
}

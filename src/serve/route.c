/* From a request's head to what answers it. */
#include "serve/route.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define OWN W403_SCOPE_ASK
#define PDP W403_SCOPE_PDP

const w403_serve_route w403_routes[] = {
    {"GET", "/", "page", W403_SCOPE_SESSION, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_page, "The page", NULL, "Page", NULL},
    {"GET", "/assets/*", "asset", W403_SCOPE_SESSION, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_page, "A file of the page", NULL, "Page", NULL},
    {"POST", "/v1/ask", "ask", OWN, W403_BODY_ASK, W403_FORM_PROBLEM, w403_route_ask, "One question, one answer", "Ask", "Answer",
     "{\"ask\":\"explain\",\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::example-reports/finance/q3.csv\","
     "\"principal\":\"arn:aws:iam::111122223333:user/alice\",\"from\":\"203.0.113.9\"}}"},
    {"POST", "/v1/batch", "batch", OWN, W403_BODY_LINES, W403_FORM_PROBLEM, w403_route_batch, "Requests as NDJSON, verdicts as NDJSON",
     "BatchLine", "BatchLine",
     "{\"id\":7,\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::example-reports/finance/q3.csv\","
     "\"principal\":\"arn:aws:iam::111122223333:user/alice\"}"},
    {"GET", "/v1/snapshot", "snapshot", OWN, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_snapshot, "What is loaded", NULL, "Snapshot", NULL},
    {"GET", "/v1/snapshot/files", "file", W403_SCOPE_SESSION, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_file,
     "One document as it is stored", NULL, "File", NULL},
    {"POST", "/v1/reload", "reload", W403_SCOPE_SESSION | W403_SCOPE_ADMIN, W403_BODY_ASK, W403_FORM_PROBLEM, w403_route_reload,
     "Load the snapshot anew", NULL, "Reload", NULL},
    {"POST", "/v1/data/*", "opa", PDP, W403_BODY_PDP, W403_FORM_OPA, w403_route_opa, "OPA's data API: Ceph RGW, MinIO, RustFS, others",
     "OpaInput", "OpaResult",
     "{\"input\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::example-reports/finance/q3.csv\","
     "\"principal\":\"arn:aws:iam::111122223333:user/alice\"}}"},
    {"GET", "/health", "opa-health", 0, W403_BODY_NONE, W403_FORM_OPA, w403_route_opa_health, "OPA's health", NULL, "Empty", NULL},
    {"POST", "/access/v1/evaluation", "authzen-evaluation", PDP, W403_BODY_PDP, W403_FORM_AUTHZEN, w403_route_evaluation,
     "AuthZEN 1.0: one evaluation", "AuthZenEvaluation", "AuthZenDecision",
     "{\"subject\":{\"type\":\"iam_user\",\"id\":\"arn:aws:iam::111122223333:user/alice\"},\"action\":{\"name\":\"s3:GetObject\"},"
     "\"resource\":{\"type\":\"s3_object\",\"id\":\"arn:aws:s3:::example-reports/finance/q3.csv\"}}"},
    {"POST", "/access/v1/evaluations", "authzen-evaluations", PDP, W403_BODY_PDP, W403_FORM_AUTHZEN, w403_route_evaluations,
     "AuthZEN 1.0: several evaluations", "AuthZenEvaluations", "AuthZenDecisions",
     "{\"subject\":{\"type\":\"iam_user\",\"id\":\"arn:aws:iam::111122223333:user/alice\"},\"action\":{\"name\":\"s3:GetObject\"},"
     "\"evaluations\":[{\"resource\":{\"type\":\"s3_object\",\"id\":\"arn:aws:s3:::example-reports/finance/q3.csv\"}}]}"},
    {"POST", "/access/v1/search/subject", "authzen-subjects", OWN, W403_BODY_PDP, W403_FORM_AUTHZEN, w403_route_search_subject,
     "AuthZEN 1.0: who may", "AuthZenSearch", "AuthZenResults",
     "{\"subject\":{\"type\":\"iam_role\"},\"action\":{\"name\":\"s3:GetObject\"},"
     "\"resource\":{\"type\":\"s3_object\",\"id\":\"arn:aws:s3:::example-reports/finance/q3.csv\"}}"},
    {"POST", "/access/v1/search/resource", "authzen-resources", OWN, W403_BODY_PDP, W403_FORM_AUTHZEN, w403_route_search_resource,
     "AuthZEN 1.0: on what", "AuthZenSearch", "AuthZenResults",
     "{\"subject\":{\"type\":\"iam_user\",\"id\":\"arn:aws:iam::111122223333:user/alice\"},\"action\":{\"name\":\"s3:ListBucket\"},"
     "\"resource\":{\"type\":\"s3_bucket\"}}"},
    {"POST", "/access/v1/search/action", "authzen-actions", OWN, W403_BODY_PDP, W403_FORM_AUTHZEN, w403_route_search_action,
     "AuthZEN 1.0: what may be done", "AuthZenSearch", "AuthZenResults",
     "{\"subject\":{\"type\":\"iam_user\",\"id\":\"arn:aws:iam::111122223333:user/alice\"},"
     "\"resource\":{\"type\":\"s3_bucket\",\"id\":\"arn:aws:s3:::example-reports\"}}"},
    {"GET", "/.well-known/authzen-configuration", "authzen-metadata", 0, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_authzen_metadata,
     "AuthZEN 1.0: where its endpoints are", NULL, "AuthZenMetadata", NULL},
    {"*", "/authz/nginx", "nginx", PDP, W403_BODY_PDP, W403_FORM_GATE, w403_route_nginx, "nginx auth_request", NULL, NULL, NULL},
    {"*", "/authz/envoy/*", "envoy", PDP, W403_BODY_PDP, W403_FORM_GATE, w403_route_envoy, "Envoy ext_authz over HTTP", NULL, NULL, NULL},
    {"GET", "/healthz", "healthz", 0, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_alive, "Alive", NULL, "Status", NULL},
    {"GET", "/readyz", "readyz", 0, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_ready, "Has a world to answer by", NULL, "Status", NULL},
    {"GET", "/metrics", "metrics", PDP | W403_SCOPE_METRICS, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_metrics,
     "Prometheus' text", NULL, "Text", NULL},
    {"GET", "/v1/openapi.json", "openapi", 0, W403_BODY_NONE, W403_FORM_PROBLEM, w403_route_openapi, "This description", NULL, "Object", NULL},
};
const unsigned w403_n_routes = sizeof w403_routes / sizeof *w403_routes;
_Static_assert(sizeof w403_routes / sizeof *w403_routes < W403_METRIC_ROUTES, "each route is counted, and what is none");

/* ---- which one ---- */

static bool path_is(const w403_serve_route *r, w403_view path)
{
    w403_view own = w403_view_of(r->path);
    if (own.p[own.n - 1] == '*') {
        w403_view begin = w403_view_sub(own, 0, own.n - 1);
        return w403_view_starts(path, begin);
    }
    return w403_view_eq(path, own);
}

static bool method_is(const w403_serve_route *r, w403_view method)
{
    w403_view own = w403_view_of(r->methods);
    bool      head = w403_view_eq(method, W403_LIT("HEAD")) && w403_view_eq(own, W403_LIT("GET"));
    return head || own.p[0] == '*' || w403_view_eq(method, own);
}

static const w403_serve_route *find(w403_serving *q)
{
    const w403_serve_route *near = NULL;
    for (unsigned i = 0; i < w403_n_routes; i++) {
        if (path_is(&w403_routes[i], q->path)) {
            near = &w403_routes[i];
            if (method_is(near, q->x->method)) {
                return near;
            }
        }
    }
    if (near) {
        w403_add_field(q, "Allow", near->methods[0] == 'G' ? W403_LIT("GET, HEAD") : w403_view_of(near->methods));
        w403_refuse(q, 405, "method", "this address does not take this method", NULL);
    } else {
        w403_refuse(q, 404, "not-found", "there is nothing at this address", "/v1/openapi.json says what there is");
    }
    return NULL;
}

/* ---- who ---- */

static w403_view cookie(const w403_serving *q)
{
    char      name[32];
    w403_view rest = w403_field(q->x, "cookie");
    int       n = snprintf(name, sizeof name, "why403-%u", q->server->port);
    while (rest.n > 0) {
        w403_view value = w403_view_trim(w403_view_cut(&rest, ';'));
        if (w403_view_eq(w403_view_cut(&value, '='), (w403_view){name, (size_t)n}) && value.p) {
            return value;
        }
    }
    return (w403_view){NULL, 0};
}

static w403_view token(const w403_serving *q)
{
    static const char *const names[] = {"x-why403-token", "x-auth-token"};
    bool                     gate = q->route->form == W403_FORM_GATE; /* Authorization is the client's there */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        w403_view v = w403_field(q->x, names[i]);
        if (v.p) {
            return v;
        }
    }
    w403_view v = gate ? (w403_view){NULL, 0} : w403_field(q->x, "authorization");
    if (v.n > 7 && w403_view_ieq(w403_view_sub(v, 0, 7), W403_LIT("bearer "))) {
        v = w403_view_trim(w403_view_sub(v, 7, v.n));
    }
    return v; /* MinIO sends it as it is */
}

/* Of a browser: was it our page that asked? Cookies know no ports, and other sites may send forms. */
static bool same_origin(w403_serving *q)
{
    w403_view site = w403_field(q->x, "sec-fetch-site"), origin = w403_field(q->x, "origin"), host = w403_field(q->x, "host");
    w403_view name = origin.p ? w403_view_of(q->x->tls ? "https://" : "http://") : origin;
    bool      own = origin.p && w403_view_starts(origin, name) && w403_view_eq(w403_view_sub(origin, name.n, origin.n), host);
    if (origin.p && !own && q->server->options.public_url.n) {
        w403_view url = q->server->options.public_url;
        url.n -= url.p[url.n - 1] == '/';
        own = w403_view_eq(origin, url);
    }
    bool get = q->route->methods[0] == 'G';
    if (site.p) {
        bool typed = w403_view_eq(site, W403_LIT("none")) && get; /* into the address bar */
        return typed || (w403_view_eq(site, W403_LIT("same-origin")) && (!origin.p || own));
    }
    return own || (get && !origin.p && q->route->run == w403_route_page); /* nothing of anybody's is in it */
}

static bool json_type(const w403_exchange *x)
{
    w403_view type = w403_field(x, "content-type");
    return w403_view_ieq(w403_view_trim(w403_view_cut(&type, ';')), W403_LIT("application/json"));
}

static bool allowed_without(const w403_serving *q)
{
    const w403_server *s = q->server;
    if (q->route->run == w403_route_page && w403_query_has(q->query, "token")) { /* it is looked at there */
        return true;
    }
    return q->route->scopes == 0 || (s->options.no_auth && (q->route->scopes & PDP));
}

static bool admit(w403_serving *q)
{
    w403_server *s = q->server;
    bool         pdp_only = s->pdp_listeners >> q->x->listener & 1;
    if (pdp_only && q->route->scopes && !(q->route->scopes & (PDP | W403_SCOPE_METRICS))) {
        w403_refuse(q, 404, "not-found", "this listener answers decision points only", NULL);
        return false;
    }
    if (allowed_without(q)) {
        return true;
    }
    w403_view t = token(q), c = cookie(q);
    if (t.p) {
        q->who = w403_auth_token(&s->auth, t);
    }
    if (!(q->who.scopes & q->route->scopes) && c.p) {
        q->who = w403_auth_session(&s->auth, c, w403_now_ns());
        if ((q->who.scopes & q->route->scopes) && !same_origin(q)) {
            atomic_fetch_add_explicit(&s->metrics.refused[W403_REFUSED_ORIGIN], 1, memory_order_relaxed);
            w403_refuse(q, 403, "origin", "a session is for the pages of this server only", NULL);
            return false;
        }
    }
    if (!(q->who.scopes & q->route->scopes)) {
        atomic_fetch_add_explicit(&s->metrics.refused[W403_REFUSED_TOKEN], 1, memory_order_relaxed);
        w403_refuse(q, q->who.scopes ? 403 : 401, q->who.scopes ? "scope" : "unauthorized",
                    q->who.scopes ? "this token is not for this" : "a token or a session is needed", NULL);
        return false;
    }
    return true;
}

/* What other sites can make a browser send has another type. */
static bool typed(w403_serving *q)
{
    bool lines = q->route->body == W403_BODY_LINES, own = q->route->form == W403_FORM_PROBLEM && q->route->methods[0] == 'P';
    w403_view type = w403_field(q->x, "content-type");
    w403_view first = w403_view_trim(w403_view_cut(&type, ';'));
    bool ndjson = w403_view_ieq(first, W403_LIT("application/x-ndjson")) || w403_view_ieq(first, W403_LIT("application/jsonl"));
    if ((own || q->who.cookie) && q->route->methods[0] == 'P' && !json_type(q->x) && !(lines && !q->who.cookie && ndjson)) {
        w403_refuse(q, 415, "type", "the body is JSON: Content-Type is application/json", NULL);
        return false;
    }
    return true;
}

static size_t body_limit(const w403_serving *q)
{
    const w403_serve_limits *l = &q->server->options.limits;
    switch (q->route->body) {
    case W403_BODY_NONE: return 0;
    case W403_BODY_ASK: return l->body;
    case W403_BODY_PDP: return l->pdp_body;
    case W403_BODY_LINES: return SIZE_MAX;
    }
    return 0;
}

static void too_large(void *user, w403_exchange *x)
{
    w403_server *s = user;
    atomic_fetch_add_explicit(&s->metrics.refused[W403_REFUSED_SIZE], 1, memory_order_relaxed);
    w403_refuse(x->own, 413, "limit", "the body is larger than it may be", NULL);
}

/* ---- the module's calls ---- */

static bool safe_id(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!((c >= '0' && c <= '9') || (w403_lower(c) >= 'a' && w403_lower(c) <= 'z') || strchr("-_.:+/=", c) != NULL) || c == '\0') {
            return false;
        }
    }
    return v.n > 0 && v.n <= 128;
}

static void name_request(w403_serving *q)
{
    char      fresh[27];
    w403_view given = w403_field(q->x, "x-request-id");
    if (safe_id(given)) {
        q->id = w403_keep_text(q, given);
    } else {
        w403_new_id(fresh);
        q->id = w403_keep_text(q, (w403_view){fresh, 26});
    }
}

static void head(void *user, w403_exchange *x)
{
    w403_server  *s = user;
    w403_serving *q = malloc(sizeof *q);
    x->own = q;
    if (!q) {
        x->status = 503;
        x->close = true;
        return;
    }
    memset(q, 0, offsetof(w403_serving, text));
    q->server = s;
    q->x = x;
    q->query = x->target;
    q->path = w403_view_cut(&q->query, '?');
    atomic_fetch_add(&s->metrics.inflight, 1);
    name_request(q);
    x->close = atomic_load(&s->draining);
    if (!w403_guard_head(q) || !(q->route = find(q)) || !admit(q) || !typed(q)) {
        return;
    }
    x->body_limit = body_limit(q);
    uint64_t  length = 0;
    w403_view said = w403_field(x, "content-length");
    if (said.p && (!w403_view_u64(said, &length) || length > x->body_limit)) {
        x->close = true;
        too_large(s, x);
        return;
    }
    q->world = w403_worlds_hold(&s->worlds);
    if (q->route->body == W403_BODY_LINES) {
        q->route->run(q);
    }
}

static void whole(void *user, w403_exchange *x)
{
    w403_serving *q = x->own;
    q->arena = w403_thread_arena(user);
    if (!q->arena) {
        w403_refuse(q, 503, "overload", "out of memory", NULL);
        return;
    }
    q->route->run(q);
    if (q->decision.made) {
        w403_log_put_decision(&q->server->log, q->id, &q->decision, (w403_now_ns() - x->began_ns) / 1000);
    }
    if (!w403_buf_ok(&x->out)) {
        w403_buf_free(&x->out);
        w403_refuse(q, 503, "overload", "out of memory", NULL);
    }
}

static void piece(void *user, w403_exchange *x, w403_view bytes, bool last)
{
    w403_serving *q = x->own;
    q->arena = w403_thread_arena(user);
    w403_batch_piece(q, bytes, last);
}

static void done(void *user, w403_exchange *x, bool whole_answer)
{
    w403_server  *s = user;
    w403_serving *q = x->own;
    if (!q) {
        return;
    }
    uint64_t ns = w403_now_ns() - x->began_ns;
    unsigned route = q->route ? (unsigned)(q->route - w403_routes) : w403_n_routes;
    (void)whole_answer;
    w403_batch_end(q);
    w403_metric_request(&s->metrics, route, x->status, ns);
    w403_worlds_release(q->world);
    atomic_fetch_sub(&s->metrics.inflight, 1);
    x->own = NULL;
    free(q);
}

static void refused(void *user, w403_http_refusal why)
{
    w403_server *s = user;
    atomic_fetch_add_explicit(&s->metrics.refused[why], 1, memory_order_relaxed);
}

const w403_http_ops w403_serve_ops = {.head = head, .whole = whole, .piece = piece, .too_large = too_large, .done = done, .refused = refused};

/* Answers and refusals, one form for each protocol. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/route.h"

w403_view w403_keep_text(w403_serving *q, w403_view v)
{
    if (!v.p || v.n + 1 > sizeof q->text - q->room) {
        return (w403_view){NULL, 0};
    }
    char *p = q->text + q->room;
    memcpy(p, v.p, v.n);
    p[v.n] = '\0';
    q->room += v.n + 1;
    return (w403_view){p, v.n};
}

void w403_add_field(w403_serving *q, const char *name, w403_view value)
{
    w403_exchange *x = q->x;
    w403_view      kept = w403_keep_text(q, value);
    if (kept.p && x->n_extra < W403_HTTP_EXTRA) {
        x->extra[x->n_extra++] = (w403_pair){w403_view_of(name), kept};
    }
}

const char *w403_phrase(int status)
{
    static const struct { int status; const char *phrase; } phrases[] = {
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
        {408, "Request Timeout"}, {409, "Conflict"}, {413, "Content Too Large"}, {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"}, {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"}, {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "OK";
}

void w403_answer(w403_serving *q, int status, const char *type)
{
    q->x->status = status;
    q->x->type = type;
    w403_add_field(q, "Cache-Control", W403_LIT("no-store"));
    w403_add_field(q, "X-Request-Id", q->id);
    w403_add_field(q, "X-Content-Type-Options", W403_LIT("nosniff"));
    if (q->world) {
        w403_add_field(q, "X-Why403-Snapshot", w403_view_of(q->world->name));
    }
}

void w403_answer_text(w403_serving *q, int status, const char *type, w403_view body)
{
    w403_buf_clear(&q->x->out);
    w403_buf_put(&q->x->out, body);
    w403_answer(q, status, type);
}

int w403_status_of(const w403_error *err, const char **code)
{
    switch (err->code) {
    case W403_OK: *code = "ok"; return 200;
    case W403_SYNTAX: *code = "syntax"; return 400;
    case W403_SEMANTIC: *code = "semantic"; return 400;
    case W403_LIMIT: *code = "limit"; return 413;
    case W403_NOT_FOUND: *code = "not-found"; return 422;
    case W403_IO: *code = "semantic"; return 400; /* a text that is not among those that were given */
    case W403_NOMEM: *code = "overload"; return 503;
    case W403_BUG: *code = "bug"; return 500;
    }
    *code = "bug";
    return 500;
}

static void put_problem(w403_buf *out, int status, const char *code, const w403_error *e)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "type", "about:blank");
    w403_jw_word(&w, "title", w403_phrase(status));
    w403_jw_number(&w, "status", (uint64_t)status);
    w403_jw_word(&w, "code", code);
    w403_jw_word(&w, "detail", e->message);
    if (e->hint[0]) {
        w403_jw_word(&w, "hint", e->hint);
    }
    if (e->line) {
        w403_jw_word(&w, "source", e->source);
        w403_jw_number(&w, "line", e->line);
        w403_jw_number(&w, "column", e->column);
        w403_jw_number(&w, "offset", e->offset);
        w403_jw_number(&w, "length", e->length);
    }
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

static void put_opa(w403_buf *out, int status, const w403_error *e)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "code", status == 401 ? "unauthorized" : status >= 500 ? "internal_error" : "invalid_parameter");
    w403_jw_word(&w, "message", e->message);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

static void refuse(w403_serving *q, int status, const char *code, const w403_error *e)
{
    w403_buf   *out = &q->x->out;
    const char *type = "application/json";
    w403_buf_clear(out);
    switch (q->route ? q->route->form : W403_FORM_PROBLEM) {
    case W403_FORM_PROBLEM:
        put_problem(out, status, code, e);
        type = "application/problem+json";
        break;
    case W403_FORM_OPA: put_opa(out, status, e); break;
    case W403_FORM_AUTHZEN: /* "error string" of the standard's 400 */
        w403_buf_json_string(out, w403_view_of(e->message));
        w403_buf_putc(out, '\n');
        break;
    case W403_FORM_GATE: /* nothing of it reaches anybody but the proxy */
        w403_buf_puts(out, e->message);
        w403_buf_putc(out, '\n');
        type = "text/plain; charset=utf-8";
        break;
    }
    if (status == 503) {
        w403_add_field(q, "Retry-After", W403_LIT("1"));
    }
    if (status == 401) {
        w403_add_field(q, "WWW-Authenticate", W403_LIT("Bearer realm=\"why403\""));
    }
    w403_answer(q, status, type);
}

void w403_refuse(w403_serving *q, int status, const char *code, const char *detail, const char *hint)
{
    w403_error err = {.code = W403_SEMANTIC};
    (void)snprintf(err.message, sizeof err.message, "%s", detail);
    (void)snprintf(err.hint, sizeof err.hint, "%s", hint ? hint : "");
    refuse(q, status, code, &err);
}

void w403_refuse_error(w403_serving *q, const w403_error *err)
{
    const char *code;
    int         status = w403_status_of(err, &code);
    if (atomic_load(&q->stop)) {
        w403_refuse(q, 503, "timeout", "the question takes longer than an answer may", "--answer-time sets how long that is");
        return;
    }
    if (err->code == W403_NOMEM) {
        w403_refuse(q, 503, "overload", "the question needs more memory than one may have", "--max-memory sets how much that is");
        return;
    }
    refuse(q, status, code, err);
}

/* AuthZEN 1.0: Access Evaluation, Access Evaluations, and the metadata that names the endpoints. */
#include "serve/authzen.h"

#include <stdio.h>

typedef enum semantic { EXECUTE_ALL, DENY_FIRST, PERMIT_FIRST } semantic;

static void put_error(w403_json_writer *w, int status, const char *message)
{
    w403_jw_flag(w, "decision", false);
    w403_jw_key(w, "context");
    w403_jw_object(w);
    w403_jw_key(w, "error");
    w403_jw_object(w);
    w403_jw_number(w, "status", (uint64_t)status);
    w403_jw_word(w, "message", message);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static w403_view reason(w403_serving *q, const w403_pdp *d)
{
    if (d->verdict == W403_UNDETERMINED) {
        return d->message;
    }
    const char *how = d->explicit_deny ? "explicit deny, " : d->statement.p ? "no allow, " : "";
    return d->statement.p ? w403_arena_printf(q->arena, "%s%.*s", how, W403_ALL(d->statement)) : d->message;
}

static void put_decision(w403_serving *q, w403_json_writer *w, const w403_pdp *d)
{
    bool allow = d->verdict == W403_ALLOWED;
    w403_jw_flag(w, "decision", allow);
    if (allow) {
        return;
    }
    w403_jw_key(w, "context");
    w403_jw_object(w);
    w403_jw_key(w, "reason_admin");
    w403_jw_object(w);
    w403_jw_text(w, "en", reason(q, d));
    w403_jw_end_object(w);
    w403_jw_key(w, "why403");
    w403_jw_object(w);
    w403_jw_word(w, "decision", w403_verdict_name(d->verdict));
    if (d->cause) {
        w403_jw_word(w, "cause", d->cause);
    }
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

/* One item; false in *allow where it was refused. NULL: it was answered. */
static const char *evaluate(w403_serving *q, const w403_authzen_item *item, w403_json_writer *w, bool alone, bool *allow)
{
    w403_request r;
    w403_pdp     d;
    w403_error   err;
    const char  *wrong = w403_authzen_request(q, item, W403_AUTHZEN_ALL, &r);
    *allow = false;
    if (wrong && alone) {
        return wrong;
    }
    w403_jw_object(w);
    if (wrong) {
        put_error(w, 400, wrong);
    } else {
        w403_status status = w403_pdp_decide(q, W403_PROTOCOL_AUTHZEN, &r, &d, &err);
        if (status != W403_OK) { /* a principal or bucket that nobody knows is no permission */
            const char *code;
            put_error(w, w403_status_of(&err, &code), err.message);
        } else {
            put_decision(q, w, &d);
            *allow = d.verdict == W403_ALLOWED;
        }
    }
    w403_jw_end_object(w);
    return NULL;
}

static bool read_body(w403_serving *q, w403_json_doc *doc)
{
    if (!w403_body_json(q, doc)) {
        return false;
    }
    if (doc->root->type != W403_JSON_OBJECT) {
        w403_refuse(q, 400, "semantic", "the request is an object", NULL);
        return false;
    }
    return true;
}

static void evaluate_one(w403_serving *q, const w403_json *root)
{
    w403_json_writer  w;
    w403_authzen_item item = w403_authzen_item_of(root, NULL);
    bool              allow;
    w403_jw_init(&w, &q->x->out, false);
    const char *wrong = evaluate(q, &item, &w, true, &allow);
    if (wrong) {
        w403_refuse(q, 400, "semantic", wrong, NULL);
    } else {
        w403_answer(q, 200, "application/json");
    }
}

void w403_route_evaluation(w403_serving *q)
{
    w403_json_doc doc;
    if (read_body(q, &doc)) {
        evaluate_one(q, doc.root);
    }
}

static bool read_semantic(const w403_json *root, semantic *out)
{
    static const char *const names[] = {"execute_all", "deny_on_first_deny", "permit_on_first_permit"};
    const w403_json         *v = w403_json_path(root, "options", "evaluations_semantic", NULL);
    *out = EXECUTE_ALL;
    if (!v) {
        return true;
    }
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (v->type == W403_JSON_STRING && w403_view_eq(v->text, w403_view_of(names[i]))) {
            *out = (semantic)i;
            return true;
        }
    }
    return false;
}

void w403_route_evaluations(w403_serving *q)
{
    w403_json_doc    doc;
    w403_json_writer w;
    semantic         how;
    if (!read_body(q, &doc)) {
        return;
    }
    const w403_json  *list = w403_json_get(doc.root, "evaluations");
    w403_authzen_item defaults = w403_authzen_item_of(doc.root, NULL);
    if (!list || (list->type == W403_JSON_ARRAY && list->count == 0)) { /* as one evaluation */
        evaluate_one(q, doc.root);
        return;
    }
    if (list->type != W403_JSON_ARRAY || !read_semantic(doc.root, &how)) {
        w403_refuse(q, 400, "semantic", list->type != W403_JSON_ARRAY ? "evaluations is a list" : "there is no such evaluations_semantic", NULL);
        return;
    }
    if (list->count > q->server->options.limits.evaluations) {
        w403_refuse(q, 413, "limit", "more evaluations than one call may have", NULL);
        return;
    }
    w403_jw_init(&w, &q->x->out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "evaluations");
    w403_jw_array(&w);
    bool stop = false;
    for (const w403_json *m = list->first; m && !stop; m = m->next) {
        w403_authzen_item item = w403_authzen_item_of(m, &defaults);
        bool              allow;
        (void)evaluate(q, &item, &w, false, &allow);
        stop = (how == DENY_FIRST && !allow) || (how == PERMIT_FIRST && allow);
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_answer(q, 200, "application/json");
}

void w403_route_authzen_metadata(w403_serving *q)
{
    static const struct { const char *name, *path; } endpoints[] = {
        {"access_evaluation_endpoint", "/access/v1/evaluation"}, {"access_evaluations_endpoint", "/access/v1/evaluations"},
        {"search_subject_endpoint", "/access/v1/search/subject"}, {"search_resource_endpoint", "/access/v1/search/resource"},
        {"search_action_endpoint", "/access/v1/search/action"}};
    w403_json_writer w;
    w403_view        url = q->server->options.public_url;
    if (!url.n) {
        w403_refuse(q, 404, "not-found", "the metadata names https addresses: --public-url says which", NULL);
        return;
    }
    url.n -= url.p[url.n - 1] == '/';
    w403_jw_init(&w, &q->x->out, false);
    w403_jw_object(&w);
    w403_jw_text(&w, "policy_decision_point", url);
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        w403_jw_text(&w, endpoints[i].name, w403_arena_printf(q->arena, "%.*s%s", W403_ALL(url), endpoints[i].path));
    }
    w403_jw_end_object(&w);
    w403_answer(q, 200, "application/json");
}

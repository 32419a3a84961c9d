#include <stdio.h>

#include "evidence/request_json.h"
#include "judge.h"

static bool add_session(judge_world *w, w403_view text, w403_error *err)
{
    w403_policy *p;
    w->policies = w->policies ? w->policies : w403_policies_new();
    if (!w->policies || w->n_session == sizeof w->session / sizeof *w->session ||
        w403_policies_add(w->policies, W403_POLICY_SESSION, 0, W403_LIT("session"), text, err) != W403_OK ||
        w403_policy_parse(w->a, W403_POLICY_SESSION, W403_LIT("session"), text, NULL, &p, err) != W403_OK) {
        return false;
    }
    w->session[w->n_session++] = p;
    return true;
}

bool judge_load(judge_world *w, w403_view snapshot, w403_view session, w403_error *err)
{
    w403_json_doc doc;
    *w = (judge_world){.a = w403_arena_new(0)};
    if (!w->a || w403_snapshot_parse(W403_LIT("world"), snapshot, NULL, NULL, &w->snapshot, err) != W403_OK) {
        return false;
    }
    if (session.n == 0) {
        return true;
    }
    if (w403_json_parse(w->a, W403_LIT("session"), session, NULL, &doc, NULL, err) != W403_OK) {
        return false;
    }
    for (const w403_json *p = doc.root->first; p; p = p->next) {
        if (!add_session(w, w403_view_sub(session, p->span.off, p->span.off + p->span.len), err)) {
            return false;
        }
    }
    return true;
}

void judge_free(judge_world *w)
{
    w403_policies_free(w->policies);
    w403_snapshot_free(w->snapshot);
    w403_arena_free(w->a);
}

static void failed(judge_result *out, const char *what, const w403_error *err)
{
    out->kind = JUDGE_ERROR;
    (void)snprintf(out->text, sizeof out->text, "%s: %s", what, err->message);
}

static bool holds(const char *const *list, unsigned n, const char *cause)
{
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(list[i], cause) == 0) {
            return true;
        }
    }
    return false;
}

/* What one side names and the other does not, as text. */
static bool sets_differ(judge_result *out)
{
    const naive_result *n = &out->naive;
    size_t              used = 0;
    for (unsigned i = 0; i < out->n_causes; i++) {
        if (!holds(n->causes, n->n_causes, out->causes[i]) && used < sizeof out->text - 80) {
            used += (size_t)snprintf(out->text + used, 80, "+%s ", out->causes[i]);
        }
    }
    for (unsigned i = 0; i < n->n_causes; i++) {
        if (!holds(out->causes, out->n_causes, n->causes[i]) && used < sizeof out->text - 80) {
            used += (size_t)snprintf(out->text + used, 80, "-%s ", n->causes[i]);
        }
    }
    return used > 0;
}

static void compare_details(judge_result *out)
{
    const naive_result *n = &out->naive;
    bool                both = out->engine == W403_DENIED && n->n_causes > 0;
    if (both && n->first_sure && strcmp(out->cause, n->causes[0]) != 0) {
        out->kind = JUDGE_CAUSE;
    } else if (both && n->set_sure && sets_differ(out)) {
        out->kind = JUDGE_SET;
    } else if (n->status && n->status != out->status) {
        out->kind = JUDGE_STATUS;
        (void)snprintf(out->text, sizeof out->text, "status %d, naive %d", out->status, n->status);
    }
}

static void compare(judge_result *out, const w403_decision *brief, const w403_decision *full)
{
    const naive_result *n = &out->naive;
    if (brief->verdict != out->engine || full->verdict != out->engine || brief->status != out->status ||
        full->status != out->status) {
        out->kind = JUDGE_DETAIL;
        (void)snprintf(out->text, sizeof out->text, "verdict only: %s %d, in full: %s %d",
                       w403_verdict_name(brief->verdict), brief->status, w403_verdict_name(full->verdict),
                       full->status);
    } else if (n->open) {
        out->kind = JUDGE_OPEN;
    } else if (out->engine != n->verdict) {
        out->kind = JUDGE_VERDICT;
    } else {
        compare_details(out);
    }
}

void judge_request(const judge_world *w, w403_view request, w403_arena *a, judge_result *out)
{
    w403_json_doc    doc;
    w403_request     r;
    w403_decision    d, brief, full;
    w403_explanation x;
    w403_error       err;
    *out = (judge_result){0};
    if (w403_json_parse(a, W403_LIT("request"), request, NULL, &doc, NULL, &err) != W403_OK ||
        w403_request_from_json(a, &doc, doc.root, true, &r, &err) != W403_OK) {
        failed(out, "request", &err);
        return;
    }
    if (w403_decide(w->snapshot, w->policies, &r, W403_DETAIL_CAUSES, a, &d, &err) != W403_OK ||
        w403_decide(w->snapshot, w->policies, &r, W403_DETAIL_VERDICT, a, &brief, &err) != W403_OK ||
        w403_decide(w->snapshot, w->policies, &r, W403_DETAIL_FULL, a, &full, &err) != W403_OK) {
        failed(out, "decide", &err);
        return;
    }
    if (w403_explain(&r, &d, a, &x, &err) != W403_OK) {
        failed(out, "explain", &err);
        return;
    }
    out->engine = d.verdict;
    out->status = d.status;
    (void)snprintf(out->cause, sizeof out->cause, "%s", x.n_causes ? x.causes[0].id : "");
    for (uint32_t i = 0; i < x.n_causes; i++) {
        if (out->n_causes < NAIVE_CAUSES && !holds(out->causes, out->n_causes, x.causes[i].id)) {
            out->causes[out->n_causes++] = x.causes[i].id;
        }
    }
    naive_decide(w->snapshot, w->session, w->n_session, &r, a, &out->naive);
    compare(out, &brief, &full);
}

static w403_view member(const w403_json_doc *doc, const w403_json *v)
{
    return v ? w403_view_sub(doc->text, v->span.off, v->span.off + v->span.len) : (w403_view){NULL, 0};
}

void judge_case(w403_view text, judge_result *out)
{
    w403_arena   *a = w403_arena_new(0);
    w403_json_doc doc;
    judge_world   w = {0};
    w403_error    err = {0};
    *out = (judge_result){.kind = JUDGE_ERROR};
    if (a && w403_json_parse(a, W403_LIT("case"), text, NULL, &doc, NULL, &err) == W403_OK) {
        w403_view snapshot = member(&doc, w403_json_get(doc.root, "snapshot"));
        w403_view session = member(&doc, w403_json_path(doc.root, "policies", "session", NULL));
        w403_view request = member(&doc, w403_json_get(doc.root, "request"));
        if (judge_load(&w, snapshot, session, &err)) {
            judge_request(&w, request, a, out);
        }
        judge_free(&w);
    }
    w403_arena_free(a);
}

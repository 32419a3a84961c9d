/* A case that asks a question about all requests (reason 15): asked, and compared with what it expects. */
#include "cli/case_question.h"

#include "symbolic/check_access.h"
#include "symbolic/document_kind.h"

void w403_case_differs(w403_case_asked *q, const char *name, w403_view expected, w403_view actual)
{
    if (w403_view_eq(expected, actual)) {
        return;
    }
    if (q->out->passed) {
        w403_buf_printf(&q->out->report, "# %.*s:%u\n", W403_ARG(q->c->doc->source), q->c->line);
        q->out->passed = false;
    }
    w403_buf_printf(&q->out->report, "# * %s expected: %.*s\n#   %s actual:   %.*s\n", name, W403_ARG(expected), name,
                    W403_ARG(actual));
}

w403_view w403_case_expected(const w403_case_asked *q, const char *name)
{
    const w403_json *v = w403_json_get(q->c->expected, name);
    return v ? v->text : (w403_view){NULL, 0};
}

static w403_view tri_word(w403_tri t)
{
    return t == W403_YES ? W403_LIT("yes") : t == W403_NO ? W403_LIT("no") : W403_LIT("unknown");
}

void w403_case_tri(w403_case_asked *q, const char *name, w403_tri actual)
{
    w403_view want = w403_case_expected(q, name);
    bool excused = actual == W403_UNKNOWN && w403_json_bool(q->c->expected, "or_unknown", false);
    if (want.p && !excused) {
        w403_case_differs(q, name, want, tri_word(actual));
    }
}

void w403_case_exit(w403_case_asked *q, int actual)
{
    w403_view want = w403_case_expected(q, "exit");
    bool excused = actual == 3 && w403_json_bool(q->c->expected, "or_unknown", false);
    if (want.p && !excused) {
        w403_case_differs(q, "exit", want, w403_arena_printf(q->a, "%d", actual));
    }
}

/* ---- documents ---- */

static w403_status bad(const w403_case_asked *q, const char *what)
{
    return w403_json_error(q->c->doc, q->c->question, q->err, "the question %s", what);
}

static w403_status read_pair(w403_case_asked *q, const char *old, const char *new, w403_view kind,
                             w403_documents *out)
{
    const char *const names[2] = {old, new};
    w403_document_text at[2];
    w403_policy_kind k;
    size_t n = 0;
    for (int side = 0; side < 2; side++) {
        const w403_json *v = names[side] ? w403_json_get(q->c->question, names[side]) : NULL;
        if (v) {
            at[n++] = (w403_document_text){q->c->doc, v};
        } else if (names[side]) {
            return bad(q, "lacks a document");
        }
    }
    W403_TRY(kind.p ? w403_document_kind_find(kind, &k, q->err) : w403_document_kind_guess(q->a, at, n, &k, q->err));
    for (size_t i = 0; i < n; i++) {
        W403_TRY(w403_document_read(q->a, k, &at[i], NULL, &out->policy[2 - n + i], q->err));
    }
    out->arena = q->a;
    out->kind = k;
    out->partition = w403_document_partition(out->policy[0] ? out->policy[0] : out->policy[1]);
    out->when = q->when;
    out->n_when = q->n_when;
    return W403_OK;
}

static w403_status diff_documents(w403_case_asked *q)
{
    w403_document_diff *d = W403_NEW(q->a, w403_document_diff);
    W403_NEED(d, q->err);
    W403_TRY(read_pair(q, "old", "new", w403_json_str(q->c->question, "kind"), &d->documents));
    W403_TRY(w403_diff_documents(d, &q->budget, q->err));
    static const char *const names[W403_CHANGES] = {"newly_allowed", "no_longer_denied", "newly_denied",
                                                    "no_longer_allowed"};
    for (int i = 0; i < W403_CHANGES; i++) {
        w403_case_tri(q, names[i], d->answers[i]);
    }
    w403_tri wider = w403_or(d->answers[W403_NEWLY_ALLOWED], d->answers[W403_NO_LONGER_DENIED]);
    w403_case_exit(q, wider == W403_YES ? 1 : wider == W403_NO ? 0 : 3);
    return w403_case_probe_documents(q, d);
}

static w403_status texts(const w403_case_asked *q, const w403_json *list, const w403_view **out, size_t *n)
{
    w403_view *at = W403_NEW_N(q->a, w403_view, list ? list->count + 1 : 1);
    W403_NEED(at, q->err);
    *out = at;
    for (const w403_json *m = list ? list->first : NULL; m; m = m->next) {
        at[(*n)++] = m->text;
    }
    return W403_OK;
}

static w403_status check_type(const w403_case_asked *q, const char *name, w403_view *kind)
{
    w403_view type = w403_json_str(q->c->question, name);
    if (w403_view_eq(type, W403_LIT("IDENTITY_POLICY"))) {
        *kind = W403_LIT("identity");
    } else if (w403_view_eq(type, W403_LIT("RESOURCE_POLICY"))) {
        *kind = W403_LIT("resource");
    } else {
        return bad(q, "has a `type` that is none");
    }
    return W403_OK;
}

static w403_status check(w403_case_asked *q)
{
    w403_check_result *r = W403_NEW(q->a, w403_check_result);
    w403_view name = w403_json_str(q->c->question, "check"), kind = {NULL, 0};
    w403_documents *d = r ? &r->diff.documents : NULL;
    W403_NEED(r, q->err);
    if (w403_view_eq(name, W403_LIT("no-new-access"))) {
        W403_TRY(check_type(q, "type", &kind));
        W403_TRY(read_pair(q, "existing", "new", kind, d));
        W403_TRY(w403_check_no_new_access(r, &q->budget, q->err));
    } else if (w403_view_eq(name, W403_LIT("access-not-granted"))) {
        const w403_json *access = w403_json_get(q->c->question, "access");
        W403_TRY(check_type(q, "type", &kind));
        W403_TRY(read_pair(q, NULL, "policy", kind, d));
        access = access && access->type == W403_JSON_ARRAY ? access->first : access;
        W403_TRY(texts(q, w403_json_get(access, "actions"), &d->focus.actions, &d->focus.n_actions));
        W403_TRY(texts(q, w403_json_get(access, "resources"), &d->focus.resources, &d->focus.n_resources));
        W403_TRY(w403_check_access_not_granted(r, &q->budget, q->err));
    } else {
        w403_view type = w403_json_str(q->c->question, "resource_type");
        W403_TRY(w403_check_kind(type, &kind, q->err));
        W403_TRY(read_pair(q, NULL, "policy", kind, d));
        W403_TRY(w403_check_no_public_access(r, type, &q->budget, q->err));
    }
    w403_view want = w403_case_expected(q, "result");
    bool excused = r->pass == W403_UNKNOWN && w403_json_bool(q->c->expected, "or_unknown", false);
    if (want.p && !excused) {
        w403_case_differs(q, "result", want,
                          r->pass == W403_YES  ? W403_LIT("PASS")
                          : r->pass == W403_NO ? W403_LIT("FAIL")
                                               : W403_LIT("unknown"));
    }
    w403_case_exit(q, r->pass == W403_YES ? 0 : r->pass == W403_NO ? 1 : 3);
    return W403_OK;
}

/* ---- which question ---- */

static w403_status read_when(w403_case_asked *q)
{
    const w403_json *when = w403_json_get(q->c->question, "when");
    w403_pair *at = W403_NEW_N(q->a, w403_pair, when ? when->count + 1 : 1);
    W403_NEED(at, q->err);
    for (const w403_json *m = when ? when->first : NULL; m; m = m->next) {
        at[q->n_when++] = (w403_pair){m->key, m->type == W403_JSON_NULL ? (w403_view){NULL, 0} : m->text};
    }
    q->when = at;
    return W403_OK;
}

w403_status w403_case_question(w403_arena *a, const w403_case *c, const w403_snapshot *snapshot,
                               const w403_policies *policies, w403_case_result *out, w403_error *err)
{
    w403_case_asked q = {
        .a = a, .c = c, .snapshot = snapshot, .policies = policies, .out = out, .err = err};
    w403_view command = w403_json_str(c->question, "command");
    out->passed = true;
    w403_budget_init(&q.budget);
    q.budget.max_ms = 60000; /* cases are about answers: a slow machine is no failure */
    w403_budget_start(&q.budget);
    W403_TRY(read_when(&q));
    if (w403_view_eq(command, W403_LIT("check"))) {
        return check(&q);
    }
    if (w403_view_eq(command, W403_LIT("diff")) && w403_json_get(c->question, "old")) {
        return diff_documents(&q);
    }
    static const char *const worlds[] = {"who-can", "what-can", "public", "diff"};
    for (int k = W403_CASE_WHO_CAN; k <= W403_CASE_DIFF; k++) {
        if (w403_view_eq(command, w403_view_of(worlds[k]))) {
            return w403_case_world(&q, (w403_case_world_kind)k);
        }
    }
    return bad(&q, "has a `command` that is none");
}

/* Questions of cases about a snapshot: who-can, what-can, public, and a snapshot against itself with other files. */
#include "cli/case_question.h"

#include "symbolic/public.h"

typedef struct world {
    w403_case_asked *q;
    w403_snapshot *own[2];
    w403_realm realm;
    w403_arena *scratch;
} world;

static w403_status bad(const w403_case_asked *q, const w403_json *at, const char *what)
{
    return w403_json_error(q->c->doc, at, q->err, "%s", what);
}

static w403_view json_text(const w403_case_asked *q, const w403_json *v)
{
    return w403_view_sub(q->c->doc->text, v->span.off, v->span.off + v->span.len);
}

static w403_status open_realm(world *w)
{
    w403_case_asked *q = w->q;
    if (q->c->snapshot) {
        W403_TRY(w403_snapshot_parse(q->c->doc->source, json_text(q, q->c->snapshot), NULL, NULL, &w->own[0], q->err));
    }
    w->realm = (w403_realm){.snap = {w->own[0] ? w->own[0] : q->snapshot, NULL},
                            .n = 1,
                            .policies = q->policies,
                            .budget = &q->budget,
                            .when = q->when,
                            .n_when = q->n_when,
                            .arena = q->a};
    w->scratch = w403_arena_new(0);
    W403_NEED(w->scratch, q->err);
    if (!w->realm.snap[0]) {
        return bad(q, q->c->question, "the question needs a `snapshot`");
    }
    return W403_OK;
}

static void close_realm(world *w)
{
    w403_realm_close(&w->realm);
    w403_arena_free(w->scratch);
    w403_snapshot_free(w->own[0]);
    w403_snapshot_free(w->own[1]);
}

static w403_status mention(world *w, w403_view resource)
{
    for (int side = 0; side < w->realm.n; side++) {
        W403_NEED(w403_realm_mention_resource(&w->realm, w->realm.snap[side], resource), w->q->err);
    }
    return W403_OK;
}

static w403_status ask_state(world *w, w403_view caller, const w403_wanted *wanted, w403_access *out)
{
    w403_asker who;
    w403_realm_reply x;
    w403_arena_reset(w->scratch);
    W403_TRY(w403_asker_find(w->q->a, w->realm.snap[0], caller, &who, w->q->err));
    W403_TRY(w403_realm_ask(&w->realm, &who, wanted, w->scratch, &x, w->q->err));
    *out = x.state;
    return W403_OK;
}

static void same_state(world *w, w403_view what, w403_view expected, w403_access actual)
{
    bool excused = actual == W403_ACCESS_UNKNOWN && w403_json_bool(w->q->c->expected, "or_unknown", false);
    w403_view name = w403_arena_copy(w->q->a, what);
    if (!excused && name.p) {
        w403_case_differs(w->q, name.p, expected, w403_view_of(w403_access_name(actual)));
    }
}

/* ---- who-can ---- */

static w403_wanted wanted_of(const w403_json *v)
{
    return (w403_wanted){.operation = w403_json_str(v, "operation"),
                         .action = w403_json_str(v, "action"),
                         .resource = w403_json_str(v, "resource")};
}

static w403_status who_can(world *w)
{
    w403_case_asked *q = w->q;
    w403_wanted wanted = wanted_of(q->c->question);
    const w403_json *callers = w403_json_get(q->c->expected, "callers");
    W403_TRY(mention(w, wanted.resource));
    for (const w403_json *m = callers ? callers->first : NULL; m; m = m->next) {
        w403_access state;
        W403_TRY(ask_state(w, m->key, &wanted, &state));
        same_state(w, m->key, m->text, state);
    }
    if (!w403_case_expected(q, "exit").p) {
        return W403_OK;
    }
    w403_asker_list askers = {0};
    bool some = false, unknown = false;
    W403_NEED(w403_askers_all(q->a, w->realm.snap[0], &w->realm.mentions, false, &askers), q->err);
    for (size_t i = 0; i < askers.n; i++) {
        w403_access state;
        W403_TRY(ask_state(w, askers.at[i].name, &wanted, &state));
        some |= state == W403_ALWAYS || state == W403_CONDITIONAL;
        unknown |= state == W403_ACCESS_UNKNOWN;
    }
    w403_case_exit(q, some ? 0 : unknown ? 3 : 1);
    return W403_OK;
}

/* ---- what-can ---- */

static w403_status what_can(world *w)
{
    w403_case_asked *q = w->q;
    const w403_json *can = w403_json_get(q->c->expected, "can");
    for (const w403_json *m = can ? can->first : NULL; m; m = m->next) {
        w403_wanted wanted = wanted_of(m);
        w403_access state;
        W403_TRY(mention(w, wanted.resource));
        W403_TRY(ask_state(w, w403_json_str(q->c->question, "principal"), &wanted, &state));
        w403_view name = w403_arena_printf(q->a, "%.*s on %.*s", W403_ARG(wanted.action), W403_ARG(wanted.resource));
        same_state(w, name, w403_json_str(m, "state"), state);
    }
    return W403_OK;
}

/* ---- public ---- */

static w403_view resource_for(world *w, w403_view operation, const w403_bucket *b)
{
    const w403_operation *op = w403_operation_find(operation);
    w403_view key = w403_json_str(w->q->c->question, "key");
    bool object = op && strcmp(op->resource_kind, "object") == 0;
    return object ? w403_arena_printf(w->q->a, "arn:%.*s:s3:::%.*s/%.*s", W403_ARG(w->realm.snap[0]->partition),
                                      W403_ARG(b->name), W403_ARG(key.p ? key : W403_LIT("x")))
                  : w403_arena_printf(w->q->a, "arn:%.*s:s3:::%.*s", W403_ARG(w->realm.snap[0]->partition),
                                      W403_ARG(b->name));
}

static w403_status public_callers(world *w, const w403_bucket *b)
{
    const w403_json *callers = w403_json_get(w->q->c->expected, "callers");
    for (const w403_json *m = callers ? callers->first : NULL; m; m = m->next) {
        for (const w403_json *o = m->first; o; o = o->next) {
            w403_wanted wanted = {.operation = o->key, .resource = resource_for(w, o->key, b)};
            w403_access state;
            W403_NEED(wanted.resource.p, w->q->err);
            W403_TRY(ask_state(w, m->key, &wanted, &state));
            same_state(w, w403_arena_printf(w->q->a, "%.*s %.*s", W403_ARG(m->key), W403_ARG(o->key)), o->text, state);
        }
    }
    return W403_OK;
}

static w403_status is_public(world *w)
{
    w403_case_asked *q = w->q;
    w403_view name = w403_json_str(q->c->question, "resource");
    const w403_bucket *b = w403_snapshot_bucket(w->realm.snap[0], name);
    w403_public *out = W403_NEW(q->a, w403_public);
    b = b ? b : w403_bucket_behind(w->realm.snap[0], name);
    if (!b) {
        return bad(q, q->c->question, "the snapshot has no such bucket");
    }
    W403_NEED(out, q->err);
    W403_TRY(w403_public_bucket(&w->realm, b, NULL, 0, NULL, NULL, out, q->err));
    W403_NEED(w403_realm_mention(&w->realm, w->realm.snap[0], b), q->err);
    W403_TRY(public_callers(w, b));
    w403_case_tri(q, "effective", out->effective);
    w403_view want = w403_case_expected(q, "s3_public");
    w403_case_differs(q, "s3_public", want.p ? want : W403_LIT(""),
                      !want.p                         ? W403_LIT("")
                      : out->s3_public == W403_YES    ? W403_LIT("true")
                      : out->s3_public == W403_NO     ? W403_LIT("false")
                                                      : W403_LIT("unknown"));
    w403_case_exit(q, out->effective == W403_YES ? 1 : out->effective == W403_NO ? 0 : 3);
    return W403_OK;
}

/* ---- diff ---- */

/* The snapshot's text with these files replaced or removed. */
static w403_status overlaid(world *w, const w403_json *overlay, w403_view *out)
{
    w403_case_asked *q = w->q;
    w403_buf b = {0};
    bool first = true;
    w403_buf_putc(&b, '{');
    for (int pass = 0; pass < 2; pass++) {
        const w403_json *m = pass ? overlay->first : q->c->snapshot->first;
        for (; m; m = m->next) {
            const w403_json *over = NULL;
            for (const w403_json *o = overlay->first; o && pass == 0 && !over; o = o->next) {
                over = w403_view_eq(o->key, m->key) ? o : NULL;
            }
            if (over || m->type == W403_JSON_NULL) {
                continue;
            }
            w403_buf_puts(&b, first ? "" : ",");
            w403_buf_json_string(&b, m->key);
            w403_buf_putc(&b, ':');
            w403_buf_put(&b, json_text(q, m));
            first = false;
        }
    }
    w403_buf_putc(&b, '}');
    *out = w403_buf_ok(&b) ? w403_arena_copy(q->a, w403_buf_view(&b)) : (w403_view){NULL, 0};
    w403_buf_free(&b);
    return out->p ? W403_OK : w403_error_nomem(q->err);
}

static w403_status diff_callers(world *w, const w403_wanted *wanted, uint64_t *labels, bool *whole)
{
    w403_asker_list lists[2] = {{0}};
    for (int side = 0; side < 2; side++) {
        W403_NEED(w403_askers_all(w->q->a, w->realm.snap[side], &w->realm.mentions, false, &lists[side]), w->q->err);
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < lists[side].n; i++) {
            w403_realm_reply x;
            bool again = false;
            for (size_t k = 0; side == 1 && k < lists[0].n; k++) {
                again |= w403_view_eq(lists[0].at[k].name, lists[1].at[i].name);
            }
            if (again) {
                continue;
            }
            w403_arena_reset(w->scratch);
            W403_TRY(w403_realm_ask(&w->realm, &lists[side].at[i], wanted, w->scratch, &x, w->q->err));
            *labels |= w403_diagram_labels(&x.diagram);
            *whole &= x.diagram.whole && !x.incomplete;
        }
    }
    return W403_OK;
}

#define WORLDS(old, new) (UINT64_C(1) << ((old) * 4 + (new)))

static w403_tri change(uint64_t labels, bool whole, w403_verdict from, w403_verdict to)
{
    uint64_t maybe = WORLDS(from, W403_UNDETERMINED) | WORLDS(W403_UNDETERMINED, to);
    if (labels & WORLDS(from, to)) {
        return W403_YES;
    }
    return (labels & maybe) || !whole ? W403_UNKNOWN : W403_NO;
}

static w403_status diff(world *w)
{
    w403_case_asked *q = w->q;
    const w403_json *overlay = w403_json_get(q->c->question, "overlay"), *over = w403_json_get(q->c->question, "over");
    w403_view text;
    uint64_t labels = 0;
    bool whole = true;
    if (!q->c->snapshot || !overlay) {
        return bad(q, q->c->question, "the question needs a snapshot, and an `overlay` of it");
    }
    W403_TRY(overlaid(w, overlay, &text));
    W403_TRY(w403_snapshot_parse(q->c->doc->source, text, NULL, NULL, &w->own[1], q->err));
    w->realm.snap[1] = w->own[1];
    w->realm.n = 2;
    W403_TRY(w403_realm_open(&w->realm, q->err));
    for (const w403_json *m = over ? over->first : NULL; m; m = m->next) {
        if (m->type != W403_JSON_ARRAY || m->count != 2) {
            return bad(q, m, "each of `over` is [operation, resource]");
        }
        w403_wanted wanted = {.operation = m->first->text, .resource = m->first->next->text};
        W403_TRY(mention(w, wanted.resource));
        W403_TRY(diff_callers(w, &wanted, &labels, &whole));
    }
    w403_tri wider = change(labels, whole, W403_DENIED, W403_ALLOWED);
    w403_case_tri(q, "newly_allowed", wider);
    w403_case_tri(q, "newly_denied", change(labels, whole, W403_ALLOWED, W403_DENIED));
    w403_case_exit(q, wider == W403_YES ? 1 : wider == W403_NO ? 0 : 3);
    return W403_OK;
}

/* ---- probes ---- */

static w403_status probe(world *w, const w403_json *p, unsigned number)
{
    w403_case_asked *q = w->q;
    const w403_json *request = w403_json_get(p, "request");
    w403_request r;
    w403_decision d;
    if (!request) {
        return bad(q, p, "a probe has a `request`");
    }
    W403_TRY(w403_request_from_json(q->a, q->c->doc, request, true, &r, q->err));
    const w403_policies *ps = w403_json_get(p, "policies") ? w->realm.own : q->policies;
    W403_TRY(w403_decide(w->realm.snap[0], ps, &r, W403_DETAIL_VERDICT, q->a, &d, q->err));
    w403_view name = w403_arena_printf(q->a, "probe %u", number);
    W403_NEED(name.p, q->err);
    w403_case_differs(q, name.p, w403_json_str(p, "decision"), w403_view_of(w403_verdict_name(d.verdict)));
    return w403_case_probe_world(q, &w->realm, w->scratch, &r, d.verdict, name.p);
}

static w403_status probes(world *w)
{
    const w403_json *list = w403_json_get(w->q->c->expected, "probes");
    unsigned n = 0;
    for (const w403_json *p = list ? list->first : NULL; p; p = p->next) {
        W403_TRY(probe(w, p, ++n));
    }
    return W403_OK;
}

w403_status w403_case_world(w403_case_asked *q, w403_case_world_kind kind)
{
    world w = {.q = q};
    w403_status st = open_realm(&w);
    if (st == W403_OK && kind == W403_CASE_DIFF) {
        st = diff(&w);
    } else if (st == W403_OK) {
        st = w403_realm_open(&w.realm, q->err);
        st = st != W403_OK                ? st
             : kind == W403_CASE_WHO_CAN  ? who_can(&w)
             : kind == W403_CASE_WHAT_CAN ? what_can(&w)
                                          : is_public(&w);
        st = st == W403_OK ? probes(&w) : st;
    }
    close_realm(&w);
    return st;
}

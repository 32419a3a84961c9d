/* The probes of a question's case: single requests with the verdict that is expected of them. */
#include "cli/case_question.h"

#include "decide/check.h"
#include "symbolic/locate.h"

/* ---- documents ---- */

static w403_layer_kind layer_of(w403_policy_kind k)
{
    switch (k) {
    case W403_POLICY_IDENTITY:
        return W403_LAYER_IDENTITY;
    case W403_POLICY_BOUNDARY:
        return W403_LAYER_BOUNDARY;
    case W403_POLICY_SESSION:
        return W403_LAYER_SESSION;
    case W403_POLICY_SCP:
        return W403_LAYER_SCP;
    case W403_POLICY_RCP:
        return W403_LAYER_RCP;
    case W403_POLICY_VPC_ENDPOINT:
        return W403_LAYER_VPC_ENDPOINT;
    case W403_POLICY_ACCESS_POINT:
        return W403_LAYER_ACCESS_POINT;
    case W403_POLICY_KEY:
        return W403_LAYER_KEY;
    case W403_POLICY_TRUST:
        return W403_LAYER_TRUST;
    case W403_POLICY_RESOURCE:
    case W403_POLICY_KINDS:
        break;
    }
    return W403_LAYER_RESOURCE;
}

static w403_tri allowed_by_statement(const w403_layer *l)
{
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < l->n_matches; i++) {
        any = l->matches[i].deny ? any : w403_or(any, (w403_tri)l->matches[i].verdict);
    }
    return any;
}

/* What the point engine's layer says, given the document and nothing else. */
static w403_status one_side(w403_case_asked *q, const w403_json *document, w403_policy_kind kind,
                            const w403_request *r, w403_say *say, w403_decision *d)
{
    w403_policies *ps = w403_policies_new();
    w403_view text = w403_view_sub(q->c->doc->text, document->span.off, document->span.off + document->span.len);
    W403_NEED(ps, q->err);
    w403_status st = w403_policies_add(ps, kind, 0, W403_LIT("probe"), text, q->err);
    st = st == W403_OK ? w403_decide(NULL, ps, r, W403_DETAIL_CAUSES, q->a, d, q->err) : st;
    *say = W403_SAYS_NOTHING;
    for (uint32_t c = 0; st == W403_OK && c < d->n_checks; c++) {
        for (uint32_t i = 0; i < d->checks[c].n_layers; i++) {
            const w403_layer *l = &d->checks[c].layers[i];
            if (l->kind != layer_of(kind)) {
                continue;
            }
            bool full_access = kind == W403_POLICY_RCP || kind == W403_POLICY_SCP; /* it may stand beside the document */
            w403_tri allow = full_access ? allowed_by_statement(l) : l->allow;
            *say = l->deny == W403_YES      ? W403_SAYS_DENY
                   : l->deny == W403_UNKNOWN ? W403_SAYS_UNKNOWN
                   : allow == W403_YES      ? W403_SAYS_ALLOW
                   : allow == W403_NO       ? W403_SAYS_NOTHING
                                            : W403_SAYS_UNKNOWN;
        }
    }
    w403_policies_free(ps);
    return st;
}

static const char *const say_names[] = {"deny", "silent", "allow", "unknown"};

static bool says(w403_view wanted, w403_say say)
{
    while (wanted.p && wanted.n) { /* "deny|silent": AWS does not say which */
        w403_view one = w403_view_cut(&wanted, '|');
        if (w403_view_eq(one, w403_view_of(say_names[say]))) {
            return true;
        }
    }
    return false;
}

/* What the boxes say of the same request. */
static void by_boxes(w403_case_asked *q, w403_document_diff *diff, const w403_decision *d, const char *name,
                     const w403_say *say)
{
    w403_documents *docs = &diff->documents;
    const w403_space *s = &docs->space;
    const w403_call *call = d->detail;
    if (d->n_checks != 1) {
        return;
    }
    const w403_check_work *w = d->checks[0].detail;
    w403_request_place at = {&w->context, &call->caller, w->action_id, w->target->arn};
    uint32_t *slots = W403_NEW_N(q->a, uint32_t, s->dims.n + 1);
    if (!slots || !w403_documents_locate(docs, &at, slots)) {
        return;
    }
    uint8_t label = w403_diagram_at(&diff->diagram, slots);
    bool same = label == w403_says(say[0], say[1]) || (label == W403_LABEL_NONE) ||
                (say[0] == say[1] && label / 4 == label % 4);
    if (!same) {
        w403_case_differs(q, name, w403_arena_printf(q->a, "%s -> %s by decision", say_names[say[0]], say_names[say[1]]),
                          w403_arena_printf(q->a, "%s -> %s by the search", say_names[(label / 4) & 3],
                                            say_names[label % 4]));
    }
    for (size_t i = 0; i < diff->boxes.n && label != W403_LABEL_NONE; i++) {
        bool in = w403_box_has(s, &diff->boxes.at[i].box, slots);
        if (in && say[0] == say[1]) {
            w403_case_differs(q, name, W403_LIT("in no box"),
                              w403_view_of(w403_change_name(diff->boxes.at[i].change)));
        }
    }
}

static w403_status document_probe(w403_case_asked *q, w403_document_diff *diff, const w403_json *probe,
                                  const char *name)
{
    w403_request r;
    w403_say say[2];
    w403_decision d = {.verdict = W403_DENIED};
    static const char *const sides[2] = {"old", "new"};
    const w403_json *request = w403_json_get(probe, "request");
    if (!request) {
        return w403_json_error(q->c->doc, probe, q->err, "a probe has a `request`");
    }
    W403_TRY(w403_request_from_json(q->a, q->c->doc, request, false, &r, q->err));
    if (!r.principal.p) {
        r.principal = W403_LIT("arn:aws:iam::111122223333:role/someone");
    }
    for (int i = 0; i < 2; i++) {
        w403_view want = w403_json_str(probe, sides[i]);
        W403_TRY(one_side(q, w403_json_get(q->c->question, sides[i]), diff->documents.kind, &r, &say[i], &d));
        if (want.p && !says(want, say[i])) {
            w403_case_differs(q, w403_arena_printf(q->a, "%s %s", name, sides[i]).p, want,
                              w403_view_of(say_names[say[i]]));
        }
    }
    by_boxes(q, diff, &d, name, say);
    return W403_OK;
}

w403_status w403_case_probe_documents(w403_case_asked *q, w403_document_diff *d)
{
    const w403_json *probes = w403_json_get(q->c->expected, "probes");
    unsigned n = 0;
    for (const w403_json *p = probes ? probes->first : NULL; p; p = p->next) {
        w403_view name = w403_arena_printf(q->a, "probe %u", ++n);
        W403_NEED(name.p, q->err);
        W403_TRY(document_probe(q, d, p, name.p));
    }
    return W403_OK;
}

/* ---- snapshots ---- */

w403_status w403_case_probe_world(w403_case_asked *q, w403_realm *realm, w403_arena *scratch, const w403_request *r,
                                  w403_verdict verdict, const char *name)
{
    w403_asker who;
    w403_realm_reply x;
    w403_decision d;
    w403_wanted wanted = {.operation = r->operation, .action = r->action, .resource = r->resource};
    w403_arena_reset(scratch);
    W403_TRY(w403_asker_find(q->a, realm->snap[0], r->principal, &who, q->err));
    W403_TRY(w403_realm_ask(realm, &who, &wanted, scratch, &x, q->err));
    W403_TRY(w403_decide(realm->snap[0], x.policies, r, W403_DETAIL_VERDICT, scratch, &d, q->err));
    const w403_call *call = d.detail;
    if (d.n_checks == 0) {
        return W403_OK;
    }
    const w403_check_work *work = d.checks[0].detail;
    w403_request_place at = {&work->context, &call->caller, work->action_id, work->target->arn};
    uint32_t *slots = W403_NEW_N(scratch, uint32_t, x.space.dims.n + 1);
    for (size_t i = 0; slots && i < x.space.dims.n; i++) {
        const w403_dim *dim = &x.space.dims.at[i];
        const w403_class *c = i == x.caller_dim && dim->classes.n == 1 ? &dim->classes.at[0]
                                                                       : w403_locate_class(&x.space, dim, &at);
        if (!c) {
            return W403_OK; /* the probe does not say */
        }
        slots[i] = c->slot;
    }
    uint8_t label = slots ? w403_diagram_at(&x.diagram, slots) : (uint8_t)verdict;
    if (label != W403_LABEL_NONE && label != (uint8_t)d.verdict) {
        w403_case_differs(q, name, w403_view_of(w403_verdict_name(d.verdict)),
                          w403_arena_printf(q->a, "%s by the search", w403_verdict_name((w403_verdict)label)));
    }
    return W403_OK;
}

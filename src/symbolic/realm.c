#include "symbolic/realm.h"

#include "policy/policies.h"

const char *w403_access_name(w403_access s)
{
    static const char *const names[] = {"always", "conditional", "never", "undetermined"};
    return (unsigned)s < 4 ? names[s] : "undetermined";
}

static const char allow_all[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

w403_status w403_realm_open(w403_realm *r, w403_error *err)
{
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(r->policies, &n);
    r->own = w403_policies_new();
    W403_NEED(r->own, err);
    for (size_t i = 0; i < n; i++) { /* of the caller's side nothing is known there: it is taken to allow */
        bool callers = given[i].kind == W403_POLICY_IDENTITY || given[i].kind == W403_POLICY_BOUNDARY ||
                       given[i].kind == W403_POLICY_SESSION;
        if (!callers) {
            W403_TRY(w403_policies_add(r->own, given[i].kind, given[i].level, given[i].policy->doc.source,
                                       given[i].policy->doc.text, err));
        }
    }
    W403_TRY(w403_policies_add(r->own, W403_POLICY_IDENTITY, 0, W403_LIT("the caller's own account"),
                               w403_view_of(allow_all), err));
    for (int side = 0; side < r->n; side++) {
        W403_NEED(w403_mentions_snapshot(r->arena, r->snap[side], &r->mentions), err);
    }
    return W403_OK;
}

void w403_realm_close(w403_realm *r)
{
    w403_policies_free(r->own);
    r->own = NULL;
}

/* ---- one decision ---- */

w403_status w403_realm_decide(const w403_realm_reply *x, int side, const w403_request *request, w403_detail detail,
                              w403_arena *a, w403_decision *out, w403_error *err)
{
    w403_status st = w403_decide(x->realm->snap[side], x->policies, request, detail, a, out, err);
    if (st == W403_NOT_FOUND && x->realm->n == 2) { /* no such caller in that snapshot: nobody is let in */
        *out = (w403_decision){.verdict = W403_DENIED};
        return W403_OK;
    }
    return st;
}

/* ---- a document beside it ---- */

static w403_tri document_allows(const w403_policy *p, const w403_call *c, w403_view action)
{
    w403_tri allow = W403_NO, deny = W403_NO;
    for (size_t k = 0; c && k < c->checks.n; k++) {
        const w403_check_work *w = c->checks.at[k].detail;
        if (w->kms_leg || !w403_view_ieq(w->action, action)) {
            continue;
        }
        for (uint32_t i = 0; i < p->n_statements; i++) {
            w403_tri matches = w403_statement_match(&p->statements[i], &w->ask).verdict;
            w403_tri *of = p->statements[i].effect == W403_EFFECT_DENY ? &deny : &allow;
            *of = w403_or(*of, matches);
        }
        break; /* further ones of that action are of a second resource */
    }
    return w403_and(allow, w403_not(deny));
}

w403_status w403_realm_compare(w403_realm *r, const w403_policy *document, const w403_asker *asker, const w403_wanted *wanted,
                               w403_arena *a, w403_comparison *out, w403_error *err)
{
    w403_realm_reply x;
    r->document = document;
    w403_status st = w403_realm_ask(r, asker, wanted, a, &x, err);
    r->document = NULL;
    W403_TRY(st);
    uint64_t labels = w403_diagram_labels(&x.diagram);
    *out = (w403_comparison){.open = !x.diagram.whole || x.incomplete || r->budget->spent};
    for (unsigned v = W403_ALLOWED; v <= W403_UNDETERMINED; v++) {
        out->wider |= v != W403_ALLOWED && labels >> (v * 4 + W403_YES) & 1;
        out->narrower |= v == W403_ALLOWED && labels >> (v * 4 + W403_NO) & 1;
        out->open |= labels >> (v * 4 + W403_UNKNOWN) & 1 || (v == W403_UNDETERMINED && labels >> (v * 4 + W403_NO) & 1);
    }
    return W403_OK;
}

static uint8_t leaf(w403_space *s, const uint32_t *slots, const uint64_t *yes, const uint64_t *maybe)
{
    (void)yes;
    (void)maybe;
    w403_realm_reply *x = s->user;
    w403_request request;
    w403_error err;
    uint8_t label = 0;
    w403_arena_reset(x->work);
    w403_status st = w403_realm_request(x, slots, &request, &err);
    for (int side = 0; side < x->realm->n && st == W403_OK; side++) {
        w403_decision d;
        st = w403_realm_decide(x, side, &request, W403_DETAIL_VERDICT, x->work, &d, &err);
        label = (uint8_t)(label * 4 + (st == W403_OK ? d.verdict : W403_UNDETERMINED));
        if (x->realm->document && st == W403_OK) {
            label = (uint8_t)(label * 4 + document_allows(x->realm->document, d.detail, x->wanted->action));
        }
    }
    if (st == W403_SEMANTIC || st == W403_NOT_FOUND) { /* a request that nobody can make */
        return W403_LABEL_NONE;
    }
    if (st != W403_OK && x->err) {
        *x->err = err;
        x->err = NULL; /* the first one */
    }
    return label;
}

/* ---- the question ---- */

static w403_view some_principal(const w403_realm_reply *x)
{
    const w403_snapshot *s = x->realm->snap[0] ? x->realm->snap[0] : x->realm->snap[1];
    w403_view account = x->asker->account.p ? x->asker->account : W403_LIT("999988887777");
    return w403_arena_printf(x->arena, "arn:%.*s:iam::%.*s:role/someone",
                             W403_ARG(s ? s->partition : W403_LIT("aws")), W403_ARG(account));
}

static w403_status sample(w403_realm_reply *x, w403_error *err)
{
    w403_status first = W403_OK;
    bool any = false;
    w403_request_init(&x->base);
    x->base.operation = x->wanted->operation;
    x->base.action = x->wanted->action;
    x->base.resource = x->wanted->resource;
    x->base.headers = x->wanted->headers;
    x->base.n_headers = x->wanted->n_headers;
    x->base.principal = x->asker->principal.p ? x->asker->principal : some_principal(x);
    x->base.from = w403_asker_is_service(x->asker) ? (w403_view){NULL, 0} : W403_LIT("203.0.113.9");
    x->policies = x->asker->needs_own ? x->realm->own : x->realm->policies;
    W403_NEED(x->base.principal.p, err);
    for (int side = 0; side < x->realm->n; side++) {
        w403_decision d;
        w403_status st = w403_decide(x->realm->snap[side], x->policies, &x->base, W403_DETAIL_VERDICT, x->arena, &d,
                                     any || side ? NULL : err);
        if (st == W403_OK) {
            x->sample[side] = d.detail;
            any = true;
        } else if (st != W403_NOT_FOUND) {
            return st;
        } else {
            first = st;
        }
    }
    return any ? W403_OK : first;
}

/* What the labels of all classes come to. */
static void settle(w403_realm_reply *x)
{
    uint64_t labels = w403_diagram_labels(&x->diagram);
    bool allowed = labels & 1 << W403_ALLOWED, denied = labels & 1 << W403_DENIED;
    bool unknown = labels & 1 << W403_UNDETERMINED;
    bool whole = x->diagram.whole && !x->incomplete && !x->realm->budget->spent;
    if (!whole && !x->reason) {
        x->reason = x->diagram.whole && !x->realm->budget->spent ? "multi-valued" : "budget";
    }
    if (allowed) {
        x->state = denied || unknown || !whole ? W403_CONDITIONAL : W403_ALWAYS;
    } else {
        x->state = unknown || !whole ? W403_ACCESS_UNKNOWN : W403_NEVER;
    }
}

static w403_status build(w403_realm_reply *x, w403_error *err)
{
    W403_TRY(sample(x, err));
    x->space = (w403_space){.arena = x->arena, .budget = x->realm->budget, .leaf = leaf, .user = x};
    W403_NEED(w403_realm_statements(x) && w403_realm_keys(x), err);
    W403_NEED(w403_search(&x->space, &x->diagram), err);
    return W403_OK;
}

w403_status w403_realm_ask(w403_realm *r, const w403_asker *asker, const w403_wanted *wanted, w403_arena *a,
                           w403_realm_reply *out, w403_error *err)
{
    w403_error spare;
    *out = (w403_realm_reply){.realm = r, .asker = asker, .wanted = wanted, .arena = a, .err = err ? err : &spare};
    out->work = w403_arena_new(0);
    W403_NEED(out->work, err);
    r->budget->nodes = 0;
    w403_status st = build(out, err);
    if (st == W403_OK && !out->err) {
        st = W403_NOMEM; /* a decision failed in the search: its error is there */
    }
    if (st == W403_OK) {
        settle(out);
    }
    w403_arena_free(out->work);
    out->work = NULL;
    out->err = NULL;
    return st;
}

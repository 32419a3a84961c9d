/* Who else gains, over all requests for what was asked for: the world as it was beside the world with the fix in force.
 * Asked of everybody the snapshot knows, and of classes for everybody else. */
#include "base/limits.h"
#include "fix/change.h"
#include "symbolic/targets.h"

enum { ASKS = W403_LIMIT_FIX_PRINCIPALS, NODES = W403_LIMIT_FIX_NODES };

#define LABEL(old, new) (UINT64_C(1) << ((old) * 4 + (new)))
static const uint64_t gains = LABEL(W403_DENIED, W403_ALLOWED), perhaps = LABEL(W403_DENIED, W403_UNDETERMINED) |
                                                                          LABEL(W403_UNDETERMINED, W403_ALLOWED);

static w403_view words(w403_fixer *f, const w403_asker *a, bool always)
{
    w403_view name = a->principal.p ? a->principal : a->name;
    switch (a->kind) {
    case W403_ASKER_ACCOUNT:
        return W403_FIX_SAY(f, always ? N_("any principal of account {account}")
                                      : N_("any principal of account {account}, in some requests"),
                            W403_P("account", a->account));
    case W403_ASKER_ORGANIZATION:
        return W403_FIX_SAY(f, always ? N_("any principal of organization {organization}")
                                      : N_("any principal of organization {organization}, in some requests"),
                            W403_P("organization", a->org));
    case W403_ASKER_ANY_ACCOUNT:
        return W403_FIX_WORD(f, always ? N_("any AWS account") : N_("any AWS account, in some requests"));
    case W403_ASKER_ANONYMOUS:
        return W403_FIX_WORD(f, "unsigned requests that come another way");
    case W403_ASKER_SERVICE:
        return W403_FIX_SAY(f, always ? N_("the service {service}") : N_("the service {service}, in some requests"),
                            W403_P("service", w403_view_sub(a->name, 8, a->name.n)));
    case W403_ASKER_ANY_SERVICE:
        return W403_FIX_WORD(f, always ? N_("any AWS service") : N_("any AWS service, in some requests"));
    case W403_ASKER_KNOWN:
    case W403_ASKER_ROOT:
    case W403_ASKER_SESSION:
    case W403_ASKER_NAMED:
    case W403_ASKER_ORIGIN:
    case W403_ASKER_PROVIDER:
        break;
    }
    return always ? w403_fix_text(f, w403_arena_copy(f->arena, name))
                  : W403_FIX_SAY(f, "{principal}, in some requests", W403_P("principal", name));
}

static bool is_caller(const w403_fixer *f, const w403_asker *a)
{
    return a->principal.p && (w403_view_eq(a->principal, f->world->request.principal) ||
                              w403_view_eq(a->principal, w403_fix_call(f)->caller.principal_arn));
}

static w403_status ask(w403_fixer *f, w403_realm *r, const w403_asker *who, w403_arena *work, w403_fix_reached *out,
                       w403_error *err)
{
    const w403_request *q = &f->world->request;
    const w403_wanted wanted = {.operation = q->operation, .action = q->action, .resource = q->resource,
                                .headers = q->headers, .n_headers = q->n_headers};
    w403_realm_reply x;
    w403_arena_reset(work);
    w403_status st = w403_realm_ask(r, who, &wanted, work, &x, err);
    if (st != W403_OK) {
        return st == W403_NOMEM ? st : W403_OK; /* a request that he cannot make */
    }
    r->budget->max_nodes -= r->budget->nodes < r->budget->max_nodes ? r->budget->nodes : r->budget->max_nodes;
    uint64_t labels = w403_diagram_labels(&x.diagram);
    if (labels & gains) {
        w403_fix_gain *slot = W403_PUSH(f->arena, &out->list);
        W403_NEED(slot, err);
        slot->anonymous = who->kind == W403_ASKER_ANONYMOUS;
        slot->principal = w403_sayf(f, "%.*s", W403_ARG(who->principal));
        slot->words = words(f, who, labels == gains);
    } else if ((labels & perhaps) || !x.diagram.whole || x.incomplete) {
        out->open = true;
    }
    return W403_OK;
}

static w403_status ask_all(w403_fixer *f, w403_realm *r, w403_arena *work, w403_fix_reached *out, w403_error *err)
{
    w403_asker_list askers = {0};
    size_t asked = 0;
    for (int side = 0; side < 2; side++) {
        W403_NEED(w403_realm_mention_resource(r, r->snap[side], f->world->request.resource), err);
    }
    W403_NEED(w403_askers_all(r->arena, r->snap[1], &r->mentions, false, &askers), err);
    for (size_t i = 0; i < askers.n; i++) {
        const w403_asker *who = &askers.at[askers.n - 1 - i]; /* outside callers first: there are few classes of them */
        if (is_caller(f, who)) {
            continue;
        }
        if (asked++ >= ASKS || r->budget->spent) {
            out->open = true;
            break;
        }
        W403_TRY(ask(f, r, who, work, out, err));
    }
    return W403_OK;
}

w403_status w403_fix_reach(w403_fixer *f, w403_fix_reached *out, w403_error *err)
{
    w403_budget budget;
    if (!f->base || f->world->policies != f->policies) { /* who there is, or what was given before, is not known */
        return W403_OK;
    }
    w403_arena *arena = w403_arena_new(0), *work = w403_arena_new(0);
    w403_realm r = {.snap = {f->base, f->world->snapshot}, .n = 2, .policies = f->world->policies, .budget = &budget, .arena = arena};
    w403_budget_init(&budget);
    budget.max_nodes = NODES; /* of all questions together: not by the clock, so that the answer is the same everywhere */
    w403_budget_start(&budget);
    w403_status st = arena && work ? w403_realm_open(&r, err) : w403_error_nomem(err);
    if (st == W403_OK) {
        st = ask_all(f, &r, work, out, err);
    }
    w403_realm_close(&r);
    w403_arena_free(work);
    w403_arena_free(arena);
    return st;
}

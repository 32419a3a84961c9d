/* Small services of a call: what the request says, and what is said beside the verdict. */
#include "decide/call.h"

#include <stdarg.h>
#include <stdio.h>

static w403_view pair_find(const w403_pair *at, size_t n, w403_view name)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(at[i].name, name)) {
            return at[i].value.p ? at[i].value : W403_LIT("");
        }
    }
    return (w403_view){NULL, 0};
}

w403_view w403_call_header(const w403_call *c, w403_view name)
{
    return pair_find(c->req->headers, c->req->n_headers, name);
}

w403_view w403_call_query(const w403_call *c, w403_view name)
{
    return pair_find(c->req->query, c->req->n_query, name);
}

unsigned w403_call_given_levels(const w403_call *c, w403_policy_kind kind)
{
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(c->extra, &n);
    unsigned levels = 0;
    for (size_t i = 0; i < n; i++) {
        if (given[i].kind == kind && given[i].level + 1 > levels) {
            levels = given[i].level + 1;
        }
    }
    return levels;
}

bool w403_call_unsaid(const w403_call *c, w403_policy_kind kind)
{
    return !c->snap && (c->req->unsaid & W403_UNSAID_POLICIES) && !w403_call_given(c, kind);
}

bool w403_call_fully_said(const w403_call *c)
{
    return c->snap == NULL;
}

w403_tri w403_same_account(const w403_call *c, w403_view owner)
{
    if (!owner.p || !c->caller.account.p) {
        return W403_UNKNOWN;
    }
    return w403_bool(w403_view_eq(owner, c->caller.account));
}

/* Once: duplicates are dropped. `lasts`: as long as the arena does. */
static void say(w403_call *c, w403_view_list *list, w403_view text, bool lasts)
{
    if (c->detail == W403_DETAIL_VERDICT) {
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i], text)) {
            return;
        }
    }
    w403_view copy = lasts ? text : w403_arena_copy(c->arena, text);
    w403_view *slot = W403_PUSH(c->arena, list);
    if (!copy.p || !slot) {
        c->nomem = true;
        return;
    }
    *slot = copy;
}

void w403_say_beside(w403_call *c, w403_view_list *list, const char *text, const w403_part *parts, size_t n_parts)
{
    if (c->detail != W403_DETAIL_VERDICT) {
        w403_view said = n_parts ? w403_say_parts(c->arena, text, parts, n_parts) : w403_view_of(w403_word(c->arena, text));
        say(c, list, said, true);
    }
}

void w403_unknown(w403_call *c, w403_view what)
{
    c->unmodelled = true;
    say(c, &c->unknown, what, false);
}

void w403_unread(w403_call *c, const w403_fact *fact)
{
    if (fact->path.n && c->detail != W403_DETAIL_VERDICT) {
        w403_view code = fact->code.n ? fact->code : W403_LIT("not in the snapshot");
        say(c, &c->unread, w403_arena_printf(c->arena, "%.*s: %.*s", W403_ARG(fact->path), W403_ARG(code)), true);
    }
}

void w403_want(w403_call *c, w403_view path)
{
    if (path.n) {
        say(c, &c->wanted, path, false);
    }
}

void w403_want_of(w403_call *c, w403_view path, const char *part)
{
    if (path.n) {
        say(c, &c->wanted, w403_arena_printf(c->arena, "%.*s#%s", W403_ARG(path), part), true);
    }
}

const w403_view *w403_decision_wanted(const w403_decision *d, size_t *n)
{
    const w403_call *c = d->detail;
    *n = c ? c->wanted.n : 0;
    return c ? c->wanted.at : NULL;
}

void w403_settle(w403_call *c, w403_view how)
{
    c->nomem |= how.p == NULL;
    if (how.p) {
        say(c, &c->settle, how, false);
    }
}

w403_gate *w403_gate_add_said(w403_call *c, unsigned cause, w403_tri closed, int status, uint8_t phase, const char *text,
                              const w403_part *parts, size_t n_parts)
{
    w403_gate *g = W403_PUSH(c->arena, &c->gates);
    if (!g) {
        c->nomem = true;
        return NULL;
    }
    *g = (w403_gate){
        .cause = w403_cause_info_at(cause)->id, .closed = closed, .status = status, .check = -1, .phase = phase};
    if (c->detail != W403_DETAIL_VERDICT) {
        g->detail = w403_say_parts(c->arena, text, parts, n_parts);
        c->nomem |= g->detail.p == NULL;
    }
    return g;
}

w403_call *w403_call_again(const w403_call *c)
{
    w403_call *again = W403_NEW(c->arena, w403_call);
    if (again) {
        again->snap = c->snap;
        again->extra = c->extra;
        again->req = c->req;
        again->arena = c->arena;
        again->object = c->object;
        again->err = c->err;
        again->detail = c->detail;
        again->readings = c->readings;
        again->routed = c->routed;
        again->route = c->route;
    }
    return again;
}

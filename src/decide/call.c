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

static void say(w403_call *c, w403_view_list *arr, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

static void say(w403_call *c, w403_view_list *arr, const char *fmt, va_list ap)
{
    if (c->detail == W403_DETAIL_VERDICT) {
        return;
    }
    char text[1024];
    bool fixed = strchr(fmt, '%') == NULL; /* said as it stands: nothing to print or to copy */
    w403_view v = w403_view_of(fmt);
    if (!fixed) {
        int n = vsnprintf(text, sizeof text, fmt, ap);
        v = (w403_view){text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    }
    for (size_t i = 0; i < arr->n; i++) {
        if (w403_view_eq(arr->at[i], v)) {
            return;
        }
    }
    w403_view copy = fixed ? v : w403_arena_copy(c->arena, v);
    w403_view *slot = W403_PUSH(c->arena, arr);
    if (!copy.p || !slot) {
        c->nomem = true;
        return;
    }
    *slot = copy;
}

#define SAY(list)                                                                                                    \
    do {                                                                                                             \
        va_list ap;                                                                                                  \
        va_start(ap, fmt);                                                                                           \
        say(c, &(list), fmt, ap);                                                                                    \
        va_end(ap);                                                                                                  \
    } while (0)

void w403_assume(w403_call *c, const char *fmt, ...)
{
    SAY(c->assumptions);
}

void w403_note(w403_call *c, const char *fmt, ...)
{
    SAY(c->notes);
}

static void say_plain(w403_call *c, w403_view_list *list, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say_plain(w403_call *c, w403_view_list *list, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(c, list, fmt, ap);
    va_end(ap);
}

void w403_unknown(w403_call *c, w403_view what)
{
    c->unmodelled = true;
    say_plain(c, &c->unknown, "%.*s", W403_ARG(what));
}

void w403_unread(w403_call *c, const w403_fact *fact)
{
    if (fact->path.n && c->detail != W403_DETAIL_VERDICT) {
        w403_view code = fact->code.n ? fact->code : W403_LIT("not in the snapshot");
        say_plain(c, &c->unread, "%.*s: %.*s", W403_ARG(fact->path), W403_ARG(code));
    }
}

void w403_want(w403_call *c, w403_view path)
{
    if (path.n) {
        say_plain(c, &c->wanted, "%.*s", W403_ARG(path));
    }
}

void w403_want_of(w403_call *c, w403_view path, const char *part)
{
    if (path.n) {
        say_plain(c, &c->wanted, "%.*s#%s", W403_ARG(path), part);
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
        say_plain(c, &c->settle, "%.*s", W403_ARG(how));
    }
}

w403_gate *w403_gate_add(w403_call *c, unsigned cause, w403_tri closed, int status, uint8_t phase, const char *fmt,
                         ...)
{
    w403_gate *g = W403_PUSH(c->arena, &c->gates);
    if (!g) {
        c->nomem = true;
        return NULL;
    }
    *g = (w403_gate){
        .cause = w403_cause_info_at(cause)->id, .closed = closed, .status = status, .check = -1, .phase = phase};
    if (c->detail != W403_DETAIL_VERDICT) {
        char text[1024];
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        g->detail = w403_arena_copy(c->arena, (w403_view){text, len});
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

/* who-can and explain must say the same of every request of the cases that has a snapshot: a caller that is allowed is
 * among those who can, one that is denied is not among those who always can, and where the request falls into one of
 * the classes of requests, the class has its verdict.
 *
 * prop_who_can CASE-FILE...   prints `N agree, N differ, N not comparable`; exit 1 when some differ. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "decide/check.h"
#include "evidence/case_file.h"
#include "symbolic/locate.h"
#include "symbolic/targets.h"

typedef struct tally {
    size_t agree, differ, apart, located;
} tally;

/* What the question keeps fixed: another version, a presigned URL, a body; keys that the snapshot settles. */
static bool comparable(const w403_request *r)
{
    return !r->version_id.p && !r->presigned && r->n_body_keys == 0 && r->n_body == 0 && !r->body_policy.p &&
           !r->body_acl.p && !r->upload_initiator.p && !r->upload_kms_key.p && !r->issuer.p && !r->session_name.p &&
           r->unsaid == 0 && r->principal.p && !r->resource_account.p;
}

/* Everything that the request sets by hand must be open in the question. */
static bool only_open(const w403_realm_reply *x, const w403_request *r)
{
    for (size_t i = 0; i < r->n_context; i++) {
        w403_view param = {NULL, 0};
        uint16_t id = w403_key_find(r->context[i].key, &param);
        bool open = false;
        for (size_t u = 0; u < x->uses.n; u++) {
            bool same = w403_same_key(id, r->context[i].key, param, &x->uses.at[u]);
            open |= same && x->ways[u] != W403_WAY_DERIVED;
        }
        if (!open) {
            return false;
        }
    }
    for (size_t i = 0; i < r->n_headers; i++) {
        bool open = w403_view_ieq(r->headers[i].name, W403_LIT("x-amz-copy-source")); /* the question has it too */
        for (size_t u = 0; u < x->uses.n; u++) {
            const w403_key *k = w403_key_at(x->uses.at[u].id);
            w403_view name = w403_view_of(k ? k->name : "");
            w403_view_cut(&name, ':');
            open |= x->ways[u] == W403_WAY_HEADER && w403_view_ieq(name, r->headers[i].name);
        }
        if (!open && !(x->payer_dim != SIZE_MAX && w403_view_ieq(r->headers[i].name, W403_LIT("x-amz-request-payer")))) {
            return false;
        }
    }
    return true;
}

static bool contradicts(w403_access state, w403_verdict v)
{
    switch (v) {
    case W403_ALLOWED:
        return state == W403_NEVER || state == W403_ACCESS_UNKNOWN;
    case W403_DENIED:
        return state == W403_ALWAYS;
    case W403_UNDETERMINED:
        return false;
    }
    return false;
}

static const char *by_class(const w403_realm_reply *x, const w403_decision *d, w403_arena *a, tally *t)
{
    const w403_call *call = d->detail;
    uint32_t *slots = W403_NEW_N(a, uint32_t, x->space.dims.n + 1);
    if (!slots || d->n_checks == 0) {
        return NULL;
    }
    const w403_check_work *w = d->checks[0].detail;
    w403_request_place at = {&w->context, &call->caller, w->action_id, w->target->arn};
    if (x->payer_dim != SIZE_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < x->space.dims.n; i++) {
        const w403_dim *dim = &x->space.dims.at[i];
        bool single = i == x->caller_dim && dim->classes.n == 1;
        const w403_class *c = single ? &dim->classes.at[0] : w403_locate_class(&x->space, dim, &at);
        if (!c) {
            return NULL;
        }
        slots[i] = c->slot;
    }
    uint8_t label = w403_diagram_at(&x->diagram, slots);
    t->located++;
    return label == W403_LABEL_NONE || label == d->verdict ? NULL : w403_verdict_name((w403_verdict)label);
}

static void one_case(const w403_case *c, const w403_snapshot *s, tally *t)
{
    w403_arena *a = w403_arena_new(0), *b = w403_arena_new(0);
    w403_budget budget;
    w403_error err = {0};
    w403_decision d;
    w403_asker who;
    w403_realm_reply x;
    w403_wanted wanted = {.operation = c->request.operation, .action = c->request.action, .resource = c->request.resource};
    for (size_t i = 0; i < c->request.n_headers; i++) {
        if (w403_view_ieq(c->request.headers[i].name, W403_LIT("x-amz-copy-source"))) {
            wanted.headers = &c->request.headers[i];
            wanted.n_headers = 1;
        }
    }
    w403_budget_init(&budget);
    w403_realm realm = {.snap = {s, NULL}, .n = 1, .budget = &budget, .arena = a};
    w403_status st = w403_decide(s, NULL, &c->request, W403_DETAIL_VERDICT, a, &d, &err);
    bool decided = st == W403_OK;
    st = st == W403_OK ? w403_realm_open(&realm, &err) : st;
    if (st == W403_OK && !w403_realm_mention_resource(&realm, s, wanted.resource)) {
        abort();
    }
    st = st == W403_OK ? w403_asker_find(a, s, c->request.principal, &who, &err) : st;
    if (st == W403_OK && who.needs_own) { /* explain knows nothing of its account; the question takes it to allow */
        t->apart++;
    } else if (st == W403_OK) {
        st = w403_realm_ask(&realm, &who, &wanted, b, &x, &err);
        if (st == W403_OK && !only_open(&x, &c->request)) {
            t->apart++;
            goto out;
        }
        const char *other = st == W403_OK ? by_class(&x, &d, b, t) : NULL;
        bool wrong = st != W403_OK || other || contradicts(x.state, d.verdict);
        t->differ += wrong;
        t->agree += !wrong;
        if (wrong) {
            printf("%.*s:%u %.*s: %s by explain, %s by who-can%s%s%s\n", W403_ARG(c->doc->source), c->line,
                   W403_ARG(c->name), w403_verdict_name(d.verdict), st == W403_OK ? w403_access_name(x.state) : "error",
                   other ? ", its class " : "", other ? other : "", st == W403_OK ? "" : err.message);
        }
    } else {
        t->apart += !decided;
        t->differ += decided;
        if (decided) {
            printf("%.*s: %s\n", W403_ARG(c->name), err.message);
        }
    }
out:
    w403_realm_close(&realm);
    w403_arena_free(a);
    w403_arena_free(b);
}

static void one_file(const char *path, tally *t)
{
    w403_arena *a = w403_arena_new(0);
    w403_cases cases = {0};
    w403_error err;
    w403_view text;
    if (w403_file_read(a, path, &text, &err) != W403_OK ||
        w403_case_file_parse(a, w403_view_of(path), text, &cases, &err) != W403_OK) {
        printf("%s: %s\n", path, err.message);
        t->differ++;
    }
    for (size_t i = 0; i < cases.n; i++) {
        const w403_case *c = &cases.at[i];
        w403_snapshot *s = NULL;
        if (!c->snapshot || c->question || c->is_inventory || c->n_policies || !comparable(&c->request)) {
            t->apart++;
            continue;
        }
        w403_view json = w403_view_sub(text, c->snapshot->span.off, c->snapshot->span.off + c->snapshot->span.len);
        if (w403_snapshot_parse(w403_view_of(path), json, NULL, NULL, &s, &err) == W403_OK) {
            one_case(c, s, t);
        }
        w403_snapshot_free(s);
    }
    w403_arena_free(a);
}

int main(int argc, char **argv)
{
    tally t = {0};
    for (int i = 1; i < argc; i++) {
        one_file(argv[i], &t);
    }
    printf("%zu agree (%zu of them by the class of the request), %zu differ, %zu not comparable\n", t.agree, t.located,
           t.differ, t.apart);
    return t.differ > 0 || t.agree == 0;
}

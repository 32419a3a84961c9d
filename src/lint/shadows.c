/* Allows that the Denies of the document take away whole. */
#include "lint/arn.h"
#include "lint/proofs.h"

static size_t count(const w403_json *list)
{
    return w403_json_is(list, W403_JSON_ARRAY) ? list->count : 1;
}

/* ---- one Deny without conditions, by its words alone: whatever the service is ---- */

static bool list_covers(w403_lint_run *l, const w403_json *outer, const w403_json *inner, bool ignore_case)
{
    if (!w403_lint_first(inner) || !w403_lint_first(outer) || count(outer) * count(inner) > W403_LIMIT_LINT_PAIRS / 64)
        return false;
    W403_LINT_EACH(v, inner) {
        bool covered = false;
        W403_LINT_EACH(o, outer)
            covered = covered || w403_lint_includes(w403_lint_budget(l), o->text, v->text, ignore_case);
        if (!covered)
            return false;
    }
    return true;
}

static bool covers(w403_lint_run *l, const w403_lint_statement *deny, const w403_lint_statement *allow)
{
    return !deny->condition && (l->options->policy != W403_LINT_RESOURCE || w403_lint_everyone(deny)) &&
           list_covers(l, deny->action, allow->action, true) && list_covers(l, deny->resource, allow->resource, false);
}

/* ---- several, or under conditions: by a search over all requests ---- */

/* Does the value have texts in common with one of the list? No list: with what it does not exclude. */
static bool meets(w403_lint_run *l, w403_view value, const w403_json *list, const w403_json *excluded, bool ignore_case)
{
    w403_view glob = w403_lint_as_glob(l, value);
    W403_LINT_EACH(y, list) {
        if (w403_lint_overlap(w403_lint_budget(l), glob, w403_lint_as_glob(l, y->text), ignore_case) != W403_NO)
            return true;
    }
    W403_LINT_EACH(y, excluded) {
        if (w403_lint_includes(w403_lint_budget(l), y->text, glob, ignore_case))
            return false;
    }
    return excluded != NULL;
}

static bool meets_action(w403_lint_run *l, const w403_json *v, const w403_lint_statement *deny)
{
    return meets(l, v->text, deny->action, deny->not_action, true);
}

static bool meets_resource(w403_lint_run *l, const w403_json *v, const w403_lint_statement *deny)
{
    return meets(l, v->text, deny->resource, deny->not_resource, false);
}

static bool asks(const w403_lint_statement *st, w403_view key)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (w403_view_ieq(st->conditions[i].key, key))
            return true;
    }
    return false;
}

/* Nothing but that one Deny asks for the key, or it says nothing without: a request of the Allow passes it by. */
static bool is_avoided(const w403_lint_run *l, const uint32_t *which, size_t n, size_t at)
{
    const w403_lint_statement *deny = &l->statements[which[at]];
    for (uint32_t i = 0; i < deny->n_conditions; i++) {
        const w403_lint_condition *c = &deny->conditions[i];
        bool needed = w403_lint_positive(c) && !c->if_exists && c->set != W403_SET_ALL, alone = true;
        if (asks(&l->statements[which[0]], c->key))
            continue;
        if (needed && !w403_lint_is_key(c, "aws:SourceIp") &&
            (w403_lint_listed(W403_LIST_MAYBE_ABSENT_KEY, c->key) || w403_lint_is_key(c, "aws:ResourceTag/") ||
             w403_lint_is_key(c, "aws:RequestTag/")))
            return true;
        for (size_t k = 1; k < n && alone; k++)
            alone = k == at || !asks(&l->statements[which[k]], c->key);
        if (alone)
            return true;
    }
    return false;
}

typedef bool meets_fn(w403_lint_run *l, const w403_json *v, const w403_lint_statement *deny);

/* The Denies that have a value in common, of those in `which` behind the Allow; 0: some value has none. */
static size_t met(w403_lint_run *l, const w403_json *values, meets_fn *meet, uint32_t *which, size_t n)
{
    bool *useful = W403_NEW_N(l->arena, bool, n);
    size_t kept = 1;
    l->nomem = l->nomem || !useful;
    for (const w403_json *v = useful ? w403_lint_first(values) : NULL; v; v = w403_lint_next(values, v)) {
        bool any = false;
        for (size_t i = 1; i < n; i++) {
            bool here = meet(l, v, &l->statements[which[i]]);
            any = any || here;
            useful[i] = useful[i] || here;
        }
        if (!any)
            return 0;
    }
    for (size_t i = 1; useful && i < n; i++) {
        if (useful[i])
            which[kept++] = which[i];
    }
    return kept;
}

/* Denies that together may reach all of what it allows, behind the Allow itself; 0: there are none. Whom a request can
 * pass by needs no search. */
static size_t gather(w403_lint_run *l, uint32_t allow, uint32_t *which)
{
    const w403_lint_statement *st = &l->statements[allow];
    size_t n = 0, kept = 1;
    which[n++] = allow;
    for (uint32_t k = 0; st->action && st->resource && k < l->n_statements; k++) {
        if (l->statements[k].deny)
            which[n++] = k;
    }
    if ((n - 1) * (n + count(st->action) + count(st->resource)) > W403_LIMIT_LINT_PAIRS / 64)
        return 0;
    bool *passed = W403_NEW_N(l->arena, bool, n);
    l->nomem = l->nomem || !passed;
    for (size_t i = 1; passed && i < n; i++)
        passed[i] = is_avoided(l, which, n, i);
    for (size_t i = 1; passed && i < n; i++) {
        if (!passed[i])
            which[kept++] = which[i];
    }
    n = met(l, st->action, meets_action, which, kept);
    return n > 1 ? met(l, st->resource, meets_resource, which, n) : 0;
}

static size_t searched(w403_lint_run *l, uint32_t allow, uint32_t *which)
{
    size_t n = gather(l, allow, which);
    return n > 1 ? w403_lint_taken_away(l, which, n) : 0;
}

/* The Allow in `which`, and who takes it away; how many, or 0. */
static size_t shadows(w403_lint_run *l, uint32_t allow, uint32_t *which)
{
    which[0] = allow;
    for (uint32_t k = 0; k < l->n_statements; k++) {
        if (l->statements[k].deny && covers(l, &l->statements[k], &l->statements[allow])) {
            which[1] = k;
            return 2;
        }
    }
    return searched(l, allow, which);
}

/* A service's own Allow under a Deny that hits its deliveries is told in better words (deliveries.c). */
static bool is_told(const w403_lint_run *l, const w403_lint_statement *allow)
{
    for (size_t i = 0; i < l->found.n; i++) {
        const w403_finding *f = &l->found.at[i];
        if (f->check == &w403_lint_checks[W403_L_OWN_DENY_CANCELS_SERVICE_ALLOW] && f->at[1].node == allow->node)
            return true;
    }
    return false;
}

void w403_lint_shadows(w403_lint_run *l)
{
    size_t denies = 0;
    for (uint32_t i = 0; i < l->n_statements; i++)
        denies += l->statements[i].deny;
    if (!denies || denies * l->n_statements > W403_LIMIT_LINT_PAIRS / 4 || !w403_lint_wants(l, W403_L_OWN_SHADOWED_ALLOW))
        return;
    uint32_t *which = W403_NEW_N(l->arena, uint32_t, denies + 1);
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, denies + 1);
    l->nomem = l->nomem || !which || !at;
    for (uint32_t i = 0; which && at && i < l->n_statements; i++) {
        size_t n = l->statements[i].allow && !is_told(l, &l->statements[i]) ? shadows(l, i, which) : 0;
        for (size_t k = 0; k < n; k++)
            at[k] = w403_lint_at_value(l->statements[which[k]].node);
        if (n)
            w403_lint_add(l, W403_L_OWN_SHADOWED_ALLOW, at, (uint32_t)n, NULL);
    }
}

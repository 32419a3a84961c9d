/* Allows that the Denies of the document take away whole. */
#include "lint/arn.h"
#include "lint/proofs.h"

static size_t count(const w403_json *list)
{
    return w403_json_is(list, W403_JSON_ARRAY) ? list->count : 1;
}

/* ---- one Deny without conditions, by its words alone: whatever the service is ---- */

static bool list_covers(const w403_json *outer, const w403_json *inner, bool ignore_case)
{
    if (!w403_lint_first(inner) || !w403_lint_first(outer) || count(outer) * count(inner) > W403_LIMIT_LINT_PAIRS / 64)
        return false;
    W403_LINT_EACH(v, inner) {
        bool covered = false;
        W403_LINT_EACH(o, outer)
            covered = covered || w403_lint_includes(o->text, v->text, ignore_case);
        if (!covered)
            return false;
    }
    return true;
}

static bool covers(const w403_lint_run *l, const w403_lint_statement *deny, const w403_lint_statement *allow)
{
    return !deny->condition && (l->options->policy != W403_LINT_RESOURCE || w403_lint_everyone(deny)) &&
           list_covers(deny->action, allow->action, true) && list_covers(deny->resource, allow->resource, false);
}

/* ---- several, or under conditions: by a search over all requests ---- */

/* A value of the list that has texts in common with each of the values of `all`; no list: whatever it excludes. */
static bool meets_all(w403_lint_run *l, const w403_json *all, const w403_json *list, const w403_json *excluded,
                      bool ignore_case)
{
    if (count(all) * count(list ? list : excluded) > W403_LIMIT_LINT_PAIRS / 64)
        return false;
    W403_LINT_EACH(x, all) {
        w403_view glob = w403_lint_as_glob(l, x->text);
        bool met = !list;
        W403_LINT_EACH(y, list)
            met = met || w403_lint_overlap(glob, w403_lint_as_glob(l, y->text), ignore_case);
        W403_LINT_EACH(y, excluded)
            met = met && !w403_lint_includes(y->text, glob, ignore_case);
        if (!met)
            return false;
    }
    return w403_lint_first(all) != NULL;
}

/* Without the key, which the Allow does not ask for, the Deny says nothing. */
static bool is_avoided(const w403_lint_statement *deny, const w403_lint_statement *allow)
{
    for (uint32_t i = 0; i < deny->n_conditions; i++) {
        const w403_lint_condition *c = &deny->conditions[i];
        bool asked = false, needed = w403_lint_positive(c) && !c->if_exists && c->set != W403_SET_ALL;
        for (uint32_t k = 0; needed && k < allow->n_conditions; k++)
            asked = asked || w403_view_ieq(allow->conditions[k].key, c->key);
        if (needed && !asked && !w403_lint_is_key(c, "aws:SourceIp") &&
            (w403_lint_listed(W403_LIST_MAYBE_ABSENT_KEY, c->key) || w403_lint_is_key(c, "aws:ResourceTag/") ||
             w403_lint_is_key(c, "aws:RequestTag/")))
            return true;
    }
    return false;
}

static bool has_variable(const w403_json *v) /* as deep as the parser lets a document be */
{
    if (v->type == W403_JSON_STRING && w403_view_find(v->text, W403_LIT("${")) != SIZE_MAX)
        return true;
    for (const w403_json *m = v->first; m; m = m->next) {
        if (has_variable(m))
            return true;
    }
    return false;
}

/* The Denies that each reach all of what it allows, and may leave no request of it, behind the Allow itself. Others could
 * share the work too; the search is kept to where a person would see it. */
static size_t gather(w403_lint_run *l, uint32_t allow, uint32_t *which)
{
    const w403_lint_statement *st = &l->statements[allow];
    size_t n = 0;
    which[n++] = allow;
    if (!st->action || !st->resource || has_variable(st->node))
        return n;
    for (uint32_t k = 0; k < l->n_statements; k++) {
        const w403_lint_statement *deny = &l->statements[k];
        if (deny->deny && !is_avoided(deny, st) && meets_all(l, st->action, deny->action, deny->not_action, true) &&
            meets_all(l, st->resource, deny->resource, deny->not_resource, false) && !has_variable(deny->node))
            which[n++] = k;
    }
    return n;
}

/* Leaves out who is not needed: the last ones first. */
static size_t fewest(w403_lint_run *l, uint32_t *which, size_t n)
{
    for (size_t i = n; i-- > 1 && n > 2;) {
        uint32_t out = which[i];
        memmove(which + i, which + i + 1, (n - i - 1) * sizeof *which);
        if (w403_lint_takes_all(l, which, n - 1)) {
            n--;
        } else {
            memmove(which + i + 1, which + i, (n - i - 1) * sizeof *which);
            which[i] = out;
        }
    }
    return n;
}

static size_t searched(w403_lint_run *l, uint32_t allow, uint32_t *which)
{
    size_t n = gather(l, allow, which);
    return n > 1 && w403_lint_takes_all(l, which, n) ? fewest(l, which, n) : 0;
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

/* Do actions, resources and condition keys of one statement go together (R6; semantics 2.3)? S3 and KMS only. */
#include "base/glob.h"
#include "lint/arn.h"
#include "words/words.h"

/* ---- what one action can be asked for ---- */

typedef struct target {
    w403_view part[6];
    bool any;        /* everything; or no ARN, which is told elsewhere */
    unsigned halves; /* W403_LINT_IS_BUCKET, W403_LINT_IS_OBJECT: of S3 */
} target;

static bool type_fits(w403_lint_run *l, uint32_t type, const target *t)
{
    w403_ref_format f = w403_ref_type_format(type);
    bool s3 = w403_view_eq(f.service, W403_LIT("s3"));
    if (s3 && t->halves) {
        w403_view name = w403_ref_type_name(type);
        if (w403_view_eq(name, W403_LIT("bucket")))
            return t->halves & W403_LINT_IS_BUCKET;
        if (w403_view_eq(name, W403_LIT("object")))
            return t->halves & W403_LINT_IS_OBJECT;
    }
    if (s3 && !f.region && !f.account)
        return false; /* a bucket's or object's format fits anything; an ARN with Region or account is neither */
    if (!w403_view_eq(t->part[2], f.service))
        return false;
    w403_view part[6];
    if (w403_lint_arn_split(w403_ref_type_glob(type), part) < 6)
        return false;
    for (unsigned i = 3; i < 6; i++) {
        if (w403_lint_overlap(w403_lint_budget(l), part[i], t->part[i], false) == W403_NO)
            return false;
    }
    return true;
}

static bool action_fits(w403_lint_run *l, uint32_t action, const target *t)
{
    const uint16_t *types = w403_ref_action_types(action);
    if (t->any)
        return true;
    if (!*types) /* acts on no resource: "*", or all of them */
        return w403_view_eq(t->part[5], W403_LIT("*"));
    for (; *types; types++) {
        if (type_fits(l, *types - 1u, t))
            return true;
    }
    return false;
}

typedef struct targets {
    target *at;
    uint32_t n;
} targets;

static bool any_fits(w403_lint_run *l, uint32_t action, const targets *all)
{
    for (uint32_t i = 0; i < all->n; i++) {
        if (action_fits(l, action, &all->at[i]))
            return true;
    }
    return false;
}

static bool read_targets(w403_lint_run *l, const w403_lint_statement *st, targets *all)
{
    all->at = W403_NEW_N(l->arena, target, st->resource_count + 1u);
    l->nomem = l->nomem || !all->at;
    W403_LINT_EACH(v, all->at ? st->resource : NULL) {
        target *t = &all->at[all->n++];
        w403_view glob = w403_lint_as_glob(l, v->text);
        t->any = w403_lint_arn_split(glob, t->part) < 6 || w403_lint_open(t->part[2]);
        t->halves = t->any ? 0 : w403_lint_halves(glob);
    }
    return all->at != NULL;
}

/* Of the actions that a value stands for, does any fit any resource? Unknown names fit: they are told elsewhere. */
static bool value_fits(w403_lint_run *l, const w403_json *value, const targets *resources)
{
    size_t colon = w403_view_find_char(value->text, ':');
    uint32_t service = colon == SIZE_MAX ? W403_REF_NONE : w403_lint_service_of(l, w403_view_sub(value->text, 0, colon));
    w403_view prefix = w403_view_sub(value->text, 0, colon == SIZE_MAX ? 0 : colon);
    bool judged = w403_view_ieq(prefix, W403_LIT("s3")) || w403_view_ieq(prefix, W403_LIT("kms"));
    if (!judged || service == W403_REF_NONE)
        return true;
    w403_view name = w403_view_sub(value->text, colon + 1, value->text.n);
    uint32_t action = w403_ref_action_match(service, name, 0);
    bool known = action != W403_REF_NONE;
    for (; action != W403_REF_NONE; action = w403_ref_action_match(service, name, action + 1)) {
        if (any_fits(l, action, resources))
            return true;
    }
    return !known;
}

static void actions_on_resources(w403_lint_run *l, const w403_lint_statement *st)
{
    bool s3 = (l->options->resource & W403_LINT_S3) != 0;
    const w403_json *first = w403_lint_first(st->resource);
    targets all = {NULL, 0};
    if (!first || (size_t)st->action_count * st->resource_count > W403_LIMIT_LINT_PAIRS / 64)
        return;
    if (!w403_lint_wants(l, s3 ? W403_L_OWN_S3_ACTION_RESOURCE_MISMATCH : W403_L_OWN_ACTION_RESOURCE_MISMATCH) ||
        !read_targets(l, st, &all))
        return;
    w403_view resources = w403_lint_next(st->resource, first) ? W403_LIT("any of these resources") : first->text;
    W403_LINT_EACH(v, st->action) {
        if (!value_fits(l, v, &all))
            w403_lint_value(l, s3 ? W403_L_OWN_S3_ACTION_RESOURCE_MISMATCH : W403_L_OWN_ACTION_RESOURCE_MISMATCH, v,
                            W403_LINT_WORDS({"action", v->text}, {"resources", resources}));
    }
}

/* ---- condition keys that the action does not carry ---- */

/* S3 stores s3:ExistingObjectTag with GetObjectAttributes, and it is never there (lint 3.5). */
static bool stored_all_the_same(const w403_json *action, const w403_lint_condition *c)
{
    return w403_lint_is_key(c, "s3:ExistingObjectTag/") &&
           (w403_lint_action_is(action, "s3:GetObjectAttributes") ||
            w403_lint_action_is(action, "s3:GetObjectVersionAttributes"));
}

static bool carries(const w403_json *value, const w403_lint_condition *c)
{
    w403_view param;
    uint16_t key = w403_key_find(c->key, &param), action = w403_action_find(value->text);
    if (action != W403_ACTION_NONE && key != W403_KEY_NONE)
        return w403_action_has_key(action, key) || stored_all_the_same(value, c);
    size_t colon = w403_view_find_char(value->text, ':');
    uint32_t service = colon == SIZE_MAX ? W403_REF_NONE : w403_ref_service(w403_view_sub(value->text, 0, colon));
    uint32_t id = service == W403_REF_NONE
                      ? W403_REF_NONE
                      : w403_ref_action(service, w403_view_sub(value->text, colon + 1, value->text.n));
    if (id == W403_REF_NONE)
        return true;
    for (const uint16_t *k = w403_ref_action_keys(id); *k; k++) {
        if (w403_ref_key_matches(*k - 1u, c->key))
            return true;
    }
    return false;
}

w403_lint_place *w403_lint_unfit_actions(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    uint32_t n = 1;
    if (!st->action)
        return NULL;
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, st->action->count + 3);
    if (!at) {
        l->nomem = true;
        return NULL;
    }
    at[0] = w403_lint_at_key(c->node);
    W403_LINT_EACH(v, st->action) {
        if (!w403_has_wildcard(v->text) && !carries(v, c))
            at[n++] = w403_lint_at_value(v);
    }
    return at + 1;
}

w403_view w403_lint_texts(w403_lint_run *l, const w403_lint_place *at, uint32_t n)
{
    w403_view out = n ? at[0].node->text : (w403_view){NULL, 0};
    for (uint32_t i = 1; i < n && i < 3; i++) {
        w403_view next = at[i].node->text;
        out = i + 1 == n ? w403_say(l->arena, "{list} and {last}", W403_P("list", out), W403_P("last", next))
                         : w403_arena_printf(l->arena, "%.*s, %.*s", W403_ARG(out), W403_ARG(next));
    }
    if (n > 3)
        out = w403_say(l->arena, "{list} and {n} more", W403_P("list", out), W403_N("n", n - 3));
    l->nomem = l->nomem || (n && !out.p);
    return out;
}

static void keys_of_actions(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    bool s3 = (l->options->resource & W403_LINT_S3) != 0;
    size_t colon = w403_view_find_char(c->key, ':');
    w403_view prefix = w403_view_sub(c->key, 0, colon == SIZE_MAX ? 0 : colon);
    if (!c->known || !c->op ||
        !w403_lint_wants(l, s3 ? W403_L_OWN_S3_CONDITION_NOT_APPLICABLE : W403_L_OWN_CONDITION_KEY_NOT_FOR_ACTION) ||
        w403_lint_listed(W403_LIST_EVERY_ACTION_KEY, c->key) ||
        (!w403_view_ieq(prefix, W403_LIT("s3")) && !w403_view_ieq(prefix, W403_LIT("kms"))))
        return;
    w403_lint_place *unfit = w403_lint_unfit_actions(l, st, c);
    uint32_t n = 0;
    while (unfit && unfit[n].node)
        n++;
    if (n) {
        bool always = c->op->negated || c->if_exists;
        w403_view actions = w403_lint_texts(l, unfit, n);
        w403_lint_add(l, s3 ? W403_L_OWN_S3_CONDITION_NOT_APPLICABLE : W403_L_OWN_CONDITION_KEY_NOT_FOR_ACTION,
                      unfit - 1, n + 1,
                      W403_LINT_WORDS({"k", c->key}, {"actions", actions},
                                      {"true/false", w403_lint_said(l, always ? NC_("lint", "true") : NC_("lint", "false"))}));
    }
}

void w403_lint_fit(w403_lint_run *l, const w403_lint_statement *st)
{
    actions_on_resources(l, st);
    for (uint32_t i = 0; i < st->n_conditions; i++)
        keys_of_actions(l, st, &st->conditions[i]);
}

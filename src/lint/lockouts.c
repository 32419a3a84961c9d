/* Several statements together: who can still change the policy, what a Deny takes away, what looks like 403. */
#include "base/glob.h"
#include "lint/arn.h"

static bool lists_action(const w403_json *list, const char *action)
{
    W403_LINT_EACH(v, list) {
        if (w403_lint_action_is(v, action))
            return true;
    }
    return false;
}

static bool covers_action(const w403_lint_statement *st, const char *action)
{
    return st->action ? lists_action(st->action, action) : st->not_action && !lists_action(st->not_action, action);
}

static bool on_bucket(const w403_lint_statement *st)
{
    W403_LINT_EACH(v, st->resource) {
        if (w403_lint_halves(v->text) & W403_LINT_IS_BUCKET)
            return true;
    }
    return false;
}

/* ---- buckets ---- */

static void bucket(w403_lint_run *l, const w403_lint_statement *st)
{
    bool open = false;
    if (!st->deny || !w403_lint_everyone(st) || !on_bucket(st) || !covers_action(st, "s3:PutBucketPolicy") ||
        !covers_action(st, "s3:DeleteBucketPolicy"))
        return;
    if (!st->n_conditions && (!st->condition || w403_json_is(st->condition, W403_JSON_OBJECT))) {
        w403_lint_value(l, W403_L_OWN_LOCKOUT_BUCKET, st->node, NULL);
        return;
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (w403_lint_is_key(c, "aws:PrincipalArn") || w403_lint_is_key(c, "aws:userid"))
            return;
        open = open || (c->op && (c->op->negated || c->op->family == W403_OP_NULL));
    }
    if (open)
        w403_lint_value(l, W403_L_OWN_LOCKOUT_CONDITIONAL, st->node, NULL);
}

/* ---- keys ---- */

static bool is_root(w403_view v)
{
    w403_view part[6];
    return w403_lint_digits(v, 12) || (w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[5], W403_LIT("root")));
}

static void key(w403_lint_run *l)
{
    bool writer = false, delegated = false;
    for (uint32_t i = 0; i < l->n_statements; i++) {
        const w403_lint_statement *st = &l->statements[i];
        const w403_json *who = w403_json_get(st->principal, "AWS");
        bool someone = w403_lint_first(who) || w403_lint_everyone(st);
        if (!st->allow)
            continue;
        writer = writer || (someone && covers_action(st, "kms:PutKeyPolicy"));
        W403_LINT_EACH(v, who)
            delegated = delegated || is_root(v->text);
    }
    if (l->n_statements && !writer)
        w403_lint_value(l, W403_L_OWN_LOCKOUT_KEY, l->doc.root, NULL);
    if (l->n_statements && !delegated)
        w403_lint_value(l, W403_L_OWN_KMS_NO_ROOT_DELEGATION, l->doc.root, NULL);
}

/* ---- an Allow under a Deny ---- */

static size_t count(const w403_json *list)
{
    return w403_json_is(list, W403_JSON_ARRAY) ? list->count : 1;
}

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

static bool shadows(const w403_lint_run *l, const w403_lint_statement *deny, const w403_lint_statement *allow)
{
    return deny->deny && !deny->condition && (l->options->policy != W403_LINT_RESOURCE || w403_lint_everyone(deny)) &&
           list_covers(deny->action, allow->action, true) && list_covers(deny->resource, allow->resource, false);
}


static void shadowed(w403_lint_run *l)
{
    size_t denies = 0;
    for (uint32_t i = 0; i < l->n_statements; i++)
        denies += l->statements[i].deny;
    if (denies * l->n_statements > W403_LIMIT_LINT_PAIRS / 4)
        return;
    for (uint32_t i = 0; i < l->n_statements; i++) {
        for (uint32_t k = 0; k < l->n_statements && l->statements[i].allow; k++) {
            if (!shadows(l, &l->statements[k], &l->statements[i]))
                continue;
            w403_lint_place at[] = {w403_lint_at_value(l->statements[i].node), w403_lint_at_value(l->statements[k].node)};
            w403_lint_add(l, W403_L_OWN_SHADOWED_ALLOW, at, 2, NULL);
            break;
        }
    }
}

/* ---- 404 that looks like 403 (trap 26) ---- */

/* The ARN of the bucket of an object's ARN that names one bucket; {NULL,0} otherwise. */
static w403_view one_bucket(w403_view v)
{
    w403_view part[6];
    if (!(w403_lint_halves(v) & W403_LINT_IS_OBJECT) || w403_lint_arn_split(v, part) < 6)
        return (w403_view){NULL, 0};
    size_t slash = w403_view_find_char(part[5], '/');
    if (slash == SIZE_MAX || w403_lint_open(w403_view_sub(part[5], 0, slash)))
        return (w403_view){NULL, 0};
    return w403_view_sub(v, 0, (size_t)(part[5].p - v.p) + slash);
}

static bool listable(w403_lint_run *l, w403_view arn)
{
    for (uint32_t i = 0; i < l->n_statements; i++) {
        const w403_lint_statement *st = &l->statements[i];
        if (!st->allow || !covers_action(st, "s3:ListBucket"))
            continue;
        if (st->not_resource)
            return true;
        W403_LINT_EACH(v, st->resource) {
            if (w403_glob(w403_lint_as_glob(l, v->text), arn))
                return true;
        }
    }
    return false;
}

/* An object of a named bucket that nobody may list. */
static bool hides_missing_keys(w403_lint_run *l, const w403_lint_statement *st)
{
    W403_LINT_EACH(r, st->resource) {
        w403_view arn = one_bucket(r->text);
        if (arn.p && !listable(l, arn))
            return true;
    }
    return false;
}

static void masked(w403_lint_run *l, const w403_lint_statement *st)
{
    w403_tri hides = W403_UNKNOWN; /* not looked at yet */
    if (!st->allow || w403_lint_everyone(st))
        return;
    W403_LINT_EACH(v, st->action) {
        bool every = w403_view_eq(v->text, W403_LIT("*")) || w403_view_ieq(v->text, W403_LIT("s3:*"));
        if (every || !w403_lint_action_is(v, "s3:GetObject"))
            continue;
        if (hides == W403_UNKNOWN)
            hides = hides_missing_keys(l, st) ? W403_YES : W403_NO;
        if (hides == W403_YES)
            w403_lint_value(l, W403_L_OWN_MASKED_404, v, NULL);
    }
}

void w403_lint_lockouts(w403_lint_run *l)
{
    bool few = (size_t)l->n_statements * l->n_statements <= W403_LIMIT_LINT_PAIRS;
    for (uint32_t i = 0; i < l->n_statements; i++) {
        if (l->options->resource == W403_LINT_BUCKET)
            bucket(l, &l->statements[i]);
        if (few && w403_lint_wants(l, W403_L_OWN_MASKED_404))
            masked(l, &l->statements[i]);
    }
    if (l->options->resource == W403_LINT_KEY)
        key(l);
    shadowed(l);
}

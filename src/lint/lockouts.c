/* Several statements together: who can still change the policy, what looks like 403. */
#include "base/glob.h"
#include "lint/arn.h"
#include "lint/proofs.h"

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

/* Of the key's own account, where it is known. */
static bool is_root(const w403_lint_run *l, w403_view v)
{
    w403_view part[6], account = v;
    if (!w403_lint_digits(v, 12)) {
        if (w403_lint_arn_split(v, part) < 6 || !w403_view_eq(part[5], W403_LIT("root")))
            return false;
        account = part[4];
    }
    return !l->options->account.p || w403_view_eq(account, l->options->account);
}

static void key(w403_lint_run *l)
{
    bool writer = false, delegated = false, denies = false;
    for (uint32_t i = 0; i < l->n_statements; i++) {
        const w403_lint_statement *st = &l->statements[i];
        const w403_json *who = w403_json_get(st->principal, "AWS");
        denies = denies || (st->deny && covers_action(st, "kms:PutKeyPolicy"));
        bool someone = w403_lint_first(who) || w403_lint_everyone(st);
        if (!st->allow)
            continue;
        writer = writer || (someone && covers_action(st, "kms:PutKeyPolicy"));
        W403_LINT_EACH(v, who)
            delegated = delegated || is_root(l, v->text);
    }
    if (l->n_statements && (!writer || (denies && w403_lint_denied(l, "kms:PutKeyPolicy"))))
        w403_lint_value(l, W403_L_OWN_LOCKOUT_KEY, l->doc.root, NULL);
    if (l->n_statements && !delegated)
        w403_lint_value(l, W403_L_OWN_KMS_NO_ROOT_DELEGATION, l->doc.root, NULL);
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
}

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

/* The first bucket that it is about. */
static const w403_json *its_bucket(const w403_lint_statement *st)
{
    W403_LINT_EACH(v, st->resource) {
        if (w403_lint_halves(v->text) & W403_LINT_IS_BUCKET)
            return v;
    }
    return NULL;
}

/* ---- buckets ---- */

/* A Deny of one of them to many: not of a list of principals. */
static bool may_lock_out(const w403_lint_statement *st)
{
    return st->deny && (w403_lint_everyone(st) || st->not_principal) && (st->not_resource || its_bucket(st)) &&
           (covers_action(st, "s3:PutBucketPolicy") || covers_action(st, "s3:DeleteBucketPolicy"));
}

static bool shares_key(const w403_lint_statement *a, const w403_lint_statement *b)
{
    for (uint32_t i = 0; i < a->n_conditions; i++) {
        for (uint32_t k = 0; k < b->n_conditions; k++) {
            if (w403_view_ieq(a->conditions[i].key, b->conditions[k].key))
                return true;
        }
    }
    return false;
}

/* Is a search worth its while? One of them asks for nothing, or two for the same key: else some request fails them all. */
static bool may_cover(const w403_lint_run *l, const uint32_t *which, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const w403_lint_statement *a = &l->statements[which[i]];
        if (!a->n_conditions)
            return true;
        for (size_t k = 1; k < i; k++) {
            if (shares_key(a, &l->statements[which[k]]))
                return true;
        }
    }
    return false;
}

/* Denies that together match everyone who would change the policy again. */
static void lock_out(w403_lint_run *l)
{
    uint32_t *which = W403_NEW_N(l->arena, uint32_t, l->n_statements + 1);
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, l->n_statements + 1);
    const w403_json *bucket = NULL;
    size_t n = 1;
    l->nomem = l->nomem || !which || !at;
    for (uint32_t i = 0; !l->nomem && i < l->n_statements && n <= W403_LIMIT_LINT_PROOFS; i++) {
        if (!may_lock_out(&l->statements[i]))
            continue;
        bucket = bucket ? bucket : its_bucket(&l->statements[i]);
        which[n++] = i;
    }
    if (l->nomem || !bucket || !may_cover(l, which, n) || w403_view_find(bucket->text, W403_LIT("${")) != SIZE_MAX)
        return;
    n = w403_lint_locked_out(l, bucket->text, which, n);
    for (size_t i = 1; i < n; i++)
        at[i - 1] = w403_lint_at_value(l->statements[which[i]].node);
    if (n > 1)
        w403_lint_add(l, W403_L_OWN_LOCKOUT_BUCKET, at, (uint32_t)(n - 1), NULL);
}

static void lock_out_but(w403_lint_run *l, const w403_lint_statement *st)
{
    bool open = false;
    if (!st->deny || !w403_lint_everyone(st) || !its_bucket(st) || !covers_action(st, "s3:PutBucketPolicy") ||
        !covers_action(st, "s3:DeleteBucketPolicy"))
        return;
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
            lock_out_but(l, &l->statements[i]);
        if (few && w403_lint_wants(l, W403_L_OWN_MASKED_404))
            masked(l, &l->statements[i]);
    }
    if (l->options->resource == W403_LINT_BUCKET && w403_lint_wants(l, W403_L_OWN_LOCKOUT_BUCKET))
        lock_out(l);
    if (l->options->resource == W403_LINT_KEY)
        key(l);
}

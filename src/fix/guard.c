/* What must not be proposed, and who else would gain. */
#include "fix/change.h"

enum { PRINCIPALS = 200 };

/* ---- somebody must be left who can repair a policy ---- */

static bool may(w403_fixer *f, w403_arena *trial, w403_view principal, const char *action, w403_view resource)
{
    w403_request  r;
    w403_decision d;
    w403_request_init(&r);
    r.action = w403_view_of(action);
    r.resource = resource;
    r.principal = principal;
    r.at = f->world->request.at;
    w403_arena_reset(trial);
    return w403_decide(f->world->snapshot, f->world->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL) == W403_OK &&
           d.verdict != W403_DENIED;
}

static bool has_admin(w403_fixer *f, w403_view account, const char *action, w403_view resource)
{
    w403_arena          *trial = w403_arena_new(0);
    const w403_account  *a = w403_snapshot_account(f->world->snapshot, account);
    const w403_snapshot *s = f->world->snapshot;
    bool                 found = false;
    unsigned             asked = 0;
    if (!trial || !s) {
        w403_arena_free(trial);
        return true;
    }
    w403_view root = w403_arena_printf(f->arena, "arn:%.*s:iam::%.*s:root", W403_ARG(s->partition), W403_ARG(account));
    found = may(f, trial, root, action, resource);
    const w403_map *maps[] = {a ? &a->roles : NULL, a ? &a->users : NULL};
    for (size_t m = 0; m < 2; m++) {
        for (size_t i = 0; maps[m] && i < maps[m]->cap && !found && asked < PRINCIPALS; i++) {
            const w403_entity *e = maps[m]->slots[i].value;
            if (e) {
                found = may(f, trial, e->arn, action, resource);
                asked++;
            }
        }
    }
    w403_arena_free(trial);
    return found;
}

/* The world without the change is the one that f->decision was made in; `c` is in force now. */
static bool locks_out(w403_fixer *f, const w403_change *c, const w403_policy *before, const w403_policy *after)
{
    const w403_place *p = &c->place;
    bool              key = p->kind == W403_POLICY_KEY && p->key, bucket = p->kind == W403_POLICY_RESOURCE && p->bucket;
    if (!before || !after || (!key && !bucket) || p->given != SIZE_MAX) {
        return false;
    }
    const char *action = key ? "kms:PutKeyPolicy" : "s3:PutBucketPolicy";
    w403_view   resource = key ? p->key->arn
                               : w403_sayf(f, "arn:%.*s:s3:::%.*s", W403_ARG(f->world->snapshot->partition),
                                           W403_ARG(p->bucket->name));
    if (has_admin(f, p->owner, action, resource)) {
        return false;
    }
    size_t mark = w403_world_mark(f->world);
    w403_world_replace(f->world, after, before);
    bool had = has_admin(f, p->owner, action, resource);
    w403_world_back(f->world, mark);
    return had;
}

w403_view w403_guard(w403_fixer *f, const w403_change *c, const w403_policy *before, const w403_policy *after)
{
    bool grants = c->kind == W403_FIX_POLICY && (c->place.kind == W403_POLICY_RESOURCE || c->place.kind == W403_POLICY_KEY ||
                                                 c->place.kind == W403_POLICY_ACCESS_POINT);
    bool opened = grants && w403_policy_is_public(after, NULL) == W403_YES && w403_policy_is_public(before, NULL) != W403_YES;
    if (c->opens || opened) {
        return W403_LIT("it would make something public; say --allow-public if that is meant");
    }
    if (locks_out(f, c, before, after)) {
        return W403_LIT("nobody would be left who can change the policy");
    }
    return (w403_view){NULL, 0};
}

/* ---- who else ---- */

static bool add_principal(w403_fixer *f, w403_others *o, w403_view principal)
{
    if (w403_view_eq(principal, f->world->request.principal)) {
        return true;
    }
    if (o->n >= PRINCIPALS) {
        o->capped = true;
        return false;
    }
    o->principals[o->n++] = principal;
    return true;
}

static void list_account(w403_fixer *f, w403_others *o, const w403_account *a)
{
    const w403_map *maps[] = {&a->users, &a->roles};
    for (size_t m = 0; m < 2; m++) {
        for (size_t i = 0; i < maps[m]->cap; i++) {
            const w403_entity *e = maps[m]->slots[i].value;
            if (e && !add_principal(f, o, e->arn)) {
                return;
            }
        }
    }
}

static void ask_all(w403_fixer *f, const w403_others *o, uint8_t *out)
{
    w403_arena *trial = w403_arena_new(0);
    for (uint32_t i = 0; trial && i < o->n; i++) {
        w403_request  r = f->world->request;
        w403_decision d;
        r.principal = o->principals[i];
        r.session_name = r.issuer = (w403_view){NULL, 0};
        w403_arena_reset(trial);
        out[i] = w403_decide(f->world->snapshot, f->world->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL) == W403_OK &&
                 d.verdict == W403_ALLOWED;
    }
    w403_arena_free(trial);
}

w403_status w403_others_before(w403_fixer *f, w403_others *o, w403_error *err)
{
    const w403_snapshot *s = f->world->snapshot;
    *o = (w403_others){.principals = W403_NEW_N(f->arena, w403_view, PRINCIPALS),
                       .before = W403_NEW_N(f->arena, uint8_t, PRINCIPALS)};
    W403_NEED(o->principals && o->before, err);
    (void)add_principal(f, o, W403_LIT("anonymous"));
    for (uint32_t i = 0; s && i < s->n_accounts; i++) {
        w403_view root = w403_arena_printf(f->arena, "arn:%.*s:iam::%.*s:root", W403_ARG(s->partition),
                                           W403_ARG(s->account_list[i]->id));
        W403_NEED(root.p, err);
        (void)add_principal(f, o, root);
    }
    for (uint32_t i = 0; s && i < s->n_accounts; i++) {
        list_account(f, o, s->account_list[i]);
    }
    ask_all(f, o, o->before);
    return W403_OK;
}

w403_status w403_others_after(w403_fixer *f, const w403_others *o, const w403_view **out, uint32_t *n, w403_error *err)
{
    uint8_t   *now = W403_NEW_N(f->arena, uint8_t, o->n);
    w403_view *gained = W403_NEW_N(f->arena, w403_view, o->n);
    W403_NEED(now && gained, err);
    ask_all(f, o, now);
    *n = 0;
    for (uint32_t i = 0; i < o->n; i++) {
        if (now[i] && !o->before[i]) {
            gained[(*n)++] = w403_view_eq(o->principals[i], W403_LIT("anonymous")) ? W403_LIT("everybody (anonymous)")
                                                                                   : o->principals[i];
        }
    }
    *out = gained;
    return W403_OK;
}

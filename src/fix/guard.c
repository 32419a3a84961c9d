/* What must not be proposed, and who else would gain. */
#include "base/limits.h"
#include "fix/change.h"

enum { PRINCIPALS = W403_LIMIT_FIX_PRINCIPALS };

/* ---- somebody must be left who can repair a policy ---- */

static bool may(w403_fixer *f, w403_arena *trial, w403_view principal, const char *action, w403_view resource)
{
    w403_request r;
    w403_decision d;
    w403_request_init(&r);
    r.action = w403_view_of(action);
    r.resource = resource;
    r.principal = principal;
    r.at = f->world->request.at;
    w403_arena_reset(trial);
    w403_status status =
        w403_decide(f->world->snapshot, f->world->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL);
    f->nomem |= status == W403_NOMEM;
    return status == W403_OK && d.verdict != W403_DENIED;
}

static bool has_admin(w403_fixer *f, w403_view account, const char *action, w403_view resource)
{
    w403_arena *trial = w403_arena_new(0);
    const w403_account *a = w403_snapshot_account(f->world->snapshot, account);
    const w403_snapshot *s = f->world->snapshot;
    bool found = false;
    unsigned asked = 0;
    if (!trial || !s) {
        f->nomem |= !trial;
        w403_arena_free(trial);
        return true;
    }
    w403_view root =
        w403_arena_printf(f->arena, "arn:%.*s:iam::%.*s:root", W403_ARG(s->partition), W403_ARG(account));
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
    bool key = p->kind == W403_POLICY_KEY && p->key, bucket = p->kind == W403_POLICY_RESOURCE && p->bucket;
    if (!before || !after || (!key && !bucket) || p->given != SIZE_MAX) {
        return false;
    }
    const char *action = key ? "kms:PutKeyPolicy" : "s3:PutBucketPolicy";
    w403_view resource =
        key ? p->key->arn
            : w403_sayf(f, "arn:%.*s:s3:::%.*s", W403_ARG(f->world->snapshot->partition), W403_ARG(p->bucket->name));
    if (has_admin(f, p->owner, action, resource)) {
        return false;
    }
    size_t mark = w403_world_mark(f->world);
    w403_world_replace(f->world, after, before);
    bool had = has_admin(f, p->owner, action, resource);
    w403_world_back(f->world, mark);
    return had;
}

/* ---- may anybody, from anywhere? ---- */

bool w403_world_is_public(w403_world *w, w403_arena *arena)
{
    w403_request r = w->request;
    w403_context_entry *list = W403_NEW_N(arena, w403_context_entry, r.n_context);
    w403_arena *trial = w403_arena_new(0);
    w403_decision d;
    size_t n = 0;
    for (size_t i = 0; list && i < r.n_context; i++) {
        if (!w403_list_has(W403_LIST_NETWORK_KEY, r.context[i].key)) {
            list[n++] = r.context[i];
        }
    }
    r.context = list;
    r.n_context = n;
    r.principal = W403_LIT("anonymous");
    r.session_name = r.issuer = r.via = (w403_view){NULL, 0};
    r.from = W403_LIT("198.18.4.3");
    w403_status status =
        list && trial ? w403_decide(w->snapshot, w->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL) : W403_NOMEM;
    w->nomem |= status == W403_NOMEM;
    w403_arena_free(trial);
    return status == W403_OK && d.verdict == W403_ALLOWED;
}

bool w403_is_public(w403_fixer *f)
{
    return w403_world_is_public(f->world, f->arena);
}

/* A bucket that the changed bucket policy names, and that is not its own. */
static w403_view other_bucket(const w403_fixer *f, const w403_change *c, const w403_policy *after)
{
    const w403_target *t = f->w ? f->w->target : NULL;
    bool of_bucket = c->kind == W403_FIX_POLICY && c->place.kind == W403_POLICY_RESOURCE && t && t->bucket_name.n &&
                     (t->kind == W403_TARGET_BUCKET || t->kind == W403_TARGET_OBJECT);
    return after && of_bucket ? w403_policy_other_bucket(after, t->bucket_name) : (w403_view){NULL, 0};
}

w403_view w403_guard(w403_fixer *f, const w403_change *c, const w403_policy *before, const w403_policy *after)
{
    w403_view other = other_bucket(f, c, after);
    if (other.p) {
        return W403_FIX_SAY(f, "S3 would refuse the policy for bucket {bucket}: it names {resource}", W403_P("bucket", f->w->target->bucket_name), W403_P("resource", other));
    }
    bool grants =
        c->kind == W403_FIX_POLICY && (c->place.kind == W403_POLICY_RESOURCE || c->place.kind == W403_POLICY_KEY ||
                                       c->place.kind == W403_POLICY_ACCESS_POINT);
    bool opened =
        grants && w403_policy_is_public(after, NULL) == W403_YES && w403_policy_is_public(before, NULL) != W403_YES;
    bool now = c->kind != W403_FIX_REQUEST && !f->was_public && w403_is_public(f);
    if (c->opens || opened || now) {
        return W403_FIX_WORD(f, "it would make something public; say --allow-public if that is meant");
    }
    if (locks_out(f, c, before, after)) {
        return W403_FIX_WORD(f, "nobody would be left who can change the policy");
    }
    return (w403_view){NULL, 0};
}

/* ---- who else ---- */

typedef struct others {
    w403_view *principals;
    uint32_t n;
    bool capped;
} others;

static bool add_principal(const w403_fixer *f, others *o, w403_view principal)
{
    if (w403_view_eq(principal, f->world->request.principal) ||
        w403_view_eq(principal, w403_fix_call(f)->caller.principal_arn)) { /* a session is its role */
        return true;
    }
    if (o->n >= PRINCIPALS) {
        o->capped = true;
        return false;
    }
    o->principals[o->n++] = principal;
    return true;
}

static void list_account(const w403_fixer *f, others *o, const w403_account *a)
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

static w403_status list_all(w403_fixer *f, others *o, w403_error *err)
{
    const w403_snapshot *s = f->world->snapshot;
    o->principals = W403_NEW_N(f->arena, w403_view, PRINCIPALS);
    W403_NEED(o->principals, err);
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
    return W403_OK;
}

static void ask_all(w403_fixer *f, const w403_request *request, const others *o, uint8_t *out)
{
    w403_arena *trial = w403_arena_new(0);
    f->nomem |= !trial;
    for (uint32_t i = 0; trial && i < o->n; i++) {
        w403_request r = *request;
        w403_decision d;
        r.principal = o->principals[i];
        r.session_name = r.issuer = (w403_view){NULL, 0};
        w403_arena_reset(trial);
        w403_status status =
            w403_decide(f->world->snapshot, f->world->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL);
        f->nomem |= status == W403_NOMEM;
        out[i] = status == W403_OK && d.verdict == W403_ALLOWED;
    }
    w403_arena_free(trial);
}

static bool changes_more_than_the_request(const w403_fix *fix)
{
    for (uint32_t i = 0; i < fix->n_steps; i++) {
        if (fix->steps[i].kind != W403_FIX_REQUEST) {
            return true;
        }
    }
    return false;
}

static bool named(const w403_fix *fix, const w403_fix_gain *g)
{
    bool found = false;
    for (uint32_t i = 0; i < fix->n_also_allows && !found; i++) {
        bool person = w403_view_starts(fix->also_allows[i], W403_LIT("arn:"));
        found = g->anonymous ? !person : person && w403_view_eq(fix->also_allows[i], g->principal);
    }
    return found;
}

/* Who gains by another request than the one that was sent. */
static void add_reached(w403_fix *fix, w403_view *gained, const w403_fix_reached *reached)
{
    for (size_t i = 0; i < reached->list.n; i++) {
        if (!named(fix, &reached->list.at[i])) {
            gained[fix->n_also_allows++] = reached->list.at[i].words;
        }
    }
}

/* The request as it is sent now, asked by everybody, after the change and before it; then all requests for the same. */
w403_status w403_others_gain(w403_fixer *f, size_t mark, w403_fix *fix, w403_error *err)
{
    others o = {.n = 0};
    const w403_request request = f->world->request;
    if (!changes_more_than_the_request(fix)) {
        w403_world_back(f->world, mark);
        return W403_OK;
    }
    W403_TRY(list_all(f, &o, err));
    uint8_t *now = W403_NEW_N(f->arena, uint8_t, o.n), *was = W403_NEW_N(f->arena, uint8_t, o.n);
    w403_fix_reached reached = {.open = false};
    W403_NEED(now && was, err);
    W403_TRY(w403_fix_reach(f, &reached, err));
    w403_view *gained = W403_NEW_N(f->arena, w403_view, o.n + reached.list.n + 1);
    W403_NEED(gained, err);
    ask_all(f, &request, &o, now);
    fix->is_public = !f->was_public && w403_is_public(f);
    w403_world_back(f->world, mark);
    ask_all(f, &request, &o, was);
    for (uint32_t i = 0; i < o.n; i++) {
        if (now[i] && !was[i]) {
            bool everybody = w403_view_eq(o.principals[i], W403_LIT("anonymous"));
            gained[fix->n_also_allows++] = !everybody       ? o.principals[i]
                                           : fix->is_public ? W403_LIT("everybody")
                                                            : W403_FIX_WORD(f, "unsigned requests that come this way");
        }
    }
    fix->also_allows = gained;
    add_reached(fix, gained, &reached);
    fix->also_capped = o.capped || reached.open;
    W403_NEED(!f->nomem && !f->world->nomem, err);
    return W403_OK;
}

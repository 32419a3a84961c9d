/* The caller, and what the request is about. */
#include "naive_impl.h"

void n_open(n_run *run, const char *why)
{
    if (!run->open) {
        run->open = why;
    }
}

static w403_view after(w403_view v, char c)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == c) {
            return w403_view_sub(v, i + 1, v.n);
        }
    }
    return (w403_view){NULL, 0};
}

static w403_view before(w403_view v, char c)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == c) {
            return w403_view_sub(v, 0, i);
        }
    }
    return v;
}

static w403_view last(w403_view v)
{
    while (after(v, '/').p) {
        v = after(v, '/');
    }
    return v;
}

static bool starts(w403_view v, const char *s)
{
    size_t n = strlen(s);
    return v.n >= n && n_same(w403_view_sub(v, 0, n), (w403_view){s, n});
}

/* By going through all of them. */
static const w403_entity *entity_named(const w403_map *m, w403_view arn, w403_view name)
{
    for (size_t i = 0; i < m->cap; i++) {
        const w403_entity *e = m->slots[i].value;
        if (e && (n_same(e->arn, arn) || (name.p && n_same(e->name, name)))) {
            return e;
        }
    }
    return NULL;
}

const w403_account *n_account(const w403_snapshot *s, w403_view id)
{
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        if (n_same(s->account_list[i]->id, id)) {
            return s->account_list[i];
        }
    }
    return NULL;
}

static void find_role(n_run *run, n_who *w, w403_view role_arn, w403_view name, w403_view session)
{
    w->kind = N_ROLE;
    w->entity = w->home ? entity_named(&w->home->roles, role_arn, name) : NULL;
    w->entity_arn = w->entity ? w->entity->arn : role_arn;
    w->name = session;
    w->arn = w403_arena_printf(run->a, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s", (int)w->account.n, w->account.p,
                               (int)name.n, name.p, (int)session.n, session.p ? session.p : "");
}

void n_find_who(n_run *run)
{
    n_who    *w = &run->who;
    w403_view arn = run->r->principal, part[6];
    *w = (n_who){.arn = arn};
    if (n_eq(arn, "anonymous")) {
        w->kind = N_ANONYMOUS;
        return;
    }
    if (starts(arn, "service:")) {
        w->kind = N_SERVICE;
        w->name = after(arn, ':');
        return;
    }
    if (starts(arn, "arn:aws:iam::cloudfront:user/CloudFront") || arn.n == 96) { /* N-9 */
        w->kind = N_ORIGIN;
        return;
    }
    if (starts(arn, WORLD_PROVIDERS)) { /* N-8 */
        w->kind = N_PROVIDER;
        w->name = arn;
        return;
    }
    if (n_split(arn, part) < 6) {
        n_open(run, "no principal");
        return;
    }
    w->account = part[4];
    w->home = n_account(run->s, w->account);
    if (n_eq(part[5], "root")) {
        w->kind = N_ROOT;
    } else if (starts(part[5], "user/")) {
        w->kind = N_USER;
        w->entity = w->home ? entity_named(&w->home->users, arn, (w403_view){NULL, 0}) : NULL;
        w->entity_arn = arn;
    } else if (starts(part[5], "role/")) {
        find_role(run, w, arn, last(part[5]), run->r->session_name);
    } else if (starts(part[5], "assumed-role/")) {
        w403_view rest = after(part[5], '/');
        find_role(run, w, (w403_view){NULL, 0}, before(rest, '/'), after(rest, '/'));
    } else {
        w->kind = N_FEDERATED;
        w->name = after(part[5], '/');
        w->entity_arn = run->r->issuer;
        w->entity = w->home ? entity_named(&w->home->users, run->r->issuer, (w403_view){NULL, 0}) : NULL;
    }
    if (w->kind != N_ROOT && !w->entity) {
        n_open(run, "a principal that is not in the snapshot");
    }
}

/* ---- targets ---- */

static const w403_bucket *bucket_of(const w403_snapshot *s, w403_view name)
{
    for (size_t i = 0; i < s->buckets.cap; i++) {
        const w403_bucket *b = s->buckets.slots[i].value;
        if (b && n_same(b->name, name)) {
            return b;
        }
    }
    return NULL;
}

static const w403_access_point *access_point_of(const w403_snapshot *s, w403_view arn)
{
    for (size_t i = 0; i < s->access_points.cap; i++) {
        const w403_access_point *ap = s->access_points.slots[i].value;
        if (ap && n_same(ap->arn, arn)) {
            return ap;
        }
    }
    return NULL;
}

static void find_object(n_run *run, n_target *t)
{
    const w403_bucket *b = t->bucket;
    bool               key_listed = false, versions = false;
    if (!b || !t->key.n) {
        return;
    }
    for (uint32_t i = 0; i < b->n_objects; i++) {
        const w403_object *o = b->object_list[i];
        if (!n_same(o->key, t->key)) {
            continue;
        }
        key_listed = true;
        versions |= o->version_id.p != NULL;
        if (t->version.p ? n_same(o->version_id, t->version) : o->is_latest) {
            t->object = o;
        }
    }
    if (t->object) {
        t->delete_marker = t->object->is_delete_marker;
        t->exists = n_bool(!t->delete_marker);
    } else if (b->objects_complete) {
        t->exists = W403_NO;
        t->version_missing = t->version.p && key_listed;
        if (key_listed && !versions) {
            n_open(run, "a version of a key that is listed without versions");
        }
    } else {
        t->unread = b->objects_fact.state == W403_FACT_UNKNOWN;
        t->exists = t->unread ? W403_UNKNOWN : W403_YES;
        if (key_listed) {
            n_open(run, "a version that is not listed of a key that is");
        }
    }
    if (t->ownership == W403_OWNER_ENFORCED) {
        return;
    }
    if (t->object && t->object->owner.p && b->account) {
        w403_view owner = b->account->canonical_id.p ? b->account->canonical_id : b->acl.owner;
        t->foreign = owner.p ? n_bool(!n_same(t->object->owner, owner)) : W403_UNKNOWN;
        if (b->ownership_fact.state == W403_FACT_UNKNOWN && t->foreign == W403_YES) {
            run->out->note = NAIVE_UNREAD_CONTROLS;
        }
    } else if (t->unread) {
        t->foreign = W403_UNKNOWN;
    }
}

void n_find_target(n_run *run, w403_view arn, w403_view version, n_target *t)
{
    w403_view part[6];
    *t = (n_target){.version = version};
    if (n_split(arn, part) < 6) {
        return;
    }
    if (starts(part[5], "accesspoint/")) {
        w403_view rest = after(part[5], '/'), name = before(rest, '/');
        t->ap = access_point_of(run->s, w403_arena_printf(run->a, "arn:aws:s3:%.*s:%.*s:accesspoint/%.*s",
                                                          (int)part[3].n, part[3].p, (int)part[4].n, part[4].p,
                                                          (int)name.n, name.p));
        rest = after(rest, '/');
        t->key = rest.p ? after(rest, '/') : rest; /* object/KEY */
        t->bucket_name = t->ap ? t->ap->bucket_name : (w403_view){NULL, 0};
        if (!t->ap) {
            n_open(run, "an access point that is not in the snapshot");
        }
    } else {
        t->bucket_name = before(part[5], '/');
        t->key = after(part[5], '/');
    }
    t->bucket = bucket_of(run->s, t->bucket_name);
    if (!t->bucket) {
        n_open(run, "a bucket that is not in the snapshot");
    }
    if (t->bucket) {
        bool unknown = t->bucket->ownership_fact.state == W403_FACT_UNKNOWN;
        bool other = t == &run->source && t->bucket != run->target.bucket;
        t->ownership = unknown ? run->ownership[other] : t->bucket->ownership;
    }
    find_object(run, t);
}

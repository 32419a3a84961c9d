/* Lookups that are more than one hash: keys by any of their names, principals by ARN, versions, near misses. */
#include <stdio.h>

#include "base/limits.h"
#include "base/nearest.h"
#include "snapshot/snapshot.h"

static w403_kms_key *key_by_arn(const w403_snapshot *s, w403_view arn)
{
    w403_kms_key *key = w403_map_get(&s->keys, arn);
    return key ? key : w403_map_get(&s->key_aliases, arn);
}

w403_kms_key *w403_snapshot_key(const w403_snapshot *s, w403_view id, w403_view region, w403_view account)
{
    char arn[W403_LIMIT_ARN_BYTES];
    if (!s || !id.n) {
        return NULL;
    }
    if (w403_view_starts(id, W403_LIT("arn:"))) {
        return key_by_arn(s, id);
    }
    const char *kind = w403_view_starts(id, W403_LIT("alias/")) || w403_view_starts(id, W403_LIT("key/")) ? "" : "key/";
    if (id.n + region.n + account.n + s->partition.n + 32 > sizeof arn) {
        return NULL;
    }
    int n = snprintf(arn, sizeof arn, "arn:%.*s:kms:%.*s:%.*s:%s%.*s", (int)s->partition.n, s->partition.p,
                     (int)region.n, region.p ? region.p : "", (int)account.n, account.p ? account.p : "", kind,
                     (int)id.n, id.p);
    return n > 0 ? key_by_arn(s, (w403_view){arn, (size_t)n}) : NULL;
}

/* Of arn:partition:service:region:account:resource the last two. */
static bool split_arn(w403_view arn, w403_view *account, w403_view *resource)
{
    w403_view rest = arn;
    for (int i = 0; i < 4; i++) {
        (void)w403_view_cut(&rest, ':');
    }
    *account = w403_view_cut(&rest, ':');
    *resource = rest;
    return rest.p != NULL;
}

w403_entity *w403_snapshot_entity(const w403_snapshot *s, w403_view arn)
{
    static const w403_view assumed = {"assumed-role/", 13};
    w403_view              id, resource;
    if (!split_arn(arn, &id, &resource)) {
        return NULL;
    }
    const w403_account *account = w403_snapshot_account(s, id);
    if (!account) {
        return NULL;
    }
    if (!w403_view_starts(resource, assumed)) {
        return w403_map_get(&account->by_arn, arn);
    }
    /* A session's ARN has no path: the name alone says which role it is. */
    w403_view rest = w403_view_sub(resource, assumed.n, resource.n);
    return w403_map_get(&account->roles, w403_view_cut(&rest, '/'));
}

const w403_object *w403_bucket_object(const w403_bucket *b, w403_view key, w403_view version_id)
{
    bool unversioned = w403_view_eq(version_id, W403_LIT("null"));
    for (const w403_object *o = w403_map_get(&b->objects, key); o; o = o->next_version) {
        if (version_id.p ? w403_view_eq(o->version_id, version_id) || (unversioned && !o->version_id.p)
                         : o->is_latest) {
            return o;
        }
    }
    return NULL;
}

size_t w403_nearest_names(const w403_map *m, w403_view name, w403_view *out, size_t n)
{
    enum { MOST = 16 };
    unsigned distance[MOST];
    unsigned limit = w403_edit_tolerance(name);
    size_t   found = 0;
    n = n < MOST ? n : MOST;
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->slots[i].value) {
            continue;
        }
        w403_view key = m->slots[i].key;
        unsigned  d = w403_edit_distance(name, key, limit);
        size_t    at = found;
        while (at > 0 && (distance[at - 1] > d || (distance[at - 1] == d && w403_view_cmp(key, out[at - 1]) < 0))) {
            at--;
        }
        if (d > limit || at >= n) {
            continue;
        }
        found += found < n;
        for (size_t j = found - 1; j > at; j--) {
            out[j] = out[j - 1];
            distance[j] = distance[j - 1];
        }
        out[at] = key;
        distance[at] = d;
    }
    return found;
}

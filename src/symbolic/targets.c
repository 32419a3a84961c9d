#include "symbolic/targets.h"

#include "base/glob.h"
#include "base/limits.h"

enum { LISTED_MAX = W403_LIMIT_SYMBOLIC_TARGETS };

/* ---- actions ---- */

static bool needs_more(const w403_operation *op)
{
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        bool simple = p->on == W403_ON_OBJECT || p->on == W403_ON_BUCKET || p->on == W403_ON_KMS_KEY;
        if (!simple && p->bucket_type == W403_BT_GENERAL && p->need == W403_NEED_REQUIRED && !p->when) {
            return true;
        }
    }
    return false;
}

/* Of every request, or, for the operation of the action's own name, of one without more (GetObject of no version). */
static bool asks_for(const w403_operation *op, uint16_t action, bool named)
{
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        bool there = p->bucket_type == W403_BT_GENERAL && p->need == W403_NEED_REQUIRED && (named || !p->when);
        if (there && p->action_id == action && (p->on == W403_ON_OBJECT || p->on == W403_ON_BUCKET)) {
            return true;
        }
    }
    return false;
}

const w403_operation *w403_operation_for(uint16_t action)
{
    w403_view name = w403_view_of(w403_action_at(action)->name);
    w403_view_cut(&name, ':');
    const w403_operation *best = w403_operation_find(name);
    if (best && asks_for(best, action, true) && !needs_more(best)) {
        return best;
    }
    best = NULL;
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        bool s3 = strcmp(op->model, "s3") == 0;
        if (s3 && asks_for(op, action, false) && !needs_more(op) && (!best || op->n_permissions <= best->n_permissions)) {
            best = op;
        }
    }
    return best;
}

w403_action_on w403_action_target(uint16_t action)
{
    w403_view types = w403_view_of(w403_action_at(action)->resource_types);
    w403_action_on on = W403_ON_NEITHER;
    while (types.p && types.n) {
        w403_view type = w403_view_cut(&types, ' ');
        type.n -= type.n && type.p[type.n - 1] == '*';
        if (w403_view_eq(type, W403_LIT("object"))) {
            return W403_ON_OBJECTS;
        }
        on = w403_view_eq(type, W403_LIT("bucket")) ? W403_ON_BUCKETS : on;
    }
    return on;
}

/* ---- policies ---- */

static bool keep(w403_realm *r, w403_policy_list *out, const w403_policy *p)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->at[i] == p) {
            return true;
        }
    }
    const w403_policy **slot = p ? W403_PUSH(r->arena, out) : NULL;
    if (slot) {
        *slot = p;
    }
    return !p || slot;
}

static bool keep_set(w403_realm *r, w403_policy_list *out, const w403_policy_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        if (!keep(r, out, set->at[i])) {
            return false;
        }
    }
    return true;
}

bool w403_bucket_policies(w403_realm *r, const w403_snapshot *s, const w403_bucket *b, w403_policy_list *out)
{
    bool good = keep(r, out, b->policy);
    for (size_t i = 0; i < s->access_points.cap && good; i++) {
        const w403_access_point *ap = s->access_points.slots[i].value;
        good = !ap || !w403_view_eq(ap->bucket_name, b->name) || keep(r, out, ap->policy);
    }
    for (size_t i = 0; i < s->keys.cap && good; i++) {
        const w403_kms_key *k = s->keys.slots[i].value;
        bool used = k && (b->sse == W403_SSE_KMS || b->sse == W403_SSE_DSSE || b->n_objects);
        good = !used || (keep(r, out, k->policy) && w403_mentions_key(r->arena, k, &r->mentions));
    }
    for (uint32_t i = 0; b->account && i < b->account->n_levels && good; i++) {
        good = keep_set(r, out, &b->account->levels[i].rcps);
    }
    for (uint32_t i = 0; i < s->n_endpoints && good; i++) {
        good = keep(r, out, s->endpoint_list[i]->policy);
    }
    return good;
}

bool w403_realm_mention(w403_realm *r, const w403_snapshot *s, const w403_bucket *b)
{
    w403_policy_list list = {0};
    bool good = w403_bucket_policies(r, s, b, &list) && w403_mentions_acl(r->arena, s, &b->acl, &r->mentions) &&
                w403_mentions_objects(r->arena, s, b, &r->mentions);
    for (size_t i = 0; i < list.n && good; i++) {
        good = w403_mentions_policy(r->arena, list.at[i], &r->mentions);
    }
    return good;
}

const w403_bucket *w403_bucket_behind(const w403_snapshot *s, w403_view resource)
{
    w403_arn arn = w403_arn_split(resource);
    w403_view rest = arn.part[5];
    if (arn.n != 6 || !s) {
        return NULL;
    }
    if (w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        size_t cut = w403_view_find(resource, W403_LIT("/object/"));
        const w403_access_point *ap =
            w403_map_get(&s->access_points, w403_view_sub(resource, 0, cut == SIZE_MAX ? resource.n : cut));
        return ap ? w403_snapshot_bucket(s, ap->bucket_name) : NULL;
    }
    return w403_snapshot_bucket(s, w403_view_cut(&rest, '/'));
}

bool w403_realm_mention_resource(w403_realm *r, const w403_snapshot *s, w403_view resource)
{
    const w403_bucket *b = w403_bucket_behind(s, resource);
    const w403_entity *role = s && w403_arn_split(resource).n == 6 ? w403_snapshot_entity(s, resource) : NULL;
    const w403_kms_key *key = s ? w403_map_get(&s->keys, resource) : NULL;
    key = key || !s ? key : w403_map_get(&s->key_aliases, resource);
    w403_policy_list list = {0};
    bool good = (!role || keep_set(r, &list, &role->trust_set)) && (!key || (keep_set(r, &list, &key->policy_set) && w403_mentions_key(r->arena, key, &r->mentions)));
    for (uint32_t i = 0; key && key->account && i < key->account->n_levels && good; i++) {
        good = keep_set(r, &list, &key->account->levels[i].rcps);
    }
    for (uint32_t i = 0; role && i < role->account->n_levels && good; i++) {
        good = keep_set(r, &list, &role->account->levels[i].rcps);
    }
    for (size_t i = 0; i < list.n && good; i++) {
        good = w403_mentions_policy(r->arena, list.at[i], &r->mentions);
    }
    return good && (!b || w403_realm_mention(r, s, b));
}

/* ---- keys ---- */

static bool add_statement(w403_elements *e, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_resources; i++) {
        w403_language l = w403_resource_language(st->policy->kind, &st->resources[i], NULL);
        if (l.kind == W403_LANGUAGE_HANGS) { /* whatever the variable holds */
            w403_view text = st->resources[i].whole.text;
            size_t at = w403_view_find(text, W403_LIT("${"));
            l = (w403_language){.kind = W403_LANGUAGE_GLOB, .arn = true};
            l.text = w403_arena_printf(e->arena, "%.*s*", (int)at, text.p);
        }
        if (!w403_elements_add(e, &l)) {
            return false;
        }
    }
    return true;
}

static bool add_objects(w403_elements *e, const w403_bucket *b, w403_view base)
{
    for (uint32_t i = 0; i < b->n_objects && i < LISTED_MAX; i++) {
        w403_language l = {.kind = W403_LANGUAGE_TEXT};
        l.text = w403_arena_printf(e->arena, "%.*s/%.*s", W403_ARG(base), W403_ARG(b->object_list[i]->key));
        if (!l.text.p || !w403_elements_add(e, &l)) {
            return false;
        }
    }
    return true;
}

/* Characters of a name that would be marks in a form. */
static w403_view as_form(w403_arena *a, w403_view name)
{
    w403_view out = W403_LIT("");
    for (size_t i = 0; i < name.n; i++) {
        out = w403_arena_printf(a, "%.*s\\%c", W403_ARG(out), name.p[i]);
    }
    return out;
}

bool w403_bucket_classes(w403_realm *r, const w403_snapshot *s, const w403_bucket *b, const w403_policy *const *policies,
                         size_t n, w403_view within, w403_resource_classes *out)
{
    w403_view base = w403_arena_printf(r->arena, "arn:%.*s:s3:::%.*s", W403_ARG(s->partition), W403_ARG(b->name));
    w403_elements *e = w403_elements_new(r->arena, W403_ELEMENTS_TEXT);
    w403_view form = as_form(r->arena, base);
    if (!e || !base.p || !form.p) {
        return false;
    }
    out->elements = e;
    for (size_t p = 0; p < n; p++) {
        for (uint32_t i = 0; i < policies[p]->n_statements; i++) {
            if (!add_statement(e, &policies[p]->statements[i])) {
                return false;
            }
        }
    }
    w403_language only = {.kind = W403_LANGUAGE_GLOB, .text = within, .arn = true};
    if ((within.p && !w403_elements_add(e, &only)) || !add_objects(e, b, base) || !w403_elements_form(e, form) ||
        !w403_elements_form(e, w403_arena_printf(r->arena, "%.*s/@+", W403_ARG(form))) ||
        !w403_elements_favour(e, w403_arena_printf(r->arena, "%.*s/reports/2026/a.csv", W403_ARG(base))) ||
        !w403_elements_favour(e, w403_arena_printf(r->arena, "%.*s/x", W403_ARG(base)))) {
        return false;
    }
    out->whole = w403_elements_close(e, r->budget);
    if (!out->whole && !r->budget->spent) {
        return false;
    }
    for (size_t i = 0; i < e->list.n; i++) {
        if (within.p && !w403_glob(within, e->list.at[i].value)) {
            continue;
        }
        w403_resource_class *c = W403_PUSH(r->arena, &out->list);
        if (!c) {
            return false;
        }
        bool bucket = w403_view_eq(e->list.at[i].value, base);
        *c = (w403_resource_class){e->list.at[i].value, bucket || e->list.at[i].literal, (uint32_t)i};
        e->list.at[i].literal |= bucket;
    }
    return true;
}

/* A content put into its place: a copy of the snapshot in which a change has not been made yet, or just was. */
#include "logs/proof.h"

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

static w403_policy_kind kind_of(const w403_log_change *c)
{
    switch (c->kind->target) {
    case W403_TARGET_KEY:
        return W403_POLICY_KEY;
    case W403_TARGET_ENDPOINT:
        return W403_POLICY_VPC_ENDPOINT;
    case W403_TARGET_ACCESS_POINT:
        return W403_POLICY_ACCESS_POINT;
    case W403_TARGET_ENTITY:
    case W403_TARGET_MANAGED:
        return W403_POLICY_IDENTITY;
    case W403_TARGET_ORGANIZATION:
        return W403_POLICY_SCP;
    default:
        return W403_POLICY_RESOURCE;
    }
}

typedef struct slot { /* of one policy of one resource */
    const w403_policy **policy;
    w403_policy_set    *set;
    w403_fact          *fact;
} slot;

static bool find_slot(const w403_world *w, const w403_log_change *c, slot *out)
{
    w403_snapshot *s = w->snapshot;
    if (c->kind->target == W403_TARGET_BUCKET) {
        w403_bucket *b = w403_snapshot_bucket(s, c->target);
        *out = b ? (slot){&b->policy, &b->policy_set, &b->policy_fact} : (slot){0};
    } else if (c->kind->target == W403_TARGET_KEY) {
        w403_kms_key *k = w403_snapshot_key(s, c->target, (w403_view){NULL, 0}, c->account);
        *out = k ? (slot){&k->policy, &k->policy_set, &k->policy_fact} : (slot){0};
    } else if (c->kind->target == W403_TARGET_ENDPOINT) {
        w403_vpc_endpoint *e = w403_map_get(&s->endpoints, c->target);
        *out = e ? (slot){&e->policy, &e->policy_set, &e->policy_fact} : (slot){0};
    } else {
        *out = (slot){0};
    }
    return out->policy != NULL;
}

static w403_view document_name(w403_world *w, const w403_log_change *c)
{
    w403_view time = w403_instant_format(w->arena, c->time);
    return w403_arena_printf(w->arena, "%s at %.*s", c->kind->event, FMT(time));
}

/* A parsed policy with its set, for a place of its own. */
static bool put_slot(w403_world *w, const slot *at, const w403_policy *policy)
{
    w403_fact            fact = *at->fact;
    w403_policy_set      set = {0};
    const w403_policy  **one = W403_NEW(w->arena, const w403_policy *);
    if (!one) {
        return false;
    }
    *one = policy;
    fact.state = policy ? W403_FACT_KNOWN : W403_FACT_NONE;
    set.at = policy ? one : NULL;
    set.n = policy ? 1 : 0;
    w403_world_write(w, at->policy, &policy, sizeof policy);
    w403_world_write(w, at->set, &set, sizeof set);
    w403_world_write(w, at->fact, &fact, sizeof fact);
    return !w->nomem;
}

/* A policy that others hold too: by its ARN, or as an SCP by its id. */
static const w403_policy *shared_policy(const w403_snapshot *s, const w403_log_change *c)
{
    w403_view id = c->kind->target == W403_TARGET_ORGANIZATION ? c->policy : c->target;
    for (uint32_t i = 0; id.n && i < s->n_accounts; i++) {
        const w403_account *a = s->account_list[i];
        for (uint32_t l = 0; l < a->n_levels; l++) {
            const w403_policy_set *set = &a->levels[l].scps;
            for (uint32_t p = 0; p < set->n; p++) {
                if (w403_view_find(set->at[p]->doc.source, id) != SIZE_MAX || w403_view_eq(set->at[p]->arn, id)) {
                    return set->at[p];
                }
            }
        }
        for (size_t k = 0; k < a->by_arn.cap; k++) {
            const w403_entity *e = a->by_arn.slots[k].value;
            for (uint32_t p = 0; e && p < e->identity.n; p++) {
                if (w403_view_eq(e->identity.at[p]->arn, id)) {
                    return e->identity.at[p];
                }
            }
        }
    }
    return NULL;
}

static w403_entity *entity_of(const w403_snapshot *s, const w403_log_change *c)
{
    bool          user = w403_view_find(w403_view_of(c->kind->event), W403_LIT("User")) != SIZE_MAX;
    w403_account *a = w403_snapshot_account(s, c->account);
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_account *one = a ? a : s->account_list[i];
        w403_entity  *e = w403_map_get(user ? &one->users : &one->roles, c->target);
        if (e || a) {
            return e;
        }
    }
    return NULL;
}

/* An inline policy of a user or role: replaced, added or taken away. */
static bool put_inline(w403_world *w, const w403_log_change *c, w403_policy *policy)
{
    w403_entity *e = entity_of(w->snapshot, c);
    if (!e) {
        return false;
    }
    const w403_policy **list = W403_NEW_N(w->arena, const w403_policy *, e->identity.n + 1);
    w403_policy_set     set = {.at = list};
    if (!list) {
        return false;
    }
    for (uint32_t i = 0; i < e->identity.n; i++) {
        const w403_policy *p = e->identity.at[i];
        if (p->arn.n || !w403_view_eq(p->name, c->policy)) {
            list[set.n++] = p;
        }
    }
    if (policy) {
        policy->name = c->policy;
        list[set.n++] = policy;
    }
    w403_world_write(w, &e->identity, &set, sizeof set);
    return !w->nomem;
}

/* ---- settings ---- */

static w403_view parameter(w403_arena *a, const w403_log_change *c, const char *object, const char *name)
{
    w403_json_doc doc;
    if (!c || w403_json_parse(a, W403_LIT("event"), c->parameters, NULL, &doc, NULL, NULL) != W403_OK) {
        return (w403_view){NULL, 0};
    }
    const w403_json *v = w403_json_get(w403_json_get(doc.root, object), name);
    return v ? v->text : (w403_view){NULL, 0};
}

static bool flag(w403_arena *a, const w403_log_change *c, const char *name)
{
    return w403_view_ieq(parameter(a, c, "PublicAccessBlockConfiguration", name), W403_LIT("true"));
}

static bool put_setting(w403_world *w, const w403_log_change *place, const w403_log_change *value)
{
    w403_bucket  *b = w403_snapshot_bucket(w->snapshot, place->target);
    w403_kms_key *k = place->kind->target == W403_TARGET_KEY
                          ? w403_snapshot_key(w->snapshot, place->target, (w403_view){NULL, 0}, place->account)
                          : NULL;
    w403_account *account = w403_snapshot_account(w->snapshot, place->target.n ? place->target : place->account);
    if (k) {
        w403_key_state state = !value ? W403_KEY_ENABLED
                               : strcmp(value->kind->event, "DisableKey") == 0 ? W403_KEY_DISABLED
                                                                               : W403_KEY_PENDING_DELETION;
        w403_world_write(w, &k->state, &state, sizeof state);
        return !w->nomem;
    }
    if (b && strcmp(place->kind->event, "PutBucketRequestPayment") == 0) {
        bool pays = w403_view_eq(parameter(w->arena, value, "RequestPaymentConfiguration", "Payer"), W403_LIT("Requester"));
        w403_world_write(w, &b->requester_pays, &pays, sizeof pays);
        return !w->nomem;
    }
    w403_bpa *bpa = place->kind->target == W403_TARGET_ACCOUNT_S3 ? (account ? &account->bpa : NULL) : b ? &b->bpa : NULL;
    if (!bpa) {
        return false;
    }
    w403_bpa set = {.fact = bpa->fact,
                    .block_public_acls = flag(w->arena, value, "BlockPublicAcls"),
                    .ignore_public_acls = flag(w->arena, value, "IgnorePublicAcls"),
                    .block_public_policy = flag(w->arena, value, "BlockPublicPolicy"),
                    .restrict_public_buckets = flag(w->arena, value, "RestrictPublicBuckets")};
    set.fact.state = W403_FACT_KNOWN;
    w403_world_write(w, bpa, &set, sizeof set);
    return !w->nomem;
}

/* ---- a w403_content into the world ---- */

static bool put_given(w403_world *w, const w403_log_change *c, const w403_content *what)
{
    if (what->known == W403_CONTENT_NONE) {
        return true; /* nothing is given for it */
    }
    w403_world_given given = {.kind = kind_of(c), .source = document_name(w, c), .text = what->text};
    return w403_world_give(w, w->n_given, &given, NULL) == W403_OK;
}

bool w403_content_put(w403_world *w, const w403_log_change *c, const w403_content *what)
{
    slot at;
    if (what->known == W403_CONTENT_AS_IT_IS) {
        return true;
    }
    if (what->known == W403_CONTENT_SETTING) {
        return w->snapshot && put_setting(w, c, what->setting);
    }
    bool shared = c->kind->target == W403_TARGET_MANAGED || c->kind->target == W403_TARGET_ORGANIZATION;
    bool by_hand = c->kind->target == W403_TARGET_BUCKET || c->kind->target == W403_TARGET_KEY ||
                   c->kind->target == W403_TARGET_ENDPOINT;
    bool found = w->snapshot && find_slot(w, c, &at);
    if (!found && by_hand) {
        return put_given(w, c, what);
    }
    w403_policy *policy = what->known == W403_CONTENT_DOCUMENT
                              ? w403_world_policy(w, kind_of(c), document_name(w, c), what->text)
                              : NULL;
    if (!w->snapshot || (what->known == W403_CONTENT_DOCUMENT && !policy)) {
        return false;
    }
    if (found) {
        return put_slot(w, &at, policy);
    }
    if (shared) {
        const w403_policy *old = shared_policy(w->snapshot, c);
        if (old && policy) {
            policy->arn = old->arn;
            w403_world_replace(w, old, policy);
        }
        return old && policy && !w->nomem;
    }
    return c->kind->target == W403_TARGET_ENTITY && put_inline(w, c, policy);
}

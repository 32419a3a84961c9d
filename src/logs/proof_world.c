/* A content put into its place: a copy of the snapshot in which a change has not been made yet, or just was. */
#include "logs/proof.h"

static bool fail(w403_rewound *r, const char *why)
{
    r->why = why;
    return false;
}

/* ---- documents of resources ---- */

static w403_policy_kind kind_of(const w403_log_change *c)
{
    return c->kind->target == W403_TARGET_KEY            ? W403_POLICY_KEY
           : c->kind->target == W403_TARGET_ENDPOINT     ? W403_POLICY_VPC_ENDPOINT
           : c->kind->target == W403_TARGET_ACCESS_POINT ? W403_POLICY_ACCESS_POINT
                                                         : W403_POLICY_RESOURCE;
}

typedef struct slot { /* of one policy of one resource */
    const w403_policy **policy;
    w403_policy_set    *set;
    w403_fact          *fact;
} slot;

/* By ARN or alias, or by the bare name that the call takes. */
static w403_access_point *access_point_of(const w403_snapshot *s, const w403_log_change *c)
{
    w403_access_point *ap = w403_map_get(&s->access_points, c->target);
    for (size_t i = 0; i < s->access_points.cap && !ap; i++) {
        w403_access_point *one = s->access_points.slots[i].value;
        bool               own = one && (!c->account.n || w403_view_eq(one->account_id, c->account));
        ap = own && w403_view_eq(one->name, c->target) ? one : NULL;
    }
    return ap;
}

#define SLOT(at) ((at) ? (slot){&(at)->policy, &(at)->policy_set, &(at)->policy_fact} : (slot){0})

static slot find_slot(const w403_snapshot *s, const w403_log_change *c)
{
    w403_bucket       *b = NULL;
    w403_kms_key      *k = NULL;
    w403_vpc_endpoint *e = NULL;
    w403_access_point *ap = NULL;
    switch (c->kind->target) {
    case W403_TARGET_BUCKET:
        b = w403_snapshot_bucket(s, c->target);
        return SLOT(b);
    case W403_TARGET_KEY:
        k = w403_change_key(s, c);
        return SLOT(k);
    case W403_TARGET_ENDPOINT:
        e = w403_map_get(&s->endpoints, c->target);
        return SLOT(e);
    case W403_TARGET_ACCESS_POINT:
        ap = access_point_of(s, c);
        return SLOT(ap);
    default:
        return (slot){0};
    }
}

/* A parsed policy with its set, for a place of its own. */
static bool put_slot(w403_world *w, const slot *at, const w403_policy *policy)
{
    w403_fact            fact = *at->fact;
    w403_policy_set      set = {0};
    const w403_policy  **one = W403_NEW(w->arena, const w403_policy *);
    if (!one) {
        w->nomem = true;
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

static bool put_document(w403_rewound *r, const w403_log_change *c, const w403_content *what)
{
    w403_world *w = r->world;
    slot        at = w->snapshot ? find_slot(w->snapshot, c) : (slot){0};
    w403_view   time = w403_instant_format(w->arena, c->time);
    w403_view name = w403_arena_printf(w->arena, "%s at %.*s", c->kind->event, W403_CUT(time));
    bool        document = what->known == W403_CONTENT_DOCUMENT;
    if (at.policy) {
        const w403_policy *policy = document ? w403_world_policy(w, kind_of(c), name, what->text) : NULL;
        return document && !policy ? fail(r, "the logged document is no policy") : put_slot(w, &at, policy);
    }
    if (!document) {
        return true; /* nothing is given for it */
    }
    w403_world_given given = {.kind = kind_of(c), .source = name, .text = what->text};
    const w403_policy *made;
    return w403_world_give(w, w->n_given, &given, &made, NULL) == W403_OK || fail(r, "the logged document is no policy");
}

/* ---- the state of a key ---- */

static bool put_state(w403_rewound *r, const w403_log_change *c, const w403_content *what)
{
    static const struct {
        const char    *event;
        w403_key_state after, before; /* the call is refused in any other state */
    } rows[] = {
        {"DisableKey", W403_KEY_DISABLED, W403_KEY_ENABLED},
        {"EnableKey", W403_KEY_ENABLED, W403_KEY_DISABLED},
        {"ScheduleKeyDeletion", W403_KEY_PENDING_DELETION, W403_KEY_ENABLED},
        {"CancelKeyDeletion", W403_KEY_DISABLED, W403_KEY_PENDING_DELETION},
    };
    w403_kms_key *key = r->world->snapshot ? w403_change_key(r->world->snapshot, c) : NULL;
    const char   *event = what->setting ? what->setting->kind->event : c->kind->event;
    for (size_t i = 0; key && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].event, event) == 0) {
            w403_key_state state = what->setting ? rows[i].after : rows[i].before;
            w403_world_write(r->world, &key->state, &state, sizeof state);
            return !r->world->nomem;
        }
    }
    return fail(r, "the key is not in the snapshot");
}

bool w403_content_put(w403_rewound *r, w403_sources *src, const w403_log_change *c, const w403_content *what)
{
    w403_change_target target = c->kind->target;
    if (what->known == W403_CONTENT_AS_IT_IS) {
        return true;
    }
    if (target == W403_TARGET_ENTITY || target == W403_TARGET_MANAGED) {
        return w403_content_put_iam(r, src, c, what);
    }
    if (target == W403_TARGET_ORGANIZATION) {
        return w403_content_put_org(r, c, what);
    }
    switch (c->kind->place) {
    case W403_PLACE_POLICY:
        return put_document(r, c, what);
    case W403_PLACE_KEY_STATE:
        return put_state(r, c, what);
    case W403_PLACE_GRANT:
        return w403_content_put_grant(r, c, what);
    default:
        return w403_content_put_setting(r, c, what);
    }
}

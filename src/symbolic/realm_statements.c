/* Which statements could matter to a caller's request: those of every layer that decide would look at. */
#include "symbolic/realm.h"

#include "policy/policies.h"

typedef struct gatherer {
    w403_realm_reply *x;
    uint64_t actions[8];
    bool any_action;
    bool failed;
} gatherer;

static void set_actions(gatherer *g)
{
    w403_view name = g->x->wanted->operation.p ? g->x->wanted->operation : g->x->wanted->action;
    const w403_operation *op = g->x->wanted->operation.p ? w403_operation_find(name) : NULL;
    for (uint16_t i = 0; op && i < op->n_permissions; i++) {
        uint16_t id = op->permissions[i].action_id;
        if (id != W403_ACTION_NONE) {
            w403_bit_set(g->actions, id);
        }
    }
    uint16_t id = op ? W403_ACTION_NONE : w403_action_find(name);
    if (id != W403_ACTION_NONE) {
        w403_bit_set(g->actions, id);
    }
    g->any_action = !op && id == W403_ACTION_NONE;
}

static bool asked_for(const gatherer *g, const w403_statement *st)
{
    for (int i = 0; i < 8; i++) {
        if (st->catalog_actions[i] & g->actions[i]) {
            return true;
        }
    }
    return g->any_action;
}

/* Could its Resource match any resource that the sample was checked on? With a variable it is kept. */
static bool about(const gatherer *g, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_resources; i++) {
        if (st->resources[i].whole.has_variable) {
            return true;
        }
    }
    for (int side = 0; side < g->x->realm->n; side++) {
        const w403_call *c = g->x->sample[side];
        if (!c) {
            return true;
        }
        for (size_t k = 0; k < c->checks.n; k++) {
            const w403_check_work *w = c->checks.at[k].detail;
            if (w403_match_resource(st, &w->ask) != W403_NO) {
                return true;
            }
        }
    }
    return g->x->base.n_headers > 0;
}

static void add_policy(gatherer *g, const w403_policy *p)
{
    for (uint32_t i = 0; p && i < p->n_statements && !g->failed; i++) {
        const w403_statement *st = &p->statements[i];
        if (!asked_for(g, st) || (st->policy->kind != W403_POLICY_KEY && !about(g, st))) {
            continue;
        }
        const w403_statement **slot = W403_PUSH(g->x->arena, &g->x->statements);
        g->failed = !slot || !w403_key_uses_add(g->x->arena, &g->x->uses, st);
        if (slot) {
            *slot = st;
        }
    }
}

static void add_set(gatherer *g, const w403_policy_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        add_policy(g, set->at[i]);
    }
}

static void add_account(gatherer *g, const w403_account *a, bool scps)
{
    for (uint32_t i = 0; a && i < a->n_levels; i++) {
        add_set(g, scps ? &a->levels[i].scps : &a->levels[i].rcps);
    }
}

/* Of the resources that the sample was checked on. A policy that two checks share is added once. */
static void add_resources(gatherer *g, const w403_call *c)
{
    W403_ARRAY(const void *) seen = {0};
    for (size_t k = 0; k < c->checks.n && !g->failed; k++) {
        const w403_check_work *w = c->checks.at[k].detail;
        const w403_target *t = w->target;
        const struct {
            const void *owner;
            const w403_policy_set *set;
        } rows[] = {
            {t->bucket, t->bucket ? &t->bucket->policy_set : NULL},
            {t->access_point, t->access_point ? &t->access_point->policy_set : NULL},
            {t->kms, t->kms ? &t->kms->policy_set : NULL},
            {t->role, t->role ? &t->role->trust_set : NULL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            bool again = false;
            for (size_t s = 0; s < seen.n; s++) {
                again |= seen.at[s] == rows[i].owner;
            }
            const void **slot = rows[i].owner && !again ? W403_PUSH(g->x->arena, &seen) : NULL;
            if (slot) {
                *slot = rows[i].owner;
                add_set(g, rows[i].set);
            }
        }
        add_account(g, w403_target_account(c, t), false);
    }
}

bool w403_realm_statements(w403_realm_reply *x)
{
    gatherer g = {.x = x};
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(x->realm->policies, &n);
    set_actions(&g);
    add_policy(&g, x->realm->document);
    for (size_t i = 0; i < n; i++) {
        add_policy(&g, given[i].policy);
    }
    for (int side = 0; side < x->realm->n; side++) {
        const w403_snapshot *s = x->realm->snap[side];
        const w403_call *c = x->sample[side];
        if (!c) {
            continue;
        }
        if (c->entity) {
            add_set(&g, &c->entity->identity);
            add_policy(&g, c->entity->boundary);
        }
        add_account(&g, c->account, true);
        add_resources(&g, c);
        for (uint32_t i = 0; s && i < s->n_endpoints; i++) {
            add_set(&g, &s->endpoint_list[i]->policy_set);
        }
    }
    return !g.failed;
}

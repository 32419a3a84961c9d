/* The organization: who is in it, its tree, which policies are attached where, and what they say. It is on the
 * critical path of a large run (DescribePolicy: 2 a second), so nothing of it waits for anything that it does not
 * need. */
#include "collect/organization.h"

const char *const w403_run_policy_types[W403_RUN_POLICY_TYPES] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY",
                                                                "S3_POLICY"};

static w403_run_answer_fn on_organization, on_roots, on_accounts, on_policies, on_children;

w403_status w403_run_org_ask(w403_run *r, unsigned row, w403_run_answer_fn *on, void *subject, const char *path,
                             w403_run_request **out, w403_error *err)
{
    w403_run_request *q = w403_run_request_new(r, NULL, row, on, subject);
    W403_NEED(q, err);
    if (path) {
        q->n_path = strlen(path);
        memcpy(q->path, path, q->n_path);
    }
    if (out) {
        *out = q;
        return W403_OK;
    }
    return w403_run_ask(r, q, err);
}

/* ---- what could not be read ---- */

/* It is kept for the end: when the account is in no organization, that the other calls are refused too is no news. */
w403_status w403_run_org_broken(w403_run *r, const w403_run_request *q, const w403_live_answer *a, bool *flag,
                                w403_error *err)
{
    w403_run_failure *f = W403_PUSH(r->arena, &r->org.failures);
    W403_NEED(f, err);
    W403_TRY(w403_run_fail(r, f, q, a, q->name, err));
    *flag = true;
    return W403_OK;
}

static bool is_none(const w403_live_answer *a)
{
    return w403_meaning_of(W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION, a->code) == W403_MEANS_NOT_CONFIGURED;
}

static w403_status on_organization(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    r->org.none |= a->code.n && is_none(a);
    return w403_run_on_file(r, q, a, err);
}

/* ---- the lists that come first ---- */

static w403_status ask_policies(w403_run *r, unsigned type, w403_error *err)
{
    w403_run_org     *o = &r->org;
    w403_run_request *q;
    W403_TRY(w403_run_org_ask(r, W403_CALL_ORGANIZATIONS_LISTPOLICIES, on_policies, NULL, NULL, &q, err));
    q->part = (uint8_t)type;
    q->name = w403_view_of(w403_run_policy_types[type]);
    w403_run_argument(q, "Filter", q->name);
    o->lists_waiting++;
    return w403_run_ask(r, q, err);
}

w403_status w403_run_org_target(w403_run *r, w403_view id, w403_error *err)
{
    w403_run_org *o = &r->org;
    if (w403_map_get(&o->is_target, id)) {
        return W403_OK;
    }
    w403_view copy = w403_arena_copy(r->arena, id), *slot = W403_PUSH(r->arena, &o->targets);
    W403_NEED(copy.p && slot && w403_map_put(r->arena, &o->is_target, copy, r), err);
    *slot = copy;
    return W403_OK;
}

/* Which of the two ways to the attachments is fewer calls: as soon as it is certain. A policy that can be listed but
 * whose targets cannot does not matter: then they are unknown either way. */
static w403_status choose(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    size_t        policies = 0, types = 0;
    bool          listed = o->roots_done && o->lists_waiting == 0;
    bool          tree = o->roots_done && o->tree_waiting == 0 && o->parents.head == o->parents.items.n;
    for (unsigned i = 0; i < W403_RUN_POLICY_TYPES; i++) {
        policies += o->types[i].policies.n;
        types += o->types[i].on;
        listed = listed && (!o->types[i].on || o->types[i].listed);
    }
    if (o->way != W403_ORG_UNDECIDED || !types || r->opt->probe) {
        return W403_OK;
    }
    if (listed && policies <= o->targets.n * types) {
        o->way = W403_ORG_BY_POLICY;
    } else if (tree && o->names_done && o->lists_waiting == 0) {
        o->way = W403_ORG_BY_TARGET;
    }
    for (unsigned t = 0; o->way == W403_ORG_BY_POLICY && t < W403_RUN_POLICY_TYPES; t++) {
        for (size_t i = 0; i < o->types[t].policies.n; i++) {
            W403_TRY(w403_run_push(r, &o->lookups, o->types[t].policies.at[i], w403_view_of(w403_run_policy_types[t]),
                                   err));
        }
    }
    for (size_t i = 0; o->way == W403_ORG_BY_TARGET && i < o->targets.n; i++) {
        for (unsigned t = 0; t < W403_RUN_POLICY_TYPES; t++) {
            if (o->types[t].on) {
                W403_TRY(
                    w403_run_push(r, &o->lookups, o->targets.at[i], w403_view_of(w403_run_policy_types[t]), err));
            }
        }
    }
    return W403_OK;
}

static w403_status on_root(w403_run *r, const w403_json *root, w403_error *err)
{
    w403_run_org    *o = &r->org;
    w403_view        id = w403_json_str(root, "Id");
    bool             sound;
    const w403_json *types = w403_json_get(root, "PolicyTypes");
    W403_TRY(w403_run_name(r, NULL, W403_NAME_ORG_UNIT, id, &sound, err));
    for (const w403_json *t = types ? types->first : NULL; t; t = t->next) {
        for (unsigned i = 0; i < W403_RUN_POLICY_TYPES; i++) {
            bool is = w403_view_eq(w403_json_str(t, "Type"), w403_view_of(w403_run_policy_types[i])) &&
                      w403_view_eq(w403_json_str(t, "Status"), W403_LIT("ENABLED"));
            if (is && !o->types[i].on) {
                o->types[i].on = true;
                W403_TRY(ask_policies(r, i, err));
            }
        }
    }
    if (!sound) {
        return W403_OK;
    }
    W403_TRY(w403_run_org_target(r, id, err));
    return w403_run_push(r, &o->parents, id, (w403_view){NULL, 0}, err);
}

static w403_status on_roots(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    if (a->code.n) {
        o->none |= is_none(a);
        o->tree_broken = true;
        return w403_run_org_broken(r, q, a, &o->incomplete, err);
    }
    bool whole;
    W403_TRY(w403_run_take_page(r, q, a, &whole, err));
    r->report->known += whole;
    W403_TRY(w403_run_parse(r, a, &doc, err));
    const w403_json *list = w403_json_get(doc.root, "Roots");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        W403_TRY(on_root(r, v, err));
    }
    o->roots_done |= a->last;
    return choose(r, err);
}

/* State is the newer of two members that say the same. */
static bool is_active(const w403_json *v)
{
    w403_view state = w403_json_str(v, "State");
    return w403_view_eq(state.n ? state : w403_json_str(v, "Status"), W403_LIT("ACTIVE"));
}

static w403_status on_member(w403_run *r, const w403_json *v, w403_error *err)
{
    w403_view         id = w403_json_str(v, "Id"), name = w403_json_str(v, "Name");
    bool              sound;
    w403_run_account *account;
    W403_TRY(w403_run_name(r, NULL, W403_NAME_ACCOUNT, id, &sound, err));
    if (!sound) {
        return W403_OK;
    }
    W403_TRY(w403_run_org_target(r, id, err));
    account = w403_run_account_find(r, id);
    if (!account && r->opt->organization && is_active(v)) {
        return w403_run_account_add(r, id, name, &account, err);
    }
    if (account && name.n) {
        account->name = w403_arena_copy(r->arena, name);
        W403_NEED(account->name.p, err);
    }
    return W403_OK;
}

/* Now it is known which accounts Organizations has no name for. */
static w403_status names_done(w403_run *r, w403_error *err)
{
    r->org.names_done = true;
    for (w403_run_account *a = r->accounts; a; a = a->next) {
        W403_TRY(w403_run_aliases(r, a, err));
    }
    return choose(r, err);
}

static w403_status on_accounts(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    bool          whole, ignored = false;
    if (a->code.n && r->opt->organization) {
        w403_status st = w403_error_set(err, W403_IO, "the accounts of the organization cannot be listed: %.*s: %.*s",
                                        W403_CUT(a->code), W403_CUT(a->message));
        w403_error_hint(err,
                        "collect with the management account or a delegated administrator, or name the accounts: "
                        "`--account ID,ID --role NAME`");
        return st;
    }
    if (a->code.n) {
        r->org.none |= is_none(a);
        W403_TRY(w403_run_org_broken(r, q, a, &ignored, err));
        return names_done(r, err);
    }
    W403_TRY(w403_run_take_page(r, q, a, &whole, err));
    r->report->known += whole;
    W403_TRY(w403_run_parse(r, a, &doc, err));
    const w403_json *list = w403_json_get(doc.root, "Accounts");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        W403_TRY(on_member(r, v, err));
    }
    return a->last ? names_done(r, err) : choose(r, err);
}

static w403_status on_policies(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    bool          ignored = false;
    o->lists_waiting -= a->last;
    if (a->code.n) { /* the other way is left */
        W403_TRY(w403_run_org_broken(r, q, a, &ignored, err));
        return choose(r, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    o->types[q->part].policies.n = a->page ? o->types[q->part].policies.n : 0;
    const w403_json *list = w403_json_get(doc.root, "Policies");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        bool      sound;
        w403_view id = w403_json_str(v, "Id");
        W403_TRY(w403_run_name(r, NULL, W403_NAME_POLICY, id, &sound, err));
        w403_view *slot = sound ? W403_PUSH(r->arena, &o->types[q->part].policies) : NULL;
        W403_NEED(slot || !sound, err);
        if (slot) {
            *slot = w403_arena_copy(r->arena, id);
            W403_NEED(slot->p, err);
        }
    }
    o->types[q->part].listed |= a->last;
    return choose(r, err);
}

/* ---- the tree ---- */

static w403_status start_parent(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    static const uint16_t rows[] = {W403_CALL_ORGANIZATIONS_LISTORGANIZATIONALUNITSFORPARENT,
                                    W403_CALL_ORGANIZATIONS_LISTACCOUNTSFORPARENT};
    for (size_t i = 0; i < 2; i++) {
        w403_run_request *q;
        W403_TRY(w403_run_org_ask(r, rows[i], on_children, lane, NULL, &q, err));
        q->name = item->name;
        w403_run_argument(q, "ParentId", item->name);
        r->org.tree_waiting++;
        W403_TRY(w403_run_ask(r, q, err));
    }
    lane->running--; /* the two calls are counted by themselves */
    return W403_OK;
}

static w403_status add_child(w403_run *r, const w403_run_request *q, w403_view id, bool unit, w403_error *err)
{
    w403_run_org *o = &r->org;
    bool          sound;
    W403_TRY(w403_run_name(r, NULL, unit ? W403_NAME_ORG_UNIT : W403_NAME_ACCOUNT, id, &sound, err));
    if (!sound) {
        return W403_OK;
    }
    w403_run_child *c = W403_PUSH(r->arena, &o->tree);
    W403_NEED(c, err);
    *c = (w403_run_child){w403_arena_copy(r->arena, id), q->name};
    W403_NEED(c->child.p, err);
    bool known = w403_map_get(&o->is_target, id) != NULL;
    W403_TRY(w403_run_org_target(r, id, err));
    return unit && !known ? w403_run_push(r, &o->parents, id, (w403_view){NULL, 0}, err) : W403_OK;
}

static w403_status on_children(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    bool          units = q->row == W403_CALL_ORGANIZATIONS_LISTORGANIZATIONALUNITSFORPARENT;
    if (a->code.n) {
        W403_TRY(w403_run_org_broken(r, q, a, &o->tree_broken, err));
    } else {
        W403_TRY(w403_run_parse(r, a, &doc, err));
        const w403_json *list = w403_json_get(doc.root, units ? "OrganizationalUnits" : "Accounts");
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            W403_TRY(add_child(r, q, w403_json_str(v, "Id"), units, err));
        }
    }
    o->tree_waiting -= a->last;
    return a->last ? choose(r, err) : W403_OK;
}

/* ---- beginning and end ---- */

w403_status w403_run_org_start(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    o->wanted = w403_run_wants(r, W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION);
    o->parents = (w403_run_lane){.start = start_parent, .cost = 2, .width = 32, .held = r->opt->probe};
    o->lookups = (w403_run_lane){.start = w403_run_org_lookup, .cost = 1, .width = 32};
    o->describe = (w403_run_lane){.start = w403_run_org_describe, .cost = 1, .width = 32};
    if (!o->wanted) {
        return W403_OK;
    }
    W403_TRY(w403_run_org_ask(r, W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION, on_organization, NULL,
                              "organization/organization.json", NULL, err));
    W403_TRY(
        w403_run_org_ask(r, W403_CALL_ORGANIZATIONS_LISTROOTS, on_roots, NULL, "organization/roots.json", NULL, err));
    return w403_run_org_ask(r, W403_CALL_ORGANIZATIONS_LISTACCOUNTS, on_accounts, NULL, "organization/accounts.json",
                            NULL, err);
}

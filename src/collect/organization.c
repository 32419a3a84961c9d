/* The organization: who is in it, its tree, which policies are attached where, and what they say. It is on the critical
 * path of a large run (DescribePolicy: 2 a second), so nothing of it waits for anything that it does not need. */
#include "collect/state.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const policy_types[W403_RUN_POLICY_TYPES] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY",
                                                                "S3_POLICY"};

static w403_run_answer_fn on_organization, on_roots, on_accounts, on_policies, on_children, on_targets, on_attached,
    on_described;

static w403_status ask(w403_run *r, unsigned row, w403_run_answer_fn *on, void *subject, const char *path,
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
static w403_status broken(w403_run *r, const w403_run_request *q, const w403_live_answer *a, bool *flag, w403_error *err)
{
    w403_run_failure *f = W403_PUSH(r->arena, &r->org.failures);
    W403_NEED(f, err);
    *f = (w403_run_failure){.row = q->row, .name = q->name};
    f->code = w403_arena_copy(r->arena, a->code);
    f->message = w403_arena_copy(r->arena, w403_view_sub(a->message, 0, a->message.n > 500 ? 500 : a->message.n));
    f->path = w403_arena_copy(r->arena, (w403_view){q->path, q->n_path});
    W403_NEED(w403_arena_ok(r->arena), err);
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
    W403_TRY(ask(r, W403_CALL_ORGANIZATIONS_LISTPOLICIES, on_policies, NULL, NULL, &q, err));
    q->part = (uint8_t)type;
    q->name = w403_view_of(policy_types[type]);
    w403_run_argument(q, "Filter", q->name);
    o->lists_waiting++;
    return w403_run_ask(r, q, err);
}

static w403_status add_target(w403_run *r, w403_view id, w403_error *err)
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

/* Which of the two ways to the attachments is fewer calls: as soon as it is certain. A policy that can be listed but whose
 * targets cannot does not matter: then they are unknown either way. */
static w403_status choose(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    size_t        policies = 0, types = 0;
    bool          listed = o->roots_done && o->lists_waiting == 0, tree = o->roots_done && o->tree_waiting == 0 && o->parents.head == o->parents.items.n;
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
            W403_TRY(w403_run_push(r, &o->lookups, o->types[t].policies.at[i], w403_view_of(policy_types[t]), err));
        }
    }
    for (size_t i = 0; o->way == W403_ORG_BY_TARGET && i < o->targets.n; i++) {
        for (unsigned t = 0; t < W403_RUN_POLICY_TYPES; t++) {
            if (o->types[t].on) {
                W403_TRY(w403_run_push(r, &o->lookups, o->targets.at[i], w403_view_of(policy_types[t]), err));
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
            bool is = w403_view_eq(w403_json_str(t, "Type"), w403_view_of(policy_types[i])) &&
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
    W403_TRY(add_target(r, id, err));
    return w403_run_push(r, &o->parents, id, (w403_view){NULL, 0}, err);
}

static w403_status on_roots(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    if (a->code.n) {
        o->none |= is_none(a);
        o->tree_broken = true;
        return broken(r, q, a, &o->incomplete, err);
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
    W403_TRY(add_target(r, id, err));
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
        w403_error_hint(err, "collect with the management account or a delegated administrator, or name the accounts: "
                             "`--account ID,ID --role NAME`");
        return st;
    }
    if (a->code.n) {
        r->org.none |= is_none(a);
        W403_TRY(broken(r, q, a, &ignored, err));
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
        W403_TRY(broken(r, q, a, &ignored, err));
        return choose(r, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
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
        W403_TRY(ask(r, rows[i], on_children, lane, NULL, &q, err));
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
    W403_TRY(add_target(r, id, err));
    return unit && !known ? w403_run_push(r, &o->parents, id, (w403_view){NULL, 0}, err) : W403_OK;
}

static w403_status on_children(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    bool          units = q->row == W403_CALL_ORGANIZATIONS_LISTORGANIZATIONALUNITSFORPARENT;
    if (a->code.n) {
        W403_TRY(broken(r, q, a, &o->tree_broken, err));
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

/* ---- attachments ---- */

static unsigned type_of(w403_view name)
{
    unsigned t = 0;
    while (t < W403_RUN_POLICY_TYPES - 1 && !w403_view_eq(name, w403_view_of(policy_types[t]))) {
        t++;
    }
    return t;
}

static w403_status start_lookup(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    bool              by_policy = r->org.way == W403_ORG_BY_POLICY;
    w403_run_request *q;
    W403_TRY(ask(r, by_policy ? W403_CALL_ORGANIZATIONS_LISTTARGETSFORPOLICY : W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET,
                 by_policy ? on_targets : on_attached, lane, NULL, &q, err));
    q->name = item->name;
    q->part = (uint8_t)type_of(item->extra);
    if (by_policy) {
        w403_run_argument(q, "PolicyId", item->name);
    } else {
        w403_run_argument(q, "TargetId", item->name);
        w403_run_argument(q, "Filter", item->extra);
    }
    return w403_run_ask(r, q, err);
}

/* A policy that is attached somewhere is worth reading. */
static w403_status attach(w403_run *r, w403_view target, w403_view policy, unsigned type, uint32_t order, w403_error *err)
{
    w403_run_org           *o = &r->org;
    w403_view              *id = w403_map_get(&o->policies, policy);
    w403_run_attached *at = W403_PUSH(r->arena, &o->attached);
    W403_NEED(at, err);
    if (!id) {
        id = W403_NEW(r->arena, w403_view);
        W403_NEED(id, err);
        *id = w403_arena_copy(r->arena, policy);
        W403_NEED(id->p && w403_map_put(r->arena, &o->policies, *id, id), err);
        W403_TRY(w403_run_push(r, &o->describe, *id, (w403_view){NULL, 0}, err));
    }
    *at = (w403_run_attached){w403_arena_copy(r->arena, target), *id, (type << 28) + (order & 0xFFFFFFF)};
    W403_NEED(at->target.p, err);
    return W403_OK;
}

/* How far down the list of policies of its type one stands: the order in which they are written. */
static uint32_t place_in_list(const w403_run_org *o, unsigned type, w403_view policy)
{
    uint32_t i = 0;
    while (i < o->types[type].policies.n && !w403_view_eq(o->types[type].policies.at[i], policy)) {
        i++;
    }
    return i;
}

static w403_status on_targets(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    if (a->code.n) {
        W403_TRY(broken(r, q, a, &r->org.incomplete, err));
    } else {
        uint32_t order = place_in_list(&r->org, q->part, q->name);
        W403_TRY(w403_run_parse(r, a, &doc, err));
        const w403_json *list = w403_json_get(doc.root, "Targets");
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            w403_view id = w403_json_str(v, "TargetId");
            bool      sound = w403_name_is(W403_NAME_ORG_UNIT, id); /* an account's digits are among those */
            W403_TRY(sound ? attach(r, id, q->name, q->part, order, err) : W403_OK);
        }
    }
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

static w403_status on_attached(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_org *o = &r->org;
    w403_json_doc doc;
    bool          ignored = false;
    if (a->code.n) {
        W403_TRY(broken(r, q, a, &ignored, err));
        W403_NEED(w403_map_put(r->arena, &o->broken_targets, q->name, r), err);
    } else {
        W403_TRY(w403_run_parse(r, a, &doc, err));
        const w403_json *list = w403_json_get(doc.root, "Policies");
        uint32_t         order = a->page * 1000;
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            bool      sound;
            w403_view id = w403_json_str(v, "Id");
            W403_TRY(w403_run_name(r, NULL, W403_NAME_POLICY, id, &sound, err));
            W403_TRY(sound ? attach(r, q->name, id, q->part, order++, err) : W403_OK);
        }
    }
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

/* ---- what the policies say ---- */

static w403_status on_described(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    W403_TRY(w403_run_on_file(r, q, a, err));
    if (a->last) {
        w403_run_lane_done(r, q->subject);
    }
    return W403_OK;
}

static w403_status start_describe(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    w403_run_request *q;
    w403_kept         kept;
    W403_TRY(ask(r, W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY, on_described, lane, NULL, &q, err));
    W403_TRY(w403_run_path(r, q, item->name, err));
    q->name = item->name;
    w403_run_argument(q, "PolicyId", item->name);
    W403_TRY(w403_run_keeps(r, NULL, q->row, (w403_view){q->path, q->n_path}, item->name, &kept, NULL, err));
    if (kept == W403_KEPT_NOT) {
        return w403_run_ask(r, q, err);
    }
    w403_run_request_free(r, q);
    w403_run_lane_done(r, lane);
    return W403_OK;
}

/* ---- beginning and end ---- */

w403_status w403_run_org_start(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    o->wanted = w403_run_wants(r, W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION) && !r->opt->store;
    o->parents = (w403_run_lane){.start = start_parent, .cost = 2, .width = 32, .held = r->opt->probe};
    o->lookups = (w403_run_lane){.start = start_lookup, .cost = 1, .width = 32};
    o->describe = (w403_run_lane){.start = start_describe, .cost = 1, .width = 32};
    if (!o->wanted) {
        return W403_OK;
    }
    W403_TRY(ask(r, W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION, on_organization, NULL, "organization/organization.json",
                 NULL, err));
    W403_TRY(ask(r, W403_CALL_ORGANIZATIONS_LISTROOTS, on_roots, NULL, "organization/roots.json", NULL, err));
    return ask(r, W403_CALL_ORGANIZATIONS_LISTACCOUNTS, on_accounts, NULL, "organization/accounts.json", NULL, err);
}

static int by_child(const void *x, const void *y)
{
    return w403_view_cmp(((const w403_run_child *)x)->child, ((const w403_run_child *)y)->child);
}

static int by_target(const void *x, const void *y)
{
    const w403_run_attached *a = x, *b = y;
    int c = w403_view_cmp(a->target, b->target);
    return c ? c : a->order < b->order ? -1 : a->order > b->order;
}

static int by_id(const void *x, const void *y)
{
    return w403_view_cmp(*(const w403_view *)x, *(const w403_view *)y);
}

/* What ended it, in the place of a map that nobody could make. */
static w403_status write_failure(w403_run *r, const char *path, w403_error *err)
{
    const w403_run_failure *f = r->org.failures.at;
    return w403_run_write_failure(r, w403_view_of(path), f->row, f->code, f->message, err);
}

static w403_status tell_failures(w403_run *r, w403_error *err)
{
    for (size_t i = 0; i < r->org.failures.n; i++) {
        const w403_run_failure *f = &r->org.failures.at[i];
        W403_TRY(w403_run_unknown(r, W403_UNKNOWN_CALL, f->row, NULL, f->code, f->message, f->name, err));
        if (f->path.n) {
            W403_TRY(w403_run_write_failure(r, f->path, f->row, f->code, f->message, err));
        }
    }
    return W403_OK;
}

static w403_status write_flat(w403_run *r, const char *path, w403_buf *flat, w403_error *err)
{
    w403_buf text = {0};
    w403_compose_file(&text, w403_buf_view(flat), (w403_view){NULL, 0});
    text.failed |= flat->failed;
    w403_status st = w403_run_write(r, w403_view_of(path), &text, err);
    r->report->known++;
    w403_buf_free(&text);
    w403_buf_free(flat);
    return st;
}

static w403_status write_parents(w403_run *r, w403_error *err)
{
    w403_run_org    *o = &r->org;
    w403_buf         flat = {0};
    w403_json_writer w;
    if (o->tree_broken && o->tree.n == 0) {
        return write_failure(r, "organization/parents.json", err);
    }
    qsort(o->tree.at, o->tree.n, sizeof *o->tree.at, by_child);
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    for (size_t i = 0; i < o->tree.n; i++) {
        if (!i || !w403_view_eq(o->tree.at[i].child, o->tree.at[i - 1].child)) {
            w403_jw_keyv(&w, o->tree.at[i].child);
            w403_jw_str(&w, o->tree.at[i].parent);
        }
    }
    w403_jw_end_object(&w);
    return write_flat(r, "organization/parents.json", &flat, err);
}

/* A target without a line is one whose policies are unknown; one with an empty list has none. */
static w403_status write_attachments(w403_run *r, w403_error *err)
{
    w403_run_org    *o = &r->org;
    w403_buf         flat = {0};
    w403_json_writer w;
    if (o->incomplete) {
        return write_failure(r, "organization/attachments.json", err);
    }
    for (size_t i = 0; i < o->attached.n; i++) {
        W403_TRY(add_target(r, o->attached.at[i].target, err));
    }
    qsort(o->targets.at, o->targets.n, sizeof *o->targets.at, by_id);
    qsort(o->attached.at, o->attached.n, sizeof *o->attached.at, by_target);
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    for (size_t i = 0, k = 0; i < o->targets.n; i++) {
        w403_view target = o->targets.at[i];
        bool      known = !w403_map_get(&o->broken_targets, target);
        if (known) {
            w403_jw_keyv(&w, target);
            w403_jw_array(&w);
        }
        for (; k < o->attached.n && w403_view_eq(o->attached.at[k].target, target); k++) {
            if (known) {
                w403_jw_str(&w, o->attached.at[k].policy);
            }
        }
        if (known) {
            w403_jw_end_array(&w);
        }
    }
    w403_jw_end_object(&w);
    return write_flat(r, "organization/attachments.json", &flat, err);
}

w403_status w403_run_org_finish(w403_run *r, w403_error *err)
{
    w403_run_org *o = &r->org;
    if (!o->wanted || o->none) {
        return W403_OK;
    }
    W403_TRY(tell_failures(r, err));
    W403_TRY(write_parents(r, err));
    return write_attachments(r, err);
}

/* organization/: reading its files. What they mean for an account: org_levels.c. */
#include "snapshot/organization.h"

static const w403_value_word policy_types[] = {
    {"SERVICE_CONTROL_POLICY", W403_ORG_SCP},
    {"RESOURCE_CONTROL_POLICY", W403_ORG_RCP},
    {"S3_POLICY", W403_ORG_S3},
};

w403_status w403_load_organization(w403_source *src, w403_error *err)
{
    (void)err;
    w403_organization *org = &src->ld->s->org;
    w403_read_fact(src, src->root, &org->fact);
    if (org->fact.state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    const w403_json *v = w403_read_needed(src, src->root, "Organization", W403_JSON_OBJECT);
    if (v && w403_read_needed(src, v, "Id", W403_JSON_STRING)) {
        w403_view features = w403_read_str(src, v, "FeatureSet");
        org->id = w403_read_str(src, v, "Id");
        org->management_account = w403_read_str(src, v, "MasterAccountId");
        if (!org->management_account.p) {
            org->management_account = w403_read_str(src, v, "ManagementAccountId");
        }
        org->all_features = !features.p || w403_view_eq(features, W403_LIT("ALL"));
    }
    return W403_OK;
}

/* {"<account or OU id>": "<parent id>", ...} */
w403_status w403_load_parents(w403_source *src, w403_error *err)
{
    w403_org_files *org = src->ld->org;
    w403_read_fact(src, src->root, &org->parents);
    if (org->parents.state != W403_FACT_KNOWN || !w403_expect(src, src->root, W403_JSON_OBJECT, "parents.json")) {
        return W403_OK;
    }
    for (const w403_json *m = src->root->first; m; m = m->next) {
        if (w403_expect(src, m, W403_JSON_STRING, "parent")) {
            w403_view *parent = W403_NEW(src->ld->a, w403_view);
            w403_view  child = w403_keep(src, m->key);
            W403_NEED(parent && child.p, err);
            *parent = w403_keep(src, m->text);
            w403_map *to = parent->n ? &org->parent_of : &org->outside; /* "": no member of this organization */
            W403_NEED(w403_map_put(src->ld->a, to, child, parent), err);
        }
    }
    return W403_OK;
}

static w403_status read_target(const w403_source *src, const w403_json *list, w403_error *err)
{
    w403_org_target *target = W403_NEW(src->ld->a, w403_org_target);
    w403_view       *ids = W403_NEW_N(src->ld->a, w403_view, list->count);
    w403_view        id = w403_keep(src, list->key);
    W403_NEED(target && ids && id.p, err);
    target->policies = ids;
    for (const w403_json *p = list->first; p; p = p->next) {
        if (w403_json_is(p, W403_JSON_OBJECT)) { /* in place of the policies of one type, which could not be listed */
            w403_read_fact(src, p, &target->unread);
            target->unread.state = W403_FACT_UNKNOWN;
            target->unread.path = src->doc->source;
        } else if (w403_expect(src, p, W403_JSON_STRING, "policy id")) {
            ids[target->n++] = w403_keep(src, p->text);
        }
    }
    W403_NEED(w403_map_put(src->ld->a, &src->ld->org->attached, id, target), err);
    return W403_OK;
}

/* {"<root, OU or account id>": ["p-...", ...], ...} */
w403_status w403_load_attachments(w403_source *src, w403_error *err)
{
    w403_fact *fact = &src->ld->s->org.attachments;
    w403_read_fact(src, src->root, fact);
    if (fact->state != W403_FACT_KNOWN || !w403_expect(src, src->root, W403_JSON_OBJECT, "attachments.json")) {
        return W403_OK;
    }
    for (const w403_json *m = src->root->first; m; m = m->next) {
        if (w403_expect(src, m, W403_JSON_ARRAY, "policies of a target")) {
            W403_TRY(read_target(src, m, err));
        }
    }
    return W403_OK;
}

/* {"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}}: all four or none (S3 4.3). */
static w403_status read_s3_policy(const w403_source *src, const w403_json *content, w403_org_policy *out,
                                  w403_error *err)
{
    static const w403_value_word choices[] = {{"all", true}, {"none", false}};
    w403_json_doc          doc = *src->doc;
    w403_source            inner = *src;
    w403_error             problem = {0};
    inner.root = content;
    if (content->type == W403_JSON_STRING) {
        w403_status st = w403_json_parse(src->ld->scratch, doc.source, content->text, NULL, &doc, NULL, &problem);
        if (st == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (st != W403_OK) {
            w403_problem_at(src, false, content, "`Content` is no JSON: %.300s", problem.message);
            return W403_OK;
        }
        inner.root = doc.root;
    }
    const w403_json *setting = w403_json_path(inner.root, "s3_attributes", "public_access_block_configuration", NULL);
    const w403_json *lock = w403_json_get(setting, "@@operators_allowed_for_child_policies");
    const w403_json *first = lock ? lock->first : NULL;
    out->locked = w403_json_is(first, W403_JSON_STRING) && w403_view_eq(first->text, W403_LIT("@@none"));
    /* An effective policy has the value itself, without the operator that assigned it. */
    const w403_json *value = w403_json_is(setting, W403_JSON_STRING) ? setting : w403_json_get(setting, "@@assign");
    if (!w403_json_is(value, W403_JSON_STRING)) {
        w403_problem_at(src, false, content,
                        "no `s3_attributes.public_access_block_configuration.@@assign` in this S3 policy");
        return W403_OK;
    }
    for (size_t i = 0; i < 2; i++) {
        if (w403_view_eq(value->text, w403_view_of(choices[i].text))) {
            out->blocks_public = choices[i].value;
            return W403_OK;
        }
    }
    w403_problem_at(src, false, content, "`@@assign` is `%.*s`, expected `all` or `none`", W403_SHORT(value->text));
    return W403_OK;
}

/* ---- roots.json (ListRoots): which types of policies the root has switched on ---- */

static w403_tri type_state(const w403_source *src, const w403_json *types, const char *type)
{
    for (const w403_json *t = types ? types->first : NULL; t; t = t->next) {
        if (!w403_view_eq(w403_read_str(src, t, "Type"), w403_view_of(type))) {
            continue;
        }
        w403_view status = w403_read_str(src, t, "Status");
        return w403_view_eq(status, W403_LIT("ENABLED")) ? W403_YES : W403_UNKNOWN; /* PENDING_ENABLE, PENDING_DISABLE */
    }
    return W403_NO; /* the list names what is enabled */
}

w403_status w403_load_roots(w403_source *src, w403_error *err)
{
    (void)err;
    w403_organization *org = &src->ld->s->org;
    w403_read_fact(src, src->root, &org->roots);
    org->roots.path = src->doc->source;
    if (org->roots.state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    const w403_json *roots = w403_read_needed(src, src->root, "Roots", W403_JSON_ARRAY);
    const w403_json *root = roots ? roots->first : NULL;
    if (!root || !w403_expect(src, root, W403_JSON_OBJECT, "Roots")) {
        return W403_OK;
    }
    const w403_json *types = w403_read_needed(src, root, "PolicyTypes", W403_JSON_ARRAY);
    if (types) {
        org->scps_on = type_state(src, types, "SERVICE_CONTROL_POLICY");
        org->rcps_on = type_state(src, types, "RESOURCE_CONTROL_POLICY");
        org->s3_on = type_state(src, types, "S3_POLICY");
    }
    return W403_OK;
}

/* ---- effective/<account>/S3_POLICY.json (DescribeEffectivePolicy) ---- */

w403_status w403_load_effective(w403_source *src, w403_error *err)
{
    w403_bpa *bpa = W403_NEW(src->ld->a, w403_bpa);
    W403_NEED(bpa, err);
    w403_read_fact(src, src->root, &bpa->fact);
    bpa->fact.path = src->doc->source;
    if (bpa->fact.state == W403_FACT_KNOWN) {
        const w403_json *v = w403_read_needed(src, src->root, "EffectivePolicy", W403_JSON_OBJECT);
        const w403_json *content = v ? w403_json_get(v, "PolicyContent") : NULL;
        w403_org_policy p = {.type = W403_ORG_S3};
        if (v && !content) {
            w403_problem_at(src, false, v, "`PolicyContent` is missing");
        }
        if (content) {
            W403_TRY(read_s3_policy(src, content, &p, err));
        }
        w403_org_bpa_set(bpa, p.blocks_public);
    }
    W403_NEED(w403_map_put(src->ld->a, &src->ld->org->effective, src->part[0], bpa), err);
    return W403_OK;
}

/* accounts.json (ListAccounts): who is a member, and its name. */
w403_status w403_load_org_accounts(w403_source *src, w403_error *err)
{
    w403_fact fact = {0};
    w403_read_fact(src, src->root, &fact);
    const w403_json *list =
        fact.state == W403_FACT_KNOWN ? w403_read_needed(src, src->root, "Accounts", W403_JSON_ARRAY) : NULL;
    for (const w403_json *a = list ? list->first : NULL; a; a = a->next) {
        w403_account *account;
        w403_view id = w403_read_str(src, a, "Id");
        if (!w403_is_account_id(id)) {
            w403_problem_at(src, false, a, "`Id` is no account");
            continue;
        }
        W403_TRY(w403_account_of(src->ld, id, &account, err));
        account->name = account->name.p ? account->name : w403_read_str(src, a, "Name");
        account->listed_member = true;
    }
    return W403_OK;
}

static w403_status read_policy(const w403_source *src, w403_org_policy *out, w403_error *err)
{
    const w403_json *v = w403_read_needed(src, src->root, "Policy", W403_JSON_OBJECT);
    const w403_json *summary = v ? w403_read_needed(src, v, "PolicySummary", W403_JSON_OBJECT) : NULL;
    const w403_json *type = summary ? w403_read_needed(src, summary, "Type", W403_JSON_STRING) : NULL;
    const w403_json *content = v ? w403_json_get(v, "Content") : NULL;
    if (!type) {
        return W403_OK;
    }
    if (!content) {
        w403_problem_at(src, false, v, "`Content` is missing");
        return W403_OK;
    }
    out->type = W403_ORG_OTHER;
    for (size_t i = 0; i < sizeof policy_types / sizeof *policy_types; i++) {
        if (w403_view_eq(type->text, w403_view_of(policy_types[i].text))) {
            out->type = (w403_org_policy_type)policy_types[i].value;
        }
    }
    if (out->type == W403_ORG_S3) {
        return read_s3_policy(src, content, out, err);
    }
    if (out->type == W403_ORG_OTHER) {
        return W403_OK;
    }
    w403_policy *policy;
    W403_TRY(w403_read_policy(src, out->type == W403_ORG_SCP ? W403_POLICY_SCP : W403_POLICY_RCP, content, &policy,
                              err));
    if (policy) {
        policy->arn = w403_read_str(src, summary, "Arn");
        policy->name = w403_read_str(src, summary, "Name");
    }
    out->policy = policy;
    return W403_OK;
}

w403_status w403_load_org_policy(w403_source *src, w403_error *err)
{
    w403_loader     *ld = src->ld;
    w403_org_policy *policy = W403_NEW(ld->a, w403_org_policy);
    w403_fact        fact = {0};
    W403_NEED(policy, err);
    policy->path = src->doc->source;
    policy->type = W403_ORG_UNKNOWN;
    w403_read_fact(src, src->root, &fact);
    if (fact.state == W403_FACT_KNOWN) {
        W403_TRY(read_policy(src, policy, err));
    }
    W403_NEED(w403_map_put(ld->a, &ld->org->policies, src->part[0], policy), err);
    return W403_OK;
}

w403_status w403_org_policy_of(w403_loader *ld, w403_view id, const w403_org_policy **out, w403_error *err)
{
    w403_org_policy *policy = w403_map_get(&ld->org->policies, id);
    *out = policy;
    if (policy) {
        return W403_OK;
    }
    bool         rcp = w403_view_eq(id, W403_LIT("p-RCPFullAWSAccess"));
    w403_policy *known;
    policy = W403_NEW(ld->a, w403_org_policy);
    W403_NEED(policy, err);
    policy->path = w403_arena_printf(ld->a, "organization/policies/%.*s.json", W403_ARG(id));
    W403_NEED(policy->path.p, err);
    W403_TRY(w403_builtin_policy(ld, rcp ? W403_POLICY_RCP : W403_POLICY_SCP, id, &known, err));
    policy->type = !known ? W403_ORG_UNKNOWN : rcp ? W403_ORG_RCP : W403_ORG_SCP;
    policy->policy = known;
    W403_NEED(w403_map_put(ld->a, &ld->org->policies, id, policy), err);
    *out = policy;
    return W403_OK;
}

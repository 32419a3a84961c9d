/* accounts/<id>/kms/<region>/<key-id>.json: the inner values of describe-key, get-key-policy, list-grants,
 * list-aliases and list-resource-tags ("Tags"); any of them may be left out. */
#include <stdio.h>

#include "catalog/catalog.h"
#include "snapshot/loader.h"

/* Any state but these is one in which the key cannot be used for now (KM8). */
static const w403_value_word states[] = {
    {"Enabled", W403_KEY_ENABLED},
    {"Disabled", W403_KEY_DISABLED},
    {"PendingDeletion", W403_KEY_PENDING_DELETION},
    {"PendingReplicaDeletion", W403_KEY_PENDING_DELETION},
};

static void read_state(const w403_source *src, const w403_json *v, w403_kms_key *key)
{
    key->state_text = w403_read_str(src, v, "KeyState");
    if (!key->state_text.p) {
        key->state = w403_read_bool(src, v, "Enabled", true) ? W403_KEY_ENABLED : W403_KEY_DISABLED;
        return;
    }
    key->state = W403_KEY_UNAVAILABLE;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (w403_view_eq(key->state_text, w403_view_of(states[i].text))) {
            key->state = (w403_key_state)states[i].value;
        }
    }
}

static void read_metadata(const w403_source *src, const w403_json *v, w403_kms_key *key)
{
    w403_read_fact(src, v, &key->fact);
    if (key->fact.state != W403_FACT_KNOWN || !w403_expect(src, v, W403_JSON_OBJECT, "KeyMetadata")) {
        return;
    }
    w403_view arn = w403_read_str(src, v, "Arn"), id = w403_read_str(src, v, "KeyId");
    w403_view account = w403_read_str(src, v, "AWSAccountId"), spec = w403_read_str(src, v, "KeySpec");
    w403_view manager = w403_read_str(src, v, "KeyManager");
    key->arn = arn.n ? arn : key->arn;
    key->id = id.n ? id : key->id;
    key->account_id = account.n ? account : key->account_id;
    key->aws_managed = manager.p ? w403_view_eq(manager, W403_LIT("AWS")) : key->aws_managed;
    spec = spec.p ? spec : w403_read_str(src, v, "CustomerMasterKeySpec");
    key->symmetric = !spec.p || w403_view_eq(spec, W403_LIT("SYMMETRIC_DEFAULT"));
    read_state(src, v, key);
}

/* {"aws:s3:arn": "arn:..."} */
static w403_status read_pairs(const w403_source *src, const w403_json *v, const w403_tag **out, uint32_t *n,
                              w403_error *err)
{
    w403_tag *pairs = W403_NEW_N(src->ld->a, w403_tag, v->count);
    W403_NEED(pairs, err);
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_expect(src, m, W403_JSON_STRING, "encryption context")) {
            pairs[(*n)++] = (w403_tag){w403_keep(src, m->key), w403_keep(src, m->text)};
        }
    }
    *out = pairs;
    return W403_OK;
}

static w403_status read_constraints(const w403_source *src, const w403_json *v, w403_kms_grant *g, w403_error *err)
{
    const w403_json *equals = w403_read(src, v, "EncryptionContextEquals", W403_JSON_OBJECT);
    const w403_json *subset = w403_read(src, v, "EncryptionContextSubset", W403_JSON_OBJECT);
    g->has_equals = equals != NULL;
    g->has_subset = subset != NULL;
    if (equals) {
        W403_TRY(read_pairs(src, equals, &g->equals, &g->n_equals, err));
    }
    return subset ? read_pairs(src, subset, &g->subset, &g->n_subset, err) : W403_OK;
}

static w403_status read_grant(const w403_source *src, const w403_json *v, w403_kms_grant *g, w403_error *err)
{
    const w403_json *operations = w403_read(src, v, "Operations", W403_JSON_ARRAY);
    g->id = w403_read_str(src, v, "GrantId");
    g->grantee = w403_read_str(src, v, "GranteePrincipal");
    g->retiring = w403_read_str(src, v, "RetiringPrincipal");
    if (operations && operations->count) {
        w403_view *names = W403_NEW_N(src->ld->a, w403_view, operations->count);
        W403_NEED(names, err);
        g->operations = names;
        for (const w403_json *o = operations->first; o; o = o->next) {
            if (w403_expect(src, o, W403_JSON_STRING, "Operations")) {
                names[g->n_operations++] = w403_keep(src, o->text);
            }
        }
    }
    return read_constraints(src, w403_read(src, v, "Constraints", W403_JSON_OBJECT), g, err);
}

/* The inner list, or all of what list-grants printed. */
static w403_status read_grants(const w403_source *src, const w403_json *v, w403_kms_key *key, w403_error *err)
{
    w403_read_fact(src, v, &key->grants_fact);
    v = w403_json_is(v, W403_JSON_OBJECT) && w403_json_get(v, "Grants") ? w403_json_get(v, "Grants") : v;
    if (key->grants_fact.state != W403_FACT_KNOWN || !w403_expect(src, v, W403_JSON_ARRAY, "Grants") ||
        v->count == 0) {
        return W403_OK;
    }
    w403_kms_grant *grants = W403_NEW_N(src->ld->a, w403_kms_grant, v->count);
    W403_NEED(grants, err);
    key->grants = grants;
    for (const w403_json *g = v->first; g; g = g->next) {
        if (w403_expect(src, g, W403_JSON_OBJECT, "grant")) {
            W403_TRY(read_grant(src, g, &grants[key->n_grants++], err));
        }
    }
    return W403_OK;
}

static w403_status add_alias(const w403_source *src, w403_view name, w403_kms_key *key, w403_error *err)
{
    w403_loader *ld = src->ld;
    w403_view    arn = w403_arena_printf(ld->a, "arn:%.*s:kms:%.*s:%.*s:%.*s", W403_ARG(ld->s->partition),
                                         W403_ARG(key->region), W403_ARG(key->account_id), W403_ARG(name));
    W403_NEED(arn.p && w403_map_put(ld->a, &ld->s->key_aliases, arn, key), err);
    return W403_OK;
}

/* Rows for other keys are there when all of list-aliases was kept. */
static w403_status read_aliases(const w403_source *src, const w403_json *v, w403_kms_key *key, w403_error *err)
{
    v = w403_json_is(v, W403_JSON_OBJECT) && w403_json_get(v, "Aliases") ? w403_json_get(v, "Aliases") : v;
    if (!v || v->type == W403_JSON_NULL || w403_json_get(v, "error") ||
        !w403_expect(src, v, W403_JSON_ARRAY, "Aliases")) {
        return W403_OK;
    }
    for (const w403_json *alias = v->first; alias; alias = alias->next) {
        if (!w403_expect(src, alias, W403_JSON_OBJECT, "alias")) {
            continue;
        }
        w403_view target = w403_read_str(src, alias, "TargetKeyId"), name = w403_read_str(src, alias, "AliasName");
        if (name.n && (!target.p || w403_view_eq(target, key->id))) {
            W403_TRY(add_alias(src, name, key, err));
        }
    }
    return W403_OK;
}

static w403_status read_parts(w403_source *src, w403_kms_key *key, w403_error *err)
{
    const w403_json *root = src->root;
    const w403_json *metadata = w403_json_get(root, "KeyMetadata");
    const w403_json *policy = w403_json_get(root, "Policy");
    read_metadata(src, metadata, key);
    W403_TRY(w403_read_resource_policy(src, W403_POLICY_KEY, policy, &key->policy_fact, &key->policy,
                                       &key->policy_set, err));
    W403_TRY(w403_read_tag_member(src, w403_json_get(root, "Tags"), &key->tags, err));
    W403_TRY(read_grants(src, w403_json_get(root, "Grants"), key, err));
    return read_aliases(src, w403_json_get(root, "Aliases"), key, err);
}

/* The file's name is the key's id; `aws-s3.json` stands for the key behind alias/aws/s3, whose id nobody knows. */
static w403_status name_key(w403_source *src, w403_kms_key *key, w403_error *err)
{
    w403_loader *ld = src->ld;
    key->region = src->part[1];
    key->id = src->part[2];
    key->account_id = src->part[0];
    key->symmetric = true;
    key->aws_managed = w403_view_starts(key->id, W403_LIT("aws-"));
    key->fact.path = key->policy_fact.path = key->grants_fact.path = key->tags.fact.path = src->doc->source;
    key->arn = w403_arena_printf(ld->a, "arn:%.*s:kms:%.*s:%.*s:key/%.*s", W403_ARG(ld->s->partition),
                                 W403_ARG(key->region), W403_ARG(key->account_id), W403_ARG(key->id));
    W403_NEED(key->arn.p, err);
    if (!key->aws_managed) {
        return W403_OK;
    }
    w403_view service = w403_view_sub(key->id, 4, key->id.n);
    w403_view name = w403_arena_printf(ld->a, "alias/aws/%.*s", W403_ARG(service));
    W403_NEED(name.p, err);
    return add_alias(src, name, key, err);
}

w403_status w403_load_kms_key(w403_source *src, w403_error *err)
{
    w403_loader  *ld = src->ld;
    w403_kms_key *key = W403_NEW(ld->a, w403_kms_key);
    w403_fact     file = {0};
    W403_NEED(key, err);
    W403_TRY(name_key(src, key, err));
    w403_read_fact(src, src->root, &file);
    if (file.state == W403_FACT_KNOWN) {
        W403_TRY(read_parts(src, key, err));
    } else {
        key->fact.state = key->policy_fact.state = key->grants_fact.state = W403_FACT_UNKNOWN;
        key->fact.code = key->policy_fact.code = key->grants_fact.code = file.code;
        key->fact.call = key->policy_fact.call = key->grants_fact.call = file.call;
    }
    if (key->fact.state != W403_FACT_KNOWN && w403_error_code_meaning(key->fact.code) == W403_ERROR_NO_SUCH_KEY) {
        key->fact.state = W403_FACT_KNOWN; /* design 4: there is no such key, which is something to know */
        key->state = W403_KEY_GONE;
    }
    key->account = src->account;
    if (!w403_view_eq(key->account_id, src->account->id)) {
        key->account = w403_map_get(&ld->s->accounts, key->account_id);
    }
    W403_NEED(w403_map_put(ld->a, &ld->s->keys, key->arn, key), err);
    return W403_OK;
}

#include "symbolic/askers.h"

#include <stdlib.h>

#include "base/glob.h"
#include "base/limits.h"
#include "catalog/catalog.h"
#include "decide/call.h"


#define MENTION(a, list, v) mention((a), &(list)->at, &(list)->n, &(list)->cap, (v))

static bool mention(w403_arena *a, w403_view **at, size_t *n, size_t *cap, w403_view v)
{
    for (size_t i = 0; i < *n; i++) {
        if (w403_view_eq((*at)[i], v)) {
            return true;
        }
    }
    if (*n == *cap) {
        void *grown = *at;
        if (!w403_array_grow(a, &grown, cap, *n, sizeof v)) {
            return false;
        }
        *at = grown;
    }
    (*at)[(*n)++] = v;
    return true;
}

static bool mention_arn(w403_arena *a, w403_view text, w403_mentions *m)
{
    w403_arn arn = w403_arn_split(text);
    if (arn.n != 6 || !w403_is_account_id(arn.part[4])) {
        return true;
    }
    bool person = !w403_has_wildcard(arn.part[5]) && (w403_view_starts(arn.part[5], W403_LIT("user/")) ||
                                                      w403_view_starts(arn.part[5], W403_LIT("role/")) ||
                                                      w403_view_starts(arn.part[5], W403_LIT("assumed-role/")));
    return MENTION(a, &m->accounts, arn.part[4]) && (!person || MENTION(a, &m->principals, text));
}

static bool mention_principal(w403_arena *a, const w403_principal_entry *e, w403_mentions *m)
{
    switch (e->kind) {
    case W403_PE_ACCOUNT:
        return MENTION(a, &m->accounts, e->account);
    case W403_PE_USER:
    case W403_PE_ROLE:
    case W403_PE_SESSION:
    case W403_PE_FEDERATED_USER:
        if (w403_view_eq(e->account, W403_LIT("cloudfront"))) {
            return MENTION(a, &m->origins, e->text);
        }
        return mention_arn(a, e->text, m);
    case W403_PE_SERVICE:
        return MENTION(a, &m->services, e->text);
    case W403_PE_CANONICAL:
        return e->text.n != W403_ORIGIN_ID_DIGITS || MENTION(a, &m->origins, e->text);
    case W403_PE_STAR:
    case W403_PE_UNIQUE_ID:
    case W403_PE_FEDERATED: /* see mention_providers */
    case W403_PE_INVALID:
        break;
    }
    return true;
}

/* Who comes from an identity provider takes a role, no more (N-8): elsewhere it names nobody who could ask. */
static bool mention_providers(w403_arena *a, const w403_statement *st, w403_mentions *m)
{
    for (uint32_t i = 0; st->policy->kind == W403_POLICY_TRUST && i < st->n_principals; i++) {
        if (st->principals[i].kind == W403_PE_FEDERATED && !MENTION(a, &m->providers, st->principals[i].text)) {
            return false;
        }
    }
    return true;
}

static bool mention_value(w403_arena *a, uint16_t key, const w403_condition_value *v, w403_mentions *m)
{
    w403_view text = v->text.text;
    if (v->text.has_variable) {
        return true;
    }
    switch (key) {
    case W403_KEY_AWS_PRINCIPALARN:
        return mention_arn(a, text, m);
    case W403_KEY_AWS_PRINCIPALACCOUNT:
        return !w403_is_account_id(text) || MENTION(a, &m->accounts, text);
    case W403_KEY_AWS_PRINCIPALORGID:
        return v->text.has_wildcard || MENTION(a, &m->orgs, text);
    case W403_KEY_AWS_PRINCIPALORGPATHS: {
        w403_view org = w403_view_cut(&text, '/');
        return w403_has_wildcard(org) || MENTION(a, &m->orgs, org);
    }
    case W403_KEY_AWS_PRINCIPALSERVICENAME:
    case W403_KEY_AWS_PRINCIPALSERVICENAMESLIST:
        return v->text.has_wildcard || MENTION(a, &m->services, text);
    default: /* keys that name no caller */
        return true;
    }
}

bool w403_mentions_policy(w403_arena *a, const w403_policy *p, w403_mentions *m)
{
    for (uint32_t s = 0; p && s < p->n_statements; s++) {
        const w403_statement *st = &p->statements[s];
        if (!mention_providers(a, st, m)) {
            return false;
        }
        for (uint32_t i = 0; i < st->n_principals; i++) {
            if (!mention_principal(a, &st->principals[i], m)) {
                return false;
            }
        }
        for (uint32_t i = 0; i < st->n_conditions; i++) {
            for (uint32_t v = 0; v < st->conditions[i].n_values; v++) {
                if (!mention_value(a, st->conditions[i].key_id, &st->conditions[i].values[v], m)) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool mention_canonical(w403_arena *a, const w403_snapshot *s, w403_view id, w403_mentions *m)
{
    const w403_account *who = id.n && s ? w403_map_get(&s->by_canonical, id) : NULL;
    if (id.n == W403_ORIGIN_ID_DIGITS) {
        return MENTION(a, &m->origins, id);
    }
    m->strangers |= id.n && !who;
    return !who || MENTION(a, &m->accounts, who->id);
}

bool w403_mentions_acl(w403_arena *a, const w403_snapshot *s, const w403_acl *acl, w403_mentions *m)
{
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        if (!mention_canonical(a, s, acl->grants[i].canonical_id, m)) {
            return false;
        }
    }
    return true;
}

bool w403_mentions_objects(w403_arena *a, const w403_snapshot *s, const w403_bucket *b, w403_mentions *m)
{
    bool acls = b->ownership != W403_OWNER_ENFORCED || b->ownership_fact.state == W403_FACT_UNKNOWN;
    for (uint32_t i = 0; acls && i < b->n_objects && i < W403_LIMIT_SYMBOLIC_TARGETS; i++) {
        const w403_object *o = b->object_list[i];
        if (!mention_canonical(a, s, o->owner, m) || !w403_mentions_acl(a, s, &o->acl, m)) {
            return false;
        }
    }
    return true;
}

bool w403_mentions_key(w403_arena *a, const w403_kms_key *key, w403_mentions *m)
{
    for (uint32_t i = 0; i < key->n_grants; i++) {
        if (!mention_arn(a, key->grants[i].grantee, m)) {
            return false;
        }
    }
    return true;
}

bool w403_mentions_snapshot(w403_arena *a, const w403_snapshot *s, w403_mentions *m)
{
    for (uint32_t i = 0; s && i < s->n_accounts; i++) {
        if (!MENTION(a, &m->accounts, s->account_list[i]->id)) {
            return false;
        }
    }
    return !s || !s->org.id.n || MENTION(a, &m->orgs, s->org.id);
}

/* ---- the list ---- */

static bool push(w403_arena *a, w403_asker_list *out, w403_asker who)
{
    w403_asker *slot = W403_PUSH(a, out);
    if (slot) {
        *slot = who;
    }
    return slot && who.name.p;
}

/* All of them: beside a part there may be others. */
static bool has_identities(const w403_account *x)
{
    return x && x->iam.state == W403_FACT_KNOWN && !x->iam_partial;
}

static w403_asker of_entity(const w403_entity *e)
{
    return (w403_asker){.kind = W403_ASKER_KNOWN, .name = e->arn, .principal = e->arn, .account = e->account->id,
                        .entity = e};
}

static int by_arn(const void *a, const void *b)
{
    return w403_view_cmp((*(const w403_entity *const *)a)->arn, (*(const w403_entity *const *)b)->arn);
}

static bool known(w403_arena *a, const w403_account *x, w403_asker_list *out)
{
    W403_ARRAY(const w403_entity *) list = {0};
    for (size_t i = 0; i < x->by_arn.cap; i++) {
        if (!x->by_arn.slots[i].value) {
            continue;
        }
        const w403_entity **slot = W403_PUSH(a, &list);
        if (!slot) {
            return false;
        }
        *slot = x->by_arn.slots[i].value;
    }
    if (list.n > 1) {
        qsort(list.at, list.n, sizeof *list.at, by_arn);
    }
    for (size_t i = 0; i < list.n; i++) {
        if ((i == 0 || list.at[i] != list.at[i - 1]) && !push(a, out, of_entity(list.at[i]))) {
            return false;
        }
    }
    return true;
}

static w403_asker root_of(w403_arena *a, const w403_snapshot *s, w403_view account)
{
    w403_view arn = w403_arena_printf(a, "arn:%.*s:iam::%.*s:root", W403_ARG(s ? s->partition : W403_LIT("aws")),
                                      W403_ARG(account));
    return (w403_asker){.kind = W403_ASKER_ROOT, .name = arn, .principal = arn, .account = account};
}

static w403_asker account_of(w403_arena *a, w403_view id, bool own)
{
    return (w403_asker){.kind = W403_ASKER_ACCOUNT, .name = w403_arena_printf(a, "account:%.*s", W403_ARG(id)),
                        .account = id, .needs_own = !own};
}

static w403_asker named(w403_view arn)
{
    bool session = w403_view_find(arn, W403_LIT(":assumed-role/")) != SIZE_MAX ||
                   w403_view_find(arn, W403_LIT(":federated-user/")) != SIZE_MAX;
    return (w403_asker){.kind = session ? W403_ASKER_SESSION : W403_ASKER_NAMED,
                        .name = arn,
                        .principal = arn,
                        .account = w403_arn_split(arn).part[4],
                        .needs_own = true};
}

static bool inside(w403_arena *a, const w403_snapshot *s, w403_asker_list *out)
{
    for (uint32_t i = 0; s && i < s->n_accounts; i++) {
        if (s->account_list[i]->iam.state == W403_FACT_KNOWN && !known(a, s->account_list[i], out)) {
            return false;
        }
    }
    for (uint32_t i = 0; s && i < s->n_accounts; i++) {
        if (s->account_list[i]->collected && !push(a, out, root_of(a, s, s->account_list[i]->id))) {
            return false;
        }
    }
    return true;
}

static bool services(w403_arena *a, const w403_mentions *m, w403_asker_list *out)
{
    static const char *const others[] = {"ec2.amazonaws.com", "lambda.amazonaws.com", "config.amazonaws.com",
                                         "glue.amazonaws.com"};
    for (size_t i = 0; i < m->services.n; i++) {
        w403_view name = w403_arena_printf(a, "service:%.*s", W403_ARG(m->services.at[i]));
        if (!push(a, out, (w403_asker){.kind = W403_ASKER_SERVICE, .name = name, .principal = name})) {
            return false;
        }
    }
    w403_view free_one = W403_LIT("other.amazonaws.com");
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        bool taken = false;
        for (size_t i = 0; i < m->services.n; i++) {
            taken |= w403_view_eq(m->services.at[i], w403_view_of(others[k]));
        }
        if (!taken) {
            free_one = w403_view_of(others[k]);
            break;
        }
    }
    return push(a, out, (w403_asker){.kind = W403_ASKER_ANY_SERVICE, .name = W403_LIT("service:any"),
                                     .principal = w403_arena_printf(a, "service:%.*s", W403_ARG(free_one))});
}

static w403_asker origin(w403_arena *a, w403_view text)
{
    bool by_id = text.n == W403_ORIGIN_ID_DIGITS;
    size_t at = w403_view_find(text, W403_LIT("Identity "));
    w403_view id = by_id || at == SIZE_MAX ? text : w403_view_sub(text, at + 9, text.n);
    return (w403_asker){.kind = W403_ASKER_ORIGIN,
                        .name = w403_arena_printf(a, "oai:%.*s", W403_ARG(id)),
                        .principal = by_id ? w403_arena_printf(a, "canonical:%.*s", W403_ARG(text)) : text};
}

w403_view w403_provider_name(w403_arena *a, w403_view text)
{
    return w403_arn_split(text).n == 6 ? text : w403_arena_printf(a, "federated:%.*s", W403_ARG(text));
}

static w403_asker provider(w403_arena *a, w403_view text)
{
    w403_view name = w403_provider_name(a, text);
    return (w403_asker){.kind = W403_ASKER_PROVIDER, .name = name, .principal = name};
}

static bool is_provider(const w403_arn *arn)
{
    return w403_view_starts(arn->part[5], W403_LIT("oidc-provider/")) ||
           w403_view_starts(arn->part[5], W403_LIT("saml-provider/"));
}

bool w403_askers_all(w403_arena *a, const w403_snapshot *s, const w403_mentions *m, bool outside_only,
                     w403_asker_list *out)
{
    if (!outside_only && !inside(a, s, out)) {
        return false;
    }
    for (size_t i = 0; i < m->principals.n; i++) { /* those of accounts with identities are there, or nowhere */
        w403_view arn = m->principals.at[i];
        bool session = w403_view_find(arn, W403_LIT(":sts:")) != SIZE_MAX;
        w403_asker who = named(arn);
        bool local = has_identities(w403_snapshot_account(s, who.account));
        local |= !session && w403_snapshot_entity(s, arn);
        who.needs_own = !local;
        if ((!local || (session && !outside_only && w403_snapshot_entity(s, arn))) && !push(a, out, who)) {
            return false;
        }
    }
    for (size_t i = 0; i < m->accounts.n; i++) {
        const w403_account *x = w403_snapshot_account(s, m->accounts.at[i]);
        if (!has_identities(x) && !push(a, out, account_of(a, m->accounts.at[i], x && x->collected))) {
            return false;
        }
    }
    for (size_t i = 0; i < m->orgs.n; i++) {
        w403_view name = w403_arena_printf(a, "organization:%.*s", W403_ARG(m->orgs.at[i]));
        w403_asker who = {.kind = W403_ASKER_ORGANIZATION, .name = name, .org = m->orgs.at[i], .needs_own = true};
        bool whole = s && w403_view_eq(s->org.id, m->orgs.at[i]); /* every account of it is in the snapshot */
        if (!whole && !push(a, out, who)) {
            return false;
        }
    }
    if (!push(a, out, (w403_asker){.kind = W403_ASKER_ANY_ACCOUNT, .name = W403_LIT("any-account"), .needs_own = true}) ||
        !push(a, out, (w403_asker){.kind = W403_ASKER_ANONYMOUS, .name = W403_LIT("anonymous"),
                                   .principal = W403_LIT("anonymous")}) ||
        !services(a, m, out)) {
        return false;
    }
    for (size_t i = 0; i < m->origins.n; i++) {
        if (!push(a, out, origin(a, m->origins.at[i]))) {
            return false;
        }
    }
    for (size_t i = 0; i < m->providers.n; i++) {
        if (!push(a, out, provider(a, m->providers.at[i]))) {
            return false;
        }
    }
    return true;
}

/* ---- one by name ---- */

static bool is_origin_id(w403_view v)
{
    return v.n == W403_ORIGIN_ID_DIGITS && w403_view_is_hex(v);
}

static w403_status of_arn(w403_arena *a, const w403_snapshot *s, w403_view name, w403_asker *out, w403_error *err)
{
    w403_arn arn = w403_arn_split(name);
    const w403_account *x = arn.n == 6 ? w403_snapshot_account(s, arn.part[4]) : NULL;
    const w403_entity *e = arn.n == 6 ? w403_snapshot_entity(s, name) : NULL;
    if (arn.n != 6) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` names no caller", W403_ARG(name));
        w403_error_hint(err, "an ARN, `anonymous`, `account:ID`, `any-account`, `organization:o-...`, `service:NAME`, `oai:ID`, "
                             "`federated:PROVIDER`");
        return st;
    }
    if (w403_view_eq(arn.part[4], W403_LIT("cloudfront"))) {
        *out = origin(a, name);
        return W403_OK;
    }
    if (is_provider(&arn)) {
        *out = provider(a, name);
        return W403_OK;
    }
    if (w403_view_eq(arn.part[5], W403_LIT("root"))) {
        *out = root_of(a, s, arn.part[4]);
        return W403_OK;
    }
    *out = named(name);
    if (e && out->kind == W403_ASKER_NAMED) {
        *out = of_entity(e);
    } else if (has_identities(x)) { /* decide says who is not there, and who is near */
        out->needs_own = false;
    }
    return W403_OK;
}

w403_status w403_asker_find(w403_arena *a, const w403_snapshot *s, w403_view name, w403_asker *out, w403_error *err)
{
    w403_view rest = name;
    w403_view word = w403_view_cut(&rest, ':');
    if (w403_view_eq(name, W403_LIT("anonymous"))) {
        *out = (w403_asker){.kind = W403_ASKER_ANONYMOUS, .name = name, .principal = name};
    } else if (w403_view_eq(name, W403_LIT("any-account"))) {
        *out = (w403_asker){.kind = W403_ASKER_ANY_ACCOUNT, .name = name, .needs_own = true};
    } else if (w403_view_eq(word, W403_LIT("account")) && w403_is_account_id(rest)) {
        const w403_account *x = w403_snapshot_account(s, rest);
        *out = account_of(a, rest, x && x->collected);
    } else if (w403_view_eq(word, W403_LIT("organization")) && rest.n) {
        *out = (w403_asker){.kind = W403_ASKER_ORGANIZATION, .name = name, .org = rest, .needs_own = true};
    } else if (w403_view_eq(name, W403_LIT("service:any"))) {
        *out = (w403_asker){.kind = W403_ASKER_ANY_SERVICE, .name = name, .principal = W403_LIT("service:ec2.amazonaws.com")};
    } else if (w403_view_eq(word, W403_LIT("service")) && rest.n) {
        *out = (w403_asker){.kind = W403_ASKER_SERVICE, .name = name, .principal = name};
    } else if (w403_view_eq(word, W403_LIT("oai")) && rest.n) {
        w403_view arn = w403_arena_printf(a, "arn:%.*s:iam::cloudfront:user/CloudFront Origin Access Identity %.*s",
                                          W403_ARG(s ? s->partition : W403_LIT("aws")), W403_ARG(rest));
        *out = origin(a, rest.n == W403_ORIGIN_ID_DIGITS ? rest : arn);
    } else if (w403_view_eq(word, W403_LIT("canonical")) && is_origin_id(rest)) {
        *out = origin(a, rest);
    } else if (is_origin_id(name)) { /* as decide takes it, too */
        *out = origin(a, name);
    } else if (w403_view_eq(word, W403_LIT("federated")) && rest.n) {
        *out = provider(a, rest);
    } else {
        return of_arn(a, s, name, out, err);
    }
    W403_NEED(out->name.p, err);
    return W403_OK;
}

bool w403_asker_is_service(const w403_asker *a)
{
    return a->kind == W403_ASKER_SERVICE || a->kind == W403_ASKER_ANY_SERVICE;
}

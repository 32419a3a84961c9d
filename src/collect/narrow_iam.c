/* One user or role: what it is, its inline and managed policies, its groups, its boundary. */
#include "collect/narrow_state.h"

/* What is asked of each kind. */
static const struct kind {
    const char *member, *inner; /* RoleName, and what GetRole says it under */
    uint16_t get, list_inline, get_inline, list_attached;
} kinds[] = {
    [W403_NARROW_USER] = {"UserName", "User", W403_CALL_IAM_GETUSER, W403_CALL_IAM_LISTUSERPOLICIES,
                          W403_CALL_IAM_GETUSERPOLICY, W403_CALL_IAM_LISTATTACHEDUSERPOLICIES},
    [W403_NARROW_ROLE] = {"RoleName", "Role", W403_CALL_IAM_GETROLE, W403_CALL_IAM_LISTROLEPOLICIES,
                          W403_CALL_IAM_GETROLEPOLICY, W403_CALL_IAM_LISTATTACHEDROLEPOLICIES},
    [W403_NARROW_GROUP] = {"GroupName", NULL, W403_CALL_COUNT, W403_CALL_IAM_LISTGROUPPOLICIES,
                           W403_CALL_IAM_GETGROUPPOLICY, W403_CALL_IAM_LISTATTACHEDGROUPPOLICIES},
};

/* An entity on its way, with the account that it is of. */
typedef struct of_entity {
    w403_narrow_iam *iam;
    w403_narrow_entity *e;
} of_entity;

typedef struct of_managed {
    w403_narrow_iam *iam;
    w403_narrow_managed *m;
} of_managed;

static w403_status iam_of(w403_narrow *n, w403_view account, w403_narrow_iam **out, w403_error *err)
{
    for (size_t i = 0; i < n->iam.n; i++) {
        if (w403_view_eq(n->iam.at[i]->account, account)) {
            *out = n->iam.at[i];
            return W403_OK;
        }
    }
    w403_narrow_iam **slot = W403_PUSH(n->a, &n->iam);
    *out = W403_NEW(n->a, w403_narrow_iam);
    W403_NEED(slot && *out, err);
    (*out)->account = w403_arena_copy(n->a, account);
    W403_NEED((*out)->account.p, err);
    *slot = *out;
    return W403_OK;
}

static w403_status send(w403_narrow *n, const of_entity *of, uint16_t row, w403_answered_fn *answered, w403_view word,
                        w403_error *err)
{
    const of_entity *kept = of;
    w403_live_argument arguments[] = {{w403_view_of(kinds[of->e->kind].member), of->e->name},
                                      {W403_LIT("PolicyName"), word}};
    w403_inquiry ask = {
        .answered = answered, .row = row, .about = of->e->name, .word = word, .into = (void *)(uintptr_t)kept};
    return w403_narrow_send(n, ask, of->iam->account, (w403_view){NULL, 0}, arguments, word.n ? 2 : 1, err);
}

/* ---- managed policies ---- */

static w403_status version_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    of_managed *of = ask->into;
    const w403_json *version = w403_json_get(page->root, "PolicyVersion");
    of->m->version = version ? w403_narrow_raw(page, version) : w403_narrow_error(n, ask, page);
    of->iam->changed = true;
    W403_NEED(of->m->version.p, err);
    return W403_OK;
}

static w403_status managed_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    of_managed *of = ask->into;
    const w403_json *policy = w403_json_get(page->root, "Policy");
    of->iam->changed = true;
    if (!policy) {
        of->m->version = w403_narrow_error(n, ask, page);
        W403_NEED(of->m->version.p, err);
        return W403_OK;
    }
    of->m->members = w403_narrow_members(page, policy);
    w403_live_argument arguments[] = {{W403_LIT("PolicyArn"), of->m->arn},
                                      {W403_LIT("VersionId"), w403_json_str(policy, "DefaultVersionId")}};
    return w403_narrow_send(
        n,
        (w403_inquiry){
            .answered = version_came, .row = W403_CALL_IAM_GETPOLICYVERSION, .about = of->m->arn, .into = of},
        of->iam->account, (w403_view){NULL, 0}, arguments, 2, err);
}

static w403_status managed(w403_narrow *n, w403_narrow_iam *iam, w403_view arn, w403_error *err)
{
    w403_view once = w403_arena_printf(n->a, "%.*s %.*s", W403_ARG(iam->account), W403_ARG(arn));
    W403_NEED(once.p, err);
    if (!arn.n || !w403_narrow_once(n, "managed policy", once)) {
        return W403_OK;
    }
    of_managed *of = W403_NEW(n->a, of_managed);
    w403_narrow_managed *m = W403_NEW(n->a, w403_narrow_managed), **slot = W403_PUSH(n->a, &iam->managed);
    W403_NEED(of && m && slot, err);
    *slot = m;
    *of = (of_managed){iam, m};
    m->arn = w403_arena_copy(n->a, arn);
    W403_NEED(m->arn.p, err);
    w403_live_argument argument = {W403_LIT("PolicyArn"), m->arn};
    return w403_narrow_send(
        n, (w403_inquiry){.answered = managed_came, .row = W403_CALL_IAM_GETPOLICY, .about = m->arn, .into = of},
        iam->account, (w403_view){NULL, 0}, &argument, 1, err);
}

/* ---- lists of an entity ---- */

static w403_status inline_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const of_entity *of = ask->into;
    w403_narrow_document *d = W403_PUSH(n->a, &of->e->documents);
    const w403_json *document = w403_json_get(page->root, "PolicyDocument");
    W403_NEED(d, err);
    d->name = ask->word;
    d->json = document ? w403_narrow_raw(page, document) : w403_narrow_error(n, ask, page);
    of->iam->changed = true;
    W403_NEED(d->json.p, err);
    return W403_OK;
}

static w403_status names_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const of_entity *of = ask->into;
    const w403_json *list = w403_json_get(page->root, "PolicyNames");
    if (!page->root) {
        of->e->inline_error = w403_narrow_error(n, ask, page);
        W403_NEED(of->e->inline_error.p, err);
    }
    for (const w403_json *name = list ? list->first : NULL; name; name = name->next) {
        W403_TRY(send(n, of, kinds[of->e->kind].get_inline, inline_came, name->text, err));
    }
    of->iam->changed = true;
    return W403_OK;
}

static w403_status attached_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const of_entity *of = ask->into;
    const w403_json *list = w403_json_get(page->root, "AttachedPolicies");
    if (!page->root) {
        of->e->attached_error = w403_narrow_error(n, ask, page);
        W403_NEED(of->e->attached_error.p, err);
    }
    for (const w403_json *p = list ? list->first : NULL; p; p = p->next) {
        w403_view *slot = W403_PUSH(n->a, &of->e->attached);
        W403_NEED(slot, err);
        *slot = w403_narrow_raw(page, p);
        W403_TRY(managed(n, of->iam, w403_json_str(p, "PolicyArn"), err));
    }
    of->iam->changed = true;
    return W403_OK;
}

static w403_status add_entity(w403_narrow *n, w403_narrow_iam *iam, w403_narrow_kind kind, w403_view name,
                              of_entity **out, w403_error *err)
{
    w403_narrow_entity *e = W403_NEW(n->a, w403_narrow_entity), **slot = W403_PUSH(n->a, &iam->entities);
    *out = W403_NEW(n->a, of_entity);
    W403_NEED(e && slot && *out, err);
    *slot = e;
    e->kind = kind;
    e->name = w403_arena_copy(n->a, name);
    W403_NEED(e->name.p, err);
    **out = (of_entity){iam, e};
    W403_TRY(send(n, *out, kinds[kind].list_inline, names_came, (w403_view){NULL, 0}, err));
    return send(n, *out, kinds[kind].list_attached, attached_came, (w403_view){NULL, 0}, err);
}

static w403_status groups_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    of_entity *of = ask->into, *group;
    const w403_json *list = w403_json_get(page->root, "Groups");
    if (!page->root) {
        of->e->groups_error = w403_narrow_error(n, ask, page);
        W403_NEED(of->e->groups_error.p, err);
    }
    for (const w403_json *g = list ? list->first : NULL; g; g = g->next) {
        const w403_json *name = w403_json_get(g, "GroupName");
        w403_view *slot = W403_PUSH(n->a, &of->e->groups);
        W403_NEED(slot, err);
        *slot = name ? w403_narrow_raw(page, name) : W403_LIT("\"\"");
        w403_view once = w403_arena_printf(n->a, "%.*s %.*s", W403_ARG(of->iam->account), W403_ARG(*slot));
        W403_NEED(once.p, err);
        if (name && w403_narrow_once(n, "group", once)) {
            W403_TRY(add_entity(n, of->iam, W403_NARROW_GROUP, name->text, &group, err));
            group->e->members = w403_narrow_members(page, g);
        }
    }
    of->iam->changed = true;
    return W403_OK;
}

/* ---- the entity ---- */

static w403_status entity_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const of_entity *of = ask->into;
    const w403_json *v = w403_json_get(page->root, kinds[of->e->kind].inner);
    of->iam->changed = true;
    if (w403_view_eq(page->code, W403_LIT("NoSuchEntity"))) {
        (void)w403_error_set(err, W403_NOT_FOUND, "account %.*s has no %s `%.*s`", W403_ARG(of->iam->account),
                             of->e->kind == W403_NARROW_USER ? "user" : "role", W403_ARG(of->e->name));
        w403_error_hint(err, "AWS says so just now (iam:%s)", w403_calls[ask->row].operation);
        return W403_NOT_FOUND;
    }
    if (!v) {
        of->e->refused = w403_narrow_error(n, ask, page);
        W403_NEED(of->e->refused.p, err);
        return W403_OK;
    }
    of->e->members = w403_narrow_members(page, v);
    return managed(n, of->iam, w403_json_str(w403_json_get(v, "PermissionsBoundary"), "PermissionsBoundaryArn"), err);
}

/* arn:aws:iam::111122223333:role/path/NAME, ...:user/path/NAME, arn:aws:sts::...:assumed-role/NAME/SESSION. */
static bool entity_of(w403_view arn, w403_narrow_kind *kind, w403_view *account, w403_view *name)
{
    w403_arn split = w403_arn_split(arn);
    if (split.n != 6 || !w403_is_account_id(split.part[4])) {
        return false;
    }
    w403_view rest = split.part[5], type = w403_view_cut(&rest, '/');
    bool session = w403_view_eq(type, W403_LIT("assumed-role"));
    bool user = w403_view_eq(type, W403_LIT("user"));
    if (!rest.p || (!session && !user && !w403_view_eq(type, W403_LIT("role")))) {
        return false;
    }
    *kind = user ? W403_NARROW_USER : W403_NARROW_ROLE;
    *account = split.part[4];
    *name = w403_view_cut(&rest, '/');
    while (!session && rest.p) {
        *name = w403_view_cut(&rest, '/');
    }
    return name->n > 0;
}

w403_status w403_narrow_principal_ask(w403_narrow *n, w403_view arn, w403_error *err)
{
    w403_narrow_kind kind;
    w403_view account, name;
    if (!entity_of(arn, &kind, &account, &name)) {
        return W403_OK; /* root, a service, nobody: nothing is asked of them */
    }
    w403_view once = w403_arena_printf(n->a, "%.*s %u %.*s", W403_ARG(account), kind, W403_ARG(name));
    w403_narrow_iam *iam;
    of_entity *of;
    W403_NEED(once.p, err);
    bool reachable = n->o.other_accounts || w403_view_eq(account, n->account);
    if (!reachable || !w403_narrow_once(n, "principal", once)) {
        return W403_OK; /* names of another account would be looked up in the caller's */
    }
    W403_TRY(iam_of(n, account, &iam, err));
    W403_TRY(add_entity(n, iam, kind, name, &of, err));
    W403_TRY(send(n, of, kinds[kind].get, entity_came, (w403_view){NULL, 0}, err));
    return kind == W403_NARROW_USER
               ? send(n, of, W403_CALL_IAM_LISTGROUPSFORUSER, groups_came, (w403_view){NULL, 0}, err)
               : W403_OK;
}

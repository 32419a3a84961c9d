/* accounts/<id>/iam/authorization-details.json: users, groups, roles and managed policies. */
#include "base/array.h"
#include "snapshot/loader.h"

typedef W403_ARRAY(const w403_policy *) policy_list;
typedef W403_ARRAY(w403_view) name_list;

/* A managed policy of the file; parsed when first attached, once for each use. */
typedef struct managed {
    const w403_json *entry; /* NULL: not in the file */
    uint32_t         index;
    w403_view        name, arn;
    w403_policy     *identity, *boundary;
    bool             identity_read, boundary_read;
} managed;

typedef struct group {
    policy_list policies;
    name_list   missing;
} group;

typedef struct iam_file {
    const w403_source *src;
    w403_map           managed; /* ARN -> managed * */
    w403_map           groups;  /* name -> group * */
} iam_file;

/* What differs between the three lists of the file. */
typedef struct list_kind {
    const char      *list, *name, *id, *inline_policies;
    w403_entity_kind kind;
} list_kind;
static const list_kind users = {"UserDetailList", "UserName", "UserId", "UserPolicyList", W403_ENTITY_USER};
static const list_kind roles = {"RoleDetailList", "RoleName", "RoleId", "RolePolicyList", W403_ENTITY_ROLE};
static const list_kind groups = {"GroupDetailList", "GroupName", "GroupId", "GroupPolicyList", W403_ENTITY_USER};

/* The default version of a managed policy. */
static const w403_json *default_document(const w403_source *src, const w403_json *policy)
{
    if (w403_json_get(w403_json_get(policy, "PolicyVersionList"), "error")) {
        return NULL;
    }
    const w403_json *versions = w403_read(src, policy, "PolicyVersionList", W403_JSON_ARRAY);
    w403_view        id = w403_json_str(policy, "DefaultVersionId");
    for (const w403_json *v = versions ? versions->first : NULL; v; v = v->next) {
        if (w403_json_bool(v, "IsDefaultVersion", false) || (id.n && w403_view_eq(w403_json_str(v, "VersionId"), id))) {
            return w403_json_get(v, "Document");
        }
    }
    return NULL;
}

static w403_status index_managed(iam_file *f, w403_error *err)
{
    const w403_source *src = f->src;
    const w403_json   *list = w403_read(src, src->root, "Policies", W403_JSON_ARRAY);
    uint32_t           index = 0;
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next, index++) {
        if (!w403_expect(src, v, W403_JSON_OBJECT, "policy") || !w403_read_needed(src, v, "Arn", W403_JSON_STRING)) {
            continue;
        }
        managed *m = W403_NEW(src->ld->scratch, managed);
        W403_NEED(m, err);
        m->entry = v;
        m->index = index;
        m->name = w403_read_str(src, v, "PolicyName");
        m->arn = w403_read_str(src, v, "Arn");
        W403_NEED(w403_map_put(src->ld->scratch, &f->managed, m->arn, m), err);
    }
    return W403_OK;
}

static w403_status read_managed(const w403_source *src, const managed *m, w403_policy_kind kind, w403_policy **out,
                                w403_error *err)
{
    w403_json_doc    doc;
    w403_source      entry;
    const w403_json *document = default_document(src, m->entry);
    if (!document) {
        return W403_OK; /* 3.5: as good as not there: what it says is not known */
    }
    W403_TRY(w403_source_entry(src, "Policies", m->index, m->entry, &doc, &entry, err));
    W403_TRY(w403_read_policy(&entry, kind, document, out, err));
    if (*out) {
        (*out)->arn = m->arn;
        (*out)->name = m->name;
    }
    return W403_OK;
}

/* The policy of an ARN: out of the file, else built in, else NULL. */
static w403_status managed_policy(iam_file *f, w403_view arn, w403_policy_kind kind, const w403_policy **out,
                                  w403_error *err)
{
    w403_loader *ld = f->src->ld;
    managed     *m = w403_map_get(&f->managed, arn);
    if (!m) {
        m = W403_NEW(ld->scratch, managed);
        W403_NEED(m && w403_map_put(ld->scratch, &f->managed, arn, m), err);
    }
    bool          boundary = kind == W403_POLICY_BOUNDARY;
    bool         *read = boundary ? &m->boundary_read : &m->identity_read;
    w403_policy **policy = boundary ? &m->boundary : &m->identity;
    if (!*read) {
        *read = true;
        W403_TRY(m->entry ? read_managed(f->src, m, kind, policy, err)
                          : w403_builtin_policy(ld, kind, arn, policy, err));
    }
    *out = *policy;
    return W403_OK;
}

static w403_status add_missing(const iam_file *f, name_list *missing, w403_view name, w403_error *err)
{
    w403_view *slot = W403_PUSH(f->src->ld->a, missing);
    W403_NEED(slot, err);
    *slot = name;
    return W403_OK;
}

static w403_status add_policy(const iam_file *f, policy_list *to, const w403_policy *policy, w403_error *err)
{
    const w403_policy **slot = W403_PUSH(f->src->ld->a, to);
    W403_NEED(slot, err);
    *slot = policy;
    return W403_OK;
}

/* {"error": ...} in place of a list or of a document, which could not be read: what it would say is missing. `what`
 * names it, and the call that failed where that is said. */
static bool is_error(const w403_json *v)
{
    return w403_json_get(v, "error") != NULL;
}

static w403_status add_unread(const iam_file *f, const w403_json *v, name_list *missing, const char *what, w403_view name,
                              w403_error *err)
{
    w403_fact fact = {0};
    w403_read_fact(f->src, v, &fact);
    w403_view text = w403_arena_printf(f->src->ld->a, "%s%.*s%s%.*s%s%.*s%s", what, W403_ARG(name), fact.call.n ? " (" : "",
                                       W403_ARG(fact.call), fact.call.n ? " answered " : "",
                                       fact.call.n ? (int)fact.code.n : 0, fact.code.p, fact.call.n ? ")" : "");
    W403_NEED(text.p, err);
    return add_missing(f, missing, text, err);
}

static w403_status add_inline(iam_file *f, const w403_json *v, uint32_t index, const list_kind *kind,
                              policy_list *to, name_list *missing, w403_error *err)
{
    if (is_error(w403_json_get(v, kind->inline_policies))) {
        return add_unread(f, w403_json_get(v, kind->inline_policies), missing, "some inline policy", (w403_view){NULL, 0},
                          err);
    }
    const w403_json *list = w403_read(f->src, v, kind->inline_policies, W403_JSON_ARRAY);
    w403_json_doc    doc;
    w403_source      entry;
    if (!list || list->count == 0) {
        return W403_OK;
    }
    W403_TRY(w403_source_entry(f->src, kind->list, index, v, &doc, &entry, err));
    for (const w403_json *p = list->first; p; p = p->next) {
        const w403_json *document = w403_json_get(p, "PolicyDocument");
        w403_policy     *policy = NULL;
        if (!document) {
            w403_problem_at(f->src, false, p, "`PolicyDocument` is missing");
            continue;
        }
        if (is_error(document)) {
            W403_TRY(add_unread(f, document, missing, "inline policy ", w403_json_str(p, "PolicyName"), err));
            continue;
        }
        W403_TRY(w403_read_policy(&entry, W403_POLICY_IDENTITY, document, &policy, err));
        if (policy) {
            policy->name = w403_read_str(f->src, p, "PolicyName");
            W403_TRY(add_policy(f, to, policy, err));
        }
    }
    return W403_OK;
}

static w403_status add_attached_one(iam_file *f, const w403_json *p, policy_list *to, name_list *missing,
                                    w403_error *err)
{
    const w403_policy *policy;
    if (!w403_expect(f->src, p, W403_JSON_OBJECT, "attached policy") ||
        !w403_read_needed(f->src, p, "PolicyArn", W403_JSON_STRING)) {
        return W403_OK;
    }
    w403_view arn = w403_read_str(f->src, p, "PolicyArn");
    W403_TRY(managed_policy(f, arn, W403_POLICY_IDENTITY, &policy, err));
    return policy ? add_policy(f, to, policy, err) : add_missing(f, missing, arn, err);
}

/* An array; the CLI's documentation prints a single object (formats 6). */
static w403_status add_attached(iam_file *f, const w403_json *v, policy_list *to, name_list *missing, w403_error *err)
{
    const w403_json *list = w403_json_get(v, "AttachedManagedPolicies");
    if (!list || list->type == W403_JSON_NULL) {
        return W403_OK;
    }
    if (is_error(list)) {
        return add_unread(f, list, missing, "some managed policy", (w403_view){NULL, 0}, err);
    }
    if (list->type == W403_JSON_OBJECT) {
        return add_attached_one(f, list, to, missing, err);
    }
    w403_expect(f->src, list, W403_JSON_ARRAY, "AttachedManagedPolicies");
    for (const w403_json *p = list->type == W403_JSON_ARRAY ? list->first : NULL; p; p = p->next) {
        W403_TRY(add_attached_one(f, p, to, missing, err));
    }
    return W403_OK;
}

static w403_status index_groups(iam_file *f, w403_error *err)
{
    const w403_source *src = f->src;
    const w403_json   *list = w403_read(src, src->root, groups.list, W403_JSON_ARRAY);
    uint32_t           index = 0;
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next, index++) {
        if (!w403_expect(src, v, W403_JSON_OBJECT, "group") ||
            !w403_read_needed(src, v, groups.name, W403_JSON_STRING)) {
            continue;
        }
        group *g = W403_NEW(src->ld->scratch, group);
        W403_NEED(g, err);
        W403_TRY(add_inline(f, v, index, &groups, &g->policies, &g->missing, err));
        W403_TRY(add_attached(f, v, &g->policies, &g->missing, err));
        W403_NEED(w403_map_put(src->ld->scratch, &f->groups, w403_json_str(v, groups.name), g), err);
    }
    return W403_OK;
}

/* 3.5: a user has its own policies and those of all its groups. */
static w403_status add_groups(iam_file *f, const w403_json *v, policy_list *to, name_list *missing, w403_error *err)
{
    if (is_error(w403_json_get(v, "GroupList"))) {
        return add_unread(f, w403_json_get(v, "GroupList"), missing, "the policies of some group", (w403_view){NULL, 0}, err);
    }
    const w403_json *list = w403_read(f->src, v, "GroupList", W403_JSON_ARRAY);
    for (const w403_json *name = list ? list->first : NULL; name; name = name->next) {
        if (!w403_expect(f->src, name, W403_JSON_STRING, "GroupList")) {
            continue;
        }
        const group *g = w403_map_get(&f->groups, name->text);
        if (!g) {
            w403_loader *ld = f->src->ld;
            w403_view    arn = w403_arena_printf(ld->a, "arn:%.*s:iam::%.*s:group/%.*s", W403_ARG(ld->s->partition),
                                                 W403_ARG(f->src->account->id), W403_ARG(name->text));
            W403_NEED(arn.p, err);
            W403_TRY(add_missing(f, missing, arn, err));
            continue;
        }
        for (size_t i = 0; i < g->policies.n; i++) {
            W403_TRY(add_policy(f, to, g->policies.at[i], err));
        }
        for (size_t i = 0; i < g->missing.n; i++) {
            W403_TRY(add_missing(f, missing, g->missing.at[i], err));
        }
    }
    return W403_OK;
}

/* 3.5: one boundary at most; an empty object stands for none. */
static w403_status read_boundary(iam_file *f, const w403_json *v, w403_entity *e, w403_error *err)
{
    const w403_json *boundary = w403_read(f->src, v, "PermissionsBoundary", W403_JSON_OBJECT);
    w403_view        arn = w403_read_str(f->src, boundary, "PermissionsBoundaryArn");
    e->boundary_fact.path = f->src->doc->source;
    e->boundary_fact.state = W403_FACT_NONE;
    if (!arn.n) {
        return W403_OK;
    }
    W403_TRY(managed_policy(f, arn, W403_POLICY_BOUNDARY, &e->boundary, err));
    e->boundary_fact.state = e->boundary ? W403_FACT_KNOWN : W403_FACT_UNKNOWN;
    return W403_OK;
}

/* N-8: a policy as the document of an entry, whose pointers are found from the entry on. */
static w403_status read_trust(iam_file *f, const w403_json *v, uint32_t index, const list_kind *kind, w403_entity *e,
                              w403_error *err)
{
    const w403_json *document = w403_json_get(v, "AssumeRolePolicyDocument");
    w403_json_doc    doc;
    w403_source      entry;
    e->trust_fact.path = f->src->doc->source;
    if (!document || document->type == W403_JSON_NULL) {
        return W403_OK;
    }
    W403_TRY(w403_source_entry(f->src, kind->list, index, v, &doc, &entry, err));
    return w403_read_resource_policy(&entry, W403_POLICY_TRUST, document, &e->trust_fact, &e->trust, &e->trust_set, err);
}

static w403_status read_policies(iam_file *f, const w403_json *v, uint32_t index, const list_kind *kind,
                                 w403_entity *e, w403_error *err)
{
    policy_list policies = {0};
    name_list   missing = {0};
    W403_TRY(add_inline(f, v, index, kind, &policies, &missing, err));
    W403_TRY(add_attached(f, v, &policies, &missing, err));
    if (kind->kind == W403_ENTITY_USER) {
        W403_TRY(add_groups(f, v, &policies, &missing, err));
    } else {
        W403_TRY(read_trust(f, v, index, kind, e, err));
    }
    e->identity = w403_policy_set_of(f->src->ld, policies.at, (uint32_t)policies.n);
    e->missing = missing.at;
    e->n_missing = (uint32_t)missing.n;
    return read_boundary(f, v, e, err);
}

/* An authorization file in the wrong account's folder would be judged as that account's. */
static void check_account(const iam_file *f, const w403_json *v, w403_view arn)
{
    w403_view rest = arn, account = {NULL, 0};
    for (int i = 0; i < 5; i++) {
        account = w403_view_cut(&rest, ':');
    }
    if (!w403_view_eq(account, f->src->account->id)) {
        w403_problem_at(f->src, true, w403_json_get(v, "Arn"), "`%.*s` is not of account %.*s, whose folder this is",
                        W403_SHORT(arn), W403_SHORT(f->src->account->id));
    }
}

static w403_status read_entity(iam_file *f, const w403_json *v, uint32_t index, const list_kind *kind, w403_error *err)
{
    const w403_source *src = f->src;
    w403_loader       *ld = src->ld;
    w403_account      *account = src->account;
    w403_entity       *e = W403_NEW(ld->a, w403_entity);
    W403_NEED(e, err);
    e->kind = kind->kind;
    e->account = account;
    e->name = w403_read_str(src, v, kind->name);
    e->arn = w403_read_str(src, v, "Arn");
    e->path = w403_read_str(src, v, "Path");
    e->unique_id = w403_read_str(src, v, kind->id);
    e->file = src->doc->source;
    e->pointer = w403_arena_printf(ld->a, "/%s/%u", kind->list, index);
    W403_NEED(e->pointer.p, err);
    check_account(f, v, e->arn);
    W403_TRY(read_policies(f, v, index, kind, e, err));
    W403_TRY(w403_read_tags(src, w403_read(src, v, "Tags", W403_JSON_ARRAY), &e->tags, &e->n_tags, err));
    w403_map *by_name = kind->kind == W403_ENTITY_USER ? &account->users : &account->roles;
    W403_NEED(w403_map_put(ld->a, by_name, e->name, e), err);
    W403_NEED(w403_map_put(ld->a, &account->by_arn, e->arn, e), err);
    W403_NEED(w403_map_put(ld->a, &ld->s->entities, e->arn, e), err);
    if (e->unique_id.n) {
        W403_NEED(w403_map_put(ld->a, &account->by_unique_id, e->unique_id, e), err);
    }
    return W403_OK;
}

static w403_status read_entities(iam_file *f, const list_kind *kind, w403_error *err)
{
    const w403_json *list = w403_read(f->src, f->src->root, kind->list, W403_JSON_ARRAY);
    uint32_t         index = 0;
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next, index++) {
        if (w403_expect(f->src, v, W403_JSON_OBJECT, kind->list) &&
            w403_read_needed(f->src, v, kind->name, W403_JSON_STRING) &&
            w403_read_needed(f->src, v, "Arn", W403_JSON_STRING)) {
            W403_TRY(read_entity(f, v, index, kind, err));
        }
    }
    return W403_OK;
}

w403_status w403_load_iam(w403_source *src, w403_error *err)
{
    iam_file f = {.src = src};
    w403_read_fact(src, src->root, &src->account->iam);
    if (src->account->iam.state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    if (w403_read_bool(src, src->root, "IsTruncated", false)) {
        w403_problem_at(src, true, w403_json_get(src->root, "IsTruncated"),
                        "this is one page only: users, roles or policies are missing");
    }
    src->account->iam_partial = w403_read_bool(src, src->root, "Partial", false);
    W403_TRY(index_managed(&f, err));
    W403_TRY(index_groups(&f, err));
    W403_TRY(read_entities(&f, &users, err));
    return read_entities(&f, &roles, err);
}

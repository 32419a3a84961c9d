/* What IAM had before a change, or after it: the principal's entry of authorization-details.json, its groups and
 * managed policies, edited as the call edits them and loaded again. */
#include "logs/proof.h"

typedef struct iam {
    w403_rewound          *r;
    const w403_log_change *c;
    const w403_content    *what;
    w403_entity           *entity;  /* the request's principal, in the copy */
    const w403_json_doc   *file;    /* authorization-details.json */
    w403_edit              own;     /* its entry */
    w403_buf               groups, policies; /* elements of the lists, each with a comma behind it */
    w403_map               added;   /* ARNs of `policies` */
} iam;

static w403_view text_of(const iam *m, const w403_json *v)
{
    return w403_view_sub(m->file->text, v->span.off, (size_t)v->span.off + v->span.len);
}

static bool fail(iam *m, const char *why)
{
    m->r->why = why;
    return false;
}

static bool is_about(const iam *m, const char *kind)
{
    return strcmp(w403_change_entity(m->c->kind), kind) == 0;
}

/* ---- one policy, one group ---- */

static bool present(const w403_content *what)
{
    return what->known != W403_CONTENT_NONE;
}

/* {"PolicyName": ..., "PolicyDocument": ...}; {NULL,0}: away. */
static w403_view inline_policy(const iam *m)
{
    w403_arena *a = m->r->world->arena;
    w403_view   name = w403_json_quote(a, m->c->policy);
    return present(m->what) ? w403_arena_printf(a, "{\"PolicyName\":%.*s,\"PolicyDocument\":%.*s}", W403_ARG(name),
                                                W403_ARG(m->what->text))
                            : (w403_view){NULL, 0};
}

static w403_view attached_policy(const iam *m)
{
    w403_arena *a = m->r->world->arena;
    w403_view   arn = w403_json_quote(a, m->c->policy);
    return present(m->what) ? w403_arena_printf(a, "{\"PolicyArn\":%.*s}", W403_ARG(arn)) : (w403_view){NULL, 0};
}

/* The edit that the call makes of a user's, role's or group's entry. */
static bool edit_entry(const iam *m, w403_edit *e, const char *inline_list)
{
    w403_arena *a = m->r->world->arena;
    w403_view   none = {NULL, 0};
    switch (m->c->kind->place) {
    case W403_PLACE_POLICY: { /* what is there goes first: an inline policy is replaced */
        w403_view json = inline_policy(m);
        return w403_edit_listed(e, inline_list, "PolicyName", m->c->policy, none) &&
               (!json.p || w403_edit_listed(e, inline_list, "PolicyName", m->c->policy, json));
    }
    case W403_PLACE_ATTACHED:
        return w403_edit_listed(e, "AttachedManagedPolicies", "PolicyArn", m->c->policy, attached_policy(m));
    case W403_PLACE_GROUP:
        return w403_edit_listed(e, "GroupList", NULL, m->c->policy,
                                present(m->what) ? w403_json_quote(a, m->c->policy) : none);
    case W403_PLACE_BOUNDARY: {
        w403_view arn = m->what->setting ? w403_json_quote(a, m->what->setting->policy) : none;
        return w403_edit_member(
            e, "PermissionsBoundary",
            present(m->what) ? w403_arena_printf(a, "{\"PermissionsBoundaryArn\":%.*s}", W403_ARG(arn)) : none);
    }
    default:
        return true;
    }
}

/* ---- managed policies ---- */

static const w403_json *find(const iam *m, const char *list, const char *member, w403_view id)
{
    const w403_json *all = w403_json_get(m->file->root, list);
    const w403_json *v = w403_json_is(all, W403_JSON_ARRAY) ? all->first : NULL;
    while (v && !w403_view_eq(w403_json_str(v, member), id)) {
        v = v->next;
    }
    return v;
}

static w403_view version_document(const iam *m, const w403_json *entry)
{
    const w403_json *list = w403_json_get(entry, "PolicyVersionList");
    w403_view        id = w403_change_parameter(m->r->world->arena, m->what->setting, W403_LIT("versionId"));
    const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL;
    while (v && !w403_view_eq(w403_json_str(v, "VersionId"), id)) {
        v = v->next;
    }
    const w403_json *document = w403_json_get(v, "Document");
    return document ? text_of(m, document) : (w403_view){NULL, 0};
}

/* The entry of a policy of which another version is the default. */
static bool add_version(iam *m, const w403_json *entry)
{
    w403_arena *a = m->r->world->arena;
    w403_view   document = m->what->known == W403_CONTENT_DOCUMENT ? m->what->text : version_document(m, entry);
    w403_view   arn = w403_json_quote(a, m->c->target);
    w403_view   name = w403_json_quote(a, entry ? w403_json_str(entry, "PolicyName") : W403_LIT(""));
    if (!document.n) {
        return fail(m, "that version of the policy is not in the snapshot");
    }
    w403_buf_printf(&m->policies,
                    "{\"PolicyName\":%.*s,\"Arn\":%.*s,\"DefaultVersionId\":\"v\",\"PolicyVersionList\":[{"
                    "\"VersionId\":\"v\",\"IsDefaultVersion\":true,\"Document\":",
                    W403_ARG(name), W403_ARG(arn));
    w403_buf_put(&m->policies, document);
    w403_buf_puts(&m->policies, "}]},");
    return true;
}

static bool add_policy(iam *m, w403_view arn)
{
    bool version = m->c->kind->place == W403_PLACE_VERSION && w403_view_eq(arn, m->c->target);
    if (!arn.n || w403_map_get(&m->added, arn)) {
        return true;
    }
    m->r->world->nomem |= !w403_map_put(m->r->world->arena, &m->added, arn, m);
    const w403_json *entry = find(m, "Policies", "Arn", arn);
    if (version) {
        return add_version(m, entry);
    }
    if (entry) {
        w403_buf_put(&m->policies, text_of(m, entry));
        w403_buf_putc(&m->policies, ',');
    }
    return true;
}

static bool add_attached(iam *m, const w403_json *holder)
{
    const w403_json *list = w403_json_get(holder, "AttachedManagedPolicies");
    bool             fine = true;
    if (w403_json_is(list, W403_JSON_OBJECT)) { /* formats 6: one may stand for a list of one */
        return add_policy(m, w403_json_str(list, "PolicyArn"));
    }
    for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v && fine; v = v->next) {
        fine = add_policy(m, w403_json_str(v, "PolicyArn"));
    }
    return fine;
}

static bool add_group(iam *m, w403_view name)
{
    const w403_json *entry = find(m, "GroupDetailList", "GroupName", name);
    bool             about = is_about(m, "Group") && w403_view_eq(name, m->c->target);
    w403_edit        e;
    if (!entry) {
        return true; /* the loader says what it means that it is not there */
    }
    if (!w403_edit_text(&e, m->r->world->arena, m->file->source, text_of(m, entry)) ||
        (about && !edit_entry(m, &e, "GroupPolicyList")) || !add_attached(m, e.doc.root)) {
        return false;
    }
    w403_buf_put(&m->groups, e.doc.text);
    w403_buf_putc(&m->groups, ',');
    return true;
}

/* ---- the excerpt ---- */

static bool add_all(iam *m)
{
    const w403_json *boundary = w403_json_get(m->own.doc.root, "PermissionsBoundary");
    const w403_json *list = w403_json_get(m->own.doc.root, "GroupList");
    bool             fine = add_attached(m, m->own.doc.root) &&
                add_policy(m, w403_json_str(boundary, "PermissionsBoundaryArn"));
    for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v && fine; v = v->next) {
        fine = add_group(m, v->text);
    }
    return fine;
}

/* `{...},{...},` without the last comma. */
static w403_view elements(const w403_buf *b)
{
    w403_view v = w403_buf_view(b);
    v.n -= v.n > 0;
    return v;
}

static bool load(iam *m)
{
    bool         user = m->entity->kind == W403_ENTITY_USER;
    w403_buf     text = {0};
    w403_excerpt x;
    w403_buf_printf(&text, "{\"%s\":[", user ? "UserDetailList" : "RoleDetailList");
    w403_buf_put(&text, m->own.doc.text);
    w403_buf_puts(&text, "],\"GroupDetailList\":[");
    w403_buf_put(&text, elements(&m->groups));
    w403_buf_puts(&text, "],\"Policies\":[");
    w403_buf_put(&text, elements(&m->policies));
    w403_buf_puts(&text, "]}");
    m->r->world->nomem |= !w403_buf_ok(&text) || !w403_buf_ok(&m->groups) || !w403_buf_ok(&m->policies);
    w403_excerpt_open(&x, m->r);
    w403_excerpt_add(&x, m->file->source, w403_buf_view(&text));
    w403_buf_free(&text);
    return w403_excerpt_load(&x);
}

static bool graft(iam *m)
{
    w403_world        *w = m->r->world;
    const w403_entity *was = w403_snapshot_entity(m->r->part, m->entity->arn);
    w403_entity       *e = m->entity;
    if (!was) {
        return fail(m, "the principal's entry cannot be read");
    }
    if (was->n_missing > e->n_missing || (was->boundary_fact.state == W403_FACT_UNKNOWN && !e->boundary)) {
        m->r->why = "the document of the policy is not in the snapshot";
    }
    w403_world_write(w, &e->identity, &was->identity, sizeof e->identity);
    w403_world_write(w, &e->boundary, &was->boundary, sizeof e->boundary);
    w403_world_write(w, &e->boundary_fact, &was->boundary_fact, sizeof e->boundary_fact);
    w403_world_write(w, &e->missing, &was->missing, sizeof e->missing);
    w403_world_write(w, &e->n_missing, &was->n_missing, sizeof e->n_missing);
    return !w->nomem;
}

static bool put(iam *m, const w403_json *entry)
{
    bool user = m->entity->kind == W403_ENTITY_USER;
    bool own = is_about(m, user ? "User" : "Role");
    if (!w403_edit_text(&m->own, m->r->world->arena, m->file->source, text_of(m, entry)) ||
        (own && !edit_entry(m, &m->own, user ? "UserPolicyList" : "RolePolicyList"))) {
        return fail(m, "the principal's entry cannot be edited");
    }
    return add_all(m) && load(m) && graft(m);
}

bool w403_content_put_iam(w403_rewound *r, w403_sources *src, const w403_log_change *c, const w403_content *what)
{
    iam m = {.r = r, .c = c, .what = what};
    m.entity = r->world->snapshot ? w403_snapshot_entity(r->world->snapshot, r->world->request.principal) : NULL;
    if (!m.entity) {
        return fail(&m, r->world->snapshot ? "the caller is not in the snapshot" : "there is no snapshot to try it in");
    }
    m.file = w403_source_doc(src, r->world->snapshot, m.entity->file);
    const w403_json *entry = m.file ? w403_json_at(m.file, m.entity->pointer) : NULL;
    bool             done = entry ? put(&m, entry) : fail(&m, "the caller's policies cannot be read again");
    w403_buf_free(&m.groups);
    w403_buf_free(&m.policies);
    return done;
}

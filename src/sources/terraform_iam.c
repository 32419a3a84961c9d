/* Users, groups, roles, their policies. */
#include "sources/terraform.h"

static w403_made_entity *entity(w403_tf *t, const w403_tf_resource *r, w403_made_kind kind, w403_view name)
{
    w403_made_entity *e = name.n ? w403_made_entity_of(&t->made, kind, t->account, name) : NULL;
    if (!name.n) {
        w403_made_tell(&t->made, "`%.*s` has a name that is known only after apply: it is left out", W403_CUT(r->address));
    }
    return e;
}

/* More may be attached to one that was there before than this configuration knows. */
static void put_principal(w403_tf *t, const w403_tf_resource *r, w403_made_kind kind)
{
    w403_made_entity *e = entity(t, r, kind, w403_made_str(r->values, "name"));
    if (!e) {
        return;
    }
    const w403_json *boundary = w403_json_get(r->values, "permissions_boundary");
    e->path = w403_made_str(r->values, "path");
    e->arn = w403_made_str(r->values, "arn");
    e->id = w403_made_str(r->values, "unique_id");
    e->boundary = w403_tf_text(t, r, "permissions_boundary");
    e->boundary_unknown = !e->boundary.p && !boundary && w403_json_get(r->expressions, "permissions_boundary");
    e->tags = w403_json_get(r->values, "tags_all") ? w403_json_get(r->values, "tags_all") : w403_json_get(r->values, "tags");
    e->tags = w403_json_is(e->tags, W403_JSON_OBJECT) ? e->tags : NULL;
    e->rest = r->created ? (w403_view){NULL, 0} : t->name;
    if (kind == W403_MADE_ROLE) {
        e->trust = w403_tf_document(r, "assume_role_policy");
        const w403_json *inlines = w403_json_get(r->values, "inline_policy"), *arns = w403_json_get(r->values, "managed_policy_arns");
        for (const w403_json *p = w403_json_is(inlines, W403_JSON_ARRAY) ? inlines->first : NULL; p; p = p->next) {
            const w403_json *document = w403_json_get(p, "policy");
            if (document && w403_view_trim(document->text).n) {
                w403_made_add_document(&t->made, e, w403_made_str(p, "name"), document);
            }
        }
        for (const w403_json *p = w403_json_is(arns, W403_JSON_ARRAY) ? arns->first : NULL; p; p = p->next) {
            w403_made_add_attached(&t->made, e, p->text);
        }
    }
}

/* Whose it is is not known: it may be anybody's of that kind. */
static void put_on_all(w403_tf *t, const w403_tf_resource *r, w403_made_kind kind)
{
    w403_made_tell(&t->made, "`%.*s` is known only after apply to be of whom: what others of its kind may do is unknown", W403_CUT(r->address));
    for (size_t i = 0; i < t->made.entities.n; i++) {
        if (t->made.entities.at[i]->kind == kind) {
            t->made.entities.at[i]->rest = t->name;
        }
    }
}

/* `member` names the principal. One that this plan does not make has more than this. */
static w403_made_entity *holder(w403_tf *t, const w403_tf_resource *r, w403_made_kind kind, const char *member)
{
    w403_view name = w403_tf_text(t, r, member);
    if (!name.n) {
        put_on_all(t, r, kind);
        return NULL;
    }
    size_t before = t->made.entities.n;
    w403_made_entity *e = w403_made_entity_of(&t->made, kind, t->account, name);
    if (e && t->made.entities.n > before) {
        e->rest = t->name;
        e->boundary_unknown = true;
    }
    return e;
}

static void put_policy(w403_tf *t, const w403_tf_resource *r)
{
    w403_made_entity *e = entity(t, r, W403_MADE_POLICY, w403_made_str(r->values, "name"));
    if (e) {
        e->path = w403_made_str(r->values, "path");
        e->arn = w403_made_str(r->values, "arn");
        e->document = w403_tf_document(r, "policy");
    }
}

static void put_members(w403_tf *t, const w403_tf_resource *r)
{
    const w403_json *list = w403_json_get(r->values, "users"), *groups = w403_json_get(r->values, "groups");
    if (w403_view_eq(r->type, W403_LIT("aws_iam_group_membership"))) {
        w403_view group = w403_tf_text(t, r, "group");
        for (const w403_json *u = w403_json_is(list, W403_JSON_ARRAY) && group.n ? list->first : NULL; u; u = u->next) {
            w403_made_add_group(&t->made, entity(t, r, W403_MADE_USER, u->text), group);
        }
        return;
    }
    w403_made_entity *e = holder(t, r, W403_MADE_USER, "user");
    for (const w403_json *g = w403_json_is(groups, W403_JSON_ARRAY) ? groups->first : NULL; e && g; g = g->next) {
        w403_made_add_group(&t->made, e, g->text);
    }
    if (e && !groups) {
        e->rest = t->name;
    }
}

/* aws_iam_policy_attachment: one policy on many. */
static void put_attachment(w403_tf *t, const w403_tf_resource *r)
{
    static const struct {
        const char *member;
        w403_made_kind kind;
    } lists[] = {{"users", W403_MADE_USER}, {"groups", W403_MADE_GROUP}, {"roles", W403_MADE_ROLE}};
    w403_view arn = w403_tf_text(t, r, "policy_arn");
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const w403_json *list = w403_json_get(r->values, lists[k].member);
        if (!list && w403_json_get(r->expressions, lists[k].member)) {
            put_on_all(t, r, lists[k].kind);
        }
        for (const w403_json *n = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; n; n = n->next) {
            size_t before = t->made.entities.n;
            w403_made_entity *e = w403_made_entity_of(&t->made, lists[k].kind, t->account, n->text);
            if (e && (t->made.entities.n > before || !arn.p)) {
                e->rest = t->name;
            }
            if (e && arn.p) {
                w403_made_add_attached(&t->made, e, arn);
            }
        }
    }
}

bool w403_tf_iam(w403_tf *t, const w403_tf_resource *r)
{
    static const struct {
        const char *type, *member;
        w403_made_kind kind;
    } parts[] = {{"aws_iam_user", "user", W403_MADE_USER}, {"aws_iam_group", "group", W403_MADE_GROUP}, {"aws_iam_role", "role", W403_MADE_ROLE}};
    if (w403_view_eq(r->type, W403_LIT("aws_iam_policy"))) {
        put_policy(t, r);
        return true;
    }
    if (w403_view_eq(r->type, W403_LIT("aws_iam_group_membership")) || w403_view_eq(r->type, W403_LIT("aws_iam_user_group_membership"))) {
        put_members(t, r);
        return true;
    }
    if (w403_view_eq(r->type, W403_LIT("aws_iam_policy_attachment"))) {
        put_attachment(t, r);
        return true;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        w403_view type = w403_view_of(parts[i].type), rest;
        if (!w403_view_starts(r->type, type)) {
            continue;
        }
        rest = w403_view_sub(r->type, type.n, r->type.n);
        if (rest.n == 0) {
            put_principal(t, r, parts[i].kind);
            return true;
        }
        bool document = w403_view_eq(rest, W403_LIT("_policy"));
        if (!document && !w403_view_eq(rest, W403_LIT("_policy_attachment"))) {
            continue;
        }
        w403_made_entity *e = holder(t, r, parts[i].kind, parts[i].member);
        w403_view arn = document ? (w403_view){NULL, 0} : w403_tf_text(t, r, "policy_arn");
        if (e && document) {
            w403_made_add_document(&t->made, e, w403_made_str(r->values, "name"), w403_tf_document(r, "policy"));
        } else if (e && arn.p) {
            w403_made_add_attached(&t->made, e, arn);
        } else if (e) {
            e->rest = t->name;
        }
        return true;
    }
    return false;
}

/* Users, groups, roles and policies of the world that answers. */
#include "narrow_answers.h"

#include "snapshot/loader.h"

/* ---- IAM ---- */

static const w403_json *iam(narrow_world *w, const narrow_call *c, w403_view *text, reply *error)
{
    const w403_json *v =
        world_file(w, TEXT(w, "accounts/%.*s/iam/authorization-details.json", W403_ARG(world_account(w, c))), text);
    *error = refused("AccessDenied");
    return v && world_error_of(v, error) ? NULL : v;
}

enum { GET, INLINE_NAMES, INLINE, ATTACHED, GROUPS };

static const struct iam_row {
    unsigned row;
    int what;
    const char *list, *member, *inline_list, *inner;
} iam_rows[] = {
    {W403_CALL_IAM_GETUSER, GET, "UserDetailList", "UserName", "UserPolicyList", "User"},
    {W403_CALL_IAM_LISTUSERPOLICIES, INLINE_NAMES, "UserDetailList", "UserName", "UserPolicyList", NULL},
    {W403_CALL_IAM_GETUSERPOLICY, INLINE, "UserDetailList", "UserName", "UserPolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDUSERPOLICIES, ATTACHED, "UserDetailList", "UserName", NULL, NULL},
    {W403_CALL_IAM_LISTGROUPSFORUSER, GROUPS, "UserDetailList", "UserName", NULL, NULL},
    {W403_CALL_IAM_GETROLE, GET, "RoleDetailList", "RoleName", "RolePolicyList", "Role"},
    {W403_CALL_IAM_LISTROLEPOLICIES, INLINE_NAMES, "RoleDetailList", "RoleName", "RolePolicyList", NULL},
    {W403_CALL_IAM_GETROLEPOLICY, INLINE, "RoleDetailList", "RoleName", "RolePolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDROLEPOLICIES, ATTACHED, "RoleDetailList", "RoleName", NULL, NULL},
    {W403_CALL_IAM_LISTGROUPPOLICIES, INLINE_NAMES, "GroupDetailList", "GroupName", "GroupPolicyList", NULL},
    {W403_CALL_IAM_GETGROUPPOLICY, INLINE, "GroupDetailList", "GroupName", "GroupPolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDGROUPPOLICIES, ATTACHED, "GroupDetailList", "GroupName", NULL, NULL},
};

/* By its name; where the world has none, or twice the same, by its number. */
static w403_view inline_name(narrow_world *w, const w403_json *list, const w403_json *p, size_t number)
{
    w403_view name = w403_json_str(p, "PolicyName");
    size_t same = 0;
    for (const w403_json *v = list->first; v; v = v->next) {
        same += w403_view_eq(w403_json_str(v, "PolicyName"), name);
    }
    return name.n && same == 1 ? name : TEXT(w, "#%zu", number);
}

static reply inline_policy(narrow_world *w, const narrow_call *c, const w403_json *list, w403_view text)
{
    size_t number = 0;
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        const w403_json *document = w403_json_get(v, "PolicyDocument");
        if (w403_view_eq(inline_name(w, list, v, ++number), world_arg(c, "PolicyName"))) {
            return document ? good(TEXT(w, "{\"PolicyDocument\": %.*s}", W403_ARG(world_raw(text, document))))
                            : refused("NoSuchEntity");
        }
    }
    return refused("NoSuchEntity");
}

static reply entity_part(narrow_world *w, const narrow_call *c, const struct iam_row *row, const w403_json *e,
                         w403_view text, const w403_json *root)
{
    static const char *const lists[] = {"RolePolicyList",
                                        "UserPolicyList",
                                        "GroupPolicyList",
                                        "AttachedManagedPolicies",
                                        "GroupList",
                                        "InstanceProfileList",
                                        NULL};
    w403_buf out = {0};
    const w403_json *list = w403_json_get(e, row->inline_list      ? row->inline_list
                                             : row->what == GROUPS ? "GroupList"
                                                                   : "AttachedManagedPolicies");
    switch (row->what) {
    case GET:
        return good(TEXT(w, "{\"%s\": %.*s}", row->inner, W403_ARG(world_without(w, text, e, lists))));
    case INLINE:
        return inline_policy(w, c, list, text);
    case ATTACHED:
        return good(TEXT(w, "{\"AttachedPolicies\": %s%.*s%s}", list && list->type == W403_JSON_ARRAY ? "" : "[",
                         list ? (int)world_raw(text, list).n : 0, list ? world_raw(text, list).p : "",
                         list && list->type == W403_JSON_ARRAY ? "" : "]"));
    default:
        break;
    }
    size_t at = 0;
    w403_buf_puts(&out, row->what == GROUPS ? "{\"Groups\": [" : "{\"PolicyNames\": [");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        w403_buf_puts(&out, at++ ? ", " : "");
        if (row->what == GROUPS) {
            const w403_json *g = world_named(w403_json_get(root, "GroupDetailList"), "GroupName", v->text);
            w403_buf_put(&out, g ? world_without(w, text, g, lists)
                                 : TEXT(w, "{\"GroupName\": %.*s}", W403_ARG(world_raw(text, v))));
        } else {
            w403_buf_json_string(&out, inline_name(w, list, v, at));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

static reply managed(narrow_world *w, const narrow_call *c, const w403_json *root, w403_view text)
{
    static const char *const versions[] = {"PolicyVersionList", NULL};
    w403_view arn = world_arg(c, "PolicyArn"), id = world_arg(c, "VersionId"), document = w403_builtin_document(arn);
    const w403_json *p = world_named(w403_json_get(root, "Policies"), "Arn", arn);
    bool policy = c->call.row == W403_CALL_IAM_GETPOLICY;
    if (!p && document.p) {
        return good(
            policy
                ? TEXT(w, "{\"Policy\": {\"Arn\": \"%.*s\", \"DefaultVersionId\": \"v1\"}}", W403_ARG(arn))
                : TEXT(w,
                       "{\"PolicyVersion\": {\"VersionId\": \"v1\", \"IsDefaultVersion\": true, \"Document\": %.*s}}",
                       W403_ARG(document)));
    }
    if (!p) {
        return refused("AccessDenied");
    }
    if (policy) {
        return good(TEXT(w, "{\"Policy\": %.*s}", W403_ARG(world_without(w, text, p, versions))));
    }
    const w403_json *list = w403_json_get(p, "PolicyVersionList");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_json_bool(v, "IsDefaultVersion", false) ||
            (id.n && w403_view_eq(w403_json_str(v, "VersionId"), id))) {
            return good(TEXT(w, "{\"PolicyVersion\": %.*s}", W403_ARG(world_raw(text, v))));
        }
    }
    return refused("AccessDenied");
}

reply answer_iam(narrow_world *w, const narrow_call *c)
{
    w403_view text = W403_LIT("");
    reply error;
    const w403_json *root = iam(w, c, &text, &error);
    if (c->call.row == W403_CALL_IAM_GETPOLICY || c->call.row == W403_CALL_IAM_GETPOLICYVERSION) {
        return managed(w, c, root, text);
    }
    for (size_t i = 0; i < sizeof iam_rows / sizeof *iam_rows && root; i++) {
        const struct iam_row *row = &iam_rows[i];
        if (row->row == c->call.row) {
            const w403_json *e = world_named(w403_json_get(root, row->list), row->member, world_arg(c, row->member));
            return e ? entity_part(w, c, row, e, text, root)
                     : refused(w403_json_get(root, "Partial") ? "AccessDenied" : "NoSuchEntity");
        }
    }
    return error;
}

/* The places of policy documents, file by file. */
#include "snapshot/places.h"

#include "snapshot/loader.h"

typedef struct finder {
    w403_arena          *a;
    const w403_snapshot *s;
    w403_view            path, part[3];
    const w403_json     *root;
    w403_places         *out;
    bool                 nomem;
} finder;

static w403_policy_place *add(finder *f, w403_policy_kind kind, w403_view pointer)
{
    w403_policy_place *p = W403_PUSH(f->a, &f->out->list);
    if (!p || !pointer.p) {
        f->nomem = true;
        return NULL;
    }
    *p = (w403_policy_place){.kind = kind, .path = f->path, .pointer = pointer};
    return p;
}

static void name(finder *f, w403_policy_place *p, w403_view text)
{
    for (size_t i = 0; p && text.n && i < W403_PLACE_NAMES; i++) {
        if (!p->names[i].p) {
            p->names[i] = w403_arena_copy(f->a, text);
            f->nomem |= !p->names[i].p;
            return;
        }
        if (w403_view_eq(p->names[i], text)) {
            return;
        }
    }
}

static void bucket_places(finder *f)
{
    if (w403_view_eq(f->part[2], W403_LIT("policy.json"))) {
        w403_policy_place *p = add(f, W403_POLICY_RESOURCE, W403_LIT(""));
        name(f, p, w403_arena_printf(f->a, "arn:%.*s:s3:::%.*s", W403_ARG(f->s->partition), W403_ARG(f->part[1])));
        name(f, p, f->part[1]);
        name(f, p, w403_arena_printf(f->a, "s3://%.*s", W403_ARG(f->part[1])));
    }
}

static void access_point_places(finder *f)
{
    w403_policy_place *p = add(f, W403_POLICY_ACCESS_POINT, W403_LIT("/Policy"));
    name(f, p, w403_json_str(f->root, "AccessPointArn"));
    name(f, p, w403_arena_printf(f->a, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s", W403_ARG(f->s->partition),
                                 W403_ARG(f->part[1]), W403_ARG(f->part[0]), W403_ARG(f->part[2])));
    name(f, p, f->part[2]);
    name(f, p, w403_json_str(f->root, "Alias"));
}

static void key_places(finder *f)
{
    const w403_json *aliases = w403_json_get(f->root, "Aliases");
    w403_policy_place      *p = add(f, W403_POLICY_KEY, W403_LIT("/Policy"));
    name(f, p, w403_arena_printf(f->a, "arn:%.*s:kms:%.*s:%.*s:key/%.*s", W403_ARG(f->s->partition),
                                 W403_ARG(f->part[1]), W403_ARG(f->part[0]), W403_ARG(f->part[2])));
    name(f, p, f->part[2]);
    for (const w403_json *v = w403_json_is(aliases, W403_JSON_ARRAY) ? aliases->first : NULL; v; v = v->next) {
        name(f, p, w403_json_str(v, "AliasArn"));
        name(f, p, w403_json_str(v, "AliasName"));
    }
}

static void endpoint_places(finder *f)
{
    const w403_json *list = w403_json_get(f->root, "VpcEndpoints");
    uint32_t         i = 0;
    for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v; v = v->next, i++) {
        w403_view   id = w403_json_str(v, "VpcEndpointId");
        w403_policy_place *p = id.n ? add(f, W403_POLICY_VPC_ENDPOINT,
                                   w403_arena_printf(f->a, "/VpcEndpoints/%u/PolicyDocument", i))
                             : NULL;
        name(f, p, id);
        name(f, p, w403_arena_printf(f->a, "arn:%.*s:ec2:%.*s:%.*s:vpc-endpoint/%.*s", W403_ARG(f->s->partition),
                                     W403_ARG(f->part[1]), W403_ARG(f->part[0]), W403_ARG(id)));
    }
}

static void organization_places(finder *f)
{
    const w403_json *summary = w403_json_path(f->root, "Policy", "PolicySummary", NULL);
    w403_view        type = w403_json_str(summary, "Type");
    bool             scp = w403_view_eq(type, W403_LIT("SERVICE_CONTROL_POLICY"));
    if (!scp && !w403_view_eq(type, W403_LIT("RESOURCE_CONTROL_POLICY"))) {
        return;
    }
    w403_policy_place *p = add(f, scp ? W403_POLICY_SCP : W403_POLICY_RCP, W403_LIT("/Policy/Content"));
    name(f, p, w403_json_str(summary, "Arn"));
    name(f, p, f->part[0]);
    name(f, p, w403_json_str(summary, "Name"));
}

/* ---- IAM ---- */

static void inline_places(finder *f, const char *list_name, const char *policies_name)
{
    const w403_json *list = w403_json_get(f->root, list_name);
    uint32_t         i = 0;
    for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v; v = v->next, i++) {
        const w403_json *policies = w403_json_get(v, policies_name);
        w403_view        arn = w403_json_str(v, "Arn");
        uint32_t         k = 0;
        const w403_json *one = w403_json_is(policies, W403_JSON_ARRAY) ? policies->first : NULL;
        for (; one; one = one->next, k++) {
            w403_policy_place *p = add(f, W403_POLICY_IDENTITY,
                                w403_arena_printf(f->a, "/%s/%u/%s/%u/PolicyDocument", list_name, i, policies_name, k));
            w403_view   own = w403_json_str(one, "PolicyName");
            name(f, p, w403_arena_printf(f->a, "%.*s/%.*s", W403_ARG(arn), W403_ARG(own)));
            name(f, p, arn); /* enough where it has no other */
        }
    }
}

/* 3.5: of a managed policy only the default version counts. */
static const w403_json *default_version(const w403_json *policy, uint32_t *index)
{
    const w403_json *versions = w403_json_get(policy, "PolicyVersionList");
    w403_view        id = w403_json_str(policy, "DefaultVersionId");
    *index = 0;
    for (const w403_json *v = w403_json_is(versions, W403_JSON_ARRAY) ? versions->first : NULL; v; v = v->next) {
        if (w403_json_bool(v, "IsDefaultVersion", false) || (id.n && w403_view_eq(w403_json_str(v, "VersionId"), id))) {
            return v;
        }
        ++*index;
    }
    return NULL;
}

static void iam_places(finder *f)
{
    const w403_json *list = w403_json_get(f->root, "Policies");
    uint32_t         i = 0, version;
    for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v; v = v->next, i++) {
        if (default_version(v, &version)) {
            w403_policy_place *p = add(f, W403_POLICY_IDENTITY,
                                w403_arena_printf(f->a, "/Policies/%u/PolicyVersionList/%u/Document", i, version));
            name(f, p, w403_json_str(v, "Arn"));
            name(f, p, w403_json_str(v, "PolicyName"));
        }
    }
    inline_places(f, "UserDetailList", "UserPolicyList");
    inline_places(f, "GroupDetailList", "GroupPolicyList");
    inline_places(f, "RoleDetailList", "RolePolicyList");
}

static const struct {
    w403_load_fn *file;
    void (*find)(finder *f);
    bool needs_content;
} kinds[] = {
    {w403_load_bucket_file, bucket_places, false},      {w403_load_access_point, access_point_places, true},
    {w403_load_kms_key, key_places, true},              {w403_load_vpc_endpoints, endpoint_places, true},
    {w403_load_org_policy, organization_places, true},  {w403_load_iam, iam_places, true},
};

w403_status w403_places_of(w403_arena *a, const w403_snapshot *s, w403_view path, w403_view text, w403_places *out,
                           w403_error *err)
{
    finder        f = {.a = a, .s = s, .path = path, .out = out};
    bool          may_be_empty;
    w403_load_fn *file = w403_rule_find(path, f.part, &may_be_empty);
    for (size_t i = 0; file && i < sizeof kinds / sizeof *kinds; i++) {
        w403_json_doc doc = {0};
        if (kinds[i].file != file) {
            continue;
        }
        if (kinds[i].needs_content) {
            w403_status st = w403_json_parse(a, path, text, NULL, &doc, NULL, err);
            if (st == W403_NOMEM) {
                return st;
            }
            f.root = doc.root;
            if (st != W403_OK || !w403_json_is(f.root, W403_JSON_OBJECT) || w403_json_get(f.root, "error")) {
                return W403_OK;
            }
        }
        kinds[i].find(&f);
    }
    return f.nomem ? w403_error_nomem(err) : W403_OK;
}

w403_view w403_managed_document(w403_arena *a, const w403_snapshot *s, w403_view arn)
{
    w403_view end = W403_LIT("/iam/authorization-details.json");
    for (uint32_t i = 0; s && i < s->n_files; i++) {
        w403_json_doc doc = *s->file_list[i];
        uint32_t      version;
        if (!w403_view_ends(doc.source, end) || w403_view_find(doc.text, arn) == SIZE_MAX ||
            w403_json_parse(a, doc.source, doc.text, NULL, &doc, NULL, NULL) != W403_OK) {
            continue;
        }
        const w403_json *list = w403_json_get(doc.root, "Policies");
        for (const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; v; v = v->next) {
            const w403_json *document = w403_view_eq(w403_json_str(v, "Arn"), arn)
                                            ? w403_json_get(default_version(v, &version), "Document")
                                            : NULL;
            w403_policy     *p = NULL;
            if (document && w403_policy_from_value(a, W403_POLICY_SESSION, &doc, document, NULL, &p, NULL) == W403_OK) {
                return p->embedded ? p->doc.text : w403_view_sub(doc.text, document->span.off,
                                                                 (size_t)document->span.off + document->span.len);
            }
        }
    }
    return w403_builtin_document(arn);
}

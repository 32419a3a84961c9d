/* The organization, keys, access points and endpoints of the world that answers. */
#include "narrow_answers.h"

#include "policy/match.h"

/* ---- organization ---- */

reply answer_parents(narrow_world *w, const narrow_call *c)
{
    w403_view text, child = world_arg(c, "ChildId");
    reply out = refused("AccessDenied");
    const w403_json *v = world_file(w, W403_LIT("organization/parents.json"), &text);
    if (!v || world_error_of(v, &out)) {
        return out;
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_view_eq(m->key, child)) {
            return good(TEXT(w, "{\"Parents\": [{\"Id\": \"%.*s\"}]}", W403_ARG(m->text)));
        }
    }
    return refused("ChildNotFoundException");
}

static w403_view type_of(narrow_world *w, w403_view id)
{
    w403_view text;
    const w403_json *v = world_file(w, TEXT(w, "organization/policies/%.*s.json", W403_ARG(id)), &text);
    w403_view type = w403_json_str(w403_json_path(v, "Policy", "PolicySummary", NULL), "Type");
    bool rcp = w403_view_eq(id, W403_LIT("p-RCPFullAWSAccess"));
    return type.n ? type : rcp ? W403_LIT("RESOURCE_CONTROL_POLICY") : W403_LIT("SERVICE_CONTROL_POLICY");
}

reply answer_attached(narrow_world *w, const narrow_call *c)
{
    w403_view text;
    reply out = refused("AccessDenied");
    w403_buf ids = {0};
    bool first = true;
    const w403_json *v = world_file(w, W403_LIT("organization/attachments.json"), &text);
    if (!v || world_error_of(v, &out)) {
        return out;
    }
    const w403_organization *org = &w->s->org;
    bool off = w403_view_eq(world_arg(c, "Filter"), W403_LIT("SERVICE_CONTROL_POLICY"))    ? org->scps_on == W403_NO
               : w403_view_eq(world_arg(c, "Filter"), W403_LIT("RESOURCE_CONTROL_POLICY")) ? org->rcps_on == W403_NO
                                                                                      : org->s3_on == W403_NO;
    w403_buf_puts(&ids, "{\"Policies\": [");
    for (const w403_json *m = off ? NULL : v->first; m;
         m = m->next) { /* AWS detaches all of a type that is switched off */
        for (const w403_json *p = w403_view_eq(m->key, world_arg(c, "TargetId")) ? m->first : NULL; p; p = p->next) {
            if (w403_view_eq(type_of(w, p->text), world_arg(c, "Filter"))) {
                w403_buf_printf(&ids, "%s{\"Id\": \"%.*s\"}", first ? "" : ", ", W403_ARG(p->text));
                first = false;
            }
        }
    }
    w403_buf_puts(&ids, "]}");
    return good(w403_buf_take(&ids, w->a));
}

reply answer_roots(narrow_world *w)
{
    return or_else(world_plain_file(w, W403_LIT("organization/roots.json"), "none"),
                   "{\"Roots\": [{\"Id\": \"r-x\", \"PolicyTypes\": [{\"Type\": \"SERVICE_CONTROL_POLICY\", "
                   "\"Status\": \"ENABLED\"}, "
                   "{\"Type\": \"RESOURCE_CONTROL_POLICY\", \"Status\": \"ENABLED\"}, "
                   "{\"Type\": \"S3_POLICY\", \"Status\": \"ENABLED\"}]}]}");
}

/* ---- the rest ---- */

static reply member(narrow_world *w, w403_view path, const char *name, const char *absent)
{
    w403_view text;
    reply out;
    const w403_json *v = world_file(w, path, &text);
    if (!v || world_error_of(v, &out)) {
        return v ? out : refused("AccessDenied");
    }
    const w403_json *m = w403_json_get(v, name);
    if (!m || m->type == W403_JSON_NULL || world_error_of(m, &out)) {
        return m && m->type != W403_JSON_NULL ? out : refused(absent);
    }
    const w403_json *inner = w403_json_get(m, name); /* all of what list-grants printed */
    return good(TEXT(w, "{\"%s\": %.*s}", name, W403_ARG(world_raw(text, inner ? inner : m))));
}

reply answer_key(narrow_world *w, const narrow_call *c)
{
    w403_view arn = world_arg(c, "KeyId");
    w403_arn split = w403_arn_split(arn);
    const w403_kms_key *k = w403_snapshot_key(w->s, arn, split.n == 6 ? split.part[3] : c->call.region,
                                              split.n == 6 ? split.part[4] : w->account);
    if (!k) {
        return refused("AccessDenied");
    }
    switch (c->call.row) {
    case W403_CALL_KMS_DESCRIBEKEY: {
        reply r = member(w, k->fact.path, "KeyMetadata", "none");
        return w403_view_eq(r.code, W403_LIT("none"))
                   ? good(TEXT(
                         w, "{\"KeyMetadata\": {\"KeyId\": \"%.*s\", \"Arn\": \"%.*s\", \"AWSAccountId\": \"%.*s\"}}",
                         W403_ARG(k->id), W403_ARG(k->arn), W403_ARG(k->account_id)))
                   : r;
    }
    case W403_CALL_KMS_GETKEYPOLICY:
        return member(w, k->fact.path, "Policy", "AccessDenied");
    case W403_CALL_KMS_LISTGRANTS:
        return or_else(member(w, k->fact.path, "Grants", "none"), "{\"Grants\": []}");
    case W403_CALL_KMS_LISTRESOURCETAGS:
        return member(w, k->fact.path, "Tags", "AccessDeniedException");
    default:
        return or_else(member(w, k->fact.path, "Aliases", "none"), "{\"Aliases\": []}");
    }
}

reply answer_access_point(narrow_world *w, const narrow_call *c)
{
    static const char *const apart[] = {"Policy", "Tags", NULL};
    w403_view text, tagged = w403_arn_split(world_arg(c, "ResourceArn")).part[5], name = world_arg(c, "Name");
    name = name.n ? name : w403_view_sub(tagged, sizeof "accesspoint/" - 1, tagged.n);
    w403_view path = TEXT(w, "accounts/%.*s/s3control/access-points/%.*s/%.*s.json", W403_ARG(world_account(w, c)),
                          W403_ARG(c->call.region), W403_ARG(name));
    reply out;
    if (c->call.row == W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE) {
        return member(w, path, "Tags", "AccessDenied");
    }
    if (c->call.row == W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY) {
        return member(w, path, "Policy", "NoSuchAccessPointPolicy");
    }
    const w403_json *v = world_file(w, path, &text);
    return !v ? refused("NoSuchAccessPoint") : world_error_of(v, &out) ? out : good(world_without(w, text, v, apart));
}

reply answer_list_points(narrow_world *w, const narrow_call *c)
{
    w403_buf out = {0};
    w403_view text, prefix = TEXT(w, "accounts/%.*s/s3control/access-points/", W403_ARG(world_account(w, c)));
    w403_buf_puts(&out, "{\"AccessPointList\": [");
    for (uint32_t i = 0, n = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source, rest = w403_view_sub(path, prefix.n, path.n);
        const w403_json *v = w403_view_starts(path, prefix) ? world_file(w, path, &text) : NULL;
        w403_view region = v ? w403_view_cut(&rest, '/') : W403_LIT(""), alias = w403_json_str(v, "Alias");
        if (v && rest.n > 5) {
            w403_buf_puts(&out, n++ ? ", " : "");
            w403_buf_put(
                &out, TEXT(w, "{\"Alias\": \"%.*s\", \"AccessPointArn\": \"arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s\"}",
                           W403_ARG(alias), W403_ARG(w->s->partition), W403_ARG(region),
                           W403_ARG(world_account(w, c)), (int)rest.n - 5, rest.p));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

reply answer_multi_region(narrow_world *w, const narrow_call *c)
{
    static const char *const apart[] = {"Policy", NULL};
    w403_buf out = {0};
    w403_view text,
        prefix = TEXT(w, "accounts/%.*s/s3control/multi-region-access-points/", W403_ARG(world_account(w, c)));
    if (c->call.row == W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY) {
        w403_view path = TEXT(w, "%.*s%.*s.json", W403_ARG(prefix), W403_ARG(world_arg(c, "Name")));
        return or_else(member(w, path, "Policy", "none"), "{\"Policy\": {}}");
    }
    w403_buf_puts(&out, "{\"AccessPoints\": [");
    for (uint32_t i = 0, n = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source;
        const w403_json *v = w403_view_starts(path, prefix) ? world_file(w, path, &text) : NULL;
        if (v) {
            w403_buf_puts(&out, n++ ? ", " : "");
            w403_buf_put(&out, world_without(w, text, v, apart));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

reply answer_endpoints(narrow_world *w, const narrow_call *c)
{
    w403_view text, id = world_arg(c, "VpcEndpointIds");
    for (uint32_t i = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source;
        const w403_json *v =
            w403_view_ends(path, W403_LIT("/vpc-endpoints.json")) ? world_file(w, path, &text) : NULL;
        const w403_json *e = world_named(w403_json_get(v, "VpcEndpoints"), "VpcEndpointId", id);
        if (e) {
            return good(TEXT(w, "{\"VpcEndpoints\": [%.*s]}", W403_ARG(world_raw(text, e))));
        }
    }
    return good(TEXT(w, "{\"VpcEndpoints\": [{\"VpcEndpointId\": \"%.*s\"}]}", W403_ARG(id)));
}

/* What S3 answers is the effective setting: an S3 policy of the organization is in it. */
reply answer_effective(narrow_world *w, w403_view account)
{
    const w403_account *x = w403_snapshot_account(w->s, account);
    if (!x || x->org_bpa.fact.state != W403_FACT_KNOWN) {
        return world_plain_file(w, TEXT(w, "accounts/%.*s/s3control/public-access-block.json", W403_ARG(account)),
                          "NoSuchPublicAccessBlockConfiguration");
    }
    const char *on = x->org_bpa.block_public_acls ? "true" : "false";
    return good(TEXT(w, "{\"PublicAccessBlockConfiguration\": {\"BlockPublicAcls\": %s, \"IgnorePublicAcls\": %s, "
                        "\"BlockPublicPolicy\": %s, \"RestrictPublicBuckets\": %s}}", on, on, on, on));
}

/* A world may know that an account is a member, and no more. */
const char *world_member_without(const narrow_world *w, w403_view account)
{
    const w403_account *x = w403_snapshot_account(w->s, account);
    return x && x->in_org ? "AccessDeniedException" : "AWSOrganizationsNotInUseException";
}

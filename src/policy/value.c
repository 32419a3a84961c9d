/* Policies as the aws CLI prints them: an object, its text as a JSON string (get-bucket-policy), or that text
 * URL-encoded (get-role-policy, get-account-authorization-details). */
#include "base/encode.h"
#include "policy/policy.h"

w403_view w403_policy_decode(w403_arena *a, w403_view text)
{
    w403_view start = w403_view_trim(text);
    if (start.n && start.p[0] == '%') { /* RFC 3986: `+` is a plus */
        return w403_percent_decode(a, text, false);
    }
    return w403_arena_copy(a, text); /* out of the JSON nodes */
}

static bool is_document(const w403_json *v)
{
    return w403_json_get(v, "Statement") || (w403_json_is(v, W403_JSON_STRING) && v->text.n);
}

const w403_json *w403_policy_document(const w403_json *root)
{
    static const char *const paths[][2] = {
        {"Policy", "Content"}, /* organizations describe-policy */
        {"Policy", NULL}, /* s3api get-bucket-policy, s3control get-access-point-policy, kms get-key-policy ... */
        {"PolicyVersion", "Document"}, /* iam get-policy-version */
        {"PolicyDocument", NULL}, /* iam get-role-policy, get-user-policy; an element of describe-vpc-endpoints */
        {"Role", "AssumeRolePolicyDocument"}, /* iam get-role */
        {"AssumeRolePolicyDocument", NULL}, /* an element of list-roles */
        {"Attributes", "Policy"}, /* sns get-topic-attributes, sqs get-queue-attributes */
        {"ResourcePolicy", NULL}, /* secretsmanager get-resource-policy */
        {"InlinePolicy", NULL}, /* sso-admin get-inline-policy-for-permission-set */
        {"policyText", NULL}, /* ecr get-repository-policy */
        {"policy", NULL}, /* glacier, and what Terraform prints of a resource */
        {"Properties", "PolicyDocument"}, /* CloudFormation */
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !is_document(root); i++) {
        const w403_json *v = w403_json_path(root, paths[i][0], paths[i][1], NULL);
        if (v && is_document(v)) {
            return v;
        }
    }
    return is_document(root) ? root : NULL;
}

static w403_status from_text(w403_arena *a, w403_policy_kind kind, const w403_json_doc *doc, const w403_json *value,
                             w403_problems *warnings, w403_policy **out, w403_error *err)
{
    w403_view text = w403_policy_decode(a, value->text);
    if (!text.p) {
        W403_NEED(w403_arena_alloc(a, value->text.n), err); /* or was it the memory? */
        return w403_json_error(doc, value, err, "a policy document with a broken %% escape");
    }
    w403_view pointer = doc->root && doc->root != value ? w403_json_pointer(a, doc, value) : W403_LIT("");
    W403_NEED(pointer.p, err);
    w403_view source = w403_arena_printf(a, "%.*s#%.*s", (int)doc->source.n, doc->source.p ? doc->source.p : "",
                                         (int)pointer.n, pointer.p);
    W403_NEED(source.p, err);
    W403_TRY(w403_policy_parse(a, kind, source, text, warnings, out, err));
    (*out)->file = doc->source;
    (*out)->embedded = true;
    (*out)->file_span = value->span;
    (*out)->pointer = pointer;
    return W403_OK;
}

w403_status w403_policy_from_value(w403_arena *a, w403_policy_kind kind, const w403_json_doc *doc,
                                   const w403_json *value, w403_problems *warnings, w403_policy **out,
                                   w403_error *err)
{
    *out = NULL;
    if (value->type == W403_JSON_OBJECT) {
        return w403_policy_from_json(a, kind, doc, value, warnings, out, err);
    }
    if (value->type != W403_JSON_STRING) {
        return w403_json_error(doc, value, err,
                               "a policy document must be an object or a string that holds one, not %s",
                               w403_json_type_name(value->type));
    }
    return from_text(a, kind, doc, value, warnings, out, err);
}

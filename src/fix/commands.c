/* The `aws` commands that put a policy in its place. */
#include "fix/change.h"

static w403_view quoted(w403_fixer *f, w403_view text)
{
    w403_view w = w403_shell_word(f->arena, text);
    f->nomem |= w.p == NULL;
    return w;
}

/* A file's name out of what it is for; what a path could not hold becomes `-`. */
static w403_view file_name(w403_fixer *f, const w403_place *p, const char *tail)
{
    static const char *const stems[W403_POLICY_KINDS] = {
        "identity-policy", "boundary",      "session-policy",      "scp",       "rcp",
        "endpoint-policy", "bucket-policy", "access-point-policy", "key-policy"};
    w403_view about = p->resource.p                    ? p->resource
                      : p->policy && p->policy->name.p ? p->policy->name
                                                       : (w403_view){"", 0};
    w403_view name = w403_sayf(f, "%s%s%.*s%s.json", stems[p->kind], about.n ? "-" : "", W403_ARG(about), tail);
    char *bytes = (char *)(uintptr_t)name.p; /* just made, ours */
    for (size_t i = 0; bytes && i < name.n; i++) {
        char c = bytes[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bytes[i] = letter || c == '.' || c == '_' ? c : '-';
    }
    return name;
}

static w403_view file_of(w403_fixer *f, w403_view name, w403_view text)
{
    return w403_sayf(f, "cat > %.*s <<'EOF'\n%.*s\nEOF", W403_ARG(name), W403_ARG(text));
}

static w403_view org_policy_id(const w403_place *p)
{
    w403_view id = p->policy ? p->policy->file : (w403_view){NULL, 0};
    size_t at = w403_view_find(id, W403_LIT("organization/policies/"));
    if (!id.p || at == SIZE_MAX || !w403_view_ends(id, W403_LIT(".json"))) {
        return W403_LIT("POLICY_ID");
    }
    return w403_view_sub(id, at + 22, id.n - 5);
}

/* The name of the group in `.../group/NAME` is not in a policy: it stands in the file, beside it. */
static w403_view group_of(w403_fixer *f, const w403_policy *p)
{
    w403_json_doc doc;
    const w403_json_doc *file = f->world->snapshot ? w403_map_get(&f->world->snapshot->files, p->file) : NULL;
    w403_view pointer = p->pointer;
    size_t cut = w403_view_find(pointer, W403_LIT("/GroupPolicyList"));
    if (!file || cut == SIZE_MAX ||
        w403_json_parse(f->world->arena, file->source, file->text, NULL, &doc, NULL, NULL) != W403_OK) {
        return W403_LIT("GROUP_NAME");
    }
    w403_view name = w403_json_str(w403_json_at(&doc, w403_view_sub(pointer, 0, cut)), "GroupName");
    return name.p ? w403_arena_copy(f->arena, name) : W403_LIT("GROUP_NAME");
}

static w403_view put_inline(w403_fixer *f, const w403_place *p, w403_view file)
{
    const w403_call *c = w403_fix_call(f);
    const w403_policy *old = p->policy;
    w403_view name = quoted(f, old && old->name.p ? old->name
                               : old              ? W403_LIT("POLICY_NAME")
                                                  : W403_LIT("why403-access"));
    if (old && w403_view_starts(old->pointer, W403_LIT("/GroupDetailList"))) {
        return w403_sayf(
            f, "aws iam put-group-policy --group-name %.*s --policy-name %.*s --policy-document file://%.*s",
            W403_ARG(quoted(f, group_of(f, old))), W403_ARG(name), W403_ARG(file));
    }
    bool role = c->caller.kind == W403_CALLER_ROLE;
    w403_view who = quoted(f, p->entity ? p->entity->name : f->w ? w403_policy_user(f, f->w) : c->caller.name);
    return w403_sayf(f, "aws iam put-%s-policy --%s-name %.*s --policy-name %.*s --policy-document file://%.*s",
                     role ? "role" : "user", role ? "role" : "user", W403_ARG(who), W403_ARG(name), W403_ARG(file));
}

static w403_view put_managed(w403_fixer *f, const w403_place *p, w403_view file)
{
    w403_view arn = p->policy && p->policy->arn.p ? p->policy->arn : W403_LIT("POLICY_ARN");
    return w403_sayf(f,
                     "aws iam create-policy-version --policy-arn %.*s --policy-document file://%.*s --set-as-default",
                     W403_ARG(quoted(f, arn)), W403_ARG(file));
}

/* The command that takes a document from a file. */
static w403_view put(w403_fixer *f, const w403_place *p, w403_view file)
{
    const w403_call *c = w403_fix_call(f);
    w403_view what = quoted(f, p->resource.p ? p->resource : W403_LIT("NAME"));
    switch (p->kind) {
    case W403_POLICY_RESOURCE:
        return w403_sayf(f, "aws s3api put-bucket-policy --bucket %.*s --policy file://%.*s", W403_ARG(what),
                         W403_ARG(file));
    case W403_POLICY_ACCESS_POINT:
        return w403_sayf(f,
                         "aws s3control put-access-point-policy --account-id %.*s --name %.*s --policy file://%.*s",
                         W403_ARG(p->owner), W403_ARG(what), W403_ARG(file));
    case W403_POLICY_KEY:
        return w403_sayf(f, "aws kms put-key-policy --key-id %.*s --policy-name default --policy file://%.*s",
                         W403_ARG(what), W403_ARG(file));
    case W403_POLICY_VPC_ENDPOINT:
        return w403_sayf(f, "aws ec2 modify-vpc-endpoint --vpc-endpoint-id %.*s --policy-document file://%.*s",
                         W403_ARG(what), W403_ARG(file));
    case W403_POLICY_SCP:
    case W403_POLICY_RCP:
        return w403_sayf(f, "aws organizations update-policy --policy-id %.*s --content file://%.*s",
                         W403_ARG(org_policy_id(p)), W403_ARG(file));
    case W403_POLICY_BOUNDARY:
        return put_managed(f, p, file);
    case W403_POLICY_SESSION:
        if (c->caller.kind == W403_CALLER_FEDERATED) {
            return w403_sayf(f, "aws sts get-federation-token --name %.*s --policy file://%.*s",
                             W403_ARG(quoted(f, c->caller.name)), W403_ARG(file));
        }
        return w403_sayf(f, "aws sts assume-role --role-arn %.*s --role-session-name %.*s --policy file://%.*s",
                         W403_ARG(c->caller.principal_arn),
                         W403_ARG(c->caller.session.p ? c->caller.session : W403_LIT("SESSION")), W403_ARG(file));
    default:
        return p->policy && p->policy->arn.p ? put_managed(f, p, file) : put_inline(f, p, file);
    }
}

/* What takes a policy away that was not there before. */
static w403_view take_away(w403_fixer *f, const w403_place *p)
{
    const w403_call *c = w403_fix_call(f);
    w403_view what = quoted(f, p->resource.p ? p->resource : W403_LIT("NAME"));
    bool role = c->caller.kind == W403_CALLER_ROLE;
    switch (p->kind) {
    case W403_POLICY_RESOURCE:
        return w403_sayf(f, "aws s3api delete-bucket-policy --bucket %.*s", W403_ARG(what));
    case W403_POLICY_ACCESS_POINT:
        return w403_sayf(f, "aws s3control delete-access-point-policy --account-id %.*s --name %.*s",
                         W403_ARG(p->owner), W403_ARG(what));
    case W403_POLICY_VPC_ENDPOINT:
        return w403_sayf(f, "aws ec2 modify-vpc-endpoint --vpc-endpoint-id %.*s --reset-policy", W403_ARG(what));
    case W403_POLICY_IDENTITY:
        return w403_sayf(f, "aws iam delete-%s-policy --%s-name %.*s --policy-name why403-access",
                         role ? "role" : "user", role ? "role" : "user",
                         W403_ARG(quoted(f, p->entity ? p->entity->name
                                            : f->w    ? w403_policy_user(f, f->w)
                                                      : c->caller.name)));
    default:
        return (w403_view){NULL, 0};
    }
}

void w403_policy_commands(w403_fixer *f, const w403_place *p, w403_view before, w403_view after, w403_texts *commands,
                          w403_texts *rollback)
{
    w403_view file = file_name(f, p, "");
    w403_text_add(commands, file_of(f, file, after));
    w403_text_add(commands, put(f, p, file));
    if (!before.p) {
        w403_text_add(rollback, take_away(f, p));
        return;
    }
    w403_view old = file_name(f, p, "-before");
    w403_text_add(rollback, file_of(f, old, before));
    w403_text_add(rollback, put(f, p, old));
}

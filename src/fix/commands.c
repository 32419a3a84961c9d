/* The `aws` commands that put a policy in its place. */
#include "fix/change.h"

/* A file's name out of what it is for; what a path could not hold becomes `-`. */
static w403_view file_name(w403_fixer *f, const w403_place *p, const char *tail)
{
    static const char *const stems[W403_POLICY_KINDS] = {
        "identity-policy", "boundary",      "session-policy",      "scp",       "rcp",
        "endpoint-policy", "bucket-policy", "access-point-policy", "key-policy", "trust-policy"};
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
    w403_command c = {.arena = f->arena};
    w403_command_document(&c, name, text);
    return w403_fix_said(f, w403_command_end(&c));
}

/* Services of one Region are not found without it. */
static w403_view in_region(w403_fixer *f, w403_view region, const char *pattern, const w403_view *values, size_t n)
{
    w403_command c = {.arena = f->arena};
    w403_command_run(&c, "aws", pattern, values, n);
    if (region.n) {
        w403_command_option(&c, "region", region);
    }
    return w403_fix_said(f, w403_command_end(&c));
}

static w403_view org_policy_id(const w403_place *p)
{
    w403_view id = p->policy ? p->policy->file : (w403_view){NULL, 0};
    size_t at = w403_view_find(id, W403_LIT("organization/policies/"));
    if (!id.p || at == SIZE_MAX || !w403_view_ends(id, W403_LIT(".json"))) {
        return (w403_view){NULL, 0};
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
        return (w403_view){NULL, 0};
    }
    w403_view name = w403_json_str(w403_json_at(&doc, w403_view_sub(pointer, 0, cut)), "GroupName");
    return name.p ? w403_arena_copy(f->arena, name) : name;
}

/* Whose inline policy it is. */
static w403_view entity_name(w403_fixer *f, const w403_place *p)
{
    return p->entity ? p->entity->name : f->w ? w403_policy_user(f, f->w) : w403_fix_call(f)->caller.name;
}

static w403_view put_inline(w403_fixer *f, const w403_place *p, w403_view file)
{
    const w403_policy *old = p->policy;
    w403_view name = old ? old->name : W403_LIT("why403-access");
    if (old && w403_view_starts(old->pointer, W403_LIT("/GroupDetailList"))) {
        return W403_FIX_AWS(f,
                            "iam put-group-policy --group-name <group-name> --policy-name <policy-name> "
                            "--policy-document file://<file>",
                            group_of(f, old), name, file);
    }
    bool role = w403_fix_call(f)->caller.kind == W403_CALLER_ROLE;
    return W403_FIX_AWS(f,
                        role ? "iam put-role-policy --role-name <name> --policy-name <policy-name> "
                               "--policy-document file://<file>"
                             : "iam put-user-policy --user-name <name> --policy-name <policy-name> "
                               "--policy-document file://<file>",
                        entity_name(f, p), name, file);
}

static w403_view put_managed(w403_fixer *f, const w403_place *p, w403_view file)
{
    return W403_FIX_AWS(f,
                        "iam create-policy-version --policy-arn <policy-arn> --policy-document file://<file> "
                        "--set-as-default",
                        p->policy ? p->policy->arn : (w403_view){NULL, 0}, file);
}

static w403_view put_session(w403_fixer *f, w403_view file)
{
    const w403_caller *who = &w403_fix_call(f)->caller;
    if (who->kind == W403_CALLER_FEDERATED) {
        return W403_FIX_AWS(f, "sts get-federation-token --name <name> --policy file://<file>", who->name, file);
    }
    return W403_FIX_AWS(f, "sts assume-role --role-arn <role> --role-session-name <session> --policy file://<file>",
                        who->principal_arn, who->session, file);
}

/* The command that takes a document from a file. */
static w403_view put(w403_fixer *f, const w403_place *p, w403_view file)
{
    w403_view what = p->resource;
    switch (p->kind) {
    case W403_POLICY_RESOURCE:
        return W403_FIX_AWS(f, "s3api put-bucket-policy --bucket <bucket> --policy file://<file>", what, file);
    case W403_POLICY_ACCESS_POINT:
        return in_region(f, p->access_point ? p->access_point->region : (w403_view){NULL, 0},
                         "s3control put-access-point-policy --account-id <account> --name <name> --policy file://<file>",
                         W403_VALUES(p->owner, what, file));
    case W403_POLICY_KEY:
        return in_region(f, p->key ? p->key->region : (w403_view){NULL, 0},
                         "kms put-key-policy --key-id <key> --policy-name default --policy file://<file>",
                         W403_VALUES(what, file));
    case W403_POLICY_TRUST:
        return W403_FIX_AWS(f, "iam update-assume-role-policy --role-name <role> --policy-document file://<file>", what, file);
    case W403_POLICY_VPC_ENDPOINT:
        return in_region(f, p->endpoint ? p->endpoint->region : (w403_view){NULL, 0},
                         "ec2 modify-vpc-endpoint --vpc-endpoint-id <endpoint> --policy-document file://<file>",
                         W403_VALUES(what, file));
    case W403_POLICY_SCP:
    case W403_POLICY_RCP:
        return W403_FIX_AWS(f, "organizations update-policy --policy-id <policy-id> --content file://<file>",
                            org_policy_id(p), file);
    case W403_POLICY_BOUNDARY:
        return put_managed(f, p, file);
    case W403_POLICY_SESSION:
        return put_session(f, file);
    default:
        return p->policy && p->policy->arn.p ? put_managed(f, p, file) : put_inline(f, p, file);
    }
}

/* What takes a policy away that was not there before. */
static w403_view take_away(w403_fixer *f, const w403_place *p)
{
    w403_view what = p->resource;
    bool role = w403_fix_call(f)->caller.kind == W403_CALLER_ROLE;
    switch (p->kind) {
    case W403_POLICY_RESOURCE:
        return W403_FIX_AWS(f, "s3api delete-bucket-policy --bucket <bucket>", what);
    case W403_POLICY_ACCESS_POINT:
        return in_region(f, p->access_point ? p->access_point->region : (w403_view){NULL, 0},
                         "s3control delete-access-point-policy --account-id <account> --name <name>",
                         W403_VALUES(p->owner, what));
    case W403_POLICY_VPC_ENDPOINT:
        return in_region(f, p->endpoint ? p->endpoint->region : (w403_view){NULL, 0},
                         "ec2 modify-vpc-endpoint --vpc-endpoint-id <endpoint> --reset-policy", W403_VALUES(what));
    case W403_POLICY_IDENTITY:
        return W403_FIX_AWS(f,
                            role ? "iam delete-role-policy --role-name <name> --policy-name why403-access"
                                 : "iam delete-user-policy --user-name <name> --policy-name why403-access",
                            entity_name(f, p));
    default:
        return (w403_view){NULL, 0};
    }
}

w403_view w403_policy_commands(w403_fixer *f, const w403_place *p, w403_view before, w403_view after,
                               w403_fix_texts *commands, w403_fix_texts *rollback)
{
    w403_view file = file_name(f, p, "");
    w403_text_add(commands, file_of(f, file, after));
    w403_text_add(commands, put(f, p, file));
    if (!before.p) {
        w403_text_add(rollback, take_away(f, p));
        return file;
    }
    w403_view old = file_name(f, p, "-before");
    w403_text_add(rollback, file_of(f, old, before));
    w403_text_add(rollback, put(f, p, old));
    return file;
}

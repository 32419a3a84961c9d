/* The `aws` commands that put back what was in a place before a change. */
#include "fix/text.h"
#include "logs/proof.h"

/* <target> and the like stand for words of the change: <policy>, <document>, <account>, <name of a parameter>; with `=`
 * a parameter of the change that had put there what was there, with `+` the same as words of a list. */
static const struct undo {
    w403_change_place  place;
    w403_change_target target;
    bool               there; /* something was there before */
    const char        *command;
} undos[] = {
#define KEY   "aws kms "
#define BUCKET "aws s3api "
    {W403_PLACE_POLICY, W403_TARGET_BUCKET, true, BUCKET "put-bucket-policy --bucket <target> --policy <document>"},
    {W403_PLACE_POLICY, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-policy --bucket <target>"},
    {W403_PLACE_POLICY, W403_TARGET_KEY, true, KEY "put-key-policy --key-id <target> --policy-name default --policy <document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENDPOINT, true,
     "aws ec2 modify-vpc-endpoint --vpc-endpoint-id <target> --policy-document <document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENDPOINT, false, "aws ec2 modify-vpc-endpoint --vpc-endpoint-id <target> --reset-policy"},
    {W403_PLACE_POLICY, W403_TARGET_ACCESS_POINT, true,
     "aws s3control put-access-point-policy --account-id <account> --name <target> --policy <document>"},
    {W403_PLACE_POLICY, W403_TARGET_ACCESS_POINT, false,
     "aws s3control delete-access-point-policy --account-id <account> --name <target>"},
    {W403_PLACE_POLICY, W403_TARGET_ENTITY, true,
     "aws iam put-<entity>-policy --<entity>-name <target> --policy-name <policy> --policy-document <document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENTITY, false, "aws iam delete-<entity>-policy --<entity>-name <target> --policy-name <policy>"},
    {W403_PLACE_VERSION, W403_TARGET_MANAGED, true,
     "aws iam set-default-policy-version --policy-arn <target> --version-id <=versionId>"},
    {W403_PLACE_VERSION, W403_TARGET_MANAGED, true,
     "aws iam create-policy-version --policy-arn <target> --set-as-default --policy-document <document>"},
    {W403_PLACE_ATTACHED, W403_TARGET_ENTITY, true, "aws iam attach-<entity>-policy --<entity>-name <target> --policy-arn <policy>"},
    {W403_PLACE_ATTACHED, W403_TARGET_ENTITY, false, "aws iam detach-<entity>-policy --<entity>-name <target> --policy-arn <policy>"},
    {W403_PLACE_GROUP, W403_TARGET_ENTITY, true, "aws iam add-user-to-group --group-name <policy> --user-name <target>"},
    {W403_PLACE_GROUP, W403_TARGET_ENTITY, false, "aws iam remove-user-from-group --group-name <policy> --user-name <target>"},
    {W403_PLACE_BOUNDARY, W403_TARGET_ENTITY, true,
     "aws iam put-<entity>-permissions-boundary --<entity>-name <target> --permissions-boundary <=permissionsBoundary>"},
    {W403_PLACE_BOUNDARY, W403_TARGET_ENTITY, false, "aws iam delete-<entity>-permissions-boundary --<entity>-name <target>"},
    {W403_PLACE_ORG_ATTACHED, W403_TARGET_ORGANIZATION, true,
     "aws organizations attach-policy --policy-id <policy> --target-id <target>"},
    {W403_PLACE_ORG_ATTACHED, W403_TARGET_ORGANIZATION, false,
     "aws organizations detach-policy --policy-id <policy> --target-id <target>"},
    {W403_PLACE_ORG_POLICY, W403_TARGET_ORGANIZATION, true,
     "aws organizations update-policy --policy-id <policy> --content <document>"},
    {W403_PLACE_ORG_PARENT, W403_TARGET_ORGANIZATION, true,
     "aws organizations move-account --account-id <target> --source-parent-id <destinationParentId> "
     "--destination-parent-id <sourceParentId>"},
#define FLAGS                                                                                                         \
    "BlockPublicAcls=<=PublicAccessBlockConfiguration.BlockPublicAcls>,"                                             \
    "IgnorePublicAcls=<=PublicAccessBlockConfiguration.IgnorePublicAcls>,"                                           \
    "BlockPublicPolicy=<=PublicAccessBlockConfiguration.BlockPublicPolicy>,"                                         \
    "RestrictPublicBuckets=<=PublicAccessBlockConfiguration.RestrictPublicBuckets>"
    {W403_PLACE_BPA, W403_TARGET_BUCKET, true,
     BUCKET "put-public-access-block --bucket <target> --public-access-block-configuration " FLAGS},
    {W403_PLACE_BPA, W403_TARGET_BUCKET, false, BUCKET "delete-public-access-block --bucket <target>"},
    {W403_PLACE_BPA, W403_TARGET_ACCOUNT_S3, true,
     "aws s3control put-public-access-block --account-id <target> --public-access-block-configuration " FLAGS},
    {W403_PLACE_BPA, W403_TARGET_ACCOUNT_S3, false, "aws s3control delete-public-access-block --account-id <target>"},
    {W403_PLACE_ACL, W403_TARGET_BUCKET, true, BUCKET "put-bucket-acl --bucket <target> --acl <+x-amz-acl>"},
    {W403_PLACE_ACL, W403_TARGET_OBJECT, true,
     BUCKET "put-object-acl --bucket <target> --key <policy> --acl <+x-amz-acl>"},
    {W403_PLACE_OWNERSHIP, W403_TARGET_BUCKET, true,
     BUCKET "put-bucket-ownership-controls --bucket <target> --ownership-controls "
            "'Rules=[{ObjectOwnership=<=OwnershipControls.Rule.ObjectOwnership>}]'"},
    {W403_PLACE_OWNERSHIP, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-ownership-controls --bucket <target>"},
    {W403_PLACE_ENCRYPTION, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-encryption --bucket <target>"},
    {W403_PLACE_PAYER, W403_TARGET_BUCKET, true,
     BUCKET "put-bucket-request-payment --bucket <target> --request-payment-configuration "
            "Payer=<=RequestPaymentConfiguration.Payer>"},
    {W403_PLACE_GRANT, W403_TARGET_KEY, true,
     KEY "create-grant --key-id <target> --grantee-principal <=granteePrincipal> --operations <+operations>"},
};

typedef struct undoing {
    w403_arena            *a;
    const w403_log_change *c;
    const w403_content    *was;
} undoing;

static w403_view lower(w403_arena *a, const char *word)
{
    w403_view v = w403_arena_copy(a, w403_view_of(word));
    char     *p = (char *)(uintptr_t)v.p; /* just made, ours */
    for (size_t i = 0; p && i < v.n; i++) {
        p[i] = w403_lower(p[i]);
    }
    return v;
}

/* ["A","B"] as words, "A" as one. */
static w403_view words(const undoing *u, w403_view value)
{
    w403_json_doc doc;
    w403_view     out = W403_LIT("");
    if (!value.n || value.p[0] != '[') {
        return w403_shell_word(u->a, value);
    }
    if (w403_json_parse(u->a, W403_LIT("event"), value, NULL, &doc, NULL, NULL) != W403_OK) {
        return out;
    }
    for (const w403_json *v = doc.root->first; v; v = v->next) {
        w403_view word = w403_shell_word(u->a, v->text);
        out = w403_arena_printf(u->a, "%.*s%s%.*s", W403_ARG(out), out.n ? " " : "", W403_ARG(word));
    }
    return out;
}

static w403_view value_of(const undoing *u, w403_view name)
{
    const w403_log_change *c = u->c;
    if (w403_view_eq(name, W403_LIT("entity"))) {
        return lower(u->a, w403_change_entity(c->kind));
    }
    if (w403_view_starts(name, W403_LIT("+"))) {
        return words(u, w403_change_parameter(u->a, u->was->setting, w403_view_sub(name, 1, name.n)));
    }
    bool      other = w403_view_starts(name, W403_LIT("="));
    w403_view v = other                                       ? w403_change_parameter(u->a, u->was->setting, w403_view_sub(name, 1, name.n))
                  : w403_view_eq(name, W403_LIT("target"))    ? c->target.n ? c->target : c->account
                  : w403_view_eq(name, W403_LIT("policy"))    ? c->policy
                  : w403_view_eq(name, W403_LIT("account"))   ? c->account
                  : w403_view_eq(name, W403_LIT("document"))  ? u->was->text
                                                              : w403_change_parameter(u->a, c, name);
    return v.n ? w403_shell_word(u->a, v) : v;
}

/* {NULL,0}: one of the words is in no log. */
static w403_view fill(const undoing *u, const char *command)
{
    w403_view rest = w403_view_of(command);
    w403_buf  b = {0};
    bool      whole = true;
    while (rest.n && whole) {
        w403_buf_put(&b, w403_view_cut(&rest, '<'));
        if (!rest.p) {
            break;
        }
        w403_view value = value_of(u, w403_view_cut(&rest, '>'));
        whole = value.n > 0;
        w403_buf_put(&b, value);
    }
    w403_view out = whole && w403_buf_ok(&b) ? w403_arena_copy(u->a, w403_buf_view(&b)) : (w403_view){NULL, 0};
    w403_buf_free(&b);
    return out;
}

/* One call puts a key to sleep; to wake it may take two. */
static w403_view undo_state(const undoing *u)
{
    const char *event = u->c->kind->event;
    bool        disabled = u->was->setting && strcmp(u->was->setting->kind->event, "DisableKey") == 0;
    bool        enable = strcmp(event, "DisableKey") == 0;
    if (strcmp(event, "ScheduleKeyDeletion") == 0) {
        return fill(u, disabled ? KEY "cancel-key-deletion --key-id <target>"
                                : KEY "cancel-key-deletion --key-id <target>\n" KEY "enable-key --key-id <target>");
    }
    return enable ? fill(u, KEY "enable-key --key-id <target>") : (w403_view){NULL, 0};
}

w403_view w403_undo_commands(w403_arena *a, const w403_log_change *c, const w403_content *was)
{
    undoing u = {.a = a, .c = c, .was = was};
    bool    there = was->known != W403_CONTENT_NONE;
    if (c->kind->place == W403_PLACE_KEY_STATE) {
        return undo_state(&u);
    }
    if (was->known == W403_CONTENT_AS_IT_IS) { /* an older snapshot has it, in a form of its own */
        bool inverse = c->kind->place == W403_PLACE_ATTACHED || c->kind->place == W403_PLACE_GROUP ||
                       c->kind->place == W403_PLACE_ORG_ATTACHED;
        if (!inverse) {
            return (w403_view){NULL, 0};
        }
        there = c->kind->removes;
    }
    for (size_t i = 0; i < sizeof undos / sizeof *undos; i++) {
        const struct undo *row = &undos[i];
        if (row->place == c->kind->place && row->target == c->kind->target && row->there == there) {
            w403_view command = fill(&u, row->command);
            if (command.n) {
                return command;
            }
        }
    }
    return (w403_view){NULL, 0};
}

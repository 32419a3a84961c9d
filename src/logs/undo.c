/* The `aws` commands that put back what was in a place before a change. */
#include "base/command.h"
#include "logs/proof.h"

/* <target> and the like stand for words of the change: <policy>, <{document>, <account>, <name of a parameter>; with `=`
 * a parameter of the change that had put there what was there, with `+` the same as words of a list. */
static const struct undo {
    w403_change_place  place;
    w403_change_target target;
    bool               there; /* something was there before */
    const char        *command;
} undos[] = {
#define KEY   "kms "
#define BUCKET "s3api "
    {W403_PLACE_POLICY, W403_TARGET_BUCKET, true, BUCKET "put-bucket-policy --bucket <target> --policy <{document>"},
    {W403_PLACE_POLICY, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-policy --bucket <target>"},
    {W403_PLACE_POLICY, W403_TARGET_KEY, true, KEY "put-key-policy --key-id <target> --policy-name default --policy <{document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENDPOINT, true,
     "ec2 modify-vpc-endpoint --vpc-endpoint-id <target> --policy-document <{document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENDPOINT, false, "ec2 modify-vpc-endpoint --vpc-endpoint-id <target> --reset-policy"},
    {W403_PLACE_POLICY, W403_TARGET_ACCESS_POINT, true,
     "s3control put-access-point-policy --account-id <account> --name <target> --policy <{document>"},
    {W403_PLACE_POLICY, W403_TARGET_ACCESS_POINT, false,
     "s3control delete-access-point-policy --account-id <account> --name <target>"},
    {W403_PLACE_POLICY, W403_TARGET_ENTITY, true,
     "iam put-<entity>-policy --<entity>-name <target> --policy-name <policy> --policy-document <{document>"},
    {W403_PLACE_POLICY, W403_TARGET_ENTITY, false, "iam delete-<entity>-policy --<entity>-name <target> --policy-name <policy>"},
    {W403_PLACE_VERSION, W403_TARGET_MANAGED, true,
     "iam set-default-policy-version --policy-arn <target> --version-id <=versionId>"},
    {W403_PLACE_VERSION, W403_TARGET_MANAGED, true,
     "iam create-policy-version --policy-arn <target> --set-as-default --policy-document <{document>"},
    {W403_PLACE_ATTACHED, W403_TARGET_ENTITY, true, "iam attach-<entity>-policy --<entity>-name <target> --policy-arn <policy>"},
    {W403_PLACE_ATTACHED, W403_TARGET_ENTITY, false, "iam detach-<entity>-policy --<entity>-name <target> --policy-arn <policy>"},
    {W403_PLACE_GROUP, W403_TARGET_ENTITY, true, "iam add-user-to-group --group-name <policy> --user-name <target>"},
    {W403_PLACE_GROUP, W403_TARGET_ENTITY, false, "iam remove-user-from-group --group-name <policy> --user-name <target>"},
    {W403_PLACE_BOUNDARY, W403_TARGET_ENTITY, true,
     "iam put-<entity>-permissions-boundary --<entity>-name <target> --permissions-boundary <=permissionsBoundary>"},
    {W403_PLACE_BOUNDARY, W403_TARGET_ENTITY, false, "iam delete-<entity>-permissions-boundary --<entity>-name <target>"},
    {W403_PLACE_ORG_ATTACHED, W403_TARGET_ORGANIZATION, true,
     "organizations attach-policy --policy-id <policy> --target-id <target>"},
    {W403_PLACE_ORG_ATTACHED, W403_TARGET_ORGANIZATION, false,
     "organizations detach-policy --policy-id <policy> --target-id <target>"},
    {W403_PLACE_ORG_POLICY, W403_TARGET_ORGANIZATION, true,
     "organizations update-policy --policy-id <policy> --content <{document>"},
    {W403_PLACE_ORG_PARENT, W403_TARGET_ORGANIZATION, true,
     "organizations move-account --account-id <target> --source-parent-id <destinationParentId> "
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
     "s3control put-public-access-block --account-id <target> --public-access-block-configuration " FLAGS},
    {W403_PLACE_BPA, W403_TARGET_ACCOUNT_S3, false, "s3control delete-public-access-block --account-id <target>"},
    {W403_PLACE_ACL, W403_TARGET_BUCKET, true, BUCKET "put-bucket-acl --bucket <target> --acl +x-amz-acl"},
    {W403_PLACE_ACL, W403_TARGET_OBJECT, true,
     BUCKET "put-object-acl --bucket <target> --key <policy> --acl +x-amz-acl"},
    {W403_PLACE_OWNERSHIP, W403_TARGET_BUCKET, true,
     BUCKET "put-bucket-ownership-controls --bucket <target> --ownership-controls "
            "Rules=[{ObjectOwnership=<=OwnershipControls.Rule.ObjectOwnership>}]"},
    {W403_PLACE_OWNERSHIP, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-ownership-controls --bucket <target>"},
    {W403_PLACE_ENCRYPTION, W403_TARGET_BUCKET, false, BUCKET "delete-bucket-encryption --bucket <target>"},
    {W403_PLACE_PAYER, W403_TARGET_BUCKET, true,
     BUCKET "put-bucket-request-payment --bucket <target> --request-payment-configuration "
            "Payer=<=RequestPaymentConfiguration.Payer>"},
    {W403_PLACE_GRANT, W403_TARGET_KEY, true,
     KEY "create-grant --key-id <target> --grantee-principal <=granteePrincipal> --operations +operations"},
};

typedef struct undoing {
    w403_arena            *a;
    const w403_log_change *c;
    const w403_content    *was;
    bool                   short_of; /* one of the words is in no log */
} undoing;

/* ["A","B"] as words, "A" as one. */
static void put_list(undoing *u, w403_command *line, w403_view value)
{
    w403_json_doc doc;
    if (!value.n || value.p[0] != '[') {
        u->short_of |= !value.n;
        w403_command_word(line, value);
        return;
    }
    if (w403_json_parse(u->a, W403_LIT("event"), value, NULL, &doc, NULL, NULL) != W403_OK) {
        u->short_of = true;
        return;
    }
    u->short_of |= !doc.root->first;
    for (const w403_json *v = doc.root->first; v; v = v->next) {
        w403_command_word(line, v->text);
    }
}

static w403_view value_of(void *user, w403_view name)
{
    undoing               *u = user;
    const w403_log_change *c = u->c;
    bool                   other = w403_view_starts(name, W403_LIT("="));
    w403_view v = other                                       ? w403_change_parameter(u->a, u->was->setting, w403_view_sub(name, 1, name.n))
                  : w403_view_eq(name, W403_LIT("entity"))    ? w403_arena_lower(u->a, w403_view_of(w403_change_entity(c->kind)))
                  : w403_view_eq(name, W403_LIT("target"))    ? c->target.n ? c->target : c->account
                  : w403_view_eq(name, W403_LIT("policy"))    ? c->policy
                  : w403_view_eq(name, W403_LIT("account"))   ? c->account
                  : w403_view_eq(name, W403_LIT("document"))  ? u->was->text
                                                              : w403_change_parameter(u->a, c, name);
    u->short_of |= v.n == 0;
    return v;
}

/* A service of one Region is not found without it; an ARN says which. */
static void put_region(const undoing *u, w403_command *line)
{
    w403_view rest = u->c->target, part = {NULL, 0};
    for (int i = 0; i < 4 && w403_view_starts(u->c->target, W403_LIT("arn:")); i++) {
        part = w403_view_cut(&rest, ':');
    }
    if (part.n) {
        w403_command_option(line, "region", part);
    }
}

static void put(undoing *u, w403_command *line, const char *pattern)
{
    const char *list = strstr(pattern, " +");
    w403_view   words = w403_arena_copy(u->a, (w403_view){pattern, list ? (size_t)(list - pattern) : strlen(pattern)});
    if (words.p) { /* a copy ends in NUL */
        w403_command_fill(line, "aws", words.p, value_of, u);
    }
    if (list) {
        put_list(u, line, w403_change_parameter(u->a, u->was->setting, w403_view_of(list + 2)));
    }
    put_region(u, line);
}

/* {NULL,0}: one of the words is in no log. */
static w403_view fill(undoing *u, const char *first, const char *second)
{
    w403_command line = {.arena = u->a};
    u->short_of = false;
    put(u, &line, first);
    if (second) {
        w403_command_next(&line);
        put(u, &line, second);
    }
    w403_view text = w403_command_end(&line);
    return u->short_of ? (w403_view){NULL, 0} : text;
}

/* One call puts a key to sleep; to wake it may take two. */
static w403_view undo_state(undoing *u)
{
    const char *event = u->c->kind->event;
    bool        disabled = u->was->setting && strcmp(u->was->setting->kind->event, "DisableKey") == 0;
    bool        enable = strcmp(event, "DisableKey") == 0;
    if (strcmp(event, "ScheduleKeyDeletion") == 0) {
        return fill(u, KEY "cancel-key-deletion --key-id <target>", disabled ? NULL : KEY "enable-key --key-id <target>");
    }
    return enable ? fill(u, KEY "enable-key --key-id <target>", NULL) : (w403_view){NULL, 0};
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
            w403_view command = fill(&u, row->command, NULL);
            if (command.n) {
                return command;
            }
        }
    }
    return (w403_view){NULL, 0};
}

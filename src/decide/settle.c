/* What would settle an undetermined answer: the call that writes a file of the snapshot, the option that says a fact. For each
 * thing that is unknown there is one. */
#include <stdio.h>

#include "base/command.h"
#include "decide/check.h"

/* ---- files of the snapshot ---- */

/* The call that writes each file of a snapshot. Of the path accounts/<account>/AREA/<part>/<file>.json: what comes
 * third (NULL: anything), how it ends, and the words of the command, where <region> and <bucket> are the part as well. */
static const struct settle_row {
    const char *area, *tail, *command;
} settle_rows[] = {
    {"s3", "/policy.json", "s3api get-bucket-policy --bucket <bucket>"},
    {"s3", "/acl.json", "s3api get-bucket-acl --bucket <bucket>"},
    {"s3", "/public-access-block.json", "s3api get-public-access-block --bucket <bucket>"},
    {"s3", "/ownership-controls.json", "s3api get-bucket-ownership-controls --bucket <bucket>"},
    {"s3", "/encryption.json", "s3api get-bucket-encryption --bucket <bucket>"},
    {"s3", "/request-payment.json", "s3api get-bucket-request-payment --bucket <bucket>"},
    {"s3", "/location.json", "s3api get-bucket-location --bucket <bucket>"},
    {"s3", "/versioning.json", "s3api get-bucket-versioning --bucket <bucket>"},
    {"s3", "/object-lock-configuration.json", "s3api get-object-lock-configuration --bucket <bucket>"},
    {"s3", "/abac.json", "s3api get-bucket-abac --bucket <bucket>"},
    {"s3", "/tagging.json", "s3api get-bucket-tagging --bucket <bucket>"},
    {"s3", "/objects.json", "s3api list-object-versions --bucket <bucket>"},
    {"kms", "", "kms get-key-policy --key-id <file> --policy-name default --region <region>"},
    {"iam", "", "iam get-account-authorization-details"},
    {"ec2", "", "ec2 describe-vpc-endpoints --region <region>"},
    {"s3control", "/public-access-block.json", "s3control get-public-access-block --account-id <account>"},
    {"s3control", "", "s3control get-access-point-policy --account-id <account> --name <name>"},
    {"", "/roots.json", "organizations list-roots"},
    {NULL, "/S3_POLICY.json", "organizations describe-effective-policy --policy-type S3_POLICY --target-id <target>"},
};

static w403_view path_part(w403_view path, int index)
{
    w403_view part = {NULL, 0};
    for (int i = 0; i <= index; i++) {
        part = w403_view_cut(&path, '/');
    }
    return part;
}

/* What a name of a row's command stands for. */
static w403_view path_value(void *user, w403_view name)
{
    static const struct {
        const char *name;
        int part;
    } parts[] = {{"account", 1}, {"target", 2}, {"bucket", 3}, {"region", 3}, {"file", 4}, {"name", 5}};
    const w403_view *path_and_partition = user;
    w403_view path = path_and_partition[0];
    if (w403_view_eq(name, W403_LIT("partition"))) {
        return path_and_partition[1];
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (w403_view_eq(name, w403_view_of(parts[i].name))) {
            w403_view part = path_part(path, parts[i].part);
            size_t json = sizeof ".json" - 1;
            part.n -= parts[i].part > 3 && w403_view_ends(part, W403_LIT(".json")) ? json : 0;
            return part.n ? part : (w403_view){NULL, 0};
        }
    }
    return (w403_view){NULL, 0};
}

static const struct settle_row *settle_row_of(w403_view path)
{
    static const struct settle_row multi_region = {
        "s3control", "", "s3control get-multi-region-access-point-policy --account-id <account> --name <file> --region us-west-2"};
    w403_view area = path_part(path, 2);
    if (w403_view_find(path, W403_LIT("/multi-region-access-points/")) != SIZE_MAX) {
        return &multi_region;
    }
    for (size_t i = 0; i < sizeof settle_rows / sizeof *settle_rows; i++) {
        const char *third = settle_rows[i].area;
        if ((!third || w403_view_eq(area, w403_view_of(third))) &&
            w403_view_ends(path, w403_view_of(settle_rows[i].tail))) {
            return &settle_rows[i];
        }
    }
    return NULL;
}

/* What the collector was told stands behind the file's name: who may ask for it is what is missing. */
static void remark(w403_command *line, const char *pattern, const w403_fact *fact, w403_view account)
{
    w403_view values[] = {account, fact->path, fact->call, fact->code};
    size_t skip = account.p ? 0 : 1;
    char words[160];
    bool told = fact->call.n && fact->code.n && fact->state == W403_FACT_UNKNOWN;
    (void)snprintf(words, sizeof words, "%s%s", pattern, told ? ", <call> answered <code>" : "");
    w403_command_remark(line, words, values + skip, (told ? 4 : 2) - skip);
}

static void settle_by(w403_call *c, const w403_fact *fact, const struct settle_row *row)
{
    w403_view path = fact->path, nobody = {NULL, 0};
    if (c->detail == W403_DETAIL_VERDICT || !path.n) {
        return;
    }
    w403_command line = {.arena = c->arena};
    if (row) {
        w403_view names[] = {path, c->snap ? c->snap->partition : W403_LIT("aws")};
        w403_command_fill(&line, "aws", row->command, path_value, names);
        if (row->area && strcmp(row->area, "iam") == 0) {
            remark(&line, "as an identity of <account>, into <path>", fact, path_part(path, 1));
        } else {
            remark(&line, "into <path>", fact, nobody);
        }
    } else if (w403_view_starts(path, W403_LIT("organization/"))) {
        w403_command_run(&line, "aws", "organizations list-policies-for-target --target-id <target-id> --filter <filter>",
                         NULL, 0);
        remark(&line, "and describe-policy, for <path>", fact, nobody);
    } else {
        remark(&line, "<path>", fact, nobody);
    }
    w403_settle(c, w403_command_end(&line));
}

void w403_settle_fact(w403_call *c, const w403_fact *fact)
{
    w403_unread(c, fact);
    w403_want(c, fact->path);
    settle_by(c, fact, settle_row_of(fact->path));
}

void w403_settle_tags(w403_call *c, const w403_fact *fact)
{
    static const struct settle_row rows[] = {
        {"kms", "", "kms list-resource-tags --key-id <file> --region <region>"},
        {"s3control", "",
         "s3control list-tags-for-resource --account-id <account> --resource-arn "
         "arn:<partition>:s3:<file>:<account>:accesspoint/<name>"},
    };
    w403_view area = path_part(fact->path, 2);
    const struct settle_row *row = settle_row_of(fact->path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row = w403_view_eq(area, w403_view_of(rows[i].area)) ? &rows[i] : row;
    }
    bool member = area.n && !w403_view_eq(area, W403_LIT("s3")); /* of a file that is there, but for its tags */
    if (member && fact->state == W403_FACT_ABSENT) {
        w403_want_of(c, fact->path, "tags");
    } else {
        w403_want(c, fact->path);
    }
    settle_by(c, fact, row);
}

static void settle_path(w403_call *c, w403_view path)
{
    w403_settle_fact(c, &(w403_fact){.path = path});
}

/* The key's file, by its ARN; an id that nobody wrote down stands in the bucket's encryption. */
void w403_settle_key(const w403_check_work *w)
{
    w403_call *c = w->call;
    w403_arn arn = w403_arn_split(w->target->arn);
    w403_view id = arn.n == 6 ? arn.part[5] : (w403_view){NULL, 0};
    w403_view type = id.p ? w403_view_cut(&id, '/') : id;
    if (c->detail == W403_DETAIL_VERDICT) {
        return;
    }
    if (!w->key_unknown && w403_view_eq(type, W403_LIT("key")) && id.n) {
        settle_path(c, w403_arena_printf(c->arena, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(arn.part[4]),
                                         W403_ARG(arn.part[3]), W403_ARG(id)));
        return;
    }
    if (w->enc && w->enc->alias.p) {
        w403_settle(c, W403_AWS(c->arena, "kms describe-key --key-id <id> --region <region>", w->enc->alias, w->enc->region));
    } else {
        w403_settle(c, W403_AWS(c->arena, "s3api get-bucket-encryption --bucket <bucket>", c->target.bucket_name));
    }
    w403_settle(c, W403_LIT("# --key-policy FILE"));
}

/* accounts/<account>/s3control/access-points/<region>/<name>.json */
void w403_settle_access_point(w403_call *c, const w403_target *t)
{
    w403_arn arn = w403_arn_split(t->arn);
    w403_view name = arn.n == 6 ? arn.part[5] : (w403_view){NULL, 0};
    if (c->detail == W403_DETAIL_VERDICT || !name.p) {
        return;
    }
    (void)w403_view_cut(&name, '/');
    name = name.p ? w403_view_cut(&name, '/') : name;
    w403_settle(c, W403_AWS(c->arena, "s3control get-access-point --account-id <account> --name <name> --region <region>",
                            arn.part[4], name, arn.part[3]));
    settle_path(c, w403_arena_printf(c->arena, "accounts/%.*s/s3control/access-points/%.*s/%.*s.json",
                                     W403_ARG(arn.part[4]), W403_ARG(arn.part[3]), W403_ARG(name)));
}

/* ---- options ---- */

/* A condition key: what sends it, else --context. */
static w403_view option_of_key(w403_call *c, uint16_t id, w403_view key)
{
    static const struct {
        uint16_t id;
        const char *option;
    } rows[] = {
        {W403_KEY_AWS_SOURCEIP, "--from IP"},
        {W403_KEY_AWS_SOURCEVPCE, "--via VPCE-ID"},
        {W403_KEY_AWS_SOURCEVPC, "--via VPCE-ID"},
        {W403_KEY_AWS_MULTIFACTORAUTHPRESENT, "--mfa, or --mfa=no"},
        {W403_KEY_AWS_MULTIFACTORAUTHAGE, "--mfa=SECONDS"},
        {W403_KEY_AWS_CURRENTTIME, "--at TIME"},
        {W403_KEY_S3_PREFIX, "--query prefix=VALUE"},
        {W403_KEY_S3_DELIMITER, "--query delimiter=VALUE"},
        {W403_KEY_S3_MAX_KEYS, "--query max-keys=NUMBER"},
        {W403_KEY_S3_VERSIONID, "--version-id ID"},
        {W403_KEY_S3_SIGNATUREAGE, "--presigned=SIGNED-AT"},
        {W403_KEY_S3_REQUESTOBJECTTAG, "--header 'x-amz-tagging: KEY=VALUE'"},
        {W403_KEY_S3_REQUESTOBJECTTAGKEYS, "--header 'x-amz-tagging: KEY=VALUE'"},
    };
    bool in_body = (id == W403_KEY_S3_REQUESTOBJECTTAG || id == W403_KEY_S3_REQUESTOBJECTTAGKEYS) && !c->target.being_written;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].id == id && !in_body) {
            return w403_view_of(rows[i].option);
        }
    }
    if (w403_view_starts(key, W403_LIT("s3:x-amz-"))) {
        return w403_arena_printf(c->arena, "--header '%.*s: VALUE', or --context-absent %.*s", (int)key.n - 3, key.p + 3,
                                 W403_ARG(key));
    }
    return w403_arena_printf(c->arena, "--context %.*s=VALUE, or --context-absent %.*s", W403_ARG(key), W403_ARG(key));
}

/* What stands in a text of what is unknown, and what settles it; the first that fits. `aws` patterns know <bucket>, <key>,
 * <account>. */
static const struct unknown_row {
    const char *begins, *holds; /* "": anything */
    const char *aws, *option;   /* one of the two */
} unknown_rows[] = {
    {"identity (", "not given", NULL, "--identity-policy FILE"},
    {"bucket-policy (", "not given", NULL, "--bucket-policy FILE"},
    {"access-point (", "not given", NULL, "--access-point-policy FILE"},
    {"key-policy (", "", NULL, "--key-policy FILE"},
    {"service control policies", "", NULL, "--scp FILE"},
    {"resource control policies", "", NULL, "--rcp FILE"},
    {"session policies", "", NULL, "--session-policy FILE, or --session-events FILE"},
    {"session (", "", NULL, "--session-policy FILE, or --session-events FILE"},
    {"a permissions boundary", "", NULL, "--boundary FILE"},
    {"boundary (", "", NULL, "--boundary FILE"},
    {"the policy of a VPC endpoint", "", NULL, "--vpce-policy FILE"},
    {"vpc-endpoint (", "", NULL, "--vpce-policy FILE"},
    {"identity (", "is attached", "iam get-account-authorization-details", NULL},
    {"identity (", "issuing", NULL, "--issuer ARN"},
    {"the account that owns", "", NULL, "--resource-account ACCOUNT"},
    {"the canonical user id of the origin access identity", "", NULL, "--as canonical:ID"},
    {"the canonical user id of account", "", "s3api list-buckets --query Owner", NULL},
    {"the ARN of the origin access identity", "", NULL, "--as ARN"},
    {"the unique id of", ":role/", "iam get-role --role-name <caller> --query Role.RoleId", NULL},
    {"the unique id of", "", "iam get-user --user-name <caller> --query User.UserId", NULL},
    {"the name of the session", "", NULL, "--session-name NAME"},
    {"the encryption of the object", "", "s3api head-object --bucket <bucket> --key <key>", NULL},
    {"the ARN of the KMS key", "", "s3api head-object --bucket <bucket> --key <key>", NULL},
    {"the keys in the request's body", "", NULL, "--request FILE, with body.keys"},
    {"Multi-Region Access Points", "is not in the snapshot",
     "s3control list-multi-region-access-points --account-id <account> --region us-west-2", NULL},
    {"whether ", " exists", "s3api list-object-versions --bucket <bucket> --prefix <key>", NULL},
    {"the policy in the request's body", "", NULL, "--request FILE, with body.policy"},
    {"the ACL in the request's body", "", NULL, "--request FILE, with body.acl"},
    {"", "its resource is not in the request", NULL, "--request FILE, with the resource and the body of the request"},
    {"operation ", "is not in the operations table", NULL, "ask about its permission: `why403 explain s3:ACTION`"},
    {"statement ", "", "accessanalyzer validate-policy --policy-type <type> --policy-document file://<file>", NULL},
    {"whether the organization", "", "organizations describe-effective-policy --policy-type S3_POLICY --target-id <account>", NULL},
    {"", "", NULL, "AWS's own answer: `why403 explain --error TEXT` takes what it printed, `--event FILE` what CloudTrail says"},
};

static w403_view value_of(void *user, w403_view name)
{
    const w403_call *c = user;
    const struct {
        const char *name;
        w403_view value;
    } values[] = {{"bucket", c->target.bucket_name}, {"key", c->target.key}, {"account", c->target.owner},
                  {"caller", c->caller.name}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (w403_view_eq(name, w403_view_of(values[i].name)) && values[i].value.n) {
            return values[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

/* An option is no command of its own: it stands as a remark of the shell. */
static void settle_option(w403_call *c, w403_view option)
{
    w403_settle(c, w403_arena_printf(c->arena, "# %.*s", W403_ARG(option)));
}

static void settle_text(w403_call *c, w403_view unknown)
{
    const struct unknown_row *row = unknown_rows;
    while (!w403_view_starts(unknown, w403_view_of(row->begins)) ||
           (*row->holds && w403_view_find(unknown, w403_view_of(row->holds)) == SIZE_MAX)) {
        row++; /* the last fits everything */
    }
    bool any = !*row->begins && !*row->holds;
    if (any && unknown.n) {
        return; /* it is for an answer that nothing else would settle */
    }
    if (row->option) {
        settle_option(c, w403_view_of(row->option));
        return;
    }
    w403_command line = {.arena = c->arena};
    w403_command_fill(&line, "aws", row->aws, value_of, c);
    w403_settle(c, w403_command_end(&line));
}

void w403_settle_unknowns(w403_call *c)
{
    for (size_t i = 0; i < c->unknown.n; i++) {
        w403_view u = c->unknown.at[i], param = {NULL, 0};
        uint16_t id = w403_key_find(u, &param);
        bool file = w403_view_find(u, W403_LIT("(accounts/")) != SIZE_MAX ||
                    w403_view_find(u, W403_LIT("(organization/")) != SIZE_MAX; /* its call is said already */
        if (id != W403_KEY_NONE) {
            settle_option(c, option_of_key(c, id, u));
        } else if (!file) {
            settle_text(c, u);
        }
    }
    if (c->settle.n == 0) {
        settle_text(c, W403_LIT(""));
    }
}

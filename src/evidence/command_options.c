/* The options of `aws s3`, `aws s3api` and `aws s3control` that change the request, and those that take a value and so
 * must be skipped with it. An option in no row takes a value unless the next word is an option. */
#include "evidence/command.h"

#define S3 W403_TOOL_S3
#define API W403_TOOL_API
#define ANY W403_TOOL_ANY
#define H W403_CLI_HEADER
#define Q W403_CLI_QUERY
#define NO W403_CLI_NOTHING
#define FLAG W403_ARG_FLAG
#define VAL W403_ARG_VALUE
#define MAYBE W403_ARG_MAYBE
#define MANY W403_ARG_MANY
#define UP W403_ON_UPLOAD
#define ALL W403_ON_ALL
#define SSEC (W403_ON_UPLOAD | W403_ON_READ | W403_ON_PART)

static const w403_cli_option options[] = {
    /* every aws command */
    {"region", ANY, VAL, W403_CLI_REGION, 0, NULL, NULL},
    {"endpoint-url", ANY, VAL, W403_CLI_ENDPOINT, 0, NULL, NULL},
    {"profile", ANY, VAL, W403_CLI_PROFILE, 0, NULL, NULL},
    {"no-sign-request", ANY, FLAG, W403_CLI_ANONYMOUS, 0, NULL, NULL},
    {"debug", ANY, FLAG, NO, 0, NULL, NULL},
    {"no-verify-ssl", ANY, FLAG, NO, 0, NULL, NULL},
    {"no-paginate", ANY, FLAG, NO, 0, NULL, NULL},
    {"no-cli-pager", ANY, FLAG, NO, 0, NULL, NULL},
    {"no-cli-auto-prompt", ANY, FLAG, NO, 0, NULL, NULL},
    {"output", ANY, VAL, NO, 0, NULL, NULL},
    {"query", ANY, VAL, NO, 0, NULL, NULL},
    {"color", ANY, VAL, NO, 0, NULL, NULL},
    {"ca-bundle", ANY, VAL, NO, 0, NULL, NULL},
    {"cli-read-timeout", ANY, VAL, NO, 0, NULL, NULL},
    {"cli-connect-timeout", ANY, VAL, NO, 0, NULL, NULL},
    {"cli-binary-format", ANY, VAL, NO, 0, NULL, NULL},
    {"cli-input-json", API, VAL, W403_CLI_INPUT, 0, NULL, NULL},
    {"cli-input-yaml", API, VAL, W403_CLI_INPUT, 0, NULL, NULL},
    {"generate-cli-skeleton", API, MAYBE, NO, 0, NULL, NULL},

    /* both */
    {"acl", ANY, VAL, H, UP, "x-amz-acl", NULL},
    {"storage-class", ANY, VAL, H, UP, "x-amz-storage-class", NULL},
    {"metadata-directive", ANY, VAL, H, W403_ON_COPIED, "x-amz-metadata-directive", NULL},
    {"request-payer", ANY, MAYBE, H, ALL, "x-amz-request-payer", "requester"},
    {"checksum-mode", ANY, VAL, H, W403_ON_READ, "x-amz-checksum-mode", NULL},
    {"checksum-algorithm", ANY, VAL, H, UP, "x-amz-sdk-checksum-algorithm", NULL},
    {"content-type", ANY, VAL, H, UP, "content-type", NULL},
    {"content-disposition", ANY, VAL, H, UP, "content-disposition", NULL},
    {"content-encoding", ANY, VAL, H, UP, "content-encoding", NULL},
    {"content-language", ANY, VAL, H, UP, "content-language", NULL},
    {"cache-control", ANY, VAL, H, UP, "cache-control", NULL},
    {"expires", ANY, VAL, H, UP, "expires", NULL},
    {"metadata", ANY, VAL, NO, 0, NULL, NULL},
    {"page-size", ANY, VAL, Q, 0, "max-keys", NULL},

    /* aws s3 */
    {"sse", S3, MAYBE, H, UP, "x-amz-server-side-encryption", "AES256"},
    {"sse-kms-key-id", S3, VAL, H, UP, "x-amz-server-side-encryption-aws-kms-key-id", NULL},
    {"sse-c", S3, MAYBE, H, SSEC, "x-amz-server-side-encryption-customer-algorithm", "AES256"},
    {"sse-c-key", S3, VAL, NO, 0, NULL, NULL},
    {"sse-c-copy-source", S3, MAYBE, H, W403_ON_COPIED,
     "x-amz-copy-source-server-side-encryption-customer-algorithm", "AES256"},
    {"sse-c-copy-source-key", S3, VAL, NO, 0, NULL, NULL},
    {"grants", S3, MANY, W403_CLI_GRANTS, UP, NULL, NULL},
    {"website-redirect", S3, VAL, H, UP, "x-amz-website-redirect-location", NULL},
    {"no-overwrite", S3, FLAG, H, UP, "if-none-match", "*"},
    {"recursive", S3, FLAG, W403_CLI_RECURSIVE, 0, NULL, NULL},
    {"delete", S3, FLAG, W403_CLI_DELETE, 0, NULL, NULL},
    {"force", S3, FLAG, W403_CLI_FORCE, 0, NULL, NULL},
    {"dryrun", S3, FLAG, W403_CLI_DRYRUN, 0, NULL, NULL},
    {"expires-in", S3, VAL, W403_CLI_EXPIRES_IN, 0, NULL, NULL},
    {"copy-props", S3, VAL, W403_CLI_COPY_PROPS, 0, NULL, NULL},
    {"source-region", S3, VAL, W403_CLI_SOURCE_REGION, 0, NULL, NULL},
    {"exclude", S3, VAL, NO, 0, NULL, NULL},
    {"include", S3, VAL, NO, 0, NULL, NULL},
    {"expected-size", S3, VAL, NO, 0, NULL, NULL},
    {"index-document", S3, VAL, NO, 0, NULL, NULL},
    {"error-document", S3, VAL, NO, 0, NULL, NULL},
    {"progress-frequency", S3, VAL, NO, 0, NULL, NULL},
    {"case-conflict", S3, VAL, NO, 0, NULL, NULL},
    {"bucket-name-prefix", S3, VAL, NO, 0, NULL, NULL},
    {"bucket-region", S3, VAL, NO, 0, NULL, NULL},
    {"tags", S3, MANY, NO, 0, NULL, NULL},
    {"human-readable", S3, FLAG, NO, 0, NULL, NULL},
    {"summarize", S3, FLAG, NO, 0, NULL, NULL},
    {"quiet", S3, FLAG, NO, 0, NULL, NULL},
    {"only-show-errors", S3, FLAG, NO, 0, NULL, NULL},
    {"no-progress", S3, FLAG, NO, 0, NULL, NULL},
    {"follow-symlinks", S3, FLAG, NO, 0, NULL, NULL},
    {"no-follow-symlinks", S3, FLAG, NO, 0, NULL, NULL},
    {"no-guess-mime-type", S3, FLAG, NO, 0, NULL, NULL},
    {"ignore-glacier-warnings", S3, FLAG, NO, 0, NULL, NULL},
    {"force-glacier-transfer", S3, FLAG, NO, 0, NULL, NULL},
    {"validate-same-s3-paths", S3, FLAG, NO, 0, NULL, NULL},
    {"size-only", S3, FLAG, NO, 0, NULL, NULL},
    {"exact-timestamps", S3, FLAG, NO, 0, NULL, NULL},

    /* aws s3api and s3control: what is asked for */
    {"bucket", API, VAL, W403_CLI_BUCKET, 0, NULL, NULL},
    {"key", API, VAL, W403_CLI_KEY, 0, NULL, NULL},
    {"version-id", API, VAL, W403_CLI_VERSION, 0, NULL, NULL},
    {"account-id", API, VAL, W403_CLI_ACCOUNT, 0, NULL, NULL},
    {"name", API, VAL, W403_CLI_NAME, 0, NULL, NULL},
    {"policy", API, VAL, W403_CLI_POLICY, 0, NULL, NULL},
    {"access-control-policy", API, VAL, W403_CLI_ACL, 0, NULL, NULL},
    {"delete", API, VAL, W403_CLI_KEYS, 0, NULL, NULL},

    /* headers */
    {"copy-source", API, VAL, H, ALL, "x-amz-copy-source", NULL},
    {"expected-bucket-owner", API, VAL, H, ALL, "x-amz-expected-bucket-owner", NULL},
    {"expected-source-bucket-owner", API, VAL, H, ALL, "x-amz-source-expected-bucket-owner", NULL},
    {"bypass-governance-retention", API, FLAG, H, ALL, "x-amz-bypass-governance-retention", "true"},
    {"server-side-encryption", API, VAL, H, ALL, "x-amz-server-side-encryption", NULL},
    {"ssekms-key-id", API, VAL, H, ALL, "x-amz-server-side-encryption-aws-kms-key-id", NULL},
    {"sse-kms-key-id", API, VAL, H, ALL, "x-amz-server-side-encryption-aws-kms-key-id", NULL},
    {"ssekms-encryption-context", API, VAL, H, ALL, "x-amz-server-side-encryption-context", NULL},
    {"bucket-key-enabled", API, FLAG, H, ALL, "x-amz-server-side-encryption-bucket-key-enabled", "true"},
    {"no-bucket-key-enabled", API, FLAG, H, ALL, "x-amz-server-side-encryption-bucket-key-enabled", "false"},
    {"sse-customer-algorithm", API, VAL, H, ALL, "x-amz-server-side-encryption-customer-algorithm", NULL},
    {"sse-customer-key", API, VAL, NO, 0, NULL, NULL},
    {"sse-customer-key-md5", API, VAL, NO, 0, NULL, NULL},
    {"copy-source-sse-customer-algorithm", API, VAL, H, ALL,
     "x-amz-copy-source-server-side-encryption-customer-algorithm", NULL},
    {"copy-source-sse-customer-key", API, VAL, NO, 0, NULL, NULL},
    {"copy-source-sse-customer-key-md5", API, VAL, NO, 0, NULL, NULL},
    {"copy-source-range", API, VAL, H, ALL, "x-amz-copy-source-range", NULL},
    {"grant-full-control", API, VAL, H, ALL, "x-amz-grant-full-control", NULL},
    {"grant-read", API, VAL, H, ALL, "x-amz-grant-read", NULL},
    {"grant-read-acp", API, VAL, H, ALL, "x-amz-grant-read-acp", NULL},
    {"grant-write", API, VAL, H, ALL, "x-amz-grant-write", NULL},
    {"grant-write-acp", API, VAL, H, ALL, "x-amz-grant-write-acp", NULL},
    {"tagging", API, VAL, H, ALL, "x-amz-tagging", NULL},
    {"tagging-directive", API, VAL, H, ALL, "x-amz-tagging-directive", NULL},
    {"annotation-directive", API, VAL, H, ALL, "x-amz-object-annotation-directive", NULL},
    {"website-redirect-location", API, VAL, H, ALL, "x-amz-website-redirect-location", NULL},
    {"object-lock-mode", API, VAL, H, ALL, "x-amz-object-lock-mode", NULL},
    {"object-lock-retain-until-date", API, VAL, H, ALL, "x-amz-object-lock-retain-until-date", NULL},
    {"object-lock-legal-hold-status", API, VAL, H, ALL, "x-amz-object-lock-legal-hold", NULL},
    {"object-lock-enabled-for-bucket", API, FLAG, H, ALL, "x-amz-bucket-object-lock-enabled", "true"},
    {"object-ownership", API, VAL, H, ALL, "x-amz-object-ownership", NULL},
    {"object-attributes", API, MANY, H, ALL, "x-amz-object-attributes", NULL},
    {"mfa", API, VAL, H, ALL, "x-amz-mfa", NULL},
    {"if-match", API, VAL, H, ALL, "if-match", NULL},
    {"if-none-match", API, VAL, H, ALL, "if-none-match", NULL},
    {"range", API, VAL, H, ALL, "range", NULL},
    {"rename-source", API, VAL, H, ALL, "x-amz-rename-source", NULL},
    {"confirm-remove-self-bucket-access", API, FLAG, H, ALL, "x-amz-confirm-remove-self-bucket-access", "true"},
    {"content-md5", API, VAL, H, ALL, "content-md5", NULL},

    /* query */
    {"prefix", API, VAL, Q, 0, "prefix", NULL},
    {"delimiter", API, VAL, Q, 0, "delimiter", NULL},
    {"max-keys", API, VAL, Q, 0, "max-keys", NULL},
    {"start-after", API, VAL, Q, 0, "start-after", NULL},
    {"marker", API, VAL, Q, 0, "marker", NULL},
    {"key-marker", API, VAL, Q, 0, "key-marker", NULL},
    {"encoding-type", API, VAL, Q, 0, "encoding-type", NULL},
    {"upload-id", API, VAL, Q, 0, "uploadId", NULL},
    {"part-number", API, VAL, Q, 0, "partNumber", NULL},
    {"id", API, VAL, Q, 0, "id", NULL},
    {"fetch-owner", API, FLAG, Q, 0, "fetch-owner", "true"},

    /* flags that would swallow a path */
    {"no-fetch-owner", API, FLAG, NO, 0, NULL, NULL},
    {"body", API, VAL, NO, 0, NULL, NULL},
    {"max-items", API, VAL, NO, 0, NULL, NULL},
    {"starting-token", API, VAL, NO, 0, NULL, NULL},

    /* bodies that the operations table asks about */
    {"tags", API, MANY, W403_CLI_BODY, 0, "Tags", NULL},
    {"create-bucket-configuration", API, VAL, W403_CLI_BODY, 0, "CreateBucketConfiguration", NULL},
    {"restore-request", API, VAL, W403_CLI_BODY, 0, "RestoreRequest", NULL},
    {"public-access-block-configuration", API, VAL, W403_CLI_BODY, 0, "PublicAccessBlockConfiguration", NULL},
    {"identity-center-arn", API, VAL, W403_CLI_BODY, 0, "IdentityCenterArn", NULL},
    {"grantee", API, VAL, W403_CLI_BODY, 0, "Grantee", NULL},
    {"scope", API, VAL, W403_CLI_BODY, 0, "Scope", NULL},
    {"metadata-configuration", API, VAL, W403_CLI_BODY, 0, "MetadataConfiguration", NULL},
};

const w403_cli_option *w403_cli_option_find(w403_view name, uint8_t tool)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if ((options[i].tools & tool) && w403_view_eq(name, w403_view_of(options[i].name))) {
            return &options[i];
        }
    }
    return NULL;
}

const char *w403_option_of_header(w403_view header, bool aws_s3)
{
    const w403_cli_option *any = NULL;
    uint8_t tool = aws_s3 ? W403_TOOL_S3 : W403_TOOL_API;
    for (size_t i = 0; i < sizeof options / sizeof *options && !any; i++) {
        const w403_cli_option *o = &options[i];
        bool sends = o->effect == W403_CLI_HEADER && (o->tools & tool) && o->target;
        any = sends && w403_view_ieq(header, w403_view_of(o->target)) ? o : NULL;
    }
    return any ? any->name : NULL;
}

bool w403_is_aws_option(w403_view name)
{
    return w403_cli_option_find(name, W403_TOOL_S3) || w403_cli_option_find(name, W403_TOOL_API);
}

/* The runbooks and their parameters, as their documents have them (formats 1.1 to 1.3). */
#include "evidence/runbook.h"

#include "base/nearest.h"

#define ROLE                                                                                                         \
    {                                                                                                                \
        "AutomationAssumeRole", "AWS::IAM::Role::Arn", false, "", "role that runs it; not needed here"               \
    }

static const w403_runbook_parameter same_account[] = {
    ROLE,
    {"S3ResourceArn", "String", true, "", "ARN of the bucket or object"},
    {"S3Action", "String", true, "", "S3's API name, as GetObject"},
    {"RequesterArn", "String", true, "", "ARN of the user or role that is refused"},
    {"RequesterRoleSessionName", "String", false, "", "session name, where the requester is a role"},
    {"S3ObjectVersionId", "String", false, "", "version of the object"},
    {"KmsKeyArn", "String", false, "", "ARN of the KMS key of the object or upload"},
    {"VpcEndpointId", "String", false, "", "VPC endpoint that the request goes through"},
    {"ContextKeyList", "MapList", false, "[]",
     "condition keys: {\"ContextKeyName\",\"ContextKeyValues\",\"ContextKeyType\"}"},
    {"SCPPolicy", "String", false,
     "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
     "a service control policy"},
};

static const w403_runbook_parameter public_read[] = {
    ROLE,
    {"S3BucketName", "String", true, "", "the bucket"},
    {"S3PrefixName", "String", false, "", "only objects whose key begins so"},
    {"StartAfter", "String", false, "", "only objects behind this key"},
    {"MaxObjects", "Integer", false, "5", "how many objects to look at: 1 to 25"},
    {"IgnoreBlockPublicAccess", "Boolean", false, "false", "go on although Block Public Access forbids it"},
    {"HttpGet", "Boolean", false, "true", "try an anonymous GET; here the engine decides it"},
    {"Verbose", "Boolean", false, "false", "also what is in order"},
    {"CloudWatchLogGroupName", "String", false, "", "not needed here"},
    {"CloudWatchLogStreamName", "String", false, "", "not needed here"},
    {"ResourcePartition", "String", false, "aws", "aws, aws-us-gov or aws-cn"},
};

static const w403_runbook runbooks[W403_RUNBOOKS] = {
    [W403_RUNBOOK_SAME_ACCOUNT] = {"AWSSupport-TroubleshootS3AccessSameAccount",
                                   "why a user or role of the bucket's account is refused", same_account,
                                   sizeof same_account / sizeof *same_account},
    [W403_RUNBOOK_PUBLIC_READ] = {"AWSSupport-TroubleshootS3PublicRead",
                                  "why objects that should be public cannot be read by everyone", public_read,
                                  sizeof public_read / sizeof *public_read},
};

static const w403_runbook_relative relatives[] = {
    {"AWSSupport-TroubleshootIAMAccessDeniedEvents", "denied events of a user or role in CloudTrail's event history, "
                                                     "which holds no S3 data events: `why403 logs` reads "
                                                     "whole trails, `why403 explain --event` one event"},
    {"AWS-AttachExcludeConditionToS3DenyPolicies",
     "leaves one principal out of every Deny of a bucket policy; `why403 explain` proposes the one Deny that counts"},
    {"AWSSupport-ContainS3Resource", "locks a bucket down, or takes that back: a possible cause of denials"},
    {"AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock", "turns a bucket's Block Public Access on: a cause"},
    {"AWSConfigRemediation-ConfigureS3PublicAccessBlock", "turns an account's Block Public Access on: a cause"},
    {"AWS-DisableS3BucketPublicReadWrite", "makes a bucket private: a cause"},
    {"AWSConfigRemediation-RemovePrincipalStarFromS3BucketPolicy", "removes every Allow for `*`: a cause"},
    {"AWSConfigRemediation-RestrictBucketSSLRequestsOnly", "denies requests without TLS: a cause"},
    {"AWSSupport-TroubleshootS3EventNotifications", "why event notifications do not arrive; no 403 of a caller"},
};

const w403_runbook *w403_runbook_at(w403_runbook_id id)
{
    return (unsigned)id < W403_RUNBOOKS ? &runbooks[id] : NULL;
}

const w403_runbook_relative *w403_runbook_relatives(size_t *n)
{
    *n = sizeof relatives / sizeof *relatives;
    return relatives;
}

/* arn:aws:ssm:us-east-1::document/NAME and NAME:1 name the same document. */
static w403_view bare_name(w403_view name)
{
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == '/') {
            name = w403_view_sub(name, i, name.n);
            break;
        }
    }
    return w403_view_cut(&name, ':');
}

w403_status w403_runbook_find(w403_view name, w403_runbook_id *out, w403_error *err)
{
    const char *names[W403_RUNBOOKS];
    w403_view bare = bare_name(name);
    for (unsigned i = 0; i < W403_RUNBOOKS; i++) {
        names[i] = runbooks[i].name;
        if (w403_view_ieq(bare, w403_view_of(names[i]))) {
            *out = (w403_runbook_id)i;
            return W403_OK;
        }
    }
    int shown = (int)(name.n > 100 ? 100 : name.n);
    (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` is no runbook that can be run here", shown,
                         name.n ? name.p : "");
    const char *nearest = w403_nearest(bare, names, W403_RUNBOOKS);
    w403_error_hint(err, nearest ? "did you mean `%s`?" : "it is one of %s and AWSSupport-TroubleshootS3PublicRead",
                    nearest ? nearest : names[W403_RUNBOOK_SAME_ACCOUNT]);
    for (size_t i = 0; i < sizeof relatives / sizeof *relatives; i++) {
        if (w403_view_ieq(bare, w403_view_of(relatives[i].name))) {
            w403_error_hint(err, "AWS's runbook of that name: %s", relatives[i].about);
        }
    }
    return W403_SEMANTIC;
}

w403_view w403_runbook_one(const w403_runbook_input *in, const char *name)
{
    const w403_runbook *r = &runbooks[in->id];
    for (size_t i = 0; i < r->n_parameters; i++) {
        if (strcmp(r->parameters[i].name, name) == 0) {
            return in->given[i].n > 0 ? in->given[i].at[0] : w403_view_of(r->parameters[i].fallback);
        }
    }
    return W403_LIT("");
}

/* Kinds of policies by their names: AWS's, and the short ones of the command line. */
#include "lint/lint.h"

typedef struct kind {
    const char *name;
    int value;
} kind;

static const kind policies[] = {
    {"IDENTITY_POLICY", W403_LINT_IDENTITY},
    {"RESOURCE_POLICY", W403_LINT_RESOURCE},
    {"SERVICE_CONTROL_POLICY", W403_LINT_SCP},
    {"RESOURCE_CONTROL_POLICY", W403_LINT_RCP},
};

static const kind resources[] = {
    {"AWS::S3::Bucket", W403_LINT_BUCKET},
    {"AWS::S3::AccessPoint", W403_LINT_ACCESS_POINT},
    {"AWS::S3::MultiRegionAccessPoint", W403_LINT_MRAP},
    {"AWS::S3ObjectLambda::AccessPoint", W403_LINT_OBJECT_LAMBDA},
    {"AWS::IAM::AssumeRolePolicyDocument", W403_LINT_TRUST},
    {"AWS::DynamoDB::Table", W403_LINT_TABLE},
    {"AWS::KMS::Key", W403_LINT_KEY},
    {"AWS::EC2::VPCEndpoint", W403_LINT_ENDPOINT},
};

static const kind *by_name(const kind *all, size_t n, w403_view name)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(name, w403_view_of(all[i].name)))
            return &all[i];
    }
    return NULL;
}

static const char *name_of(const kind *all, size_t n, int value)
{
    for (size_t i = 0; i < n; i++) {
        if (all[i].value == value)
            return all[i].name;
    }
    return NULL;
}

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

bool w403_lint_policy_find(w403_view name, w403_lint_policy *out)
{
    const kind *k = by_name(policies, COUNT(policies), name);
    if (k)
        *out = (w403_lint_policy)k->value;
    return k != NULL;
}

bool w403_lint_resource_find(w403_view name, w403_lint_resource *out)
{
    const kind *k = by_name(resources, COUNT(resources), name);
    if (k)
        *out = (w403_lint_resource)k->value;
    return k != NULL;
}

const char *w403_lint_policy_name(w403_lint_policy policy)
{
    return name_of(policies, COUNT(policies), (int)policy);
}

const char *w403_lint_resource_name(w403_lint_resource resource)
{
    return name_of(resources, COUNT(resources), (int)resource);
}

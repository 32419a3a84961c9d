/* AWS's sentences (semantics 6) as data. Adding one is adding a row. */
#include "evidence/error_text.h"

/* Where several begin at the same place the longer is meant; so the vague ones stand last. */
static const w403_reason reasons[] = {
    {"because no identity-based policy allows the ", "identity-based policy", false, false,
     {"no-allow.identity"}, {NULL}},
    {"because no identity policy allows the ", "identity-based policy", false, false, {"no-allow.identity"}, {NULL}},
    {"with an explicit deny in an identity-based policy", "identity-based policy", true, false,
     {"deny.identity"}, {NULL}},
    {"with an explicit deny in an identity policy", "identity-based policy", true, false, {"deny.identity"}, {NULL}},
    /* formats 4.7: IgnorePublicAcls shows as implicit, RestrictPublicBuckets as explicit */
    {"because no resource-based policy allows the ", "resource-based policy", false, false,
     {"no-allow.bucket-policy", "no-allow.access-point", "no-allow.object-acl", "bpa.ignore-public-acls"},
     {"no-allow.key-policy"}},
    {"with an explicit deny in a resource-based policy", "resource-based policy", true, false,
     {"deny.bucket-policy", "deny.access-point", "bpa.restrict-public-buckets"}, {"deny.key-policy"}},
    {"because no permissions boundary allows the ", "permissions boundary", false, false,
     {"no-allow.boundary"}, {NULL}},
    {"with an explicit deny in a permissions boundary", "permissions boundary", true, false,
     {"deny.boundary"}, {NULL}},
    {"because no session policy allows the ", "session policy", false, false, {"no-allow.session"}, {NULL}},
    {"with an explicit deny in a session policy", "session policy", true, false, {"deny.session"}, {NULL}},
    {"because no service control policy allows the ", "service control policy", false, false,
     {"no-allow.scp"}, {NULL}},
    {"with an explicit deny in a service control policy", "service control policy", true, false,
     {"deny.scp"}, {NULL}},
    {"with an explicit deny in a resource control policy", "resource control policy", true, false,
     {"deny.rcp"}, {NULL}},
    {"because no VPC endpoint policy allows the ", "VPC endpoint policy", false, false,
     {"no-allow.vpc-endpoint"}, {NULL}},
    {"with an explicit deny in a VPC endpoint policy", "VPC endpoint policy", true, false,
     {"deny.vpc-endpoint"}, {NULL}},
    {"because no role trust policy allows the ", "role trust policy", false, false, {NULL}, {NULL}},
    {"with an explicit deny in the role trust policy", "role trust policy", true, false, {NULL}, {NULL}},
    {"because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access",
     "S3 Block Public Access", false, false, {"bpa.block-public-acls"}, {NULL}},
    {"because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
     "S3 Block Public Access", false, false, {"bpa.block-public-policy"}, {NULL}},
    {"because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys",
     "bucket encryption settings", false, false, {"sse-c-blocked"}, {NULL}},
    {"because the resource does not exist in this Region, no resource-based policies allow access, or a "
     "resource-based policy explicitly denies access",
     "resource-based policy", false, false, {NULL},
     {"no-allow.key-policy", "deny.key-policy", "kms.aws-managed-key", "kms.key-not-found", "kms.wrong-region"}},
    {"with an explicit deny", NULL, true, true,
     {"deny.identity", "deny.bucket-policy", "deny.scp", "deny.boundary", "deny.session", "deny.vpc-endpoint"},
     {"deny.identity", "deny.key-policy", "deny.scp", "deny.boundary", "deny.session"}},
};

const w403_reason *w403_reason_find(w403_view text, size_t *at, size_t *end)
{
    const w403_reason *best = NULL;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        w403_view phrase = w403_view_of(reasons[i].phrase);
        size_t    found = w403_view_find(text, phrase);
        if (found != SIZE_MAX && (!best || found < *at)) {
            best = &reasons[i];
            *at = found;
            *end = found + phrase.n;
        }
    }
    return best;
}

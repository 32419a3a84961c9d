/* Where stores that speak S3 decide otherwise than AWS. Measured on Ceph's radosgw 16.2.15 by 24 bucket policies, of which 20
 * are decided alike; MinIO's condition keys are those of its own list (minio/pkg, policy/condition/keyname.go). */
#include "decide/context.h"

unsigned w403_dialect_rules(unsigned dialect)
{
    return dialect == W403_DIALECT_RGW ? W403_RULE_ABSENT_IS_NO | W403_RULE_NOT_ACTION_IS_NO : 0;
}

bool w403_keys_dialect(const w403_key_question *q)
{
    const w403_request *r = q->work->call->req;
    if (r->dialect != W403_DIALECT_AWS && !r->via.p && w403_is_endpoint_key(q->id)) {
        return w403_key_absent(q); /* a store has no VPC endpoints */
    }
    bool arn = r->dialect != W403_DIALECT_AWS && q->id == W403_KEY_AWS_PRINCIPALARN;
    bool plain = r->dialect == W403_DIALECT_RGW && q->id == W403_KEY_AWS_SECURETRANSPORT && r->secure == W403_NO;
    return (arn || plain) && w403_key_absent(q);
}

bool w403_dialect_named(w403_view name, unsigned *out)
{
    static const char *const names[] = {"aws", "rgw", "minio"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(name, w403_view_of(names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

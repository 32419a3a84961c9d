/* A document in the place of another (`replay --policy`): before the first NUL byte where, behind it the document. What comes
 * out is a snapshot, or an error with a message. */
#include "fuzz.h"

#include "snapshot/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char base[] =
    "{\"accounts/111122223333/account.json\": {\"CanonicalId\": \"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"},"
    "\"accounts/111122223333/s3/alpha/policy.json\": {\"Policy\": \"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}\"},"
    "\"accounts/111122223333/s3/beta/location.json\": {\"LocationConstraint\": null},"
    "\"accounts/111122223333/iam/authorization-details.json\": {\"UserDetailList\": [{\"UserName\": \"alice\","
    "\"Arn\": \"arn:aws:iam::111122223333:user/alice\", \"UserPolicyList\": [{\"PolicyName\": \"p\", \"PolicyDocument\":"
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}}],"
    "\"AttachedManagedPolicies\": [{\"PolicyName\": \"m\", \"PolicyArn\": \"arn:aws:iam::111122223333:policy/m\"}]}],"
    "\"RoleDetailList\": [], \"GroupDetailList\": [], \"Policies\": [{\"PolicyName\": \"m\", \"Arn\":"
    "\"arn:aws:iam::111122223333:policy/m\", \"DefaultVersionId\": \"v1\", \"PolicyVersionList\": [{\"VersionId\": \"v1\","
    "\"IsDefaultVersion\": true, \"Document\": {\"Version\": \"2012-10-17\", \"Statement\": []}}]}]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static w403_snapshot *snapshot; /* of all runs */
    w403_error err = {0};
    if (!snapshot) {
        must(w403_snapshot_parse(W403_LIT("base"), W403_LIT(base), NULL, NULL, &snapshot, &err) == W403_OK);
    }
    w403_view text = {(const char *)data, n}, where = w403_view_cut(&text, '\0');
    w403_arena *a = w403_arena_new((size_t)64 << 20);
    w403_snapshot *changed = NULL;
    w403_overlay o = {.arena = a, .base = snapshot};
    text.p = text.p ? text.p : "";
    if (a && n < 1 << 16) {
        w403_view source = w403_view_starts(where, W403_LIT("./")) ? where : W403_LIT("new.json");
        w403_status status = w403_overlay_add(&o, source.p == where.p ? (w403_view){NULL, 0} : where, W403_POLICY_KINDS, source,
                                              text, NULL, &err);
        must(status == W403_OK || status == W403_NOMEM || err.message[0]);
        if (status == W403_OK) {
            status = w403_snapshot_with(snapshot, o.files.at, o.files.n, NULL, NULL, &changed, &err);
            must(status == W403_OK || err.message[0]);
        }
    }
    w403_snapshot_free(changed);
    w403_arena_free(a);
    return 0;
}

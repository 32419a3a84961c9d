/* Objects as a report describes them, judged: the verdict of a row is that of the decision on that object, and never allowed
 * where the key of an object under SSE-KMS is not known. Input: four bytes that say the state, a key, NUL, a bucket policy. */
#include "fuzz.h"

#include "inventory/sweep.h"
#include "policy/policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char world[] =
    "{\"accounts/111122223333/account.json\": {\"CanonicalId\": \"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"},"
    "\"accounts/111122223333/s3/example/ownership-controls.json\": {\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\":"
    "\"ObjectWriter\"}]}}}";

static w403_object state_of(const uint8_t *b, w403_view key)
{
    w403_object o = {.key = key};
    o.sse_given = b[0] & 1;
    o.sse = (w403_sse)(b[1] % 5);
    if (b[0] & 2) {
        o.owner = W403_LIT("c1daf1b7b5aa85feacc2d8a3a4b0f7f1c2f54b1e7cf0430f33d72579fd1611c9");
    }
    if (b[0] & 4) {
        o.kms_key = W403_LIT("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    }
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static w403_snapshot *snapshot; /* of all runs */
    if (!snapshot) {
        must(w403_snapshot_parse(W403_LIT("world"), W403_LIT(world), NULL, NULL, &snapshot, NULL) == W403_OK);
    }
    w403_view text = {(const char *)data + 4, n < 4 ? 0 : n - 4};
    if (n < 6 || n > 1 << 15) {
        return 0;
    }
    w403_view key = w403_view_cut(&text, '\0');
    w403_arena *a = w403_arena_new((size_t)64 << 20);
    w403_policies *policies = w403_policies_new();
    must(a && policies);
    if (key.n > 0 && text.p &&
        w403_policies_add(policies, W403_POLICY_RESOURCE, 0, W403_LIT("policy"), text, NULL) == W403_OK) {
        w403_request r;
        w403_decision d;
        w403_sweep_group g;
        const w403_object o = state_of(data, key);
        w403_request_init(&r);
        r.operation = W403_LIT("GetObject");
        r.principal = W403_LIT("arn:aws:iam::111122223333:user/alice");
        r.from = W403_LIT("203.0.113.9");
        r.resource = w403_arena_printf(a, "arn:aws:s3:::example/%.*s", (int)key.n, key.p);
        bool unknown = data[2] & 1;
        if (r.resource.p &&
            w403_sweep_judge(snapshot, policies, &r, &o, unknown, a, &d, &g, NULL) == W403_OK) {
            bool kms = o.sse_given && (o.sse == W403_SSE_KMS || o.sse == W403_SSE_DSSE);
            must(!(unknown && kms && g.verdict == W403_ALLOWED));
            must(g.verdict != W403_DENIED || g.cause);
        }
    }
    w403_policies_free(policies);
    w403_arena_free(a);
    return 0;
}

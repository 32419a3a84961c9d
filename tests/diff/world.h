/* Seeded random worlds: a small snapshot in its single-file form, session policies, and requests in it, all as JSON
 * text, so that what is wrong can be read. The vocabulary is tiny: things match often. */
#ifndef W403_TESTS_DIFF_WORLD_H
#define W403_TESTS_DIFF_WORLD_H

#include "base/buf.h"

typedef struct world_random {
    uint64_t state;
} world_random;

void world_seed(world_random *r, uint64_t seed);
void world_snapshot(world_random *r, w403_buf *out);
/* {"session": [...]}, or {} */
void world_policies(world_random *r, w403_buf *out);
/* `session`: there are session policies, so the caller has a session. */
void world_request(world_random *r, bool session, w403_buf *out);

/* ---- shared by the files of the generator ---- */
unsigned    world_below(world_random *r, unsigned n);
bool        world_chance(world_random *r, unsigned percent);
const char *world_pick_of(world_random *r, const char *const *list, unsigned n);
#define world_pick(r, list) world_pick_of((r), (list), (unsigned)(sizeof(list) / sizeof *(list)))

typedef enum world_policy_kind { WORLD_IDENTITY, WORLD_SCP, WORLD_RCP, WORLD_RESOURCE, WORLD_ENDPOINT, WORLD_KEY, WORLD_TRUST } world_policy_kind;
/* One policy document. */
void world_policy(world_random *r, world_policy_kind kind, w403_buf *out);

#define WORLD_A "111122223333" /* owns the bucket, as a rule */
#define WORLD_B "444455556666" /* another member of the organization */
#define WORLD_C "777788889999" /* outside of it */
#define WORLD_M "999988887777" /* the management account */
#define WORLD_CANON(digits) digits digits digits digits digits digits digits digits digits digits digits digits digits digits digits digits
#define WORLD_OIDC(host) "arn:aws:iam::" WORLD_A ":oidc-provider/" host
#define WORLD_OAI "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
#define WORLD_OAI_CANON WORLD_CANON("3c3c") "3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c"
#define WORLD_KEY_1 "arn:aws:kms:us-east-1:" WORLD_A ":key/11111111-1111-1111-1111-111111111111"
#define WORLD_KEY_2 "arn:aws:kms:us-east-1:" WORLD_B ":key/22222222-2222-2222-2222-222222222222"
#define WORLD_KEY_3 "arn:aws:kms:eu-west-1:" WORLD_A ":key/33333333-3333-3333-3333-333333333333"
#define WORLD_AP_1 "arn:aws:s3:us-east-1:" WORLD_A ":accesspoint/ap1"
#define WORLD_AP_2 "arn:aws:s3:us-east-1:" WORLD_B ":accesspoint/ap2"
extern const char *const world_canonical[4];
extern const char *const world_accounts[4];

#endif

/* Condition keys derived from the request (semantics 2.3). Each function of the family answers the keys it knows
 * and gives false for the others. Internal to decide/. */
#ifndef W403_DECIDE_CONTEXT_H
#define W403_DECIDE_CONTEXT_H

#include "decide/check.h"
#include "decide/dialect.h"

typedef struct w403_key_question {
    const w403_check_work *work;
    uint16_t id;
    w403_view param;
    w403_key_value *out;
} w403_key_question;

/* Keys that the store of this dialect never sets; true: answered. */
bool w403_keys_dialect(const w403_key_question *q);  /* dialect.c */
bool w403_keys_caller(const w403_key_question *q);   /* context_caller.c: aws:Principal*, userid, MFA ... */
bool w403_keys_network(const w403_key_question *q);  /* context_request.c: SourceIp, SourceVpc*, TLS, time ... */
bool w403_keys_resource(const w403_key_question *q); /* context_request.c: aws:Resource*, RequestedRegion */
bool w403_keys_tags(const w403_key_question *q);     /* context_tags.c: aws:ResourceTag, s3:BucketTag ... */
bool w403_keys_s3(const w403_key_question *q);       /* context_s3.c */
bool w403_keys_kms(const w403_key_question *q);      /* context_s3.c */

/* Answers. A value's bytes must outlive the question. */
static inline bool w403_key_absent(const w403_key_question *q)
{
    *q->out = (w403_key_value){W403_NO, NULL, 0};
    return true;
}
static inline bool w403_key_unknown(const w403_key_question *q)
{
    *q->out = (w403_key_value){W403_UNKNOWN, NULL, 0};
    return true;
}
/* Of what is not in the request: absent, or unknown where the request does not say all of that kind. */
static inline bool w403_key_not_sent(const w403_key_question *q, unsigned unsaid)
{
    return q->work->call->req->unsaid & unsaid ? w403_key_unknown(q) : w403_key_absent(q);
}
bool w403_key_one(const w403_key_question *q, w403_view value); /* {NULL,0}: unknown */
bool w403_key_list(const w403_key_question *q, const w403_view *at, size_t n);
static inline bool w403_key_bool(const w403_key_question *q, bool b)
{
    return w403_key_one(q, b ? W403_LIT("true") : W403_LIT("false"));
}

/* A key that tells of the VPC endpoint that a request goes through, or of what lies behind it. */
bool w403_is_endpoint_key(uint16_t id);

#endif

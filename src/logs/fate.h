/* What became of a logged request, as far as permissions go: let through, refused for want of one, or nothing is said of
 * them. The codes are data: data/error-codes.tsv. */
#ifndef W403_LOGS_FATE_H
#define W403_LOGS_FATE_H

#include "logs/record.h"

typedef enum w403_fate {
    W403_FATE_WORKED,   /* the permissions held, whatever failed afterwards */
    W403_FATE_DENIED,   /* policies or settings refused it */
    W403_FATE_REDIRECT, /* it went to the wrong place */
    W403_FATE_BEFORE,   /* refused before a policy was asked: signature, credentials, account */
    W403_FATE_UNTOLD,   /* failed, and may have done so before as well as after authorization */
    W403_FATE_NOBODY,   /* S3's own doing, such as lifecycle: nobody asked */
    W403_FATES
} w403_fate;

w403_fate w403_record_fate(const w403_record *r);
/* A sentence for those that say nothing of permissions. */
const char *w403_fate_about(w403_fate f);

#endif

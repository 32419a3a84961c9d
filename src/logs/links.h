/* One refusal, told twice: by an access log and by CloudTrail (the same request id), or by S3 and by KMS (formats 4.6:
 * the same caller, bucket and second). It is counted once, and what one record says serves the other. */
#ifndef W403_LOGS_LINKS_H
#define W403_LOGS_LINKS_H

#include "base/limits.h"
#include "logs/record.h"

enum { W403_LINK_LIMIT = W403_LIMIT_LOG_LINKS };

/* Any number of threads may add. NULL when memory is short. */
typedef struct w403_links w403_links;
w403_links *w403_links_new(size_t limit);
void        w403_links_free(w403_links *l); /* NULL is fine */

/* A denial of this shape was read. */
void w403_links_add(w403_links *l, const w403_record *r, uint64_t shape);

typedef enum w403_link_kind { W403_LINK_REQUEST, W403_LINK_KMS } w403_link_kind;
/* Records that tell of the same: an access log's and CloudTrail's, or S3's and KMS's. Of n of one side and m of the
 * other the smaller number is one too many: the access log's, or KMS's, in whatever order they were read. */
typedef struct w403_link_pair {
    w403_link_kind kind;
    uint64_t       shape[2]; /* an access log's (or S3's) first; 0: of no shape */
    w403_instant   time[2];
    uint32_t       twice;    /* how many are told twice */
} w403_link_pair;
typedef void w403_link_fn(void *user, const w403_link_pair *pair);
void w403_links_each(const w403_links *l, w403_link_fn *fn, void *user);

/* How many were not remembered, because the limit was reached: they may be counted twice. */
uint64_t w403_links_forgotten(const w403_links *l);

#endif

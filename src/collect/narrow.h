/* What one question needs of AWS, and no more: the decision names the files of a snapshot that it wanted, they are
 * asked for, and it is made again, until it names nothing new. What was not asked for stays unknown (collector.mode
 * "narrow"), and so does what AWS refused to tell. */
#ifndef W403_COLLECT_NARROW_H
#define W403_COLLECT_NARROW_H

#include "live/live.h"
#include "snapshot/load.h"

typedef struct w403_narrow w403_narrow;

typedef struct w403_narrow_options {
    const w403_live   *live;
    w403_live_session *session;
    bool               head_object;    /* headers of the one object may be asked for: it takes the right to read it */
    bool               other_accounts; /* a role was named, which is taken in accounts that are not the caller's */
} w403_narrow_options;

/* A call that AWS refused, or that brought nothing that can be read. */
typedef struct w403_narrow_refusal {
    w403_view call;       /* s3:GetBucketPolicy */
    w403_view permission; /* that would open it: s3:GetBucketPolicy; {NULL,0}: none would */
    w403_view about;      /* whose: a bucket, a role, a key */
    w403_view code, message;
} w403_narrow_refusal;

typedef struct w403_narrow_counts {
    unsigned rounds; /* batches, each of calls that need no decision between them */
    unsigned calls;  /* pages among them */
} w403_narrow_counts;

/* Asks who the caller is. Errors: those of the session; credentials that AWS does not take. */
W403_NODISCARD w403_status w403_narrow_open(const w403_narrow_options *options, w403_narrow **out, w403_error *err);
w403_view w403_narrow_caller(const w403_narrow *n); /* ARN */
w403_view w403_narrow_account(const w403_narrow *n);
w403_view w403_narrow_partition(const w403_narrow *n);

/* Collects for a request that has a principal, a resource and an operation or action. May be called for several: each
 * fact is asked for once. Errors: the session's; W403_NOT_FOUND for a user or role that does not exist. */
W403_NODISCARD w403_status w403_narrow_ask(w403_narrow *n, const w403_policies *policies, const w403_request *request,
                                           w403_error *err);

/* Configurations of S3 Inventory: that one, or all ("") of a bucket that w403_narrow_ask_bucket was asked for. */
W403_NODISCARD w403_status w403_narrow_ask_inventory(w403_narrow *n, w403_view bucket, w403_view id, w403_error *err);
/* The settings of a bucket: who owns it, where it is, its policy. */
W403_NODISCARD w403_status w403_narrow_ask_bucket(w403_narrow *n, w403_view bucket, w403_view owner, w403_error *err);
/* Sends what was asked for, and loads it. */
W403_NODISCARD w403_status w403_narrow_fetch(w403_narrow *n, w403_error *err);

/* All that is known so far; it lives as long as the collection. */
const w403_snapshot *w403_narrow_snapshot(const w403_narrow *n);
/* Its files, snapshot.json among them; in the order in which they came. */
const w403_file_text *w403_narrow_files(const w403_narrow *n, size_t *count);
const w403_narrow_refusal *w403_narrow_refusals(const w403_narrow *n, size_t *count);
bool w403_narrow_wants_head(const w403_narrow *n); /* and they were not: options.head_object */
w403_narrow_counts w403_narrow_count(const w403_narrow *n);
void w403_narrow_close(w403_narrow *n); /* NULL is fine */

#endif

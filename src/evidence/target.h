/* What a request is aimed at: bucket arguments, endpoints and URLs of S3, and the ARNs they stand for. */
#ifndef W403_EVIDENCE_TARGET_H
#define W403_EVIDENCE_TARGET_H

#include "catalog/catalog.h"
#include "evidence/build.h"

typedef struct w403_target {
    const char *partition; /* aws, aws-cn ... */
    w403_view   region;    /* {NULL,0}: not said */
    w403_view   bucket;    /* a name, an access point alias, or the ARN of an access point; {NULL,0}: none */
    w403_view   key;       /* decoded; {NULL,0}: none */
    w403_view   via;       /* VPC endpoint id out of the host */
    bool        website, dualstack, fips, accelerate, control, express;
    bool        path_style;
} w403_target;

const char *w403_partition_of_region(w403_view region); /* "aws" when unknown or empty */

/* `b`, `arn:aws:s3:::b`, an access point, Object Lambda or multi-region access point ARN, or an alias; NULL key: the
 * bucket itself. Gives the ARN that policies name; {NULL,0} p with an empty bucket. */
w403_view w403_target_arn(w403_build *b, const w403_target *t);
bool      w403_bucket_is_arn(w403_view bucket);

/* The resource of a request as somebody wrote it: `*` alone or behind a `/` is no key but a pattern of policies, and
 * refused; `typed` by hand, so is any `*` at the end. A character that is a wildcard in policies may be written `${*}`,
 * as there. */
W403_NODISCARD w403_status w403_resource_written(w403_arena *a, bool typed, w403_view *resource, w403_error *err);
/* A key so that it is read as it is; {NULL,0} when memory is short. */
w403_view w403_key_to_write(w403_arena *a, w403_view key);

/* Cuts `s3://bucket/key`, `bucket/key` or an access point ARN with a key behind it. False: no bucket. */
bool w403_target_from_uri(w403_view uri, w403_target *t);

/* A host name of S3, port allowed. False: it is none of AWS's. bucket is set from a virtual host; an access point's is
 * written as its ARN. */
bool w403_target_from_host(w403_build *b, w403_view host, w403_target *t);

/* scheme://host[:port]/path?query. Fills target (key decoded once) and the query, decoded, in order. False: no URL of
 * S3; *https says which scheme. */
bool w403_target_from_url(w403_build *b, w403_view url, w403_target *t, w403_pairs *query, bool *https);

/* The operation of an HTTP request by the operations table: method, bucket or object, query and headers. NULL: none. */
const w403_operation *w403_operation_of_http(w403_view method, const w403_target *t, const w403_pairs *query,
                                             const w403_pairs *headers);

/* The next of a list as logs and events have it; browser forms and the website endpoint (model `rest`) only where the
 * list has nothing else. */
const w403_operation *w403_operation_next_plain(w403_view *list);
/* The row by which an operation needs an IAM action, NULL: it does not. */
const w403_permission *w403_operation_needs(const w403_operation *op, w403_view action);

/* Account of an ARN's fifth part, {NULL,0} when empty. */
w403_view w403_arn_account(w403_view arn);
/* Part 0..5 of an ARN (the sixth keeps further colons), {NULL,0} when there are fewer. */
w403_view w403_arn_part(w403_view arn, unsigned part);

#endif

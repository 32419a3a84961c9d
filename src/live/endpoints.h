/* Where a call goes, and how it is signed there: AWS's own hosts, or what the user put in their place. */
#ifndef W403_LIVE_ENDPOINTS_H
#define W403_LIVE_ENDPOINTS_H

#include "live/calls.h"
#include "live/config.h"
#include "live/live.h"

typedef struct w403_endpoints w403_endpoints;

typedef struct w403_endpoint {
    w403_view base;         /* https://s3.eu-west-1.amazonaws.com, with a port where there is one */
    w403_view host;         /* the header Host */
    w403_view path;         /* what stands before the call's own path: empty, /amzn-s3-demo-bucket */
    w403_view signing_name; /* of the scope */
    w403_view region;       /* of the scope */
    unsigned  rules;        /* W403_SIGN_S3 or W403_SIGN_OTHERS */
    bool      overridden;   /* by the user: it is none of AWS's hosts */
} w403_endpoint;

/* `config` and `options` must outlive it. Tells every override that is not from the command line, with its source.
 * Errors: an address that is none, plain http to another machine. */
W403_NODISCARD w403_status w403_endpoints_open(w403_arena *a, const w403_config *config, w403_view profile,
                                               const w403_live_options *options, w403_endpoints **out, w403_error *err);

/* The region of calls that name none; where nothing says it, it is us-east-1 and guessed. */
w403_view w403_endpoints_region(const w403_endpoints *e);
/* Another one, as EC2's metadata say it. */
W403_NODISCARD w403_status w403_endpoints_set_region(w403_endpoints *e, w403_view region, w403_error *err);
bool w403_endpoints_region_is_guessed(const w403_endpoints *e);
/* Of the session's region: aws, aws-cn. */
const char *w403_endpoints_partition(const w403_endpoints *e);

typedef struct w403_endpoint_query {
    unsigned  service; /* W403_SERVICE_* */
    w403_view region;  /* empty: the session's */
    w403_view account; /* of s3control; else empty */
    w403_view bucket;  /* of the call, if it has one */
    bool      source;  /* for credentials of the user's own: --endpoint-url is not meant for these */
} w403_endpoint_query;

/* The texts are of `a`. Errors: a region or account that is none, no such variant of the host (FIPS, dualstack). */
W403_NODISCARD w403_status w403_endpoint_find(const w403_endpoints *e, w403_arena *a, const w403_endpoint_query *query,
                                              w403_endpoint *out, w403_error *err);

/* Does the address name this machine? */
bool w403_host_is_loopback(w403_view host);

/* scheme://host[:port][/path], without what could hide another host or a password. */
typedef struct w403_url {
    bool      tls;
    w403_view host; /* without port; an IPv6 address without its brackets */
    w403_view port; /* empty: the scheme's own */
    w403_view path; /* empty, or with its slash; with the query, if there is one */
} w403_url;
bool w403_url_read(w403_view text, w403_url *out);

#endif

/* What is counted, in Prometheus' text form. No label names anybody or anything: routes, codes, verdicts and kinds of facts only. */
#ifndef W403_SERVE_METRICS_H
#define W403_SERVE_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"

enum { W403_METRIC_ROUTES = 40, W403_METRIC_CODES = 24, W403_METRIC_BUCKETS = 15 };

typedef enum w403_protocol {
    W403_PROTOCOL_ASK, W403_PROTOCOL_BATCH, W403_PROTOCOL_OPA, W403_PROTOCOL_RGW, W403_PROTOCOL_MINIO, W403_PROTOCOL_RUSTFS,
    W403_PROTOCOL_AUTHZEN, W403_PROTOCOL_NGINX, W403_PROTOCOL_ENVOY, W403_PROTOCOLS
} w403_protocol;
const char *w403_protocol_name(w403_protocol p);

typedef enum w403_unknown_kind {
    W403_UNKNOWN_KEY, W403_UNKNOWN_CALLER, W403_UNKNOWN_POLICY, W403_UNKNOWN_RESOURCE, W403_UNKNOWN_AGE, W403_UNKNOWN_OTHER,
    W403_UNKNOWN_KINDS
} w403_unknown_kind;

typedef struct w403_histogram {
    _Atomic uint64_t bucket[W403_METRIC_BUCKETS + 1]; /* the last: more */
    _Atomic uint64_t sum_ns;
} w403_histogram;

typedef struct w403_metrics {
    _Atomic uint64_t requests[W403_METRIC_ROUTES][W403_METRIC_CODES];
    w403_histogram   request_seconds[W403_METRIC_ROUTES], decide_seconds;
    _Atomic uint64_t decisions[W403_PROTOCOLS][3]; /* w403_verdict */
    _Atomic uint64_t undetermined[W403_PROTOCOLS][W403_UNKNOWN_KINDS];
    _Atomic uint64_t refused[8];
    atomic_int       inflight;
} w403_metrics;

/* Beside the three of w403_http_refusal. */
enum { W403_REFUSED_HOST = 3, W403_REFUSED_ORIGIN, W403_REFUSED_FRAMING, W403_REFUSED_TOKEN, W403_REFUSED_SIZE };

void w403_metric_time(w403_histogram *h, uint64_t ns);
void w403_metric_request(w403_metrics *m, unsigned route, int status, uint64_t ns);
void w403_metrics_put_histogram(w403_buf *b, const char *name, const char *label, const w403_histogram *h);

struct w403_server;
void w403_metrics_write(struct w403_server *s, w403_buf *b);

#endif

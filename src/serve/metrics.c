#include "serve/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "serve/route.h"

static const int codes[W403_METRIC_CODES] = {200, 202, 303, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503, 0};
static const uint64_t bounds_us[W403_METRIC_BUCKETS] = {50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000,
                                                        1000000, 2000000};

const char *w403_protocol_name(w403_protocol p)
{
    static const char *const names[W403_PROTOCOLS] = {"ask", "batch", "opa", "rgw", "minio", "rustfs", "authzen", "nginx", "envoy"};
    return names[p];
}

void w403_metric_time(w403_histogram *h, uint64_t ns)
{
    unsigned i = 0;
    while (i < W403_METRIC_BUCKETS && ns > bounds_us[i] * 1000) {
        i++;
    }
    atomic_fetch_add_explicit(&h->bucket[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->sum_ns, ns, memory_order_relaxed);
}

void w403_metric_request(w403_metrics *m, unsigned route, int status, uint64_t ns)
{
    unsigned c = 0;
    while (codes[c] && codes[c] != status) {
        c++;
    }
    atomic_fetch_add_explicit(&m->requests[route][c], 1, memory_order_relaxed);
    w403_metric_time(&m->request_seconds[route], ns);
}

static uint64_t get(const _Atomic uint64_t *v)
{
    return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)v, memory_order_relaxed);
}

static void head(w403_buf *b, const char *name, const char *type, const char *help)
{
    w403_buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* `label` is "" or `route="ask"`. */
void w403_metrics_put_histogram(w403_buf *b, const char *name, const char *label, const w403_histogram *h)
{
    const char *comma = *label ? "," : "";
    uint64_t    n = 0;
    for (unsigned i = 0; i < W403_METRIC_BUCKETS; i++) {
        n += get(&h->bucket[i]);
        w403_buf_printf(b, "%s_bucket{%s%sle=\"%g\"} %" PRIu64 "\n", name, label, comma, (double)bounds_us[i] / 1e6, n);
    }
    n += get(&h->bucket[W403_METRIC_BUCKETS]);
    w403_buf_printf(b, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, label, comma, n);
    const char *open = *label ? "{" : "", *close = *label ? "}" : "";
    w403_buf_printf(b, "%s_sum%s%s%s %.9f\n", name, open, label, close, (double)get(&h->sum_ns) / 1e9);
    w403_buf_printf(b, "%s_count%s%s%s %" PRIu64 "\n", name, open, label, close, n);
}

static void put_requests(const w403_metrics *m, w403_buf *b)
{
    char label[64];
    head(b, "why403_requests_total", "counter", "Requests by route and status.");
    for (unsigned r = 0; r <= w403_n_routes; r++) { /* the last: no route */
        for (unsigned c = 0; c < W403_METRIC_CODES; c++) {
            uint64_t n = get(&m->requests[r][c]);
            if (n) {
                w403_buf_printf(b, "why403_requests_total{route=\"%s\",code=\"%d\"} %" PRIu64 "\n", r < w403_n_routes ? w403_routes[r].id : "none", codes[c], n);
            }
        }
    }
    head(b, "why403_request_seconds", "histogram", "From the request line to the end of the answer.");
    for (unsigned r = 0; r < w403_n_routes; r++) {
        (void)snprintf(label, sizeof label, "route=\"%s\"", w403_routes[r].id);
        w403_metrics_put_histogram(b, "why403_request_seconds", label, &m->request_seconds[r]);
    }
}

static void put_decisions(const w403_metrics *m, w403_buf *b)
{
    static const char *const kinds[W403_UNKNOWN_KINDS] = {"condition-key", "caller", "policy", "resource", "snapshot-age", "other"};
    static const char *const refusals[8] = {"connections", "address", "slow", "host", "origin", "framing", "token", "size"};
    head(b, "why403_decisions_total", "counter", "Decisions by protocol and verdict.");
    for (unsigned p = 0; p < W403_PROTOCOLS; p++) {
        for (unsigned v = 0; v < 3; v++) {
            w403_buf_printf(b, "why403_decisions_total{protocol=\"%s\",decision=\"%s\"} %" PRIu64 "\n", w403_protocol_name((w403_protocol)p),
                            w403_verdict_name((w403_verdict)v), get(&m->decisions[p][v]));
        }
    }
    head(b, "why403_undetermined_total", "counter", "Decisions that hang on something unknown, by its kind.");
    for (unsigned p = 0; p < W403_PROTOCOLS; p++) {
        for (unsigned k = 0; k < W403_UNKNOWN_KINDS; k++) {
            w403_buf_printf(b, "why403_undetermined_total{protocol=\"%s\",fact=\"%s\"} %" PRIu64 "\n",
                            w403_protocol_name((w403_protocol)p), kinds[k], get(&m->undetermined[p][k]));
        }
    }
    head(b, "why403_decide_seconds", "histogram", "Time of one decision.");
    w403_metrics_put_histogram(b, "why403_decide_seconds", "", &m->decide_seconds);
    head(b, "why403_refused_total", "counter", "Connections and requests that were refused before they were answered.");
    for (unsigned i = 0; i < 8; i++) {
        w403_buf_printf(b, "why403_refused_total{reason=\"%s\"} %" PRIu64 "\n", refusals[i], get(&m->refused[i]));
    }
}

static void put_world(w403_server *s, w403_buf *b)
{
    w403_generation *g = w403_worlds_hold(&s->worlds);
    head(b, "why403_snapshot_generation", "gauge", "Which load of the snapshot answers.");
    w403_buf_printf(b, "why403_snapshot_generation %" PRIu64 "\n", g->number);
    head(b, "why403_snapshot_age_seconds", "gauge", "Since the snapshot was collected.");
    w403_buf_printf(b, "why403_snapshot_age_seconds %" PRId64 "\n", g->collected_at ? (int64_t)time(NULL) - g->collected_at : 0);
    head(b, "why403_snapshot_files", "gauge", "Files of the snapshot.");
    w403_buf_printf(b, "why403_snapshot_files %" PRIu64 "\n", g->files);
    head(b, "why403_snapshot_bytes", "gauge", "Bytes of its files.");
    w403_buf_printf(b, "why403_snapshot_bytes %" PRIu64 "\n", g->bytes);
    head(b, "why403_snapshot_load_seconds", "gauge", "How long its load took.");
    w403_buf_printf(b, "why403_snapshot_load_seconds %.6f\n", g->load_s);
    w403_worlds_release(g);
    (void)pthread_mutex_lock(&s->worlds.lock);
    uint64_t good = s->worlds.loaded, bad = s->worlds.failed;
    (void)pthread_mutex_unlock(&s->worlds.lock);
    head(b, "why403_snapshot_reloads_total", "counter", "Reloads by result.");
    w403_buf_printf(b, "why403_snapshot_reloads_total{result=\"ok\"} %" PRIu64 "\nwhy403_snapshot_reloads_total{result=\"error\"} %" PRIu64 "\n",
                    good, bad);
}

static void put_process(w403_server *s, w403_buf *b)
{
    struct rusage u;
    unsigned long pages = 0;
    FILE         *f = fopen("/proc/self/statm", "re");
    if (f) {
        if (fscanf(f, "%*u %lu", &pages) != 1) {
            pages = 0;
        }
        (void)fclose(f);
    }
    head(b, "why403_inflight", "gauge", "Requests on their way.");
    w403_buf_printf(b, "why403_inflight %d\n", atomic_load(&s->metrics.inflight));
    head(b, "process_resident_memory_bytes", "gauge", "Resident memory.");
    w403_buf_printf(b, "process_resident_memory_bytes %lu\n", pages * (unsigned long)sysconf(_SC_PAGESIZE));
    if (getrusage(RUSAGE_SELF, &u) == 0) {
        head(b, "process_cpu_seconds_total", "counter", "CPU time.");
        w403_buf_printf(b, "process_cpu_seconds_total %.6f\n",
                        (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
    }
    head(b, "why403_build_info", "gauge", "The version that runs.");
    w403_buf_printf(b, "why403_build_info{version=\"%s\"} 1\n", w403_version());
}

void w403_metrics_write(w403_server *s, w403_buf *b)
{
    put_requests(&s->metrics, b);
    put_decisions(&s->metrics, b);
    put_world(s, b);
    put_process(s, b);
    head(b, "why403_connections", "gauge", "Open connections.");
    (void)pthread_mutex_lock(&s->running_lock);
    unsigned open = s->running ? s->http->connections(s->running) : 0;
    (void)pthread_mutex_unlock(&s->running_lock);
    w403_buf_printf(b, "why403_connections %u\n", open);
}

#include "live/endpoints.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/encode.h"
#include "base/ip.h"
#include "live/endpoint_tables.h"
#include "live/secret_file.h"
#include "live/sign.h"

/* What the user put in the place of a service's own host. */
typedef struct override {
    w403_view url;    /* empty: nothing */
    w403_view source; /* "AWS_ENDPOINT_URL_S3 in the environment"; empty: the command line */
} override;

struct w403_endpoints {
    w403_arena              *arena;
    const w403_config       *config;
    const w403_live_options *options;
    w403_view                profile, region;
    override                 sources[W403_SERVICE_COUNT]; /* from environment and files */
    override                 option;                      /* --endpoint-url */
    w403_live_addressing     addressing;
    unsigned                 variant; /* W403_HOST_* */
    bool                     guessed, sts_legacy;
};

/* ---- names ---- */

/* One label of a host name: nothing else may come between the dots of a host of AWS's. */
static bool is_label(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char l = w403_lower(v.p[i]);
        if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || (l == '-' && i > 0 && i + 1 < v.n))) {
            return false;
        }
    }
    return v.n > 0 && v.n < 64;
}

static bool is_account(w403_view v)
{
    uint64_t number;
    return v.n == 12 && w403_view_u64(v, &number);
}

/* The partition with the longest prefix of the region's name; aws where none has one, as botocore has it. */
static size_t partition_of(w403_view region)
{
    size_t found = 0, longest = 0;
    for (size_t i = 0; i < W403_PARTITIONS; i++) {
        for (const char *const *p = w403_partitions[i].prefixes; *p; p++) {
            w403_view prefix = w403_view_of(*p);
            if (prefix.n > longest && w403_view_starts(region, prefix)) {
                longest = prefix.n;
                found = i;
            }
        }
    }
    return found;
}

/* ---- what was configured ---- */

static bool is_true(w403_view v)
{
    return w403_view_ieq(v, W403_LIT("true"));
}

/* A variable of the environment, else the profile's setting. */
static w403_view configured(const w403_endpoints *e, const char *variable, const char *setting)
{
    w403_view v = w403_environment(variable);
    return v.n ? v : w403_profile_get(e->config, e->profile, setting);
}

static w403_status take(w403_endpoints *e, override *out, w403_view url, w403_view source, w403_error *err)
{
    w403_url  parsed;
    w403_view from = source.n ? source : W403_LIT("--endpoint-url");
    W403_NEED(from.p, err);
    if (!w403_url_read(url, &parsed) || w403_view_find_char(parsed.path, '?') != SIZE_MAX) {
        w403_error_set(err, W403_SEMANTIC, "the endpoint is no address (%.*s)", W403_CUT(from));
        w403_error_hint(err, "Write it as https://host or https://host:port.");
        return W403_SEMANTIC;
    }
    if (!parsed.tls && !w403_host_is_loopback(parsed.host) && !e->options->allow_http && !e->options->no_sign_request) {
        w403_error_set(err, W403_SEMANTIC, "the endpoint `%.*s` is plain http to another machine (%.*s)", W403_CUT(url),
                       W403_CUT(from));
        w403_error_hint(err, "Use https, or say --allow-http if everyone on the way may see and change what is sent.");
        return W403_SEMANTIC;
    }
    while (url.n && url.p[url.n - 1] == '/') {
        url.n--;
    }
    *out = (override){w403_arena_copy(e->arena, url), source};
    W403_NEED(out->url.p, err);
    return W403_OK;
}

/* S3_CONTROL as variables have it, s3_control as files do: botocore's service ids. */
static void service_id(unsigned service, bool capital, char *out, size_t room)
{
    const char *name = w403_services[service == W403_SERVICE_S3EXPRESS ? W403_SERVICE_S3 : service]; /* no API of its own */
    size_t      n = 0;
    for (const char *p = name; *p && n + 2 < room; p++) {
        bool second = service == W403_SERVICE_S3CONTROL && p - name == 2;
        if (second) {
            out[n++] = '_';
        }
        out[n++] = *p == '-' ? '_' : capital && *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    }
    out[n] = '\0';
}

/* Of one service, by its own name: variable, then the services section. */
static w403_status own_override(w403_endpoints *e, unsigned service, override *out, w403_error *err)
{
    char id[32], variable[64];
    service_id(service, true, id, sizeof id);
    (void)snprintf(variable, sizeof variable, "AWS_ENDPOINT_URL_%s", id);
    w403_view url = w403_environment(variable);
    if (url.n) {
        return take(e, out, url, w403_arena_printf(e->arena, "%s in the environment", variable), err);
    }
    url = w403_environment("AWS_ENDPOINT_URL");
    if (url.n) {
        return take(e, out, url, W403_LIT("AWS_ENDPOINT_URL in the environment"), err);
    }
    w403_view services = w403_profile_get(e->config, e->profile, "services");
    service_id(service, false, id, sizeof id);
    w403_configured at = w403_config_find(e->config, W403_CONFIG_SERVICES, services, id);
    url = services.n ? w403_ini_nested(at.setting, W403_LIT("endpoint_url")) : (w403_view){NULL, 0};
    if (url.n) {
        return take(e, out, url,
                    w403_arena_printf(e->arena, "%s.endpoint_url in [services %.*s] of %.*s", id, W403_ARG(services),
                                      W403_ARG(at.file->source)), err);
    }
    at = w403_config_find(e->config, W403_CONFIG_PROFILE, e->profile, "endpoint_url");
    if (at.setting && at.setting->value.n) {
        return take(e, out, at.setting->value, w403_arena_printf(e->arena, "endpoint_url of profile %.*s in %.*s", W403_ARG(e->profile),
                                      W403_ARG(at.file->source)), err);
    }
    return W403_OK;
}

/* One sentence for all services that go to one place for one reason. */
static void tell_overrides(const w403_endpoints *e)
{
    for (unsigned s = 0; s < W403_SERVICE_COUNT && e->options->say; s++) {
        const override *o = &e->sources[s];
        unsigned        same = 0, before = 0;
        for (unsigned k = 0; k < W403_SERVICE_COUNT && o->url.n; k++) {
            bool equal = k != W403_SERVICE_S3EXPRESS && w403_view_eq(e->sources[k].source, o->source);
            same += equal;
            before += equal && k < s;
        }
        if (o->url.n == 0 || before || s == W403_SERVICE_S3EXPRESS) {
            continue;
        }
        w403_view who = same > 1 ? W403_LIT("every service") : w403_view_of(w403_services[s]);
        w403_view text = w403_arena_printf(e->arena, "%.*s goes to %.*s (%.*s)", W403_ARG(who), W403_ARG(o->url),
                                           W403_ARG(o->source));
        if (text.p) {
            e->options->say(e->options->user, W403_LIVE_NOTE, text);
        }
    }
}

static w403_status read_overrides(w403_endpoints *e, w403_error *err)
{
    if (e->options->endpoint_url.n) {
        W403_TRY(take(e, &e->option, e->options->endpoint_url, (w403_view){NULL, 0}, err));
    }
    if (is_true(configured(e, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"))) {
        return W403_OK;
    }
    for (unsigned s = 0; s < W403_SERVICE_COUNT; s++) {
        W403_TRY(own_override(e, s, &e->sources[s], err));
    }
    tell_overrides(e);
    return W403_OK;
}

/* The option, else `addressing_style` of the profile's `s3 =`. */
static w403_live_addressing addressing_of(const w403_endpoints *e)
{
    w403_configured s3 = w403_config_find(e->config, W403_CONFIG_PROFILE, e->profile, "s3");
    w403_view       style = w403_ini_nested(s3.setting, W403_LIT("addressing_style"));
    if (e->options->s3_addressing != W403_LIVE_ADDRESSING_AUTO) {
        return e->options->s3_addressing;
    }
    return w403_view_ieq(style, W403_LIT("virtual")) ? W403_LIVE_ADDRESSING_VIRTUAL
           : w403_view_ieq(style, W403_LIT("path"))  ? W403_LIVE_ADDRESSING_PATH
                                                     : W403_LIVE_ADDRESSING_AUTO;
}

w403_status w403_endpoints_set_region(w403_endpoints *e, w403_view region, w403_error *err)
{
    if (!is_label(region)) {
        w403_error_set(err, W403_SEMANTIC, "`%.*s` is no region", W403_CUT(region));
        w403_error_hint(err, "Regions look like us-east-1.");
        return W403_SEMANTIC;
    }
    e->region = w403_arena_lower(e->arena, region);
    W403_NEED(e->region.p, err);
    e->guessed = false;
    return W403_OK;
}

static w403_status choose_region(w403_endpoints *e, w403_error *err)
{
    w403_view region = e->options->region;
    if (!region.n) {
        region = w403_environment("AWS_REGION");
    }
    if (!region.n) {
        region = configured(e, "AWS_DEFAULT_REGION", "region");
    }
    W403_TRY(w403_endpoints_set_region(e, region.n ? region : W403_LIT("us-east-1"), err));
    e->guessed = region.n == 0;
    return W403_OK;
}

w403_status w403_endpoints_open(w403_arena *a, const w403_config *config, w403_view profile,
                                const w403_live_options *options, w403_endpoints **out, w403_error *err)
{
    w403_endpoints *e = W403_NEW(a, w403_endpoints);
    W403_NEED(e, err);
    *e = (w403_endpoints){.arena = a, .config = config, .options = options, .profile = profile};
    e->addressing = addressing_of(e);
    e->variant = (is_true(configured(e, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")) ? W403_HOST_FIPS : 0) |
                 (is_true(configured(e, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")) ? W403_HOST_DUALSTACK : 0);
    e->sts_legacy = w403_view_ieq(configured(e, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints"),
                                  W403_LIT("legacy"));
    W403_TRY(choose_region(e, err));
    W403_TRY(read_overrides(e, err));
    *out = e;
    return W403_OK;
}

w403_view w403_endpoints_region(const w403_endpoints *e)
{
    return e->region;
}

bool w403_endpoints_region_is_guessed(const w403_endpoints *e)
{
    return e->guessed;
}

const char *w403_endpoints_partition(const w403_endpoints *e)
{
    return w403_partitions[partition_of(e->region)].name;
}

/* ---- finding ---- */

/* The host with <region> and <account> filled in. */
static w403_view fill(w403_arena *a, const char *pattern, w403_view region, w403_view account)
{
    w403_buf    out = {0};
    const char *p = pattern;
    while (*p) {
        if (strncmp(p, "<region>", 8) == 0) {
            w403_buf_put(&out, region);
            p += 8;
        } else if (strncmp(p, "<account>", 9) == 0) {
            w403_buf_put(&out, account);
            p += 9;
        } else {
            w403_buf_putc(&out, *p++);
        }
    }
    return w403_buf_take(&out, a);
}

static w403_status no_variant(unsigned service, unsigned variant, const char *partition, w403_error *err)
{
    static const char *const names[] = {"", "FIPS ", "dualstack ", "FIPS dualstack "};
    w403_error_set(err, W403_SEMANTIC, "%s has no %sendpoint in partition %s", w403_services[service], names[variant],
                   partition);
    w403_error_hint(err, "Take AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or their settings in the profile away.");
    return W403_SEMANTIC;
}

static bool goes_global(const w403_endpoints *e, unsigned service, const w403_partition *partition, w403_view region)
{
    bool found = false;
    for (const char *const *r = partition->sts_regions; *r && !found; r++) {
        found = w403_view_eq(region, w403_view_of(*r));
    }
    return found && e->sts_legacy && service == W403_SERVICE_STS && e->variant == 0;
}

static w403_status aws_host(const w403_endpoints *e, w403_arena *a, const w403_endpoint_query *q, w403_endpoint *out,
                            w403_error *err)
{
    size_t                   partition = partition_of(out->region);
    const w403_endpoint_row *row = &w403_endpoint_rows[q->service][partition];
    if (!row->hosts[e->variant]) {
        return no_variant(q->service, e->variant, w403_partitions[partition].name, err);
    }
    if (goes_global(e, q->service, &w403_partitions[partition], out->region)) {
        out->host = W403_LIT("sts.amazonaws.com");
        out->region = W403_LIT("us-east-1");
    } else {
        if (row->signing_region) {
            out->region = w403_view_of(row->signing_region);
        }
        out->host = fill(a, row->hosts[e->variant], out->region, q->account);
    }
    out->base = w403_arena_printf(a, "https://%.*s", W403_ARG(out->host));
    W403_NEED(out->host.p && out->base.p, err);
    return W403_OK;
}

static w403_status overridden_host(w403_arena *a, const override *o, w403_endpoint *out, w403_error *err)
{
    w403_url url;
    if (!w403_url_read(o->url, &url)) {
        return w403_error_set(err, W403_BUG, "an endpoint was read and cannot be read again");
    }
    bool v6 = w403_view_find_char(url.host, ':') != SIZE_MAX;
    out->host = w403_arena_printf(a, "%s%.*s%s%s%.*s", v6 ? "[" : "", W403_ARG(url.host), v6 ? "]" : "",
                                  url.port.n ? ":" : "", W403_ARG(url.port));
    out->base = w403_arena_printf(a, "%s://%.*s", url.tls ? "https" : "http", W403_ARG(out->host));
    out->path = url.path;
    out->overridden = true;
    W403_NEED(out->host.p && out->base.p, err);
    return W403_OK;
}

/* May the bucket's name be a part of the host's? One with a dot is none of what a certificate is for. */
static bool can_be_virtual(const w403_endpoint *out, w403_view bucket)
{
    bool small = true;
    for (size_t i = 0; i < bucket.n; i++) {
        small = small && !(bucket.p[i] >= 'A' && bucket.p[i] <= 'Z');
    }
    w403_ip   ip;
    w403_view rest = out->host, name = w403_view_cut(&rest, ':');
    return small && is_label(bucket) && bucket.n >= 3 && out->host.p[0] != '[' && !w403_ip_parse(name, &ip);
}

static w403_status put_bucket(const w403_endpoints *e, w403_arena *a, w403_view bucket, w403_endpoint *out, w403_error *err)
{
    if (e->addressing == W403_LIVE_ADDRESSING_VIRTUAL && can_be_virtual(out, bucket)) {
        size_t scheme = w403_view_find(out->base, W403_LIT("://")) + 3;
        out->base = w403_arena_printf(a, "%.*s%.*s.%.*s", (int)scheme, out->base.p, W403_ARG(bucket), W403_ARG(out->host));
        out->host = w403_view_sub(out->base, scheme, out->base.n);
        W403_NEED(out->base.p, err);
        return W403_OK;
    }
    w403_view encoded = w403_percent_encode(a, bucket, NULL);
    out->path = w403_arena_printf(a, "%.*s/%.*s", W403_ARG(out->path), W403_ARG(encoded));
    W403_NEED(encoded.p && out->path.p, err);
    return W403_OK;
}

w403_status w403_endpoint_find(const w403_endpoints *e, w403_arena *a, const w403_endpoint_query *q, w403_endpoint *out,
                               w403_error *err)
{
    const override *o = e->option.url.n && !q->source ? &e->option : &e->sources[q->service];
    bool            s3 = q->service == W403_SERVICE_S3 || q->service == W403_SERVICE_S3EXPRESS;
    *out = (w403_endpoint){.region = q->region.n ? q->region : e->region};
    if (!is_label(out->region)) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no region", W403_CUT(out->region));
    }
    if (q->service == W403_SERVICE_S3CONTROL && !is_account(q->account)) {
        return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no account: it has 12 digits", W403_CUT(q->account));
    }
    const w403_endpoint_row *row = &w403_endpoint_rows[q->service][partition_of(out->region)];
    out->signing_name = w403_view_of(row->signing_name);
    out->rules = s3 || q->service == W403_SERVICE_S3CONTROL ? W403_SIGN_S3 : W403_SIGN_OTHERS;
    if (o->url.n) {
        out->region = row->signing_region ? w403_view_of(row->signing_region) : out->region;
        W403_TRY(overridden_host(a, o, out, err));
    } else {
        W403_TRY(aws_host(e, a, q, out, err));
    }
    return s3 && q->bucket.n ? put_bucket(e, a, q->bucket, out, err) : W403_OK;
}

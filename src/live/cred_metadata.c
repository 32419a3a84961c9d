/* What a machine is given: by the agent of its container, by the EC2 metadata service (version 2 alone). Plain http, and so
 * only to this machine and to AWS's own link-local addresses; never by way of a proxy. */
#include "live/cred.h"
#include "live/secret_file.h"

enum {
    CONTAINER_MS = 2000,
    CONTAINER_ATTEMPTS = 3,
    METADATA_MS = 1000,
    LONGEST_NAME = 512,
};

static const char *const addresses[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "169.254.169.254", "fd00:ec2::254"};
enum { OF_CONTAINERS = 3 };

static bool may_ask(const w403_url *url, size_t from, size_t to)
{
    bool known = url->tls || w403_host_is_loopback(url->host);
    for (size_t i = from; i < to && !known; i++) {
        known = w403_view_ieq(url->host, w403_view_of(addresses[i]));
    }
    return known;
}

/* ---- containers ---- */

static w403_status container_url(w403_credentials *c, w403_view *out, w403_error *err)
{
    w403_view relative = w403_environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    w403_view full = w403_environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    w403_url  url;
    *out = relative.n ? w403_arena_printf(c->scratch, "http://%s%.*s", addresses[0], W403_ARG(relative))
                      : w403_arena_copy(c->scratch, full);
    W403_NEED(out->p, err);
    if (!w403_url_read(*out, &url) || (relative.n && relative.p[0] != '/')) {
        return w403_error_set(err, W403_SEMANTIC, "%s is no address", relative.n ? "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
                                                                                 : "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    }
    if (!may_ask(&url, 0, OF_CONTAINERS)) {
        w403_error_set(err, W403_SEMANTIC, "AWS_CONTAINER_CREDENTIALS_FULL_URI: `%.*s` is not asked in plain http",
                       W403_CUT(url.host));
        w403_error_hint(err, "Use https, this machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23].");
        return W403_SEMANTIC;
    }
    return W403_OK;
}

/* The token that the agent wants to see, as a copy in the block; {NULL,0}: it wants none. */
static w403_status container_token(w403_credentials *c, w403_view *out, w403_error *err)
{
    w403_view file = w403_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    w403_view token = w403_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    *out = (w403_view){NULL, 0};
    if (file.n) {
        W403_TRY(w403_secret_file_read(c->parts->secrets, file.p, W403_SECRET_FILE_MUST_BE, out, err));
    } else if (token.n) {
        *out = w403_secrets_copy(c->parts->secrets, token);
        W403_NEED(out->p, err);
    }
    for (size_t i = 0; i < out->n; i++) {
        if ((unsigned char)out->p[i] < ' ' || out->p[i] == 0x7F) { /* it would be another header */
            w403_secrets_drop(c->parts->secrets, out);
            return w403_error_set(err, W403_SEMANTIC, "%s holds no token: there is a line end or a control character in it",
                                  file.n ? "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
                                         : "AWS_CONTAINER_AUTHORIZATION_TOKEN");
        }
    }
    return W403_OK;
}

static const w403_key_names names = {.id = "AccessKeyId", .secret = "SecretAccessKey", .token = "Token", .expires = "Expiration"};

static w403_status keys_of(w403_credentials *c, w403_source *s, w403_http_answer *answer, w403_error *err)
{
    w403_status status = answer->status == 200
                             ? w403_keys_read_json(c, &s->keys, answer->body, &names, s->about, err)
                             : w403_error_set(err, W403_IO, "%.*s: the answer is HTTP %d", W403_CUT(s->about), answer->status);
    w403_secrets_drop(c->parts->secrets, &answer->body);
    return status;
}

w403_status w403_container_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    w403_view         token;
    w403_http_answer  answer;
    w403_http_request request = {.method = W403_LIT("GET"), .timeout_ms = CONTAINER_MS, .direct = true};
    W403_TRY(container_url(c, &request.url, err));
    W403_TRY(container_token(c, &token, err));
    w403_header headers[] = {{W403_LIT("Accept"), W403_LIT("application/json")}, {W403_LIT("Authorization"), token}};
    request.headers = headers;
    request.n_headers = token.n ? 2 : 1;
    w403_status status = w403_credentials_send(c, &request, CONTAINER_ATTEMPTS, &answer, err);
    w403_secrets_drop(c->parts->secrets, &token);
    return status == W403_OK ? keys_of(c, s, &answer, err) : status;
}

/* ---- EC2 ---- */

w403_view w403_metadata_off(const w403_credentials *c)
{
    (void)c;
    bool off = w403_view_ieq(w403_environment("AWS_EC2_METADATA_DISABLED"), W403_LIT("true"));
    return off ? W403_LIT("AWS_EC2_METADATA_DISABLED is true") : (w403_view){NULL, 0};
}

static w403_view configured(const w403_credentials *c, const char *variable, const char *setting)
{
    w403_view v = w403_environment(variable);
    return v.n ? v : w403_profile_get(&c->config, c->profile, setting);
}

static w403_status metadata_base(w403_credentials *c, w403_view *out, w403_error *err)
{
    w403_view named = configured(c, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    w403_view mode = configured(c, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    w403_url  url;
    if (!named.n) {
        named = w403_view_ieq(mode, W403_LIT("ipv6")) ? W403_LIT("http://[fd00:ec2::254]") : W403_LIT("http://169.254.169.254");
    }
    while (named.n && named.p[named.n - 1] == '/') {
        named.n--;
    }
    *out = named;
    if (!w403_url_read(named, &url)) {
        return w403_error_set(err, W403_SEMANTIC, "the endpoint of the EC2 metadata service is no address");
    }
    if (!may_ask(&url, OF_CONTAINERS, sizeof addresses / sizeof *addresses)) {
        return w403_error_set(err, W403_SEMANTIC, "EC2 metadata: `%.*s` is not asked in plain http", W403_CUT(url.host));
    }
    return W403_OK;
}

/* One path with the session's token, which the first request of it gets. The body goes back by w403_secrets_drop. */
static w403_status metadata_get(w403_credentials *c, w403_view base, const char *path, w403_view token, w403_http_answer *out,
                                w403_error *err)
{
    bool              first = !token.n;
    w403_header       header = first ? (w403_header){W403_LIT("X-aws-ec2-metadata-token-ttl-seconds"), W403_LIT("21600")}
                                     : (w403_header){W403_LIT("X-aws-ec2-metadata-token"), token};
    w403_http_request request = {.method = first ? W403_LIT("PUT") : W403_LIT("GET"), .headers = &header, .n_headers = 1,
                                 .timeout_ms = METADATA_MS, .direct = true};
    request.url = w403_arena_printf(c->scratch, "%.*s/latest/%s", W403_ARG(base), path);
    W403_NEED(request.url.p, err);
    return w403_credentials_send(c, &request, 1, out, err);
}

static w403_status metadata_token(w403_credentials *c, w403_view base, w403_http_answer *out, w403_error *err)
{
    W403_TRY(metadata_get(c, base, "api/token", (w403_view){NULL, 0}, out, err));
    if (out->status != 200 || !w403_is_token(out->body)) {
        int status = out->status;
        w403_secrets_drop(c->parts->secrets, &out->body);
        return w403_error_set(err, W403_IO, "EC2 metadata: no token is given (HTTP %d): version 2 of the service is needed", status);
    }
    return W403_OK;
}

static bool is_role_name(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char l = w403_lower(v.p[i]);
        if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || (l && strchr("+=,.@_-", l)))) {
            return false;
        }
    }
    return v.n > 0 && v.n < LONGEST_NAME;
}

/* The name of the instance's role, in `path` as what has to be asked next. */
static w403_status metadata_role(w403_credentials *c, w403_view base, w403_view token, w403_view *path, w403_error *err)
{
    w403_http_answer answer;
    W403_TRY(metadata_get(c, base, "meta-data/iam/security-credentials/", token, &answer, err));
    w403_view rest = answer.body, name = w403_view_trim(w403_view_cut(&rest, '\n'));
    bool      good = answer.status == 200 && is_role_name(name);
    if (good) {
        *path = w403_arena_printf(c->scratch, "meta-data/iam/security-credentials/%.*s", W403_ARG(name));
    }
    int status = answer.status;
    w403_secrets_drop(c->parts->secrets, &answer.body);
    if (!good) {
        return w403_error_set(err, W403_NOT_FOUND, "EC2 metadata: the instance has no role (HTTP %d)", status);
    }
    W403_NEED(path->p, err);
    return W403_OK;
}

w403_status w403_metadata_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    w403_view        base, path;
    w403_http_answer token, answer;
    W403_TRY(metadata_base(c, &base, err));
    W403_TRY(metadata_token(c, base, &token, err));
    w403_status status = metadata_role(c, base, token.body, &path, err);
    if (status == W403_OK) {
        status = metadata_get(c, base, path.p, token.body, &answer, err);
    }
    w403_secrets_drop(c->parts->secrets, &token.body);
    return status == W403_OK ? keys_of(c, s, &answer, err) : status;
}

w403_view w403_metadata_region(w403_credentials *c)
{
    w403_view        base, region = {NULL, 0};
    w403_http_answer token, answer = {0};
    w403_error       ignored;
    if (metadata_base(c, &base, &ignored) != W403_OK || metadata_token(c, base, &token, &ignored) != W403_OK) {
        return region;
    }
    if (metadata_get(c, base, "meta-data/placement/region", token.body, &answer, &ignored) == W403_OK && answer.status == 200) {
        region = w403_arena_copy(c->arena, w403_view_trim(answer.body));
    }
    w403_secrets_drop(c->parts->secrets, &answer.body);
    w403_secrets_drop(c->parts->secrets, &token.body);
    return region;
}

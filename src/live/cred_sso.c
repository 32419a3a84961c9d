#include <openssl/evp.h>

#include "base/command.h"
#include "base/encode.h"
#include "live/cred.h"
#include "live/secret_file.h"

enum { SSO_ATTEMPTS = 4 };

/* The aws command caches tokens by the SHA-1 of the session's name, or of the start URL. */
static w403_view cache_path(w403_credentials *c, w403_view name)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned      n = 0;
    char          hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    if (EVP_Digest(name.p, name.n, hash, &n, EVP_sha1(), NULL) != 1) {
        return (w403_view){NULL, 0};
    }
    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(hex + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    w403_view path = w403_arena_printf(c->scratch, "~/.aws/sso/cache/%s.json", hex);
    return path.p ? w403_path_expand(c->scratch, path) : path;
}

w403_status w403_sso_token_read(w403_credentials *c, w403_view text, w403_view *token, const char **why, w403_error *err)
{
    w403_json_doc     doc = {0};
    w403_error        parse;
    w403_json_options options = {.max_depth = 8};
    w403_status       status = w403_json_parse(c->scratch, W403_LIT("token"), text, &options, &doc, NULL, &parse);
    w403_view         found = status == W403_OK ? w403_json_str(doc.root, "accessToken") : (w403_view){NULL, 0};
    w403_view         until = status == W403_OK ? w403_json_str(doc.root, "expiresAt") : (w403_view){NULL, 0};
    w403_instant      expires;
    *token = (w403_view){NULL, 0};
    *why = NULL;
    if (!w403_is_token(found) || !w403_instant_read(until, &expires)) {
        *why = "its file in ~/.aws/sso/cache cannot be read";
    } else if (expires <= w403_instant_now()) {
        *why = "it has expired";
    } else {
        *token = w403_secrets_copy(c->parts->secrets, found);
        status = token->p ? W403_OK : W403_NOMEM;
    }
    w403_json_wipe(doc.root);
    return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
}

/* The token, as a copy in the block; empty: there is none that holds, `why` says it. */
static w403_status read_token(w403_credentials *c, const w403_source *s, w403_view *token, const char **why, w403_error *err)
{
    w403_view path = cache_path(c, s->sso_name), text;
    W403_NEED(path.p, err);
    *token = (w403_view){NULL, 0};
    *why = "nobody has signed in";
    W403_TRY(w403_secret_file_read(c->parts->secrets, path.p, W403_SECRET_FILE_OURS, &text, err));
    if (!text.p) {
        return W403_OK;
    }
    w403_status status = w403_sso_token_read(c, text, token, why, err);
    w403_secrets_drop(c->parts->secrets, &text);
    return status;
}

/* Only the aws command can refresh a token (it has the registration of the client); else the user signs in again. */
static w403_status no_token(w403_credentials *c, w403_source *s, const char *why, w403_error *err)
{
    w403_error  from_aws;
    w403_status status = w403_export_keys(c, s, &from_aws);
    if (status != W403_OK) {
        w403_view command = W403_AWS(c->scratch, "sso login --profile <profile>", s->profile);
        w403_error_set(err, status == W403_NOMEM ? W403_NOMEM : W403_SEMANTIC, "%.*s: there is no SSO token: %s",
                       W403_CUT(s->about), why);
        w403_error_hint(err, "Sign in: %.*s", W403_CUT(command));
        return err ? err->code : W403_SEMANTIC;
    }
    return W403_OK;
}

static w403_status portal_url(w403_credentials *c, const w403_source *s, w403_view *url, w403_error *err)
{
    w403_endpoint       to;
    w403_endpoint_query query = {.service = W403_SERVICE_SSO, .region = s->sso_region, .source = true};
    W403_TRY(w403_endpoint_find(c->parts->endpoints, c->scratch, &query, &to, err));
    w403_view role = w403_percent_encode(c->scratch, s->sso_role, NULL);
    w403_view account = w403_percent_encode(c->scratch, s->sso_account, NULL);
    W403_NEED(role.p && account.p, err);
    *url = w403_arena_printf(c->scratch, "%.*s%.*s/federation/credentials?role_name=%.*s&account_id=%.*s", W403_ARG(to.base),
                             W403_ARG(to.path), W403_ARG(role), W403_ARG(account));
    W403_NEED(url->p, err);
    return W403_OK;
}

static w403_status read_answer(w403_credentials *c, w403_source *s, const w403_http_answer *answer, w403_error *err)
{
    static const w403_key_names names = {.id = "accessKeyId", .secret = "secretAccessKey", .token = "sessionToken",
                                         .expires = "expiration", .milliseconds = true, .inside = "roleCredentials"};
    if (answer->status == 200) {
        return w403_keys_read_json(c, &s->keys, answer->body, &names, s->about, err);
    }
    return w403_error_set(err, W403_IO, "%.*s: the SSO portal gives no credentials of role `%.*s` in account `%.*s`: HTTP %d%s",
                          W403_CUT(s->about), W403_CUT(s->sso_role), W403_CUT(s->sso_account), answer->status,
                          answer->status == 403 || answer->status == 404 ? " (the role is not assigned to you there)" : "");
}

w403_status w403_sso_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    w403_view        token, url;
    const char      *why;
    w403_http_answer answer;
    W403_TRY(read_token(c, s, &token, &why, err));
    if (!token.p) {
        return no_token(c, s, why, err);
    }
    w403_header       header = {W403_LIT("x-amz-sso_bearer_token"), token};
    w403_http_request request = {.method = W403_LIT("GET"), .headers = &header, .n_headers = 1,
                                 .timeout_ms = c->parts->timeout_ms};
    w403_status       status = portal_url(c, s, &url, err);
    if (status == W403_OK) {
        request.url = url;
        status = w403_credentials_send(c, &request, SSO_ATTEMPTS, &answer, err);
    }
    w403_secrets_drop(c->parts->secrets, &token);
    if (status != W403_OK) {
        return status;
    }
    status = answer.status == 401 ? no_token(c, s, "it is refused", err) : read_answer(c, s, &answer, err);
    w403_secrets_drop(c->parts->secrets, &answer.body);
    return status;
}

#include <time.h>

#include "live/cred.h"
#include "live/secret_file.h"

enum { STS_ATTEMPTS = 4, FORM_ROOM = 4096 };

/* A form in the block of secrets: what is put in may be a token. */
typedef struct form {
    char  *p;
    size_t n, room;
} form;

static void put_char(form *f, char c)
{
    if (f->n < f->room) {
        f->p[f->n] = c;
    }
    f->n++;
}

static void put_encoded(form *f, w403_view v)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i], l = w403_lower(c);
        if ((l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
            put_char(f, c);
        } else {
            put_char(f, '%');
            put_char(f, digits[(unsigned char)c >> 4]);
            put_char(f, digits[(unsigned char)c & 15]);
        }
    }
}

/* Nothing where there is no value. */
static void put_member(form *f, const char *name, w403_view value)
{
    if (value.n) {
        put_char(f, '&');
        put_encoded(f, w403_view_of(name));
        put_char(f, '=');
        put_encoded(f, value);
    }
}

static void put_role(form *f, const w403_source *s, const char *action)
{
    char duration[24] = "";
    if (s->duration) {
        (void)snprintf(duration, sizeof duration, "%llu", (unsigned long long)s->duration);
    }
    put_encoded(f, W403_LIT("Action"));
    put_char(f, '=');
    put_encoded(f, w403_view_of(action));
    put_member(f, "Version", W403_LIT("2011-06-15"));
    put_member(f, "RoleArn", s->role_arn);
    put_member(f, "RoleSessionName", s->session_name);
    put_member(f, "DurationSeconds", w403_view_of(duration));
}

static w403_status open_form(w403_credentials *c, form *f, size_t more, w403_error *err)
{
    *f = (form){.room = FORM_ROOM + more};
    f->p = w403_secrets_take(c->parts->secrets, f->room);
    W403_NEED(f->p, err);
    return W403_OK;
}

/* As a body of exactly its length. */
static w403_status close_form(w403_credentials *c, form *f, w403_view *out, w403_error *err)
{
    bool fits = f->n <= f->room;
    *out = fits ? w403_secrets_copy(c->parts->secrets, (w403_view){f->p, f->n}) : (w403_view){NULL, 0};
    w403_secrets_wipe(c->parts->secrets, f->p, f->room);
    if (!fits) {
        return w403_error_set(err, W403_LIMIT, "the settings of a role are longer than any that AWS takes");
    }
    W403_NEED(out->p, err);
    return W403_OK;
}

static w403_status endpoint(w403_credentials *c, w403_arena *a, bool own, w403_endpoint *out, w403_view *url, w403_error *err)
{
    w403_endpoint_query query = {.service = W403_SERVICE_STS, .source = own};
    W403_TRY(w403_endpoint_find(c->parts->endpoints, a, &query, out, err));
    *url = w403_arena_printf(a, "%.*s%.*s/", W403_ARG(out->base), W403_ARG(out->path));
    W403_NEED(url->p, err);
    return W403_OK;
}

static const w403_header content_type = {{"Content-Type", 12},
                                         {"application/x-www-form-urlencoded; charset=utf-8", 48}};

static w403_status sign(w403_credentials *c, w403_arena *a, const w403_keys *keys, const w403_endpoint *to,
                        w403_sts_request *out, w403_error *err)
{
    w403_view       path = w403_arena_printf(a, "%.*s/", W403_ARG(to->path));
    w403_signature  signature;
    w403_sign_input in = {.method = W403_LIT("POST"), .host = to->host, .path = path, .body = out->body,
                          .service = to->signing_name, .region = to->region, .headers = &content_type, .n_headers = 1,
                          .rules = to->rules};
    W403_NEED(path.p, err);
    W403_TRY(w403_sign(c->parts->signer, keys, &in, &signature, err));
    out->headers[0] = content_type;
    out->headers[1] = (w403_header){W403_LIT("X-Amz-Date"), w403_arena_copy(a, signature.date)};
    out->headers[2] = (w403_header){W403_LIT("Authorization"), w403_arena_copy(a, signature.authorization)};
    out->headers[3] = (w403_header){W403_LIT("X-Amz-Security-Token"), signature.token};
    W403_NEED(out->headers[1].value.p && out->headers[2].value.p, err);
    out->request.headers = out->headers;
    out->request.n_headers = signature.token.n ? 4 : 3;
    return W403_OK;
}

w403_status w403_sts_assume(w403_credentials *c, w403_arena *a, const w403_source *role, bool own, const w403_keys *keys,
                            w403_view mfa_code, w403_sts_request *out, w403_error *err)
{
    form          f;
    w403_endpoint to;
    *out = (w403_sts_request){.request = {.method = W403_LIT("POST"), .timeout_ms = c->parts->timeout_ms}};
    W403_TRY(endpoint(c, a, own, &to, &out->request.url, err));
    W403_TRY(open_form(c, &f, 0, err));
    put_role(&f, role, "AssumeRole");
    put_member(&f, "ExternalId", role->external_id);
    put_member(&f, "SerialNumber", mfa_code.n ? role->mfa_serial : (w403_view){NULL, 0});
    put_member(&f, "TokenCode", mfa_code);
    W403_TRY(close_form(c, &f, &out->body, err));
    out->request.body = out->body;
    w403_status status = sign(c, a, keys, &to, out, err);
    if (status != W403_OK) {
        w403_secrets_drop(c->parts->secrets, &out->body);
    }
    return status;
}

/* ---- answers ---- */

static w403_view between(w403_view body, const char *open, char end)
{
    size_t from = w403_view_find(body, w403_view_of(open));
    if (from == SIZE_MAX) {
        return (w403_view){NULL, 0};
    }
    w403_view rest = w403_view_sub(body, from + strlen(open), body.n);
    return w403_view_trim(w403_view_cut(&rest, end));
}

static w403_status refused(const w403_source *s, const char *call, const w403_http_answer *answer, w403_error *err)
{
    w403_view code = between(answer->body, "<Code>", '<'), message = between(answer->body, "<Message>", '<');
    if (!code.n) {
        return w403_error_set(err, W403_IO, "%.*s: sts:%s for `%.*s` is answered with HTTP %d", W403_CUT(s->about), call,
                              W403_CUT(s->role_arn), answer->status);
    }
    return w403_error_set(err, W403_IO, "%.*s: sts:%s for `%.*s` is refused: %.*s%s%.*s", W403_CUT(s->about), call,
                          W403_CUT(s->role_arn), W403_CUT(code), message.n ? ": " : "", W403_CUT(message));
}

/* A clock that is off looks like a wrong signature. True: the signer knows better now. */
static bool clock_was_off(w403_credentials *c, const w403_http_answer *answer)
{
    int64_t   seconds = 0;
    w403_view code = between(answer->body, "<Code>", '<');
    bool      may_be = w403_view_eq(code, W403_LIT("SignatureDoesNotMatch")) ||
                  w403_view_eq(code, W403_LIT("RequestExpired")) || w403_view_eq(code, W403_LIT("RequestTimeTooSkewed"));
    if (!may_be || !w403_signer_skew(c->parts->signer, w403_view_of(answer->date), &seconds)) {
        return false;
    }
    w403_view text = w403_arena_printf(c->arena, "the clock of this machine is %lld seconds %s: requests are signed with AWS's time",
                                       (long long)(seconds < 0 ? -seconds : seconds), seconds < 0 ? "behind" : "ahead");
    if (text.p && c->options->say) {
        c->options->say(c->options->user, W403_LIVE_NOTE, text);
    }
    return true;
}

static w403_status assume_once(w403_credentials *c, w403_source *s, const w403_keys *keys, w403_view code, bool *again,
                               w403_error *err)
{
    w403_sts_request request;
    w403_http_answer answer;
    W403_TRY(w403_sts_assume(c, c->scratch, s, true, keys, code, &request, err));
    /* a code is good for one try */
    w403_status status = w403_credentials_send(c, &request.request, code.n ? 1 : STS_ATTEMPTS, &answer, err);
    w403_secrets_drop(c->parts->secrets, &request.body);
    if (status != W403_OK) {
        return status;
    }
    if (answer.status == 200) {
        status = w403_keys_read_sts(c, &s->keys, answer.body, s->about, err);
    } else {
        *again = *again && !code.n && clock_was_off(c, &answer);
        status = refused(s, "AssumeRole", &answer, err);
    }
    w403_secrets_drop(c->parts->secrets, &answer.body);
    return status;
}

w403_status w403_role_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    const w403_keys *keys;
    w403_view        code = {NULL, 0};
    bool             again = true;
    W403_TRY(w403_source_keys(c, s->from, &keys, err));
    if (s->mfa_serial.n) {
        W403_TRY(w403_mfa_ask(c, s->mfa_serial, &code, err));
    }
    w403_status status = assume_once(c, s, keys, code, &again, err);
    if (status != W403_OK && again) {
        again = false;
        status = assume_once(c, s, keys, code, &again, err);
    }
    return status;
}

/* ---- web identity ---- */

static w403_status web_identity_body(w403_credentials *c, w403_source *s, w403_view *body, w403_error *err)
{
    w403_view text;
    form      f;
    W403_TRY(w403_secret_file_read(c->parts->secrets, s->token_file.p, W403_SECRET_FILE_MUST_BE, &text, err));
    w403_view   token = w403_view_trim(text);
    w403_status status = w403_is_token(token) ? open_form(c, &f, 3 * token.n, err)
                                              : w403_error_set(err, W403_SEMANTIC, "%.*s: `%.*s` holds no token",
                                                               W403_CUT(s->about), W403_CUT(s->token_file));
    if (status == W403_OK) {
        put_role(&f, s, "AssumeRoleWithWebIdentity");
        put_member(&f, "WebIdentityToken", token);
        status = close_form(c, &f, body, err);
    }
    w403_secrets_drop(c->parts->secrets, &text);
    return status;
}

w403_status w403_web_identity_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    w403_endpoint     to;
    w403_http_answer  answer;
    w403_http_request request = {.method = W403_LIT("POST"), .headers = &content_type, .n_headers = 1,
                                 .timeout_ms = c->parts->timeout_ms};
    W403_TRY(endpoint(c, c->scratch, true, &to, &request.url, err));
    W403_TRY(web_identity_body(c, s, &request.body, err));
    w403_status status = w403_credentials_send(c, &request, STS_ATTEMPTS, &answer, err);
    w403_secrets_drop(c->parts->secrets, &request.body);
    if (status != W403_OK) {
        return status;
    }
    status = answer.status == 200 ? w403_keys_read_sts(c, &s->keys, answer.body, s->about, err)
                                  : refused(s, "AssumeRoleWithWebIdentity", &answer, err);
    w403_secrets_drop(c->parts->secrets, &answer.body);
    return status;
}

/* Which source is the one: botocore's order (credentials.py: create_credential_resolver), so that the aws command and this
 * program are the same caller. Nothing is asked here but files and the environment. */
#include "base/limits.h"
#include "live/cred.h"
#include "live/secret_file.h"

/* Profiles that take their credentials one from the other, for messages and against circles. */
typedef struct chain {
    w403_view at[W403_LIMIT_LIVE_CHAIN];
    size_t    n;
} chain;

typedef w403_status finder(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err);

w403_source *w403_source_new(w403_credentials *c, w403_source_kind kind, w403_view profile)
{
    w403_source *s = W403_NEW(c->arena, w403_source);
    if (s) {
        *s = (w403_source){.kind = kind, .profile = profile, .session_name = w403_view_of(c->session_name)};
        s->about = w403_arena_printf(c->arena, "profile `%.*s`", W403_ARG(profile));
        s = s->about.p ? s : NULL;
    }
    return s;
}

w403_status w403_looked(w403_credentials *c, w403_error *err, const char *fmt, ...)
{
    va_list    args;
    w403_view *line = W403_PUSH(c->arena, &c->looked);
    W403_NEED(line, err);
    va_start(args, fmt);
    *line = w403_arena_vprintf(c->arena, fmt, args);
    va_end(args);
    W403_NEED(line->p, err);
    return W403_OK;
}

static w403_view get(const w403_credentials *c, w403_view profile, const char *setting)
{
    return w403_profile_get(&c->config, profile, setting);
}

/* An error about a setting of a profile, with its place. */
static w403_status wrong(const w403_credentials *c, w403_view profile, const char *setting, w403_error *err)
{
    w403_configured at = w403_config_find(&c->config, W403_CONFIG_PROFILE, profile, setting);
    w403_config_place(&at, err);
    return W403_SEMANTIC;
}

/* ---- 1: the environment ---- */

static w403_status of_environment(w403_credentials *c, w403_source **out, w403_error *err)
{
    w403_view id = w403_environment("AWS_ACCESS_KEY_ID"), secret = w403_environment("AWS_SECRET_ACCESS_KEY");
    w403_view token = w403_environment("AWS_SECURITY_TOKEN"), until = w403_environment("AWS_CREDENTIAL_EXPIRATION");
    token = token.n ? token : w403_environment("AWS_SESSION_TOKEN"); /* botocore looks at the old name first */
    w403_instant expires = INT64_MAX;
    if (!id.n) {
        return W403_OK;
    }
    if (!secret.n) {
        w403_error_set(err, W403_SEMANTIC, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not");
        w403_error_hint(err, "Set both, or neither to have the profile's credentials used.");
        return W403_SEMANTIC;
    }
    if (until.n && (!w403_instant_read(until, &expires) || expires <= w403_instant_now())) {
        w403_error_set(err, W403_SEMANTIC, "the credentials of the environment have expired: AWS_CREDENTIAL_EXPIRATION is `%.*s`",
                       W403_CUT(until));
        w403_error_hint(err, "Set fresh ones, or unset the variables.");
        return W403_SEMANTIC;
    }
    w403_source *s = w403_source_new(c, W403_SOURCE_STATIC, (w403_view){NULL, 0});
    W403_NEED(s, err);
    s->about = W403_LIT("AWS_ACCESS_KEY_ID in the environment");
    *out = s;
    return w403_keys_set(c, &s->keys, id, secret, token, expires, err);
}

/* ---- 3 to 8: what one profile can have ---- */

static w403_status web_identity(w403_credentials *c, w403_view profile, bool environment, w403_source **out, w403_error *err)
{
    w403_view file = environment ? w403_environment("AWS_WEB_IDENTITY_TOKEN_FILE") : (w403_view){NULL, 0};
    w403_view role = environment ? w403_environment("AWS_ROLE_ARN") : (w403_view){NULL, 0};
    w403_view name = environment ? w403_environment("AWS_ROLE_SESSION_NAME") : (w403_view){NULL, 0};
    bool      named = file.n > 0;
    file = file.n ? file : get(c, profile, "web_identity_token_file");
    role = role.n ? role : get(c, profile, "role_arn");
    name = name.n ? name : get(c, profile, "role_session_name");
    if (!file.n) {
        return W403_OK;
    }
    if (!role.n) {
        w403_error_set(err, W403_SEMANTIC, "a web identity token is there, and no role for it: neither AWS_ROLE_ARN nor role_arn "
                                           "of profile `%.*s` is set", W403_CUT(profile));
        return wrong(c, profile, "web_identity_token_file", err);
    }
    w403_source *s = w403_source_new(c, W403_SOURCE_WEB_IDENTITY, profile);
    W403_NEED(s, err);
    s->token_file = w403_arena_copy(c->arena, file);
    W403_NEED(s->token_file.p, err);
    s->role_arn = role;
    s->session_name = name.n ? name : s->session_name;
    s->about = named ? W403_LIT("web identity of the environment") : s->about;
    *out = s;
    return W403_OK;
}

/* A setting of the profile, or of its sso-session. */
static w403_view sso_setting(const w403_credentials *c, w403_view profile, w403_view session, const char *setting)
{
    w403_view v = session.n ? w403_config_get(&c->config, W403_CONFIG_SSO_SESSION, session, setting) : (w403_view){NULL, 0};
    return v.n ? v : get(c, profile, setting);
}

static w403_status sso(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err)
{
    static const char *const needed[] = {"sso_role_name", "sso_account_id", "sso_start_url", "sso_region"};
    w403_view                session = get(c, profile, "sso_session"), found[4];
    if (!get(c, profile, needed[0]).n && !get(c, profile, needed[1]).n) {
        return W403_OK;
    }
    if (session.n && !w403_config_has(&c->config, W403_CONFIG_SSO_SESSION, session)) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` names the sso-session `%.*s`, and there is none", W403_CUT(profile),
                       W403_CUT(session));
        return wrong(c, profile, "sso_session", err);
    }
    for (size_t i = 0; i < 4; i++) {
        found[i] = sso_setting(c, profile, session, needed[i]);
        if (!found[i].n) {
            w403_error_set(err, W403_SEMANTIC, "profile `%.*s` is for SSO, and has no %s", W403_CUT(profile), needed[i]);
            return wrong(c, profile, i == 0 ? needed[1] : needed[0], err);
        }
    }
    w403_source *s = w403_source_new(c, W403_SOURCE_SSO, profile);
    W403_NEED(s, err);
    s->sso_role = found[0];
    s->sso_account = found[1];
    s->sso_name = session.n ? session : found[2];
    s->sso_region = found[3];
    *out = s;
    return W403_OK;
}

static w403_status static_keys(w403_credentials *c, const w403_ini *file, w403_view profile, w403_source **out,
                               w403_error *err)
{
    w403_view id = w403_profile_get_of(&c->config, file, profile, "aws_access_key_id");
    w403_view secret = w403_profile_get_of(&c->config, file, profile, "aws_secret_access_key");
    w403_view token = w403_profile_get_of(&c->config, file, profile, "aws_security_token");
    token = token.n ? token : w403_profile_get_of(&c->config, file, profile, "aws_session_token");
    if (!id.n) {
        return W403_OK;
    }
    if (!secret.n) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` has an access key id in %.*s, and no secret access key",
                       W403_CUT(profile), W403_CUT(file->source));
        return wrong(c, profile, "aws_access_key_id", err);
    }
    w403_source *s = w403_source_new(c, W403_SOURCE_STATIC, profile);
    W403_NEED(s, err);
    *out = s;
    w403_status status = w403_keys_set(c, &s->keys, id, secret, token, INT64_MAX, err);
    return status == W403_SEMANTIC ? wrong(c, profile, "aws_access_key_id", err) : status;
}

static w403_status of_credentials_file(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err)
{
    return static_keys(c, &c->config.credentials, profile, out, err);
}

static w403_status of_config_file(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err)
{
    return static_keys(c, &c->config.config, profile, out, err);
}

static w403_status login(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err)
{
    if (get(c, profile, "login_session").n) {
        *out = w403_source_new(c, W403_SOURCE_EXPORT, profile);
        W403_NEED(*out, err);
    }
    return W403_OK;
}

static w403_status process(w403_credentials *c, w403_view profile, w403_source **out, w403_error *err)
{
    w403_view command = get(c, profile, "credential_process");
    if (command.n) {
        *out = w403_source_new(c, W403_SOURCE_PROCESS, profile);
        W403_NEED(*out, err);
        (*out)->command = command;
    }
    return W403_OK;
}

/* Of one profile, the roles of other profiles left out. */
static w403_status of_profile(w403_credentials *c, w403_view profile, bool environment, w403_source **out, w403_error *err)
{
    static finder *const finders[] = {sso, of_credentials_file, login, process, of_config_file};
    W403_TRY(web_identity(c, profile, environment, out, err));
    for (size_t i = 0; !*out && i < sizeof finders / sizeof *finders; i++) {
        W403_TRY(finders[i](c, profile, out, err));
    }
    return W403_OK;
}

/* ---- 9 and 10: what the machine is given ---- */

static w403_status container(w403_credentials *c, w403_source **out, w403_error *err)
{
    if (w403_environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").n || w403_environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").n) {
        *out = w403_source_new(c, W403_SOURCE_CONTAINER, (w403_view){NULL, 0});
        W403_NEED(*out, err);
        (*out)->about = W403_LIT("the container's credentials");
    }
    return W403_OK;
}

static w403_status metadata(w403_credentials *c, w403_source **out, w403_error *err)
{
    *out = w403_source_new(c, W403_SOURCE_METADATA, (w403_view){NULL, 0});
    W403_NEED(*out, err);
    (*out)->about = W403_LIT("EC2 instance metadata");
    return W403_OK;
}

/* ---- 2: roles ---- */

static bool has_static_keys(const w403_credentials *c, w403_view profile)
{
    return get(c, profile, "aws_access_key_id").p || get(c, profile, "aws_secret_access_key").p;
}

static bool has_role(const w403_credentials *c, w403_view profile)
{
    return get(c, profile, "role_arn").n && !get(c, profile, "web_identity_token_file").p;
}

static w403_view chain_text(w403_credentials *c, const chain *seen, w403_view last)
{
    w403_view text = {"", 0};
    for (size_t i = 0; i < seen->n && text.p; i++) {
        text = w403_arena_printf(c->arena, "%.*s`%.*s` -> ", W403_ARG(text), W403_ARG(seen->at[i]));
    }
    return text.p ? w403_arena_printf(c->arena, "%.*s`%.*s`", W403_ARG(text), W403_ARG(last)) : text;
}

static w403_status role_source_of_machine(w403_credentials *c, w403_view profile, w403_view named, w403_source **out,
                                          w403_error *err)
{
    if (w403_view_eq(named, W403_LIT("Environment"))) {
        W403_TRY(of_environment(c, out, err));
    } else if (w403_view_eq(named, W403_LIT("EcsContainer"))) {
        W403_TRY(container(c, out, err));
    } else if (w403_view_eq(named, W403_LIT("Ec2InstanceMetadata"))) {
        W403_TRY(metadata(c, out, err));
    } else {
        w403_error_set(err, W403_SEMANTIC, "`%.*s` is no credential_source", W403_CUT(named));
        w403_error_hint(err, "There are Environment, Ec2InstanceMetadata and EcsContainer.");
        return wrong(c, profile, "credential_source", err);
    }
    if (!*out) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` takes its credentials from %.*s, which has none", W403_CUT(profile),
                       W403_CUT(named));
        return wrong(c, profile, "credential_source", err);
    }
    return W403_OK;
}

static w403_status role(w403_credentials *c, w403_view profile, chain *seen, w403_source **out, w403_error *err);

static bool in_chain(const chain *seen, w403_view profile)
{
    for (size_t i = 0; i < seen->n; i++) {
        if (w403_view_eq(seen->at[i], profile)) {
            return true;
        }
    }
    return false;
}

/* Credentials of another profile; its own, where it names itself and has keys. */
static w403_status role_source_of_profile(w403_credentials *c, w403_view profile, w403_view named, chain *seen,
                                          w403_source **out, w403_error *err)
{
    bool itself = w403_view_eq(named, profile);
    if (!w403_config_has(&c->config, W403_CONFIG_PROFILE, named)) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` takes its credentials from `%.*s`, and there is no such profile",
                       W403_CUT(profile), W403_CUT(named));
        return wrong(c, profile, "source_profile", err);
    }
    if ((in_chain(seen, named) && !(itself && has_static_keys(c, named))) || seen->n == W403_LIMIT_LIVE_CHAIN) {
        w403_view text = chain_text(c, seen, named);
        W403_NEED(text.p, err);
        w403_error_set(err, W403_SEMANTIC, seen->n == W403_LIMIT_LIVE_CHAIN ? "the chain of profiles is too long: %.*s"
                                                                           : "profiles take their credentials from each other: %.*s",
                       W403_CUT(text));
        return wrong(c, profile, "source_profile", err);
    }
    if (!has_static_keys(c, named) && has_role(c, named)) {
        return role(c, named, seen, out, err);
    }
    W403_TRY(of_profile(c, named, false, out, err));
    if (!*out) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` takes its credentials from `%.*s`, which has none", W403_CUT(profile),
                       W403_CUT(named));
        return wrong(c, profile, "source_profile", err);
    }
    return W403_OK;
}

static w403_status role_settings(w403_credentials *c, w403_view profile, w403_source *s, w403_error *err)
{
    w403_view duration = get(c, profile, "duration_seconds"), name = get(c, profile, "role_session_name");
    s->role_arn = get(c, profile, "role_arn");
    s->external_id = get(c, profile, "external_id");
    s->mfa_serial = get(c, profile, "mfa_serial");
    s->session_name = name.n ? name : s->session_name;
    if (duration.n && (!w403_view_u64(duration, &s->duration) || s->duration == 0 || s->duration > 12 * 3600)) {
        w403_error_set(err, W403_SEMANTIC, "`%.*s` is no number of seconds that a role can last", W403_CUT(duration));
        return wrong(c, profile, "duration_seconds", err);
    }
    return W403_OK;
}

static w403_status role(w403_credentials *c, w403_view profile, chain *seen, w403_source **out, w403_error *err)
{
    w403_view source = get(c, profile, "source_profile"), named = get(c, profile, "credential_source");
    if (source.p && named.p) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` has both source_profile and credential_source", W403_CUT(profile));
        return wrong(c, profile, "credential_source", err);
    }
    if (!source.p && !named.p) {
        w403_error_set(err, W403_SEMANTIC, "profile `%.*s` has a role, and neither source_profile nor credential_source",
                       W403_CUT(profile));
        return wrong(c, profile, "role_arn", err);
    }
    w403_source *s = w403_source_new(c, W403_SOURCE_ROLE, profile);
    W403_NEED(s, err);
    W403_TRY(role_settings(c, profile, s, err));
    seen->at[seen->n++] = profile;
    W403_TRY(named.p ? role_source_of_machine(c, profile, named, &s->from, err)
                     : role_source_of_profile(c, profile, source, seen, &s->from, err));
    *out = s;
    return W403_OK;
}

/* ---- all of it ---- */

static w403_status look_at_profile(w403_credentials *c, w403_error *err)
{
    if (!w403_config_has(&c->config, W403_CONFIG_PROFILE, c->profile)) {
        return w403_looked(c, err, "profile `%.*s`: it is neither in %.*s nor in %.*s", W403_ARG(c->profile),
                           W403_ARG(c->config.config.source), W403_ARG(c->config.credentials.source));
    }
    return w403_looked(c, err, "profile `%.*s`: no role_arn, web_identity_token_file, sso_account_id, aws_access_key_id, "
                               "login_session or credential_process", W403_ARG(c->profile));
}

static w403_status last_sources(w403_credentials *c, w403_source **out, w403_error *err)
{
    W403_TRY(look_at_profile(c, err));
    if (!c->profile_named) {
        W403_TRY(w403_looked(c, err, "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set"));
    }
    W403_TRY(container(c, out, err));
    if (*out) {
        return W403_OK;
    }
    W403_TRY(w403_looked(c, err, "container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                                 "AWS_CONTAINER_CREDENTIALS_FULL_URI is set"));
    w403_view off = w403_metadata_off(c);
    return off.p ? w403_looked(c, err, "EC2 instance metadata: %.*s", W403_ARG(off)) : metadata(c, out, err);
}

w403_status w403_source_find(w403_credentials *c, w403_source **out, w403_error *err)
{
    chain seen = {.n = 0};
    *out = NULL;
    if (c->profile_named) {
        W403_TRY(w403_looked(c, err, "environment: its keys are not looked at, since --profile is given"));
    } else {
        W403_TRY(of_environment(c, out, err));
        W403_TRY(*out ? W403_OK : w403_looked(c, err, "environment: AWS_ACCESS_KEY_ID is not set"));
    }
    if (!*out && has_role(c, c->profile)) {
        W403_TRY(role(c, c->profile, &seen, out, err));
    }
    if (!*out) {
        W403_TRY(of_profile(c, c->profile, !c->profile_named, out, err));
    }
    return *out ? W403_OK : last_sources(c, out, err);
}

#include "live/credentials.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "live/accounts.h"
#include "live/cred.h"
#include "live/secret_file.h"

enum {
    ATTEMPTS = 5,
    TIMEOUT_MS = 10000,
    FIRST_DELAY_MS = 200,
    LONGEST_DELAY_MS = 5000,
    RETRY_SECONDS = 60, /* after a renewal that failed while the old keys hold */
};

/* ---- requests ---- */

static bool may_pass(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

static void wait_ms(unsigned ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}

w403_status w403_credentials_send(w403_credentials *c, const w403_http_request *r, unsigned attempts, w403_http_answer *out,
                                  w403_error *err)
{
    unsigned delay = FIRST_DELAY_MS;
    for (unsigned attempt = 1;; attempt++) {
        w403_status status = w403_http_send(c->http, r, out, err);
        bool        again = attempt < attempts && (status == W403_IO || (status == W403_OK && may_pass(out->status)));
        if (!again) {
            return status;
        }
        w403_secrets_drop(c->parts->secrets, &out->body);
        wait_ms(delay);
        delay = delay * 2 < LONGEST_DELAY_MS ? delay * 2 : LONGEST_DELAY_MS;
    }
}

/* ---- keys of a source ---- */

static w403_status ask(w403_credentials *c, w403_source *s, w403_error *err)
{
    switch (s->kind) {
    case W403_SOURCE_STATIC:
        return w403_error_set(err, W403_SEMANTIC, "the credentials of %.*s have expired", W403_CUT(s->about));
    case W403_SOURCE_ROLE:
        return w403_role_keys(c, s, err);
    case W403_SOURCE_WEB_IDENTITY:
        return w403_web_identity_keys(c, s, err);
    case W403_SOURCE_SSO:
        return w403_sso_keys(c, s, err);
    case W403_SOURCE_PROCESS:
        return w403_process_keys(c, s, err);
    case W403_SOURCE_EXPORT:
        return w403_export_keys(c, s, err);
    case W403_SOURCE_CONTAINER:
        return w403_container_keys(c, s, err);
    case W403_SOURCE_METADATA:
        return w403_metadata_keys(c, s, err);
    }
    return w403_error_set(err, W403_BUG, "a source of credentials of no kind");
}

w403_status w403_source_keys(w403_credentials *c, w403_source *s, const w403_keys **out, w403_error *err)
{
    w403_instant now = w403_instant_now();
    *out = &s->keys;
    if (w403_keys_fresh(&s->keys, now)) {
        return W403_OK;
    }
    bool hold = s->keys.serial && s->keys.expires > now;
    if (hold && (s->kind == W403_SOURCE_STATIC || now < s->try_again)) {
        return W403_OK;
    }
    w403_status status = ask(c, s, err);
    if (status != W403_OK && status != W403_NOMEM && hold) {
        s->try_again = now + RETRY_SECONDS * (w403_instant)1000000;
        return W403_OK;
    }
    if (status == W403_OK && s->keys.expires <= now) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: the credentials that it gives have expired", W403_CUT(s->about));
    }
    return status;
}

/* ---- what a session asks ---- */

w403_status w403_credentials_find(w403_credentials *c, w403_view account, w403_credentials_found *out, w403_error *err)
{
    w403_arena_reset(c->scratch);
    if (account.n && c->options->role.n && !c->parts->anonymous) {
        return w403_account_find(c, account, out, err);
    }
    static const w403_keys none = {.expires = INT64_MAX};
    *out = (w403_credentials_found){.how = W403_CREDENTIALS_THERE, .keys = &none};
    if (c->parts->anonymous) {
        return W403_OK;
    }
    return w403_source_keys(c, c->own, &out->keys, err);
}

bool w403_credentials_expired(w403_credentials *c, w403_view account)
{
    if (account.n && c->options->role.n && !c->parts->anonymous) {
        return w403_account_expired(c, account);
    }
    if (c->parts->anonymous || c->own->kind == W403_SOURCE_STATIC) {
        return false;
    }
    c->own->keys.expires = 0;
    return true;
}

w403_view w403_credentials_origin(const w403_credentials *c)
{
    if (!c || !c->own) {
        return W403_LIT("nobody");
    }
    w403_view id = c->own->keys.id, about = c->own->about;
    if (id.n < 12) {
        return about;
    }
    w403_view text = w403_arena_printf(c->arena, "%.*s, key %.4s...%.4s", W403_ARG(about), id.p, id.p + id.n - 4);
    return text.p ? text : about;
}

/* ---- opening ---- */

static void say(const w403_credentials *c, w403_live_note kind, w403_view text)
{
    if (text.p && c->options->say) {
        c->options->say(c->options->user, kind, text);
    }
}

static void warn(void *user, const w403_error *w)
{
    w403_credentials *c = user;
    say(c, W403_LIVE_WARNING, w403_arena_printf(c->arena, "%s:%u:%u: %s", w->source, w->line, w->column, w->message));
}

static void debug(void *user, w403_view text)
{
    say(user, W403_LIVE_DEBUG, text);
}

/* --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE; one that was named has to be there. */
static w403_status choose_profile(w403_credentials *c, w403_error *err)
{
    w403_view   named = c->options->profile;
    const char *by = "--profile";
    c->profile_named = named.n > 0;
    if (!named.n) {
        named = w403_environment("AWS_PROFILE");
        by = "AWS_PROFILE";
    }
    if (!named.n) {
        named = w403_environment("AWS_DEFAULT_PROFILE");
        by = "AWS_DEFAULT_PROFILE";
    }
    c->profile = w403_arena_copy(c->arena, named.n ? named : W403_LIT("default"));
    W403_NEED(c->profile.p, err);
    if (named.n && !w403_config_has(&c->config, W403_CONFIG_PROFILE, named)) {
        return w403_error_set(err, W403_NOT_FOUND, "there is no profile `%.*s` (%s) in %.*s or %.*s", W403_CUT(named), by,
                              W403_CUT(c->config.config.source), W403_CUT(c->config.credentials.source));
    }
    return W403_OK;
}

static w403_view first_of(const w403_credentials *c, w403_view option, const char *variable, const char *setting)
{
    w403_view v = option.n ? option : w403_environment(variable);
    return v.n ? v : w403_profile_get(&c->config, c->profile, setting);
}

/* Certificates to trust, proxies not to ask, and how often and how long to try. */
static w403_status choose_transport(w403_credentials *c, w403_error *err)
{
    w403_parts *p = c->parts;
    w403_view   ca = first_of(c, c->options->ca_bundle, "AWS_CA_BUNDLE", "ca_bundle");
    w403_view   attempts = first_of(c, (w403_view){NULL, 0}, "AWS_MAX_ATTEMPTS", "max_attempts");
    uint64_t    number;
    p->timeout_ms = c->options->timeout_ms ? c->options->timeout_ms : TIMEOUT_MS;
    p->max_attempts = c->options->max_attempts;
    if (p->max_attempts == 0) {
        p->max_attempts = w403_view_u64(attempts, &number) && number > 0 && number < 100 ? (unsigned)number : ATTEMPTS;
    }
    w403_view hosts = w403_environment("no_proxy");
    hosts = hosts.n ? hosts : w403_environment("NO_PROXY");
    p->http.no_proxy = w403_view_eq(hosts, W403_LIT("*"))
                           ? hosts
                           : w403_arena_printf(c->arena, "%.*s%slocalhost,127.0.0.0/8,::1", W403_ARG(hosts), hosts.n ? "," : "");
    W403_NEED(p->http.no_proxy.p, err);
    if (ca.n) {
        p->http.ca_bundle = w403_path_expand(c->arena, ca);
        W403_NEED(p->http.ca_bundle.p, err);
        if (access(p->http.ca_bundle.p, R_OK) != 0) {
            return w403_error_set(err, W403_IO, "the certificates to trust cannot be read: `%.*s` (%s)", W403_CUT(ca),
                                  c->options->ca_bundle.n             ? "--ca-bundle"
                                  : w403_environment("AWS_CA_BUNDLE").n ? "AWS_CA_BUNDLE"
                                                                        : "ca_bundle of the profile");
        }
    }
    return W403_OK;
}

static w403_status name_session(w403_credentials *c, w403_error *err)
{
    uint32_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        return w403_error_set(err, W403_BUG, "the system gives no random numbers");
    }
    (void)snprintf(c->session_name, sizeof c->session_name, "why403-%08x", number);
    return W403_OK;
}

static w403_status nothing_found(w403_credentials *c, w403_error *err)
{
    for (size_t i = 0; i < c->looked.n; i++) {
        say(c, W403_LIVE_NOTE, c->looked.at[i]);
    }
    w403_error_set(err, W403_NOT_FOUND, "no credentials for AWS were found");
    w403_error_hint(err, "Say which with --profile NAME, or have them made: `aws configure sso`, `aws login`.");
    return W403_NOT_FOUND;
}

/* The caller's own keys, at once: who has none learns that before anything else happens. */
static w403_status first_keys(w403_credentials *c, w403_error *err)
{
    const w403_keys *keys;
    W403_TRY(w403_source_find(c, &c->own, err));
    if (!c->own) {
        return nothing_found(c, err);
    }
    w403_status status = w403_source_keys(c, c->own, &keys, err);
    if (status != W403_OK && status != W403_NOMEM && c->own->kind == W403_SOURCE_METADATA) {
        W403_TRY(w403_looked(c, err, "%s", err ? err->message : "EC2 instance metadata: no answer"));
        return nothing_found(c, err);
    }
    return status;
}

static w403_status find_region(w403_credentials *c, w403_error *err)
{
    w403_endpoints *e = c->parts->endpoints;
    if (w403_endpoints_region_is_guessed(e) && c->own && c->own->kind == W403_SOURCE_METADATA) {
        w403_view region = w403_metadata_region(c);
        W403_TRY(region.n ? w403_endpoints_set_region(e, region, err) : W403_OK);
    }
    if (w403_endpoints_region_is_guessed(e)) {
        say(c, W403_LIVE_NOTE, W403_LIT("no region is configured: us-east-1 is taken"));
    }
    return W403_OK;
}

static w403_status open_all(w403_credentials *c, w403_error *err)
{
    w403_parts *p = c->parts;
    W403_NEED(w403_http_begin(), err);
    W403_TRY(w403_secrets_open(&p->secrets, err));
    W403_TRY(w403_config_load(c->arena, p->secrets, warn, c, &c->config, err));
    W403_TRY(choose_profile(c, err));
    W403_TRY(choose_transport(c, err));
    W403_TRY(name_session(c, err));
    W403_TRY(w403_endpoints_open(c->arena, &c->config, c->profile, c->options, &p->endpoints, err));
    W403_TRY(w403_signer_new(p->secrets, &p->signer, err));
    if (c->options->debug_sign) {
        w403_signer_debug(p->signer, debug, c);
    }
    W403_TRY(w403_http_open(p->secrets, &p->http, &c->http, err));
    if (!p->anonymous) {
        W403_TRY(first_keys(c, err));
    }
    W403_TRY(find_region(c, err));
    if (!w403_secrets_locked(p->secrets)) {
        say(c, W403_LIVE_NOTE, W403_LIT("the system does not let credentials be locked into memory (ulimit -l): they could be "
                                        "swapped to disk"));
    }
    return W403_OK;
}

w403_status w403_parts_open(const w403_live_options *options, w403_parts **out, w403_error *err)
{
    w403_arena *arena = w403_arena_new(0), *scratch = w403_arena_new(0);
    w403_parts       *p = arena ? W403_NEW(arena, w403_parts) : NULL;
    w403_credentials *c = arena ? W403_NEW(arena, w403_credentials) : NULL;
    if (!scratch || !p || !c) {
        w403_arena_free(arena);
        w403_arena_free(scratch);
        return w403_error_nomem(err);
    }
    *c = (w403_credentials){.parts = p, .options = options, .arena = arena, .scratch = scratch};
    *p = (w403_parts){.credentials = c, .anonymous = options->no_sign_request};
    w403_status status = open_all(c, err);
    if (status != W403_OK) {
        w403_parts_close(p);
        return status;
    }
    *out = p;
    return W403_OK;
}

void w403_parts_close(w403_parts *p)
{
    if (p) {
        w403_credentials *c = p->credentials;
        w403_arena       *arena = c->arena;
        w403_http_close(c->http);
        w403_signer_free(p->signer);
        w403_accounts_free(c);
        w403_secrets_close(p->secrets);
        w403_arena_free(c->scratch);
        w403_arena_free(arena);
    }
}

#include "base/command.h"
#include "live/cred.h"
#include "live/process.h"
#include "live/secret_file.h"

enum { SECONDS = 60 };

static const w403_key_names names = {.id = "AccessKeyId", .secret = "SecretAccessKey", .token = "SessionToken",
                                     .expires = "Expiration", .version = true};

static w403_view last_part(w403_view path)
{
    size_t at = path.n;
    while (at > 0 && path.p[at - 1] != '/') {
        at--;
    }
    return w403_view_sub(path, at, path.n);
}

/* `aws configure export-credentials` for this very profile: it would run itself until the machine is full. */
static bool exports(const w403_words *words, w403_view profile)
{
    bool      is_aws = words->n > 2 && w403_view_eq(last_part(words->at[0]), W403_LIT("aws")), is_export = false;
    w403_view named = w403_environment("AWS_PROFILE");
    named = named.n ? named : W403_LIT("default");
    for (size_t i = 1; is_aws && i < words->n; i++) {
        w403_view w = words->at[i];
        is_export = is_export || w403_view_eq(w, W403_LIT("export-credentials"));
        if (w403_view_eq(w, W403_LIT("--profile")) && i + 1 < words->n) {
            named = words->at[i + 1];
        } else if (w403_view_starts(w, W403_LIT("--profile="))) {
            named = w403_view_sub(w, 10, w.n);
        }
    }
    return is_export && w403_view_eq(named, profile);
}

static w403_status run(w403_credentials *c, w403_source *s, const w403_words *words, const char *what, w403_error *err)
{
    w403_process ran;
    W403_TRY(w403_process_run(c->scratch, c->parts->secrets, words, SECONDS, &ran, err));
    w403_status status;
    if (ran.exit_status != 0) {
        status = w403_error_set(err, W403_IO, "%.*s: %s ended with exit status %d", W403_CUT(s->about), what, ran.exit_status);
    } else {
        status = w403_keys_read_json(c, &s->keys, ran.output, &names, s->about, err);
    }
    w403_secrets_drop(c->parts->secrets, &ran.output);
    return status;
}

static void place(w403_credentials *c, const w403_source *s, w403_error *err)
{
    w403_configured at = w403_config_find(&c->config, W403_CONFIG_PROFILE, s->profile, "credential_process");
    w403_config_place(&at, err);
}

w403_status w403_process_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    w403_words words;
    w403_error inner;
    w403_error_set(&inner, W403_SYNTAX, "it is empty");
    if (w403_words_split(c->scratch, s->command, &words, &inner) != W403_OK || words.n == 0) {
        w403_error_set(err, W403_SYNTAX, "%.*s: credential_process is no command: %s", W403_CUT(s->about), inner.message);
        place(c, s, err);
        return W403_SYNTAX;
    }
    if (exports(&words, s->profile)) {
        w403_error_set(err, W403_SEMANTIC, "%.*s: credential_process asks the aws command for this very profile",
                       W403_CUT(s->about));
        place(c, s, err);
        return W403_SEMANTIC;
    }
    w403_status status = run(c, s, &words, "credential_process", &inner);
    if (status != W403_OK) {
        w403_error_set(err, status, "%s", inner.message);
        place(c, s, err);
    }
    return status;
}

/* A profile's credential_process that asks for the same again must not be reached by way of the aws command either. */
static bool would_ask_itself(w403_credentials *c, const w403_source *s)
{
    w403_words words;
    w403_error ignored;
    w403_view  command = w403_profile_get(&c->config, s->profile, "credential_process");
    return command.n && w403_words_split(c->scratch, command, &words, &ignored) == W403_OK && exports(&words, s->profile);
}

w403_status w403_export_keys(w403_credentials *c, w403_source *s, w403_error *err)
{
    static const char *const parts[] = {"aws", "configure", "export-credentials", "--format", "process", "--profile"};
    w403_words               words = {0};
    w403_error               inner;
    for (size_t i = 0; i <= sizeof parts / sizeof *parts; i++) {
        w403_view *w = W403_PUSH(c->scratch, &words);
        W403_NEED(w, err);
        *w = i < sizeof parts / sizeof *parts ? w403_view_of(parts[i]) : w403_arena_copy(c->scratch, s->profile);
        W403_NEED(w->p, err);
    }
    if (would_ask_itself(c, s)) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: credential_process asks the aws command for this very profile",
                              W403_CUT(s->about));
    }
    w403_status status = run(c, s, &words, "`aws configure export-credentials`", &inner);
    if (status != W403_OK) {
        w403_view command = W403_AWS(c->scratch, "login --profile <profile>", s->profile);
        w403_error_set(err, status, "%s", inner.message);
        w403_error_hint(err, "These credentials are had by the aws command alone (version 2): install it, and sign in: %.*s",
                        W403_CUT(command));
    }
    return status;
}

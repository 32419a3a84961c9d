#include "cli/live_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cli/input.h"
#include "live/load.h"

static void say(void *user, w403_live_note kind, w403_view text)
{
    w403_cli *cli = user;
    int n = (int)(text.n < 8192 ? text.n : 8192);
    switch (kind) {
    case W403_LIVE_NOTE:
        w403_diag_note(cli, "%.*s", n, text.p);
        return;
    case W403_LIVE_WARNING:
        w403_diag_text(cli, true, "%.*s", n, text.p);
        return;
    case W403_LIVE_DEBUG:
        (void)fprintf(stderr, "%.*s\n", n, text.p);
        return;
    }
}

static w403_view option(const w403_cli *cli, w403_option_id id)
{
    const char *value = w403_args_value(&cli->args, id);
    return value ? w403_view_of(value) : (w403_view){NULL, 0};
}

/* `10s`, `500ms`, `10`: seconds where no unit stands. */
static w403_status read_timeout(const w403_cli *cli, unsigned *out, w403_error *err)
{
    w403_view text = option(cli, W403_OPT_TIMEOUT), digits = text;
    uint64_t n = 0;
    if (!text.p) {
        return W403_OK;
    }
    bool ms = w403_view_ends(text, W403_LIT("ms")), s = !ms && w403_view_ends(text, W403_LIT("s"));
    digits.n -= ms ? 2 : s ? 1 : 0;
    uint64_t most = ms ? (uint64_t)W403_LIMIT_LIVE_SECONDS * 1000 : W403_LIMIT_LIVE_SECONDS;
    if (!w403_view_u64(digits, &n) || n == 0 || n > most) {
        (void)w403_error_set(err, W403_SEMANTIC, "`--timeout`: `%.100s` is no time", text.p);
        w403_error_hint(err, "as `10s` or `500ms`, at most %ds", W403_LIMIT_LIVE_SECONDS);
        return W403_SEMANTIC;
    }
    *out = (unsigned)(ms ? n : n * 1000);
    return W403_OK;
}

/* --rate SERVICE=N, of each service one. */
static w403_status read_rates(const w403_cli *cli, w403_live_options *o, w403_error *err)
{
    W403_ARRAY(w403_live_rate) rates = {0};
    size_t at = 0;
    const w403_given *g;
    while ((g = w403_args_each(&cli->args, W403_OPT_RATE, &at)) != NULL) {
        w403_view rest = w403_view_of(g->value), service = w403_view_cut(&rest, '=');
        char *end = NULL;
        double n = rest.p ? strtod(rest.p, &end) : 0;
        w403_live_rate *r = W403_PUSH(cli->arena, &rates);
        W403_NEED(r, err);
        if (!rest.p || end == rest.p || *end || !(n > 0 && n <= 1e6) || !service.n) {
            (void)w403_error_set(err, W403_SEMANTIC, "`--rate`: `%.100s` is not SERVICE=CALLS-A-SECOND", g->value);
            w403_error_hint(err, "as `--rate iam=5`");
            return W403_SEMANTIC;
        }
        *r = (w403_live_rate){service, n};
    }
    o->rates = rates.at;
    o->n_rates = rates.n;
    return W403_OK;
}

static w403_status read_options(w403_cli *cli, w403_live_options *o, w403_error *err)
{
    static const char *const words[] = {
        [W403_LIVE_ADDRESSING_AUTO] = "auto", [W403_LIVE_ADDRESSING_PATH] = "path", [W403_LIVE_ADDRESSING_VIRTUAL] = "virtual"};
    const char *addressing = w403_args_value(&cli->args, W403_OPT_S3_ADDRESSING);
    uint64_t jobs = 0, attempts = 0;
    *o = (w403_live_options){.profile = option(cli, W403_OPT_PROFILE),
                             .region = option(cli, W403_OPT_REGION),
                             .role = option(cli, W403_OPT_ROLE),
                             .external_id = option(cli, W403_OPT_EXTERNAL_ID),
                             .role_session_name = option(cli, W403_OPT_ROLE_SESSION_NAME),
                             .mfa_code = option(cli, W403_OPT_MFA_CODE),
                             .endpoint_url = option(cli, W403_OPT_ENDPOINT_URL),
                             .ca_bundle = option(cli, W403_OPT_CA_BUNDLE),
                             .no_sign_request = w403_args_has(&cli->args, W403_OPT_NO_SIGN_REQUEST),
                             .allow_http = w403_args_has(&cli->args, W403_OPT_ALLOW_HTTP),
                             .debug_sign = w403_args_has(&cli->args, W403_OPT_DEBUG_SIGN),
                             .say = say,
                             .user = cli};
    for (unsigned i = 0; addressing && i < sizeof words / sizeof *words; i++) {
        o->s3_addressing = strcmp(addressing, words[i]) == 0 ? (w403_live_addressing)i : o->s3_addressing;
    }
    W403_TRY(w403_input_number(cli, W403_OPT_JOBS, W403_LIMIT_LIVE_JOBS, &jobs, err));
    W403_TRY(w403_input_number(cli, W403_OPT_MAX_ATTEMPTS, W403_LIMIT_LIVE_ATTEMPTS, &attempts, err));
    o->jobs = (unsigned)jobs;
    o->max_attempts = (unsigned)attempts;
    W403_TRY(read_timeout(cli, &o->timeout_ms, err));
    return read_rates(cli, o, err);
}

w403_status w403_cli_live_open(w403_cli *cli, w403_cli_live *out, w403_error *err)
{
    w403_live_options options;
    *out = (w403_cli_live){0};
    W403_TRY(read_options(cli, &options, err));
    W403_TRY(w403_live_load(&out->module, err));
    return out->module->open(&options, &out->session, err);
}

void w403_cli_live_close(w403_cli_live *live)
{
    if (live->module && live->session) {
        live->module->close(live->session);
    }
    *live = (w403_cli_live){0};
}

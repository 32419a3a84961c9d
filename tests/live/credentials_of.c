/* Whose credentials would be used here? Prints them as JSON, for tests that compare them: credentials_of [--OPTION VALUE]...
 * with the options of collect, and `--account ID`, which is entered. Exit status 2: an error, printed as JSON too. With `--scan`
 * the keys are not printed; instead how often the replay server's secrets stand in the process's memory when all is closed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "json/json.h"
#include "live/credentials.h"

static w403_json_writer json;
static w403_buf         out;
static w403_buf         notes;

static bool scanning;

/* Everywhere that this process can write. */
__attribute__((no_sanitize("address"))) static unsigned count_everywhere(const char *text)
{
    char     line[512];
    size_t   n = strlen(text);
    unsigned found = 0;
    FILE    *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char          rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || strncmp(rights, "rw", 2) != 0 || to - from >= 1UL << 32) {
            continue;
        }
        for (const char *p = (const char *)from; p + n <= (const char *)to; p++) {
            size_t i = 0;
            while (i < n && p[i] == text[i]) {
                i++;
            }
            found += i == n;
        }
    }
    if (maps) {
        fclose(maps);
    }
    return found;
}

static void say(void *user, w403_live_note kind, w403_view text)
{
    static const char *const kinds[] = {"note", "warning", "debug"};
    (void)user;
    w403_buf_printf(&notes, "%s: %.*s\n", kinds[kind], W403_ARG(text));
}

static void finish(int status)
{
    w403_jw_key(&json, "notes");
    w403_jw_str(&json, w403_buf_view(&notes));
    w403_jw_end_object(&json);
    printf("%.*s\n", W403_ARG(w403_buf_view(&out)));
    w403_buf_free(&out);
    w403_buf_free(&notes);
    exit(status);
}

static void fail(w403_parts *p, const w403_error *err)
{
    w403_jw_word(&json, "error", err->message);
    w403_jw_word(&json, "hint", err->hint);
    w403_jw_word(&json, "source", err->source);
    w403_jw_number(&json, "line", err->line);
    w403_jw_number(&json, "column", err->column);
    w403_parts_close(p);
    finish(2);
}

static void write_keys(const w403_keys *k)
{
    if (scanning) {
        return;
    }
    w403_jw_text(&json, "id", k->id);
    w403_jw_text(&json, "secret", k->secret);
    w403_jw_text(&json, "token", k->token);
    w403_jw_key(&json, "expires");
    if (k->expires == INT64_MAX) {
        w403_jw_null(&json);
    } else {
        w403_jw_i64(&json, k->expires / 1000000);
    }
}

/* The engine of the module would send this beside others. */
static void enter(w403_parts *p, w403_http *http, w403_view account)
{
    w403_credentials_found found;
    w403_http_answer       answer;
    w403_error             err;
    for (;;) {
        if (w403_credentials_find(p->credentials, account, &found, &err) != W403_OK) {
            fail(p, &err);
        }
        if (found.how == W403_CREDENTIALS_SEND) {
            w403_credentials_found waits;
            if (w403_credentials_find(p->credentials, account, &waits, &err) != W403_OK || waits.how != W403_CREDENTIALS_WAIT ||
                w403_http_send(http, found.request, &answer, &err) != W403_OK ||
                w403_credentials_answer(p->credentials, account, answer.body,
                                        answer.status == 200 ? W403_LIT("") : W403_LIT("AccessDenied"), W403_LIT("no"),
                                        &err) != W403_OK) {
                fail(p, &err);
            }
            w403_secrets_drop(p->secrets, &answer.body);
        } else {
            break;
        }
    }
    if (found.how == W403_CREDENTIALS_THERE) {
        write_keys(found.keys);
    } else {
        w403_jw_text(&json, "refused", found.code);
    }
}

int main(int argc, char **argv)
{
    w403_live_options o = {.say = say, .max_attempts = 2, .timeout_ms = 3000};
    w403_view         account = {NULL, 0};
    unsigned          sleep_s = 0;
    const struct {
        const char *name;
        w403_view  *to;
    } texts[] = {{"--profile", &o.profile},     {"--region", &o.region},
                 {"--role", &o.role},           {"--external-id", &o.external_id},
                 {"--mfa-code", &o.mfa_code},   {"--role-session-name", &o.role_session_name},
                 {"--endpoint-url", &o.endpoint_url}, {"--ca-bundle", &o.ca_bundle},
                 {"--account", &account}};
    for (int i = 1; i < argc; i++) {
        o.no_sign_request |= strcmp(argv[i], "--no-sign-request") == 0;
        o.allow_http |= strcmp(argv[i], "--allow-http") == 0;
        scanning |= strcmp(argv[i], "--scan") == 0;
        o.debug_sign |= strcmp(argv[i], "--debug-sign") == 0;
        sleep_s = strcmp(argv[i], "--again-after") == 0 && i + 1 < argc ? (unsigned)strtoul(argv[i + 1], NULL, 10) : sleep_s;
        for (size_t k = 0; i + 1 < argc && k < sizeof texts / sizeof *texts; k++) {
            if (strcmp(argv[i], texts[k].name) == 0) {
                *texts[k].to = w403_view_of(argv[++i]);
                break;
            }
        }
    }
    w403_parts *p = NULL;
    w403_http  *http = NULL;
    w403_error  err;
    w403_jw_init(&json, &out, false);
    w403_jw_object(&json);
    if (w403_parts_open(&o, &p, &err) != W403_OK || w403_http_open(p->secrets, &p->http, &http, &err) != W403_OK) {
        fail(p, &err);
    }
    w403_jw_text(&json, "region", w403_endpoints_region(p->endpoints));
    if (!p->anonymous) {
        w403_jw_text(&json, "origin", w403_credentials_origin(p->credentials));
        enter(p, http, account);
        if (sleep_s) {
            (void)sleep(sleep_s);
            w403_jw_key(&json, "again");
            w403_jw_object(&json);
            (void)w403_credentials_expired(p->credentials, account);
            enter(p, http, account);
            w403_jw_end_object(&json);
        }
    }
    unsigned before = scanning ? count_everywhere("sessionsecret") + count_everywhere("sessiontoken") : 0;
    w403_http_close(http);
    w403_parts_close(p);
    if (scanning) {
        w403_jw_number(&json, "held", before);
        w403_jw_number(&json, "left", count_everywhere("sessionsecret") + count_everywhere("sessiontoken"));
    }
    finish(0);
}

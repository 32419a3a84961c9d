/* Calls of the module by hand: a line of the input is a call, a line of the output an answer.
 *
 *     live_call [--role NAME] [--jobs N] [--timeout MS] [--max-attempts N] [--addressing path|virtual] [--quiet] [--allow-http]
 *     s3 GetBucketPolicy account=111122223333 region=eu-west-1 Bucket=amzn-s3-demo-bucket
 *
 * What the module says goes to the standard error, with counts at the end; --quiet prints errors alone. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "json/json.h"
#include "live/calls.h"
#include "live/load.h"

enum { ARGUMENTS = 16, LINE = 65536 };

static bool               quiet;
static const w403_live   *live;
static w403_live_session *session;

static void on_signal(int number)
{
    (void)number;
    live->stop(session);
}

static void say(void *user, w403_live_note kind, w403_view text)
{
    (void)user;
    static const char *const kinds[] = {"note", "warning", "debug"};
    fprintf(stderr, "%s: %.*s\n", kinds[kind], W403_CUT(text));
}

static void print(void *user, const w403_live_answer *a)
{
    (void)user;
    w403_buf         out = {0};
    w403_json_writer w;
    if (quiet && a->code.n == 0) {
        return;
    }
    w403_jw_init(&w, &out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "call", w403_calls[a->row].operation);
    w403_jw_number(&w, "number", (uint64_t)(uintptr_t)a->tag);
    w403_jw_number(&w, "page", a->page);
    w403_jw_flag(&w, "last", a->last);
    w403_jw_number(&w, "status", (uint64_t)a->status);
    w403_jw_text_unless_empty(&w, "code", a->code);
    w403_jw_text_unless_empty(&w, "message", a->message);
    w403_jw_text_unless_empty(&w, "sample", a->sample);
    w403_jw_text_unless_empty(&w, "bucket_region", a->bucket_region);
    if (a->newer_members > 0) {
        w403_jw_number(&w, "newer", a->newer_members);
    }
    if (a->json.n > 0) {
        w403_jw_key(&w, "json");
        w403_jw_raw(&w, a->json);
    }
    w403_jw_end_object(&w);
    w403_buf_putc(&out, '\n');
    fwrite(out.p, 1, out.n, stdout);
    fflush(stdout);
    w403_buf_free(&out);
}

static int failed(const w403_error *err)
{
    fprintf(stderr, "error: %s\n%s%s\n", err->message, err->hint[0] ? "help: " : "", err->hint);
    return 2;
}

static w403_status add(char *line, size_t number, w403_error *err)
{
    w403_live_argument arguments[ARGUMENTS];
    w403_view          rest = w403_view_trim(w403_view_of(line)), service = w403_view_cut(&rest, ' ');
    w403_view          operation = w403_view_cut(&rest, ' ');
    w403_live_call     call = {.row = (uint16_t)w403_call_find(service, operation), .arguments = arguments,
                               .tag = (void *)(uintptr_t)number};
    while (rest.n > 0 && call.n_arguments < ARGUMENTS) {
        w403_view value = w403_view_cut(&rest, ' '), name = w403_view_cut(&value, '=');
        if (w403_view_eq(name, W403_LIT("account"))) {
            call.account = value;
        } else if (w403_view_eq(name, W403_LIT("region"))) {
            call.region = value;
        } else {
            arguments[call.n_arguments++] = (w403_live_argument){name, value};
        }
    }
    return live->add(session, &call, err);
}

static bool option(w403_live_options *o, const char *name, const char *value)
{
    if (strcmp(name, "--role") == 0) {
        o->role = w403_view_of(value);
    } else if (strcmp(name, "--profile") == 0) {
        o->profile = w403_view_of(value);
    } else if (strcmp(name, "--ca-bundle") == 0) {
        o->ca_bundle = w403_view_of(value);
    } else if (strcmp(name, "--jobs") == 0) {
        o->jobs = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--timeout") == 0) {
        o->timeout_ms = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--max-attempts") == 0) {
        o->max_attempts = (unsigned)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--addressing") == 0) {
        o->s3_addressing = value[0] == 'v' ? W403_LIVE_ADDRESSING_VIRTUAL : W403_LIVE_ADDRESSING_PATH;
    } else {
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static char       line[LINE];
    w403_live_options options = {.say = say};
    w403_error        err = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0) {
            quiet = true;
        } else if (strcmp(argv[i], "--allow-http") == 0) {
            options.allow_http = true;
        } else if (i + 1 >= argc || !option(&options, argv[i], argv[i + 1])) {
            fprintf(stderr, "live_call: what is %s?\n", argv[i]);
            return 2;
        } else {
            i++;
        }
    }
    if (w403_live_load(&live, &err) != W403_OK || live->open(&options, &session, &err) != W403_OK) {
        return failed(&err);
    }
    (void)signal(SIGINT, on_signal);
    w403_status st = W403_OK;
    for (size_t number = 1; st == W403_OK && fgets(line, sizeof line, stdin); number++) {
        st = line[0] == '\n' || line[0] == '#' ? W403_OK : add(line, number, &err);
    }
    st = st == W403_OK ? live->run(session, print, NULL, &err) : st;
    w403_live_counts c;
    live->count(session, &c);
    live->close(session);
    fprintf(stderr, "%lu requests, %lu retried, %lu throttled, %lu connections, %lu bytes\n", c.requests, c.retried, c.throttled,
            c.connections, c.bytes);
    return st == W403_OK ? 0 : failed(&err);
}

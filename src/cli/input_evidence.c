#include "cli/input_evidence.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/input_record.h"
#include "evidence/automation.h"
#include "evidence/shell.h"
#include "logs/access_log.h"

/* TEXT, or `-` for standard input. */
static w403_status text_of(w403_cli *cli, const char *value, w403_view *out, w403_error *err)
{
    if (strcmp(value, "-") == 0) {
        return w403_cli_read(cli, value, out, err);
    }
    *out = w403_view_of(value);
    return W403_OK;
}

static w403_status empty(w403_view text, w403_option_id id, const char *expected, w403_error *err)
{
    if (w403_view_trim(text).n > 0) {
        return W403_OK;
    }
    (void)w403_error_set(err, W403_SYNTAX, "the value of `--%s` is empty", w403_option_at(id)->name);
    w403_error_hint(err, "expected %s", expected);
    return W403_SYNTAX;
}

/* upload failed: ./a to s3://bucket/a An error occurred ... */
static bool printed_by_aws_s3(w403_view text)
{
    static const char *const lines[] = {"upload failed: ", "download failed: ", "copy failed: ", "move failed: ", "delete failed: "};
    bool found = false;
    for (size_t i = 0; i < sizeof lines / sizeof *lines && !found; i++) {
        found = w403_view_find(text, w403_view_of(lines[i])) != SIZE_MAX;
    }
    return found && w403_view_find(text, W403_LIT("s3://")) != SIZE_MAX;
}

/* ---- one reader each ---- */

static w403_status read_error(w403_cli *cli, const char *value, w403_evidence *out, w403_error *err)
{
    w403_view text;
    W403_TRY(text_of(cli, value, &text, err));
    W403_TRY(
        empty(text, W403_OPT_ERROR, "what the program printed: `An error occurred (AccessDenied) when ...`", err));
    w403_status status = w403_evidence_error(cli->arena, text, out, err);
    if (status == W403_SYNTAX && strcmp(value, "-") != 0 && access(value, R_OK) == 0) {
        w403_error_hint(err, "that is the name of a file: `--error -` reads from standard input what it holds");
    }
    W403_TRY(status);
    out->aws_s3 = printed_by_aws_s3(text);
    return W403_OK;
}

static w403_status read_event(w403_cli *cli, const char *path, w403_evidence *out, w403_error *err)
{
    w403_view text;
    W403_TRY(w403_cli_read(cli, path, &text, err));
    W403_TRY(
        empty(text, W403_OPT_EVENT, "one CloudTrail event, or what `aws ssm get-automation-execution` printed", err));
    if (w403_is_automation(text)) {
        return w403_evidence_automation(cli->arena, w403_view_of(path), text, out, err);
    }
    w403_status status = w403_evidence_event(cli->arena, w403_view_of(path), text, out, err);
    return status == W403_SYNTAX ? w403_input_record(cli, path, text, out, err) : status;
}

static w403_status read_log_line(w403_cli *cli, const char *value, w403_evidence *out, w403_error *err)
{
    w403_view text;
    w403_record record;
    w403_log_fields fields;
    W403_TRY(text_of(cli, value, &text, err));
    text = w403_view_trim(text);
    W403_TRY(empty(text, W403_OPT_LOG_LINE, "one line of a server access log", err));
    if (w403_view_find_char(text, '\n') != SIZE_MAX && text.p[0] != '{' && text.p[0] != '[') {
        (void)w403_error_set(err, W403_SYNTAX, "`--log-line` takes one line");
        w403_error_hint(err, "`why403 logs` reads whole files");
        return W403_SYNTAX;
    }
    w403_status status = w403_access_log_parse(text, &record, err);
    if (status == W403_SYNTAX) {
        w403_error_hint(err,
                        "expected a line of a server access log: `OWNER BUCKET [06/Feb/2019:00:00:38 +0000] ...`");
        return w403_input_record(cli, "-", text, out, err);
    }
    W403_TRY(status);
    W403_TRY(w403_access_log_complete(cli->arena, &record, err));
    w403_access_log_fields(&record, &fields);
    W403_TRY(w403_evidence_log_line(cli->arena, &fields, out, err));
    return w403_input_marks(cli->arena, &record, out, err);
}

/* `aws s3 cp report.csv s3://bucket/`: the size of the file says whether it is sent in parts. */
static uint64_t local_size(w403_cli *cli, w403_view text)
{
    w403_words words = {0};
    struct stat st;
    bool copies = false;
    if (cli->host || w403_shell_split(cli->arena, text, &words, NULL, NULL) != W403_OK) {
        return UINT64_MAX;
    }
    for (size_t i = 0; i < words.n; i++) {
        w403_view word = words.at[i];
        if (!copies) {
            copies = w403_view_eq(word, W403_LIT("cp")) || w403_view_eq(word, W403_LIT("mv"));
            continue;
        }
        if (w403_view_starts(word, W403_LIT("s3://"))) {
            return UINT64_MAX; /* what comes from S3 has no size here */
        }
        w403_view path = w403_arena_copy(cli->arena, word);
        if (path.p && !w403_view_starts(word, W403_LIT("-")) && stat(path.p, &st) == 0 && S_ISREG(st.st_mode)) {
            return (uint64_t)st.st_size;
        }
    }
    return UINT64_MAX;
}

static w403_status read_command(w403_cli *cli, const char *value, w403_evidence *out, w403_error *err)
{
    w403_view text;
    W403_TRY(text_of(cli, value, &text, err));
    W403_TRY(empty(text, W403_OPT_COMMAND, "a command such as `aws s3 cp file s3://bucket/key`", err));
    return w403_evidence_command(cli->arena, text, local_size(cli, text), out, err);
}

static w403_status read_curl(w403_cli *cli, const char *value, w403_evidence *out, w403_error *err)
{
    w403_view text;
    W403_TRY(text_of(cli, value, &text, err));
    W403_TRY(empty(text, W403_OPT_CURL, "a URL of S3, or the `curl` command with it", err));
    return w403_evidence_curl(cli->arena, text, out, err);
}

typedef w403_status reader(w403_cli *, const char *, w403_evidence *, w403_error *);

static const struct {
    w403_option_id id;
    reader *read;
} readers[] = {
    {W403_OPT_EVENT, read_event}, {W403_OPT_LOG_LINE, read_log_line}, {W403_OPT_COMMAND, read_command},
    {W403_OPT_CURL, read_curl},   {W403_OPT_ERROR, read_error}, /* the last: it may stand beside another */
};

static w403_status read_by(w403_cli *cli, size_t i, const w403_evidence **out, w403_error *err)
{
    w403_evidence *e = W403_NEW(cli->arena, w403_evidence);
    W403_NEED(e, err);
    W403_TRY(readers[i].read(cli, w403_args_value(&cli->args, readers[i].id), e, err));
    *out = e;
    return W403_OK;
}

static w403_status read_request(w403_cli *cli, w403_testimony *out, w403_error *err)
{
    const char *first = NULL;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        const char *name = w403_option_at(readers[i].id)->name;
        if (!w403_args_has(&cli->args, readers[i].id)) {
            continue;
        }
        if (first && readers[i].id != W403_OPT_ERROR) {
            (void)w403_error_set(err, W403_SEMANTIC, "`--%s` and `--%s` are two requests", first, name);
            w403_error_hint(err, "give one of them; an error text may stand beside it");
            return W403_SEMANTIC;
        }
        W403_TRY(read_by(cli, i, first ? &out->error : &out->request, err));
        first = name;
    }
    return W403_OK;
}

/* ---- who, and in which session ---- */

static w403_view principal_of(const w403_evidence *e)
{
    if (e && e->n_readings > 0 && e->readings[0].request.principal.n > 0) {
        return e->readings[0].request.principal;
    }
    return e ? e->reported.principal : (w403_view){NULL, 0};
}

static w403_status read_credentials(w403_cli *cli, w403_testimony *out, w403_error *err)
{
    const char *table = w403_args_value(&cli->args, W403_OPT_CONFIGURE_LIST);
    const char *identity = w403_args_value(&cli->args, W403_OPT_CALLER_IDENTITY);
    w403_view a = {NULL, 0}, b = {NULL, 0};
    if (!table && !identity) {
        return W403_OK;
    }
    if (table) {
        W403_TRY(w403_cli_read(cli, table, &a, err));
    }
    if (identity) {
        W403_TRY(w403_cli_read(cli, identity, &b, err));
    }
    w403_view both = w403_arena_printf(cli->arena, "%.*s\n%.*s", (int)a.n, a.n ? a.p : "", (int)b.n, b.n ? b.p : "");
    W403_NEED(both.p, err);
    w403_evidence *e = W403_NEW(cli->arena, w403_evidence);
    W403_NEED(e, err);
    W403_TRY(w403_evidence_credentials(cli->arena, both, out->expected, e, err));
    out->credentials = e;
    return W403_OK;
}

static w403_view fact_of(const w403_evidence *e, const char *name)
{
    for (size_t i = 0; e && i < e->n_facts; i++) {
        if (strcmp(e->facts[i].name, name) == 0) {
            return e->facts[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

/* By the access key, which is one session's alone; else by the session's or the role's ARN. */
static w403_status read_session(w403_cli *cli, w403_testimony *out, w403_error *err)
{
    const char *path = w403_args_value(&cli->args, W403_OPT_SESSION_EVENTS);
    if (!path) {
        return W403_OK;
    }
    w403_view text, none = {NULL, 0};
    w403_evidence *e = W403_NEW(cli->arena, w403_evidence);
    W403_NEED(e, err);
    W403_TRY(w403_cli_read(cli, path, &text, err));
    W403_TRY(empty(text, W403_OPT_SESSION_EVENTS, "CloudTrail events, an AssumeRole among them", err));
    w403_view who = out->expected.n ? out->expected : out->credentials ? out->credentials->identity.arn : none;
    w403_view key = fact_of(out->request, "access key");
    w403_view at = out->request && out->request->n_readings ? out->request->readings[0].request.at : none;
    const char *when = w403_args_value(&cli->args, W403_OPT_AT);
    at = when ? w403_view_of(when) : at;
    bool key_first = key.n > 0 && !w403_args_has(&cli->args, W403_OPT_AS);
    w403_status status =
        w403_evidence_session(cli->arena, w403_view_of(path), text, key_first ? key : who, at, e, err);
    if (status == W403_NOT_FOUND && key_first && who.n) {
        status = w403_evidence_session(cli->arena, w403_view_of(path), text, who, at, e, err);
    }
    W403_TRY(status);
    out->session = e;
    return W403_OK;
}

w403_status w403_input_testimony(w403_cli *cli, w403_testimony *out, w403_error *err)
{
    *out = (w403_testimony){0};
    W403_TRY(read_request(cli, out, err));
    const char *as = w403_args_value(&cli->args, W403_OPT_AS);
    out->expected = as ? w403_view_of(as) : principal_of(out->request);
    if (out->expected.n == 0) {
        out->expected = principal_of(out->error);
    }
    W403_TRY(read_credentials(cli, out, err));
    return read_session(cli, out, err);
}

const w403_reported *w403_testimony_reported(const w403_testimony *t)
{
    return t->error ? &t->error->reported : t->request ? &t->request->reported : NULL;
}

/* why403 mcp: the door as a Model Context Protocol server. JSON-RPC 2.0, one message a line on standard input and output
 * (modelcontextprotocol.io, transport "stdio"). Tools only read; no file is opened but in the folders that were given. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "door/ask.h"
#include "door/schema.h"
#include "door/world.h"

enum { PARSE_ERROR = -32700, INVALID_REQUEST = -32600, NO_METHOD = -32601, INVALID_PARAMS = -32602, INTERNAL = -32603 };

/* A tool is a command under a name of its own. */
static const struct {
    const char *name, *command, *title, *about;
} tools[] = {
    {"explain", "explain", "Why was this S3 request denied?",
     "Decides one request as AWS does, over every policy layer, and says which statement denies it; from a request, or from evidence: "
     "an error text, a CloudTrail event, a log line, a command, a URL."},
    {"fix", "fix", "Changes that would allow it", "The same, for its fixes: each is the least change, decided again, with what else it opens."},
    {"lint", "lint", "Is this policy well-formed?",
     "AWS's own checks (ValidatePolicy) and what only an engine that knows S3 can say. Policies come as `files`."},
    {"who_can", "who-can", "Who can do this?", "Every caller that is allowed, and under which conditions. `operands`: action, resource."},
    {"diff", "diff", "What does a change newly allow?",
     "Compares two policies over all requests, with a request that shows each difference. `files`: the old one, then the new one."},
    {"logs", "logs", "Every denial in these logs by root cause",
     "Access logs and CloudTrail as `files` (texts) or `paths`, grouped by cause, with the change that began it."},
};
enum { TOOLS = sizeof tools / sizeof *tools };

static const char *const versions[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

typedef struct server {
    w403_cli   *cli;
    w403_world  world;
    w403_arena *a; /* of one message */
    const w403_json_doc *doc;
    w403_json_writer w;
} server;

/* ---- messages ---- */

static void begin(server *s, const w403_json *id)
{
    w403_jw_init(&s->w, &s->cli->out, false);
    w403_jw_object(&s->w);
    w403_jw_word(&s->w, "jsonrpc", "2.0");
    w403_jw_key(&s->w, "id");
    if (id) {
        w403_jw_raw(&s->w, w403_view_sub(s->doc->text, id->span.off, (size_t)id->span.off + id->span.len));
    } else {
        w403_jw_null(&s->w);
    }
}

static void end(server *s)
{
    w403_jw_end_object(&s->w);
    w403_buf_putc(&s->cli->out, '\n');
}

static void refuse(server *s, const w403_json *id, int code, w403_view message)
{
    begin(s, id);
    w403_jw_key(&s->w, "error");
    w403_jw_object(&s->w);
    w403_jw_key(&s->w, "code");
    w403_jw_i64(&s->w, code);
    w403_jw_text(&s->w, "message", message);
    w403_jw_end_object(&s->w);
    end(s);
}

/* ---- initialize, tools/list ---- */

static void initialize(server *s, const w403_json *id, const w403_json *params)
{
    const w403_json *wanted = w403_json_get(params, "protocolVersion");
    const char      *version = versions[0];
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (w403_json_is(wanted, W403_JSON_STRING) && w403_view_eq(wanted->text, w403_view_of(versions[i]))) {
            version = versions[i];
        }
    }
    begin(s, id);
    w403_jw_key(&s->w, "result");
    w403_jw_object(&s->w);
    w403_jw_word(&s->w, "protocolVersion", version);
    w403_jw_key(&s->w, "capabilities");
    w403_jw_raw(&s->w, W403_LIT("{\"tools\":{}}"));
    w403_jw_key(&s->w, "serverInfo");
    w403_jw_object(&s->w);
    w403_jw_word(&s->w, "name", "why403");
    w403_jw_word(&s->w, "version", w403_version());
    w403_jw_end_object(&s->w);
    w403_jw_word(&s->w, "instructions",
                 "Why did Amazon S3 say 403? `explain` with the error text as `error`, or with a `request`; undetermined answers name what is "
                 "missing. Nothing is sent anywhere, and nothing is changed.");
    w403_jw_end_object(&s->w);
    end(s);
}

static const w403_command *command_of(size_t tool)
{
    bool same = strcmp(tools[tool].command, "fix") == 0;
    return w403_command_find(same ? W403_LIT("explain") : w403_view_of(tools[tool].command));
}

static void list_tools(server *s, const w403_json *id)
{
    begin(s, id);
    w403_jw_key(&s->w, "result");
    w403_jw_object(&s->w);
    w403_jw_key(&s->w, "tools");
    w403_jw_array(&s->w);
    for (size_t i = 0; i < TOOLS; i++) {
        w403_jw_object(&s->w);
        w403_jw_word(&s->w, "name", tools[i].name);
        w403_jw_word(&s->w, "title", tools[i].title);
        w403_jw_word(&s->w, "description", tools[i].about);
        w403_jw_key(&s->w, "inputSchema");
        w403_schema_tool(&s->w, s->a, command_of(i));
        w403_jw_key(&s->w, "annotations");
        w403_jw_raw(&s->w, W403_LIT("{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false}"));
        w403_jw_end_object(&s->w);
    }
    w403_jw_end_array(&s->w);
    w403_jw_end_object(&s->w);
    end(s);
}

/* ---- tools/call ---- */

/* Is it below one of the folders that were given, links followed? */
static bool is_within(server *s, const char *path)
{
    const w403_given *g;
    size_t            at = 0;
    char             *real = realpath(path, NULL);
    bool              found = false;
    while (real && !found && (g = w403_args_each(&s->cli->args, W403_OPT_FOLDER, &at)) != NULL) {
        char  *folder = realpath(g->value, NULL);
        size_t n = folder ? strlen(folder) : 0;
        found = folder && strncmp(real, folder, n) == 0 && (real[n] == '\0' || real[n] == '/' || (n > 0 && folder[n - 1] == '/'));
        free(folder);
    }
    free(real);
    return found;
}

typedef struct texts {
    W403_ARRAY(w403_named_text) list;
    size_t bytes;
} texts;

static w403_status add_file(server *s, texts *t, w403_view path, w403_error *err)
{
    if (!is_within(s, path.p)) { /* each file: a link may lead out of the folder that it lies in */
        (void)w403_error_set(err, W403_SEMANTIC, "`%.300s` lies in none of the folders that may be read", path.p);
        w403_error_hint(err, "the user gives them: `why403 mcp --folder DIR`");
        return W403_SEMANTIC;
    }
    w403_named_text *one = W403_PUSH(s->a, &t->list);
    W403_NEED(one, err);
    one->name = path;
    W403_TRY(w403_file_read(s->a, path.p, &one->text, err));
    t->bytes += one->text.n;
    return t->bytes > W403_LIMIT_FILE_BYTES ? w403_error_set(err, W403_LIMIT, "more than %zu MiB of files", W403_LIMIT_FILE_BYTES >> 20)
                                            : W403_OK;
}

static w403_status add_path(server *s, texts *t, w403_view path, w403_error *err)
{
    w403_paths below;
    if (!is_within(s, path.p) || !w403_is_directory(path.p)) {
        return add_file(s, t, path, err);
    }
    W403_TRY(w403_file_list_plain(s->a, path.p, &below, err));
    for (size_t i = 0; i < below.n; i++) {
        w403_view one = w403_arena_printf(s->a, "%.*s/%.*s", W403_ARG(path), W403_ARG(below.at[i]));
        W403_NEED(one.p, err);
        W403_TRY(add_file(s, t, one, err));
    }
    return W403_OK;
}

static w403_status add_paths(server *s, texts *t, const w403_json *paths, w403_error *err)
{
    const w403_json *first = w403_json_is(paths, W403_JSON_ARRAY) ? paths->first : paths;
    for (const w403_json *p = first; p; p = paths->type == W403_JSON_ARRAY ? p->next : NULL) {
        if (p->type != W403_JSON_STRING || memchr(p->text.p, '\0', p->text.n)) {
            return w403_json_error(s->doc, p, err, "`paths` are texts");
        }
        w403_view path = w403_arena_copy(s->a, p->text);
        W403_NEED(path.p, err);
        W403_TRY(add_path(s, t, path, err));
    }
    return W403_OK;
}

/* The arguments with `ask`, and without what is this server's own. */
static w403_status question_of(server *s, size_t tool, const w403_json *arguments, const char *form, w403_view *out, w403_error *err)
{
    w403_buf         buf = {0};
    w403_json_writer w;
    w403_jw_init(&w, &buf, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "ask", tools[tool].command);
    for (const w403_json *m = arguments ? arguments->first : NULL; m; m = m->next) {
        if (!w403_view_eq(m->key, W403_LIT("paths")) && !w403_view_eq(m->key, W403_LIT("ask")) && !w403_view_eq(m->key, W403_LIT("format"))) {
            w403_jw_keyv(&w, m->key);
            w403_jw_raw(&w, w403_view_sub(s->doc->text, m->span.off, (size_t)m->span.off + m->span.len));
        }
    }
    w403_jw_word(&w, "format", form);
    w403_jw_end_object(&w);
    *out = w403_buf_ok(&buf) ? w403_arena_copy(s->a, w403_buf_view(&buf)) : (w403_view){NULL, 0};
    w403_buf_free(&buf);
    W403_NEED(out->p, err);
    return W403_OK;
}

static w403_status ask(server *s, size_t tool, const w403_json *arguments, w403_reply *text, w403_reply *json, w403_error *err)
{
    const w403_json *paths = w403_json_get(arguments, "paths");
    texts            t = {.bytes = 0};
    w403_view        question;
    if (paths) {
        W403_TRY(add_paths(s, &t, paths, err));
    }
    const w403_text_set more = {.at = t.list.at, .n = t.list.n};
    W403_TRY(question_of(s, tool, arguments, "json", &question, err));
    W403_TRY(w403_ask_with(&s->world, question, &more, s->a, json, err));
    W403_TRY(question_of(s, tool, arguments, "text", &question, err));
    return w403_ask_with(&s->world, question, &more, s->a, text, err);
}

static void put_content(server *s, w403_view text, bool failed)
{
    w403_jw_key(&s->w, "content");
    w403_jw_array(&s->w);
    w403_jw_object(&s->w);
    w403_jw_word(&s->w, "type", "text");
    w403_jw_text(&s->w, "text", text);
    w403_jw_end_object(&s->w);
    w403_jw_end_array(&s->w);
    w403_jw_flag(&s->w, "isError", failed);
}

/* One value on one line: the answer may be laid out, or one a line. */
static void put_structured(server *s, w403_view text)
{
    w403_json_doc doc;
    if (w403_json_parse(s->a, W403_LIT("answer"), w403_view_trim(text), NULL, &doc, NULL, NULL) == W403_OK && doc.root->type == W403_JSON_OBJECT) {
        w403_jw_key(&s->w, "structuredContent");
        w403_jw_value(&s->w, doc.root);
    }
}

static void call_tool(server *s, const w403_json *id, const w403_json *params)
{
    const w403_json *name = w403_json_get(params, "name"), *arguments = w403_json_get(params, "arguments");
    size_t           tool = 0;
    w403_reply       text, json;
    w403_error       err = {.message = "out of memory"};
    while (tool < TOOLS && !(w403_json_is(name, W403_JSON_STRING) && w403_view_eq(name->text, w403_view_of(tools[tool].name)))) {
        tool++;
    }
    if (tool == TOOLS || (arguments && arguments->type != W403_JSON_OBJECT)) {
        refuse(s, id, INVALID_PARAMS, tool == TOOLS ? W403_LIT("there is no tool of that name") : W403_LIT("arguments are an object"));
        return;
    }
    w403_status status = ask(s, tool, arguments, &text, &json, &err);
    begin(s, id);
    w403_jw_key(&s->w, "result");
    w403_jw_object(&s->w);
    if (status == W403_OK) {
        put_content(s, text.text, false);
        put_structured(s, json.text);
    } else { /* for the model to mend, so no error of the protocol */
        put_content(s, w403_arena_printf(s->a, "%s%s%s", err.message, err.hint[0] ? "\n" : "", err.hint), true);
    }
    w403_jw_end_object(&s->w);
    end(s);
}

/* ---- one message ---- */

static void answer(server *s, const w403_json *message)
{
    const w403_json *id = w403_json_get(message, "id"), *method = w403_json_get(message, "method");
    const w403_json *params = w403_json_get(message, "params");
    if (!w403_json_is(message, W403_JSON_OBJECT) || !w403_json_is(method, W403_JSON_STRING)) {
        bool reply = w403_json_is(message, W403_JSON_OBJECT) && (w403_json_get(message, "result") || w403_json_get(message, "error"));
        if (!reply) {
            refuse(s, id, INVALID_REQUEST, W403_LIT("a request has a method"));
        }
        return;
    }
    if (!id) {
        return; /* a notification asks for no answer */
    }
    if (w403_view_eq(method->text, W403_LIT("initialize"))) {
        initialize(s, id, params);
    } else if (w403_view_eq(method->text, W403_LIT("tools/list"))) {
        list_tools(s, id);
    } else if (w403_view_eq(method->text, W403_LIT("tools/call"))) {
        call_tool(s, id, params);
    } else if (w403_view_eq(method->text, W403_LIT("ping"))) {
        begin(s, id);
        w403_jw_key(&s->w, "result");
        w403_jw_raw(&s->w, W403_LIT("{}"));
        end(s);
    } else {
        refuse(s, id, NO_METHOD, W403_LIT("there is no such method"));
    }
}

static void on_line(server *s, w403_view line)
{
    w403_json_doc doc = {.root = NULL};
    w403_error    err;
    uint64_t      refused = w403_malloc_refused();
    size_t        start = s->cli->out.n;
    s->doc = &doc;
    if (w403_view_trim(line).n == 0) {
        return;
    }
    if (w403_json_parse(s->a, W403_LIT("message"), line, NULL, &doc, NULL, &err) != W403_OK) {
        refuse(s, NULL, PARSE_ERROR, w403_view_of(err.message));
    } else {
        answer(s, doc.root);
    }
    if (s->cli->out.n > start && w403_malloc_refused() != refused) { /* something may be missing from the answer */
        s->cli->out.n = start;
        refuse(s, w403_json_is(doc.root, W403_JSON_OBJECT) ? w403_json_get(doc.root, "id") : NULL, INTERNAL,
               W403_LIT("out of memory"));
    }
}

static int serve(server *s)
{
    char   *line = NULL;
    size_t  room = 0;
    ssize_t n;
    bool    good = true;
    while (good && (n = getline(&line, &room, stdin)) > 0) {
        on_line(s, (w403_view){line, (size_t)n});
        good = w403_cli_flush(s->cli);
        w403_arena_reset(s->a);
    }
    int code = n < 0 && !feof(stdin) ? errno : 0; /* memory for a line may be short too */
    free(line);
    if (code) {
        w403_error err;
        (void)w403_io_error(&err, "read", "standard input", code);
        return w403_diag_exit(s->cli, &err);
    }
    return good ? W403_EXIT_GOOD : W403_EXIT_USAGE;
}

int w403_cmd_mcp(w403_cli *cli)
{
    w403_problems loaded = {.arena = cli->arena};
    w403_problems *told = cli->warnings;
    server         s = {.cli = cli, .a = w403_arena_new(0)};
    int            status = W403_EXIT_USAGE;
    cli->warnings = &loaded; /* said with every answer */
    if (!s.a) {
        w403_diag_text(cli, false, "out of memory");
    } else if (w403_args_has(&cli->args, W403_OPT_QUESTIONS)) {
        w403_jw_init(&s.w, &cli->out, true);
        w403_schema_questions(&s.w, s.a);
        w403_buf_putc(&cli->out, '\n');
        status = W403_EXIT_GOOD;
    } else if (cli->args.operands.n > 0) {
        w403_diag_text(cli, false, "mcp takes no arguments");
    } else if (w403_input_snapshot(cli, &s.world.snapshot) == W403_OK) {
        s.world.loaded = loaded;
        cli->warnings = told;
        status = serve(&s);
        w403_snapshot_free(s.world.snapshot);
    }
    cli->warnings = told;
    w403_arena_free(s.a);
    return status;
}

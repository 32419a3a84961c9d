/* why403 decide: requests as NDJSON on stdin, verdicts as NDJSON on stdout, in order. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/decide_lines.h"
#include "cli/decide_matrix.h"
#include "cli/input.h"
#include "cli/lines.h"
#include "decide/dialect.h"
#include "evidence/request_json.h"
#include "render/render.h"
#include "render/warnings.h"
#include "snapshot/snapshot.h"

typedef struct batch {
    w403_input in;
    bool full, strict;
    unsigned dialect;
    const w403_problems *warnings; /* of what all requests are judged by */
    _Atomic uint64_t bad;
} batch;

typedef struct thread_state {
    batch *b;
    w403_arena *arena;
    w403_view id; /* of the request at hand, as it stands in the line; {NULL,0}: it has none */
} thread_state;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

static void *thread_new(void *user)
{
    thread_state *t = w403_malloc(sizeof *t);
    if (t) {
        *t = (thread_state){.b = user, .arena = w403_arena_new(0)};
        if (!t->arena) {
            w403_free(t);
            t = NULL;
        }
    }
    return t;
}

static void thread_free(void *state)
{
    thread_state *t = state;
    w403_arena_free(t->arena);
    w403_free(t);
}

static void write_cause(w403_json_writer *w, const w403_cause *c)
{
    w403_jw_object(w);
    w403_jw_key(w, "cause");
    w403_jw_cstr(w, c->id);
    w403_jw_key(w, "action");
    w403_jw_str(w, c->action);
    w403_jw_key(w, "resource");
    w403_jw_str(w, c->resource);
    w403_jw_end_object(w);
}

static void write_list(w403_json_writer *w, const char *name, const w403_view *at, uint32_t n)
{
    if (n) {
        w403_jw_key(w, name);
        w403_jw_array(w);
        for (uint32_t i = 0; i < n; i++) {
            w403_jw_str(w, at[i]);
        }
        w403_jw_end_array(w);
    }
}

/* The members of design's JSON result that a filter asks for; --full writes all of them. */
static void write_verdict(w403_buf *out, const batch *b, const w403_decision *d, const w403_explanation *e)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "format");
    w403_jw_u64(&w, 1);
    w403_jw_key(&w, "decision");
    w403_jw_cstr(&w, w403_verdict_name(d->verdict));
    if (d->verdict != W403_UNDETERMINED) {
        w403_jw_key(&w, "status");
        w403_jw_u64(&w, (uint64_t)d->status);
    }
    if (d->error_code) {
        w403_jw_key(&w, "error_code");
        w403_jw_cstr(&w, d->error_code);
    }
    if (e->n_causes) {
        w403_jw_key(&w, "cause");
        w403_jw_cstr(&w, e->causes[0].id);
        w403_jw_key(&w, "causes");
        w403_jw_array(&w);
        for (uint32_t i = 0; i < e->n_causes; i++) {
            write_cause(&w, &e->causes[i]);
        }
        w403_jw_end_array(&w);
    }
    write_list(&w, "assumptions", d->assumptions, d->n_assumptions);
    write_list(&w, "unknown", d->unknown, d->n_unknown);
    w403_warnings_json(&w, b->warnings);
    w403_jw_end_object(&w);
}

static w403_status answer(thread_state *t, w403_view text, w403_buf *out, w403_error *err)
{
    w403_json_doc doc;
    w403_request request;
    w403_decision d;
    w403_explanation e;
    const batch *b = t->b;
    W403_TRY(w403_json_parse(t->arena, W403_LIT("stdin"), text, NULL, &doc, NULL, err));
    const w403_json *id = w403_json_is(doc.root, W403_JSON_OBJECT) ? w403_json_get(doc.root, "id") : NULL;
    if (id) {
        t->id = w403_view_sub(text, id->span.off, (size_t)id->span.off + id->span.len);
    }
    W403_TRY(w403_request_from_json(t->arena, &doc, doc.root, true, &request, err));
    request.dialect = request.dialect == W403_DIALECT_AWS ? b->dialect : request.dialect;
    W403_TRY(w403_decide(b->in.snapshot, b->in.policies, &request, b->full ? W403_DETAIL_FULL : W403_DETAIL_CAUSES,
                         t->arena, &d, err));
    W403_TRY(w403_explain(&request, &d, t->arena, &e, err));
    if (b->full) {
        w403_render_input in = {
            .snapshot = b->in.snapshot, .policies = b->in.policies, .request = &request, .decision = &d, .explanation = &e,
            .warnings = b->warnings};
        w403_render_options opt = {.width = 100, .full = true};
        W403_TRY(w403_render_json(out, &in, &opt, err));
        if (out->n && out->p[out->n - 1] == '\n') {
            out->n--; /* one newline a line, whoever writes it */
        }
    } else {
        write_verdict(out, b, &d, &e);
    }
    return W403_OK;
}

/* A bad line is answered in its place. */
static void write_error(w403_buf *out, const w403_line *line, const w403_error *err)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "format");
    w403_jw_u64(&w, 1);
    w403_jw_key(&w, "error");
    w403_jw_object(&w);
    w403_jw_key(&w, "message");
    w403_jw_cstr(&w, err->message);
    if (err->hint[0]) {
        w403_jw_key(&w, "hint");
        w403_jw_cstr(&w, err->hint);
    }
    w403_jw_key(&w, "line");
    w403_jw_u64(&w, line->number);
    if (err->line) {
        w403_jw_key(&w, "column");
        w403_jw_u64(&w, err->column);
    }
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
}

/* The request's `id` goes before all else into its answer: whoever asked finds it again. */
static void put_id(thread_state *t, w403_buf *out, size_t start)
{
    w403_view rest = w403_arena_copy(t->arena, (w403_view){out->p + start + 1, out->n - start - 1}); /* behind the `{` */
    out->n = start;
    w403_buf_puts(out, "{\"id\":");
    w403_buf_put(out, t->id);
    w403_buf_putc(out, ',');
    w403_buf_put(out, rest.p ? rest : W403_LIT("\"error\":{\"message\":\"out of memory\"}}"));
    t->b->bad += !rest.p;
}

static bool on_line(void *state, const w403_line *line, w403_buf *out)
{
    thread_state *t = state;
    w403_error err; /* large: whoever sets it sets all of it, so it is not cleared for every line */
    err.code = W403_OK;
    err.message[0] = err.hint[0] = '\0';
    err.line = err.column = 0;
    size_t start = out->n;
    uint64_t refused = w403_malloc_refused();
    w403_arena_reset(t->arena);
    t->id = (w403_view){NULL, 0};
    w403_status st = line->too_long
                         ? w403_error_set(&err, W403_LIMIT, "a line of more than %d bytes", W403_LINE_BYTES)
                         : answer(t, line->text, out, &err);
    if (st == W403_OK && w403_malloc_refused() != refused) {
        st = w403_error_nomem(&err);
    }
    if (st != W403_OK) {
        out->n = start; /* no partial verdict */
        write_error(out, line, &err);
        t->b->bad++;
    }
    if (t->id.p && w403_buf_ok(out) && out->n > start) {
        put_id(t, out, start);
    }
    w403_buf_putc(out, '\n');
    return st == W403_OK || !t->b->strict;
}

static int run(w403_cli *cli, batch *b)
{
    static const w403_lines_work base = {.thread_new = thread_new, .thread_free = thread_free, .line = on_line};
    w403_lines_work work = base;
    w403_lines_result result;
    w403_error err = {0};
    unsigned n = 1;
    struct sigaction act = {.sa_handler = on_interrupt};
    w403_status st = w403_input_jobs(cli, W403_LINES_JOBS, &n, &err);
    st = st == W403_OK ? w403_input_needed(&b->in, &err) : st;
    if (st == W403_OK) {
        work.user = b;
        sigaction(SIGINT, &act, NULL);
        st = w403_lines_run(cli, STDIN_FILENO, n, &work, &interrupted, w403_args_has(&cli->args, W403_OPT_QUIET),
                            "requests", &result, &err);
    }
    if (st != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    if (result.interrupted) {
        return 130;
    }
    return b->bad ? W403_EXIT_USAGE : W403_EXIT_GOOD;
}

/* Every line of `lines`, in this thread. */
static w403_status run_text(batch *b, w403_view lines, uint64_t before, w403_buf *out, w403_error *err)
{
    thread_state t = {.b = b, .arena = w403_arena_new(0)};
    w403_line line = {.number = before};
    bool go_on = true;
    W403_NEED(t.arena, err);
    while (go_on && lines.n > 0) {
        line.text = w403_view_cut(&lines, '\n');
        line.number++;
        line.too_long = line.text.n > W403_LINE_BYTES;
        go_on = on_line(&t, &line, out);
    }
    w403_arena_free(t.arena);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

static batch batch_of(const w403_cli *cli)
{
    batch b = {.full = w403_args_has(&cli->args, W403_OPT_FULL), .strict = w403_args_has(&cli->args, W403_OPT_STRICT)};
    const char *dialect = w403_args_value(&cli->args, W403_OPT_DIALECT);
    if (dialect && !w403_dialect_named(w403_view_of(dialect), &b.dialect)) {
        b.dialect = W403_DIALECT_AWS; /* the option takes no other word */
    }
    return b;
}

w403_status w403_decide_lines(w403_cli *cli, w403_view lines, uint64_t before, w403_buf *out, uint64_t *bad, w403_error *err)
{
    batch b = batch_of(cli);
    w403_status status = W403_SEMANTIC;
    if (w403_input_open(cli, &b.in)) {
        b.warnings = cli->warnings;
        status = w403_input_needed(&b.in, err);
        status = status == W403_OK ? run_text(&b, lines, before, out, err) : status;
    } else {
        status = w403_problems_first(cli->host->errors, err);
    }
    w403_input_close(&b.in);
    *bad = b.bad;
    return status;
}

static int matrix(w403_cli *cli, const char *file)
{
    w403_input in;
    w403_error err;
    int status = W403_EXIT_USAGE;
    if (w403_input_open(cli, &in)) {
        w403_status st = w403_decide_matrix(cli, &in, file, &cli->out, &err);
        status = st == W403_OK ? W403_EXIT_GOOD : w403_diag_exit(cli, &err);
        if (st != W403_OK) {
            w403_buf_clear(&cli->out); /* no partial answer */
        }
    }
    w403_input_close(&in);
    return status;
}

int w403_cmd_decide(w403_cli *cli)
{
    const char *file = w403_args_value(&cli->args, W403_OPT_MATRIX);
    if (file) {
        return matrix(cli, file);
    }
    batch b = batch_of(cli);
    bool open = w403_input_open(cli, &b.in);
    b.warnings = cli->warnings; /* nothing is added while the lines are read */
    int status = open ? run(cli, &b) : W403_EXIT_USAGE;
    w403_input_close(&b.in);
    return status;
}

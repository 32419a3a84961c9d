/* One question, one answer: the command that answers it on the command line is run with texts in place of files, and what
 * it would print is the answer. So there is one writer of every answer, and no second shape. */
#include "door/ask.h"

#include "cli/decide_lines.h"
#include "door/asking.h"
#include "door/overlay.h"

static void keep(void *user, bool warning, const w403_error *problem)
{
    w403_asking *k = user;
    w403_problems_add(warning ? &k->loaded : &k->errors, warning, problem);
}

/* The snapshot that the question is about: the world's, its own, either with other files in places. */
static w403_status open_snapshot(w403_asking *k, w403_error *err)
{
    const w403_question *q = &k->question;
    w403_snapshot       *at = k->world ? k->world->snapshot : NULL;
    const w403_problems *loaded = k->world ? &k->world->loaded : NULL;
    if (q->snapshot.p) {
        W403_TRY(w403_snapshot_parse(W403_LIT("snapshot"), q->snapshot, keep, k, &k->own[0], err));
        at = k->own[0];
        loaded = &k->loaded;
    }
    if (q->overlay.n) {
        if (!at) {
            return w403_error_set(err, W403_SEMANTIC, "`overlay` needs a snapshot below it: there is none");
        }
        for (size_t i = 0; loaded && loaded != &k->loaded && i < loaded->n; i++) {
            w403_problems_add(&k->loaded, true, &loaded->at[i].error);
        }
        const w403_file_text *files;
        size_t n;
        W403_TRY(w403_overlay_files(k->loaded.arena, at, q->overlay.at, q->overlay.n, &files, &n, err));
        W403_TRY(w403_snapshot_with(at, files, n, keep, k, &k->own[1], err));
        at = k->own[1];
        loaded = &k->loaded;
    }
    k->host.snapshot = at;
    k->host.loaded = loaded;
    return W403_OK;
}

w403_status w403_asking_open(w403_asking *k, const w403_world *world, w403_view question, w403_arena *a, w403_error *err)
{
    uint64_t refused = w403_malloc_refused();
    *k = (w403_asking){.world = world, .loaded = {.arena = a}, .errors = {.arena = a}, .warnings = {.arena = a}};
    W403_TRY(w403_question_read(a, question, &k->question, err));
    W403_TRY(open_snapshot(k, err));
    k->host.errors = &k->errors;
    k->host.texts = (w403_text_set){.at = k->question.texts.at, .n = k->question.texts.n, .sealed = true};
    k->cli = (w403_cli){.arena = a, .command = k->question.command, .args = k->question.args, .width = 100,
                        .help_width = 80, .warnings = &k->warnings, .host = &k->host, .refused = refused};
    return W403_OK;
}

void w403_asking_close(w403_asking *k)
{
    w403_buf_free(&k->cli.out);
    w403_source_text_close(&k->cli.source);
    w403_snapshot_free(k->own[1]);
    w403_snapshot_free(k->own[0]);
}

/* Of a command that has no JSON: {"format":1,"text":"..."} */
static w403_status put_text(w403_asking *k, w403_arena *a, w403_view *out, w403_error *err)
{
    w403_buf         buf = {0};
    w403_json_writer w;
    w403_jw_init(&w, &buf, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_text(&w, "text", w403_buf_view(&k->cli.out));
    w403_jw_end_object(&w);
    w403_buf_putc(&buf, '\n');
    *out = w403_buf_ok(&buf) ? w403_arena_copy(a, w403_buf_view(&buf)) : (w403_view){NULL, 0};
    w403_buf_free(&buf);
    W403_NEED(out->p, err);
    return W403_OK;
}

static w403_status answer(w403_asking *k, int status, w403_reply *out, w403_error *err)
{
    w403_arena *a = k->cli.arena;
    bool        has_json = w403_door_json_option(k->cli.command) != W403_OPTIONS ||
                    k->cli.command->bit == W403_FOR_DECIDE; /* nothing else */
    out->exit_status = status;
    W403_NEED(w403_buf_ok(&k->cli.out) && !w403_cli_short(&k->cli), err);
    if (k->cli.out.n == 0 && !k->errors.errors && status == W403_EXIT_GOOD) { /* lint of what holds no policy: no document */
        out->text = W403_LIT("");
        return W403_OK;
    }
    if (k->cli.out.n == 0) { /* nothing could be answered */
        return k->errors.errors ? w403_problems_first(&k->errors, err)
                                : w403_error_set(err, W403_BUG, "`%s` gave no answer", k->cli.command->name);
    }
    if (!has_json) {
        return put_text(k, a, &out->text, err);
    }
    out->text = w403_arena_copy(a, w403_buf_view(&k->cli.out));
    W403_NEED(out->text.p, err);
    return W403_OK;
}

static w403_status decide(w403_asking *k, w403_view lines, uint64_t before, uint64_t *bad_lines, w403_reply *out, w403_error *err)
{
    w403_buf    buf = {0};
    uint64_t    bad = 0;
    w403_status status = w403_decide_lines(&k->cli, lines, before, &buf, &bad, err);
    out->exit_status = bad ? W403_EXIT_USAGE : W403_EXIT_GOOD;
    *bad_lines += bad;
    if (status == W403_OK) {
        out->text = w403_arena_copy(k->cli.arena, w403_buf_view(&buf));
        status = out->text.p && (bad || !w403_cli_short(&k->cli)) ? W403_OK : w403_error_nomem(err);
    }
    w403_buf_free(&buf);
    return status;
}

/* A request is one line, however it is laid out. */
static w403_status one_line(w403_arena *a, w403_view request, w403_view *out, w403_error *err)
{
    w403_view copy = w403_arena_copy(a, request);
    W403_NEED(copy.p, err);
    for (char *p = (char *)(uintptr_t)copy.p; *p; p++) {
        *p = *p == '\n' || *p == '\r' ? ' ' : *p; /* in JSON they stand between values only */
    }
    *out = copy;
    return W403_OK;
}

static w403_status add_texts(w403_asking *k, const w403_text_set *more, w403_error *err)
{
    w403_arena *a = k->cli.arena;
    bool        named = k->cli.args.operands.n > 0;
    for (size_t i = 0; more && i < more->n; i++) {
        w403_named_text *t = W403_PUSH(a, &k->question.texts);
        W403_NEED(t, err);
        *t = more->at[i];
        if (!named) {
            const char **operand = W403_PUSH(a, &k->cli.args.operands);
            W403_NEED(operand, err);
            *operand = t->name.p;
        }
    }
    k->host.texts.at = k->question.texts.at;
    k->host.texts.n = k->question.texts.n;
    return W403_OK;
}

W403_API w403_status w403_ask(const w403_world *world, w403_view question, w403_arena *a, w403_reply *out,
                              w403_error *err)
{
    return w403_ask_with(world, question, NULL, a, out, err);
}

w403_status w403_ask_with(const w403_world *world, w403_view question, const w403_text_set *more, w403_arena *a,
                          w403_reply *out, w403_error *err)
{
    w403_asking k;
    uint64_t    bad = 0;
    *out = (w403_reply){.exit_status = W403_EXIT_USAGE};
    w403_status status = w403_asking_open(&k, world, question, a, err);
    status = status == W403_OK ? add_texts(&k, more, err) : status;
    if (status == W403_OK && k.cli.command->bit == W403_FOR_DECIDE && !w403_args_has(&k.cli.args, W403_OPT_MATRIX)) {
        w403_view lines = k.question.lines;
        if (lines.p && w403_json_get(k.question.doc.root, "request")) {
            status = one_line(a, lines, &lines, err);
        } else if (!lines.p) {
            status = w403_error_set(err, W403_SEMANTIC, "`decide` needs a `request`, `lines` of them, or a `matrix`");
        }
        status = status == W403_OK ? decide(&k, lines, 0, &bad, out, err) : status;
    } else if (status == W403_OK) {
        int exit_status = k.cli.command->run(&k.cli);
        status = answer(&k, exit_status, out, err);
    }
    w403_asking_close(&k);
    return status;
}

w403_status w403_ask_lines_from(const w403_world *world, w403_view question, w403_view lines, uint64_t before, w403_arena *a,
                                w403_reply *out, uint64_t *bad, w403_error *err)
{
    w403_asking k;
    *out = (w403_reply){.exit_status = W403_EXIT_USAGE};
    w403_status status = w403_asking_open(&k, world, question.n ? question : W403_LIT("{\"ask\":\"decide\"}"), a, err);
    if (status == W403_OK && k.cli.command->bit != W403_FOR_DECIDE) {
        status = w403_error_set(err, W403_SEMANTIC, "lines are asked of `decide` only");
    }
    status = status == W403_OK ? decide(&k, lines, before, bad, out, err) : status;
    w403_asking_close(&k);
    return status;
}

W403_API w403_status w403_ask_lines(const w403_world *world, w403_view question, w403_view lines, w403_arena *a,
                                    w403_reply *out, w403_error *err)
{
    uint64_t bad = 0;
    return w403_ask_lines_from(world, question, lines, 0, a, out, &bad, err);
}

/* A runbook's steps as `aws ssm get-automation-execution` shows them, and for people. */
#include <stdarg.h>
#include <stdio.h>

#include "cli/runbook.h"
#include "render/style.h"
#include "render/warnings.h"

/* ---- collecting ---- */

w403_runbook_step *w403_runbook_step_add(w403_runbook_run *run, const char *name, const char *action)
{
    static w403_runbook_step spare; /* never read */
    if (run->n_steps >= W403_RUNBOOK_STEPS) {
        run->nomem = true;
        return &spare;
    }
    w403_runbook_step *s = &run->steps[run->n_steps++];
    *s = (w403_runbook_step){.name = name, .action = action, .status = "Success"};
    return s;
}

void w403_runbook_put_list(w403_runbook_run *run, w403_runbook_step *s, const char *name, const w403_view *at,
                           size_t n)
{
    if (s->n_outputs >= W403_RUNBOOK_OUTPUTS) {
        run->nomem = true;
        return;
    }
    s->outputs[s->n_outputs++] = (w403_runbook_output){name, at, n};
}

void w403_runbook_put(w403_runbook_run *run, w403_runbook_step *s, const char *name, w403_view value)
{
    w403_view *one = W403_NEW(run->cli->arena, w403_view);
    run->nomem |= !one;
    if (one) {
        *one = value.p ? value : W403_LIT("");
        w403_runbook_put_list(run, s, name, one, 1);
    }
}

static w403_view formatted(w403_runbook_run *run, const char *fmt, va_list list)
    __attribute__((format(printf, 2, 0)));

static w403_view formatted(w403_runbook_run *run, const char *fmt, va_list list)
{
    char text[2048];
    int n = vsnprintf(text, sizeof text, fmt, list);
    w403_view v = {text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    v = w403_arena_copy(run->cli->arena, v);
    run->nomem |= !v.p;
    return v;
}

void w403_runbook_say(w403_runbook_run *run, w403_runbook_step *s, const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    s->said = formatted(run, fmt, list);
    va_end(list);
}

void w403_runbook_note(w403_runbook_run *run, const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    w403_view text = formatted(run, fmt, list);
    va_end(list);
    w403_view *v = W403_PUSH(run->cli->arena, &run->notes);
    run->nomem |= !v;
    if (v) {
        *v = text;
    }
}

/* ---- JSON ---- */

static void step(w403_runbook_run *run, w403_json_writer *w, size_t i)
{
    const w403_runbook_step *s = &run->steps[i];
    bool last = i + 1 == run->n_steps;
    w403_jw_object(w);
    w403_jw_word(w, "StepName", s->name);
    w403_jw_word(w, "Action", s->action);
    w403_jw_word(w, "StepStatus", s->status);
    w403_jw_key(w, "Outputs");
    w403_jw_object(w);
    for (size_t k = 0; k < s->n_outputs; k++) {
        w403_jw_texts(w, s->outputs[k].name, s->outputs[k].at, s->outputs[k].n);
    }
    w403_jw_end_object(w);
    w403_jw_flag(w, "IsEnd", last);
    if (!last) {
        w403_jw_word(w, "NextStep", run->steps[i + 1].name);
    }
    w403_jw_end_object(w);
}

static void outputs(w403_runbook_run *run, w403_json_writer *w)
{
    char name[128];
    w403_jw_key(w, "Outputs");
    w403_jw_object(w);
    for (size_t i = 0; i < run->n_steps; i++) {
        const w403_runbook_step *s = &run->steps[i];
        for (size_t k = 0; k < s->n_outputs && strcmp(s->name, run->end) == 0; k++) {
            (void)snprintf(name, sizeof name, "%s.%s", s->name, s->outputs[k].name);
            w403_jw_texts(w, name, s->outputs[k].at, s->outputs[k].n);
        }
    }
    w403_jw_end_object(w);
}

static void parameters(w403_runbook_run *run, w403_json_writer *w)
{
    const w403_runbook *book = w403_runbook_at(run->input->id);
    w403_jw_key(w, "Parameters");
    w403_jw_object(w);
    for (size_t i = 0; i < book->n_parameters; i++) {
        if (run->input->given[i].n > 0) {
            w403_jw_texts(w, book->parameters[i].name, run->input->given[i].at, run->input->given[i].n);
        }
    }
    w403_jw_end_object(w);
}

static void execution(w403_runbook_run *run, w403_json_writer *w)
{
    bool failed = false;
    for (size_t i = 0; i < run->n_steps; i++) {
        failed |= strcmp(run->steps[i].status, "Failed") == 0;
    }
    w403_jw_object(w);
    w403_jw_word(w, "AutomationExecutionId", "00000000-0000-0000-0000-000000000000"); /* none was started */
    w403_jw_word(w, "DocumentName", w403_runbook_at(run->input->id)->name);
    w403_jw_word(w, "AutomationExecutionStatus", failed ? "Failed" : "Success");
    w403_jw_key(w, "StepExecutions");
    w403_jw_array(w);
    for (size_t i = 0; i < run->n_steps; i++) {
        step(run, w, i);
    }
    w403_jw_end_array(w);
    w403_jw_flag(w, "StepExecutionsTruncated", false);
    parameters(run, w);
    outputs(run, w);
    w403_jw_word(w, "Mode", "Auto");
    w403_jw_end_object(w);
}

static w403_render_input render_input(const w403_runbook_run *run)
{
    return (w403_render_input){.snapshot = run->snapshot,
                               .policies = run->policies,
                               .request = &run->judged.request,
                               .decision = &run->judged.decision,
                               .explanation = &run->judged.explanation,
                               .fixes = &run->fixes};
}

static w403_status own_result(w403_runbook_run *run, w403_json_writer *w, w403_error *err)
{
    w403_render_input in = render_input(run);
    w403_render_options opt = {.full = w403_args_has(&run->cli->args, W403_OPT_FULL)};
    w403_buf text = {0};
    w403_status status = w403_render_json(&text, &in, &opt, err);
    if (status == W403_OK) {
        w403_jw_key(w, "result");
        w403_jw_raw(w, w403_view_trim(w403_buf_view(&text)));
    }
    w403_buf_free(&text);
    return status;
}

w403_status w403_runbook_json(w403_runbook_run *run, w403_error *err)
{
    w403_json_writer w;
    w403_jw_init(&w, &run->cli->out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "AutomationExecution");
    execution(run, &w);
    w403_jw_key(&w, "why403");
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_word(&w, "decision", w403_verdict_name(run->verdict));
    w403_jw_texts(&w, "refused_by_aws", run->input->notes, run->input->n_notes);
    w403_jw_texts(&w, "notes", run->notes.at, run->notes.n);
    if (run->input->id == W403_RUNBOOK_SAME_ACCOUNT) {
        W403_TRY(own_result(run, &w, err));
    }
    w403_warnings_json(&w, run->cli->warnings);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&run->cli->out, '\n');
    W403_NEED(w403_buf_ok(&run->cli->out), err);
    return W403_OK;
}

/* ---- text ---- */

static void title(w403_runbook_run *run, const char *text)
{
    w403_buf *out = &run->cli->out;
    w403_buf_puts(out, out->n > 0 ? "\n" : "");
    w403_style_word(out, run->cli->color_out, W403_STYLE_BOLD, text);
    w403_buf_putc(out, '\n');
}

static size_t width(const w403_runbook_run *run)
{
    return run->cli->width > 50 ? (size_t)run->cli->width : 100;
}

static void bullets(w403_runbook_run *run, const char *name, const w403_view *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i == 0) {
            title(run, name);
        }
        w403_buf_puts(&run->cli->out, "  - ");
        w403_style_lines(&run->cli->out, at[i], 4, 4, width(run));
    }
}

static void step_lines(w403_runbook_run *run)
{
    w403_buf *out = &run->cli->out;
    title(run, "Steps");
    for (size_t i = 0; i < run->n_steps; i++) {
        const w403_runbook_step *s = &run->steps[i];
        w403_buf_printf(out, "  %2zu ", i + 1);
        w403_style_pad(out, w403_view_of(s->name), 22);
        bool said = s->said.n > 0;
        w403_style_pad(out, w403_view_of(strcmp(s->status, "Pending") == 0 ? "not run" : s->status), said ? 9 : 0);
        w403_style_lines(out, s->said, 36, 36, width(run));
    }
}

static void finding(w403_runbook_run *run, w403_view line, size_t indent)
{
    w403_style_blanks(&run->cli->out, indent);
    w403_style_lines(&run->cli->out, line, indent, indent + 14, width(run));
}

static void findings(w403_runbook_run *run)
{
    static const char *const words[] = {[W403_ALLOWED] = "READABLE BY EVERYONE",
                                        [W403_DENIED] = "NOT READABLE BY EVERYONE",
                                        [W403_UNDETERMINED] = "UNDETERMINED"};
    static const uint8_t styles[] = {
        [W403_ALLOWED] = W403_STYLE_GOOD, [W403_DENIED] = W403_STYLE_ERROR, [W403_UNDETERMINED] = W403_STYLE_WARNING};
    w403_buf *out = &run->cli->out;
    w403_style_word(out, run->cli->color_out, (w403_style)styles[run->verdict], words[run->verdict]);
    w403_buf_puts(out, "  s3://");
    w403_style_text(out, run->input->bucket);
    w403_buf_putc(out, '/');
    w403_style_text(out, run->input->prefix);
    w403_buf_puts(out, "\n\n");
    for (size_t i = 0; i < run->overall.n; i++) {
        finding(run, run->overall.at[i], 2);
    }
    for (size_t i = 0; i < run->objects.n; i++) {
        bool key = run->objects.at[i].n == 0 || run->objects.at[i].p[0] != '[';
        w403_buf_puts(out, key ? "\n" : "");
        finding(run, run->objects.at[i], key ? 2 : 4);
    }
}

w403_status w403_runbook_text(w403_runbook_run *run, w403_error *err)
{
    if (run->input->id == W403_RUNBOOK_SAME_ACCOUNT) {
        w403_render_input in = render_input(run);
        w403_render_options opt = w403_cli_look(run->cli);
        W403_TRY(w403_render_text(&run->cli->out, &in, &opt, err));
    } else {
        findings(run);
    }
    step_lines(run);
    bullets(run, "Taken here, refused by AWS's runbook", run->input->notes, run->input->n_notes);
    bullets(run, "Beside AWS's runbook", run->notes.at, run->notes.n);
    W403_NEED(w403_buf_ok(&run->cli->out), err);
    return W403_OK;
}

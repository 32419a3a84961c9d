/* What a replay found, in each format: the same content in all of them. */
#include "catalog/catalog.h"
#include "cli/csv.h"
#include "cli/logs_output.h"
#include "json/json.h"
#include "render/style.h"
#include "render/warnings.h"

enum { COUNT_WIDTH = 9, INDENT = COUNT_WIDTH + 2 };

typedef unsigned long long count;

static const char *const TITLES[W403_REPLAY_KINDS] = {
    [W403_REPLAY_BREAKS] = "Worked, and would be denied",
    [W403_REPLAY_UNSURE] = "Worked, and may be denied",
    [W403_REPLAY_MENDS] = "Was denied, and would be allowed",
    [W403_REPLAY_MAY_MEND] = "Was denied, and may be allowed",
    [W403_REPLAY_UNEXPLAINED] = "Not to be told: the old state already answers otherwise than the log",
};

/* ---- text ---- */

static void line(const w403_replay_page *p, w403_view text)
{
    w403_style_blanks(p->out, INDENT);
    w403_style_lines(p->out, text, INDENT, INDENT + 2, p->width);
}

static void counted(const w403_replay_page *p, uint64_t n, w403_view text)
{
    w403_buf_printf(p->out, "%*llu  ", COUNT_WIDTH, (count)n);
    w403_style_lines(p->out, text, INDENT, INDENT + 2, p->width);
}

static void group(const w403_replay_page *p, const w403_replay_group *g)
{
    w403_arena *a = p->arena;
    w403_view   first = w403_logs_time(a, g->first), last = w403_logs_time(a, g->last);
    const w403_cause_info *info = g->cause ? w403_cause_info_find(w403_view_of(g->cause)) : NULL;
    w403_buf_printf(p->out, "\n%*llu  ", COUNT_WIDTH, (count)g->count);
    w403_style_begin(p->out, p->color, W403_STYLE_BOLD);
    w403_style_text(p->out, w403_view_of(g->cause ? g->cause : w403_replay_kind_name(g->kind)));
    w403_style_end(p->out, p->color);
    w403_buf_printf(p->out, "%s%s\n", info ? "  " : "", info ? info->title : "");
    line(p, w403_arena_printf(a, "%.*s on %.*s", W403_CUT(g->action), W403_CUT(g->resource)));
    line(p, w403_arena_printf(a, "by %.*s", W403_CUT(g->principal)));
    if (g->statement.n) {
        line(p, w403_arena_printf(a, "denied by %.*s", W403_CUT(g->statement)));
    }
    for (size_t i = 0; i < g->n_also; i++) {
        line(p, w403_arena_printf(a, "also denied: %.*s", W403_CUT(g->also[i])));
    }
    if (g->reason.n) {
        line(p, g->reason);
    }
    line(p, w403_arena_printf(a, "%.*s to %.*s, request %s", W403_CUT(first), W403_CUT(last), g->samples[0].id));
}

static void head(const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    uint64_t           breaks = r->of[W403_REPLAY_BREAKS];
    w403_buf_printf(p->out, "%llu requests replayed: ", (count)r->requests);
    w403_style_begin(p->out, p->color, breaks ? W403_STYLE_ERROR : W403_STYLE_GOOD);
    w403_buf_printf(p->out, "%llu would break", (count)breaks);
    w403_style_end(p->out, p->color);
    w403_buf_printf(p->out, ", %llu would be allowed that were denied, %llu unchanged\n",
                    (count)r->of[W403_REPLAY_MENDS], (count)r->unchanged);
    for (size_t i = 0; i < p->overlay->done.n; i++) {
        const w403_overlay_put *put = &p->overlay->done.at[i];
        w403_view text = w403_arena_printf(p->arena, "with %.*s as the policy of %.*s (%.*s%s%.*s)",
                                           W403_CUT(put->source), W403_CUT(put->name), W403_CUT(put->path),
                                           put->pointer.n ? "#" : "", W403_CUT(put->pointer));
        if (!put->name.n) {
            text = w403_arena_printf(p->arena, "with %.*s as %.*s", W403_CUT(put->source), W403_CUT(put->path));
        }
        w403_style_lines(p->out, text, 0, 2, p->width);
    }
}

void w403_replay_text(const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    head(p);
    for (size_t i = 0; i < r->n_groups; i++) {
        if (i == 0 || r->groups[i].kind != r->groups[i - 1].kind) {
            w403_style_title(p->out, p->color, TITLES[r->groups[i].kind]);
        }
        group(p, &r->groups[i]);
    }
    if (r->undecided + r->spilled) {
        w403_style_title(p->out, p->color, "Not decided");
    }
    for (size_t i = 0; i < r->n_reasons; i++) {
        counted(
            p, r->reasons[i].count,
            w403_arena_printf(p->arena, "%.*s, request %s", W403_CUT(r->reasons[i].text), r->reasons[i].sample.id));
    }
    if (r->spilled) {
        counted(p, r->spilled, W403_LIT("there were too many kinds of requests"));
    }
    if (r->left_out.n) {
        w403_style_title(p->out, p->color, "Left out: the answer says nothing of permissions");
    }
    for (size_t i = 0; i < r->left_out.n; i++) {
        const w403_left_out_row *l = &r->left_out.rows[i];
        counted(p, l->count, w403_arena_printf(p->arena, "%.*s, request %s", W403_CUT(w403_left_out_text(p->arena, l)),
                                               l->sample.id[0] ? l->sample.id : "-"));
    }
    if (r->n_assumptions) {
        w403_style_title(p->out, p->color, "Assuming");
    }
    for (size_t i = 0; i < r->n_assumptions; i++) {
        w403_style_blanks(p->out, 2);
        w403_style_lines(p->out, r->assumptions[i], 2, 4, p->width);
    }
}

/* ---- JSON ---- */

static void group_json(w403_json_writer *w, w403_arena *a, const w403_replay_group *g)
{
    w403_jw_object(w);
    w403_jw_text_unless_empty(w, "change", w403_view_of(w403_replay_kind_name(g->kind)));
    w403_jw_text_unless_empty(w, "cause", w403_view_of(g->cause ? g->cause : ""));
    w403_jw_text_unless_empty(w, "statement", g->statement);
    if (g->n_also) {
        w403_jw_texts(w, "also", g->also, g->n_also);
    }
    w403_jw_text_unless_empty(w, "reason", g->reason);
    w403_jw_text_unless_empty(w, "principal", g->principal);
    w403_jw_text_unless_empty(w, "action", g->action);
    w403_jw_text_unless_empty(w, "resource", g->resource);
    w403_jw_text_unless_empty(w, "operation", g->operation);
    w403_jw_number(w, "count", g->count);
    w403_jw_text_unless_empty(w, "first", w403_instant_format(a, g->first));
    w403_jw_text_unless_empty(w, "last", w403_instant_format(a, g->last));
    w403_jw_key(w, "requests");
    w403_jw_array(w);
    for (size_t k = 0; k < W403_SHAPE_SAMPLES && g->samples[k].id[0]; k++) {
        w403_jw_cstr(w, g->samples[k].id);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

static void lists_json(w403_json_writer *w, const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    w403_jw_key(w, "reasons");
    w403_jw_array(w);
    for (size_t i = 0; i < r->n_reasons; i++) {
        w403_jw_object(w);
        w403_jw_text(w, "reason", r->reasons[i].text);
        w403_jw_number(w, "count", r->reasons[i].count);
        w403_jw_word(w, "request", r->reasons[i].sample.id);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_key(w, "left_out");
    w403_jw_array(w);
    for (size_t i = 0; i < r->left_out.n; i++) {
        const w403_left_out_row *l = &r->left_out.rows[i];
        w403_jw_object(w);
        w403_jw_text(w, "reason", w403_left_out_text(p->arena, l));
        w403_jw_word(w, "code", l->code);
        w403_jw_number(w, "count", l->count);
        w403_jw_word(w, "request", l->sample.id);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_key(w, "documents");
    w403_jw_array(w);
    for (size_t i = 0; i < p->overlay->done.n; i++) {
        const w403_overlay_put *put = &p->overlay->done.at[i];
        w403_jw_object(w);
        w403_jw_text(w, "file", put->source);
        w403_jw_text(w, "path", put->path);
        w403_jw_text_unless_empty(w, "pointer", put->pointer);
        w403_jw_text_unless_empty(w, "of", put->name);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_texts(w, "assumptions", r->assumptions, r->n_assumptions);
}

void w403_replay_json(const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    w403_json_writer   w;
    w403_jw_init(&w, p->out, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_number(&w, "requests", r->requests);
    for (int k = 0; k < W403_REPLAY_KINDS; k++) {
        w403_jw_number(&w, w403_replay_kind_name((w403_replay_kind)k), r->of[k]);
    }
    w403_jw_number(&w, "unchanged", r->unchanged);
    w403_jw_number(&w, "undecided", r->undecided);
    w403_jw_number(&w, "not_grouped", r->spilled);
    w403_jw_number(&w, "duplicates", r->duplicates);
    w403_jw_number(&w, "told_twice", r->told_twice);
    w403_jw_number(&w, "damaged", r->stats.damaged + r->stats.files_damaged);
    lists_json(&w, p);
    w403_jw_key(&w, "groups");
    w403_jw_array(&w);
    for (size_t i = 0; i < r->n_groups; i++) {
        group_json(&w, p->arena, &r->groups[i]);
    }
    w403_jw_end_array(&w);
    w403_warnings_json(&w, p->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(p->out, '\n');
}

/* ---- CSV ---- */

static void row(const w403_replay_page *p, uint64_t n, const char *kind, const w403_replay_group *g, const char *request)
{
    w403_buf  *out = p->out;
    w403_view  also = {NULL, 0};
    for (size_t i = 0; i < g->n_also; i++) {
        also = i ? w403_arena_printf(p->arena, "%.*s; %.*s", W403_CUT(also), W403_CUT(g->also[i])) : g->also[i];
    }
    w403_buf_printf(out, "%llu,", (count)n);
    w403_csv_cell(out, w403_view_of(kind), ',');
    w403_csv_cell(out, w403_view_of(g->cause ? g->cause : ""), ',');
    w403_csv_cell(out, g->statement, ',');
    w403_csv_cell(out, g->principal, ',');
    w403_csv_cell(out, g->action, ',');
    w403_csv_cell(out, g->resource, ',');
    w403_csv_cell(out, g->first ? w403_instant_format(p->arena, g->first) : W403_LIT(""), ',');
    w403_csv_cell(out, g->last ? w403_instant_format(p->arena, g->last) : W403_LIT(""), ',');
    w403_csv_cell(out, w403_view_of(request), ',');
    w403_csv_cell(out, also, ',');
    w403_csv_cell(out, g->reason, '\n');
}

void w403_replay_csv(const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    w403_buf_puts(p->out, "Count,Change,Cause,Statement,Principal,Action,Resource,First,Last,Request,Also,Reason\n");
    for (size_t i = 0; i < r->n_groups; i++) {
        const w403_replay_group *g = &r->groups[i];
        row(p, g->count, w403_replay_kind_name(g->kind), g, g->samples[0].id);
    }
    for (size_t i = 0; i < r->n_reasons; i++) {
        row(p, r->reasons[i].count, "undecided", &(w403_replay_group){.reason = r->reasons[i].text},
            r->reasons[i].sample.id);
    }
    for (size_t i = 0; i < r->left_out.n; i++) {
        const w403_left_out_row *l = &r->left_out.rows[i];
        row(p, l->count, "left out", &(w403_replay_group){.reason = w403_left_out_text(p->arena, l)}, l->sample.id);
    }
    if (r->spilled) {
        row(p, r->spilled, "undecided", &(w403_replay_group){.reason = W403_LIT("there were too many kinds of requests")},
            "");
    }
}

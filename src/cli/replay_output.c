/* What a replay found, in each format. */
#include "catalog/catalog.h"
#include "cli/csv.h"
#include "cli/logs_output.h"
#include "json/json.h"
#include "render/style.h"

enum { COUNT_WIDTH = 9, INDENT = COUNT_WIDTH + 2 };

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

static const char *const TITLES[W403_REPLAY_KINDS] = {
    [W403_REPLAY_BREAKS] = "Worked, and would be denied",
    [W403_REPLAY_UNSURE] = "Worked, and may be denied",
    [W403_REPLAY_MENDS] = "Was denied, and would be allowed",
    [W403_REPLAY_UNEXPLAINED] = "Not to be told: the old state already answers otherwise than the log",
};

/* ---- text ---- */

typedef struct page {
    w403_buf   *out;
    w403_arena *arena;
    bool        color;
    size_t      width;
} page;

static void line(const page *p, w403_view text)
{
    w403_style_blanks(p->out, INDENT);
    w403_style_lines(p->out, text, INDENT, INDENT + 2, p->width);
}

static void group(const page *p, const w403_replay_group *g)
{
    w403_view first = w403_logs_time(p->arena, g->first), last = w403_logs_time(p->arena, g->last);
    w403_buf_printf(p->out, "\n%*llu  ", COUNT_WIDTH, (unsigned long long)g->count);
    const w403_cause_info *info = g->cause ? w403_cause_info_find(w403_view_of(g->cause)) : NULL;
    w403_style_begin(p->out, p->color, W403_STYLE_BOLD);
    w403_style_text(p->out, w403_view_of(g->cause ? g->cause : w403_replay_kind_name(g->kind)));
    w403_style_end(p->out, p->color);
    w403_buf_printf(p->out, "  %s\n", info ? info->title : "");
    line(p, w403_arena_printf(p->arena, "%.*s on %.*s", FMT(g->action), FMT(g->resource)));
    line(p, w403_arena_printf(p->arena, "by %.*s", FMT(g->principal)));
    if (g->statement.n) {
        line(p, w403_arena_printf(p->arena, "denied by %.*s", FMT(g->statement)));
    }
    line(p, w403_arena_printf(p->arena, "%.*s to %.*s, request %s", FMT(first), FMT(last), g->samples[0].id));
}

void w403_replay_text(w403_buf *out, w403_arena *a, const w403_replay *r, bool color, size_t width)
{
    page p = {out, a, color, width};
    w403_buf_printf(out, "%llu requests replayed: ", (unsigned long long)r->requests);
    w403_style_begin(out, color, r->of[W403_REPLAY_BREAKS] ? W403_STYLE_ERROR : W403_STYLE_GOOD);
    w403_buf_printf(out, "%llu would break", (unsigned long long)r->of[W403_REPLAY_BREAKS]);
    w403_style_end(out, color);
    w403_buf_printf(out, ", %llu would be allowed that were denied, %llu unchanged\n",
                    (unsigned long long)r->of[W403_REPLAY_MENDS], (unsigned long long)r->unchanged);
    for (size_t i = 0; i < r->n_groups; i++) {
        if (i == 0 || r->groups[i].kind != r->groups[i - 1].kind) {
            w403_style_title(out, color, TITLES[r->groups[i].kind]);
        }
        group(&p, &r->groups[i]);
    }
    if (r->undecided + r->spilled) {
        w403_buf_printf(out, "\n%llu requests were not replayed: their caller or bucket is not in the snapshot, or there "
                             "were too many kinds\n", (unsigned long long)(r->undecided + r->spilled));
    }
}

/* ---- JSON ---- */

void w403_replay_json(w403_buf *out, w403_arena *a, const w403_replay *r)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
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
    w403_jw_number(&w, "damaged", r->stats.damaged + r->stats.files_damaged);
    w403_jw_key(&w, "groups");
    w403_jw_array(&w);
    for (size_t i = 0; i < r->n_groups; i++) {
        const w403_replay_group *g = &r->groups[i];
        w403_jw_object(&w);
        w403_jw_text_unless_empty(&w, "change", w403_view_of(w403_replay_kind_name(g->kind)));
        w403_jw_text_unless_empty(&w, "cause", w403_view_of(g->cause ? g->cause : ""));
        w403_jw_text_unless_empty(&w, "statement", g->statement);
        w403_jw_text_unless_empty(&w, "principal", g->principal);
        w403_jw_text_unless_empty(&w, "action", g->action);
        w403_jw_text_unless_empty(&w, "resource", g->resource);
        w403_jw_text_unless_empty(&w, "operation", g->operation);
        w403_jw_number(&w, "count", g->count);
        w403_jw_text_unless_empty(&w, "first", w403_instant_format(a, g->first));
        w403_jw_text_unless_empty(&w, "last", w403_instant_format(a, g->last));
        w403_jw_key(&w, "requests");
        w403_jw_array(&w);
        for (size_t k = 0; k < W403_SHAPE_SAMPLES && g->samples[k].id[0]; k++) {
            w403_jw_cstr(&w, g->samples[k].id);
        }
        w403_jw_end_array(&w);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

/* ---- CSV ---- */

void w403_replay_csv(w403_buf *out, w403_arena *a, const w403_replay *r)
{
    w403_buf_puts(out, "Count,Change,Cause,Statement,Principal,Action,Resource,First,Last,Request\n");
    for (size_t i = 0; i < r->n_groups; i++) {
        const w403_replay_group *g = &r->groups[i];
        w403_buf_printf(out, "%llu,", (unsigned long long)g->count);
        w403_csv_cell(out, w403_view_of(w403_replay_kind_name(g->kind)), ',');
        w403_csv_cell(out, w403_view_of(g->cause ? g->cause : ""), ',');
        w403_csv_cell(out, g->statement, ',');
        w403_csv_cell(out, g->principal, ',');
        w403_csv_cell(out, g->action, ',');
        w403_csv_cell(out, g->resource, ',');
        w403_csv_cell(out, w403_instant_format(a, g->first), ',');
        w403_csv_cell(out, w403_instant_format(a, g->last), ',');
        w403_csv_cell(out, w403_view_of(g->samples[0].id), '\n');
    }
}

/* A survey of logs for people: a block for each cause, then a timeline. */
#include <stdlib.h>

#include "cli/logs_output.h"
#include "render/style.h"

enum { COUNT_WIDTH = 9, INDENT = COUNT_WIDTH + 2, SPARKS = 32, EVENTS = 60, ALSO = 5 };

static void styled(const w403_logs_page *p, w403_style style, w403_view text)
{
    w403_style_begin(p->out, p->color, style);
    w403_style_text(p->out, text);
    w403_style_end(p->out, p->color);
}

static void line(const w403_logs_page *p, w403_view text)
{
    w403_style_blanks(p->out, INDENT);
    w403_style_lines(p->out, text, INDENT, INDENT + 2, p->width);
}

static void head(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_view from = w403_logs_time(p->arena, s->from), to = w403_logs_time(p->arena, s->to);
    uint64_t  n = s->stats.lines + s->stats.events;
    w403_style_begin(p->out, p->color, s->denied ? W403_STYLE_ERROR : W403_STYLE_GOOD);
    w403_buf_printf(p->out, "%llu denial%s", (unsigned long long)s->denied, s->denied == 1 ? "" : "s");
    w403_style_end(p->out, p->color);
    w403_buf_printf(p->out, " from %zu cause%s in %llu record%s of %llu file%s", s->n_groups, s->n_groups == 1 ? "" : "s",
                    (unsigned long long)n, n == 1 ? "" : "s", (unsigned long long)s->stats.files, s->stats.files == 1 ? "" : "s");
    if (s->from) {
        w403_buf_printf(p->out, ", %.*s to %.*s UTC", W403_CUT(from), W403_CUT(to));
    }
    w403_buf_putc(p->out, '\n');
}

static void sparkline(const w403_logs_page *p, const w403_cause_group *g)
{
    static const char *const bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint64_t columns[SPARKS], most = 1;
    if (!p->picture || p->survey->to <= p->survey->from) {
        return;
    }
    w403_bins_columns(&g->bins, p->survey->from, p->survey->to + 1, columns, SPARKS);
    for (size_t i = 0; i < SPARKS; i++) {
        most = columns[i] > most ? columns[i] : most;
    }
    w403_buf_puts(p->out, "  ");
    w403_style_begin(p->out, p->color, W403_STYLE_NOTE);
    for (size_t i = 0; i < SPARKS; i++) {
        w403_buf_puts(p->out, bars[columns[i] ? 1 + columns[i] * 7 / most : 0]);
    }
    w403_style_end(p->out, p->color);
}

static void times(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_view first = w403_logs_time(p->arena, g->first), last = w403_logs_time(p->arena, g->last);
    w403_style_blanks(p->out, INDENT);
    w403_buf_printf(p->out, "%.*s to %.*s", W403_CUT(first), W403_CUT(last));
    if (!g->worked_before) { /* else there is more to say */
        w403_buf_printf(p->out, ", %.*s", W403_CUT(w403_logs_rates(p->arena, g)));
    }
    sparkline(p, g);
    w403_buf_putc(p->out, '\n');
    if (g->worked_before) {
        line(p, w403_logs_rates(p->arena, g));
    }
}

static void worked(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_view last = w403_logs_time(p->arena, g->last_worked);
    if (g->last_worked) {
        line(p, w403_arena_printf(p->arena,
                                  "the same operation of this caller on this bucket worked %llu times before and "
                                  "%llu since, last at %.*s",
                                  (unsigned long long)g->worked_before, (unsigned long long)g->worked_since,
                                  W403_CUT(last)));
    }
}

static void compared(const w403_logs_page *p, const w403_cause_group *g)
{
    if (!g->judged) {
        if (g->why_not.n) {
            line(p, w403_arena_printf(p->arena, "the snapshot was not asked: %.*s", W403_CUT(g->why_not)));
        }
        return;
    }
    const char *text = w403_agreement_text(g->agreement);
    if (g->agreement == W403_SAME_REQUEST) {
        line(p, w403_arena_printf(p->arena, "they differ: AWS says %s, the snapshot %s", g->reported ? g->reported : "-",
                                  g->decided ? g->decided : "-"));
    } else if (text) {
        line(p, w403_view_of(text));
    }
}

static void session(const w403_logs_page *p, const w403_cause_group *g)
{
    if (g->session_maker.n) {
        w403_view at = w403_logs_time(p->arena, g->session_at);
        line(p, w403_arena_printf(p->arena, "session assumed by %.*s at %.*s%s", W403_CUT(g->session_maker),
                                  W403_CUT(at), g->session_policy ? ", with a session policy" : ""));
    }
}

static void samples(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_view text = W403_LIT("requests");
    for (size_t i = 0; i < W403_SHAPE_SAMPLES && g->samples[i].id[0]; i++) {
        text = w403_arena_printf(p->arena, "%.*s %s", W403_CUT(text), g->samples[i].id);
    }
    if (g->samples[0].id[0]) {
        w403_style_begin(p->out, p->color, W403_STYLE_DIM);
        line(p, text);
        w403_style_end(p->out, p->color);
    }
}

static void command(const w403_logs_page *p, w403_view text)
{
    w403_style_command(p->out, text, INDENT + 2);
}

static void began(const w403_logs_page *p, const w403_cause_group *g)
{
    const w403_began *b = &g->began;
    if (!b->change) {
        return;
    }
    line(p, w403_arena_printf(p->arena, "began with %.*s", W403_CUT(w403_logs_change(p->arena, b->change))));
    line(p, w403_logs_proof(p->arena, b));
    if (b->again) {
        line(p, w403_arena_printf(p->arena, "undone since, and done again: %.*s",
                                  W403_CUT(w403_logs_change(p->arena, b->again))));
    }
    if (b->undo.n && !g->fixes) { /* else it is the fix, and decided again */
        line(p, W403_LIT("put back what was there before:"));
        command(p, b->undo);
    }
}

/* ---- the fix ---- */

/* What else the change does, as explain says it. */
static void besides(const w403_logs_page *p, const w403_fix *f)
{
    if (f->is_public) {
        line(p, W403_LIT("This lets anyone in."));
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        line(p, w403_arena_printf(p->arena, "The caller also gets %.*s.", W403_CUT(f->also_covers[i])));
    }
    for (uint32_t i = 0; i < f->n_also_allows && i < ALSO; i++) {
        line(p, w403_arena_printf(p->arena, "It also allows %.*s.", W403_CUT(f->also_allows[i])));
    }
    if (f->n_also_allows > ALSO) {
        line(p, w403_arena_printf(p->arena, "It also allows %u more.", f->n_also_allows - ALSO));
    }
}

static void one_fix(const w403_logs_page *p, const w403_fix *f)
{
    for (uint32_t i = 0; i < f->n_steps; i++) {
        const w403_fix_step *s = &f->steps[i];
        w403_style_diff(p->out, p->color, s->diff, INDENT + 2);
        for (uint32_t k = 0; k < s->n_commands; k++) {
            if (k > 0 || !s->file.n) { /* the document: its diff stands above */
                command(p, s->commands[k]);
            }
        }
        for (uint32_t k = 0; k < s->n_side_effects; k++) {
            line(p, s->side_effects[k]);
        }
    }
    line(p, w403_arena_printf(p->arena, "Decided again with %s: %s.", f->n_steps == 1 ? "this change" : "these changes",
                              w403_verdict_name(f->proof)));
    besides(p, f);
}

static void in_full(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_view whole = w403_logs_explain(p, g);
    if (whole.n) {
        w403_style_begin(p->out, p->color, W403_STYLE_DIM);
        line(p, W403_LIT("in full:"));
        command(p, whole);
        w403_style_end(p->out, p->color);
    }
}

static void fix(const w403_logs_page *p, const w403_cause_group *g)
{
    const w403_fix_list *list = g->fixes;
    if (list && g->began.opens && list->n_refused) { /* the undoing: it comes first */
        line(p, w403_arena_printf(p->arena, "not proposed: %.*s: %.*s", W403_CUT(list->refused[0].title),
                                  W403_CUT(list->refused[0].why)));
    }
    if (list && list->n) {
        line(p, w403_arena_printf(p->arena, "fix: %.*s", W403_CUT(w403_logs_fix(p->arena, g))));
        one_fix(p, &list->at[0]);
        for (uint32_t i = 1; i < list->n; i++) {
            line(p, w403_arena_printf(p->arena, "or: %.*s", W403_CUT(list->at[i].title)));
            one_fix(p, &list->at[i]);
        }
        in_full(p, g);
    } else if (list && list->none.n) {
        line(p, w403_arena_printf(p->arena, "no fix: %.*s", W403_CUT(list->none)));
    }
}

static void group(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_buf_printf(p->out, "\n%*llu  ", COUNT_WIDTH, (unsigned long long)g->count);
    styled(p, W403_STYLE_BOLD, w403_view_of(g->cause ? g->cause : "unknown"));
    w403_buf_puts(p->out, "  ");
    w403_style_text(p->out, w403_logs_title(g));
    if (g->denial != W403_DENIAL_PLAIN) {
        w403_buf_printf(p->out, " [%s]", w403_denial_name(g->denial));
    }
    w403_buf_putc(p->out, '\n');
    line(p, w403_arena_printf(p->arena, "%.*s on %.*s", W403_CUT(g->action), W403_CUT(g->resource)));
    line(p, w403_arena_printf(p->arena, "by %.*s%s%.*s",
                              W403_CUT(g->principal.n ? g->principal : W403_LIT("a caller that is not named")),
                              g->vpc_endpoint.n ? " via " : "", W403_CUT(g->vpc_endpoint)));
    if (g->statement.n) {
        line(p, w403_arena_printf(p->arena, "denied by %.*s", W403_CUT(g->statement)));
    }
    times(p, g);
    worked(p, g);
    compared(p, g);
    session(p, g);
    began(p, g);
    fix(p, g);
    samples(p, g);
}

/* ---- timeline ---- */

typedef struct event {
    w403_instant           time;
    const w403_log_change *change; /* NULL: denials begin */
    size_t                 group;
} event;

static int by_time(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return (y->change != NULL) - (x->change != NULL);
}

/* Changes of objects are many: those that began something are shown. */
static bool is_shown(const w403_survey *s, const w403_log_change *c)
{
    bool shown = c->kind->target != W403_TARGET_OBJECT;
    for (size_t i = 0; i < s->n_groups && !shown; i++) {
        shown = s->groups[i].began.change == c;
    }
    return shown;
}

static void timeline(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    size_t             n = 0, most = s->n_changes + s->n_groups;
    event             *list = W403_NEW_N(p->arena, event, most);
    if (!list || s->n_changes == 0 || s->n_groups == 0) {
        return;
    }
    for (size_t i = 0; i < s->n_changes; i++) {
        if (is_shown(s, s->change_list[i])) {
            list[n++] = (event){s->change_list[i]->time, s->change_list[i], 0};
        }
    }
    for (size_t i = 0; i < s->n_groups; i++) {
        list[n++] = (event){s->groups[i].first, NULL, i};
    }
    qsort(list, n, sizeof *list, by_time);
    w403_style_title(p->out, p->color, "Timeline");
    for (size_t i = 0; i < n && i < EVENTS; i++) {
        const event *e = &list[i];
        w403_buf_puts(p->out, "  ");
        w403_style_text(p->out, w403_logs_time(p->arena, e->time));
        w403_buf_puts(p->out, e->change ? "  change   " : "  denials  ");
        if (e->change) {
            w403_style_text(p->out, w403_arena_printf(p->arena, "%s%s%.*s by %.*s", e->change->kind->event,
                                                      e->change->target.n ? " on " : "", W403_CUT(e->change->target),
                                                      W403_CUT(e->change->actor)));
        } else {
            const w403_cause_group *g = &s->groups[e->group];
            w403_style_text(p->out,
                            w403_arena_printf(p->arena, "%s begins: %.*s on %.*s", g->cause ? g->cause : "unknown",
                                              W403_CUT(g->action), W403_CUT(g->resource)));
        }
        w403_buf_putc(p->out, '\n');
    }
    if (n > EVENTS) {
        w403_buf_printf(p->out, "  and %zu more\n", n - EVENTS);
    }
}

void w403_logs_text(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    head(p);
    for (size_t i = 0; i < s->n_groups; i++) {
        group(p, &s->groups[i]);
    }
    timeline(p);
    if (s->n_notes) {
        w403_style_title(p->out, p->color, "Note");
    }
    for (size_t i = 0; i < s->n_notes; i++) {
        w403_buf_puts(p->out, "  - ");
        w403_style_lines(p->out, s->notes[i], 4, 4, p->width);
    }
}

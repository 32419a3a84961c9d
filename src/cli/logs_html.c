/* A survey of logs as one self-contained page: no network, no inline handlers; the timeline is a picture in the page. */
#include "cli/logs_output.h"
#include "render/html.h"
#include "render/warnings.h"

enum { COLUMNS = 96, WIDTH = 960, ROW = 34, LEFT = 0 };

static void raw(const w403_logs_page *p, const char *markup)
{
    w403_buf_puts(p->out, markup);
}

static void element(const w403_logs_page *p, const char *tag, w403_view text)
{
    const w403_html h = {.out = p->out};
    w403_html_element(&h, tag, text);
}

static void head(const w403_logs_page *p)
{
    const w403_html h = {.out = p->out};
    w403_html_open_head(&h);
    raw(p, "Denials by root cause");
    w403_html_close_head(&h);
    raw(p, "<body>\n");
}

static void banner(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_view from = w403_logs_time(p->arena, s->from), to = w403_logs_time(p->arena, s->to);
    raw(p, "<header>\n<p class=\"brand\">why403 logs</p>\n<h1>");
    w403_buf_printf(p->out, "<span class=\"%s\">%llu denial%s</span></h1>\n", s->denied ? "denied" : "allowed",
                    (unsigned long long)s->denied, s->denied == 1 ? "" : "s");
    element(p, "p class=\"lead\"",
            w403_arena_printf(p->arena, "From %zu cause%s, in %llu records of %llu file%s.", s->n_groups,
                              s->n_groups == 1 ? "" : "s", (unsigned long long)(s->stats.lines + s->stats.events),
                              (unsigned long long)s->stats.files, s->stats.files == 1 ? "" : "s"));
    raw(p, "<dl class=\"ask\">\n<div>");
    element(p, "dt", W403_LIT("Span"));
    element(p, "dd", w403_arena_printf(p->arena, "%.*s to %.*s UTC", W403_CUT(from), W403_CUT(to)));
    raw(p, "</div>\n</dl>\n</header>\n<main>\n");
}

/* One row of bars a cause; where a change began it, a line across the row. */
static void bars(const w403_logs_page *p, const w403_cause_group *g, size_t row)
{
    const w403_survey *s = p->survey;
    uint64_t           n[COLUMNS], most = 1;
    unsigned           top = (unsigned)(row * ROW);
    w403_bins_columns(&g->bins, s->from, s->to + 1, n, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++) {
        most = n[i] > most ? n[i] : most;
    }
    w403_buf_printf(p->out, "<g class=\"denied\" fill=\"currentColor\"><title>");
    w403_html_text(p->out, w403_view_of(g->cause ? g->cause : "unknown"));
    raw(p, "</title>\n");
    for (size_t i = 0; i < COLUMNS; i++) {
        double height = n[i] ? 2 + (double)(ROW - 10) * (double)n[i] / (double)most : 0;
        if (n[i]) {
            w403_buf_printf(p->out, "<rect x=\"%zu\" y=\"%.1f\" width=\"8\" height=\"%.1f\"/>\n", LEFT + i * (WIDTH / COLUMNS),
                            (double)top + ROW - 4 - height, height);
        }
    }
    raw(p, "</g>\n");
    w403_buf_printf(p->out, "<line x1=\"0\" y1=\"%u\" x2=\"%d\" y2=\"%u\" stroke=\"currentColor\" opacity=\".3\"/>\n",
                    top + ROW - 3, WIDTH, top + ROW - 3);
    if (g->began.change && s->to > s->from) {
        double x = (double)WIDTH * (double)(g->began.change->time - s->from) / (double)(s->to - s->from);
        x = x < 0 ? 0 : x > WIDTH ? WIDTH : x;
        w403_buf_printf(p->out, "<line x1=\"%.1f\" y1=\"%u\" x2=\"%.1f\" y2=\"%u\" stroke=\"currentColor\" "
                                "stroke-width=\"2\" stroke-dasharray=\"4 3\"/>\n", x, top, x, top + ROW - 3);
    }
}

static void timeline(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    size_t             rows = s->n_groups < 20 ? s->n_groups : 20;
    if (rows == 0 || s->to <= s->from) {
        return;
    }
    raw(p, "<section id=\"timeline\" aria-labelledby=\"timeline-title\">\n<h2 id=\"timeline-title\">Timeline</h2>\n");
    element(p, "p", W403_LIT("One row a cause, in the order below; the dashed line is the change that began it."));
    w403_buf_printf(p->out, "<figure><svg viewBox=\"0 0 %d %zu\" width=\"100%%\" role=\"img\" "
                            "aria-label=\"Denials over time, one row a cause\">\n", WIDTH, rows * ROW);
    for (size_t i = 0; i < rows; i++) {
        bars(p, &s->groups[i], i);
    }
    raw(p, "</svg></figure>\n</section>\n");
}

static void fact(const w403_logs_page *p, const char *name, w403_view value)
{
    if (value.n) {
        raw(p, "<div>");
        element(p, "dt", w403_view_of(name));
        element(p, "dd", value);
        raw(p, "</div>\n");
    }
}

/* Its document, commands and what else it does, as on a page of explain. */
static void one_fix(const w403_logs_page *p, const w403_fix *f, w403_html *h)
{
    for (uint32_t i = 0; i < f->n_steps; i++) {
        const w403_fix_step *s = &f->steps[i];
        if (s->diff.n) {
            w403_html_take(h, "diff", s->diff);
        }
        for (uint32_t k = 0; k < s->n_commands; k++) {
            w403_html_take(h, "command", s->commands[k]);
        }
        for (uint32_t k = 0; k < s->n_side_effects; k++) {
            element(p, "p", s->side_effects[k]);
        }
    }
    if (f->is_public) {
        element(p, "p", W403_LIT("This lets anyone in."));
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        element(p, "p", w403_arena_printf(p->arena, "The caller also gets %.*s.", W403_CUT(f->also_covers[i])));
    }
    for (uint32_t i = 0; i < f->n_also_allows; i++) {
        element(p, "p", w403_arena_printf(p->arena, "It also allows %.*s.", W403_CUT(f->also_allows[i])));
    }
}

static void fix(const w403_logs_page *p, const w403_cause_group *g, w403_html *h)
{
    const w403_fix *f = g->fixes && g->fixes->n ? &g->fixes->at[0] : NULL;
    w403_view       whole = g->fixes ? w403_logs_explain(p, g) : (w403_view){NULL, 0};
    if (g->fixes && g->began.opens && g->fixes->n_refused) {
        element(p, "p",
                w403_arena_printf(p->arena, "Not proposed: %.*s: %.*s.", W403_CUT(g->fixes->refused[0].title),
                                  W403_CUT(g->fixes->refused[0].why)));
    }
    if (g->fixes && !f && g->fixes->none.n) {
        element(p, "p", w403_arena_printf(p->arena, "No fix: %.*s", W403_CUT(g->fixes->none)));
    }
    for (uint32_t i = 0; f && i < g->fixes->n; i++) {
        f = &g->fixes->at[i];
        const char *lead = i == 0 ? "Fix" : "Or";
        element(p, "p",
                w403_arena_printf(p->arena, "%s: %.*s. Decided again with %s: %s.", lead,
                                  W403_CUT(i == 0 ? w403_logs_fix(p->arena, g) : f->title),
                                  f->n_steps == 1 ? "this change" : "these changes", w403_verdict_name(f->proof)));
        one_fix(p, f, h);
    }
    if (whole.n) {
        element(p, "p", W403_LIT("In full:"));
        w403_html_take(h, "command", whole);
    }
}

static void group(const w403_logs_page *p, const w403_cause_group *g, w403_html *h)
{
    w403_view first = w403_logs_time(p->arena, g->first), last = w403_logs_time(p->arena, g->last);
    raw(p, "<div class=\"cause\">\n");
    element(p, "h3",
            w403_arena_printf(p->arena, "%llu × %s: %.*s", (unsigned long long)g->count,
                              g->cause ? g->cause : "unknown", W403_CUT(w403_logs_title(g))));
    raw(p, "<dl class=\"ask\">\n");
    fact(p, "Kind", w403_view_of(w403_denial_name(g->denial)));
    fact(p, "Action", g->action);
    fact(p, "Resource", g->resource);
    fact(p, "Principal", g->principal);
    fact(p, "Statement", g->statement);
    fact(p, "When", w403_arena_printf(p->arena, "%.*s to %.*s", W403_CUT(first), W403_CUT(last)));
    fact(p, "How often", w403_logs_rates(p->arena, g));
    fact(p, "AWS says", w403_view_of(g->reported ? g->reported : ""));
    fact(p, "Snapshot says", g->judged ? w403_view_of(g->decided ? g->decided : w403_verdict_name(g->verdict))
                                       : (w403_view){NULL, 0});
    fact(p, "Requests", w403_view_trim(w403_arena_printf(p->arena, "%s %s %s", g->samples[0].id, g->samples[1].id,
                                                         g->samples[2].id)));
    if (g->began.change) {
        fact(p, "Began with", w403_logs_change(p->arena, g->began.change));
        fact(p, "Proof", w403_logs_proof(p->arena, &g->began));
        fact(p, "Undone and done again", g->began.again ? w403_logs_change(p->arena, g->began.again) : (w403_view){NULL, 0});
    }
    raw(p, "</dl>\n");
    if (g->began.undo.n && !g->fixes) {
        element(p, "p", W403_LIT("Put back what was there before:"));
        w403_html_take(h, "command", g->began.undo);
    }
    fix(p, g, h);
    raw(p, "</div>\n");
}

void w403_logs_html(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_html          h = {.out = p->out};
    head(p);
    banner(p);
    timeline(p);
    raw(p, "<section id=\"causes\" aria-labelledby=\"causes-title\">\n<h2 id=\"causes-title\">Causes</h2>\n");
    for (size_t i = 0; i < s->n_groups; i++) {
        group(p, &s->groups[i], &h);
    }
    raw(p, "</section>\n");
    if (s->n_notes) {
        raw(p, "<section id=\"notes\" aria-labelledby=\"notes-title\">\n<h2 id=\"notes-title\">What to know</h2>\n"
               "<ul class=\"plain\">\n");
        for (size_t i = 0; i < s->n_notes; i++) {
            element(p, "li", s->notes[i]);
        }
        raw(p, "</ul>\n</section>\n");
    }
    w403_warnings_html(&h, p->warnings);
    raw(p, "</main>\n<script>");
    w403_buf_put(p->out, w403_html_script);
    raw(p, "</script>\n</body>\n</html>\n");
}

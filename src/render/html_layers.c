/* What each layer said, as a table for each permission. */
#include "render/html.h"

enum { TABLES = 20 };

static void cells(w403_html *h, const char *class_name, w403_view name, const char *word, w403_view said, bool blocks)
{
    w403_buf_printf(h->out, "<tr%s>", blocks ? " class=\"blocks\"" : "");
    w403_html_element(h, "th scope=\"row\"", name);
    w403_buf_printf(h->out, "<td class=\"v %s\">%s</td>", class_name, word);
    w403_html_element(h, "td class=\"said\"", said);
    w403_html_raw(h, "</tr>\n");
}

static void row(w403_html *h, const w403_check *check, const w403_row *r)
{
    w403_arena *a = h->answer->arena;
    w403_view name = w403_view_of(w403_answer_layer_name(check, r->kind));
    if (r->n_layers > 1 && r->verdict == W403_LAYER_ALLOW) { /* one line is enough */
        cells(h, "allow", name, w403_answer_verdict_word(r->verdict), w403_answer_levels(h->answer, r), false);
        return;
    }
    for (uint32_t i = 0; i < r->n_layers; i++) {
        const w403_layer *l = &r->layers[i];
        w403_view level = w403_answer_level(h->answer, l->level);
        bool leveled = level.n > 0 && (r->kind == W403_LAYER_SCP || r->kind == W403_LAYER_RCP);
        w403_view full = name;
        if (leveled) {
            full = w403_arena_printf(a, "%.*s, %.*s", (int)name.n, name.p, (int)level.n, level.p);
        }
        bool blocks = w403_answer_blocks(h->answer, l);
        cells(h, w403_html_class(l->verdict, blocks), full, w403_answer_verdict_word(l->verdict),
              w403_answer_said(h->answer, check, l), blocks);
    }
}

static void table(w403_html *h, const w403_check *check)
{
    const w403_decision *d = h->answer->decision;
    w403_row r;
    w403_html_raw(h, "<table>\n<caption>");
    w403_html_text(h->out, check->action);
    w403_html_raw(h, " on ");
    w403_html_text(h->out, check->resource);
    w403_buf_printf(h->out, ": <span class=\"%s\">%s</span></caption>\n", w403_verdict_name(check->verdict),
                    w403_verdict_name(check->verdict));
    w403_html_raw(h, "<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">Verdict</th>"
                     "<th scope=\"col\">By</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; w403_answer_row(h->answer, check, &i, &r);) {
        row(h, check, &r);
    }
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        if (w403_answer_gate(h->answer, check, g)) {
            bool closed = g->closed == W403_YES, harmless = d->verdict == W403_ALLOWED;
            cells(h,
                  !closed    ? "unknown"
                  : harmless ? "silent"
                             : "deny",
                  w403_view_of(g->cause), w403_answer_gate_word(h->answer, g), g->detail, closed && !harmless);
        }
    }
    const w403_answer_cause *aside = w403_answer_aside(h->answer, check);
    if (aside) {
        cells(h, "deny", w403_view_of(aside->cause->id), "refuses",
              w403_view_of(aside->info ? aside->info->title : NULL), true);
    }
    w403_html_raw(h, "</tbody>\n</table>\n");
}

void w403_html_layers(w403_html *h)
{
    const w403_decision *d = h->answer->decision;
    w403_html_raw(h, "<section id=\"layers\" aria-labelledby=\"layers-title\">\n"
                     "<h2 id=\"layers-title\">What each layer said</h2>\n");
    for (uint32_t i = 0; i < d->n_checks && i < TABLES; i++) {
        const w403_check *c = &d->checks[i];
        if (c->need != W403_NEED_RESPONSE_ONLY || c->verdict == W403_ALLOWED || c == h->answer->check) {
            table(h, c); /* what only fills in the response is told in a note */
        }
    }
    if (d->n_checks > TABLES) {
        w403_buf_printf(h->out,
                        "<p class=\"fine\">%u more permissions are not shown here; the JSON result has them."
                        "</p>\n",
                        d->n_checks - TABLES);
    }
    w403_html_raw(h, "</section>\n");
}

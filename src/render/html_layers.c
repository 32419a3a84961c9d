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
    w403_view name = w403_view_of(w403_answer_layer_name(h->answer, check, r->kind));
    if (r->n_layers > 1 && r->verdict == W403_LAYER_ALLOW) { /* one line is enough */
        cells(h, "allow", name, w403_answer_verdict_word(h->answer, r->verdict), w403_answer_levels(h->answer, r), false);
        return;
    }
    for (uint32_t i = 0; i < r->n_layers; i++) {
        const w403_layer *l = &r->layers[i];
        w403_view level = w403_answer_level(h->answer, l->level);
        bool leveled = level.n > 0 && (r->kind == W403_LAYER_SCP || r->kind == W403_LAYER_RCP);
        w403_view full = name;
        if (leveled) {
            full = w403_say(a, "{layer}, {level}", W403_P("layer", name), W403_P("level", level));
        }
        bool blocks = w403_answer_blocks(h->answer, l);
        cells(h, w403_html_class(l->verdict, blocks), full, w403_answer_verdict_word(h->answer, l->verdict),
              w403_answer_said(h->answer, check, l), blocks);
    }
}

static void table(w403_html *h, const w403_check *check)
{
    const w403_decision *d = h->answer->decision;
    w403_row r;
    w403_html_raw(h, "<table>\n<caption>");
    w403_html_text(h->out, w403_say(h->answer->arena, "{operation} on {resource}", W403_P("operation", check->action),
                                    W403_P("resource", check->resource)));
    w403_buf_printf(h->out, ": <span class=\"%s\">%s</span></caption>\n", w403_verdict_name(check->verdict),
                    w403_answer_decided(h->answer, check->verdict));
    w403_buf_printf(h->out, "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
                            "<th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
                    w403_answer_word(h->answer, N_("Layer")), w403_answer_word(h->answer, N_("Verdict")),
                    w403_word_in(h->answer->arena, "column", "By"));
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
        cells(h, "deny", w403_view_of(aside->cause->id), w403_word_in(h->answer->arena, "gate", "refuses"),
              w403_view_of(aside->info ? w403_answer_word(h->answer, aside->info->title) : NULL), true);
    }
    w403_html_raw(h, "</tbody>\n</table>\n");
}

void w403_html_layers(w403_html *h)
{
    const w403_decision *d = h->answer->decision;
    w403_buf_printf(h->out, "<section id=\"layers\" aria-labelledby=\"layers-title\">\n<h2 id=\"layers-title\">%s</h2>\n",
                    w403_answer_word(h->answer, N_("What each layer said")));
    for (uint32_t i = 0; i < d->n_checks && i < TABLES; i++) {
        const w403_check *c = &d->checks[i];
        if (c->need != W403_NEED_RESPONSE_ONLY || c->verdict == W403_ALLOWED || c == h->answer->check) {
            table(h, c); /* what only fills in the response is told in a note */
        }
    }
    if (d->n_checks > TABLES) {
        w403_html_element(h, "p class=\"fine\"", w403_say(h->answer->arena, "{n} more permissions are not shown here; the JSON result has them.",
                                                          W403_N("n", d->n_checks - TABLES)));
    }
    w403_html_raw(h, "</section>\n");
}

#include "render/evidence.h"

static void item(w403_html *h, w403_view text)
{
    w403_html_prose(h, "li", text);
}

static void source(w403_html *h, const w403_evidence *e)
{
    w403_arena *a = h->answer->arena;
    w403_html_element(h, "h3", w403_arena_printf(a, "From the %s", w403_evidence_kind_name(e->kind)));
    w403_html_raw(h, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < e->n_facts; i++) {
        const w403_evidence_fact *f = &e->facts[i];
        item(h, w403_arena_printf(a, "%s: `%.*s`%s%.*s", f->name, (int)f->value.n, f->value.p,
                                  f->inferred ? ", from " : "", f->inferred ? (int)f->from.n : 0,
                                  f->inferred && f->from.n ? f->from.p : ""));
    }
    for (size_t i = 0; i < e->n_notes; i++) {
        item(h, e->notes[i]);
    }
    w403_html_raw(h, "</ul>\n");
}

static void comparison(w403_html *h, const w403_render_evidence *e)
{
    if (e->compared.n > 0) {
        w403_html_element(h, "h3", W403_LIT("Compared with what AWS said"));
        w403_html_prose(h, "p", e->compared);
    }
    if (e->n_looks == 0) {
        return;
    }
    w403_html_element(h, "h3", e->judged ? W403_LIT("What may have changed since") : W403_LIT("Where to look"));
    w403_html_raw(h, "<ul class=\"plain\">\n");
    for (uint32_t i = 0; i < e->n_looks; i++) {
        const w403_look *l = &e->looks[i];
        item(h, w403_arena_printf(h->answer->arena, "%s%s%s", l->what, e->judged && l->changes ? ": " : "",
                                  e->judged && l->changes ? l->changes : ""));
    }
    w403_html_raw(h, "</ul>\n");
    for (uint32_t i = 0; i < e->n_looks && !e->judged; i++) {
        if (e->looks[i].command.n > 0) {
            w403_html_take(h, "command", e->looks[i].command);
        }
    }
}

void w403_evidence_html(w403_html *h)
{
    const w403_render_evidence *e = h->answer->in->evidence;
    if (!e) {
        return;
    }
    w403_html_raw(h, "<section id=\"evidence\" aria-labelledby=\"evidence-title\">\n"
                     "<h2 id=\"evidence-title\">What was read</h2>\n");
    for (uint32_t i = 0; i < e->n_sources; i++) {
        source(h, e->sources[i]);
    }
    if (e->n_missing > 0) {
        w403_html_element(h, "h3", W403_LIT("Not known"));
        w403_html_raw(h, "<ul class=\"plain\">\n");
        for (uint32_t i = 0; i < e->n_missing; i++) {
            item(h, w403_arena_printf(h->answer->arena, "%s: %.*s; `%s` says it", e->missing[i].name,
                                      (int)e->missing[i].why.n, e->missing[i].why.n ? e->missing[i].why.p : "",
                                      e->missing[i].option));
        }
        w403_html_raw(h, "</ul>\n");
    }
    comparison(h, e);
    w403_html_raw(h, "</section>\n");
}

#include "render/evidence.h"

static void item(w403_html *h, w403_view text)
{
    w403_html_prose(h, "li", text);
}

static void source(w403_html *h, const w403_evidence *e)
{
    w403_arena *a = h->answer->arena;
    w403_html_element(h, "h3", w403_view_of(w403_word(a, w403_evidence_kind_title(e->kind))));
    w403_html_raw(h, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < e->n_facts; i++) {
        const w403_evidence_fact *f = &e->facts[i];
        const char *text = f->inferred ? N_("{fact}: `{value}`, from {source}") : N_("{fact}: `{value}`");
        item(h, w403_say(a, text, W403_S("fact", w403_word_in(a, "fact", f->name)), W403_P("value", f->value),
                         W403_P("source", f->from)));
    }
    for (size_t i = 0; i < e->n_notes; i++) {
        item(h, e->notes[i]);
    }
    w403_html_raw(h, "</ul>\n");
}

static void comparison(w403_html *h, const w403_render_evidence *e)
{
    if (e->compared.n > 0) {
        w403_html_element(h, "h3", w403_view_of(w403_word_in(h->answer->arena, "heading", "Compared with what AWS said")));
        w403_html_prose(h, "p", e->compared);
    }
    if (e->n_looks == 0) {
        return;
    }
    w403_html_element(h, "h3", w403_view_of(w403_word_in(h->answer->arena, "heading", e->judged ? NC_("heading", "What may have changed since")
                                                                                              : NC_("heading", "Where to look"))));
    w403_html_raw(h, "<ul class=\"plain\">\n");
    for (uint32_t i = 0; i < e->n_looks; i++) {
        const w403_look *l = &e->looks[i];
        const char *what = w403_answer_word(h->answer, l->what);
        item(h, e->judged && l->changes ? w403_say(h->answer->arena, "{what}: {changes}", W403_S("what", what), W403_S("changes", l->changes))
                                        : w403_view_of(what));
    }
    w403_html_raw(h, "</ul>\n");
    for (uint32_t i = 0; i < e->n_looks && !e->judged; i++) {
        if (e->looks[i].command.n > 0) {
            w403_html_take(h, N_("Copy the command"), e->looks[i].command);
        }
    }
}

void w403_evidence_html(w403_html *h)
{
    const w403_render_evidence *e = h->answer->in->evidence;
    if (!e) {
        return;
    }
    w403_buf_printf(h->out, "<section id=\"evidence\" aria-labelledby=\"evidence-title\">\n<h2 id=\"evidence-title\">%s</h2>\n",
                    w403_answer_word(h->answer, N_("What was read")));
    for (uint32_t i = 0; i < e->n_sources; i++) {
        source(h, e->sources[i]);
    }
    if (e->n_missing > 0) {
        w403_html_element(h, "h3", w403_view_of(w403_word_in(h->answer->arena, "heading", "Not known")));
        w403_html_raw(h, "<ul class=\"plain\">\n");
        for (uint32_t i = 0; i < e->n_missing; i++) {
            const w403_missing *m = &e->missing[i];
            item(h, w403_say(h->answer->arena, "{fact}: {why}; `{option}` says it",
                             W403_S("fact", w403_word_in(h->answer->arena, "fact", m->name)), W403_P("why", m->why),
                             W403_S("option", m->option)));
        }
        w403_html_raw(h, "</ul>\n");
    }
    comparison(h, e);
    w403_html_raw(h, "</section>\n");
}

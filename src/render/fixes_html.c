#include "render/fixes.h"

static void diff(w403_html *h, w403_view policy, w403_view text)
{
    w403_html_raw(h, "<figure class=\"source\">");
    w403_html_element(h, "figcaption class=\"path\"", policy);
    w403_html_raw(h, "<pre class=\"code diff\"><code>");
    for (bool named = false; text.p && text.n > 0;) {
        w403_view line = w403_view_cut(&text, '\n');
        char mark = line.n > 0 ? line.p[0] : ' ';
        named |= mark == '@';
        if (!named || mark == '\\') { /* the file's names, and patch's own remark */
            continue;
        }
        const char *tag = mark == '+' ? "ins" : mark == '-' ? "del" : "span";
        const char *class_name = mark == '+'   ? "line add"
                                 : mark == '-' ? "line del"
                                 : mark == '@' ? "line gap"
                                               : "line";
        bool marked = mark == '+' || mark == '-' || mark == ' ';
        w403_buf_printf(h->out, "<%s class=\"%s\" data-n=\"%c\">", tag, class_name, marked ? mark : ' ');
        w403_html_text(h->out, w403_view_sub(line, marked && line.n > 0 ? 1 : 0, line.n));
        w403_buf_printf(h->out, "\n</%s>", tag);
    }
    w403_html_raw(h, "</code></pre></figure>\n");
}

static void owner(w403_html *h, w403_view account)
{
    if (account.n > 0) {
        w403_html_element(h, "p class=\"fine\"", w403_say(h->answer->arena, "To be applied in account {account}.", W403_P("account", account)));
    }
}

static void step(w403_html *h, const w403_fix_step *s, bool titled)
{
    if (titled) {
        w403_html_element(h, "h4", w403_answer_capital(h->answer, s->title));
    }
    owner(h, s->owner);
    if (s->diff.n > 0) {
        diff(h, s->policy, s->diff);
    }
    for (uint32_t i = 0; i < s->n_commands; i++) {
        w403_html_take(h, N_("Copy the command"), s->commands[i]);
    }
    for (uint32_t i = 0; i < s->n_side_effects; i++) {
        w403_html_prose(h, "p", w403_answer_capital(h->answer, s->side_effects[i]));
    }
    if (s->n_rollback > 0) {
        w403_buf_printf(h->out, "<details><summary>%s</summary>\n", w403_answer_word(h->answer, N_("To take it back")));
        for (uint32_t i = 0; i < s->n_rollback; i++) {
            w403_html_take(h, N_("Copy the command"), s->rollback[i]);
        }
        w403_html_raw(h, "</details>\n");
    }
}

static void fix(w403_html *h, const w403_fix *f)
{
    w403_arena *a = h->answer->arena;
    w403_html_raw(h, "<li class=\"fix\">\n");
    w403_html_element(h, "h3", w403_answer_capital(h->answer, f->title));
    for (uint32_t i = 0; i < f->n_steps; i++) {
        step(h, &f->steps[i], f->n_steps > 1);
    }
    const char *again = f->n_steps == 1 ? N_("Decided again with this change: {verdict}.")
                                        : N_("Decided again with these changes: {verdict}.");
    w403_html_element(h, "p class=\"proof\"", w403_say(a, again, W403_S("verdict", w403_answer_decided(h->answer, f->proof))));
    if (f->is_public) {
        w403_html_element(h, "p class=\"denied\"", w403_view_of(w403_answer_word(h->answer, N_("This lets anyone in."))));
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        w403_html_element(h, "p class=\"fine\"", w403_say(a, "The caller also gets {request}.", W403_P("request", f->also_covers[i])));
    }
    for (uint32_t i = 0; i < f->n_also_allows; i++) {
        w403_html_element(h, "p class=\"fine\"", w403_say(a, "It also allows {request}.", W403_P("request", f->also_allows[i])));
    }
    if (f->also_capped) {
        w403_html_element(h, "p class=\"fine\"", w403_view_of(w403_answer_word(h->answer, N_("Whether it allows still others is not settled."))));
    }
    w403_html_raw(h, "</li>\n");
}

void w403_fixes_html(w403_html *h)
{
    const w403_fix_list *list = h->answer->in->fixes;
    bool denied = h->answer->decision->verdict == W403_DENIED;
    if (!list || !denied || (list->n == 0 && list->none.n == 0 && list->n_refused == 0)) {
        return;
    }
    w403_buf_printf(h->out, "<section id=\"fix\" aria-labelledby=\"fix-title\">\n<h2 id=\"fix-title\">%s</h2>\n",
                    w403_word_in(h->answer->arena, "heading", "Fix"));
    if (list->n == 0 && list->none.n > 0) {
        w403_html_prose(h, "p", list->none);
    }
    w403_html_raw(h, list->n > 0 ? "<ol class=\"fixes\">\n" : "");
    for (uint32_t i = 0; i < list->n; i++) {
        fix(h, &list->at[i]);
    }
    w403_html_raw(h, list->n > 0 ? "</ol>\n" : "");
    for (uint32_t i = 0; i < list->n_refused; i++) {
        const w403_fix_refusal *no = &list->refused[i];
        if (i == 0) {
            w403_html_element(h, "h3 class=\"aside\"", w403_view_of(w403_word_in(h->answer->arena, "heading", "Not proposed")));
        }
        w403_html_prose(h, "p",
                        w403_say(h->answer->arena, "{title}: {why}", W403_P("title", no->title), W403_P("why", no->why)));
    }
    w403_html_raw(h, "</section>\n");
}

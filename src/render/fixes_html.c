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
        w403_html_raw(h, "<p class=\"fine\">To be applied in account ");
        w403_html_text(h->out, account);
        w403_html_raw(h, ".</p>\n");
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
        w403_html_take(h, "command", s->commands[i]);
    }
    for (uint32_t i = 0; i < s->n_side_effects; i++) {
        w403_html_prose(h, "p", w403_answer_capital(h->answer, s->side_effects[i]));
    }
    if (s->n_rollback > 0) {
        w403_html_raw(h, "<details><summary>To take it back</summary>\n");
        for (uint32_t i = 0; i < s->n_rollback; i++) {
            w403_html_take(h, "command", s->rollback[i]);
        }
        w403_html_raw(h, "</details>\n");
    }
}

static void fix(w403_html *h, const w403_fix *f)
{
    w403_html_raw(h, "<li class=\"fix\">\n");
    w403_html_element(h, "h3", w403_answer_capital(h->answer, f->title));
    for (uint32_t i = 0; i < f->n_steps; i++) {
        step(h, &f->steps[i], f->n_steps > 1);
    }
    w403_buf_printf(h->out, "<p class=\"proof\">Decided again with %s: %s.</p>\n",
                    f->n_steps == 1 ? "this change" : "these changes", w403_verdict_name(f->proof));
    if (f->is_public) {
        w403_html_raw(h, "<p class=\"denied\">This lets anyone in.</p>\n");
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        w403_html_raw(h, "<p class=\"fine\">The caller also gets ");
        w403_html_text(h->out, f->also_covers[i]);
        w403_html_raw(h, ".</p>\n");
    }
    for (uint32_t i = 0; i < f->n_also_allows; i++) {
        w403_html_raw(h, "<p class=\"fine\">It also allows ");
        w403_html_text(h->out, f->also_allows[i]);
        w403_html_raw(h, ".</p>\n");
    }
    if (f->also_capped) {
        w403_html_raw(h, "<p class=\"fine\">Whether it allows still others is not settled.</p>\n");
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
    w403_html_raw(h, "<section id=\"fix\" aria-labelledby=\"fix-title\">\n<h2 id=\"fix-title\">Fix</h2>\n");
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
        w403_html_raw(h, i == 0 ? "<h3 class=\"aside\">Not proposed</h3>\n" : "");
        w403_html_prose(h, "p",
                        w403_arena_printf(h->answer->arena, "%.*s: %.*s", (int)no->title.n, no->title.p,
                                          (int)no->why.n, no->why.p));
    }
    w403_html_raw(h, "</section>\n");
}

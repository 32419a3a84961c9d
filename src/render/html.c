/* One self-contained page: no network, no fonts, no inline handlers; a policy's text can only ever be text in it. */
#include "render/html.h"

#include "base/utf8.h"
#include "render/evidence.h"
#include "render/fixes.h"
#include "render/style.h"
#include "render/warnings.h"

/* ---- writing ---- */

static const char *entity(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void w403_html_text(w403_buf *out, w403_view text)
{
    for (size_t i = 0; i < text.n;) {
        const char *name = entity(text.p[i]);
        if (name || text.p[i] == '\n' || text.p[i] == '\t') {
            if (name) {
                w403_buf_puts(out, name);
            } else {
                w403_buf_putc(out, text.p[i]);
            }
            i++;
            continue;
        }
        char bytes[4];
        w403_buf_put(out, (w403_view){bytes, w403_utf8_put(bytes, w403_style_shown(w403_utf8_next(text, &i)))});
    }
}

void w403_html_raw(const w403_html *h, const char *markup)
{
    w403_buf_puts(h->out, markup);
}

void w403_html_element(const w403_html *h, const char *tag, w403_view text)
{
    size_t name = strcspn(tag, " ");
    w403_buf_putc(h->out, '<');
    w403_buf_puts(h->out, tag);
    w403_buf_putc(h->out, '>');
    w403_html_text(h->out, text);
    w403_buf_puts(h->out, "</");
    w403_buf_put(h->out, (w403_view){tag, name});
    w403_buf_puts(h->out, ">\n");
}

void w403_html_prose(const w403_html *h, const char *tag, w403_view text)
{
    bool code = false;
    w403_buf_printf(h->out, "<%s>", tag);
    while (text.p) {
        w403_view piece = w403_view_cut(&text, '`');
        w403_html_text(h->out, piece);
        if (text.p && (code || w403_view_find_char(text, '`') != SIZE_MAX)) {
            w403_html_raw(h, code ? "</code>" : "<code>");
            code = !code;
        } else if (text.p) {
            w403_buf_putc(h->out, '`'); /* one without a partner */
        }
    }
    w403_buf_printf(h->out, "</%s>\n", tag);
}

/* A page without an answer is English. */
static const char *said(const w403_html *h, const char *text)
{
    return h->answer ? w403_answer_word(h->answer, text) : text;
}

void w403_html_take(w403_html *h, const char *what, w403_view text)
{
    unsigned id = ++h->ids;
    w403_buf_printf(h->out, "<div class=\"take\"><pre id=\"take-%u\">", id);
    w403_html_text(h->out, text);
    w403_buf_printf(h->out,
                    "</pre><button type=\"button\" data-copy=\"take-%u\" aria-label=\"%s\" hidden>%s</button></div>\n",
                    id, said(h, what), said(h, N_("Copy")));
}

static void section(w403_html *h, const char *id, const char *title)
{
    w403_buf_printf(h->out, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", id, id,
                    id, said(h, title));
}

/* ---- head ---- */

static const char *verdict_title(const w403_answer *r, w403_verdict v)
{
    static const char *const words[] = {
        [W403_ALLOWED] = NC_("verdict", "Allowed"),
                                        [W403_DENIED] = NC_("verdict", "Denied"),
                                        [W403_UNDETERMINED] = NC_("verdict", "Undetermined")};
    return w403_word_in(r->arena, "verdict", words[v]);
}

void w403_html_open_head(const w403_html *h)
{
    w403_buf_printf(h->out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                    w403_language_name(h->answer ? w403_arena_language(h->answer->arena) : h->language));
    w403_buf_printf(h->out,
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; "
                    "script-src '%s'; base-uri 'none'; form-action 'none'\">\n",
                    w403_html_style_hash, w403_html_script_hash);
    w403_html_raw(h, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
}

void w403_html_close_head(const w403_html *h)
{
    w403_html_raw(h, "</title>\n<style>");
    w403_buf_put(h->out, w403_html_style);
    w403_html_raw(h, "</style>\n</head>\n");
}

static void head(w403_html *h)
{
    const w403_answer *r = h->answer;
    w403_view asked = w403_answer_asked(r);
    w403_html_open_head(h);
    w403_html_text(h->out, w403_say(r->arena, "{verdict}: {operation} on {resource}",
                                    W403_S("verdict", verdict_title(r, r->decision->verdict)), W403_P("operation", asked),
                                    W403_P("resource", r->request->resource)));
    w403_html_close_head(h);
}

static void fact(w403_html *h, const char *name, w403_view value)
{
    if (value.n > 0) {
        w403_html_raw(h, "<div>");
        w403_html_element(h, "dt", w403_view_of(said(h, name)));
        w403_html_element(h, "dd", value);
        w403_html_raw(h, "</div>\n");
    }
}

/* The cause in a few words, below the verdict. */
static w403_view lead(const w403_answer *r)
{
    const w403_decision *d = r->decision;
    if (r->n_causes > 0) {
        w403_view title = w403_answer_title(r, &r->causes[0]);
        const w403_cause *c = r->causes[0].cause;
        if (d->n_checks > 1 && c->action.n > 0 && c->resource.n > 0) { /* of several permissions: which */
            return w403_say(r->arena, "{cause}: {action} on {resource}.", W403_P("cause", title), W403_P("action", c->action),
                            W403_P("resource", c->resource));
        }
        return w403_arena_printf(r->arena, "%.*s.", (int)title.n, title.n ? title.p : "");
    }
    if (d->verdict == W403_ALLOWED) {
        return w403_view_of(w403_word(r->arena, "Every layer lets the request pass."));
    }
    return d->n_unknown == 1
               ? w403_say(r->arena, "It depends on {fact}.", W403_P("fact", d->unknown[0]))
               : w403_view_of(w403_word(r->arena, "It depends on what is not known."));
}

static void banner(w403_html *h)
{
    const w403_answer *r = h->answer;
    const w403_decision *d = r->decision;
    w403_html_raw(h, "<header>\n<p class=\"brand\">why403</p>\n<h1>");
    w403_buf_printf(h->out, "<span class=\"%s\">%s</span>", w403_verdict_name(d->verdict), verdict_title(r, d->verdict));
    if (d->verdict != W403_UNDETERMINED && d->status > 0) {
        w403_buf_printf(h->out, " <span class=\"status\">%d %s</span>", d->status,
                        d->error_code ? d->error_code : "");
    }
    w403_html_raw(h, "</h1>\n");
    w403_html_element(h, "p class=\"lead\"", lead(r));
    w403_html_raw(h, "<dl class=\"ask\">\n");
    fact(h, r->request->operation.n > 0 ? N_("Operation") : N_("Action"), w403_answer_asked(r));
    fact(h, N_("Resource"), r->request->resource);
    fact(h, N_("Principal"), r->request->principal);
    fact(h, N_("From"), r->request->from);
    fact(h, N_("VPC endpoint"), r->request->via);
    bool service = w403_view_starts(r->request->principal, W403_LIT("service:"));
    if (!service && r->request->from.n == 0 && r->request->via.n == 0) {
        fact(h, N_("From"), w403_view_of(said(h, N_("not known")))); /* the answer may hang on it */
    }
    w403_html_raw(h, "</dl>\n</header>\n");
}

/* ---- sections ---- */

static void why(w403_html *h)
{
    const w403_answer *r = h->answer;
    if (r->n_causes == 0 && r->n_questions == 0) {
        return;
    }
    section(h, "why", N_("Why"));
    for (uint32_t i = 0; i < r->n_questions; i++) {
        w403_html_prose(h, "p", r->questions[i].sentence);
        if (r->questions[i].blame.policy) {
            w403_html_source(h, &r->questions[i].blame, 1);
        }
    }
    if (r->n_causes == 0) {
        w403_html_raw(h, "</section>\n");
        return;
    }
    w403_html_prose(h, "p", r->causes[0].cause->sentence);
    if (r->causes[0].nearest.n > 0) {
        w403_html_prose(h, "p", r->causes[0].nearest);
    }
    w403_html_source(h, r->causes[0].blames, r->causes[0].n_blames);
    w403_html_raw(h, "</section>\n");
}

static void also(w403_html *h)
{
    const w403_answer *r = h->answer;
    if (r->n_causes < 2) {
        return;
    }
    section(h, "also", N_("What else stands in the way"));
    for (uint32_t i = 1; i < r->n_causes; i++) {
        const w403_answer_cause *c = &r->causes[i];
        w403_html_raw(h, "<article class=\"cause\">\n");
        w403_html_element(h, "h3", w403_answer_title(r, c));
        w403_html_prose(h, "p", c->cause->sentence);
        w403_html_source(h, c->blames, c->n_blames);
        w403_html_raw(h, "</article>\n");
    }
    w403_html_raw(h, "</section>\n");
}

static void message(w403_html *h)
{
    if (h->answer->message.n > 0) {
        section(h, "message", N_("What AWS says"));
        w403_html_take(h, N_("Copy the message"), h->answer->message);
        w403_html_raw(h, "</section>\n");
    }
}

static void list(w403_html *h, const char *id, const char *title, const w403_view *at, uint32_t n)
{
    if (n == 0) {
        return;
    }
    section(h, id, title);
    w403_html_raw(h, "<ul class=\"plain\">\n");
    for (uint32_t i = 0; i < n; i++) {
        w403_html_prose(h, "li", at[i]);
    }
    w403_html_raw(h, "</ul>\n</section>\n");
}

static void unknown(w403_html *h)
{
    const w403_answer *r = h->answer;
    w403_view *lines = W403_NEW_N(r->arena, w403_view, r->decision->n_unknown);
    for (uint32_t i = 0; lines && i < r->decision->n_unknown; i++) {
        lines[i] = w403_answer_unknown(r, r->decision->unknown[i]);
    }
    list(h, "unknown", N_("What is not known"), lines, lines ? r->decision->n_unknown : 0);
}

static void settle(w403_html *h)
{
    const w403_decision *d = h->answer->decision;
    if (d->n_settle == 0) {
        return;
    }
    section(h, "settle", N_("What would settle it"));
    for (uint32_t i = 0; i < d->n_settle; i++) {
        w403_html_take(h, N_("Copy the command"), d->settle[i]);
    }
    w403_html_raw(h, "</section>\n");
}

static void body(w403_html *h)
{
    const w403_answer *r = h->answer;
    const w403_decision *d = r->decision;
    w403_buf_printf(h->out, "<body class=\"is-%s\">\n", w403_verdict_name(d->verdict));
    w403_buf_printf(h->out, "<a class=\"skip\" href=\"#%s\">%s</a>\n",
                    r->n_causes + r->n_questions > 0 ? "why" : "layers", said(h, N_("Skip to the answer")));
    banner(h);
    w403_html_raw(h, "<main>\n");
    w403_evidence_html(h);
    w403_html_chain(h);
    why(h);
    w403_fixes_html(h);
    also(h);
    message(h);
    if (d->verdict == W403_UNDETERMINED) {
        unknown(h);
        settle(h);
    }
    list(h, "assumptions", N_("Assuming"), d->assumptions, d->n_assumptions);
    list(h, "notes", N_("Note"), d->notes, d->n_notes);
    w403_warnings_html(h, h->answer->in->warnings);
    w403_html_layers(h);
    w403_html_raw(h, "</main>\n<footer>\n<p>");
    w403_html_text(h->out, w403_say(r->arena, "why403 {version}. Decided from policies and settings as they were collected; AWS was not asked.",
                                    W403_S("version", w403_version())));
    w403_html_raw(h, "</p>\n<p id=\"said\" class=\"away\" role=\"status\"></p>\n</footer>\n<script>");
    w403_buf_put(h->out, w403_html_script);
    w403_html_raw(h, "</script>\n</body>\n</html>\n");
}

const char *w403_html_class(w403_layer_verdict v, bool blocks)
{
    switch (v) {
    case W403_LAYER_ALLOW:
        return "allow";
    case W403_LAYER_DENY:
        return "deny";
    case W403_LAYER_UNKNOWN:
        return "unknown";
    case W403_LAYER_NO_ALLOW:
        return blocks ? "deny" : "silent";
    default:
        return "none";
    }
}

w403_status w403_render_html(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    (void)opt;
    w403_answer answer;
    W403_TRY(w403_answer_open(&answer, in, err));
    w403_html h = {.out = out, .answer = &answer};
    head(&h);
    body(&h);
    w403_answer_close(&answer);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

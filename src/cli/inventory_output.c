#include "base/command.h"
#include "cli/inventory_output.h"

#include "catalog/catalog.h"
#include "explain/explain.h"
#include "render/excerpt.h"
#include "render/fixes.h"
#include "render/warnings.h"

enum { INDENT = 5, BLAMES = 4, STATE = 9, TOPIC = 20 };

typedef struct page {
    w403_cli *cli;
    w403_buf *out;
    const w403_inventory_answer *x;
    const w403_inv_diagnosis *d;
    size_t width;
} page;

static void styled(const page *p, w403_style style, const char *text)
{
    w403_style_word(p->out, p->cli->color_out, style, text);
}

static void head(const page *p)
{
    static const char *const words[] = {NC_("delivery", "WOULD BE DELIVERED"), NC_("delivery", "NOT DELIVERED"),
                                        NC_("delivery", "UNDETERMINED")};
    static const uint8_t styles[] = {W403_STYLE_GOOD, W403_STYLE_ERROR, W403_STYLE_WARNING};
    const w403_inv_diagnosis *d = p->d;
    styled(p, (w403_style)styles[d->decision.verdict], w403_word_in(p->cli->arena, "delivery", words[d->decision.verdict]));
    w403_view what = w403_say(
        p->cli->arena,
        d->config->destination_name.p ? N_("inventory `{id}` of bucket {bucket} to bucket {destination}") : N_("inventory `{id}` of bucket {bucket}"),
        W403_P("id", d->config->id), W403_P("bucket", d->source->name), W403_P("destination", d->config->destination_name));
    w403_style_blanks(p->out, 2);
    w403_style_text(p->out, what);
    w403_buf_putc(p->out, '\n');
    if (p->x->reported.p) {
        w403_view line = w403_say(p->cli->arena, "AWS reported the export of {time} as failed, which covers the destination bucket and the KMS key alike.",
                                  W403_P("time", p->x->reported));
        w403_style_lines(p->out, line, 0, 0, p->width);
    }
}

static void widen(size_t *columns, const char *word)
{
    size_t n = w403_style_columns(w403_view_of(word)) + 2;
    *columns = n > *columns ? n : *columns;
}

static void table(const page *p)
{
    static const uint8_t styles[] = {[W403_INV_GOOD] = W403_STYLE_GOOD,
                                     [W403_INV_BAD] = W403_STYLE_ERROR,
                                     [W403_INV_UNSURE] = W403_STYLE_WARNING,
                                     [W403_INV_NOTE] = W403_STYLE_DIM};
    size_t states = STATE, topics = TOPIC;
    w403_buf_putc(p->out, '\n');
    for (size_t i = 0; i < p->d->findings.n; i++) { /* the widest of the language, and two blanks */
        const w403_inv_finding *f = &p->d->findings.at[i];
        widen(&states, w403_word_in(p->cli->arena, "finding", w403_inv_state_name(f->state)));
        widen(&topics, w403_word_in(p->cli->arena, "topic", f->topic));
    }
    for (size_t i = 0; i < p->d->findings.n; i++) {
        const w403_inv_finding *f = &p->d->findings.at[i];
        const char *state = w403_word_in(p->cli->arena, "finding", w403_inv_state_name(f->state));
        size_t columns = w403_style_columns(w403_view_of(state));
        w403_style_blanks(p->out, 2);
        styled(p, (w403_style)styles[f->state], state);
        w403_style_blanks(p->out, columns < states ? states - columns : 1);
        w403_style_pad(p->out, w403_view_of(w403_word_in(p->cli->arena, "topic", f->topic)), topics);
        w403_style_lines(p->out, f->said, 2 + states + topics, 2 + states + topics, p->width);
    }
}

static void excerpt(const page *p, const w403_cause *c)
{
    w403_blame blames[BLAMES];
    uint32_t n = c->match ? w403_cause_blames(c, p->cli->arena, blames, BLAMES) : 0;
    for (uint32_t i = 0; i < n && i < 1; i++) {
        w403_excerpt e = {.source = blames[i].policy->doc.source,
                          .text = blames[i].policy->doc.text,
                          .offset = blames[i].span.off,
                          .length = blames[i].span.len,
                          .label = blames[i].label,
                          .style = W403_STYLE_ERROR};
        w403_buf_putc(p->out, '\n');
        w403_excerpt_put(p->out, &e, p->cli->color_out, (int)p->width);
    }
}

/* One by one: everything that must change before the report comes. */
static void causes(const page *p)
{
    const w403_explanation *e = &p->d->explanation;
    if (e->n_causes) {
        w403_style_title(p->out, p->cli->color_out, w403_word_in(p->cli->arena, "heading", "Why"));
    }
    for (uint32_t i = 0; i < e->n_causes; i++) {
        const w403_cause *c = &e->causes[i];
        w403_buf_printf(p->out, "%s  %u. ", i ? "\n" : "", i + 1);
        w403_style_lines(p->out, c->sentence, INDENT, INDENT, p->width);
        excerpt(p, c);
    }
}

static w403_status policy_fixes(const page *p, w403_error *err)
{
    w403_render_input in = {
        .language = p->cli->language, .request = &p->d->request, .decision = &p->d->delivery, .explanation = &p->d->put, .fixes = p->x->fixes};
    w403_render_options opt = w403_cli_look(p->cli);
    opt.width = (int)p->width;
    w403_answer answer;
    if (!p->x->fixes || p->x->fixes->n + p->x->fixes->n_refused == 0) {
        return W403_OK; /* what no policy is to blame for is in the remedies */
    }
    W403_TRY(w403_answer_open(&answer, &in, err));
    w403_text t = {.out = p->out, .answer = &answer, .opt = &opt, .width = p->width};
    w403_fixes_text(&t);
    w403_answer_close(&answer);
    return W403_OK;
}

static void remedies(const page *p)
{
    const w403_inv_remedies *list = p->x->remedies;
    if (list->n) {
        w403_style_title(p->out, p->cli->color_out, w403_word_in(p->cli->arena, "heading", p->x->fixes && p->x->fixes->n ? NC_("heading", "And") : NC_("heading", "To do")));
    }
    for (size_t i = 0; i < list->n; i++) {
        const w403_inv_remedy *r = &list->at[i];
        w403_view line = r->title;
        if (r->owner.n) {
            line = w403_say(p->cli->arena, "{title} (account {account})", W403_P("title", r->title), W403_P("account", r->owner));
        }
        w403_buf_printf(p->out, "%s  %zu. ", i ? "\n" : "", i + 1);
        w403_style_lines(p->out, line, INDENT, INDENT, p->width);
        if (r->document.n) {
            w403_command c = {.arena = p->cli->arena};
            w403_buf_putc(p->out, '\n');
            w403_command_document(&c, r->file, r->document);
            w403_style_command(p->out, w403_command_end(&c), 0);
        }
        if (r->command.n) {
            w403_style_command(p->out, r->command, r->document.n ? 0 : INDENT);
        }
        if (r->remark.n) {
            w403_style_blanks(p->out, INDENT);
            w403_style_lines(p->out, r->remark, INDENT, INDENT, p->width);
        }
    }
}

static void list(const page *p, const char *name, const w403_view *at, uint32_t n, bool command)
{
    if (n) {
        w403_style_title(p->out, p->cli->color_out, w403_word_in(p->cli->arena, "heading", name));
    }
    for (uint32_t i = 0; i < n; i++) {
        if (command) {
            w403_style_command(p->out, at[i], INDENT);
        } else {
            w403_buf_puts(p->out, "  - ");
            w403_style_lines(p->out, at[i], 4, 4, p->width);
        }
    }
}

w403_status w403_inventory_text(w403_cli *cli, const w403_inventory_answer *x, w403_error *err)
{
    page p = {
        .cli = cli, .out = &cli->out, .x = x, .d = x->diagnosis, .width = cli->width > 50 ? (size_t)cli->width : 50};
    const w403_decision *d = &p.d->decision;
    head(&p);
    table(&p);
    causes(&p);
    W403_TRY(policy_fixes(&p, err));
    remedies(&p);
    list(&p, NC_("heading", "Assuming"), d->assumptions, d->n_assumptions, false);
    if (d->verdict == W403_UNDETERMINED) {
        list(&p, NC_("heading", "Unknown"), d->unknown, d->n_unknown, false);
        list(&p, NC_("heading", "To settle it"), d->settle, d->n_settle, true);
    }
    list(&p, NC_("heading", "Note"), d->notes, d->n_notes, false);
    return W403_OK;
}

/* ---- JSON ---- */

static void json_causes(w403_json_writer *w, const w403_explanation *e)
{
    w403_jw_key(w, "causes");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_causes; i++) {
        const w403_cause *c = &e->causes[i];
        w403_jw_object(w);
        w403_jw_key(w, "cause");
        w403_jw_cstr(w, c->id);
        w403_jw_text(w, "action", c->action);
        w403_jw_text(w, "resource", c->resource);
        if (c->match && c->match->statement) {
            w403_jw_text(w, "sid", c->match->statement->sid);
            w403_jw_text(w, "policy", c->match->statement->policy->doc.source);
        }
        w403_jw_text(w, "sentence", c->sentence);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void json_findings(w403_json_writer *w, const w403_inv_diagnosis *d)
{
    w403_jw_key(w, "findings");
    w403_jw_array(w);
    for (size_t i = 0; i < d->findings.n; i++) {
        const w403_inv_finding *f = &d->findings.at[i];
        w403_jw_object(w);
        w403_jw_key(w, "topic");
        w403_jw_cstr(w, f->topic);
        w403_jw_key(w, "state");
        w403_jw_cstr(w, w403_inv_state_name(f->state));
        w403_jw_text(w, "said", f->said);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void json_remedies(w403_json_writer *w, const w403_inv_remedies *list)
{
    w403_jw_key(w, "remedies");
    w403_jw_array(w);
    for (size_t i = 0; i < list->n; i++) {
        const w403_inv_remedy *r = &list->at[i];
        w403_jw_object(w);
        w403_jw_key(w, "cause");
        w403_jw_cstr(w, r->cause);
        w403_jw_text(w, "title", r->title);
        w403_jw_text(w, "owner", r->owner);
        w403_jw_text(w, "command", r->command);
        w403_jw_text(w, "document", r->document);
        w403_jw_text(w, "remark", r->remark);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

void w403_inventory_json(w403_cli *cli, const w403_inventory_answer *x)
{
    const w403_inv_diagnosis *d = x->diagnosis;
    const w403_decision *v = &d->decision;
    w403_json_writer w;
    w403_jw_init(&w, &cli->out, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_key(&w, "decision");
    w403_jw_cstr(&w, w403_verdict_name(v->verdict));
    w403_jw_text(&w, "bucket", d->source->name);
    w403_jw_text(&w, "configuration", d->config->id);
    w403_jw_text(&w, "destination", d->config->destination_name);
    w403_jw_text(&w, "reported", x->reported);
    w403_jw_text(&w, "wait_until", d->due ? w403_instant_format(cli->arena, d->due) : (w403_view){NULL, 0});
    w403_jw_text(&w, "last_delivery", d->last ? w403_instant_format(cli->arena, d->last->at) : (w403_view){NULL, 0});
    if (d->explanation.n_causes) {
        w403_jw_key(&w, "cause");
        w403_jw_cstr(&w, d->explanation.causes[0].id);
    }
    json_causes(&w, &d->explanation);
    json_findings(&w, d);
    w403_fixes_json(&w, x->fixes, false);
    json_remedies(&w, x->remedies);
    w403_jw_texts(&w, "assumptions", v->assumptions, v->n_assumptions);
    w403_jw_texts(&w, "unknown", v->unknown, v->n_unknown);
    w403_jw_texts(&w, "notes", v->notes, v->n_notes);
    w403_warnings_json(&w, cli->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(&cli->out, '\n');
}

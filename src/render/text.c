#include "policy/policy.h"
#include "render/excerpt.h"
#include "render/render.h"

static void verdict_line(w403_buf *out, const w403_render_input *in, bool color)
{
    const w403_request *r = in->request;
    w403_verdict        v = in->decision->verdict;
    w403_style_begin(out, color,
                     v == W403_ALLOWED ? W403_STYLE_GOOD : v == W403_DENIED ? W403_STYLE_ERROR : W403_STYLE_WARNING);
    w403_buf_puts(out, w403_verdict_name(v));
    w403_style_end(out, color);
    w403_buf_puts(out, ": ");
    w403_style_text(out, r->operation.n > 0 ? r->operation : r->action);
    w403_buf_puts(out, " on ");
    w403_style_text(out, r->resource);
    w403_buf_puts(out, " by ");
    w403_style_text(out, r->principal);
    w403_buf_putc(out, '\n');
}

static void cause(w403_buf *out, const w403_cause *c, const w403_render_options *opt)
{
    w403_style_text(out, c->sentence);
    w403_buf_putc(out, '\n');
    const w403_statement *s = c->match ? c->match->statement : NULL;
    if (s) {
        w403_excerpt e = {.source = s->policy->doc.source, .text = s->policy->doc.text, .offset = s->span.off,
                          .length = s->span.len, .style = W403_STYLE_ERROR};
        w403_excerpt_put(out, &e, opt->color, opt->width);
    }
}

static void list(w403_buf *out, const char *title, const w403_view *at, uint32_t n, bool color)
{
    if (n == 0) {
        return;
    }
    w403_buf_putc(out, '\n');
    w403_style_begin(out, color, W403_STYLE_BOLD);
    w403_buf_puts(out, title);
    w403_style_end(out, color);
    w403_buf_putc(out, '\n');
    for (uint32_t i = 0; i < n; i++) {
        w403_buf_puts(out, "  ");
        w403_style_text(out, at[i]);
        w403_buf_putc(out, '\n');
    }
}

w403_status w403_render_text(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    const w403_decision *d = in->decision;
    verdict_line(out, in, opt->color);
    for (uint32_t i = 0; i < in->explanation->n_causes; i++) {
        w403_buf_puts(out, i == 0 ? "\nWhy\n" : i == 1 ? "\nAlso\n" : "");
        cause(out, &in->explanation->causes[i], opt);
    }
    list(out, "Assuming", d->assumptions, d->n_assumptions, opt->color);
    list(out, "Unknown", d->unknown, d->n_unknown, opt->color);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

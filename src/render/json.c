#include "json/json.h"
#include "policy/policy.h"
#include "render/render.h"

static void cause(w403_json_writer *w, const w403_cause *c)
{
    w403_jw_key(w, "cause");
    w403_jw_cstr(w, c->id);
    w403_jw_key(w, "action");
    w403_jw_str(w, c->action);
    w403_jw_key(w, "resource");
    w403_jw_str(w, c->resource);
    const w403_statement *s = c->match ? c->match->statement : NULL;
    if (!s) {
        return;
    }
    uint32_t line, column;
    w403_line_column(s->policy->doc.text, s->span.off, &line, &column);
    w403_jw_key(w, "statement");
    w403_jw_object(w);
    w403_jw_key(w, "policy");
    w403_jw_str(w, s->policy->doc.source);
    if (s->sid.p) {
        w403_jw_key(w, "sid");
        w403_jw_str(w, s->sid);
    }
    w403_jw_key(w, "index");
    w403_jw_u64(w, s->index);
    w403_jw_key(w, "offset");
    w403_jw_u64(w, s->span.off);
    w403_jw_key(w, "length");
    w403_jw_u64(w, s->span.len);
    w403_jw_key(w, "line");
    w403_jw_u64(w, line);
    w403_jw_key(w, "column");
    w403_jw_u64(w, column);
    w403_jw_end_object(w);
}

static void strings(w403_json_writer *w, const char *name, const w403_view *at, uint32_t n)
{
    w403_jw_key(w, name);
    w403_jw_array(w);
    for (uint32_t i = 0; i < n; i++) {
        w403_jw_str(w, at[i]);
    }
    w403_jw_end_array(w);
}

w403_status w403_render_json(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    (void)opt;
    const w403_decision    *d = in->decision;
    const w403_explanation *x = in->explanation;
    w403_json_writer        w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "format");
    w403_jw_u64(&w, 1);
    w403_jw_key(&w, "decision");
    w403_jw_cstr(&w, w403_verdict_name(d->verdict));
    w403_jw_key(&w, "status");
    w403_jw_i64(&w, d->status);
    if (x->n_causes > 0) {
        cause(&w, &x->causes[0]);
    }
    w403_jw_key(&w, "causes");
    w403_jw_array(&w);
    for (uint32_t i = 0; i < x->n_causes; i++) {
        w403_jw_object(&w);
        cause(&w, &x->causes[i]);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    strings(&w, "assumptions", d->assumptions, d->n_assumptions);
    strings(&w, "unknown", d->unknown, d->n_unknown);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

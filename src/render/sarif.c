#include "json/json.h"
#include "render/render.h"

w403_status w403_render_sarif(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                              w403_error *err)
{
    (void)opt;
    w403_buf_puts(out, "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"why403\"}},\"results\":[");
    for (uint32_t i = 0; i < in->explanation->n_causes; i++) {
        const w403_cause *c = &in->explanation->causes[i];
        w403_buf_printf(out, "%s{\"ruleId\":\"%s\",\"message\":{\"text\":", i > 0 ? "," : "", c->id);
        w403_buf_json_string(out, c->sentence);
        w403_buf_puts(out, "}}");
    }
    w403_buf_puts(out, "]}]}\n");
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

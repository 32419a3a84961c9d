#include "render/render.h"

static void escaped(w403_buf *out, w403_view text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'') {
            w403_buf_printf(out, "&#%d;", c);
        } else {
            w403_buf_putc(out, c);
        }
    }
}

w403_status w403_render_html(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    w403_buf            text = {0};
    w403_render_options plain = *opt;
    plain.color = false;
    w403_status status = w403_render_text(&text, in, &plain, err);
    if (status == W403_OK) {
        w403_buf_puts(out, "<!doctype html>\n<meta charset=\"utf-8\">\n<title>why403</title>\n<pre>\n");
        escaped(out, w403_buf_view(&text));
        w403_buf_puts(out, "</pre>\n");
    }
    w403_buf_free(&text);
    W403_TRY(status);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}

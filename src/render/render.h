/* Answers for people and for programs. Nothing is decided here: what is shown stands in the decision, the
 * explanation and the fixes. */
#ifndef W403_RENDER_RENDER_H
#define W403_RENDER_RENDER_H

#include "base/buf.h"
#include "base/error.h"

typedef struct w403_render_options {
    bool color;
    int width;  /* columns of the terminal; 0 = 100 */
    bool full;  /* also what did not matter: every layer, every statement that did not match */
    bool ascii; /* no box characters, arrows or ellipses beyond ASCII */
} w403_render_options;

struct w403_fix_list; /* fix/fix.h */

typedef struct w403_render_input {
    const w403_snapshot *snapshot; /* may be NULL */
    const w403_policies *policies; /* may be NULL */
    const w403_request *request;
    const w403_decision *decision; /* made with W403_DETAIL_FULL */
    const w403_explanation *explanation;
    const struct w403_fix_list *fixes; /* may be NULL: none were looked for */
} w403_render_input;

/* One format each: design.md 5 (text), 6 (JSON, one object on one line), SARIF 2.1.0, and one self-contained
 * HTML page. Appends to `out`. Errors: W403_NOMEM. */
w403_status w403_render_text(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);
w403_status w403_render_json(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);
w403_status w403_render_sarif(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                              w403_error *err);
w403_status w403_render_html(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);

#endif

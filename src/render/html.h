/* What the parts of the HTML page share. Everything that comes from outside is written by w403_html_text. */
#ifndef W403_RENDER_HTML_H
#define W403_RENDER_HTML_H

#include "render/answer.h"

typedef struct w403_html {
    w403_buf *out;
    const w403_answer *answer; /* NULL: a page of another kind, in this language: */
    const w403_language *language;
    unsigned ids; /* given out so far */
} w403_html;

/* Made at build time from html/report.css and html/report.js; the hashes are for the page's security policy. */
extern const w403_view w403_html_style, w403_html_script;
extern const char w403_html_style_hash[], w403_html_script_hash[];

/* A page up to its title's text, and from there to the end of its head. */
void w403_html_open_head(const w403_html *h);
void w403_html_close_head(const w403_html *h);

/* Text for an element or a quoted attribute: `<>&"'` escaped; control characters and marks of direction become
 * U+FFFD, line ends and tabs stay. */
void w403_html_text(w403_buf *out, w403_view text);
/* The markup as it is: constants only. */
void w403_html_raw(const w403_html *h, const char *markup);
/* "<tag>text</tag>"; `tag` may carry attributes: `p class="x"`. */
void w403_html_element(const w403_html *h, const char *tag, w403_view text);
/* The same for a sentence: what stands between backticks is code. `tag` without attributes. */
void w403_html_prose(const w403_html *h, const char *tag, w403_view text);
/* A text with a button that copies it. `what` says that to those who do not see it: "Copy the command". */
void w403_html_take(w403_html *h, const char *what, w403_view text);

/* html_chain.c: the picture of the layers, once wide and once for a narrow screen. */
void w403_html_chain(w403_html *h);
/* html_source.c: the statements that hold the blamed bytes, as figures. */
void w403_html_source(w403_html *h, const w403_blame *blames, uint32_t n);
/* html_layers.c: a table of the layers of each check. */
void w403_html_layers(w403_html *h);

/* The class of a layer's verdict: allow, deny, silent, unknown, none. */
const char *w403_html_class(w403_layer_verdict v, bool blocks);

#endif

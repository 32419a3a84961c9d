/* What the parts of the text output share: where to write, and how wide and how coloured. */
#ifndef W403_RENDER_TEXT_H
#define W403_RENDER_TEXT_H

#include "json/layout.h"
#include "render/answer.h"
#include "render/style.h"

/* The layout of the text that was shown last: a policy that denies a hundred times is laid out once. */
typedef struct w403_text_laid {
    w403_arena *arena; /* NULL: nothing was laid out yet */
    const char *of;
    bool needed;
    w403_layout layout;
} w403_text_laid;

typedef struct w403_text {
    w403_buf *out;
    const w403_answer *answer;
    const w403_render_options *opt;
    size_t width;
    w403_text_laid *laid;
} w403_text;

/* A string literal, or its second form where only ASCII may be written. */
const char *w403_text_glyph(const w403_text *t, const char *utf8, const char *ascii);
void w403_text_styled(const w403_text *t, w403_style style, const char *s);
/* An empty line, then the title of a section. */
void w403_text_title(const w403_text *t, const char *title);
/* A paragraph, indented by two. */
void w403_text_paragraph(const w403_text *t, w403_view text);
/* `- text`, filled. */
void w403_text_bullet(const w403_text *t, w403_view text);
/* w403_style_command, as deep as a fix. */
void w403_text_command(const w403_text *t, w403_view text);

/* text_layers.c: the permissions that were asked for, and what each layer said. */
void w403_text_checks(const w403_text *t);
void w403_text_layers(const w403_text *t, const w403_check *check);

#endif

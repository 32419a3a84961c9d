/* Colours of a terminal, and text made safe for one. */
#ifndef W403_RENDER_STYLE_H
#define W403_RENDER_STYLE_H

#include "base/buf.h"

typedef enum w403_style {
    W403_STYLE_BOLD,
    W403_STYLE_DIM,
    W403_STYLE_ERROR,   /* also: denied */
    W403_STYLE_WARNING, /* also: undetermined */
    W403_STYLE_GOOD,    /* also: allowed */
    W403_STYLE_NOTE,    /* gutters, places, hints */
} w403_style;

/* Bytes between these two are shown in the style; nothing is written without colour. */
void w403_style_begin(w403_buf *out, bool color, w403_style style);
void w403_style_end(w403_buf *out, bool color);

/* The text on one line and without power over the terminal: a tab becomes a blank, any other control character
 * or broken UTF-8 U+FFFD. */
void w403_style_text(w403_buf *out, w403_view text);
/* Columns that w403_style_text of it takes. */
size_t w403_style_columns(w403_view text);

#endif

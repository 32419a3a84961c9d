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
/* Text of our own between the two. */
void w403_style_word(w403_buf *out, bool color, w403_style style, const char *text);

/* What is shown for a character: itself, a blank for a tab or line end, or U+FFFD for one that steers a terminal or
 * makes a text look like another (controls, bidirectional marks). */
uint32_t w403_style_shown(uint32_t cp);

/* The text on one line and without power over the terminal: w403_style_shown of each character. */
void w403_style_text(w403_buf *out, w403_view text);
/* Columns that w403_style_text of it takes. */
size_t w403_style_columns(w403_view text);

/* n blanks. */
void w403_style_blanks(w403_buf *out, size_t n);
/* The text, then blanks up to `columns`. */
void w403_style_pad(w403_buf *out, w403_view text, size_t columns);

/* The words of a text, filled into lines of `width` columns: the first line goes on at column `at`, the others begin
 * at `indent`. A word longer than a line (an ARN) stays whole, so that it can be copied. Gives the column after the
 * last word; writes no line end there. */
size_t w403_style_wrap(w403_buf *out, w403_view text, size_t at, size_t indent, size_t width);
/* The same, and the line's end. */
void w403_style_lines(w403_buf *out, w403_view text, size_t at, size_t indent, size_t width);

/* A command, to be copied: never filled, each line indented, but where there is a here-document. */
void w403_style_command(w403_buf *out, w403_view command, size_t indent);
/* The same on several lines, ` \` at the end of each but the last: as a shell reads it, it is one. */
void w403_style_command_lines(w403_buf *out, w403_view command, size_t indent, size_t width);

/* A unified diff of one file without the two lines that name it: each line whole, however long it is. */
void w403_style_diff(w403_buf *out, bool color, w403_view diff, size_t indent);

/* The title of a section: an empty line before it, bold. */
void w403_style_title(w403_buf *out, bool color, const char *text);

#endif

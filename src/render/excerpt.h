/* A piece of a source with the blamed bytes underlined, as compilers show it. */
#ifndef W403_RENDER_EXCERPT_H
#define W403_RENDER_EXCERPT_H

#include "render/style.h"

typedef struct w403_excerpt {
    w403_view  source; /* name of the text, for the `-->` line; {NULL,0}: no such line */
    w403_view  text;   /* what offset and length count in */
    uint64_t   offset, length;
    w403_view  label;  /* said after the carets; may be empty */
    w403_style style;  /* of the carets and the label */
} w403_excerpt;

/* Appends
 *       --> policy.json:7:9
 *        |
 *      7 |     "Action": "s3:GetObjekt"
 *        |               ^^^^^^^^^^^^^^ label
 * A span over several lines is drawn with a rail at its left; the middle of a long one is left out, as are the
 * ends of long lines (a minified document). `width` is the terminal's; offsets beyond the text are clamped. */
void w403_excerpt_put(w403_buf *out, const w403_excerpt *e, bool color, int width);

#endif

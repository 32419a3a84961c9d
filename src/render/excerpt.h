/* A piece of a source with the blamed bytes underlined, as compilers show it. */
#ifndef W403_RENDER_EXCERPT_H
#define W403_RENDER_EXCERPT_H

#include "json/layout.h"
#include "render/style.h"

/* A secondary place of the same text: underlined with `-`. */
typedef struct w403_excerpt_mark {
    uint64_t offset, length;
    w403_view label;
} w403_excerpt_mark;

typedef struct w403_excerpt {
    w403_view source; /* name of the text, for the `-->` line; {NULL,0}: no such line */
    w403_view text;   /* what offset and length count in */
    uint64_t offset, length;
    uint32_t line, column;         /* of offset, where the caller knows them; 0: they are counted */
    uint64_t file_offset;          /* of offset, where the text stands in a string of the file; 0: not known */
    w403_view label;               /* said after the carets; may be empty */
    w403_style style;              /* of the carets and the label */
    const w403_excerpt_mark *also; /* may be NULL */
    uint32_t n_also;
    const w403_language *language; /* of what is remarked beside the place; NULL: English */
    const w403_layout *layout; /* of the text, where the caller has it for many excerpts; NULL: made when it is needed */
} w403_excerpt;

enum { W403_EXCERPT_MARKS = 8 }; /* drawn at most; the first ones count */

/* Appends
 *       --> policy.json:7:9
 *        |
 *      7 |     "Action": "s3:GetObjekt"
 *        |               ^^^^^^^^^^^^^^ label
 * A span over several lines is drawn with a rail at its left; the middle of a long one is left out, as are the
 * ends of long lines (a minified document). Tabs become blanks up to the next fourth column, long labels are filled
 * into several lines. A document of one line, as AWS prints policies, is laid out first: the lines are those of the layout,
 * the place and its byte those of the original. `width` is the terminal's; offsets beyond the text are clamped. What is drawn costs
 * the length of what is shown; the lines before it are counted, once a mark, unless `line` is given. */
void w403_excerpt_put(w403_buf *out, const w403_excerpt *e, bool color, int width);

/* The excerpt of the document laid out in several lines, its places moved; `also` has room for W403_EXCERPT_MARKS. False:
 * the document needs no such thing. `a` may be NULL. */
bool w403_excerpt_lay_out(w403_arena *a, const w403_excerpt *e, w403_excerpt *out, w403_excerpt_mark *also);

#endif

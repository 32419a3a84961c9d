/* Inside the cleaning of error texts: its lines, and which of them a terminal cut by its width. */
#ifndef W403_EVIDENCE_ERROR_LINES_H
#define W403_EVIDENCE_ERROR_LINES_H

#include "evidence/error_text.h"

typedef struct w403_error_line {
    w403_view text;       /* without what every line begins with: bars, quoting */
    size_t    columns[2]; /* a tab is one, or goes on to the next eighth */
    bool      full;       /* as long as any line is: it may be cut by its width */
    bool      joined;     /* the next one goes on with it */
    bool      torn;       /* a value up to its end is unsure */
    bool      perhaps_cut; /* what stands around values may be: nothing is inferred from what is missing */
} w403_error_line;

/* {NULL, 0}: memory is short. */
typedef struct w403_error_lines {
    w403_error_line *at;
    size_t           n;
    bool             cut; /* lines are cut by their width, for sure */
} w403_error_lines;
w403_error_lines w403_error_lines_of(w403_build *b, w403_view text);

#endif

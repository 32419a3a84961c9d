/* The lines in which two texts differ, with a few around them. */
#ifndef W403_RENDER_DIFF_H
#define W403_RENDER_DIFF_H

#include "base/view.h"

/* Called for each line in order; `mark` is ' ', '-' or '+'. `line` has no line end. */
typedef void w403_diff_fn(void *user, char mark, w403_view line);

/* One hunk: what stands between the common beginning and the common end of both texts. Edits of policies keep every
 * other byte, so that this is what was edited. O(n). */
void w403_diff_lines(w403_view before, w403_view after, w403_diff_fn *fn, void *user);

#endif

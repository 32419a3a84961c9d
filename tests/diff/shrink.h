/* A disagreement made small: members and elements are taken out of the case while it stays the same. */
#ifndef W403_TESTS_DIFF_SHRINK_H
#define W403_TESTS_DIFF_SHRINK_H

#include "judge.h"

/* `text` is a case as judge_case takes it; the small one is put into `out`. */
void shrink(w403_view text, const judge_result *as, w403_buf *out);

#endif

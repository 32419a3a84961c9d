/* "Did you mean ...?": the distance between names, and the nearest of a list. */
#ifndef W403_BASE_NEAREST_H
#define W403_BASE_NEAREST_H

#include "base/view.h"

/* Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, ASCII case ignored; more than
 * `limit` (or names longer than 128 bytes that differ) is limit + 1. O(a.n x b.n). */
unsigned w403_edit_distance(w403_view a, w403_view b, unsigned limit);

/* How far a name may be off and still be meant: a third of its length, at least 1. */
unsigned w403_edit_tolerance(w403_view name);

/* The nearest of `names` within the tolerance, NULL when none is; of equals the first. */
const char *w403_nearest(w403_view name, const char *const *names, size_t n);

#endif

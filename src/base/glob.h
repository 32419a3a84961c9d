/* `*` any run, `?` one character (a UTF-8 sequence counts as one). No recursion. Cost: O(pattern + text) where the
 * pattern has no `?` and case counts, else at most O(pattern x text / 64). */
#ifndef W403_BASE_GLOB_H
#define W403_BASE_GLOB_H

#include "base/view.h"

bool w403_glob(w403_view pattern, w403_view text);  /* case-sensitive */
bool w403_iglob(w403_view pattern, w403_view text); /* ASCII case ignored */
bool w403_has_wildcard(w403_view pattern);

/* A pattern whose literal parts may hold literal `*` and `?` (policy variables are substituted literally,
 * PV7): `literal[i]` != 0 means byte i stands for itself. literal may be NULL. */
bool w403_glob_masked(w403_view pattern, const uint8_t *literal, w403_view text, bool ignore_case);

/* The same in the way that long patterns on long texts take; `few` steps before it goes by 64 places at once. For
 * tests: there is no other reason to call it. */
bool w403_glob_long(w403_view pattern, const uint8_t *literal, w403_view text, bool ignore_case, size_t few);

#endif

/* Latin letters with one mark, U+00C0..U+017F: composed and decomposed (Unicode's canonical decompositions). */
#ifndef W403_EVIDENCE_LETTERS_H
#define W403_EVIDENCE_LETTERS_H

#include "base/view.h"

bool w403_letter_decompose(uint32_t cp, uint32_t *base, uint32_t *mark); /* false: it has no decomposition */
bool w403_letter_compose(uint32_t base, uint32_t mark, uint32_t *out);

#endif

/* Inside the forms: which characters a part has, and whether what was found is one. */
#ifndef W403_EVIDENCE_FORM_PARTS_H
#define W403_EVIDENCE_FORM_PARTS_H

#include "evidence/forms.h"

/* May hold any character, so that only its quote ends it. */
bool w403_part_is_free(uint8_t part);
bool w403_part_char(uint8_t part, char c);
/* Where the run of the part's characters ends that begins at `from`. */
size_t w403_part_run(uint8_t part, w403_view text, size_t from);
/* The same without the punctuation of a sentence at its end. */
size_t w403_part_trim(uint8_t part, w403_view text, size_t from, size_t end);
/* Tests what was found and keeps it. False: it is none, or nobody can say where it ends. */
bool w403_part_accept(w403_hit *hit, uint8_t part, const char *set, const w403_clean *c, size_t from, size_t end);

#endif

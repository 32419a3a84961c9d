/* A compiled catalogue of GNU gettext (.mo, revision 0): two tables of strings, sorted by the first. */
#ifndef W403_WORDS_MO_H
#define W403_WORDS_MO_H

#include "base/view.h"

struct w403_language {
    const char *name; /* "ko" */
    w403_view mo;     /* its bytes, little-endian */
    bool one_is_many; /* the plural rule: never another text (ko), n > 1 (fr) */
    bool blank_before_colon;
};

/* The translation of a key (a text, or context \004 text); {NULL,0} when there is none, or when the bytes are no catalogue.
 * With plurals their texts follow each other, each ended by a NUL. Logarithmic in the number of texts. */
w403_view w403_mo_find(w403_view mo, const char *context, const char *text);

/* The catalogues that were compiled in; the last has no name. */
extern const struct w403_language w403_catalogues[];

#endif

/* Where a request stands: the class of each of its values. */
#ifndef W403_SYMBOLIC_LOCATE_H
#define W403_SYMBOLIC_LOCATE_H

#include "symbolic/facts.h"

/* What is known of a request. */
typedef struct w403_request_place {
    const w403_context *context;
    const w403_caller *caller;
    uint16_t action;
    w403_view resource;
} w403_request_place;

/* The class of its value in a dimension that is not joined; NULL: in none, or not known. */
const w403_class *w403_locate_class(const w403_space *s, const w403_dim *d, const w403_request_place *at);
bool w403_box_has(const w403_space *s, const w403_box *b, const uint32_t *slots);

#endif

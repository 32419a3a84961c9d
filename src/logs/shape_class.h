/* Of the shapes: what tells the keys of one kind of request apart. */
#ifndef W403_LOGS_SHAPE_CLASS_H
#define W403_LOGS_SHAPE_CLASS_H

#include "logs/shapes.h"

/* Everything of a request but its key: what tells its keys apart. */
typedef struct w403_parent {
    uint64_t       hash;
    w403_residual *residual[2];
    bool           tried;
    unsigned       prefixes;
    w403_arena    *arena; /* of the requests behind the residuals */
} w403_parent;

typedef struct w403_key_class {
    uint64_t hash;
    uint8_t  verdict[2];
    bool     judged[2];
    bool     many;
} w403_key_class;

/* The class of a record's key under the policies of `rules`; out->hash 0: they tell nothing apart here. *residuals
 * counts those that were made. Cost: tens of nanoseconds, once the parent is prepared. */
w403_status w403_key_class_of(const w403_shape_rules *rules, size_t *residuals, w403_parent *p, const w403_record *r,
                              w403_key_class *out, w403_error *err);

#endif

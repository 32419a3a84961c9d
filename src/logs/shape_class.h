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
} w403_parent;

/* Frees what its residuals need. */
void w403_parent_clear(w403_parent *p);

typedef struct w403_key_class {
    uint64_t hash;
    uint8_t  verdict[2];
    bool     judged[2];
    bool     many;
} w403_key_class;

/* The class of a record's key under the policies of `rules`; out->hash 0: they tell nothing apart here. *prepared
 * counts the parents that keep their residuals. Cost: tens of nanoseconds, once the parent is prepared; tens of
 * microseconds for those beyond a limit, which keep none. */
w403_status w403_key_class_of(const w403_shape_rules *rules, size_t *prepared, w403_parent *p, const w403_record *r,
                              w403_key_class *out, w403_error *err);

#endif

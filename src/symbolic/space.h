/* All requests of a question: one value for each of several dimensions. Values that no statement tells apart are one
 * class; a question is a search over classes.
 *
 * Statements are bits. A class says for each whether it may still match (`maybe`) and whether nothing of this dimension
 * is in the way for certain (`yes`). What ties dimensions together (a service has no address; a service key comes only
 * with actions that list it) is a hidden variable with up to 64 values: a class lists those it can go with, and a
 * combination exists when every variable is left a value. */
#ifndef W403_SYMBOLIC_SPACE_H
#define W403_SYMBOLIC_SPACE_H

#include "symbolic/bits.h"
#include "symbolic/budget.h"
#include "symbolic/elements.h"

typedef enum w403_dim_kind {
    W403_DIM_CALLER,
    W403_DIM_ACTION,
    W403_DIM_RESOURCE,
    W403_DIM_KEY
} w403_dim_kind;

/* One condition key with what a request says of it. */
typedef struct w403_key_fact {
    uint16_t id;
    w403_view name, param;
    w403_tri present;
    const w403_view *values;
    uint32_t n;
} w403_key_fact;

/* Caller classes: what a class stands for. */
typedef struct w403_caller_class {
    w403_caller who;
    w403_view name;     /* as section 5 writes it: account:..., any-account, an ARN */
    bool is_set;        /* more than one principal */
} w403_caller_class;

typedef struct w403_class {
    const w403_key_fact *facts;
    uint32_t n_facts;
    const w403_caller_class *caller; /* of W403_DIM_CALLER */
    const uint16_t *actions;         /* of W403_DIM_ACTION: alike in everything */
    uint32_t n_actions;
    w403_view resource;              /* of W403_DIM_RESOURCE */
    uint32_t element;                /* of the dimension's elements; UINT32_MAX: absent, or several */
    const uint32_t *set;             /* several: elements of one value of a multivalued key */
    uint32_t n_set;
    uint64_t *yes, *maybe;
    uint64_t *hidden;                /* of each hidden variable */
    const uint32_t *part;            /* of a joined dimension: the class in each of its parts */
    uint32_t slot;                   /* classes that no statement and no variable tells apart */
} w403_class;

typedef struct w403_dim w403_dim;
struct w403_dim {
    w403_dim_kind kind;
    w403_view name;                  /* of a key, as the reference spells it */
    uint16_t id;
    w403_view param;
    const w403_elements *elements;   /* NULL: callers, actions */
    const struct w403_dim *parts;    /* joined by a policy variable: their classes are pairs */
    uint32_t n_parts;
    W403_ARRAY(w403_class) classes;
    uint32_t n_slots;
    const uint32_t *slot_class;      /* the first class of each */
};

typedef struct w403_space w403_space;
/* What the answer to a combination is; a label below 64. `slots`: one for each dimension. */
typedef uint8_t w403_leaf_fn(w403_space *s, const uint32_t *slots, const uint64_t *yes, const uint64_t *maybe);
/* May rewrite the bits so that states with one future look alike; a label that is settled already, or -1. `dim`: what
 * is still to be chosen begins there. */
typedef int w403_settle_fn(w403_space *s, size_t dim, uint64_t *yes, uint64_t *maybe);

enum { W403_LABEL_NONE = 255 }; /* no such request */

struct w403_space {
    w403_arena *arena;
    w403_budget *budget;
    W403_ARRAY(w403_dim) dims;
    size_t n_bits, words;
    size_t n_hidden;
    w403_leaf_fn *leaf;
    w403_settle_fn *settle; /* nullable */
    void *user;
};

/* A cleared dimension at the end; NULL: memory. */
w403_dim *w403_space_dim(w403_space *s, w403_dim_kind kind, w403_view name);
/* A class whose bits are all ones and whose variables may have any value; n_bits and n_hidden are final. */
w403_class *w403_space_class(w403_space *s, w403_dim *d);
/* Once all dimensions are there: slots. */
bool w403_space_close(w403_space *s);

/* ---- search.c ---- */
/* The answer to every combination, as a decision diagram. Nodes below W403_NODE_FIRST are labels. */
enum { W403_NODE_FIRST = 256 };
typedef struct w403_diagram_node {
    uint32_t dim;
    const uint32_t *next; /* for each slot */
} w403_diagram_node;

typedef struct w403_diagram {
    w403_space *space;
    uint32_t root;
    bool whole; /* false: the budget ended it; what is in it is right, more may be */
    W403_ARRAY(w403_diagram_node) nodes;
} w403_diagram;

/* False: memory is short. A spent budget gives a diagram that is not whole. */
bool w403_search(w403_space *s, w403_diagram *out);
/* Which labels occur: bit l. */
uint64_t w403_diagram_labels(const w403_diagram *d);

/* ---- boxes.c ---- */
/* A set of slots for each dimension; all combinations that exist have one of the wanted labels. */
typedef struct w403_box {
    uint64_t **slots; /* dimension -> bits over its slots */
    uint64_t **live;  /* those of them that some combination of the box exists with: the others are of no account */
    uint64_t **free;  /* slots outside that nothing of the box exists with */
    uint32_t *witness; /* a slot for each dimension that exists together */
} w403_box;
typedef W403_ARRAY(w403_box) w403_boxes;

/* Maximal boxes that cover exactly the combinations with a label of `wanted` (bits). *cut: some were left out because
 * the budget ended. False: memory. */
bool w403_boxes_of(const w403_diagram *d, uint64_t wanted, w403_boxes *out, bool *cut);
/* Does all that there is of one box lie in the other? */
bool w403_box_within(const w403_diagram *d, const w403_box *one, const w403_box *other);
/* Does a dimension restrict the box? */
bool w403_box_full(const w403_space *s, const w403_box *b, size_t dim);
/* The label of one combination; W403_LABEL_NONE when it does not exist. */
uint8_t w403_diagram_at(const w403_diagram *d, const uint32_t *slots);

#endif

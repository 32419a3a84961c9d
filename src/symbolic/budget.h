/* How much a question may cost. What is used up stays used up: every part of the question asks the same budget. */
#ifndef W403_SYMBOLIC_BUDGET_H
#define W403_SYMBOLIC_BUDGET_H

#include "base/arena.h"

enum {
    W403_BUDGET_MS = 2000,
    W403_BUDGET_STATES = 65536,
    W403_BUDGET_NODES = 1 << 20,
    W403_BUDGET_BOXES = 20
};
#define W403_BUDGET_BYTES ((size_t)192 << 20) /* of the arena: the whole process then stays below 256 MB */

typedef struct w403_budget {
    uint32_t max_ms, max_states, max_nodes, max_boxes;
    int64_t ends_us;      /* of the monotonic clock */
    uint32_t nodes;       /* of the search that is under way */
    uint32_t looks;       /* at the clock: one in many */
    bool spent;           /* something was cut off; the four below say what */
    const char *limit;    /* "max-ms", "memory" (in MiB) ... */
    uint32_t limit_value;
    w403_view what;       /* "24 patterns over resource"; {NULL,0}: the search itself */
} w403_budget;

void w403_budget_init(w403_budget *b); /* the default limits, the clock running */
void w403_budget_start(w403_budget *b);
/* False, and why is noted, once the time is over. */
bool w403_budget_time(w403_budget *b);
bool w403_budget_node(w403_budget *b);
/* False, and why is noted, once what the question keeps has grown too large. */
bool w403_budget_memory(w403_budget *b, size_t bytes);
void w403_budget_spend(w403_budget *b, const char *limit, uint32_t value, w403_view what);

#endif

#include "symbolic/budget.h"

#include <time.h>

enum { LOOKS_A_CLOCK = 64 };

static int64_t clock_us(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
        return 0;
    }
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void w403_budget_start(w403_budget *b)
{
    b->ends_us = clock_us() + (int64_t)b->max_ms * 1000;
    b->nodes = b->looks = 0;
    b->spent = false;
    b->limit = NULL;
    b->what = (w403_view){NULL, 0};
}

void w403_budget_init(w403_budget *b)
{
    *b = (w403_budget){.max_ms = W403_BUDGET_MS,
                       .max_states = W403_BUDGET_STATES,
                       .max_nodes = W403_BUDGET_NODES,
                       .max_boxes = W403_BUDGET_BOXES};
    w403_budget_start(b);
}

void w403_budget_spend(w403_budget *b, const char *limit, uint32_t value, w403_view what)
{
    if (!b->spent) {
        b->spent = true;
        b->limit = limit;
        b->limit_value = value;
        b->what = what;
    }
}

bool w403_budget_time(w403_budget *b)
{
    if (b->limit && strcmp(b->limit, "max-ms") == 0) {
        return false;
    }
    if (b->looks++ % LOOKS_A_CLOCK == 0 && clock_us() > b->ends_us) {
        w403_budget_spend(b, "max-ms", b->max_ms, (w403_view){NULL, 0});
        return false;
    }
    return true;
}

bool w403_budget_memory(w403_budget *b, size_t bytes)
{
    if (bytes <= W403_BUDGET_BYTES) {
        return true;
    }
    w403_budget_spend(b, "memory", (uint32_t)(W403_BUDGET_BYTES >> 20), (w403_view){NULL, 0});
    return false;
}

bool w403_budget_node(w403_budget *b)
{
    if (b->nodes++ >= b->max_nodes) {
        w403_budget_spend(b, "max-nodes", b->max_nodes, (w403_view){NULL, 0});
        return false;
    }
    return w403_budget_time(b);
}

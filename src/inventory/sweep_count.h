/* Counters of bounded size. Internal to sweep*.c. */
#ifndef W403_INVENTORY_SWEEP_COUNT_H
#define W403_INVENTORY_SWEEP_COUNT_H

#include "inventory/sweep.h"

typedef struct w403_sweep_counts {
    w403_arena *a;
    w403_sweep_totals t;
    w403_map group_map, prefix_map; /* -> index + 1 */
    size_t last_prefix;
    bool nomem;
} w403_sweep_counts;

/* The group of these values; its views are copied. SIZE_MAX: memory is short. */
size_t w403_sweep_group_of(w403_sweep_counts *c, const w403_sweep_group *like);
void w403_sweep_count_prefix(w403_sweep_counts *c, w403_view key, w403_verdict verdict);
/* Adds to a list of remarks, once, as long as it is short. */
void w403_sweep_remark(w403_sweep_counts *c, void *list, w403_view text);
void w403_sweep_example(w403_sweep_counts *c, w403_sweep_group *g, w403_view key);
void w403_sweep_sort_totals(w403_sweep_totals *t);
bool w403_sweep_add(w403_sweep_counts *into, const w403_sweep_counts *from);

#endif

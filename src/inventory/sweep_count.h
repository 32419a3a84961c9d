/* Counters of bounded size. Internal to sweep*.c.
 *
 * What several threads counted must come to the same whichever of them read a file. So what is kept when there is too
 * much never depends on what was met first: of groups and prefixes it is the first ones in an order of their own (each
 * thread keeps at least those, so that their counts are whole), of examples and remarks those of the first rows. */
#ifndef W403_INVENTORY_SWEEP_COUNT_H
#define W403_INVENTORY_SWEEP_COUNT_H

#include "inventory/sweep.h"

typedef struct w403_sweep_counts {
    w403_arena *a;
    w403_arena *of_groups, *of_prefixes; /* made anew when there are too many */
    w403_sweep_totals t;
    w403_map group_map, prefix_map; /* -> index + 1 */
    size_t last_prefix;
    w403_view last_kept;  /* prefixes behind this one are counted together; {NULL,0}: none yet */
    w403_sweep_group last_apart; /* groups behind this one are joined; of no bucket: none yet */
    unsigned generation;  /* changes when the indexes of groups do */
    w403_sweep_at met;    /* the row at hand */
    bool nomem;
} w403_sweep_counts;

bool w403_sweep_counts_open(w403_sweep_counts *c, w403_arena *a); /* false: memory is short; close it all the same */
void w403_sweep_counts_close(w403_sweep_counts *c);
/* The index of the group of these values, good for one c->generation; its views are copied. SIZE_MAX: memory is
 * short. */
size_t w403_sweep_group_of(w403_sweep_counts *c, const w403_sweep_group *like);
void w403_sweep_count_prefix(w403_sweep_counts *c, w403_view key, w403_verdict verdict);
void w403_sweep_remark(w403_sweep_counts *c, w403_sweep_remarks *list, w403_view text, w403_sweep_at met);
void w403_sweep_example(w403_sweep_counts *c, w403_sweep_group *g, w403_view key, w403_sweep_at met);
/* The largest first, no more of anything than its limit; t.limits. False: memory is short. */
bool w403_sweep_sort_totals(w403_sweep_counts *c);
bool w403_sweep_add(w403_sweep_counts *into, const w403_sweep_counts *from);

#endif

/* The answer of `why403 inventory`, for people and for programs. */
#ifndef W403_CLI_INVENTORY_OUTPUT_H
#define W403_CLI_INVENTORY_OUTPUT_H

#include "cli/cli.h"
#include "evidence/evidence.h"
#include "fix/fix.h"
#include "inventory/diagnose.h"
#include "inventory/remedy.h"

typedef struct w403_inventory_answer {
    const w403_inv_diagnosis *diagnosis;
    const w403_inv_remedies *remedies;
    const w403_fix_list *fixes; /* of the put that is refused; NULL: none were looked for */
    w403_view reported;         /* date of the console's text, {NULL,0}: none was given */
} w403_inventory_answer;

w403_status w403_inventory_text(w403_cli *cli, const w403_inventory_answer *x, w403_error *err);
void w403_inventory_json(w403_cli *cli, const w403_inventory_answer *x); /* one line */
/* The console's text and no bucket (inventory_unnamed.c): what to look at, and what is missing. `snapshot` may be NULL. */
w403_status w403_inventory_unnamed(w403_cli *cli, const w403_snapshot *snapshot, const w403_reported *said, bool json,
                                   w403_error *err);

#endif

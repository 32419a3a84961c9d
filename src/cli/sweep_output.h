/* What a sweep found, for people and for programs. */
#ifndef W403_CLI_SWEEP_OUTPUT_H
#define W403_CLI_SWEEP_OUTPUT_H

#include "cli/cli.h"
#include "inventory/sweep.h"

typedef struct w403_sweep_answer {
    const w403_cli *cli; /* the call */
    const w403_snapshot *snapshot; /* NULL: none */
    const w403_request *request;
    const w403_sweep_totals *totals; /* sorted */
    uint64_t missing;                /* files that a manifest names and nobody has */
    bool interrupted;
    size_t top;
    w403_arena *arena;
    const w403_problems *warnings;
} w403_sweep_answer;

/* The summary. */
void w403_sweep_text(w403_buf *out, const w403_sweep_answer *x, bool color, size_t width);
void w403_sweep_json(w403_buf *out, const w403_sweep_answer *x); /* one line */
void w403_sweep_csv(w403_buf *out, const w403_sweep_answer *x);  /* a header line, then one line a cause */

/* One object that is not allowed, for --list. */
void w403_sweep_list_json(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g);
void w403_sweep_list_csv(w403_buf *out, const w403_sweep_row *row, const w403_sweep_group *g);
extern const char w403_sweep_list_header[]; /* of the CSV, with its line end */

#endif

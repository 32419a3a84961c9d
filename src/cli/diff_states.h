/* A diff of two states of an account. */
#ifndef W403_CLI_DIFF_STATES_H
#define W403_CLI_DIFF_STATES_H

#include "cli/cli.h"
#include "symbolic/document_kind.h"

int w403_diff_states(w403_cli *cli);
/* cmd_diff.c: by --fail-on. */
int w403_diff_exit(const w403_cli *cli, w403_tri wider, w403_tri narrower);
/* A policy file, or what an `aws` command printed of one. */
w403_status w403_diff_document(w403_cli *cli, const char *path, w403_document_text *out, w403_error *err);

#endif

/* What a diff of two documents prints. Internal to cmd_diff.c and diff_output.c. */
#ifndef W403_CLI_DIFF_OUTPUT_H
#define W403_CLI_DIFF_OUTPUT_H

#include "cli/diff_by.h"

/* What a box lets or does not let, in words: actions, resources, callers, conditions. */
w403_view w403_diff_box_words(w403_arena *a, const w403_document_diff *d, const w403_changed_box *b);

void w403_diff_documents_text(w403_cli *cli, const w403_document_diff *d, bool wider_only);
/* A cell of a markdown table: no bar, no line end, no mark of markdown's. */
void w403_markdown_cell(w403_buf *out, w403_view v);
/* The request of a box as JSON: action, resource, principal, context. */
void w403_diff_request_json(w403_arena *a, w403_json_writer *w, const w403_document_request *r);
void w403_diff_documents_html(w403_cli *cli, const w403_document_diff *d, bool wider_only);
void w403_diff_documents_markdown(w403_cli *cli, const w403_document_diff *d, bool wider_only);
void w403_diff_documents_json(w403_cli *cli, const w403_document_diff *d, const char *kind, int exit, bool wider_only,
                              bool lines);

#endif

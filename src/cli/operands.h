/* OPERATION and RESOURCE as people write them. */
#ifndef W403_CLI_OPERANDS_H
#define W403_CLI_OPERANDS_H

#include "cli/cli.h"

/* Reads the operands into `out`: an operation in the spelling of the API or of the aws CLI (`GetObject`, `get-object`,
 * `s3api get-object`), or an action; a resource (w403_input_resource) or a URL of S3; in either order. `alone`: evidence
 * says the operation, so that one operand may be the resource. What was taken for something else is warned about. A key of
 * an operation on a bucket is its prefix, where it has one. Errors: W403_SEMANTIC with a hint. */
w403_status w403_input_operands(w403_cli *cli, bool alone, w403_view partition, w403_request *out, w403_error *err);

/* The operation or action alone, and the resource alone, as above; `first` and `second` in their order. */
w403_status w403_input_name(w403_cli *cli, w403_view name, w403_request *out, w403_error *err);
w403_status w403_input_place(w403_cli *cli, w403_view text, w403_view partition, w403_request *out, w403_error *err);
void w403_input_order(w403_cli *cli, w403_view *first, w403_view *second);

/* Is it a resource, and no operation or action? */
bool w403_looks_like_resource(w403_view v);

#endif

/* Principals by actions on one resource, decided in one call. */
#ifndef W403_CLI_DECIDE_MATRIX_H
#define W403_CLI_DECIDE_MATRIX_H

#include "cli/input.h"

/* {"principals":[..],"actions":[..],"resource":"..", "request":{..}}: every cell a request, what is in common in `request`. Writes
 * {"format":1,..,"cells":[[["denied","deny.bucket-policy"],..],..]} as one line, a row a principal. A cell of which no request can be
 * made is null, and `errors` says why. Errors: of the text, with the place; nothing to judge by. */
W403_NODISCARD w403_status w403_decide_matrix(w403_cli *cli, const w403_input *in, const char *file, w403_buf *out,
                                              w403_error *err);

#endif

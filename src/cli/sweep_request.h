/* What `why403 sweep` asks of every object. */
#ifndef W403_CLI_SWEEP_REQUEST_H
#define W403_CLI_SWEEP_REQUEST_H

#include "cli/cli.h"

/* The request of the command line, asked of a bucket instead of one object. Errors: W403_SEMANTIC. */
W403_NODISCARD w403_status w403_sweep_request(w403_cli *cli, const w403_snapshot *snapshot, w403_request *out, w403_error *err);

#endif

/* One record as evidence, in whatever `why403 logs` reads it from. */
#ifndef W403_CLI_INPUT_RECORD_H
#define W403_CLI_INPUT_RECORD_H

#include "cli/cli.h"
#include "evidence/evidence.h"
#include "logs/record.h"

/* The one record of a file (`-`: of `text`, its content): rows, other packing and envelopes as `logs` reads them. *err comes
 * in as the error of who read the text before, and stays where nothing is found. Errors: that, several records. */
W403_NODISCARD w403_status w403_input_record(w403_cli *cli, const char *path, w403_view text, w403_evidence *out,
                                             w403_error *err);

/* What `logs` would say of the record is odd, as notes of the evidence. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_input_marks(w403_arena *a, const w403_record *r, w403_evidence *out, w403_error *err);

#endif

/* What `logs` and `replay` take: files, and which of their records. */
#ifndef W403_CLI_LOGS_INPUT_H
#define W403_CLI_LOGS_INPUT_H

#include "cli/cli.h"
#include "logs/survey.h"

/* The operands and options; the snapshot and policies are left to the caller. Errors: W403_SEMANTIC, W403_IO. */
w403_status w403_logs_input(w403_cli *cli, w403_survey_options *o, w403_paths *files, w403_error *err);

/* --since or --until: a time, `2d`, `yesterday`; *out stays as it is where the option is not given. */
W403_NODISCARD w403_status w403_logs_bound(const w403_cli *cli, w403_option_id id, w403_instant *out, w403_error *err);

/* Names on stderr what could not be read; was there anything? */
bool w403_logs_say_damage(w403_cli *cli, const w403_log_stats *stats, const w403_error *damage, size_t n);

#endif

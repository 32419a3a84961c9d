/* The commands of the small module, without the texts of help pages: it runs the first two and `version`, and imports the
 * others from its host, which asks the whole module (left-out.txt). */
#include "cli/commands.h"

#define COMMANDS(X) \
    X("explain", EXPLAIN, explain) X("decide", DECIDE, decide) X("inventory", INVENTORY, inventory) X("sweep", SWEEP, sweep) \
    X("logs", LOGS, logs) X("replay", REPLAY, replay) X("runbook", RUNBOOK, runbook) X("who-can", WHO_CAN, who_can) \
    X("what-can", WHAT_CAN, what_can) X("public", PUBLIC, public) X("diff", DIFF, diff) X("check", CHECK, check) \
    X("test", TEST, test) X("lint", LINT, lint) X("version", VERSION, version)

#define ROW(spelling, bits, function) {.name = spelling, .bit = W403_FOR_##bits, .run = w403_cmd_##function},

const w403_command w403_commands[] = {COMMANDS(ROW)};
const size_t       w403_commands_count = sizeof w403_commands / sizeof *w403_commands;

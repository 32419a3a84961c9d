/* The shape of questions as a JSON Schema, out of the table of options: what w403_question_read takes, no more and no less. */
#ifndef W403_DOOR_SCHEMA_H
#define W403_DOOR_SCHEMA_H

#include "cli/commands.h"
#include "json/json.h"

/* The arguments of a tool of `why403 mcp`: a question without `ask`, and `paths`, of files that the user lends. */
void w403_schema_tool(w403_json_writer *w, w403_arena *a, const w403_command *c);
/* Any question: one of those of every command that can be asked. */
void w403_schema_questions(w403_json_writer *w, w403_arena *a);

#endif

/* A question in JSON as what a command takes: its options, its operands, and texts in place of files. */
#ifndef W403_DOOR_QUESTION_H
#define W403_DOOR_QUESTION_H

#include "cli/commands.h"
#include "json/json.h"
#include "snapshot/load.h"

typedef struct w403_question {
    w403_json_doc       doc;
    const w403_command *command;
    w403_args           args;
    W403_ARRAY(w403_named_text) texts;
    W403_ARRAY(w403_file_text) overlay; /* files of the snapshot in place of those that it has */
    w403_view snapshot; /* one of its own; {NULL,0}: the world's */
    w403_view lines;    /* of decide; {NULL,0}: none */
} w403_question;

/* Everything lives in `a` and in `text`. Errors: W403_SYNTAX and W403_SEMANTIC with the place in the question: no `ask`, a
 * command that is not there or asks nothing, a member that it does not take (the hint names the nearest), a wrong type. */
/* The option `--format` of a command that can answer in JSON; W403_OPTIONS when it cannot. */
w403_option_id w403_door_json_option(const w403_command *command);
W403_NODISCARD w403_status w403_question_read(w403_arena *a, w403_view text, w403_question *out, w403_error *err);

/* Can this command be asked; does a question take this option; is it given as a text in place of a file. */
bool w403_question_asks(const w403_command *c);
bool w403_question_takes(w403_option_id id);
bool w403_question_takes_text(w403_option_id id);
/* The member of a question that is this option: `max_boxes`. {NULL,0}: memory is short. */
w403_view w403_question_member(w403_arena *a, w403_option_id id);

#endif

/* The door with texts that did not come in the question (w403_ask in why403.h is the same without). */
#ifndef W403_DOOR_ASK_H
#define W403_DOOR_ASK_H

#include "base/text_set.h"

/* `more` are further `files` of the question, and operands of it where it names none; they must live as long as `arena`. */
W403_NODISCARD w403_status w403_ask_with(const w403_world *world, w403_view question, const w403_text_set *more, w403_arena *arena,
                                         w403_reply *out, w403_error *err);
/* w403_ask_lines on a piece of what is asked: `before` lines were answered already; *bad counts those that were no request. */
W403_NODISCARD w403_status w403_ask_lines_from(const w403_world *world, w403_view question, w403_view lines, uint64_t before,
                                               w403_arena *arena, w403_reply *out, uint64_t *bad, w403_error *err);

#endif

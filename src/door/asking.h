/* One question on its way: read, its snapshot open, the command's options and texts ready. */
#ifndef W403_DOOR_ASKING_H
#define W403_DOOR_ASKING_H

#include "cli/input.h"
#include "door/question.h"
#include "door/world.h"

typedef struct w403_asking {
    const w403_world *world;
    w403_question     question;
    w403_snapshot    *own[2]; /* made for this question: a snapshot that came with it, and what an overlay makes of one */
    w403_problems     loaded, errors, warnings;
    w403_host         host;
    w403_cli          cli;
} w403_asking;

/* `question` and `a` must outlive it; close it in any case. Errors: the question's, those of an overlay. */
W403_NODISCARD w403_status w403_asking_open(w403_asking *k, const w403_world *world, w403_view question, w403_arena *a,
                                            w403_error *err);
void w403_asking_close(w403_asking *k);

#endif

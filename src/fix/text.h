/* Texts that a person takes from a fix, also where somebody else than this room makes one. */
#ifndef W403_FIX_TEXT_H
#define W403_FIX_TEXT_H

#include "base/command.h"

/* Of two documents; `name` is that of the file. {NULL,0}: memory is short. */
w403_view w403_unified_diff(w403_arena *a, w403_view name, w403_view before, w403_view after);
/* The same of policies: where one is all on a line both are laid out, so that what changed can be read. */
w403_view w403_document_diff(w403_arena *a, w403_view name, w403_view before, w403_view after);

#endif

/* The overlay of a question as files of its snapshot. */
#ifndef W403_DOOR_OVERLAY_H
#define W403_DOOR_OVERLAY_H

#include "snapshot/load.h"

/* Texts of `path#/pointer` go into the file that they are a part of, as the snapshot or an earlier text has it: a JSON string
 * where one stood, else the document itself. The others are files as they are. *out has one text a file. Errors: a text that is
 * no JSON, placed in it under that name; W403_NOT_FOUND: no such file, or nothing there. */
W403_NODISCARD w403_status w403_overlay_files(w403_arena *a, const w403_snapshot *base, const w403_file_text *at, size_t n,
                                              const w403_file_text **out, size_t *n_out, w403_error *err);

#endif

/* A command line as words, without a shell: quotes and backslashes mean what they mean to Python's shlex, which is what the
 * aws command reads it with; nothing is expanded. */
#ifndef W403_LIVE_WORDS_H
#define W403_LIVE_WORDS_H

#include "base/array.h"
#include "base/error.h"

typedef W403_ARRAY(w403_view) w403_words; /* each ends in NUL beyond its length */

/* W403_SYNTAX: a quote that is not closed, a backslash at the end, a NUL byte. */
W403_NODISCARD w403_status w403_words_split(w403_arena *a, w403_view text, w403_words *out, w403_error *err);

#endif

/* Splits a command line into words as a POSIX shell does, without expanding anything. */
#ifndef W403_EVIDENCE_SHELL_H
#define W403_EVIDENCE_SHELL_H

#include "base/array.h"
#include "base/error.h"

typedef struct w403_words {
    w403_view *at;
    size_t     n, cap;
} w403_words;

/* Single and double quotes, $'...', backslash escapes, line continuations (also cmd.exe's ^ and PowerShell's `), and
 * comments. Stops at the end of the first command: an unquoted newline, `;`, `|`, `&`, or a redirection. Typographic
 * quotes that stand where a quote should are taken as quotes and *repaired says so (nullable).
 * Errors: W403_SYNTAX with place (a quote that is not closed). */
w403_status w403_shell_split(w403_arena *a, w403_view text, w403_words *out, bool *repaired, w403_error *err);

#endif

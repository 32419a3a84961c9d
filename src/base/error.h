/* Errors are values: code, place, message, hint. "Denied" is never an error. */
#ifndef W403_BASE_ERROR_H
#define W403_BASE_ERROR_H

#include <stdarg.h>

#include "base/arena.h"

/* Propagates a failure as it is. */
#define W403_TRY(expr)                           \
    do {                                         \
        w403_status try_status_ = (expr);        \
        if (try_status_ != W403_OK) {            \
            return try_status_;                  \
        }                                        \
    } while (0)

/* Returns W403_NOMEM with its message unless `cond`. */
#define W403_NEED(cond, err)                     \
    do {                                         \
        if (!(cond)) {                           \
            return w403_error_nomem(err);        \
        }                                        \
    } while (0)

/* Fills *err (nullable) and returns `code`. Message: lower case, user text in backticks, no full stop. The
 * arguments may point into *err: a message can be put into a longer one. */
w403_status w403_error_set(w403_error *err, w403_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
w403_status w403_error_setv(w403_error *err, w403_status code, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
w403_status w403_error_nomem(w403_error *err);
void        w403_error_hint(w403_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Where it is wrong: name of the source, byte span in `text`; line and column (both from 1, the column in
 * bytes) are computed from `text`. */
void w403_error_place(w403_error *err, w403_view source, w403_view text, size_t offset, size_t length);

/* Line and column of a byte offset, both from 1. O(offset). */
void w403_line_column(w403_view text, size_t offset, uint32_t *line, uint32_t *column);

/* The same for many offsets of one text, most of them in ascending order: counting goes on from the last one. Starts
 * as {0}; another text, or an offset before the last one, begins anew. */
typedef struct w403_lines {
    w403_view text;
    size_t    at, start; /* the last offset asked for, and where its line begins */
    uint32_t  line;
} w403_lines;

void w403_lines_find(w403_lines *l, w403_view text, size_t offset, uint32_t *line, uint32_t *column);

/* Every problem of a load, in order, not only the first. Warnings do not make a load fail. */
typedef struct w403_problem {
    bool       warning;
    w403_error error;
} w403_problem;

typedef struct w403_problems {
    w403_arena   *arena;
    w403_problem *at;
    size_t        n, cap;
    size_t        errors;  /* how many are no warnings, dropped ones too */
    size_t        warnings; /* of n, how many are */
    size_t        dropped; /* beyond limits.problems */
    bool          full;    /* of a list that is added to another, which keeps no more warnings: they are only counted */
} w403_problems;

/* Where there is no room, an error takes the place of the last warning: what made a load fail is always told. */
void w403_problems_add(w403_problems *ps, bool warning, const w403_error *err);
/* Would one more be kept? What is costly to find out about it need not be found if not. */
bool w403_problems_take(const w403_problems *ps, bool warning);
/* The first error of `ps` to *err; W403_NOMEM when there was no memory to keep one. Of a list that has errors. */
w403_status w403_problems_first(const w403_problems *ps, w403_error *err);

#endif

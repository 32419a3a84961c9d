/* A filter over lines: read from a descriptor, worked on by several threads, written in order. Constant memory: as
 * many blocks are in flight as there are buffers, then reading waits (back-pressure). */
#ifndef W403_CLI_LINES_H
#define W403_CLI_LINES_H

#include <signal.h>

#include "cli/cli.h"

enum {
    W403_LINE_BYTES = 16 << 20, /* a longer line is not read whole: the worker is told so */
    W403_LINES_JOBS = 256
};

typedef struct w403_line {
    w403_view text;  /* without its newline; of an over-long line only the beginning */
    uint64_t number; /* from 1 */
    bool too_long;
} w403_line;

typedef struct w403_lines_work {
    void *(*thread_new)(void *user); /* state of one thread; NULL: memory short */
    void (*thread_free)(void *state);
    /* Appends what the line becomes to `out`. False: stop after this line (nothing behind it is worked on). */
    bool (*line)(void *state, const w403_line *line, w403_buf *out);
    void *user;
} w403_lines_work;

typedef struct w403_lines_result {
    uint64_t lines;
    bool stopped;     /* a worker asked for it */
    bool interrupted; /* *interrupt became true */
} w403_lines_result;

/* Reads `in` to its end. What is complete is written before a read that would block, so that a filter answers at
 * once. interrupt (nullable) is looked at between blocks. Errors: W403_IO (reading), W403_NOMEM. A reader of stdout
 * that has gone away ends it silently (cli->broken). */
w403_status w403_lines_run(w403_cli *cli, int in, unsigned jobs, const w403_lines_work *work,
                           const volatile sig_atomic_t *interrupt, bool quiet, const char *unit,
                           w403_lines_result *out, w403_error *err);

#endif

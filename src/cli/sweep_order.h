/* What several threads have to say of the files that they read, in the order of the files. The file whose turn it is
 * speaks at once; what others say is kept until then, and who has too much to keep waits. */
#ifndef W403_CLI_SWEEP_ORDER_H
#define W403_CLI_SWEEP_ORDER_H

#include <pthread.h>

#include "base/buf.h"
#include "base/error.h"

typedef struct w403_spoken { /* by one file */
    w403_buf list;
    w403_error *problems;
    size_t n_problems, cap;
    unsigned rows; /* of the problems, malformed rows */
    bool done;
} w403_spoken;

typedef struct w403_order {
    w403_spoken *files;
    size_t n, turn;
    size_t kept; /* bytes, of all files whose turn has not come */
    bool open;   /* nobody waits any more */
    bool failed; /* stdout is gone, or memory is short */
    unsigned told; /* malformed rows that were told, of all files */
    pthread_mutex_t lock;
    pthread_cond_t turned;
    bool (*list)(void *user, w403_buf *text); /* writes and empties it; false: it cannot */
    void (*problem)(void *user, const w403_error *problem);
    void *user; /* both are called by one thread at a time, in order */
} w403_order;

enum { W403_ORDER_ROWS = 20 }; /* malformed rows that are told, in all */

bool w403_order_open(w403_order *o, w403_arena *a, size_t n_files);
void w403_order_close(w403_order *o);

/* Of file `at`, by the thread that reads it. False: nothing more can be written. */
bool w403_order_list(w403_order *o, size_t at, w403_buf *text); /* takes the bytes, and empties it */
void w403_order_problem(w403_order *o, size_t at, const w403_error *problem);
/* The file is read; the next ones that are may speak. */
void w403_order_done(w403_order *o, size_t at);
/* Nobody is to wait (somebody stopped); what is kept is said by w403_order_rest when all threads have ended. */
void w403_order_release(w403_order *o);
void w403_order_rest(w403_order *o);

#endif

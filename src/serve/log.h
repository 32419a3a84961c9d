/* The log: one JSON object a line on standard error. Never headers, query values, bodies or tokens. */
#ifndef W403_SERVE_LOG_H
#define W403_SERVE_LOG_H

#include <pthread.h>

#include "base/error.h"

typedef enum w403_log_names { W403_LOG_PLAIN, W403_LOG_HASHED, W403_LOG_NONE } w403_log_names;

enum { W403_LOG_KINDS = 32, W403_LOG_A_MINUTE = 100 };

typedef struct w403_log {
    int             fd;
    bool            quiet;  /* no decisions */
    w403_log_names  names;
    pthread_mutex_t lock;
    struct { char text[64]; uint64_t minute; unsigned n; } kinds[W403_LOG_KINDS]; /* of errors, so that no flood drowns the rest */
} w403_log;

typedef struct w403_log_decision {
    bool        made;
    const char *protocol;
    const char *decision, *cause;        /* words of closed lists */
    w403_view   action, resource, principal;
    uint64_t    generation;
} w403_log_decision;

void w403_log_open(w403_log *l, int fd, bool quiet, w403_log_names names);
void w403_log_close(w403_log *l);
void w403_log_put_decision(w403_log *l, w403_view id, const w403_log_decision *d, uint64_t us);
/* level: "info", "warning", "error"; `what` of a closed list; detail may hold anything. */
void w403_log_put(w403_log *l, const char *level, const char *what, w403_view detail);

#endif

/* Is a snapshot being changed? */
#ifndef W403_SERVE_WATCH_H
#define W403_SERVE_WATCH_H

#include "serve/server.h"

typedef struct w403_folder_watch {
    int      fd;         /* of inotify; -1: nothing is watched */
    bool     single;     /* the snapshot is one file */
    bool     changed;
    uint64_t changed_ns; /* when something changed last */
    char    *path;
    char    *name;       /* of the one file, in its folder */
    W403_ARRAY(char *) folders; /* by watch descriptor */
    w403_arena *arena;
} w403_folder_watch;

/* NULL: there is nothing to watch. Where it cannot be watched, SIGHUP is left. */
void w403_folder_watch_open(w403_folder_watch *w, const char *path);
void w403_folder_watch_close(w403_folder_watch *w);
/* How long to sleep until a change has settled, in ms; -1: nothing has changed. */
int  w403_folder_watch_waits(const w403_folder_watch *w, int quiet_ms);
/* Reads what came; true once after each change that has settled. */
bool w403_folder_watch_settled(w403_folder_watch *w, bool readable, int quiet_ms);

#endif

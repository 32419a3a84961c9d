/* Of the scanner: where it is, and how it starts over after damage (trail_resync.c). */
#ifndef W403_LOGS_TRAIL_STATE_H
#define W403_LOGS_TRAIL_STATE_H

#include "logs/trail_block.h"
#include "logs/trail_glance.h"

enum {
    W403_LEVEL_DOCUMENT = 1, /* an object at this depth is an item: a document of its own */
    W403_LEVEL_ARRAY = 2,    /* items of a top-level array */
    W403_LEVEL_LIST = 3,     /* items of a list inside a document */
    W403_LEVEL_NOWHERE = INT32_MAX, /* behind that list: nothing in this document is an item */

    W403_LOOK_AHEAD = 64, /* bytes that are there behind any byte looked at, unless the input ends */
    W403_LOOK_BACK = 64,

    W403_SCAN_BLOCKS = 32, /* looked at in one go */
};
/* Quoted names that only the beginning of a file or an event has right behind its brace. */
#define W403_RECORDS       W403_LIT("\"Records\"")
#define W403_EVENT_VERSION W403_LIT("\"eventVersion\"")

typedef enum w403_scan_state { W403_SCAN_SCANNING, W403_SCAN_LOST, W403_SCAN_AT_TEXT } w403_scan_state;

typedef struct w403_scan {
    w403_window           *w;
    const w403_trail_sink *sink;
    w403_scan_state        state;
    size_t   pos;       /* index in w->buf of the next byte to look at; the three below are such too */
    size_t   start;     /* of the open item */
    size_t   gap;       /* end of the item before, or of the bracket */
    size_t   mark;      /* inside the open item, where another event seems to begin; 0: nowhere */
    int32_t  depth, level;
    bool     open;      /* an item is open */
    bool     square;    /* it began with `[` */
    bool     first;     /* no comma is due before the next item */
    bool     dropping;  /* the open item was given up: only its end is of interest */
    bool     backslash; /* seen in the open item, or in the block it began in */
    bool     block_backslash;
    bool     twice;     /* a member that we glance at was seen twice */
    uint32_t at[W403_GLANCE_MEMBERS]; /* offsets from start */
    uint64_t rescanned;
    w403_block_state read; /* at the end of the blocks */
    w403_block       blocks[W403_SCAN_BLOCKS];
    size_t           block, n_blocks; /* the one at pos, and how many were read */
} w403_scan;

static inline bool w403_scan_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Counts buf[from..to) as one damaged record. */
void w403_scan_report(const w403_scan *s, size_t from, size_t to, const char *what);
/* Does the object at buf[at] begin with this quoted name? */
bool w403_scan_begins_with(const w403_scan *s, size_t at, w403_view name);

/* Goes on at buf[at], which stands outside strings. */
void w403_scan_jump(w403_scan *s, size_t at);
/* Continues at buf[at], which begins an item if anything does. */
void w403_scan_restart(w403_scan *s, size_t at);
/* Whoever reads lines takes over at buf[at]. */
void w403_scan_leave(w403_scan *s, size_t at);
/* Nothing from buf[from] on can be trusted: w403_scan_find_again looks for the next place that can be. */
void w403_scan_get_lost(w403_scan *s, size_t from);
void w403_scan_find_again(w403_scan *s);
/* The open item is no good: [start, to) was taken for it. Resumes where it holds the beginning of another event, if
 * it does and we have not read this too often. */
bool w403_scan_resume_inside(w403_scan *s, size_t to);

#endif

/* Of the scanner: which members of an event it glances at, and how. */
#ifndef W403_LOGS_TRAIL_GLANCE_H
#define W403_LOGS_TRAIL_GLANCE_H

#include "logs/trail_scan.h"

enum { W403_GLANCE_MEMBERS = 6 };

/* Number of the member whose quoted name begins at p[0] (a quote; 16 bytes are readable), -1 for any other. */
int w403_glance_member(const char *p);

/* Fills the views of *g out of g->raw. at[i]: offset of the opening quote of member i's name, 0: not seen. */
void w403_glance_fill(w403_glance *g, const uint32_t at[W403_GLANCE_MEMBERS]);

#endif

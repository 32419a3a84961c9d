/* The module is opened when a command first needs the network. */
#ifndef W403_LIVE_LOAD_H
#define W403_LIVE_LOAD_H

#include "live/live.h"

/* From the file that the variable WHY403_LIVE_MODULE names, else from beside the program as it was built, else from where it
 * was installed. W403_NOT_FOUND, with what to install; W403_SEMANTIC: it is of another version. It stays open. */
W403_NODISCARD w403_status w403_live_load(const w403_live **out, w403_error *err);

#endif

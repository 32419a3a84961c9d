/* What the program finds when it opens the module. */
#include "live/engine.h"

__attribute__((visibility("default"))) const w403_live *w403_live_module(void)
{
    static const w403_live module = {.abi = W403_LIVE_ABI,
                                     .open = w403_session_open,
                                     .add = w403_session_add,
                                     .run = w403_session_run,
                                     .stop = w403_session_stop,
                                     .count = w403_session_count,
                                     .origin = w403_session_origin,
                                     .close = w403_session_close};
    return &module;
}

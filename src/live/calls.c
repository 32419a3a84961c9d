/* Looking rows up. There are under a hundred, and who looks one up keeps its number. */
#include "live/calls.h"

unsigned w403_call_find(w403_view service, w403_view operation)
{
    for (unsigned i = 0; i < W403_CALL_COUNT; i++) {
        if (w403_view_eq(w403_view_of(w403_calls[i].operation), operation) &&
            w403_view_eq(w403_view_of(w403_calls[i].service), service)) {
            return i;
        }
    }
    return W403_CALL_COUNT;
}

bool w403_call_not_configured(unsigned row, w403_view code)
{
    if (row >= W403_CALL_COUNT) {
        return false;
    }
    for (const char *const *known = w403_calls[row].not_configured; *known; known++) {
        if (w403_view_eq(w403_view_of(*known), code)) {
            return true;
        }
    }
    return false;
}

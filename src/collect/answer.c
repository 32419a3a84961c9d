#include "collect/answer.h"

#include "catalog/catalog.h"
#include "live/calls.h"
#include "live/retry.h"

w403_meaning w403_meaning_of(unsigned row, w403_view code)
{
    if (!code.n) {
        return W403_MEANS_KNOWN;
    }
    if (w403_call_not_configured(row, code)) {
        return W403_MEANS_NOT_CONFIGURED;
    }
    return row < W403_CALL_COUNT && w403_calls[row].service_id == W403_SERVICE_S3 &&
                   w403_view_eq(code, W403_LIT("NoSuchBucket"))
               ? W403_MEANS_GONE
               : W403_MEANS_UNKNOWN;
}

bool w403_code_refuses(w403_view code)
{
    return w403_list_has(W403_LIST_CALL_REFUSED, code);
}

bool w403_code_passes(w403_view code)
{
    return w403_view_starts(code, W403_LIT("why403.")) || w403_retry_of(code, 0) != W403_RETRY_NEVER;
}

bool w403_code_is_of_credentials(w403_view code)
{
    switch (w403_retry_of(code, 0)) {
    case W403_RETRY_EXPIRED:
    case W403_RETRY_CLOCK:
    case W403_RETRY_REGION_OFF:
        return true;
    case W403_RETRY_NEVER:
    case W403_RETRY_TRANSIENT:
    case W403_RETRY_THROTTLED:
    case W403_RETRY_REGION:
    case W403_RETRY_TOKEN:
        return false;
    }
    return false;
}

bool w403_code_region_off(w403_view code)
{
    return w403_retry_of(code, 0) == W403_RETRY_REGION_OFF;
}

#include "logs/fate.h"

const char *w403_fate_about(w403_fate f)
{
    static const char *const about[W403_FATES] = {
        [W403_FATE_WORKED] = "",
        [W403_FATE_DENIED] = "",
        [W403_FATE_REDIRECT] = "it went to the wrong endpoint, Region or bucket",
        [W403_FATE_BEFORE] = "it was refused before any policy was asked",
        [W403_FATE_UNTOLD] = "it failed, and the log does not say whether it had been permitted",
        [W403_FATE_NOBODY] = "S3 did it by itself: no policy is asked",
    };
    return f < W403_FATES ? about[f] : "";
}

/* AWS's way to name what is not there; a code of this form that is in no table. */
static bool names_what_is_missing(w403_view code)
{
    static const char *const ENDS[] = {"NotFound", "NotFoundError", "NotFoundException"};
    bool missing = w403_view_starts(code, W403_LIT("NoSuch"));
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        missing |= w403_view_ends(code, w403_view_of(ENDS[i]));
    }
    return missing;
}

static w403_fate fate_of_code(const w403_record *r, const w403_code *code)
{
    switch ((w403_stage)code->stage) {
    case W403_STAGE_AFTER:
        return W403_FATE_WORKED;
    case W403_STAGE_POLICY:
        return r->status == 403 || code->status == 403 ? W403_FATE_DENIED : W403_FATE_UNTOLD;
    case W403_STAGE_BEFORE:
        return W403_FATE_BEFORE;
    case W403_STAGE_ELSEWHERE:
        return W403_FATE_REDIRECT;
    case W403_STAGE_UNKNOWN:
        break;
    }
    return r->status == 403 ? W403_FATE_DENIED : W403_FATE_UNTOLD;
}

/* An answer without a code that is known. 404 is S3's only to those who may list (S3 4.7). */
static w403_fate fate_of_status(const w403_record *r)
{
    switch (r->status) {
    case 0:
        return r->error_code.n == 0 || names_what_is_missing(r->error_code) ? W403_FATE_WORKED : W403_FATE_UNTOLD;
    case 304:
    case 404:
    case 405:
    case 409:
    case 412:
    case 416:
        return W403_FATE_WORKED;
    case 403:
        return W403_FATE_DENIED;
    default:
        return r->status >= 200 && r->status < 300   ? W403_FATE_WORKED
               : r->status >= 300 && r->status < 400 ? W403_FATE_REDIRECT
                                                     : W403_FATE_UNTOLD;
    }
}

w403_fate w403_record_fate(const w403_record *r)
{
    bool line = r->form != W403_LOG_TRAIL;
    if (line && w403_view_starts(r->operation, W403_LIT("S3."))) {
        return W403_FATE_NOBODY;
    }
    if (line && r->status >= 200 && r->status < 300) {
        return W403_FATE_WORKED;
    }
    const w403_code *code = r->error_code.n ? w403_code_find(r->error_code) : NULL;
    return code ? fate_of_code(r, code) : fate_of_status(r);
}

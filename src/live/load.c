#include "live/load.h"

#include "base/module.h"

w403_status w403_live_load(const w403_live **out, w403_error *err)
{
    static const w403_module module = {
        .what = "the module that calls AWS",
        .variable = "WHY403_LIVE_MODULE",
        .beside = "src/live/live.so",
        .installed = W403_LIVE_MODULE_PATH,
        .entry = "w403_live_module",
        .abi = W403_LIVE_ABI,
        .hint = "it is part of why403: build it with libcurl4-openssl-dev, libssl-dev and libexpat1-dev (meson's option live), or "
                "install libcurl4, libssl3 and libexpat1 beside it; every other command works without it",
    };
    static const w403_live *loaded;
    const void             *found = loaded;
    w403_status             status = loaded ? W403_OK : w403_module_open(&module, &found, err);
    *out = loaded = found;
    return status;
}

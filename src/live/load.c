#include "live/load.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* build/why403 has build/src/live/live.so: a program that was not installed takes the module it was built with. */
static const char *beside_the_program(char path[static PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (n <= 0) {
        return NULL;
    }
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) + sizeof "/src/live/live.so" > PATH_MAX) {
        return NULL;
    }
    memcpy(slash, "/src/live/live.so", sizeof "/src/live/live.so");
    return access(path, R_OK) == 0 ? path : NULL;
}

static w403_status absent(const char *path, const char *why, w403_error *err)
{
    (void)w403_error_set(err, W403_NOT_FOUND, "the module that calls AWS could not be opened: %s", why ? why : path);
    w403_error_hint(err, "it is part of why403: build it with libcurl4-openssl-dev, libssl-dev and libexpat1-dev "
                         "(meson's option live), or install libcurl4, libssl3 and libexpat1 beside it; every other command "
                         "works without it");
    return W403_NOT_FOUND;
}

w403_status w403_live_load(const w403_live **out, w403_error *err)
{
    static const w403_live *loaded;
    char                    beside[PATH_MAX];
    const char             *path = secure_getenv("WHY403_LIVE_MODULE");
    *out = loaded;
    if (loaded) {
        return W403_OK;
    }
    path = path && *path ? path : beside_the_program(beside);
    path = path ? path : W403_LIVE_MODULE_PATH;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return absent(path, dlerror(), err);
    }
    const w403_live *(*module)(void) = NULL;
    *(void **)&module = dlsym(handle, "w403_live_module");
    if (!module || module()->abi != W403_LIVE_ABI) {
        (void)dlclose(handle);
        return w403_error_set(err, W403_SEMANTIC, "`%s` is not the module of this version of why403", path);
    }
    *out = loaded = module();
    return W403_OK;
}

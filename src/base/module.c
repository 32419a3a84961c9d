#include "base/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* build/why403 has build/src/live/live.so: a program that was not installed takes the module it was built with. */
static const char *beside_the_program(const char *name, char path[static PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (n <= 0) {
        return NULL;
    }
    path[n] = '\0';
    char  *slash = strrchr(path, '/');
    size_t size = strlen(name) + 1;
    if (!slash || (size_t)(slash + 1 - path) + size > PATH_MAX) {
        return NULL;
    }
    memcpy(slash + 1, name, size);
    return access(path, R_OK) == 0 ? path : NULL;
}

static w403_status absent(const w403_module *m, const char *path, const char *why, w403_error *err)
{
    (void)w403_error_set(err, W403_NOT_FOUND, "%s could not be opened: %s", m->what, why ? why : path);
    w403_error_hint(err, "%s", m->hint);
    return W403_NOT_FOUND;
}

w403_status w403_module_open(const w403_module *m, const void **out, w403_error *err)
{
    char        beside[PATH_MAX];
    const char *path = secure_getenv(m->variable);
    *out = NULL;
    path = path && *path ? path : beside_the_program(m->beside, beside);
    path = path ? path : m->installed;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return absent(m, path, dlerror(), err);
    }
    const void *(*entry)(void) = NULL;
    *(void **)&entry = dlsym(handle, m->entry);
    const unsigned *abi = entry ? entry() : NULL;
    if (!abi || *abi != m->abi) {
        (void)dlclose(handle);
        return w403_error_set(err, W403_SEMANTIC, "`%s` is not the module of this version of why403", path);
    }
    *out = abi;
    return W403_OK;
}

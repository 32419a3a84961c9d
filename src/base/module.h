/* Parts of the program that lie in files of their own, with the libraries that they need: opened when they are first used. */
#ifndef W403_BASE_MODULE_H
#define W403_BASE_MODULE_H

#include "base/error.h"

typedef struct w403_module {
    const char *what;      /* "the module that calls AWS" */
    const char *variable;  /* of the environment: a file in place of the installed one */
    const char *beside;    /* of a program that was not installed: below the folder that it lies in */
    const char *installed;
    const char *entry;     /* its function: const void *f(void); what it gives begins with an `unsigned abi` */
    unsigned    abi;
    const char *hint;      /* what to install */
} w403_module;

/* W403_NOT_FOUND, with what to install; W403_SEMANTIC: it is of another version. It stays open. */
W403_NODISCARD w403_status w403_module_open(const w403_module *m, const void **out, w403_error *err);

#endif

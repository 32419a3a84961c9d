/* Snapshots out of what other tools know. Each call gives the text of a snapshot in one file, for w403_snapshot_parse; it
 * lives in the arena. What the source leaves open is unknown there, and each such thing is told to `tell`. */
#ifndef W403_SOURCES_SOURCES_H
#define W403_SOURCES_SOURCES_H

#include "base/error.h"

typedef struct w403_source_options {
    w403_view        account;    /* that the resources are of; {NULL,0}: the source must say it */
    const w403_view *parameters; /* NAME=VALUE, of a template */
    size_t           n_parameters;
    bool             yaml;       /* the file's name says YAML */
    void (*tell)(void *user, const char *sentence); /* may be NULL */
    void            *user;
} w403_source_options;

/* `terraform show -json` of a plan or of a state. Errors: W403_SYNTAX, W403_SEMANTIC (no plan; no account), W403_NOMEM. */
W403_NODISCARD w403_status w403_source_terraform(w403_arena *a, w403_view name, w403_view text, const w403_source_options *o,
                                                 w403_view *out, w403_error *err);
/* A template, JSON or YAML. */
W403_NODISCARD w403_status w403_source_cloudformation(w403_arena *a, w403_view name, w403_view text,
                                                      const w403_source_options *o, w403_view *out, w403_error *err);
/* The folder that iam-collect wrote, or one above its `accounts`. Errors: W403_IO too. */
W403_NODISCARD w403_status w403_source_iam_collect(w403_arena *a, const char *folder, const w403_source_options *o,
                                                   w403_view *out, w403_error *err);

#endif

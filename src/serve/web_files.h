/* The files of the page, as they were built into the module; none, where the page was not built. */
#ifndef W403_SERVE_WEB_FILES_H
#define W403_SERVE_WEB_FILES_H

#include <stddef.h>

typedef struct w403_web_file {
    const char          *path; /* as in the URL: "/", "/assets/index-3f2a1b.js" */
    const char          *type; /* "text/html; charset=utf-8" */
    const unsigned char *gzip; /* packed; NULL: what packing does not shrink */
    size_t               gzip_n;
    const unsigned char *plain; /* NULL: packed only */
    size_t               plain_n;
} w403_web_file;

extern const w403_web_file w403_web_files[];
extern const size_t        w403_web_files_n;

#endif

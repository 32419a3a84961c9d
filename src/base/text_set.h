/* Texts that stand for files: what is named is looked for among them before it is looked for in the file system. A
 * program that embeds the engine gives everything so, and then nothing else is opened. */
#ifndef W403_BASE_TEXT_SET_H
#define W403_BASE_TEXT_SET_H

#include "base/file.h"
#include "base/stream.h"

typedef struct w403_named_text {
    w403_view name, text;
} w403_named_text;

typedef struct w403_text_set {
    const w403_named_text *at;
    size_t                 n;
    bool                   sealed; /* a name that is not among them is an error: no file, no standard input */
} w403_text_set;

/* NULL: not among them. `texts` may be NULL in all of these: then there are files alone. */
const w403_named_text *w403_text_set_find(const w403_text_set *texts, w403_view name);
/* Is it a folder of the file system that may be looked into? */
bool w403_text_set_is_directory(const w403_text_set *texts, const char *path);
/* As w403_file_read, w403_stream_open, w403_file_list. Errors of a sealed set: W403_IO. */
W403_NODISCARD w403_status w403_text_set_read(const w403_text_set *texts, w403_arena *a, const char *path, w403_view *out,
                                           w403_error *err);
W403_NODISCARD w403_status w403_text_set_open(const w403_text_set *texts, const char *path, w403_stream **out,
                                           w403_error *err);
W403_NODISCARD w403_status w403_text_set_list(const w403_text_set *texts, w403_arena *a, const char *root, w403_listing *out,
                                           w403_error *err);
/* W403_IO: `path` is not among the texts, and nothing else may be opened. */
w403_status w403_text_set_missing(const char *path, w403_error *err);

#endif

#include "base/text_set.h"

const w403_named_text *w403_text_set_find(const w403_text_set *texts, w403_view name)
{
    for (size_t i = 0; texts && i < texts->n; i++) {
        if (w403_view_eq(texts->at[i].name, name)) {
            return &texts->at[i];
        }
    }
    return NULL;
}

w403_status w403_text_set_missing(const char *path, w403_error *err)
{
    w403_status status = w403_error_set(err, W403_IO, "`%.300s` is not among the texts that were given", path);
    w403_error_hint(err, "nothing is read from files here: give the text itself");
    return status;
}

static bool is_sealed(const w403_text_set *texts)
{
    return texts && texts->sealed;
}

bool w403_text_set_is_directory(const w403_text_set *texts, const char *path)
{
    return !is_sealed(texts) && !w403_text_set_find(texts, w403_view_of(path)) && w403_is_directory(path);
}

w403_status w403_text_set_read(const w403_text_set *texts, w403_arena *a, const char *path, w403_view *out, w403_error *err)
{
    const w403_named_text *found = w403_text_set_find(texts, w403_view_of(path));
    if (found) {
        *out = w403_arena_copy(a, found->text); /* as of a file: it ends in NUL and belongs to the question */
        W403_NEED(out->p, err);
        return W403_OK;
    }
    return is_sealed(texts) ? w403_text_set_missing(path, err) : w403_file_read(a, path, out, err);
}

w403_status w403_text_set_open(const w403_text_set *texts, const char *path, w403_stream **out, w403_error *err)
{
    const w403_named_text *found = w403_text_set_find(texts, w403_view_of(path));
    if (found) {
        return w403_stream_open_text(path, found->text, out, err);
    }
    return is_sealed(texts) ? w403_text_set_missing(path, err) : w403_stream_open(path, out, err);
}

w403_status w403_text_set_list(const w403_text_set *texts, w403_arena *a, const char *root, w403_listing *out, w403_error *err)
{
    return is_sealed(texts) ? w403_text_set_missing(root, err) : w403_file_list(a, root, out, err);
}

#include "door/overlay.h"

#include "base/array.h"
#include "base/buf.h"

typedef struct overlay {
    w403_arena *a;
    const w403_snapshot *base;
    W403_ARRAY(w403_file_text) files;
    w403_error *err;
} overlay;

/* The text of a file so far; NULL: there is none. */
static w403_file_text *file_of(overlay *o, w403_view path)
{
    for (size_t i = 0; i < o->files.n; i++) {
        if (w403_view_eq(o->files.at[i].path, path)) {
            return &o->files.at[i];
        }
    }
    const w403_json_doc *doc = w403_map_get(&o->base->files, path);
    w403_file_text *f = doc ? W403_PUSH(o->a, &o->files) : NULL;
    if (f) {
        *f = (w403_file_text){.path = path, .text = doc->text};
    }
    return f;
}

static w403_status quoted(overlay *o, w403_view text, w403_view *out)
{
    w403_buf buf = {0};
    w403_json_writer w;
    w403_jw_init(&w, &buf, false);
    w403_jw_str(&w, text);
    *out = w403_buf_ok(&buf) ? w403_arena_copy(o->a, w403_buf_view(&buf)) : (w403_view){NULL, 0};
    w403_buf_free(&buf);
    W403_NEED(out->p, o->err);
    return W403_OK;
}

/* The bucket policy of a bucket that had none. */
static w403_status new_policy(overlay *o, w403_file_text *f, w403_view path, w403_view text)
{
    f = f ? f : W403_PUSH(o->a, &o->files);
    W403_NEED(f, o->err);
    *f = (w403_file_text){.path = path, .text = w403_arena_printf(o->a, "{\"Policy\": %.*s}", W403_ARG(text))};
    W403_NEED(f->text.p, o->err);
    return W403_OK;
}

static w403_status put(overlay *o, const w403_file_text *part, size_t hash)
{
    w403_view path = w403_view_sub(part->path, 0, hash), pointer = w403_view_sub(part->path, hash + 1, part->path.n), text = part->text;
    w403_file_text *f = file_of(o, path);
    w403_json_doc doc = {.root = NULL}, mine;
    W403_TRY(w403_json_parse(o->a, part->path, text, NULL, &mine, NULL, o->err)); /* said where it was written */
    if (f) {
        W403_TRY(w403_json_parse(o->a, path, f->text, NULL, &doc, NULL, o->err));
    }
    const w403_json *value = doc.root ? w403_json_at(&doc, pointer) : NULL;
    if (!value && w403_view_eq(pointer, W403_LIT("/Policy")) && w403_view_ends(path, W403_LIT("/policy.json"))) {
        return new_policy(o, f, path, text); /* there was none */
    }
    if (!f) {
        return w403_error_set(o->err, W403_NOT_FOUND, "`overlay`: the snapshot has no file `%.*s`", W403_CUT(path));
    }
    if (!value) {
        return w403_error_set(o->err, W403_NOT_FOUND, "`overlay`: there is nothing at `%.*s` of `%.*s`", W403_CUT(pointer), W403_CUT(path));
    }
    if (value->type == W403_JSON_STRING && mine.root->type != W403_JSON_STRING) {
        W403_TRY(quoted(o, text, &text));
    }
    size_t at = value->span.off, end = at + value->span.len;
    f->text = w403_arena_printf(o->a, "%.*s%.*s%.*s", W403_ARG(w403_view_sub(f->text, 0, at)), W403_ARG(text),
                                W403_ARG(w403_view_sub(f->text, end, f->text.n)));
    W403_NEED(f->text.p, o->err);
    return W403_OK;
}

w403_status w403_overlay_files(w403_arena *a, const w403_snapshot *base, const w403_file_text *at, size_t n,
                               const w403_file_text **out, size_t *n_out, w403_error *err)
{
    overlay o = {.a = a, .base = base, .err = err};
    for (int parts = 0; parts < 2; parts++) { /* files first: parts go into what they hold */
        for (size_t i = 0; i < n; i++) {
            size_t hash = w403_view_find(at[i].path, W403_LIT("#/"));
            if (hash != SIZE_MAX && parts) {
                W403_TRY(put(&o, &at[i], hash));
            } else if (hash == SIZE_MAX && !parts) {
                w403_file_text *f = W403_PUSH(a, &o.files);
                W403_NEED(f, err);
                *f = at[i];
            }
        }
    }
    *out = o.files.at;
    *n_out = o.files.n;
    return W403_OK;
}

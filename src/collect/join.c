#include "collect/join.h"

#include <errno.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "collect/compose.h"

enum { KEPT_IN_MEMORY = 1 << 18 };

typedef struct member {
    w403_view name;
    bool      list, any; /* an element was there */
    w403_buf  text;      /* of a list: elements that are not in the spool yet */
    int       spool;     /* -1: none */
} member;

struct w403_join {
    w403_arena  *arena; /* names */
    w403_arena  *scratch;
    w403_folder *folder;
    w403_view    path, without;
    W403_ARRAY(member) members;
};

w403_status w403_join_open(w403_folder *folder, w403_view path, w403_view without, w403_join **out, w403_error *err)
{
    w403_arena *a = w403_arena_new(0);
    w403_join  *j = a ? W403_NEW(a, w403_join) : NULL;
    *out = NULL;
    if (!j) {
        w403_arena_free(a);
        return w403_error_nomem(err);
    }
    *j = (w403_join){.arena = a, .scratch = w403_arena_new(0), .folder = folder, .without = without};
    j->path = w403_arena_copy(a, path);
    *out = j;
    W403_NEED(j->scratch && j->path.p, err);
    return W403_OK;
}

void w403_join_close(w403_join *j)
{
    for (size_t i = 0; j && i < j->members.n; i++) {
        w403_buf_free(&j->members.at[i].text);
        if (j->members.at[i].spool >= 0) {
            close(j->members.at[i].spool);
        }
    }
    if (j) {
        w403_arena_free(j->scratch);
        w403_arena_free(j->arena);
    }
}

static member *member_of(w403_join *j, const w403_json *v)
{
    for (size_t i = 0; i < j->members.n; i++) {
        if (w403_view_eq(j->members.at[i].name, v->key)) {
            return &j->members.at[i];
        }
    }
    member *m = W403_PUSH(j->arena, &j->members);
    if (m) {
        *m = (member){.name = w403_arena_copy(j->arena, v->key), .list = v->type == W403_JSON_ARRAY, .spool = -1};
    }
    return m && (m->name.p || !v->key.n) ? m : NULL;
}

static w403_status spill(w403_join *j, member *m, w403_error *err)
{
    if (m->spool < 0) {
        W403_TRY(w403_folder_spool(j->folder, j->path, &m->spool, err));
    }
    w403_view text = w403_buf_view(&m->text);
    while (text.n) {
        ssize_t n = write(m->spool, text.p, text.n);
        if (n < 0 && errno != EINTR) {
            return w403_io_error(err, "write", j->path.p, errno);
        }
        text = n > 0 ? w403_view_sub(text, (size_t)n, text.n) : text;
    }
    w403_buf_clear(&m->text);
    return W403_OK;
}

static w403_status add(w403_join *j, const w403_json_doc *doc, const w403_json *v, w403_error *err)
{
    member   *m = member_of(j, v);
    w403_view text = w403_view_sub(doc->text, v->span.off, v->span.off + v->span.len);
    W403_NEED(m, err);
    if (!m->list) {
        if (!m->text.n) {
            w403_compose_value(&m->text, text, 1, j->without);
        }
    } else if (v->type == W403_JSON_ARRAY && v->count) {
        w403_compose_elements(&m->text, text, 2, m->any, j->without);
        m->any = true;
    }
    W403_NEED(w403_buf_ok(&m->text), err);
    return m->list && j->folder && m->text.n > KEPT_IN_MEMORY ? spill(j, m, err) : W403_OK;
}

w403_status w403_join_page(w403_join *j, w403_view json, w403_error *err)
{
    w403_json_doc     doc = {0};
    w403_arena       *below = w403_arena_new(0);
    w403_json_options opt = {.below = below};
    w403_status st =
        below ? w403_json_parse(j->scratch, j->path, json, &opt, &doc, NULL, err) : w403_error_nomem(err);
    if (st == W403_OK && doc.root->type != W403_JSON_OBJECT) {
        st = w403_error_set(err, W403_SYNTAX, "an answer that is no object");
    }
    for (const w403_json *v = st == W403_OK ? doc.root->first : NULL; v && st == W403_OK; v = v->next) {
        bool left_out = j->without.p && w403_view_eq(v->key, j->without);
        st = left_out ? W403_OK : add(j, &doc, v, err);
    }
    w403_arena_free(below);
    w403_arena_reset(j->scratch);
    return st;
}

/* ---- out ---- */

typedef w403_status piece_fn(void *to, w403_view text, int spool, w403_error *err);

static w403_status pieces(w403_join *j, piece_fn *put, void *to, w403_error *err)
{
    w403_buf    head = {0};
    w403_status st = put(to, j->members.n ? W403_LIT("{") : W403_LIT("{}\n"), -1, err);
    for (size_t i = 0; i < j->members.n && st == W403_OK; i++) {
        member *m = &j->members.at[i];
        w403_buf_clear(&head);
        w403_buf_puts(&head, i ? ",\n    " : "\n    ");
        w403_buf_json_string(&head, m->name);
        w403_buf_puts(&head, m->list ? ": [" : ": ");
        st = w403_buf_ok(&head) ? put(to, w403_buf_view(&head), m->spool, err) : w403_error_nomem(err);
        st = st == W403_OK ? put(to, w403_buf_view(&m->text), -1, err) : st;
        if (st == W403_OK && m->list) {
            st = put(to, m->any ? W403_LIT("\n    ]") : W403_LIT("]"), -1, err);
        }
    }
    w403_buf_free(&head);
    return st == W403_OK && j->members.n ? put(to, W403_LIT("\n}\n"), -1, err) : st;
}

static w403_status into_file(void *to, w403_view text, int spool, w403_error *err)
{
    W403_TRY(w403_folder_put(to, text, err));
    return spool >= 0 ? w403_folder_put_spool(to, spool, err) : W403_OK;
}

static w403_status into_text(void *to, w403_view text, int spool, w403_error *err)
{
    (void)spool; /* without a folder there is none */
    w403_buf_put(to, text);
    W403_NEED(w403_buf_ok(to), err);
    return W403_OK;
}

w403_status w403_join_write(w403_join *j, w403_error *err)
{
    w403_folder_file file;
    W403_TRY(w403_folder_create(j->folder, j->path, &file, err));
    w403_status st = pieces(j, into_file, &file, err);
    if (st != W403_OK) {
        w403_folder_drop(j->folder, &file);
        return st;
    }
    return w403_folder_commit(j->folder, &file, err);
}

w403_status w403_join_text(w403_join *j, w403_buf *out, w403_error *err)
{
    return pieces(j, into_text, out, err);
}

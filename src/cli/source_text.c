#include "cli/source_text.h"

#include "base/file.h"
#include "cli/cli.h"
#include "policy/policy.h"

void w403_source_text_close(w403_source_text *s)
{
    w403_arena_free(s->arena);
    *s = (w403_source_text){0};
}

static bool read_named(w403_cli *cli, w403_arena *a, w403_view name, w403_view *out)
{
    if (cli->stdin_text.p && (w403_view_eq(name, W403_LIT("-")) || w403_view_eq(name, W403_LIT("<stdin>")))) {
        *out = cli->stdin_text;
        return true;
    }
    w403_view path = w403_arena_copy(a, name); /* ends in NUL */
    if (path.p && w403_file_read(a, path.p, out, NULL) == W403_OK) {
        return true;
    }
    if (!cli->source_root) {
        return false;
    }
    path = w403_arena_printf(a, "%s/%.*s", cli->source_root, W403_ARG(name));
    return path.p && w403_file_read(a, path.p, out, NULL) == W403_OK;
}

/* Makes `name` the file at hand; false: there is no such file. */
static bool look_into(w403_cli *cli, w403_view name)
{
    w403_source_text *s = &cli->source;
    if (!s->arena || !w403_view_eq(s->name, name)) {
        w403_source_text_close(s);
        s->arena = w403_arena_new(0);
        s->name = s->arena ? w403_arena_copy(s->arena, name) : (w403_view){NULL, 0};
        if (!s->name.p || !read_named(cli, s->arena, name, &s->text)) {
            s->text = (w403_view){NULL, 0};
        }
    }
    return s->text.p != NULL;
}

static const w403_json *root_of(w403_source_text *s)
{
    if (!s->parsed) {
        s->parsed = true;
        if (w403_json_parse(s->arena, s->name, s->text, NULL, &s->doc, NULL, NULL) != W403_OK) {
            s->doc.root = NULL;
        }
    }
    return s->doc.root;
}

/* The member of a snapshot in one file. */
static const w403_json *member(const w403_json *root, w403_view path)
{
    const w403_json *m = w403_json_is(root, W403_JSON_OBJECT) ? root->first : NULL;
    while (m && !w403_view_eq(m->key, path)) {
        m = m->next;
    }
    return m;
}

/* `file` is that of a name `file#pointer`. */
static const w403_json *string_at(w403_cli *cli, w403_view file, w403_view pointer)
{
    const w403_json *top = NULL;
    w403_view        root = w403_view_of(cli->source_root);
    if (root.n && file.n > root.n + 2 && w403_view_starts(file, root) &&
        memcmp(file.p + root.n, ": ", 2) == 0) {
        top = look_into(cli, root) ? member(root_of(&cli->source), w403_view_sub(file, root.n + 2, file.n)) : NULL;
    } else if (look_into(cli, file)) {
        top = root_of(&cli->source);
    }
    w403_json_doc    doc = {.source = file, .text = cli->source.text, .root = (w403_json *)(uintptr_t)top};
    const w403_json *v = top ? w403_json_at(&doc, pointer) : NULL;
    return w403_json_is(v, W403_JSON_STRING) ? v : NULL;
}

static bool inner_text(w403_cli *cli, w403_arena *a, w403_view name, w403_view *out)
{
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '#' && (i + 1 == name.n || name.p[i + 1] == '/')) {
            const w403_json *v =
                string_at(cli, w403_view_sub(name, 0, i), w403_view_sub(name, i + 1, name.n));
            if (v) {
                *out = w403_policy_decode(a, v->text);
                return out->p != NULL;
            }
        }
    }
    return false;
}

bool w403_source_text_of(w403_cli *cli, w403_arena *a, const w403_error *err, w403_view *out)
{
    w403_view name = w403_view_of(err->source);
    uint32_t  line, column;
    if (w403_view_find_char(name, '#') != SIZE_MAX && inner_text(cli, a, name, out)) {
        cli->source.lines = (w403_lines){0}; /* the next document may stand at the same place of memory */
    } else if (look_into(cli, name)) {
        *out = cli->source.text;
    } else {
        return false;
    }
    if (err->offset > out->n) {
        return false;
    }
    w403_lines_find(&cli->source.lines, *out, (size_t)err->offset, &line, &column);
    return line == err->line && column == err->column;
}

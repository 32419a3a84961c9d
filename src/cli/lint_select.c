/* Which findings are shown: by level and code, and without those that were accepted. */
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/hash.h"
#include "cli/lint_run.h"

/* ---- levels ---- */

int w403_lint_level_of(const char *name)
{
    static const char *const names[] = {"suggestion", "warning", "security-warning", "error", "none"};
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
        if (name && strcmp(name, names[i]) == 0)
            return i;
    }
    return -1;
}

/* ---- rules: CODE[@POINTER][@FILE], or a line of .why403-lint ---- */

typedef struct rule {
    w403_view code, pointer, file;
    w403_view where; /* of a file: its folder; paths are relative to it */
    const char *from; /* the option or the file it stands in, for the note */
    unsigned line;
    bool used;
} rule;

typedef struct rules {
    rule *at;
    size_t n, cap;
} rules;

static bool has_code(w403_view pattern, const w403_lint_check *check)
{
    w403_view code = w403_view_of(check->code);
    return w403_iglob(pattern, code) || (check->ours && w403_iglob(pattern, w403_view_sub(code, 5, code.n)));
}

static bool in_file(const rule *r, w403_view path)
{
    if (!r->file.p)
        return true;
    if (r->where.n && w403_view_starts(path, r->where))
        path = w403_view_sub(path, r->where.n, path.n);
    return w403_glob(r->file, path);
}

static bool applies(const rule *r, w403_arena *a, const w403_linted *d, const w403_finding *f)
{
    if (!has_code(r->code, f->check) || !in_file(r, w403_view_of(d->path)))
        return false;
    return !r->pointer.p || w403_glob(r->pointer, w403_lint_pointer(a, &d->report.doc, &f->at[0]));
}

static w403_status from_option(w403_cli *cli, w403_option_id id, rules *out, w403_error *err)
{
    size_t at = 0;
    for (const w403_given *g; (g = w403_args_each(&cli->args, id, &at));) {
        rule *r = W403_PUSH(cli->arena, out);
        w403_view rest = w403_view_of(g->value), part;
        W403_NEED(r, err);
        r->code = w403_view_cut(&rest, '@');
        while (rest.p) {
            part = w403_view_cut(&rest, '@');
            *(part.n && part.p[0] == '/' ? &r->pointer : &r->file) = part;
        }
    }
    return W403_OK;
}

/* ---- .why403-lint ---- */

static w403_view word(w403_view *line)
{
    w403_view v = w403_view_trim(*line);
    size_t end = 0;
    while (end < v.n && v.p[end] != ' ' && v.p[end] != '\t')
        end++;
    *line = w403_view_sub(v, end, v.n);
    return w403_view_sub(v, 0, end);
}

static w403_status from_file(w403_cli *cli, w403_view folder, const char *path, rules *out, w403_error *err)
{
    w403_view text;
    unsigned number = 0;
    W403_TRY(w403_file_read(cli->arena, path, &text, err));
    while (text.p && text.n) {
        w403_view line = w403_view_cut(&text, '\n');
        number++;
        line = w403_view_sub(line, 0, w403_view_find_char(line, '#') == SIZE_MAX ? line.n : w403_view_find_char(line, '#'));
        w403_view code = word(&line);
        if (!code.n)
            continue;
        rule *r = W403_PUSH(cli->arena, out);
        W403_NEED(r, err);
        *r = (rule){.code = code, .file = word(&line), .where = folder, .from = path, .line = number};
        r->pointer = word(&line);
        if (!r->pointer.n)
            r->pointer.p = NULL;
        if (!r->file.n)
            r->file.p = NULL;
    }
    return W403_OK;
}

static bool known(const rules *r, w403_view folder)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->at[i].from && w403_view_eq(r->at[i].where, folder))
            return true;
    }
    return false;
}

static w403_view folder_of(const char *path) /* with the slash; empty: the working directory */
{
    const char *slash = strrchr(path, '/');
    return (w403_view){path, slash ? (size_t)(slash - path) + 1 : 0};
}

/* The file beside a policy, and those of the folders above it, up to the working directory. */
static w403_status find_files(w403_lint_files *files, const char *path, rules *out, w403_error *err)
{
    w403_view folder = folder_of(path);
    if (files->cli->host)
        return W403_OK; /* there are no folders */
    do {
        while (folder.n && folder.p[folder.n - 1] != '/')
            folder.n--;
        w403_view name = w403_arena_printf(files->cli->arena, "%.*s.why403-lint", W403_ARG(folder));
        W403_NEED(name.p, err);
        FILE *f = known(out, folder) ? NULL : fopen(name.p, "re");
        if (f) {
            (void)fclose(f);
            W403_TRY(from_file(files->cli, w403_arena_copy(files->cli->arena, folder), name.p, out, err));
        }
        if (!folder.n)
            break;
        folder.n--;
    } while (true);
    return W403_OK;
}

/* ---- baseline ---- */

uint64_t w403_lint_fingerprint(const w403_linted *d, const w403_finding *f)
{
    uint64_t h = w403_hash(f->check->code, strlen(f->check->code));
    const w403_lint_place *at = &f->at[0];
    w403_view text = at->node ? (at->key ? at->node->key : at->node->text) : (w403_view){NULL, 0};
    if (at->node && !text.p) /* a statement, a list: its bytes without blanks */
        text = w403_view_sub(d->report.doc.text, at->span.off, at->span.off + at->span.len);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            h = (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
    }
    return h;
}

static w403_view key_of(w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    return w403_arena_printf(cli->arena, "%s %s %016llx", d->path, f->check->code,
                             (unsigned long long)w403_lint_fingerprint(d, f));
}

w403_status w403_lint_write_baseline(const w403_lint_files *files, const char *path, w403_error *err)
{
    w403_buf out = {0};
    w403_json_writer w;
    w403_jw_init(&w, &out, true);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_key(&w, "findings");
    w403_jw_array(&w);
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k])
                w403_jw_str(&w, key_of(files->cli, &files->at[i], &files->at[i].report.at[k]));
        }
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&out, '\n');
    FILE *f = w403_buf_ok(&out) ? fopen(path, "we") : NULL;
    bool fine = f && fwrite(out.p, 1, out.n, f) == out.n;
    fine = f && fclose(f) == 0 && fine;
    w403_buf_free(&out);
    return fine ? W403_OK : w403_error_set(err, W403_IO, "cannot write `%.400s`", path);
}

static w403_status read_baseline(w403_cli *cli, w403_map *out, w403_error *err)
{
    const char *path = w403_args_value(&cli->args, W403_OPT_BASELINE);
    w403_json_doc doc;
    w403_view text;
    if (!path)
        return W403_OK;
    W403_TRY(w403_cli_read(cli, path, &text, err));
    W403_TRY(w403_json_parse(cli->arena, w403_view_of(path), text, NULL, &doc, NULL, err));
    const w403_json *list = w403_json_get(doc.root, "findings");
    if (!w403_json_is(list, W403_JSON_ARRAY))
        return w403_json_error(&doc, doc.root, err, "this is no baseline: it has no list `findings`");
    for (const w403_json *v = list->first; v; v = v->next) {
        if (v->type == W403_JSON_STRING)
            W403_NEED(w403_map_put(cli->arena, out, v->text, (void *)(uintptr_t)v), err);
    }
    return W403_OK;
}

/* ---- all together ---- */

typedef struct selection {
    rules only, ignore;
    w403_map baseline;
    int level;
} selection;

static bool any(rules *list, w403_arena *a, const w403_linted *d, const w403_finding *f)
{
    bool found = false;
    for (size_t i = 0; i < list->n; i++) {
        if (applies(&list->at[i], a, d, f))
            found = list->at[i].used = true;
    }
    return found;
}

/* ---- what a template's own Metadata leaves out ---- */

static bool is_accepted(const w403_json *list, const w403_lint_check *check)
{
    const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : list;
    for (; v; v = w403_json_is(list, W403_JSON_ARRAY) ? v->next : NULL) {
        if (v->type == W403_JSON_STRING && has_code(v->text, check))
            return true;
    }
    return false;
}

/* Codes that leave nothing out, of the list of a resource or template: each list once, at its last policy. */
static void note_idle(const w403_lint_files *files, const w403_json *list, size_t last)
{
    const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : list;
    for (; v; v = w403_json_is(list, W403_JSON_ARRAY) ? v->next : NULL) {
        bool used = v->type != W403_JSON_STRING;
        for (size_t i = 0; i <= last && !used; i++) {
            const w403_linted *d = &files->at[i];
            if (d->document.accepted[0] != list && d->document.accepted[1] != list)
                continue;
            for (size_t k = 0; k < d->report.n; k++)
                used = used || has_code(v->text, d->report.at[k].check);
        }
        if (!used)
            w403_diag_text(files->cli, true, "%s: its Metadata leaves nothing out: `%.*s`", files->at[last].path,
                           W403_CUT(v->text));
    }
}

static void note_all_idle(const w403_lint_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        for (int which = 0; which < 2; which++) {
            const w403_json *list = files->at[i].document.accepted[which];
            const w403_json *next = i + 1 < files->n ? files->at[i + 1].document.accepted[which] : NULL;
            if (list && list != next)
                note_idle(files, list, i);
        }
    }
}

static bool wanted(w403_lint_files *files, selection *s, const w403_linted *d, const w403_finding *f)
{
    w403_arena *a = files->cli->arena;
    bool broken = strcmp(f->check->code, "JSON_SYNTAX_ERROR") == 0; /* cannot be suppressed */
    if ((int)f->check->level < s->level || (s->only.n && !any(&s->only, a, d, f)))
        return false;
    bool ignored = any(&s->ignore, a, d, f) || is_accepted(d->document.accepted[0], f->check) ||
                   is_accepted(d->document.accepted[1], f->check);
    return broken || (!ignored && !(s->baseline.n && w403_map_get(&s->baseline, key_of(files->cli, d, f))));
}

w403_status w403_lint_select(w403_lint_files *files, w403_error *err)
{
    selection s = {.level = w403_lint_level_of(w403_args_value(&files->cli->args, W403_OPT_LEVEL))};
    W403_TRY(from_option(files->cli, W403_OPT_ONLY, &s.only, err));
    W403_TRY(from_option(files->cli, W403_OPT_IGNORE, &s.ignore, err));
    W403_TRY(read_baseline(files->cli, &s.baseline, err));
    for (size_t i = 0; i < files->n; i++) {
        if (i == 0 || !w403_view_eq(folder_of(files->at[i - 1].path), folder_of(files->at[i].path)))
            W403_TRY(find_files(files, files->at[i].path, &s.ignore, err));
    }
    for (size_t i = 0; i < files->n; i++) {
        w403_linted *d = &files->at[i];
        for (size_t k = 0; k < d->report.n; k++) {
            d->shown[k] = wanted(files, &s, d, &d->report.at[k]);
            d->n_shown += d->shown[k];
        }
    }
    note_all_idle(files);
    for (size_t i = 0; i < s.ignore.n; i++) {
        const rule *r = &s.ignore.at[i];
        if (r->from && !r->used)
            w403_diag_text(files->cli, true, "%s:%u: leaves nothing out: `%.*s`", r->from, r->line, W403_CUT(r->code));
    }
    return W403_OK;
}

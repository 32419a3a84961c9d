#include "cli/write_fixes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/input.h"
#include "fix/edit.h"
#include "fix/text.h"
#include "json/layout.h"
#include "render/style.h"

enum { SMALL = 2000, LARGE = 20000 };

typedef struct writer {
    w403_cli *cli;
    const char *root;
    int folder; /* of the fix at hand */
    unsigned written;
    w403_error *err;
} writer;

/* ---- files ---- */

static w403_status refuse(writer *w, w403_view name, int code)
{
    w403_view path = w403_arena_printf(w->cli->arena, "%s/%.*s", w->root, W403_ARG(name));
    return w403_io_error(w->err, "write", path.p ? path.p : w->root, code);
}

/* Is there a file of these bytes already? */
static bool same(int fd, w403_view text)
{
    char buffer[4096];
    size_t at = 0;
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0; at += (size_t)n) {
        if ((size_t)n > text.n - at || memcmp(buffer, text.p + at, (size_t)n) != 0) {
            return false;
        }
    }
    return at == text.n;
}

static w403_status there_already(writer *w, w403_view name, w403_view text)
{
    int fd = openat(w->folder, name.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    bool good = fd >= 0 && same(fd, text);
    if (fd >= 0) {
        close(fd);
    }
    if (good) {
        return W403_OK;
    }
    w403_status st = w403_error_set(w->err, W403_SEMANTIC, "`%.200s` has another `%.*s`, which is not overwritten", w->root,
                                    W403_CUT(name));
    w403_error_hint(w->err, "name a new folder with `--write-fixes DIR`");
    return st;
}

/* `name` ends in NUL and has no slash. */
static w403_status put_file(writer *w, w403_view name, w403_view text)
{
    W403_NEED(name.p && text.p && !w403_cli_short(w->cli), w->err);
    int fd = openat(w->folder, name.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        return errno == EEXIST ? there_already(w, name, text) : refuse(w, name, errno);
    }
    int failed = 0;
    for (size_t at = 0; at < text.n && !failed;) {
        ssize_t n = write(fd, text.p + at, text.n - at);
        failed = n < 0 && errno != EINTR ? errno : 0;
        at += n > 0 ? (size_t)n : 0;
    }
    failed = close(fd) != 0 && !failed ? errno : failed;
    if (failed) {
        (void)unlinkat(w->folder, name.p, 0); /* no half of a document stays */
        return refuse(w, name, failed);
    }
    w->written++;
    return W403_OK;
}

/* Makes DIR and the folder of a fix in it, and opens the latter. */
static w403_status open_folder(writer *w, w403_view name)
{
    W403_NEED(name.p, w->err);
    if (mkdir(w->root, 0777) != 0 && errno != EEXIST) {
        return w403_io_error(w->err, "make the folder", w->root, errno);
    }
    int root = open(w->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        return w403_io_error(w->err, "open the folder", w->root, errno);
    }
    bool made = mkdirat(root, name.p, 0777) == 0 || errno == EEXIST;
    w->folder = made ? openat(root, name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    int code = errno;
    close(root);
    return w->folder < 0 ? refuse(w, name, code) : W403_OK;
}

/* ---- texts ---- */

static w403_view with_line_end(w403_arena *a, w403_view text)
{
    return w403_view_ends(text, W403_LIT("\n")) ? text : w403_arena_printf(a, "%.*s\n", W403_ARG(text));
}

/* A document of one line as people read it. AWS counts the blanks of some policies against their size (SCPs and RCPs
 * 5,120 characters, session policies 2,048, bucket policies 20 KB): near that it stays as it is. */
static w403_view readable(w403_arena *a, const w403_fix_step *s, w403_view text)
{
    w403_layout l;
    bool small = w403_view_starts(s->file, W403_LIT("scp")) || w403_view_starts(s->file, W403_LIT("rcp")) ||
                 w403_view_starts(s->file, W403_LIT("session-policy"));
    bool laid = w403_layout_document(a, text, &l) && l.text.n <= (small ? SMALL : LARGE);
    return with_line_end(a, laid ? l.text : text);
}

/* The new text of the file that holds the document; {NULL,0}: it cannot be told. */
static w403_view changed_file(w403_arena *a, const w403_fix_step *s, w403_view file)
{
    w403_span at;
    w403_view value;
    if (!w403_fix_in_file(a, s, file, &at, &value)) {
        return (w403_view){NULL, 0};
    }
    size_t end = (size_t)at.off + at.len;
    return w403_arena_printf(a, "%.*s%.*s%.*s", (int)at.off, file.p, W403_ARG(value), (int)(file.n - end), file.p + end);
}

/* The file as the user has it: below the snapshot's folder, or where an option named it. */
static bool read_source(w403_cli *cli, const w403_fix_step *s, w403_view *out)
{
    const char *root = w403_input_snapshot_path(cli);
    w403_view path = w403_arena_copy(cli->arena, s->source_file);
    w403_view below = root ? w403_arena_printf(cli->arena, "%s/%.*s", root, W403_ARG(s->source_file)) : path;
    return s->source_file.n > 0 && path.p && below.p &&
           ((root && w403_file_read(cli->arena, below.p, out, NULL) == W403_OK) ||
            w403_file_read(cli->arena, path.p, out, NULL) == W403_OK);
}

/* patch and git take no name that leads out of where they run. */
static w403_view patch_name(w403_view path)
{
    bool out = w403_view_starts(path, W403_LIT("/")) || w403_view_find(path, W403_LIT("..")) != SIZE_MAX;
    for (size_t i = path.n; out && i > 0; i--) {
        if (path.p[i - 1] == '/') {
            return w403_view_sub(path, i, path.n);
        }
    }
    return w403_view_starts(path, W403_LIT("./")) ? w403_view_sub(path, 2, path.n) : path;
}

static w403_status put_patch(writer *w, const w403_fix_step *s, w403_view stem, w403_view before, w403_view after)
{
    w403_arena *a = w->cli->arena;
    w403_view file, name = w403_arena_printf(a, "%.*s-before.json", W403_ARG(stem)), text = {NULL, 0};
    if (s->before.p && read_source(w->cli, s, &file)) {
        w403_view changed = changed_file(a, s, file);
        text = changed.p ? w403_unified_diff(a, patch_name(s->source_file), file, changed) : changed;
    }
    if (!text.p) {
        text = w403_unified_diff(a, s->before.p ? name : w403_arena_printf(a, "%.*s.json", W403_ARG(stem)), before, after);
    }
    return put_file(w, w403_arena_printf(a, "%.*s.patch", W403_ARG(stem)), text);
}

static w403_status put_step(writer *w, const w403_fix_step *s, uint32_t number)
{
    w403_arena *a = w->cli->arena;
    w403_view stem = s->file.n > 5 ? w403_view_sub(s->file, 0, s->file.n - 5) : W403_LIT("document"); /* .json */
    w403_view after = readable(a, s, s->after), before = s->before.p ? readable(a, s, s->before) : s->before;
    if (number > 0) { /* one name for two documents */
        stem = w403_arena_printf(a, "%.*s-%u", W403_ARG(stem), number + 1);
    }
    W403_TRY(put_file(w, w403_arena_printf(a, "%.*s.json", W403_ARG(stem)), after));
    if (before.p) {
        W403_TRY(put_file(w, w403_arena_printf(a, "%.*s-before.json", W403_ARG(stem)), before));
    }
    return put_patch(w, s, stem, before, after);
}

/* How many documents of this name the fix had before. */
static uint32_t times_before(const w403_fix *f, uint32_t step)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < step; i++) {
        n += f->steps[i].after.p && w403_view_eq(f->steps[i].file, f->steps[step].file);
    }
    return n;
}

static w403_status put_fix(writer *w, const w403_fix *f, w403_view folder)
{
    w403_status status = W403_OK;
    w->folder = -1;
    for (uint32_t i = 0; i < f->n_steps && status == W403_OK; i++) {
        if (!f->steps[i].after.p) {
            continue; /* no document */
        }
        status = w->folder < 0 ? open_folder(w, folder) : W403_OK;
        status = status == W403_OK ? put_step(w, &f->steps[i], times_before(f, i)) : status;
    }
    if (w->folder >= 0) {
        close(w->folder);
    }
    return status;
}

w403_status w403_write_fixes(w403_cli *cli, const char *before, const w403_fix_list *fixes, w403_error *err)
{
    writer w = {.cli = cli, .root = w403_args_value(&cli->args, W403_OPT_WRITE_FIXES), .err = err};
    for (uint32_t i = 0; w.root && fixes && i < fixes->n; i++) {
        w403_view folder = w403_arena_printf(cli->arena, "%sfix-%u", before, i + 1);
        unsigned had = w.written;
        W403_TRY(put_fix(&w, &fixes->at[i], folder));
        if (w.written > had) {
            w403_buf said = {0};
            w403_buf_puts(&said, "wrote ");
            w403_style_text(&said, w403_arena_printf(cli->arena, "%s/%.*s", w.root, W403_ARG(folder)));
            w403_buf_putc(&said, '\n');
            (void)fwrite(said.p ? said.p : "", 1, said.n, stderr);
            w403_buf_free(&said);
        }
    }
    return W403_OK;
}

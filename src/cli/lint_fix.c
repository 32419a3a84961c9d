/* `why403 lint --fix`: files mended where they stand, or a patch. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/lint_run.h"
#include "fix/text.h"
#include "lint/repair.h"

/* The text to disk, under the rights of the file that it will replace. */
static bool write_as(const char *path, const char *temporary, w403_view text)
{
    struct stat old;
    FILE *f = stat(path, &old) == 0 && access(path, W_OK) == 0 ? fopen(temporary, "wxe") : NULL;
    bool fine = f && fwrite(text.p, 1, text.n, f) == text.n && fflush(f) == 0;
    fine = fine && fchmod(fileno(f), old.st_mode & 07777) == 0 && fsync(fileno(f)) == 0;
    int code = errno;
    if (f && fclose(f) != 0 && fine) {
        fine = false;
        code = errno;
    }
    errno = code;
    return fine;
}

/* Beside the file that is meant (a link stays one), then in its place: nobody sees half of it. */
static w403_status replace(w403_arena *a, const char *path, w403_view text, w403_error *err)
{
    char *real = realpath(path, NULL);
    w403_view temporary = w403_arena_printf(a, "%s.why403-%ld", real ? real : path, (long)getpid());
    bool fine = real && temporary.p && write_as(real, temporary.p, text) && rename(temporary.p, real) == 0;
    int code = errno;
    free(real);
    W403_NEED(temporary.p, err);
    if (fine)
        return W403_OK;
    (void)unlink(temporary.p);
    return w403_error_set(err, W403_IO, "cannot write `%.400s`: %s", path, w403_errno_text(code, (char[128]){0}, 128));
}

static w403_status one_file(w403_cli *cli, const w403_linted *d, const w403_lint_reading *how,
                            const w403_lint_options *options, size_t *mended, w403_error *err)
{
    size_t n;
    w403_view text;
    W403_TRY(w403_lint_repair(cli->arena, w403_view_of(d->path), d->file, how, options,
                              w403_args_value(&cli->args, W403_OPT_FIX), &text, &n, err));
    W403_NEED(!w403_cli_short(cli), err); /* a file would be mended by half */
    *mended += n;
    if (!n)
        return W403_OK;
    if (!w403_args_has(&cli->args, W403_OPT_DIFF) && strcmp(d->path, "-") != 0)
        return replace(cli->arena, d->path, text, err);
    w403_view diff = w403_unified_diff(cli->arena, w403_view_of(d->path), d->file, text);
    W403_NEED(diff.p, err);
    w403_buf_put(&cli->out, diff);
    return W403_OK;
}

w403_status w403_lint_fix_files(const w403_lint_files *files, size_t *mended, w403_error *err)
{
    w403_cli *cli = files->cli;
    w403_lint_reading how;
    w403_lint_options options;
    *mended = 0;
    W403_NEED(w403_lint_context(cli, &how, &options), err);
    for (size_t i = 0; i < files->n; i++) {
        bool first = i == 0 || strcmp(files->at[i - 1].path, files->at[i].path) != 0;
        bool json = files->at[i].file.n && w403_view_trim(files->at[i].file).p[0] == '{';
        if (first && json)
            W403_TRY(one_file(cli, &files->at[i], &how, &options, mended, err));
    }
    return W403_OK;
}

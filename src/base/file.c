#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/limits.h"

enum { PIPE_ROOM = 1 << 16 };

/* W403_IO with the system's reason in our style: lower case first. */
static w403_status io_error(w403_error *err, const char *what, const char *path, int code)
{
    const char *why = strerrordesc_np(code);
    why = why && *why ? why : "unknown error";
    w403_error_set(err, W403_IO, "cannot %s `%s`: %c%s", what, path, w403_lower(*why), why + 1);
    if (code == ENOENT) {
        w403_error_hint(err, "Check the path.");
    } else if (code == EACCES) {
        w403_error_hint(err, "Give yourself permission to read it, or run as its owner.");
    }
    return W403_IO;
}

static w403_status too_large(w403_error *err, const char *path)
{
    return w403_error_set(err, W403_LIMIT, "`%s` is larger than %zu MiB", path, W403_LIMIT_FILE_BYTES >> 20);
}

/* Reads to the end into arena memory that begins with `room` bytes and doubles. */
static w403_status read_all(w403_arena *a, int fd, const char *path, size_t room, w403_view *out, w403_error *err)
{
    size_t n = 0;
    char  *p = w403_arena_alloc(a, room + 1);
    W403_NEED(p, err);
    for (;;) {
        ssize_t got = read(fd, p + n, room + 1 - n); /* the one byte more finds the end without growing */
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return io_error(err, "read", path, errno);
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
        if (n > W403_LIMIT_FILE_BYTES) {
            return too_large(err, path);
        }
        if (n > room) {
            char *larger = w403_arena_alloc(a, room * 2 + 1);
            W403_NEED(larger, err);
            memcpy(larger, p, n);
            p = larger;
            room *= 2;
        }
    }
    p[n] = '\0';
    *out = (w403_view){p, n};
    return W403_OK;
}

w403_status w403_file_read(w403_arena *a, const char *path, w403_view *out, w403_error *err)
{
    struct stat info;
    w403_status status;
    bool        standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    int         fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return io_error(err, "open", name, errno);
    }
    if (fstat(fd, &info) != 0) {
        status = io_error(err, "read", name, errno);
    } else if (S_ISDIR(info.st_mode)) {
        status = w403_error_set(err, W403_IO, "`%s` is a directory, not a file", name);
    } else if (S_ISREG(info.st_mode) && info.st_size > (off_t)W403_LIMIT_FILE_BYTES) {
        status = too_large(err, name);
    } else {
        bool sized = S_ISREG(info.st_mode) && info.st_size > 0;
        status = read_all(a, fd, name, sized ? (size_t)info.st_size : PIPE_ROOM, out, err);
    }
    if (!standard) {
        (void)close(fd);
    }
    return status;
}

bool w403_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

typedef enum entry_kind { ENTRY_OTHER, ENTRY_FILE, ENTRY_DIRECTORY } entry_kind;

/* Links to files are files; links to directories are left out, so that no cycle can arise. */
static entry_kind kind_of(int dir, const struct dirent *entry)
{
    struct stat info;
    if (entry->d_type == DT_REG) {
        return ENTRY_FILE;
    }
    if (entry->d_type == DT_DIR) {
        return ENTRY_DIRECTORY;
    }
    if (fstatat(dir, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return ENTRY_OTHER;
    }
    bool link = S_ISLNK(info.st_mode);
    if (link && fstatat(dir, entry->d_name, &info, 0) != 0) {
        return ENTRY_OTHER;
    }
    return S_ISREG(info.st_mode) ? ENTRY_FILE : S_ISDIR(info.st_mode) && !link ? ENTRY_DIRECTORY : ENTRY_OTHER;
}

/* Adds the files of one directory to `files` and its directories to `todo`; `prefix` is "" or ends in `/`. */
static w403_status list_one(w403_arena *a, DIR *dir, w403_view prefix, w403_paths *files, w403_paths *todo,
                            w403_error *err)
{
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        entry_kind kind = entry->d_name[0] == '.' ? ENTRY_OTHER : kind_of(dirfd(dir), entry);
        if (kind == ENTRY_OTHER) {
            continue;
        }
        w403_view *slot = W403_PUSH(a, kind == ENTRY_FILE ? files : todo);
        W403_NEED(slot, err);
        *slot = w403_arena_printf(a, "%.*s%s%s", (int)prefix.n, prefix.p, entry->d_name,
                                  kind == ENTRY_FILE ? "" : "/");
        W403_NEED(slot->p, err);
    }
    return W403_OK;
}

static int compare_paths(const void *x, const void *y)
{
    return w403_view_cmp(*(const w403_view *)x, *(const w403_view *)y);
}

w403_status w403_file_list(w403_arena *a, const char *root, w403_paths *out, w403_error *err)
{
    w403_paths files = {0}, todo = {0};
    w403_view *top = W403_PUSH(a, &todo);
    W403_NEED(top, err);
    *top = W403_LIT("");
    while (todo.n) {
        w403_view prefix = todo.at[--todo.n];
        w403_view path = w403_arena_printf(a, "%s/%.*s", root, (int)prefix.n, prefix.p);
        W403_NEED(path.p, err);
        DIR *dir = opendir(path.p);
        if (!dir) {
            return io_error(err, "list", prefix.n ? path.p : root, errno);
        }
        w403_status status = list_one(a, dir, prefix, &files, &todo, err);
        (void)closedir(dir);
        W403_TRY(status);
    }
    if (files.n) {
        qsort(files.at, files.n, sizeof *files.at, compare_paths);
    }
    *out = files;
    return W403_OK;
}

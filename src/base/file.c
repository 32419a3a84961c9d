#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum { PIPE_ROOM = 1 << 16 };

/* strerror_r is of two kinds: glibc's gives the text, that of POSIX (musl) a status. */
static const char *text_of_glibc(const char *told, const char *room)
{
    (void)room;
    return told;
}

static const char *text_of_posix(int status, const char *room)
{
    return status == 0 ? room : "";
}

const char *w403_errno_text(int code, char *room, size_t n)
{
    const char *why = _Generic(strerror_r(code, room, n), char *: text_of_glibc, int: text_of_posix)(strerror_r(code, room, n), room);
    return why && *why ? why : "Unknown error";
}

w403_status w403_io_error(w403_error *err, const char *what, const char *path, int code)
{
    char        room[128];
    const char *why = w403_errno_text(code, room, sizeof room);
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

/* Reads a file of `size` bytes, or to the end (0: not known) into arena memory that doubles. */
static w403_status read_all(w403_arena *a, int fd, const char *path, size_t size, w403_view *out, w403_error *err)
{
    size_t n = 0, room = size ? size : PIPE_ROOM;
    char  *p = w403_arena_alloc(a, room + 1);
    W403_NEED(p, err);
    for (;;) {
        ssize_t got = read(fd, p + n, room + 1 - n); /* the one byte more finds the end without growing */
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return w403_io_error(err, "read", path, errno);
        }
        n += (size_t)got;
        if (got == 0 || n == size) {
            break;
        }
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
        return w403_io_error(err, "open", name, errno);
    }
    if (fstat(fd, &info) != 0) {
        status = w403_io_error(err, "read", name, errno);
    } else if (S_ISDIR(info.st_mode)) {
        status = w403_error_set(err, W403_IO, "`%s` is a directory, not a file", name);
    } else if (S_ISREG(info.st_mode) && info.st_size > (off_t)W403_LIMIT_FILE_BYTES) {
        status = too_large(err, name);
    } else {
        status = read_all(a, fd, name, S_ISREG(info.st_mode) ? (size_t)info.st_size : 0, out, err);
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

/* Whole folders: is one empty, what a killed run left in it, away with it, another in its place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "collect/folder.h"

typedef enum work { CLEAN, DELETE } work;

bool w403_folder_is_empty(const char *path)
{
    DIR *d = opendir(path);
    bool empty = true;
    for (struct dirent *e = d ? readdir(d) : NULL; e && empty; e = readdir(d)) {
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    }
    if (d) {
        closedir(d);
    }
    return empty;
}

/* `.policy.json.tmp.4711` */
static bool is_temporary(const char *name)
{
    w403_view rest = w403_view_of(name), mark = W403_LIT(".tmp.");
    size_t    at = w403_view_find(rest, mark);
    uint64_t  number;
    return name[0] == '.' && at != SIZE_MAX && at > 0 &&
           w403_view_u64(w403_view_sub(rest, at + mark.n, rest.n), &number);
}

/* Walks a folder that is open as `fd`, which is closed. Gives an errno. */
static int work_in(int fd, work what, unsigned depth)
{
    DIR *d = depth < W403_LIMIT_FOLDER_DEPTH ? fdopendir(fd) : NULL;
    int  code = d ? 0 : depth < W403_LIMIT_FOLDER_DEPTH ? errno : ELOOP;
    if (!d) {
        close(fd);
        return code;
    }
    for (struct dirent *e = readdir(d); e && code == 0; e = readdir(d)) {
        struct stat info;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(fd, e->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        if (S_ISDIR(info.st_mode)) {
            int below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            code = below < 0 ? errno : work_in(below, what, depth + 1);
        }
        bool folder = S_ISDIR(info.st_mode);
        if (code == 0 && (what == DELETE || (what == CLEAN && !folder && is_temporary(e->d_name))) &&
            unlinkat(fd, e->d_name, folder ? AT_REMOVEDIR : 0) != 0) {
            code = errno == ENOENT ? 0 : errno;
        }
    }
    closedir(d);
    return code;
}

static int work_at(const char *path, work what)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? errno : work_in(fd, what, 0);
}

w403_status w403_folder_clean(const char *path, w403_error *err)
{
    int code = work_at(path, CLEAN);
    return code == 0 || code == ENOENT ? W403_OK : w403_io_error(err, "clean", path, code);
}

w403_status w403_folder_delete(const char *path, w403_error *err)
{
    int code = work_at(path, DELETE);
    code = code == 0 && rmdir(path) != 0 ? errno : code;
    return code == 0 || code == ENOENT ? W403_OK : w403_io_error(err, "remove", path, code);
}

/* Two renames, where a file system cannot exchange: for a moment nothing has the name. */
static int by_two(const char *made, const char *path, char *old, size_t n)
{
    if (snprintf(old, n, "%s.old", path) >= (int)n) {
        return ENAMETOOLONG;
    }
    if (rename(path, old) != 0) {
        return errno;
    }
    if (rename(made, path) != 0) {
        int code = errno;
        (void)rename(old, path);
        return code;
    }
    return 0;
}

/* -1 where it cannot be done at once. musl has the number of the call alone. */
static int exchange(const char *x, const char *y)
{
#if defined RENAME_EXCHANGE
    return renameat2(AT_FDCWD, x, AT_FDCWD, y, RENAME_EXCHANGE);
#elif defined SYS_renameat2
    enum { EXCHANGE = 2 };
    return (int)syscall(SYS_renameat2, AT_FDCWD, x, AT_FDCWD, y, EXCHANGE);
#else
    (void)x;
    (void)y;
    errno = ENOSYS;
    return -1;
#endif
}

w403_status w403_folder_exchange(const char *made, const char *path, w403_error *err)
{
    char old[4096];
    if (rename(made, path) == 0) { /* there was none, or an empty one */
        return W403_OK;
    }
    if (exchange(made, path) == 0) {
        return w403_folder_delete(made, err);
    }
    int code = errno == EINVAL || errno == ENOSYS ? by_two(made, path, old, sizeof old) : errno;
    return code == 0 ? w403_folder_delete(old, err) : w403_io_error(err, "replace", path, code);
}

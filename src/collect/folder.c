/* Files of a snapshot's folder, written so that a kill at any moment leaves whole ones. */
#include "collect/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { OPEN_FOLDERS = 64, NAME_BYTES = 255, COPY_BYTES = 1 << 16, LARGE = 1 << 20 };

/* A folder below the root that is kept open. */
typedef struct kept {
    char    *path;
    size_t   n;
    int      fd;
    uint64_t used;
} kept;

struct w403_folder {
    int      root;
    uint64_t clock;
    kept     folders[OPEN_FOLDERS];
    char     shown[512]; /* for messages */
};

static w403_status failed(const w403_folder *f, const char *what, w403_view path, int code, w403_error *err)
{
    char name[1024];
    (void)snprintf(name, sizeof name, "%s/%.*s", f->shown, (int)(path.n > 480 ? 480 : path.n), path.p);
    w403_io_error(err, what, name, code);
    if (code == ELOOP || code == ENOTDIR) {
        w403_error_hint(err, "a snapshot is not written through links");
    } else if (code == ENOSPC || code == EDQUOT) {
        w403_error_hint(err, "make room; `why403 collect --resume` then goes on");
    }
    return W403_IO;
}

static w403_view copy_of(w403_view v)
{
    char *p = w403_malloc(v.n + 1);
    if (p) {
        p[v.n] = '\0';
    }
    if (p && v.n) {
        memcpy(p, v.p, v.n);
    }
    return (w403_view){p, p ? v.n : 0};
}

/* mkdir -p, for the folder itself: what is above it is the user's own. */
static int make_all(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            int code = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
            *p = '/';
            if (code && code != EROFS && code != EACCES) {
                return code;
            }
        }
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
}

w403_status w403_folder_open(const char *path, w403_folder **out, w403_error *err)
{
    w403_view    name = copy_of(w403_view_of(path));
    w403_folder *f = w403_malloc(sizeof *f);
    int          code = 0;
    *out = NULL;
    if (name.p && f) {
        memset(f, 0, sizeof *f);
        code = make_all((char *)(uintptr_t)name.p);
        f->root = code ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        code = code ? code : f->root < 0 ? errno : 0;
        (void)snprintf(f->shown, sizeof f->shown, "%s", path);
        for (size_t i = 0; i < OPEN_FOLDERS; i++) {
            f->folders[i].fd = -1;
        }
    }
    bool ok = name.p && f;
    w403_free((char *)(uintptr_t)name.p);
    if (ok && code == 0) {
        *out = f;
        return W403_OK;
    }
    w403_free(f);
    return ok ? w403_io_error(err, "make", path, code) : w403_error_nomem(err);
}

/* ---- folders below ---- */

/* One part of a path: no way up, nothing hidden, nothing that a file system or terminal takes for something else. */
static bool part_is_sound(w403_view part)
{
    bool sound = part.n > 0 && part.n <= NAME_BYTES && part.p[0] != '.';
    for (size_t i = 0; i < part.n && sound; i++) {
        sound = (unsigned char)part.p[i] >= ' ' && part.p[i] != 0x7f && part.p[i] != '/';
    }
    return sound;
}

/* Opens one folder in another; makes it. -1: errno says why. */
static int step(int at, const char *name, bool make)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(at, name, flags);
    if (fd < 0 && errno == ENOENT && make && (mkdirat(at, name, 0700) == 0 || errno == EEXIST)) {
        fd = openat(at, name, flags);
    }
    return fd;
}

static int walk(const w403_folder *f, w403_view path, bool make)
{
    int at = dup(f->root);
    while (at >= 0 && path.p) {
        char      name[NAME_BYTES + 1];
        w403_view part = w403_view_cut(&path, '/');
        int       next = -1;
        if (part_is_sound(part)) {
            memcpy(name, part.p, part.n);
            name[part.n] = '\0';
            next = step(at, name, make);
        } else {
            errno = EINVAL;
        }
        int code = errno;
        close(at);
        errno = code;
        at = next;
    }
    return at;
}

/* The folder of a file, open for as long as nobody asks for sixty others. -1: errno says why. */
static int folder_of(w403_folder *f, w403_view folder, bool make)
{
    kept *oldest = &f->folders[0];
    for (size_t i = 0; i < OPEN_FOLDERS; i++) {
        kept *k = &f->folders[i];
        if (k->fd >= 0 && w403_view_eq((w403_view){k->path, k->n}, folder)) {
            k->used = ++f->clock;
            return k->fd;
        }
        oldest = k->used < oldest->used ? k : oldest;
    }
    int       fd = walk(f, folder, make);
    w403_view name = fd >= 0 ? copy_of(folder) : (w403_view){NULL, 0};
    if (fd >= 0 && !name.p) {
        close(fd);
        errno = ENOMEM;
        fd = -1;
    }
    if (fd >= 0) {
        if (oldest->fd >= 0) {
            close(oldest->fd);
            w403_free(oldest->path);
        }
        *oldest = (kept){(char *)(uintptr_t)name.p, name.n, fd, ++f->clock};
    }
    return fd;
}

/* Splits a path, and gives the open folder and the name of the file. */
static w403_status find(w403_folder *f, w403_view path, bool make, int *at, char name[NAME_BYTES + 1],
                        w403_error *err)
{
    size_t slash = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') {
        slash--;
    }
    w403_view file = w403_view_sub(path, slash, path.n);
    *at = -1;
    if (!part_is_sound(file)) {
        return failed(f, make ? "write" : "read", path, EINVAL, err);
    }
    memcpy(name, file.p, file.n);
    name[file.n] = '\0';
    *at = folder_of(f, slash ? w403_view_sub(path, 0, slash - 1) : (w403_view){NULL, 0}, make);
    if (*at < 0 && errno == ENOMEM) {
        return w403_error_nomem(err);
    }
    return *at >= 0 || (!make && errno == ENOENT) ? W403_OK : failed(f, make ? "write" : "read", path, errno, err);
}

/* ---- files ---- */

static bool temporary(char out[NAME_BYTES + 1], const char *name)
{
    int n = snprintf(out, NAME_BYTES + 1, ".%s.tmp.%ld", name, (long)getpid());
    return n > 0 && n <= NAME_BYTES;
}

w403_status w403_folder_create(w403_folder *f, w403_view path, w403_folder_file *out, w403_error *err)
{
    char name[NAME_BYTES + 1], hidden[NAME_BYTES + 1];
    int  at, flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    *out = (w403_folder_file){-1, {NULL, 0}};
    W403_TRY(find(f, path, true, &at, name, err));
    if (!temporary(hidden, name)) {
        return failed(f, "write", path, ENAMETOOLONG, err);
    }
    out->fd = openat(at, hidden, flags, 0600);
    if (out->fd < 0 && errno == EEXIST) { /* left by a run of this number that was killed */
        (void)unlinkat(at, hidden, 0);
        out->fd = openat(at, hidden, flags, 0600);
    }
    if (out->fd < 0) {
        return failed(f, "write", path, errno, err);
    }
    out->path = copy_of(path);
    if (!out->path.p) {
        close(out->fd);
        (void)unlinkat(at, hidden, 0);
        return w403_error_nomem(err);
    }
    return W403_OK;
}

static int write_all(int fd, w403_view text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        text = n > 0 ? w403_view_sub(text, (size_t)n, text.n) : text;
    }
    return 0;
}

w403_status w403_folder_put(w403_folder_file *file, w403_view text, w403_error *err)
{
    int code = write_all(file->fd, text);
    return code == 0 ? W403_OK : w403_io_error(err, "write", file->path.p, code);
}

w403_status w403_folder_put_spool(w403_folder_file *file, int spool, w403_error *err)
{
    char block[COPY_BYTES];
    off_t at = 0;
    for (;;) {
        ssize_t n = pread(spool, block, sizeof block, at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return w403_io_error(err, "read", file->path.p, errno);
        }
        if (n == 0) {
            return W403_OK;
        }
        at += n;
        W403_TRY(w403_folder_put(file, (w403_view){block, (size_t)n}, err));
    }
}

static void forget(w403_folder_file *file)
{
    close(file->fd);
    w403_free((char *)(uintptr_t)file->path.p);
    *file = (w403_folder_file){-1, {NULL, 0}};
}

void w403_folder_drop(w403_folder *f, w403_folder_file *file)
{
    char       name[NAME_BYTES + 1], hidden[NAME_BYTES + 1];
    w403_error ignored = {0};
    int        at;
    if (file->fd >= 0) {
        if (find(f, file->path, false, &at, name, &ignored) == W403_OK && at >= 0 && temporary(hidden, name)) {
            (void)unlinkat(at, hidden, 0);
        }
        forget(file);
    }
}

/* A large file is kept at once: what it costs to ask for again is more than what the disk takes. */
static int keep_large(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && info.st_size >= LARGE && fsync(fd) != 0 ? errno : 0;
}

w403_status w403_folder_commit(w403_folder *f, w403_folder_file *file, w403_error *err)
{
    char        name[NAME_BYTES + 1], hidden[NAME_BYTES + 1];
    int         at, code = keep_large(file->fd);
    w403_status st = find(f, file->path, true, &at, name, err);
    if (st == W403_OK) {
        code = code ? code : temporary(hidden, name) && renameat(at, hidden, at, name) == 0 ? 0 : errno;
        st = code == 0 ? W403_OK : failed(f, "write", file->path, code, err);
    }
    if (st == W403_OK) {
        forget(file);
    } else {
        w403_folder_drop(f, file);
    }
    return st;
}

w403_status w403_folder_write(w403_folder *f, w403_view path, w403_view text, w403_error *err)
{
    w403_folder_file file;
    W403_TRY(w403_folder_create(f, path, &file, err));
    w403_status st = w403_folder_put(&file, text, err);
    if (st != W403_OK) {
        w403_folder_drop(f, &file);
        return st;
    }
    return w403_folder_commit(f, &file, err);
}

w403_status w403_folder_settle(w403_folder *f, w403_error *err)
{
    return syncfs(f->root) == 0 ? W403_OK : w403_io_error(err, "write", f->shown, errno);
}

w403_status w403_folder_spool(w403_folder *f, w403_view path, int *fd, w403_error *err)
{
    char name[NAME_BYTES + 1], hidden[NAME_BYTES + 1];
    int  at;
    W403_TRY(find(f, path, true, &at, name, err));
    (void)snprintf(hidden, sizeof hidden, ".%.200s.spool.tmp.%ld", name, (long)getpid());
    *fd = openat(at, hidden, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0 || unlinkat(at, hidden, 0) != 0) {
        return failed(f, "write", path, errno, err);
    }
    return W403_OK;
}

w403_status w403_folder_read(w403_folder *f, w403_arena *a, w403_view path, size_t most, w403_view *out, bool *larger,
                             w403_error *err)
{
    char        name[NAME_BYTES + 1];
    struct stat info;
    int         at;
    *out = (w403_view){NULL, 0};
    *larger = false;
    W403_TRY(find(f, path, false, &at, name, err));
    int fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return at < 0 || errno == ENOENT ? W403_OK : failed(f, "read", path, errno, err);
    }
    bool   regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    size_t size = regular && info.st_size > 0 ? (size_t)info.st_size : 0, n = 0;
    *larger = size > most;
    char *p = regular && !*larger ? w403_arena_alloc(a, size + 1) : NULL;
    while (p && n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break;
        }
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    W403_NEED(p || !regular || *larger, err);
    *out = p && n == size ? (w403_view){p, n} : *out;
    return W403_OK;
}

w403_status w403_folder_remove(w403_folder *f, w403_view path, w403_error *err)
{
    char name[NAME_BYTES + 1];
    int  at;
    W403_TRY(find(f, path, false, &at, name, err));
    return at < 0 || unlinkat(at, name, 0) == 0 || errno == ENOENT ? W403_OK : failed(f, "remove", path, errno, err);
}

void w403_folder_close(w403_folder *f)
{
    if (!f) {
        return;
    }
    for (size_t i = 0; i < OPEN_FOLDERS; i++) {
        if (f->folders[i].fd >= 0) {
            close(f->folders[i].fd);
            w403_free(f->folders[i].path);
        }
    }
    close(f->root);
    w403_free(f);
}

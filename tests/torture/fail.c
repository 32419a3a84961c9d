/* Makes the n-th call of one function of the C library fail: preloaded into the program, or linked into a test program
 * that runs the command line (there the sanitizers own malloc, and base/arena.h's hook takes its place).
 *
 * W403_FAIL=CALL:N:ERROR[:more]   CALL as below; N from 1; ERROR is EIO, ENOMEM, EACCES, EINTR, ENOSPC, EMFILE, or `short`
 *                                 (read and fwrite: less than asked for), or `abort` to see in a debugger who calls;
 *                                 `more`: all calls after it fail too
 * W403_FAIL_COUNTS=FILE           at exit: `CALL calls` a line, and `blocks` that were not freed */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN, READ, FSTAT, FSTATAT, STAT, OPENDIR, READDIR, WRITE, FLUSH, MALLOC, CALLS };
static const char *const names[CALLS] = {"open",    "read",    "fstat", "fstatat", "stat",
                                         "opendir", "readdir", "write", "flush",   "malloc"};

static _Atomic long counts[CALLS], blocks;
static int which = -1, error_code = EIO;
static long at;
static bool less, more, ready;

static void read_plan(void)
{
    static const struct {
        const char *name;
        int code;
    } errors[] = {{"EIO", EIO},       {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EINTR", EINTR},
                  {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE}, {"short", 0}, {"abort", -1}};
    const char *plan = getenv("W403_FAIL"), *colon = plan ? strchr(plan, ':') : NULL;
    ready = true;
    for (int i = 0; colon && i < CALLS; i++) {
        if (strlen(names[i]) == (size_t)(colon - plan) && strncmp(plan, names[i], strlen(names[i])) == 0) {
            which = i;
        }
    }
    char *end = NULL;
    at = colon ? strtol(colon + 1, &end, 10) : 0;
    for (size_t i = 0; end && *end == ':' && i < sizeof errors / sizeof *errors; i++) {
        size_t n = strlen(errors[i].name);
        if (strncmp(end + 1, errors[i].name, n) == 0) {
            error_code = errors[i].code;
            less = error_code == 0;
            more = strcmp(end + 1 + n, ":more") == 0;
        }
    }
}

/* Counts a call; true: it is to fail. */
static bool fails(int call)
{
    if (!ready) {
        read_plan();
    }
    long n = ++counts[call];
    if (call != which || !(n == at || (more && n > at))) {
        return false;
    }
    if (error_code < 0) {
        abort();
    }
    errno = error_code;
    return true;
}

__attribute__((destructor)) static void write_counts(void)
{
    const char *path = getenv("W403_FAIL_COUNTS");
    char text[512];
    size_t n = 0;
    if (!path) {
        return;
    }
    for (int i = 0; i < CALLS; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s %ld\n", names[i], (long)counts[i]);
    }
    n += (size_t)snprintf(text + n, sizeof text - n, "blocks %ld\n", (long)blocks);
    which = -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t done = 0; fd >= 0 && done < n;) {
        ssize_t put = write(fd, text + done, n - done);
        if (put <= 0) {
            break;
        }
        done += (size_t)put;
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* The C library's own; the pointer is read by way of memcpy because C has no cast for it. */
#define NEXT(variable, name)                                                                                         \
    do {                                                                                                             \
        if (!(variable)) {                                                                                           \
            void *found_ = dlsym(RTLD_NEXT, (name));                                                                 \
            memcpy(&(variable), &found_, sizeof found_);                                                             \
        }                                                                                                            \
    } while (0)

int open64(const char *path, int flags, ...)
{
    static int (*next)(const char *, int, ...);
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list list;
        va_start(list, flags);
        mode = (mode_t)va_arg(list, int);
        va_end(list);
    }
    NEXT(next, "open64");
    return fails(OPEN) ? -1 : next(path, flags, mode);
}

ssize_t read(int fd, void *buf, size_t n)
{
    static ssize_t (*next)(int, void *, size_t);
    NEXT(next, "read");
    if (fails(READ)) {
        return less ? next(fd, buf, n > 1 ? n / 2 : n) : -1;
    }
    return next(fd, buf, n);
}

int fstat64(int fd, struct stat64 *out)
{
    static int (*next)(int, struct stat64 *);
    NEXT(next, "fstat64");
    return fails(FSTAT) ? -1 : next(fd, out);
}

int fstatat64(int fd, const char *path, struct stat64 *out, int flags)
{
    static int (*next)(int, const char *, struct stat64 *, int);
    NEXT(next, "fstatat64");
    return fails(FSTATAT) ? -1 : next(fd, path, out, flags);
}

int stat64(const char *path, struct stat64 *out)
{
    static int (*next)(const char *, struct stat64 *);
    NEXT(next, "stat64");
    return fails(STAT) ? -1 : next(path, out);
}

DIR *opendir(const char *path)
{
    static DIR *(*next)(const char *);
    NEXT(next, "opendir");
    return fails(OPENDIR) ? NULL : next(path);
}

struct dirent64 *readdir64(DIR *dir)
{
    static struct dirent64 *(*next)(DIR *);
    NEXT(next, "readdir64");
    return fails(READDIR) ? NULL : next(dir);
}

size_t fwrite(const void *at_, size_t size, size_t n, FILE *to)
{
    static size_t (*next)(const void *, size_t, size_t, FILE *);
    NEXT(next, "fwrite");
    if (to == stdout && fails(WRITE)) {
        return less && size == 1 ? next(at_, 1, n / 2, to) : 0;
    }
    return next(at_, size, n, to);
}

int fflush(FILE *to)
{
    static int (*next)(FILE *);
    NEXT(next, "fflush");
    return to == stdout && fails(FLUSH) ? EOF : next(to);
}

#ifndef W403_FAIL_INSIDE
/* dlsym allocates: until it has answered, the C library's own entry points do. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void  __libc_free(void *p);

void *malloc(size_t n)
{
    void *p = fails(MALLOC) ? NULL : __libc_malloc(n);
    blocks += p != NULL;
    return p;
}

void *calloc(size_t n, size_t size)
{
    void *p = fails(MALLOC) ? NULL : __libc_calloc(n, size);
    blocks += p != NULL;
    return p;
}

void *realloc(void *old, size_t n)
{
    void *p = fails(MALLOC) ? NULL : __libc_realloc(old, n);
    blocks += !old && p;
    return p;
}

void free(void *p)
{
    blocks -= p != NULL;
    __libc_free(p);
}
#endif

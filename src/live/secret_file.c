#include "live/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

static w403_status read_into(int fd, char *p, size_t size, const char *path, size_t *n, w403_error *err)
{
    while (*n < size) {
        ssize_t got = read(fd, p + *n, size - *n);
        if (got < 0 && errno != EINTR) {
            return w403_io_error(err, "read", path, errno);
        }
        if (got == 0) {
            break;
        }
        *n += got > 0 ? (size_t)got : 0;
    }
    return W403_OK;
}

static w403_status read_open(w403_secrets *s, int fd, const char *path, size_t size, w403_view *out, w403_error *err)
{
    if (size > W403_LIMIT_LIVE_FILE_BYTES) {
        return w403_error_set(err, W403_LIMIT, "`%s` is larger than %d KiB, which no file of the aws command is", path,
                              W403_LIMIT_LIVE_FILE_BYTES >> 10);
    }
    char  *p = w403_secrets_take(s, size + 1);
    size_t n = 0;
    W403_NEED(p, err);
    w403_status status = read_into(fd, p, size, path, &n, err);
    if (status != W403_OK) {
        w403_secrets_wipe(s, p, size + 1);
        return status;
    }
    if (n < size) { /* it shrank: a view's length is what it goes back by */
        w403_view shorter = w403_secrets_copy(s, (w403_view){p, n});
        w403_secrets_wipe(s, p, size + 1);
        W403_NEED(shorter.p, err);
        *out = shorter;
        return W403_OK;
    }
    *out = (w403_view){p, n};
    return W403_OK;
}

static w403_status check_owner(const struct stat *info, const char *path, w403_error *err)
{
    if (info->st_uid != geteuid() && info->st_uid != 0) {
        return w403_error_set(err, W403_IO, "`%s` is another user's file", path);
    }
    if (info->st_mode & S_IWOTH) {
        w403_error_set(err, W403_IO, "everyone may write into `%s`", path);
        w403_error_hint(err, "Take that right away (chmod o-w), and have the file written again.");
        return W403_IO;
    }
    return W403_OK;
}

w403_status w403_secret_file_read(w403_secrets *s, const char *path, unsigned flags, w403_view *out, w403_error *err)
{
    struct stat info;
    *out = (w403_view){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        return absent && !(flags & W403_SECRET_FILE_MUST_BE) ? W403_OK : w403_io_error(err, "open", path, errno);
    }
    w403_status status = W403_OK;
    if (fstat(fd, &info) != 0) {
        status = w403_io_error(err, "read", path, errno);
    } else if (!S_ISREG(info.st_mode)) {
        if (flags & W403_SECRET_FILE_MUST_BE) {
            status = w403_error_set(err, W403_IO, "`%s` is no regular file", path);
        }
    } else {
        if (flags & W403_SECRET_FILE_OURS) {
            status = check_owner(&info, path, err);
        }
        if (status == W403_OK) {
            status = read_open(s, fd, path, (size_t)info.st_size, out, err);
        }
    }
    (void)close(fd);
    return status;
}

w403_view w403_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? w403_view_of(value) : (w403_view){NULL, 0};
}

static const char *home(void)
{
    const char *named = getenv("HOME");
    if (named && *named) {
        return named;
    }
    const struct passwd *user = getpwuid(geteuid());
    return user && user->pw_dir ? user->pw_dir : "/";
}

static bool is_name(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (w403_lower(c) >= 'a' && w403_lower(c) <= 'z');
}

/* The variable that begins at `rest` with its `$`; how many bytes it takes, 0: none begins there. */
static size_t put_variable(w403_buf *out, w403_view rest)
{
    bool   braces = rest.n > 1 && rest.p[1] == '{';
    size_t from = braces ? 2 : 1, to = from;
    while (to < rest.n && (braces ? rest.p[to] != '}' : is_name(rest.p[to]))) {
        to++;
    }
    char name[128];
    if (to == from || to - from >= sizeof name || (braces && to == rest.n)) {
        return 0;
    }
    memcpy(name, rest.p + from, to - from);
    name[to - from] = '\0';
    const char *value = getenv(name);
    if (!value) {
        return 0; /* it stays as it is written */
    }
    w403_buf_puts(out, value);
    return to + braces;
}

w403_view w403_path_expand(w403_arena *a, w403_view path)
{
    w403_buf out = {0};
    for (size_t i = 0; i < path.n;) {
        size_t taken = path.p[i] == '$' ? put_variable(&out, w403_view_sub(path, i, path.n)) : 0;
        if (taken == 0) {
            w403_buf_putc(&out, path.p[i]);
        }
        i += taken ? taken : 1;
    }
    w403_view v = w403_buf_view(&out);
    if (w403_buf_ok(&out) && v.n && v.p[0] == '~' && (v.n == 1 || v.p[1] == '/')) {
        w403_view expanded = w403_arena_printf(a, "%s%.*s", home(), (int)(v.n - 1), v.p + 1);
        w403_buf_free(&out);
        return expanded;
    }
    return w403_buf_take(&out, a);
}

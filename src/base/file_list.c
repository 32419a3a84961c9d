#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "base/limits.h"

/* A folder that was found. Its ancestors are those that led to it, by links too. */
typedef struct folder {
    w403_view path; /* "" or with a `/` at its end */
    dev_t     device;
    ino_t     inode;
    size_t    parent; /* SIZE_MAX: the root */
    unsigned  depth;
} folder;

typedef struct lister {
    w403_arena   *a;
    const char   *root;
    w403_listing *out;
    W403_ARRAY(folder) folders;
    size_t        next; /* folder to list */
    size_t        seen; /* entries */
} lister;

static w403_status add_odd(lister *l, w403_view path, w403_view why, w403_error *err)
{
    w403_odd_path *odd = W403_PUSH(l->a, &l->out->odd);
    W403_NEED(odd && path.p && why.p, err);
    *odd = (w403_odd_path){path, why};
    return W403_OK;
}

static w403_view odd_kind(mode_t mode)
{
    return S_ISFIFO(mode)                     ? W403_LIT("a FIFO")
           : S_ISSOCK(mode)                   ? W403_LIT("a socket")
           : S_ISCHR(mode) || S_ISBLK(mode) ? W403_LIT("a device")
                                              : W403_LIT("no regular file");
}

static w403_view odd_reason(lister *l, bool link, int code)
{
    if (link && (code == ENOENT || code == ENOTDIR)) {
        return W403_LIT("a link to nothing");
    }
    if (code == ELOOP) {
        return W403_LIT("a link that leads to itself");
    }
    char        room[128];
    const char *why = w403_errno_text(code, room, sizeof room);
    return w403_arena_printf(l->a, "%s that cannot be looked at (%c%s)", link ? "a link" : "an entry", w403_lower(*why), why + 1);
}

/* Is this folder one of those that led here? */
static bool leads_back(const lister *l, size_t from, const struct stat *info)
{
    for (size_t i = from; i != SIZE_MAX; i = l->folders.at[i].parent) {
        if (l->folders.at[i].device == info->st_dev && l->folders.at[i].inode == info->st_ino) {
            return true;
        }
    }
    return false;
}

static w403_status add_folder(lister *l, size_t parent, w403_view path, const struct stat *info, w403_error *err)
{
    unsigned depth = l->folders.at[parent].depth + 1;
    if (leads_back(l, parent, info)) {
        return add_odd(l, path, W403_LIT("a link back to a folder above it"), err);
    }
    if (depth > W403_LIMIT_FOLDER_DEPTH) {
        return add_odd(l, path, W403_LIT("a folder too deep to be listed"), err);
    }
    w403_view *slot = W403_PUSH(l->a, &l->out->folders);
    folder    *f = W403_PUSH(l->a, &l->folders);
    W403_NEED(slot && f, err);
    *slot = path;
    *f = (folder){w403_arena_printf(l->a, "%.*s/", (int)path.n, path.p), info->st_dev, info->st_ino, parent, depth};
    W403_NEED(f->path.p, err);
    return W403_OK;
}

static w403_status add_entry(lister *l, size_t in, int dir, const struct dirent *entry, w403_error *err)
{
    struct stat info;
    w403_view   prefix = l->folders.at[in].path;
    w403_view   path = w403_arena_join(l->a, prefix, "", w403_view_of(entry->d_name));
    bool        file = entry->d_type == DT_REG, link = entry->d_type == DT_LNK;
    W403_NEED(path.p, err);
    if (!file && fstatat(dir, entry->d_name, &info, 0) != 0) {
        int code = errno;
        if (entry->d_type == DT_UNKNOWN) {
            link = fstatat(dir, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
        }
        return add_odd(l, path, odd_reason(l, link, code), err);
    }
    if (file || S_ISREG(info.st_mode)) {
        w403_view *slot = W403_PUSH(l->a, &l->out->files);
        W403_NEED(slot, err);
        *slot = path;
        return W403_OK;
    }
    return S_ISDIR(info.st_mode) ? add_folder(l, in, path, &info, err) : add_odd(l, path, odd_kind(info.st_mode), err);
}

static w403_status list_one(lister *l, size_t in, DIR *dir, const char *path, w403_error *err)
{
    for (;;) {
        errno = 0; /* the end looks like a failure but for this */
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno ? w403_io_error(err, "list", path, errno) : W403_OK;
        }
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (++l->seen > W403_LIMIT_LISTED) {
            return w403_error_set(err, W403_LIMIT, "more than %d entries below `%s`", W403_LIMIT_LISTED, l->root);
        }
        W403_TRY(add_entry(l, in, dirfd(dir), entry, err));
    }
}

static int compare_paths(const void *x, const void *y)
{
    return w403_view_cmp(*(const w403_view *)x, *(const w403_view *)y);
}

static w403_status begin(lister *l, w403_error *err)
{
    struct stat info;
    folder     *top = W403_PUSH(l->a, &l->folders);
    W403_NEED(top, err);
    if (stat(l->root, &info) != 0) {
        return w403_io_error(err, "list", l->root, errno);
    }
    *top = (folder){W403_LIT(""), info.st_dev, info.st_ino, SIZE_MAX, 0};
    return W403_OK;
}

w403_status w403_file_list(w403_arena *a, const char *root, w403_listing *out, w403_error *err)
{
    lister l = {.a = a, .root = root, .out = out};
    *out = (w403_listing){0};
    W403_TRY(begin(&l, err));
    for (; l.next < l.folders.n; l.next++) {
        w403_view prefix = l.folders.at[l.next].path;
        w403_view path = w403_arena_printf(a, "%s/%.*s", root, (int)prefix.n, prefix.p);
        W403_NEED(path.p, err);
        DIR *dir = opendir(path.p);
        if (!dir) {
            return w403_io_error(err, "list", prefix.n ? path.p : root, errno);
        }
        w403_status status = list_one(&l, l.next, dir, path.p, err);
        (void)closedir(dir);
        W403_TRY(status);
    }
    if (out->files.n) {
        qsort(out->files.at, out->files.n, sizeof *out->files.at, compare_paths);
    }
    return W403_OK;
}

w403_status w403_file_list_plain(w403_arena *a, const char *root, w403_paths *out, w403_error *err)
{
    w403_listing all;
    W403_TRY(w403_file_list(a, root, &all, err));
    if (all.odd.n) {
        const w403_odd_path *odd = &all.odd.at[0];
        w403_status          st = w403_error_set(err, W403_IO, "`%s/%.*s` is %.*s", root, (int)odd->path.n, odd->path.p,
                                                 (int)odd->why.n, odd->why.p);
        w403_error_hint(err, "remove it, or name the files themselves");
        return st;
    }
    *out = all.files;
    return W403_OK;
}

/* From files[].key to a file on disk. Users mirror the destination in several ways: the whole bucket, below its
 * prefix (`aws s3 sync s3://dest/prefix/ dir`), one delivery, or just the files in one heap. So a file is looked for
 * as END of its key below UP directories above the manifest; where the first one is found the rest is found too.
 * Doubled slashes (a destination prefix that ends in `/` gives data keys with `//`, the manifest has `/`) are one
 * on disk. */
#include "inventory/manifest.h"

#include <sys/stat.h>

enum { MAX_UP = 32, MAX_PARTS = 64, PATH_BYTES = 4096 };

typedef struct place {
    size_t up;   /* directories above the manifest's */
    size_t drop; /* leading parts of the key left out */
} place;

typedef struct finder {
    w403_arena *a;
    w403_view dir[MAX_UP]; /* the manifest's directory and those above it, NUL-terminated */
    size_t n_dirs;
    place last;
    bool found; /* `last` holds */
} finder;

/* The parts of a key, doubled and leading slashes skipped. */
static size_t key_parts(w403_view key, w403_view part[MAX_PARTS])
{
    size_t n = 0;
    for (w403_view rest = key; rest.p && n < MAX_PARTS;) {
        w403_view p = w403_view_cut(&rest, '/');
        if (p.n) {
            part[n++] = p;
        }
    }
    return n;
}

static bool try_place(const finder *f, const w403_view *part, size_t n, place at, w403_view *out)
{
    char path[PATH_BYTES];
    size_t used = f->dir[at.up].n;
    struct stat st;
    if (at.drop >= n || at.up >= f->n_dirs || used >= sizeof path) {
        return false;
    }
    memcpy(path, f->dir[at.up].p, used);
    for (size_t i = at.drop; i < n; i++) {
        if (used + 1 + part[i].n >= sizeof path) {
            return false;
        }
        if (used && path[used - 1] != '/') {
            path[used++] = '/';
        }
        memcpy(path + used, part[i].p, part[i].n);
        used += part[i].n;
    }
    path[used] = '\0';
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return false;
    }
    *out = w403_arena_copy(f->a, (w403_view){path, used});
    return true;
}

/* Longest end of the key first: a short one might find a stranger. False: memory is short. */
static bool find_file(finder *f, w403_inv_file *file)
{
    w403_view part[MAX_PARTS];
    size_t n = key_parts(file->key, part);
    if (f->found && try_place(f, part, n, f->last, &file->path)) {
        return file->path.p != NULL;
    }
    for (size_t drop = 0; drop < n; drop++) {
        for (size_t up = 0; up < f->n_dirs; up++) {
            place at = {up, drop};
            if (try_place(f, part, n, at, &file->path)) {
                f->last = at;
                f->found = true;
                return file->path.p != NULL;
            }
        }
    }
    return true;
}

/* The directory above a path as it is written: `a/b` -> `a`, `a` -> `.`, `.` -> `..`, `..` -> `../..`. */
static w403_view parent(w403_arena *a, w403_view dir)
{
    size_t cut = dir.n;
    while (cut > 0 && dir.p[cut - 1] != '/') {
        cut--;
    }
    w403_view name = w403_view_sub(dir, cut, dir.n);
    if (w403_view_eq(name, W403_LIT(".")) && cut == 0) {
        return W403_LIT("..");
    }
    if (w403_view_eq(name, W403_LIT("..")) || w403_view_eq(name, W403_LIT("."))) {
        return w403_arena_printf(a, "%.*s/..", (int)dir.n, dir.p);
    }
    while (cut > 1 && dir.p[cut - 1] == '/') {
        cut--;
    }
    return cut == 0 ? W403_LIT(".") : w403_arena_copy(a, w403_view_sub(dir, 0, cut));
}

bool w403_manifest_resolve(w403_arena *a, const char *manifest_path, w403_manifest *m)
{
    finder f = {.a = a};
    dev_t device = 0;
    ino_t inode = 0;
    f.dir[0] = parent(a, w403_view_of(manifest_path));
    for (; f.n_dirs < MAX_UP; f.n_dirs++) {
        w403_view dir = f.n_dirs ? parent(a, f.dir[f.n_dirs - 1]) : f.dir[0];
        struct stat st;
        if (!dir.p) {
            return false;
        }
        if (dir.n >= PATH_BYTES || stat(dir.p, &st) != 0 || (st.st_dev == device && st.st_ino == inode)) {
            break; /* `/..` is `/` */
        }
        device = st.st_dev;
        inode = st.st_ino;
        f.dir[f.n_dirs] = dir;
    }
    for (size_t i = 0; i < m->n_files; i++) {
        if (!find_file(&f, &m->files[i])) {
            return false;
        }
    }
    return true;
}

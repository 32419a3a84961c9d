/* From files[].key to a file on disk. Users mirror the destination in several ways: the whole bucket, below its
 * prefix (`aws s3 sync s3://dest/prefix/ dir`), one delivery, or just the files in one heap. S3 keeps the files of a
 * report in `data/` beside the manifest's own directory, which is called by its time. So a file is looked for as END of
 * its key below that directory and, where it is called so, below the one above it: the delivery. Nothing else is opened,
 * whatever a manifest of somebody else says, and no link leads out. Doubled slashes (a destination prefix that ends in
 * `/` gives data keys with `//`, the manifest has `/`) are one on disk. */
#include "inventory/manifest.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { MAX_UP = 2, MAX_PARTS = 64, PATH_BYTES = 4096 };

typedef struct place {
    size_t up;   /* directories above the manifest's */
    size_t drop; /* leading parts of the key left out */
} place;

typedef struct finder {
    w403_arena *a;
    w403_view dir[MAX_UP]; /* the manifest's directory and the delivery's, NUL-terminated */
    size_t n_dirs;
    char *real; /* of the last of them: no file lies outside */
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

/* Without links it lies below the delivery. */
static bool is_inside(const finder *f, const char *path)
{
    char  *real = realpath(path, NULL);
    size_t n = strlen(f->real);
    bool   inside = real && strncmp(real, f->real, n) == 0 && (real[n] == '/' || strcmp(f->real, "/") == 0);
    free(real);
    return inside;
}

static bool try_place(const finder *f, const w403_view *part, size_t n, place at, w403_view *out, bool *outside)
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
    *outside = !is_inside(f, path);
    if (*outside) {
        return false;
    }
    *out = w403_arena_copy(f->a, (w403_view){path, used});
    return true;
}

/* Longest end of the key first: a short one might find a stranger. False: memory is short. */
static bool find_file(finder *f, w403_inv_file *file)
{
    w403_view part[MAX_PARTS] = {{NULL, 0}};
    size_t n = key_parts(file->key, part);
    bool outside = false;
    if (f->found && try_place(f, part, n, f->last, &file->path, &outside)) {
        return file->path.p != NULL;
    }
    for (size_t drop = 0; drop < n; drop++) {
        for (size_t up = 0; up < f->n_dirs; up++) {
            place at = {up, drop};
            if (try_place(f, part, n, at, &file->path, &outside)) {
                f->last = at;
                f->found = true;
                return file->path.p != NULL;
            }
            file->outside |= outside;
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

/* 2026-11-21T01-00Z */
static bool is_time(const char *name)
{
    static const char form[] = "dddd-dd-ddTdd-ddZ";
    size_t i = 0;
    for (; form[i] && name[i]; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (form[i] == 'd' ? !digit : name[i] != form[i]) {
            return false;
        }
    }
    return form[i] == '\0' && name[i] == '\0';
}

bool w403_manifest_resolve(w403_arena *a, const char *manifest_path, w403_manifest *m)
{
    finder f = {.a = a, .n_dirs = 1};
    f.dir[0] = parent(a, w403_view_of(manifest_path));
    f.real = f.dir[0].p ? realpath(f.dir[0].p, NULL) : NULL;
    if (!f.real) {
        return f.dir[0].p != NULL; /* gone since it was read: every file is missing */
    }
    char *name = strrchr(f.real, '/');
    bool good = true;
    if (name && is_time(name + 1)) {
        f.dir[1] = parent(a, f.dir[0]);
        f.n_dirs = 2;
        good = f.dir[1].p != NULL;
        name[name == f.real] = '\0'; /* the directory above, `/` at least */
    }
    for (size_t i = 0; i < m->n_files && good; i++) {
        good = find_file(&f, &m->files[i]);
    }
    free(f.real);
    return good;
}

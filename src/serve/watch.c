/* inotify on a snapshot's folders. Files are written one by one: the load waits until nothing has changed for a while. */
#include "serve/watch.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum { EVENTS = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR };

static void add_folder(w403_folder_watch *w, const char *path, unsigned depth)
{
    int wd = inotify_add_watch(w->fd, path, EVENTS);
    if (wd < 0 || depth > W403_LIMIT_FOLDER_DEPTH) {
        return;
    }
    while (w->folders.n <= (size_t)wd) {
        if (!W403_PUSH(w->arena, &w->folders)) {
            return;
        }
    }
    w403_view kept = w403_arena_copy(w->arena, w403_view_of(path));
    w->folders.at[wd] = (char *)(uintptr_t)kept.p;
    DIR           *d = opendir(path);
    struct dirent *e;
    char           below[PATH_MAX];
    while (d && (e = readdir(d)) != NULL) {
        bool folder = e->d_type == DT_DIR && e->d_name[0] != '.';
        if (folder && snprintf(below, sizeof below, "%s/%s", path, e->d_name) < (int)sizeof below) {
            add_folder(w, below, depth + 1);
        }
    }
    if (d) {
        (void)closedir(d);
    }
}

void w403_folder_watch_open(w403_folder_watch *w, const char *path)
{
    struct stat s;
    *w = (w403_folder_watch){.fd = -1};
    if (!path || stat(path, &s) != 0) {
        return;
    }
    w->arena = w403_arena_new(0);
    w->fd = w->arena ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;
    if (w->fd < 0) {
        return;
    }
    if (S_ISDIR(s.st_mode)) {
        add_folder(w, path, 0);
        return;
    }
    w403_view copy = w403_arena_copy(w->arena, w403_view_of(path));
    char     *slash = copy.p ? strrchr(copy.p, '/') : NULL;
    w->single = true;
    w->name = slash ? slash + 1 : (char *)(uintptr_t)copy.p;
    w403_view folder = slash ? w403_arena_copy(w->arena, w403_view_sub(copy, 0, (size_t)(slash - copy.p))) : W403_LIT(".");
    if (copy.p && folder.p) {
        (void)inotify_add_watch(w->fd, folder.n ? folder.p : "/", EVENTS);
    }
}

void w403_folder_watch_close(w403_folder_watch *w)
{
    if (w->fd >= 0) {
        (void)close(w->fd);
    }
    w403_arena_free(w->arena);
    *w = (w403_folder_watch){.fd = -1};
}

int w403_folder_watch_waits(const w403_folder_watch *w, int quiet_ms)
{
    if (!w->changed) {
        return -1;
    }
    uint64_t since = (w403_now_ns() - w->changed_ns) / 1000000;
    return since >= (uint64_t)quiet_ms ? 0 : quiet_ms - (int)since;
}

static void on_event(w403_folder_watch *w, const struct inotify_event *e)
{
    char      below[PATH_MAX];
    w403_view name = e->len ? w403_view_of(e->name) : (w403_view){"", 0};
    if (e->mask & IN_ISDIR) {
        const char *folder = e->wd >= 0 && (size_t)e->wd < w->folders.n ? w->folders.at[e->wd] : NULL;
        bool        fresh = !w->single && folder && (e->mask & (IN_CREATE | IN_MOVED_TO)) && name.n && name.p[0] != '.';
        if (fresh && snprintf(below, sizeof below, "%s/%s", folder, name.p) < (int)sizeof below) {
            add_folder(w, below, 1);
        }
        w->changed = w->changed || !w->single;
    } else if (!(e->mask & IN_CREATE)) { /* what is created is written next */
        bool ours = w->single ? w403_view_eq(name, w403_view_of(w->name)) : w403_view_ends(name, W403_LIT(".json"));
        w->changed = w->changed || ours || (e->mask & IN_Q_OVERFLOW);
        if (!ours) {
            return;
        }
    }
    w->changed_ns = w403_now_ns();
}

bool w403_folder_watch_settled(w403_folder_watch *w, bool readable, int quiet_ms)
{
    _Alignas(struct inotify_event) char room[16384];
    ssize_t n;
    while (readable && (n = read(w->fd, room, sizeof room)) > 0) {
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *e = (const void *)(room + at);
            on_event(w, e);
            at += (ssize_t)sizeof *e + e->len;
        }
    }
    if (w403_folder_watch_waits(w, quiet_ms) != 0) {
        return false;
    }
    w->changed = false;
    return true;
}

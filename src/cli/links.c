#include "cli/links.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/encode.h"

static bool env_begins(const char *name, const char *with)
{
    const char *value = getenv(name);
    return value && strncmp(value, with, strlen(with)) == 0;
}

/* Each says itself, in its own way, that it is there. GNOME's have them since VTE 0.50. */
static bool terminal_knows(void)
{
    static const char *const there[] = {"KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "WEZTERM_PANE"};
    static const char *const programs[] = {"iTerm", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"};
    static const char *const terms[] = {"xterm-kitty", "foot", "alacritty", "xterm-ghostty", "contour"};
    const char *vte = getenv("VTE_VERSION");
    uint64_t version = 0;
    bool knows = vte && w403_view_u64(w403_view_of(vte), &version) && version >= 5000;
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        knows |= getenv(there[i]) != NULL;
    }
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        knows |= env_begins("TERM_PROGRAM", programs[i]);
    }
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        knows |= env_begins("TERM", terms[i]);
    }
    return knows && !env_begins("TERM", "screen") && !env_begins("TERM", "tmux");
}

bool w403_want_links(const char *when, int fd)
{
    if (when && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    return isatty(fd) == 1 && terminal_knows();
}

/* `FILE:12:5`, `FILE (laid out...)`: the file. */
static w403_view file_of(w403_view rest)
{
    for (size_t i = 0; i < rest.n; i++) {
        bool colon = rest.p[i] == ':' && i + 1 < rest.n && rest.p[i + 1] >= '0' && rest.p[i + 1] <= '9';
        if (colon || rest.p[i] == '\n' || (rest.p[i] == ' ' && i + 1 < rest.n && rest.p[i + 1] == '(')) {
            return w403_view_sub(rest, 0, i);
        }
    }
    return rest;
}

#ifndef __wasi__
/* The whole path of a file that is there, as it was named or below the snapshot. */
static bool find(const w403_cli *cli, w403_arena *a, w403_view name, char full[PATH_MAX])
{
    w403_view path = w403_arena_copy(a, name);
    if (path.p && realpath(path.p, full)) {
        return true;
    }
    path = cli->source_root ? w403_arena_printf(a, "%s/%.*s", cli->source_root, W403_ARG(name)) : (w403_view){NULL, 0};
    return path.p && realpath(path.p, full);
}

static void put_link(const w403_cli *cli, w403_buf *out, w403_view name)
{
    char full[PATH_MAX], host[256] = "";
    w403_arena *a = w403_arena_new(0);
    w403_view uri = {NULL, 0};
    if (a && find(cli, a, name, full) && gethostname(host, sizeof host - 1) == 0) {
        uri = w403_percent_encode(a, w403_view_of(full), "/");
    }
    if (uri.p) {
        w403_buf_printf(out, "\033]8;;file://%s%.*s\033\\", host, W403_ARG(uri));
    }
    w403_buf_put(out, name);
    w403_buf_puts(out, uri.p ? "\033]8;;\033\\" : "");
    w403_arena_free(a);
}
#else
static void put_link(const w403_cli *cli, w403_buf *out, w403_view name)
{
    (void)cli;
    w403_buf_put(out, name);
}
#endif

void w403_links_put(const w403_cli *cli, w403_buf *out, w403_view text)
{
    w403_view arrow = W403_LIT("--> "), end = W403_LIT("\033[0m");
    for (size_t at; (at = w403_view_find(text, arrow)) != SIZE_MAX;) {
        w403_buf_put(out, w403_view_sub(text, 0, at + arrow.n));
        text = w403_view_sub(text, at + arrow.n, text.n);
        if (w403_view_starts(text, end)) {
            w403_buf_put(out, end);
            text = w403_view_sub(text, end.n, text.n);
        }
        w403_view name = file_of(text);
        if (name.n) {
            put_link(cli, out, name);
        }
        text = w403_view_sub(text, name.n, text.n);
    }
    w403_buf_put(out, text);
}

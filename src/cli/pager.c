#include "cli/pager.h"

#ifndef __wasi__
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t screen_lines(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

static bool is_longer(w403_view text, size_t lines)
{
    while (text.n && lines) {
        (void)w403_view_cut(&text, '\n');
        lines--;
    }
    return text.n > 0;
}

/* NULL: none. `cat` and nothing are how people switch pagers off. */
static const char *pager_of(const w403_cli *cli)
{
    static const char *const names[] = {"WHY403_PAGER", "PAGER"};
    const char *when = w403_args_value(&cli->args, W403_OPT_PAGER), *term = getenv("TERM");
    if ((when && strcmp(when, "never") == 0) || (term && strcmp(term, "dumb") == 0)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value) {
            return *value && strcmp(value, "cat") != 0 ? value : NULL;
        }
    }
    return "less";
}

/* The child reads from `in`. A pager that the user names is a command line of his, so his shell reads it. */
static void become(const char *pager, int in)
{
    (void)dup2(in, STDIN_FILENO);
    (void)close(in);
    (void)setenv("LESS", "FRX", 0);
    (void)setenv("LV", "-c", 0);
    if (strcmp(pager, "less") == 0) {
        execlp("less", "less", (char *)NULL);
        execlp("more", "more", (char *)NULL);
    } else {
        execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
    }
    _exit(127);
}

static void write_all(int fd, w403_view text)
{
    for (size_t at = 0; at < text.n;) {
        ssize_t n = write(fd, text.p + at, text.n - at);
        if (n < 0 && errno != EINTR) {
            return; /* it was left before the end */
        }
        at += n > 0 ? (size_t)n : 0;
    }
}

bool w403_pager_write(w403_cli *cli)
{
    int ends[2], status = 0;
    const char *pager = cli->pages && !cli->host && isatty(STDOUT_FILENO) == 1 ? pager_of(cli) : NULL;
    size_t lines = pager ? screen_lines() : 0;
    if (!lines || !is_longer(w403_buf_view(&cli->out), lines - 1) || pipe(ends) != 0) {
        return false;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN}, pipes, interrupt;
    (void)fflush(stdout);
    (void)sigaction(SIGPIPE, &ignore, &pipes);
    (void)sigaction(SIGINT, &ignore, &interrupt); /* Ctrl-C is the pager's */
    pid_t child = fork();
    if (child == 0) {
        (void)sigaction(SIGPIPE, &pipes, NULL);
        (void)sigaction(SIGINT, &interrupt, NULL);
        (void)close(ends[1]);
        become(pager, ends[0]);
    }
    (void)close(ends[0]);
    if (child > 0) {
        write_all(ends[1], w403_buf_view(&cli->out));
    }
    (void)close(ends[1]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    (void)sigaction(SIGPIPE, &pipes, NULL);
    (void)sigaction(SIGINT, &interrupt, NULL);
    return child > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 127); /* no such pager: written as it is */
}
#else
bool w403_pager_write(w403_cli *cli)
{
    (void)cli;
    return false;
}
#endif

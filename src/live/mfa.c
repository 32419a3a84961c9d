#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/command.h"
#include "live/cred.h"

enum { DIGITS = 6, CONTROL_C = 3, CONTROL_D = 4, BACKSPACE = 8, DELETE = 127 };

static bool is_code(w403_view v)
{
    uint64_t number;
    return v.n == DIGITS && w403_view_u64(v, &number);
}

/* A line without its end; what is longer is cut. False: no line came. */
static bool read_line(int tty, char *line, size_t room, size_t *n)
{
    char c = 0;
    for (;;) {
        ssize_t got = read(tty, &c, 1);
        if ((got < 0 && errno != EINTR) || got == 0 || c == CONTROL_C || (c == CONTROL_D && *n == 0)) {
            return false;
        }
        if (got > 0 && (c == '\n' || c == '\r')) {
            return true;
        }
        if (got > 0 && (c == BACKSPACE || c == DELETE)) {
            *n -= *n > 0;
        } else if (got > 0 && *n < room) {
            line[(*n)++] = c;
        }
    }
}

/* Without echo, letter by letter. Ctrl-C is one of them meanwhile, so that the terminal is never left without its echo. */
static bool prompt(int tty, w403_view whose, char *line, size_t room, size_t *n)
{
    struct termios before, now;
    if (tcgetattr(tty, &before) != 0) {
        return false;
    }
    now = before;
    now.c_lflag &= ~(tcflag_t)(ECHO | ISIG | ICANON);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    (void)dprintf(tty, "MFA code for %.*s: ", W403_ARG(whose));
    (void)tcsetattr(tty, TCSAFLUSH, &now);
    bool good = read_line(tty, line, room, n);
    (void)tcsetattr(tty, TCSAFLUSH, &before);
    (void)dprintf(tty, "\n");
    return good;
}

w403_status w403_mfa_ask(w403_credentials *c, w403_view serial, w403_view *code, w403_error *err)
{
    char      line[64];
    size_t    n = 0;
    w403_view given = c->options->mfa_code;
    if (!given.n || c->mfa_code_used) {
        int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (tty < 0) {
            w403_error_set(err, W403_SEMANTIC, "an MFA code of `%.*s` is needed, and there is no terminal to ask on",
                           W403_CUT(serial));
            w403_error_hint(err, c->mfa_code_used ? "A code is good for one role; run it on a terminal."
                                                  : "Give it with --mfa-code.");
            return W403_SEMANTIC;
        }
        bool got = prompt(tty, w403_shell_word(c->scratch, serial), line, sizeof line, &n);
        (void)close(tty);
        if (!got) {
            return w403_error_set(err, W403_SEMANTIC, "no MFA code of `%.*s` was given", W403_CUT(serial));
        }
        given = w403_view_trim((w403_view){line, n});
    } else {
        c->mfa_code_used = true;
    }
    if (!is_code(given)) {
        return w403_error_set(err, W403_SEMANTIC, "an MFA code has %d digits", DIGITS);
    }
    *code = w403_arena_copy(c->scratch, given);
    W403_NEED(code->p, err);
    return W403_OK;
}

/* No signal comes. */
#ifndef W403_WASI_SIGNAL_H
#define W403_WASI_SIGNAL_H

typedef int sig_atomic_t;
#include <__typedef_sigset_t.h>
struct sigaction {
    void (*sa_handler)(int);
    int sa_flags;
    sigset_t sa_mask;
};

#define SIGINT 2
#define SIGPIPE 13
#define SIGTERM 15
#define SA_RESETHAND 0
#define SA_RESTART 0
#define SIG_IGN ((void (*)(int))0)
#define SIG_DFL ((void (*)(int))0)

static inline int sigaction(int signal, const struct sigaction *action, struct sigaction *before)
{
    (void)signal;
    (void)action;
    (void)before;
    return 0;
}

static inline int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

#endif

#include "live/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"

extern char **environ;

/* Standard input from nowhere, standard output into the pipe, nothing else but standard error. */
static int spawn(const char *const *argv, int output, pid_t *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          attributes;
    sigset_t                   none;
    if (posix_spawn_file_actions_init(&files) != 0) {
        return ENOMEM;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    (void)sigemptyset(&none);
    int failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    failed = failed ? failed : posix_spawnattr_setsigmask(&attributes, &none);
    failed = failed ? failed : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    /* posix_spawnp wants char *const[], and writes to none of it */
    failed = failed ? failed : posix_spawnp(child, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    return failed;
}

static int left_ms(w403_instant deadline)
{
    w403_instant left = (deadline - w403_instant_now()) / 1000;
    return left > 0 ? (int)left : 0;
}

/* Reads to the end, or to the limit, or to the deadline. */
static w403_status collect(int fd, char *p, size_t room, w403_instant deadline, size_t *n, const char *name, w403_error *err)
{
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int           polled = poll(&ready, 1, left_ms(deadline));
        if (polled < 0 && errno == EINTR) {
            continue;
        }
        if (polled == 0) {
            return w403_error_set(err, W403_IO, "`%s` takes too long", name);
        }
        if (*n == room) {
            return w403_error_set(err, W403_LIMIT, "`%s` prints more than %d KiB", name, W403_LIMIT_LIVE_ANSWER_BYTES >> 10);
        }
        ssize_t got = polled < 0 ? -1 : read(fd, p + *n, room - *n);
        if (got < 0 && errno != EINTR && errno != EAGAIN) {
            return w403_io_error(err, "read what is printed by", name, errno);
        }
        if (got == 0) {
            return W403_OK;
        }
        *n += got > 0 ? (size_t)got : 0;
    }
}

/* The output is closed; the program ends on its own until the deadline, or is ended. */
static int wait_for(pid_t child, w403_instant deadline, bool end_it)
{
    int status = 0;
    for (;;) {
        if (end_it || left_ms(deadline) == 0) {
            (void)kill(child, SIGKILL);
            end_it = true;
        }
        pid_t done = waitpid(child, &status, end_it ? 0 : WNOHANG);
        if (done == child) {
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
        if (done < 0 && errno != EINTR) {
            return 127;
        }
        (void)poll(NULL, 0, 5);
    }
}

w403_status w403_process_run(w403_arena *a, w403_secrets *s, const w403_words *words, unsigned seconds, w403_process *out,
                             w403_error *err)
{
    enum { ROOM = W403_LIMIT_LIVE_ANSWER_BYTES };
    const char **argv = W403_NEW_N(a, const char *, words->n + 1);
    char        *p = w403_secrets_take(s, ROOM);
    int          ends[2];
    pid_t        child;
    size_t       n = 0;
    *out = (w403_process){0};
    if (!argv || !p || pipe2(ends, O_CLOEXEC) != 0) {
        w403_secrets_wipe(s, p, ROOM);
        return w403_error_nomem(err);
    }
    for (size_t i = 0; i < words->n; i++) {
        argv[i] = words->at[i].p;
    }
    w403_instant deadline = w403_instant_now() + (w403_instant)seconds * 1000000;
    int          failed = spawn(argv, ends[1], &child);
    (void)close(ends[1]);
    w403_status status = failed ? w403_io_error(err, "run", argv[0], failed)
                                : collect(ends[0], p, ROOM, deadline, &n, argv[0], err);
    (void)close(ends[0]);
    if (!failed) {
        out->exit_status = wait_for(child, deadline, status != W403_OK);
    }
    if (status == W403_OK) {
        out->output = w403_secrets_copy(s, (w403_view){p, n});
        status = out->output.p ? W403_OK : w403_error_nomem(err);
    }
    w403_secrets_wipe(s, p, ROOM);
    return status;
}

#include "base/file.h"
#include "cli/lines.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/progress.h"

enum { BLOCK = 256 << 10 };

typedef enum slot_state { FREE, FILLED, TAKEN, DONE } slot_state;

typedef struct slot { /* one block of whole lines */
    slot_state state;
    char *text;
    size_t n, cap;
    uint64_t first_line, lines;
    bool too_long; /* its only line is the beginning of an over-long one */
    bool stopped;
    w403_buf out;
} slot;

typedef struct run {
    w403_cli *cli;
    const w403_lines_work *work;
    slot *slots;
    unsigned n_slots, jobs;
    unsigned head, tail; /* next to fill; oldest in flight */
    unsigned in_flight;
    _Atomic bool failed; /* memory is short; any thread may notice */
    bool closing, stopped;
    pthread_mutex_t lock;
    pthread_cond_t filled, done;
    w403_progress progress;
    uint64_t written, position, size;
} run;

/* ---- workers ---- */

static void work_on(run *r, slot *s, void *state)
{
    w403_view rest = {s->text, s->n};
    uint64_t number = s->first_line;
    while (rest.n && !s->stopped) {
        w403_line line = {.number = number++, .too_long = s->too_long};
        line.text = w403_view_cut(&rest, '\n');
        s->stopped = !r->work->line(state, &line, &s->out);
        s->lines++;
    }
}

static slot *take(run *r)
{
    for (unsigned i = 0; i < r->n_slots; i++) {
        slot *s = &r->slots[(r->tail + i) % r->n_slots];
        if (s->state == FILLED) {
            s->state = TAKEN;
            return s;
        }
    }
    return NULL;
}

static void *worker(void *arg)
{
    run *r = arg;
    void *state = r->work->thread_new(r->work->user);
    pthread_mutex_lock(&r->lock);
    r->failed |= state == NULL;
    while (!r->failed) {
        slot *s = take(r);
        if (!s) {
            if (r->closing) {
                break;
            }
            pthread_cond_wait(&r->filled, &r->lock);
            continue;
        }
        pthread_mutex_unlock(&r->lock);
        work_on(r, s, state);
        pthread_mutex_lock(&r->lock);
        s->state = DONE;
        pthread_cond_broadcast(&r->done);
    }
    pthread_cond_broadcast(&r->done);
    pthread_mutex_unlock(&r->lock);
    if (state) {
        r->work->thread_free(state);
    }
    return NULL;
}

/* ---- the thread that reads and writes ---- */

/* Writes the oldest block when it is done; waits for it if `wait`. False: there was none to write. */
static bool write_oldest(run *r, bool wait)
{
    pthread_mutex_lock(&r->lock);
    slot *s = &r->slots[r->tail];
    while (wait && r->in_flight && s->state != DONE && !r->failed) {
        pthread_cond_wait(&r->done, &r->lock);
    }
    bool ready = r->in_flight && s->state == DONE;
    pthread_mutex_unlock(&r->lock);
    if (!ready) {
        return false;
    }
    if (!r->stopped) {
        w403_buf_put(&r->cli->out, w403_buf_view(&s->out));
        r->failed |= s->out.failed;
        r->written += s->lines;
        r->stopped = s->stopped;
        (void)w403_cli_flush(r->cli);
    }
    w403_buf_clear(&s->out);
    s->n = 0;
    s->lines = 0;
    pthread_mutex_lock(&r->lock); /* workers walk from the tail, by the states */
    s->state = FREE;
    r->tail = (r->tail + 1) % r->n_slots;
    r->in_flight--;
    pthread_mutex_unlock(&r->lock);
    w403_progress_step(&r->progress, r->written, r->position, r->size);
    return true;
}

static void hand_over(run *r, slot *s)
{
    pthread_mutex_lock(&r->lock);
    s->state = FILLED;
    r->in_flight++;
    r->head = (r->head + 1) % r->n_slots;
    pthread_cond_signal(&r->filled);
    pthread_mutex_unlock(&r->lock);
}

static bool room(slot *s, size_t n)
{
    if (s->n + n <= s->cap) {
        return true;
    }
    size_t cap = s->cap ? s->cap * 2 : BLOCK * 2;
    while (cap < s->n + n) {
        cap *= 2;
    }
    char *p = w403_realloc(s->text, cap);
    s->text = p ? p : s->text;
    s->cap = p ? cap : s->cap;
    return p != NULL;
}

typedef struct reader {
    int fd;
    char *rest; /* the beginning of a line whose end has not come yet */
    size_t n_rest, cap_rest;
    bool skipping; /* inside a line that is too long */
    uint64_t line; /* of the next line */
} reader;

static bool keep_rest(reader *rd, const char *p, size_t n)
{
    if (n > rd->cap_rest) {
        char *fresh = w403_realloc(rd->rest, n * 2);
        if (!fresh) {
            return false;
        }
        rd->rest = fresh;
        rd->cap_rest = n * 2;
    }
    if (n) { /* else there may be no room at all yet */
        memmove(rd->rest, p, n);
    }
    rd->n_rest = n;
    return true;
}

static uint64_t count_lines(w403_view v)
{
    uint64_t n = 0;
    for (const char *p = v.p; v.n && (p = memchr(p, '\n', (size_t)(v.p + v.n - p))); p++) {
        n++;
    }
    return n;
}

/* Reads once into `s` and cuts it at the last newline. 0: end of input, -1: error, 1: go on. */
static int fill(run *r, reader *rd, slot *s)
{
    s->too_long = s->stopped = false;
    s->n = 0;
    if (!room(s, rd->n_rest + BLOCK)) {
        r->failed = true;
        return -1;
    }
    if (rd->n_rest) {
        memcpy(s->text, rd->rest, rd->n_rest);
    }
    s->n = rd->n_rest;
    rd->n_rest = 0;
    ssize_t got;
    do {
        got = read(rd->fd, s->text + s->n, BLOCK);
    } while (got < 0 && errno == EINTR && !r->closing);
    if (got < 0) {
        return -1;
    }
    r->position += (uint64_t)got;
    s->n += (size_t)got;
    if (rd->skipping) { /* what is left of the over-long line */
        char *end = s->n ? memchr(s->text, '\n', s->n) : NULL;
        size_t cut = end ? (size_t)(end - s->text) + 1 : s->n;
        memmove(s->text, s->text + cut, s->n - cut);
        s->n -= cut;
        rd->skipping = end == NULL;
    }
    char *last = s->n ? memrchr(s->text, '\n', s->n) : NULL;
    if (got > 0) {
        size_t cut = last ? (size_t)(last - s->text) + 1 : 0;
        if (s->n - cut > W403_LINE_BYTES) {
            s->too_long = rd->skipping = cut == 0;
            if (cut == 0) {
                s->n = 4096; /* enough to say which line it was */
                cut = s->n;
            }
        }
        if (!keep_rest(rd, s->text + cut, s->n - cut)) {
            r->failed = true;
            return -1;
        }
        s->n = cut;
    }
    s->first_line = rd->line;
    w403_view text = {s->text, s->n};
    rd->line += count_lines(text) + (s->n && s->text[s->n - 1] != '\n' ? 1 : 0);
    return got > 0;
}

static bool would_block(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 0;
}

static w403_status pump(run *r, reader *rd, const volatile sig_atomic_t *interrupt, w403_lines_result *out,
                        w403_error *err)
{
    int more = 1;
    while (more > 0 && !r->stopped && !r->cli->broken && !r->failed) {
        if (interrupt && *interrupt) {
            out->interrupted = true;
            break;
        }
        while (r->in_flight && (r->in_flight == r->n_slots || would_block(rd->fd))) {
            if (!write_oldest(r, true)) {
                break;
            }
        }
        while (write_oldest(r, false)) {
        }
        if (r->failed) {
            break;
        }
        slot *s = &r->slots[r->head];
        more = fill(r, rd, s);
        if (more < 0 && !(interrupt && *interrupt)) {
            return r->failed ? w403_error_nomem(err)
                             : w403_error_set(err, W403_IO, "cannot read: %s", w403_errno_text(errno, (char[128]){0}, 128));
        }
        if (s->n) {
            hand_over(r, s);
        }
    }
    while (!r->failed && !r->cli->broken && write_oldest(r, true)) {
    }
    out->interrupted |= interrupt && *interrupt;
    return r->failed ? w403_error_nomem(err) : W403_OK;
}

static uint64_t file_size(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

w403_status w403_lines_run(w403_cli *cli, int in, unsigned jobs, const w403_lines_work *work,
                           const volatile sig_atomic_t *interrupt, bool quiet, const char *unit,
                           w403_lines_result *out, w403_error *err)
{
    pthread_t threads[W403_LINES_JOBS];
    run r = {.cli = cli,
             .work = work,
             .jobs = jobs,
             .n_slots = jobs * 2 + 2,
             .lock = PTHREAD_MUTEX_INITIALIZER,
             .filled = PTHREAD_COND_INITIALIZER,
             .done = PTHREAD_COND_INITIALIZER,
             .size = file_size(in)};
    reader rd = {.fd = in, .line = 1};
    unsigned started = 0;
    *out = (w403_lines_result){0};
    r.slots = w403_malloc(sizeof *r.slots * r.n_slots);
    W403_NEED(r.slots, err);
    memset(r.slots, 0, sizeof *r.slots * r.n_slots);
    w403_progress_start(&r.progress, unit, quiet);
    while (started < jobs && pthread_create(&threads[started], NULL, worker, &r) == 0) {
        started++;
    }
    w403_status st = started ? pump(&r, &rd, interrupt, out, err) : w403_error_nomem(err);
    pthread_mutex_lock(&r.lock);
    r.closing = true;
    pthread_cond_broadcast(&r.filled);
    pthread_mutex_unlock(&r.lock);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    w403_progress_end(&r.progress);
    out->lines = r.written;
    out->stopped = r.stopped;
    for (unsigned i = 0; i < r.n_slots; i++) {
        w403_free(r.slots[i].text);
        w403_buf_free(&r.slots[i].out);
    }
    w403_free(r.slots);
    w403_free(rd.rest);
    return st;
}

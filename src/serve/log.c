#include "serve/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"
#include "json/json.h"

void w403_log_open(w403_log *l, int fd, bool quiet, w403_log_names names)
{
    *l = (w403_log){.fd = fd, .quiet = quiet, .names = names};
    (void)pthread_mutex_init(&l->lock, NULL);
}

void w403_log_close(w403_log *l)
{
    (void)pthread_mutex_destroy(&l->lock);
}

static void begin(w403_json_writer *w, w403_buf *b, const char *level, const char *what)
{
    struct timespec t;
    struct tm       day;
    char            text[40];
    (void)clock_gettime(CLOCK_REALTIME, &t);
    (void)gmtime_r(&t.tv_sec, &day);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &day);
    (void)snprintf(text + n, sizeof text - n, ".%03ldZ", t.tv_nsec / 1000000);
    w403_jw_init(w, b, false);
    w403_jw_object(w);
    w403_jw_word(w, "t", text);
    w403_jw_word(w, "level", level);
    w403_jw_word(w, "msg", what);
}

/* One write for one line: lines of several threads do not mix. */
static void end(w403_log *l, w403_json_writer *w, w403_buf *b)
{
    w403_jw_end_object(w);
    w403_buf_putc(b, '\n');
    if (w403_buf_ok(b)) {
        ssize_t n = write(l->fd, b->p, b->n);
        (void)n; /* nobody listens */
    }
    w403_buf_free(b);
}

static void put_name(const w403_log *l, w403_json_writer *w, const char *name, w403_view v)
{
    char    text[17];
    uint8_t hash[W403_SHA256_BYTES];
    if (l->names == W403_LOG_HASHED && v.p) {
        w403_sha256_of(v, hash);
        for (unsigned i = 0; i < 8; i++) {
            (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
        }
        v = w403_view_of(text);
    }
    if (l->names != W403_LOG_NONE) {
        w403_jw_text(w, name, v);
    }
}

void w403_log_put_decision(w403_log *l, w403_view id, const w403_log_decision *d, uint64_t us)
{
    w403_json_writer w;
    w403_buf         b = {0};
    if (l->quiet) {
        return;
    }
    begin(&w, &b, "info", "decision");
    w403_jw_text(&w, "id", id);
    w403_jw_word(&w, "route", d->protocol);
    w403_jw_word(&w, "decision", d->decision);
    if (d->cause) {
        w403_jw_word(&w, "cause", d->cause);
    }
    w403_jw_text(&w, "action", d->action);
    put_name(l, &w, "resource", d->resource);
    put_name(l, &w, "principal", d->principal);
    w403_jw_number(&w, "us", us);
    w403_jw_number(&w, "gen", d->generation);
    end(l, &w, &b);
}

/* Is this one written? *before: how many of its kind the minute before were not. */
static bool admit(w403_log *l, const char *what, unsigned *before)
{
    uint64_t minute = (uint64_t)time(NULL) / 60;
    bool     written = true;
    *before = 0;
    (void)pthread_mutex_lock(&l->lock);
    for (unsigned i = 0; i < W403_LOG_KINDS; i++) {
        if (!l->kinds[i].text[0]) {
            (void)snprintf(l->kinds[i].text, sizeof l->kinds[i].text, "%s", what);
            l->kinds[i].minute = minute;
        }
        if (strncmp(l->kinds[i].text, what, sizeof l->kinds[i].text - 1) == 0) {
            if (l->kinds[i].minute != minute) {
                *before = l->kinds[i].n > W403_LOG_A_MINUTE ? l->kinds[i].n - W403_LOG_A_MINUTE : 0;
                l->kinds[i].minute = minute;
                l->kinds[i].n = 0;
            }
            written = ++l->kinds[i].n <= W403_LOG_A_MINUTE;
            break;
        }
    }
    (void)pthread_mutex_unlock(&l->lock);
    return written;
}

void w403_log_put(w403_log *l, const char *level, const char *what, w403_view detail)
{
    w403_json_writer w;
    w403_buf         b = {0};
    unsigned         before;
    if (!admit(l, what, &before)) {
        return;
    }
    begin(&w, &b, level, what);
    w403_jw_text_unless_empty(&w, "detail", detail);
    if (before) {
        w403_jw_number(&w, "left_out", before);
    }
    end(l, &w, &b);
}

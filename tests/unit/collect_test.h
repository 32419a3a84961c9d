/* A `w403_live` of the test's own: answers come from a table, in an order that a seed decides. */
#ifndef W403_TESTS_COLLECT_TEST_H
#define W403_TESTS_COLLECT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "collect/collect.h"

/* The first row that fits answers. `argument`: a value that one of the call's arguments has; NULL fits all, of region and
 * account too ("-": the caller's own credentials). Pages are joined by U+0001, by U+0002
 * where the list begins anew; a code behind pages ends them. */
typedef struct rule {
    const char *call, *argument, *account, *region, *pages, *code, *message;
    int         times; /* so often, 0: always */
    const char *bucket_region;
} rule;

typedef struct asked {
    uint16_t  row;
    void     *tag;
    w403_view argument[4], account, region;
    size_t    n;
} asked;

struct w403_live_session {
    w403_arena *arena;
    rule       *rules;
    size_t      n_rules;
    uint64_t    seed;
    W403_ARRAY(asked) queue;
    size_t calls, most; /* most: in the queue at one time */
    size_t of[W403_CALL_COUNT];
    size_t stop_after; /* stops by itself, as Ctrl-C does */
    bool   stopped;
    volatile sig_atomic_t stop;
};

static w403_status fake_add(w403_live_session *s, const w403_live_call *call, w403_error *err)
{
    asked *q = W403_PUSH(s->arena, &s->queue);
    W403_NEED(q, err);
    *q = (asked){.row = call->row, .tag = call->tag, .n = call->n_arguments};
    q->account = w403_arena_copy(s->arena, call->account);
    q->region = w403_arena_copy(s->arena, call->region);
    for (size_t i = 0; i < call->n_arguments; i++) {
        q->argument[i] = w403_arena_copy(s->arena, call->arguments[i].value);
    }
    s->most = s->queue.n > s->most ? s->queue.n : s->most;
    return W403_OK;
}

static bool fits(const rule *m, const asked *q)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%s:%s", w403_calls[q->row].service, w403_calls[q->row].operation);
    bool ok = strcmp(m->call, name) == 0 || strcmp(m->call, "*") == 0, argument = !m->argument;
    for (size_t i = 0; i < q->n && !argument; i++) {
        argument = w403_view_eq(q->argument[i], w403_view_of(m->argument));
    }
    return ok && argument && m->times >= 0 && (!m->region || w403_view_eq(q->region, w403_view_of(m->region))) &&
           (!m->account || w403_view_eq(q->account, w403_view_of(strcmp(m->account, "-") ? m->account : "")));
}

/* What most settings are: not configured; and nothing in lists. */
static rule usual(const asked *q)
{
    const char *none = w403_calls[q->row].service_id == W403_SERVICE_EC2 ? NULL : w403_calls[q->row].not_configured[0];
    return (rule){.pages = none ? NULL : "{}", .code = none};
}

static void fake_answer(w403_live_session *s, const asked *q, w403_live_answer_fn *deliver, void *user)
{
    rule m = usual(q);
    for (size_t i = 0; i < s->n_rules; i++) {
        if (fits(&s->rules[i], q)) {
            m = s->rules[i];
            s->rules[i].times -= m.times > 1 ? 1 : m.times == 1 ? 2 : 0;
            break;
        }
    }
    w403_view        rest = w403_view_of(m.pages);
    w403_live_answer a = {.tag = q->tag, .row = q->row, .status = 200, .bucket_region = w403_view_of(m.bucket_region)};
    while (rest.p) {
        size_t end = 0;
        while (end < rest.n && rest.p[end] != '\1' && rest.p[end] != '\2') {
            end++;
        }
        bool anew = end < rest.n && rest.p[end] == '\2';
        a.json = w403_view_sub(rest, 0, end);
        rest = end < rest.n ? w403_view_sub(rest, end + 1, rest.n) : (w403_view){NULL, 0};
        a.last = !rest.p && !m.code;
        deliver(user, &a);
        a.page = anew ? 0 : a.page + 1;
    }
    if (m.code) {
        a.json = (w403_view){NULL, 0};
        a.code = w403_view_of(m.code);
        a.message = w403_view_of(m.message ? m.message : "said AWS");
        a.status = 403;
        a.last = true;
        deliver(user, &a);
    }
}

static w403_status fake_run(w403_live_session *s, w403_live_answer_fn *deliver, void *user, w403_error *err)
{
    (void)err;
    while (s->queue.n && !s->stopped) {
        s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
        size_t at = s->seed ? (size_t)(s->seed >> 33) % s->queue.n : 0;
        asked  q = s->queue.at[at];
        s->queue.at[at] = s->queue.at[--s->queue.n];
        s->calls++;
        s->of[q.row]++;
        if (s->stop_after && s->calls >= s->stop_after) {
            s->stop = 1;
            s->stopped = true;
            break;
        }
        fake_answer(s, &q, deliver, user);
    }
    return W403_OK;
}

static void fake_stop(w403_live_session *s)
{
    s->stopped = true;
}

static const w403_live fake = {.abi = W403_LIVE_ABI, .add = fake_add, .run = fake_run, .stop = fake_stop};

/* ---- a run in a folder of its own ---- */

typedef struct world {
    w403_arena          *arena;
    char                 root[64], path[96];
    w403_live_session    session;
    w403_collect_options options;
    w403_collect_report  report;
    w403_error           error;
} world;

static w403_status collect_once(world *w, rule *rules, size_t n, uint64_t seed)
{
    w->session = (w403_live_session){
        .arena = w->arena, .rules = rules, .n_rules = n, .seed = seed, .stop_after = w->session.stop_after};
    w->options.path = w->path;
    w->options.stop = &w->session.stop;
    w->options.max_age = w->options.max_age ? w->options.max_age : (w403_instant)24 * 3600 * 1000000;
    w->error = (w403_error){0};
    return w403_collect(w->arena, &fake, &w->session, &w->options, &w->report, &w->error);
}

static w403_view text_of(world *w, const char *file)
{
    w403_view  v = {NULL, 0};
    w403_error ignored;
    const char *path = w403_arena_printf(w->arena, "%s/%s", w->path, file).p;
    return w403_file_read(w->arena, path, &v, &ignored) == W403_OK ? v : (w403_view){NULL, 0};
}

static bool has(world *w, const char *file, const char *needle)
{
    w403_view text = text_of(w, file);
    return text.p && w403_view_find(text, w403_view_of(needle)) != SIZE_MAX;
}

/* Every file with its text, but for the times: what two runs are compared by. */
static char *all_files(world *w)
{
    static char text[1 << 20];
    char        command[512];
    (void)snprintf(command, sizeof command,
                   "cd '%s' && find . -type f | LC_ALL=C sort | while read -r f; do echo \"== $f\"; "
                   "sed '/\"at\":/d; /_at\":/d; /started\":/d; /finished\":/d' \"$f\"; done",
                   w->path);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    size_t n = fread(text, 1, sizeof text - 1, p);
    text[n] = '\0';
    pclose(p);
    return strdup(text);
}

static int world_setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    if (!w) {
        return -1;
    }
    w->arena = w403_arena_new(0);
    (void)snprintf(w->root, sizeof w->root, "/tmp/w403-run-XXXXXX");
    *state = w;
    if (!mkdtemp(w->root)) {
        return -1;
    }
    (void)snprintf(w->path, sizeof w->path, "%s/snapshot", w->root);
    return 0;
}

static int world_teardown(void **state)
{
    world *w = *state;
    char   command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", w->root);
    int failed = system(command);
    w403_arena_free(w->arena);
    free(w);
    return failed;
}

#endif

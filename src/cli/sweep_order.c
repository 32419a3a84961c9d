#include "cli/sweep_order.h"

#include "base/limits.h"

bool w403_order_open(w403_order *o, w403_arena *a, size_t n_files)
{
    o->files = W403_NEW_N(a, w403_spoken, n_files);
    o->n = n_files;
    return o->files && pthread_mutex_init(&o->lock, NULL) == 0 && pthread_cond_init(&o->turned, NULL) == 0;
}

void w403_order_close(w403_order *o)
{
    for (size_t i = 0; o->files && i < o->n; i++) {
        w403_buf_free(&o->files[i].list);
        w403_free(o->files[i].problems);
    }
}

/* ---- with the lock ---- */

static size_t size_of(const w403_spoken *f)
{
    return f->list.n + f->n_problems * sizeof *f->problems;
}

static void say_problem(w403_order *o, const w403_error *p)
{
    bool row = p->line > 0;
    if (!row || o->told < W403_ORDER_ROWS) {
        o->told += row;
        o->problem(o->user, p);
    }
}

static void say(w403_order *o, w403_spoken *f)
{
    for (size_t i = 0; i < f->n_problems; i++) {
        say_problem(o, &f->problems[i]);
    }
    w403_free(f->problems);
    f->problems = NULL;
    f->n_problems = f->cap = 0;
    if (f->list.n > 0 || f->list.failed) {
        o->failed |= f->list.failed || !o->list(o->user, &f->list);
        w403_buf_free(&f->list);
    }
}

/* Files that are read and whose turn it is, one after the other. */
static void go_on(w403_order *o)
{
    while (o->turn < o->n) {
        w403_spoken *f = &o->files[o->turn];
        o->kept -= size_of(f);
        say(o, f);
        if (!f->done) {
            break;
        }
        o->turn++;
    }
    pthread_cond_broadcast(&o->turned);
}

static void wait_for_turn(w403_order *o, size_t at)
{
    while (o->turn < at && o->kept > W403_LIMIT_SWEEP_KEPT && !o->open && !o->failed) {
        pthread_cond_wait(&o->turned, &o->lock);
    }
}

/* ---- by a reader ---- */

bool w403_order_list(w403_order *o, size_t at, w403_buf *text)
{
    w403_spoken *f = &o->files[at];
    pthread_mutex_lock(&o->lock);
    if (o->turn == at) {
        say(o, f); /* only what it kept before its turn */
        o->failed |= text->failed || (text->n > 0 && !o->list(o->user, text));
    } else {
        w403_buf_put(&f->list, w403_buf_view(text));
        o->kept += text->n;
        o->failed |= text->failed || f->list.failed;
        wait_for_turn(o, at);
    }
    bool good = !o->failed;
    pthread_mutex_unlock(&o->lock);
    w403_buf_clear(text);
    return good;
}

/* A row beyond those that are told is not kept either. */
static bool is_wanted(w403_spoken *f, const w403_error *problem)
{
    if (problem->line == 0) {
        return true;
    }
    return f->rows < W403_ORDER_ROWS && ++f->rows;
}

static void keep_problem(w403_order *o, w403_spoken *f, const w403_error *problem)
{
    if (f->n_problems == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 4;
        w403_error *more = w403_realloc(f->problems, cap * sizeof *more);
        if (!more) {
            o->failed = true;
            return;
        }
        f->problems = more;
        f->cap = cap;
    }
    f->problems[f->n_problems++] = *problem;
    o->kept += sizeof *problem;
}

void w403_order_problem(w403_order *o, size_t at, const w403_error *problem)
{
    w403_spoken *f = &o->files[at];
    pthread_mutex_lock(&o->lock);
    if (is_wanted(f, problem)) {
        if (o->turn == at) {
            say_problem(o, problem);
        } else {
            keep_problem(o, f, problem);
            wait_for_turn(o, at);
        }
    }
    pthread_mutex_unlock(&o->lock);
}

void w403_order_done(w403_order *o, size_t at)
{
    pthread_mutex_lock(&o->lock);
    o->files[at].done = true;
    if (o->turn == at) {
        go_on(o);
    }
    wait_for_turn(o, at);
    pthread_mutex_unlock(&o->lock);
}

void w403_order_release(w403_order *o)
{
    pthread_mutex_lock(&o->lock);
    o->open = true;
    pthread_cond_broadcast(&o->turned);
    pthread_mutex_unlock(&o->lock);
}

void w403_order_rest(w403_order *o)
{
    pthread_mutex_lock(&o->lock);
    for (; o->turn < o->n; o->turn++) {
        say(o, &o->files[o->turn]);
    }
    o->kept = 0;
    pthread_mutex_unlock(&o->lock);
}

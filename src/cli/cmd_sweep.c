/* why403 sweep: which objects of inventory reports a principal cannot reach, and why. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/progress.h"
#include "cli/sweep_order.h"
#include "cli/sweep_request.h"
#include "cli/sweep_output.h"
#include "inventory/manifest.h"

enum { JOBS = W403_LIMIT_SWEEP_JOBS, LIST_BYTES = 1 << 16, TOP = 10 };

typedef struct run {
    w403_cli *cli;
    const w403_input *in;
    w403_sweep_shared shared;
    W403_ARRAY(w403_sweep_file) files;
    uint64_t size;    /* of all files; 0: not known */
    uint64_t missing; /* files that a manifest names and nobody has */
    bool faulty;      /* something was wrong with what was named */
    bool list, list_csv, quiet;
    size_t top;
    _Atomic size_t next;  /* file */
    w403_order order;     /* of stdout and stderr while files are read */
    pthread_mutex_t lock; /* all below */
    pthread_cond_t done;
    unsigned running;
    size_t failed; /* the first file that could not be judged; SIZE_MAX: none */
    w403_error error;
    w403_progress progress;
} run;

typedef struct worker {
    run *r;
    w403_sweep *sweep;
    size_t at; /* the file at hand */
    w403_buf list;
    pthread_t thread;
} worker;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

/* ---- what is read ---- */

static void add_size(run *r, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        r->size += (uint64_t)st.st_size;
    }
}

static w403_status add_file(run *r, const char *path, const w403_inv_schema *schema, w403_view bucket,
                            const w403_inv_file *stated, w403_error *err)
{
    w403_sweep_file *f = W403_PUSH(r->cli->arena, &r->files);
    W403_NEED(f, err);
    *f = (w403_sweep_file){path, schema, bucket, stated, r->files.n - 1};
    add_size(r, path);
    return W403_OK;
}

/* What is wrong with a manifest or with one of its files is said; the other files are read all the same. */
static w403_status add_manifest(run *r, const char *path, w403_error *err)
{
    if (r->cli->host) { /* it names files beside it */
        return w403_error_set(err, W403_SEMANTIC, "`%.300s`: a manifest is swept from its folder: give the CSV itself", path);
    }
    w403_manifest *m = W403_NEW(r->cli->arena, w403_manifest);
    w403_problems problems = {.arena = r->cli->arena};
    w403_error bad = {0};
    W403_NEED(m, err);
    w403_status st = w403_manifest_load(r->cli->arena, path, &problems, m, &bad);
    st = st == W403_OK ? w403_manifest_require_csv(m, &bad) : st;
    for (size_t i = 0; i < problems.n; i++) {
        w403_diag(r->cli, problems.at[i].warning, &problems.at[i].error);
    }
    r->faulty |= problems.errors > 0 || m->missing + m->damaged > 0;
    if (st != W403_OK) {
        r->faulty = true;
        r->missing++;
        w403_diag(r->cli, false, &bad);
        return W403_OK;
    }
    r->missing += m->missing;
    for (size_t i = 0; i < m->n_files; i++) {
        if (m->files[i].path.p) {
            W403_TRY(add_file(r, m->files[i].path.p, &m->schema, m->source_bucket, &m->files[i], err));
        }
    }
    return W403_OK;
}

static w403_status add_operands(run *r, w403_error *err)
{
    const w403_args *args = &r->cli->args;
    const char *text = w403_args_value(args, W403_OPT_SCHEMA);
    w403_inv_schema *schema = NULL;
    if (args->operands.n == 0) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no report given");
        w403_error_hint(err, "usage: why403 sweep MANIFEST|CSV... --as PRINCIPAL");
        return st;
    }
    if (text) {
        schema = W403_NEW(r->cli->arena, w403_inv_schema);
        W403_NEED(schema, err);
        W403_TRY(w403_inv_schema_parse(w403_view_of(text), schema, err));
    }
    for (size_t i = 0; i < args->operands.n; i++) {
        const char *path = args->operands.at[i];
        if (w403_text_set_is_directory(w403_cli_texts(r->cli), path)) {
            w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.300s` is a folder", path);
            w403_error_hint(err,
                            "name the manifest.json of one delivery: <prefix>/<bucket>/<id>/<time>/manifest.json");
            return st;
        }
        bool manifest = w403_view_ends(w403_view_of(path), W403_LIT(".json"));
        W403_TRY(manifest ? add_manifest(r, path, err) : add_file(r, path, schema, (w403_view){NULL, 0}, NULL, err));
    }
    return W403_OK;
}

w403_status w403_sweep_request(w403_cli *cli, const w403_snapshot *snapshot, w403_request *out, w403_error *err)
{
    const char *operation = w403_args_value(&cli->args, W403_OPT_OPERATION);
    const char *action = w403_args_value(&cli->args, W403_OPT_ACTION);
    const char *operands[2] = {operation ? operation : action ? action : "GetObject", "s3://bucket"};
    w403_cli asked = *cli;
    w403_view partition = snapshot ? snapshot->partition : (w403_view){NULL, 0};
    if (operation && action) {
        return w403_error_set(err, W403_SEMANTIC, "`--operation` and `--action`: give one of the two");
    }
    asked.args.operands.at = operands;
    asked.args.operands.n = 2;
    return w403_input_request(&asked, partition, out, err);
}

static w403_status read_command_line(run *r, unsigned *jobs, w403_error *err)
{
    w403_cli *cli = r->cli;
    const char *format = w403_args_value(&cli->args, W403_OPT_SWEEP_FORMAT);
    uint64_t top = TOP;
    W403_TRY(w403_input_jobs(cli, JOBS, jobs, err));
    W403_TRY(w403_input_number(cli, W403_OPT_TOP, 1000000, &top, err));
    r->top = (size_t)top;
    r->quiet = w403_args_has(&cli->args, W403_OPT_QUIET);
    r->list = w403_args_has(&cli->args, W403_OPT_LIST);
    r->list_csv = format && strcmp(format, "csv") == 0;
    W403_TRY(w403_input_needed(r->in, err));
    W403_TRY(w403_sweep_request(cli, r->shared.snapshot, &r->shared.request, err));
    return add_operands(r, err);
}

/* ---- the work ---- */

static bool write_list(void *user, w403_buf *text)
{
    run *r = user;
    w403_buf_put(&r->cli->out, w403_buf_view(text));
    return w403_cli_flush(r->cli);
}

/* A row is named by its number: the file is far too large to quote. */
static void tell_problem(void *user, const w403_error *problem)
{
    run *r = user;
    pthread_mutex_lock(&r->lock);
    w403_progress_end(&r->progress);
    if (problem->line == 0) {
        w403_diag(r->cli, false, problem);
    } else {
        w403_diag_text(r->cli, true, "%s: row %u, byte %llu: %s%s", problem->source, problem->line,
                       (unsigned long long)problem->offset, problem->message,
                       r->order.told == W403_ORDER_ROWS ? " (further ones are only counted)" : "");
    }
    pthread_mutex_unlock(&r->lock);
}

static bool on_listed(void *user, const w403_sweep_row *row, const w403_sweep_group *g)
{
    worker *w = user;
    (w->r->list_csv ? w403_sweep_list_csv : w403_sweep_list_json)(&w->list, row, g);
    return w->list.n < LIST_BYTES || w403_order_list(&w->r->order, w->at, &w->list);
}

static void on_problem(void *user, const w403_error *problem)
{
    worker *w = user;
    w403_order_problem(&w->r->order, w->at, problem);
}

static void *work(void *arg)
{
    worker *w = arg;
    run *r = w->r;
    w403_error err = {0};
    w403_status st = W403_OK;
    while (st == W403_OK && !interrupted) {
        w->at = atomic_fetch_add(&r->next, 1);
        if (w->at >= r->files.n) {
            break;
        }
        st = w403_sweep_file_read(w->sweep, &r->files.at[w->at], &err);
        (void)w403_order_list(&r->order, w->at, &w->list);
        w403_order_done(&r->order, w->at);
    }
    pthread_mutex_lock(&r->lock);
    if (st != W403_OK && w->at < r->failed) {
        r->failed = w->at;
        r->error = err;
        atomic_store(&r->next, r->files.n); /* nobody begins another file */
    }
    r->running--;
    pthread_cond_signal(&r->done);
    pthread_mutex_unlock(&r->lock);
    if (st != W403_OK || interrupted) {
        w403_order_release(&r->order);
    }
    return NULL;
}

/* Until all threads are done: how far they have come, ten times a second. */
static void wait_for_all(run *r)
{
    pthread_mutex_lock(&r->lock);
    while (r->running) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 100000000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&r->done, &r->lock, &t);
        w403_progress_step(&r->progress, atomic_load(&r->shared.rows), atomic_load(&r->shared.bytes), r->size);
    }
    w403_progress_end(&r->progress);
    pthread_mutex_unlock(&r->lock);
}

static w403_status sweep_all(run *r, worker *workers, unsigned n, w403_error *err)
{
    unsigned started = 0;
    for (unsigned i = 0; i < n; i++) {
        workers[i] = (worker){.r = r};
        workers[i].sweep = w403_sweep_new(&r->shared, &workers[i]);
        W403_NEED(workers[i].sweep, err);
    }
    r->running = n;
    w403_progress_start(&r->progress, "objects", r->quiet);
    while (started < n && pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0) {
        started++;
    }
    pthread_mutex_lock(&r->lock);
    r->running -= n - started;
    pthread_mutex_unlock(&r->lock);
    wait_for_all(r);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    w403_order_rest(&r->order);
    W403_NEED(started > 0, err);
    if (r->failed != SIZE_MAX) {
        *err = r->error;
        return err->code;
    }
    W403_NEED(!r->order.failed || r->cli->broken, err);
    for (unsigned i = 1; i < n; i++) {
        W403_TRY(w403_sweep_merge(workers[0].sweep, workers[i].sweep, err));
    }
    W403_NEED(w403_sweep_sort(workers[0].sweep), err);
    return W403_OK;
}

/* ---- the answer ---- */

static int answer(run *r, const w403_sweep_totals *t)
{
    w403_cli *cli = r->cli;
    const char *format = w403_args_value(&cli->args, W403_OPT_SWEEP_FORMAT);
    w403_sweep_answer x = {.cli = cli,
                           .snapshot = r->shared.snapshot,
                           .request = &r->shared.request,
                           .totals = t,
                           .missing = r->missing,
                           .interrupted = interrupted,
                           .top = r->top,
                           .arena = cli->arena,
                           .warnings = cli->warnings};
    if (r->list) { /* stdout is the list's */
        w403_buf text = {0};
        w403_sweep_text(&text, &x, cli->color_err, (size_t)cli->width);
        if (!r->quiet) {
            (void)fwrite(text.p, 1, text.n, stderr);
        }
        w403_buf_free(&text);
    } else if (format && strcmp(format, "json") == 0) {
        w403_sweep_json(&cli->out, &x);
    } else if (r->list_csv) {
        w403_sweep_csv(&cli->out, &x);
    } else {
        w403_sweep_text(&cli->out, &x, cli->color_out, (size_t)cli->width);
    }
    if (interrupted) {
        return 130;
    }
    if (r->faulty || r->missing + t->damaged + t->malformed > 0) {
        return W403_EXIT_USAGE;
    }
    return t->objects[W403_DENIED]         ? W403_EXIT_FOUND
           : t->objects[W403_UNDETERMINED] ? W403_EXIT_UNKNOWN
                                           : W403_EXIT_GOOD;
}

static int run_all(run *r)
{
    w403_error err = {0};
    unsigned jobs = 1;
    worker *workers = NULL;
    int status = W403_EXIT_USAGE;
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends it */
    w403_status st = read_command_line(r, &jobs, &err);
    unsigned n = (unsigned)(jobs < r->files.n ? jobs : r->files.n ? r->files.n : 1);
    if (st == W403_OK) {
        workers = W403_NEW_N(r->cli->arena, worker, n);
        if (!r->cli->host) {
            sigaction(SIGINT, &act, NULL);
        }
        r->order.list = write_list;
        r->order.problem = tell_problem;
        r->order.user = r;
        workers = w403_order_open(&r->order, r->cli->arena, r->files.n) ? workers : NULL;
        if (r->list && r->list_csv) {
            w403_buf_puts(&r->cli->out, w403_sweep_list_header);
        }
        st = workers ? sweep_all(r, workers, n, &err) : w403_error_nomem(&err);
    }
    if (st != W403_OK) {
        w403_buf_clear(&r->cli->out); /* no partial verdict */
        status = w403_diag_exit(r->cli, &err);
    } else {
        status = answer(r, w403_sweep_found(workers[0].sweep));
    }
    for (unsigned i = 0; workers && i < n; i++) {
        w403_sweep_free(workers[i].sweep);
        w403_buf_free(&workers[i].list);
    }
    w403_order_close(&r->order);
    return status;
}

int w403_cmd_sweep(w403_cli *cli)
{
    w403_input in;
    int status = W403_EXIT_USAGE;
    if (w403_input_open(cli, &in)) {
        run r = {.cli = cli, .in = &in, .failed = SIZE_MAX, .lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
        r.shared = (w403_sweep_shared){
            .snapshot = in.snapshot, .policies = in.policies, .stop = &interrupted, .problem = on_problem,
            .texts = w403_cli_texts(cli)};
        r.shared.listed = w403_args_has(&cli->args, W403_OPT_LIST) ? on_listed : NULL;
        status = run_all(&r);
    }
    w403_input_close(&in);
    return status;
}

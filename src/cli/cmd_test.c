/* why403 test: run cases, print TAP. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "cli/case_run.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/junit.h"
#include "cli/tap.h"
#include "snapshot/snapshot.h"

enum { JOBS_MAX = W403_LIMIT_TEST_JOBS, CASES_PER_JOB = 16 };

typedef struct suite {
    w403_cli         *cli;
    w403_cases        cases;
    w403_map          snapshots; /* by path: those that cases name instead of holding them */
    w403_case_result *results;
    atomic_size_t     next;      /* case that the next free thread takes */
    size_t            bad_files;
} suite;

static bool is_junit(const suite *s)
{
    const char *format = w403_args_value(&s->cli->args, W403_OPT_TEST_FORMAT);
    return format && strcmp(format, "junit") == 0;
}

/* ---- reading ---- */

static w403_view folder_of(w403_view path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/') {
        n--;
    }
    return w403_view_sub(path, 0, n > 0 ? n - 1 : 0);
}

/* Beside cases lie the policies and snapshots that they name; those are no cases. */
static bool is_policy(w403_view text)
{
    w403_arena   *a = w403_arena_new(0);
    w403_json_doc doc;
    bool          found = a && w403_json_parse(a, W403_LIT(""), text, NULL, &doc, NULL, NULL) == W403_OK &&
                 w403_json_get(doc.root, "Statement") != NULL;
    w403_arena_free(a);
    return found;
}

static bool in_snapshot(w403_view path)
{
    return w403_view_starts(path, W403_LIT("accounts/")) || w403_view_starts(path, W403_LIT("organization/")) ||
           w403_view_find(path, W403_LIT("/accounts/")) != SIZE_MAX ||
           w403_view_find(path, W403_LIT("/organization/")) != SIZE_MAX ||
           w403_view_eq(path, W403_LIT("snapshot.json")) || w403_view_ends(path, W403_LIT("/snapshot.json"));
}

static void read_file(suite *s, const char *path, bool named)
{
    w403_error err;
    w403_view  text;
    size_t     before = s->cases.n;
    w403_status status = w403_cli_read(s->cli, path, &text, &err);
    if (status == W403_OK) {
        status = w403_case_file_parse(s->cli->arena, w403_view_of(path), text, &s->cases, &err);
        if (status != W403_OK && !named && is_policy(text)) {
            return;
        }
        if (status == W403_OK && named && s->cases.n == before) { /* a list that was cut, most likely */
            status = w403_error_set(&err, W403_SEMANTIC, "no cases in `%.300s`", path);
        }
    }
    if (status != W403_OK) {
        w403_diag(s->cli, false, &err);
        s->bad_files++;
    }
}

static void read_folder(suite *s, const char *root)
{
    w403_paths paths = {0};
    w403_error err;
    size_t     before = s->cases.n, bad = s->bad_files;
    if (w403_file_list_plain(s->cli->arena, root, &paths, &err) != W403_OK) {
        w403_diag(s->cli, false, &err);
        s->bad_files++;
        return;
    }
    w403_view folder = w403_view_of(root);
    while (folder.n > 1 && folder.p[folder.n - 1] == '/') {
        folder.n--;
    }
    for (size_t i = 0; i < paths.n; i++) {
        if (w403_view_ends(paths.at[i], W403_LIT(".json")) && !in_snapshot(paths.at[i])) {
            w403_view path = w403_case_path(s->cli->arena, folder, paths.at[i]);
            read_file(s, path.p ? path.p : "", false);
        }
    }
    if (s->cases.n == before && s->bad_files == bad) {
        w403_diag_text(s->cli, false, "no cases in `%s`: there is no `*.json` file that is one", root);
        s->bad_files++;
    }
}

static void keep_matching(suite *s, const char *filter)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->cases.n; i++) {
        if (w403_view_find(s->cases.at[i].name, w403_view_of(filter)) != SIZE_MAX) {
            s->cases.at[kept++] = s->cases.at[i];
        }
    }
    s->cases.n = kept;
}

/* Shared by many cases, and so said before all of them. */
static void report_loaded(void *user, bool warning, const w403_error *problem)
{
    suite *s = user;
    if (warning && !w403_args_has(&s->cli->args, W403_OPT_QUIET) && !is_junit(s)) {
        w403_case_put_warning(&s->cli->out, problem);
    }
}

static w403_status load_one(suite *s, const char *path, w403_snapshot **out, w403_error *err)
{
    return s->cli->host ? w403_input_load(s->cli, path, report_loaded, s, out, err)
                        : w403_snapshot_load(path, report_loaded, s, out, err);
}

/* Snapshots that cases name by path: each is loaded once and shared by the threads. */
static bool load_snapshots(suite *s)
{
    w403_arena *a = s->cli->arena;
    for (size_t i = 0; i < s->cases.n; i++) {
        const w403_case *c = &s->cases.at[i];
        if (!c->snapshot_dir.p) {
            continue;
        }
        w403_error     err;
        w403_snapshot *snapshot = NULL;
        w403_view      path = w403_case_path(a, folder_of(c->doc->source), c->snapshot_dir);
        if (path.p && w403_map_get(&s->snapshots, path)) {
            continue;
        }
        w403_status status = path.p ? load_one(s, path.p, &snapshot, &err) : w403_error_nomem(&err);
        if (status != W403_OK || !w403_map_put(a, &s->snapshots, path, snapshot)) {
            s->cli->source_root = path.p;
            w403_diag(s->cli, false, &err);
            return false;
        }
    }
    return true;
}

/* ---- running ---- */

static void *worker(void *argument)
{
    suite      *s = argument;
    w403_arena *a = w403_arena_new(0);
    for (size_t i; a && (i = atomic_fetch_add(&s->next, 1)) < s->cases.n;) {
        const w403_case *c = &s->cases.at[i];
        w403_view        folder = folder_of(c->doc->source);
        w403_snapshot   *snapshot = NULL;
        if (c->snapshot_dir.p) {
            snapshot = w403_map_get(&s->snapshots, w403_case_path(a, folder, c->snapshot_dir));
        }
        w403_case_run(a, c, (w403_case_place){folder, w403_cli_texts(s->cli)}, snapshot, &s->results[i]);
        w403_arena_reset(a);
    }
    w403_arena_free(a);
    return NULL;
}

static void run_all(suite *s, size_t jobs)
{
    pthread_t threads[JOBS_MAX];
    size_t    started = 0;
    if (jobs > s->cases.n / CASES_PER_JOB + 1) {
        jobs = s->cases.n / CASES_PER_JOB + 1;
    }
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, worker, s) == 0) {
        started++;
    }
    worker(s);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* A case that could not be judged to its end says nothing, and neither does a suite of which it is one. */
static bool is_short(suite *s)
{
    bool found = atomic_load(&s->next) < s->cases.n; /* no thread could begin */
    for (size_t i = 0; i < s->cases.n; i++) {
        found = found || s->results[i].out_of_memory;
    }
    for (size_t i = 0; found && i < s->cases.n; i++) {
        w403_buf_free(&s->results[i].report);
        w403_buf_free(&s->results[i].warnings);
    }
    return found;
}

static size_t print_results(suite *s, bool quiet)
{
    w403_buf *out = &s->cli->out;
    size_t    failed = 0;
    if (!quiet) {
        w403_buf_printf(out, "1..%zu\n", s->cases.n);
    }
    for (size_t i = 0; i < s->cases.n; i++) {
        w403_case_result *r = &s->results[i];
        failed += !r->passed;
        if (!r->passed || !quiet) {
            w403_tap_result(out, r->passed, i + 1, s->cases.at[i].name);
        }
        if (!r->passed || !quiet) {
            w403_buf_put(out, w403_buf_view(&r->warnings));
        }
        w403_buf_put(out, w403_buf_view(&r->report));
        w403_buf_free(&r->report);
        w403_buf_free(&r->warnings);
    }
    w403_buf_printf(out, "%zu passed, %zu failed\n", s->cases.n - failed, failed);
    return failed;
}

/* What TAP says in comments, as one text. */
static w403_view without_marks(w403_arena *a, w403_view comments)
{
    w403_buf text = {0};
    while (comments.n) {
        w403_view line = w403_view_cut(&comments, '\n');
        w403_buf_put(&text, w403_view_starts(line, W403_LIT("# ")) ? w403_view_sub(line, 2, line.n) : line);
        w403_buf_putc(&text, '\n');
    }
    w403_view copy = w403_buf_ok(&text) ? w403_arena_copy(a, w403_buf_view(&text)) : (w403_view){NULL, 0};
    w403_buf_free(&text);
    return copy;
}

static size_t print_junit(suite *s)
{
    w403_buf *out = &s->cli->out;
    w403_junit_count n = {.tests = s->cases.n};
    for (size_t i = 0; i < s->cases.n; i++) {
        n.failures += !s->results[i].passed;
    }
    w403_junit_begin(out, "why403 test", n);
    for (size_t i = 0; i < s->cases.n; i++) {
        w403_case_result *r = &s->results[i];
        w403_junit_case(out, s->cases.at[i].name, !r->passed);
        if (!r->passed) {
            w403_view text = without_marks(s->cli->arena, w403_buf_view(&r->report)), rest = w403_view_trim(text);
            out->failed |= !text.p;
            w403_junit_said(out, W403_JUNIT_FAILURE, "case", w403_view_cut(&rest, '\n'), text);
            w403_junit_end_case(out);
        }
        w403_buf_free(&r->report);
        w403_buf_free(&r->warnings);
    }
    w403_junit_end(out);
    return n.failures;
}

static int run_suite(suite *s, size_t jobs)
{
    const char *filter = w403_args_value(&s->cli->args, W403_OPT_FILTER);
    if (filter) {
        keep_matching(s, filter);
    }
    if (filter && s->cases.n == 0) {
        w403_diag_text(s->cli, false, "no case's name holds `%.200s`", filter);
        return W403_EXIT_USAGE;
    }
    if (s->cases.n == 0) {
        w403_diag_text(s->cli, false, "no cases: an empty suite shows nothing");
        return W403_EXIT_USAGE;
    }
    if (!load_snapshots(s)) {
        return W403_EXIT_USAGE;
    }
    s->results = W403_NEW_N(s->cli->arena, w403_case_result, s->cases.n);
    if (!s->results) {
        w403_diag_text(s->cli, false, "out of memory");
        return W403_EXIT_USAGE;
    }
    run_all(s, jobs);
    if (is_short(s)) {
        w403_diag_text(s->cli, false, "out of memory");
        return W403_EXIT_USAGE;
    }
    size_t failed = is_junit(s) ? print_junit(s) : print_results(s, w403_args_has(&s->cli->args, W403_OPT_QUIET));
    return failed > 0 ? W403_EXIT_FOUND : W403_EXIT_GOOD;
}

int w403_cmd_test(w403_cli *cli)
{
    suite  s = {.cli = cli};
    w403_error err;
    unsigned jobs = 1;
    if (cli->args.operands.n == 0) {
        w403_diag_text(cli, false, "no cases given: why403 test PATH...");
        return W403_EXIT_USAGE;
    }
    if (w403_input_jobs(cli, JOBS_MAX, &jobs, &err) != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    for (size_t i = 0; i < cli->args.operands.n; i++) {
        const char *path = cli->args.operands.at[i];
        if (w403_text_set_is_directory(w403_cli_texts(cli), path)) {
            read_folder(&s, path);
        } else {
            read_file(&s, path, true);
        }
    }
    int status = s.bad_files > 0 ? W403_EXIT_USAGE : run_suite(&s, jobs);
    for (size_t i = 0; i < s.snapshots.cap; i++) {
        w403_snapshot_free(s.snapshots.slots[i].value);
    }
    return status;
}

/* Random worlds decided by the engine and by the naive evaluator: test_diff [--worlds N] [--requests M] [--seed S]
 * [--keep DIR] [--most N] [-v]. Every disagreement is made small and, with --keep, written as a case file. Exit 1 when
 * there is any that known.c does not list. WHY403_TEST_ROUNDS=N: about N requests, whatever --worlds says. */
#include <stdio.h>
#include <stdlib.h>

#include "known.h"
#include "residual.h"
#include "shrink.h"
#include "world.h"

typedef struct options {
    uint64_t    worlds, requests, seed, most;
    const char *keep;
    bool        verbose;
} options;

typedef struct row {
    char     name[128];
    uint64_t n;
} row;

typedef struct counts {
    row      rows[256];
    unsigned n;
} counts;

static struct totals {
    uint64_t compared, open, known, bad, errors, keys, bad_keys;
    counts   verdicts, causes, opens, knowns, signatures, residuals;
} total;

static void count(counts *c, const char *name)
{
    unsigned i = 0;
    while (i < c->n && strcmp(c->rows[i].name, name) != 0) {
        i++;
    }
    if (i == c->n && c->n < sizeof c->rows / sizeof *c->rows) {
        (void)snprintf(c->rows[c->n++].name, sizeof c->rows[0].name, "%.127s", name);
    }
    if (i < c->n) {
        c->rows[i].n++;
    }
}

static void show(const char *title, const counts *c)
{
    printf("%s\n", title);
    for (unsigned i = 0; i < c->n; i++) {
        printf("  %8llu  %s\n", (unsigned long long)c->rows[i].n, c->rows[i].name);
    }
}

static const char *first_cause(const naive_result *n)
{
    return n->n_causes ? n->causes[0] : "(none)";
}

/* The case as it is kept: what the naive evaluator says is what is expected. */
static void write_case(const options *opt, w403_view body, const judge_result *r, uint64_t seed, unsigned k)
{
    char  path[512];
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/diff-%llu-%u.json", opt->keep, (unsigned long long)seed, k);
    f = fopen(path, "w");
    if (!f) {
        fprintf(stderr, "cannot write %s\n", path);
        return;
    }
    fprintf(f, "{\"name\": \"diff-%llu-%u\",\n \"about\": \"engine: %s %s\",\n %.*s,\n \"expect\": {\"decision\": \"%s\"",
            (unsigned long long)seed, k, w403_verdict_name(r->engine), r->cause, (int)(body.n - 2), body.p + 1,
            w403_verdict_name(r->naive.verdict));
    if (r->naive.verdict == W403_DENIED && r->naive.first_sure && r->naive.n_causes) {
        fprintf(f, ", \"cause\": \"%s\"", r->naive.causes[0]);
    }
    fprintf(f, "}}\n");
    fclose(f);
}

static void disagree(const options *opt, w403_view snapshot, w403_view session, w403_view request, const judge_result *r,
                     uint64_t seed, unsigned k)
{
    char     signature[80];
    w403_buf text = {0}, small = {0};
    if (r->text[0]) {
        (void)snprintf(signature, sizeof signature, "%s: %.60s", w403_verdict_name(r->engine), r->text);
    } else {
        (void)snprintf(signature, sizeof signature, "%s %.24s | naive %s %.24s", w403_verdict_name(r->engine), r->cause,
                       w403_verdict_name(r->naive.verdict), first_cause(&r->naive));
    }
    count(&total.signatures, signature);
    for (unsigned i = 0; i < total.signatures.n; i++) {
        if (strcmp(total.signatures.rows[i].name, signature) == 0 && total.signatures.rows[i].n > opt->most) {
            return;
        }
    }
    printf("# world %llu, request %u: engine %s %s %s, naive %s %s%s\n", (unsigned long long)seed, k,
           w403_verdict_name(r->engine), r->cause, r->text, w403_verdict_name(r->naive.verdict),
           first_cause(&r->naive), r->kind == JUDGE_CAUSE ? " (the cause)" : "");
    w403_buf_printf(&text, "{\"snapshot\": %.*s,\n\"policies\": {\"session\": %.*s},\n\"request\": %.*s}", (int)snapshot.n,
                    snapshot.p, (int)session.n, session.p, (int)request.n, request.p);
    shrink(w403_buf_view(&text), r, &small);
    printf("%.*s\n", (int)small.n, small.p);
    if (opt->keep) {
        write_case(opt, w403_buf_view(&small), r, seed, k);
    }
    w403_buf_free(&text);
    w403_buf_free(&small);
}

static void tally(const judge_result *r)
{
    if (r->kind == JUDGE_OPEN) {
        total.open++;
        count(&total.opens, r->naive.open);
        return;
    }
    total.compared++;
    count(&total.verdicts, w403_verdict_name(r->engine));
    count(&total.causes, r->cause);
}

/* Every eighth request, over many keys. */
static void many_keys(const options *opt, const judge_world *w, w403_view snapshot, w403_view session, w403_view request,
                      w403_arena *a)
{
    residual_result r;
    residual_request(w, request, a, &r);
    total.keys += r.compared;
    if (!r.text[0]) {
        return;
    }
    total.bad_keys++;
    const char *what = strstr(r.text, ": ");
    count(&total.residuals, what ? what + 2 : r.text);
    if (total.residuals.n <= 40 && total.residuals.rows[total.residuals.n - 1].n == 1 && opt->keep) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/residual-%llu.json", opt->keep, (unsigned long long)total.bad_keys);
        FILE *f = fopen(path, "w");
        if (f) {
            fprintf(f, "{\"name\": \"residual\", \"about\": \"%s\",\n\"snapshot\": %.*s,\n\"policies\": {\"session\": %.*s},\n"
                       "\"request\": %.*s}\n", r.text, (int)snapshot.n, snapshot.p, (int)session.n, session.p,
                    (int)request.n, request.p);
            fclose(f);
        }
    }
}

static void one_world(const options *opt, uint64_t seed, w403_arena *a)
{
    world_random random;
    w403_buf     snapshot = {0}, session = {0}, request = {0};
    judge_world  w;
    w403_error   err = {0};
    world_seed(&random, seed);
    world_snapshot(&random, &snapshot);
    world_policies(&random, &session);
    if (!judge_load(&w, w403_buf_view(&snapshot), w403_buf_view(&session), &err)) {
        printf("# world %llu does not load: %s (%s:%u)\n", (unsigned long long)seed, err.message, err.source, err.line);
        total.errors++;
        judge_free(&w);
        w403_buf_free(&snapshot);
        w403_buf_free(&session);
        return;
    }
    for (unsigned k = 0; k < opt->requests; k++) {
        judge_result r;
        w403_buf_clear(&request);
        world_request(&random, session.n > 2, &request);
        w403_arena_reset(a);
        judge_request(&w, w403_buf_view(&request), a, &r);
        if (r.kind == JUDGE_ERROR) {
            printf("# world %llu, request %u: %s\n%.*s\n", (unsigned long long)seed, k, r.text, (int)request.n, request.p);
            total.errors++;
            continue;
        }
        tally(&r);
        if (k % 8 == 0) {
            many_keys(opt, &w, w403_buf_view(&snapshot), w403_buf_view(&session), w403_buf_view(&request), a);
        }
        const char *question = known_question(&r);
        if (question) {
            total.known++;
            count(&total.knowns, question);
        } else if (r.kind != JUDGE_SAME && r.kind != JUDGE_OPEN) {
            total.bad++;
            disagree(opt, w403_buf_view(&snapshot), w403_buf_view(&session), w403_buf_view(&request), &r, seed, k);
        }
    }
    judge_free(&w);
    w403_buf_free(&snapshot);
    w403_buf_free(&session);
    w403_buf_free(&request);
}

static bool read_options(int argc, char **argv, options *opt)
{
    for (int i = 1; i < argc; i++) {
        uint64_t *number = strcmp(argv[i], "--worlds") == 0     ? &opt->worlds
                           : strcmp(argv[i], "--requests") == 0 ? &opt->requests
                           : strcmp(argv[i], "--seed") == 0     ? &opt->seed
                           : strcmp(argv[i], "--most") == 0     ? &opt->most
                                                                : NULL;
        if (strcmp(argv[i], "-v") == 0) {
            opt->verbose = true;
        } else if (number && i + 1 < argc) {
            *number = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc) {
            opt->keep = argv[++i];
        } else {
            return false;
        }
    }
    return true;
}

/* As many worlds as it takes. */
static void rounds(options *opt)
{
    const char *text = getenv("WHY403_TEST_ROUNDS");
    uint64_t    n = text ? strtoull(text, NULL, 10) : 0;
    if (n && opt->requests) {
        opt->worlds = (n + opt->requests - 1) / opt->requests;
    }
}

int main(int argc, char **argv)
{
    options     opt = {.worlds = 2500, .requests = 20, .seed = 1, .most = 1};
    w403_arena *a = w403_arena_new(0);
    if (!a || !read_options(argc, argv, &opt)) {
        fprintf(stderr, "usage: test_diff [--worlds N] [--requests M] [--seed S] [--keep DIR] [--most N] [-v]\n");
        return 2;
    }
    rounds(&opt);
    printf("# seed %llu\n", (unsigned long long)opt.seed);
    for (uint64_t i = 0; i < opt.worlds; i++) {
        one_world(&opt, opt.seed + i, a);
    }
    w403_arena_free(a);
    if (opt.verbose) {
        show("verdicts", &total.verdicts);
        show("first causes", &total.causes);
        show("left open", &total.opens);
    }
    if (total.known) {
        show("known disagreements, by open question", &total.knowns);
    }
    if (total.bad) {
        show("disagreements (engine | naive)", &total.signatures);
    }
    printf("# %llu compared, %llu rest on open questions, %llu known disagreements, %llu new, %llu errors\n",
           (unsigned long long)total.compared, (unsigned long long)total.open, (unsigned long long)total.known,
           (unsigned long long)total.bad, (unsigned long long)total.errors);
    printf("# residual: %llu keys compared, %llu requests with a disagreement\n", (unsigned long long)total.keys,
           (unsigned long long)total.bad_keys);
    if (total.bad_keys) {
        show("residual", &total.residuals);
    }
    return total.bad || total.bad_keys || total.errors ? 1 : 0;
}

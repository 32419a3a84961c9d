/* can SNAPSHOT PRINCIPAL OPERATION RESOURCE...
 *
 * May the principal do this to each of the resources, over the internet? Two threads share one snapshot; each has an
 * arena of its own. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <why403.h>

enum { THREADS = 2, MOST = 64 };

typedef struct question {
    const char *resource;
    char        answer[2048];
    int         failed;
} question;

typedef struct work {
    const w403_snapshot *snapshot;
    w403_view            principal, operation;
    question            *questions;
    int                  n, first; /* every THREADS-th question, from this one on */
} work;

static w403_view view(const char *s)
{
    return (w403_view){s, strlen(s)};
}

static w403_status ask(const work *w, question *q, w403_arena *arena, w403_error *err)
{
    w403_request     request;
    w403_decision    decision;
    w403_explanation why;

    w403_request_init(&request);
    request.principal = w->principal;
    request.operation = w->operation;
    request.resource = view(q->resource);
    request.from = view("203.0.113.9");
    w403_status s = w403_decide(w->snapshot, NULL, &request, W403_DETAIL_FULL, arena, &decision, err);
    if (s == W403_OK) {
        s = w403_explain(&request, &decision, arena, &why, err);
    }
    if (s != W403_OK) {
        return s;
    }
    w403_view because = why.n_causes ? why.causes[0].sentence : (w403_view){"", 0};
    snprintf(q->answer, sizeof q->answer, "%s: %s (%d)%s%.*s", q->resource, w403_verdict_name(decision.verdict),
             decision.status, because.n ? ": " : "", (int)because.n, because.n ? because.p : "");
    return W403_OK;
}

static void *run(void *user)
{
    work       *w = user;
    w403_arena *arena = w403_arena_new(0);
    for (int i = w->first; i < w->n; i += THREADS) {
        question  *q = &w->questions[i];
        w403_error err = {.message = "memory is short"};
        if (!arena || ask(w, q, arena, &err) != W403_OK) {
            snprintf(q->answer, sizeof q->answer, "%s: error: %s", q->resource, err.message);
            q->failed = 1;
        }
        if (arena) {
            w403_arena_reset(arena); /* the answer has been copied out of it */
        }
    }
    w403_arena_free(arena);
    return NULL;
}

static void problem(void *user, bool warning, const w403_error *p)
{
    (void)user;
    fprintf(stderr, "%s: %s:%u: %s\n", warning ? "warning" : "error", p->source, p->line, p->message);
}

int main(int argc, char **argv)
{
    static question questions[MOST];
    w403_snapshot  *snapshot = NULL;
    pthread_t       threads[THREADS];
    work            works[THREADS];
    int             started = 0, failed = 0, n = argc - 4;

    if (n < 1 || n > MOST) {
        fprintf(stderr, "usage: can SNAPSHOT PRINCIPAL OPERATION RESOURCE...\n");
        return 2;
    }
    if (w403_snapshot_load(argv[1], problem, NULL, &snapshot, NULL) != W403_OK) {
        return 2;
    }
    for (int i = 0; i < n; i++) {
        questions[i].resource = argv[4 + i];
    }
    for (int t = 0; t < THREADS; t++) {
        works[t] = (work){snapshot, view(argv[2]), view(argv[3]), questions, n, t};
        if (pthread_create(&threads[started], NULL, run, &works[t]) == 0) {
            started++;
        } else {
            run(&works[t]); /* no thread for this share: it is done here */
        }
    }
    for (int t = 0; t < started; t++) {
        pthread_join(threads[t], NULL);
    }
    for (int i = 0; i < n; i++) {
        puts(questions[i].answer);
        failed += questions[i].failed;
    }
    w403_snapshot_free(snapshot);
    return failed ? 2 : 0;
}

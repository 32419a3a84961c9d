/* One request decided twice, by the engine and by the naive evaluator, from JSON text alone. */
#ifndef W403_TESTS_DIFF_JUDGE_H
#define W403_TESTS_DIFF_JUDGE_H

#include "base/buf.h"
#include "base/error.h"
#include "naive.h"

typedef struct judge_world { /* one world, loaded */
    w403_arena              *a;
    w403_snapshot           *snapshot;
    w403_policies           *policies; /* for the engine; NULL: none */
    const w403_policy       *session[8];
    unsigned                 n_session;
} judge_world;

typedef enum judge_kind { JUDGE_SAME, JUDGE_OPEN, JUDGE_VERDICT, JUDGE_CAUSE, JUDGE_SET, JUDGE_STATUS, JUDGE_DETAIL, JUDGE_ERROR } judge_kind;

typedef struct judge_result {
    judge_kind   kind;
    w403_verdict engine;
    int          status;
    char         cause[64]; /* the engine's first, "" none */
    const char  *causes[NAIVE_CAUSES];
    unsigned     n_causes;
    naive_result naive;
    char         text[600]; /* of JUDGE_ERROR */
} judge_result;

/* False: the text is no world, see *err. */
bool judge_load(judge_world *w, w403_view snapshot, w403_view session, w403_error *err);
void judge_free(judge_world *w);
void judge_request(const judge_world *w, w403_view request, w403_arena *a, judge_result *out);
/* {"snapshot": .., "policies": {"session": [..]}, "request": ..}: all of it. */
void judge_case(w403_view text, judge_result *out);

#endif

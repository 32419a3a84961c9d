/* What a survey of logs found, in each format. */
#ifndef W403_CLI_LOGS_OUTPUT_H
#define W403_CLI_LOGS_OUTPUT_H

#include "cli/cli.h"
#include "fix/fix.h"
#include "logs/replay.h"
#include "logs/survey.h"
#include "snapshot/places.h"

typedef struct w403_logs_page {
    w403_buf          *out;
    w403_arena        *arena;
    const w403_survey *survey;
    const w403_cli    *cli; /* the call */
    bool               color, picture; /* picture: a terminal that can show a sparkline */
    size_t             width;
    const w403_problems *warnings;
} w403_logs_page;

void w403_logs_text(const w403_logs_page *p); /* logs_text.c: a table and a timeline */
void w403_logs_json(const w403_logs_page *p); /* logs_data.c: one object */
void w403_logs_csv(const w403_logs_page *p);  /* one row a cause */
void w403_logs_html(const w403_logs_page *p); /* logs_html.c: one self-contained page */

/* replay_output.c */
typedef struct w403_replay_page {
    w403_buf           *out;
    w403_arena         *arena;
    const w403_replay  *replay;
    const w403_overlay *overlay; /* the documents that were exchanged */
    bool                color;
    size_t              width;
    const w403_problems *warnings;
} w403_replay_page;

void w403_replay_text(const w403_replay_page *p);
void w403_replay_json(const w403_replay_page *p); /* one object */
void w403_replay_csv(const w403_replay_page *p);
void w403_replay_junit(const w403_replay_page *p);  /* one row a group, and a reason why requests were not decided */

/* ---- shared ---- */

/* 2026-11-20 10:00:03; in the arena. */
w403_view w403_logs_time(w403_arena *a, w403_instant t);
/* The cause in a few words; what to say where there is none. */
w403_view w403_logs_title(const w403_cause_group *g);
/* "PutBucketPolicy on dest-bucket by arn:... at ...". */
w403_view w403_logs_change(w403_arena *a, const w403_log_change *c);
/* "worked 12.0 an hour before, denied 30.5 an hour since". */
w403_view w403_logs_rates(w403_arena *a, const w403_cause_group *g);
/* The first fix in a line, with the account; {NULL,0}: there is none. */
w403_view w403_logs_fix(w403_arena *a, const w403_cause_group *g);
/* A command that explains the group's first request in full; {NULL,0}: its record alone does not say enough, or
 * cannot be had again. */
w403_view w403_logs_explain(const w403_logs_page *p, const w403_cause_group *g);
/* How it is known that the change began it, in a phrase; {NULL,0}: it is not. */
w403_view w403_logs_proof(w403_arena *a, const w403_began *b);

#endif

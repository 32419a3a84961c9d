/* What a run of `why403 collect` says while it goes on and when it is done, for people and for programs. */
#ifndef W403_CLI_COLLECT_OUTPUT_H
#define W403_CLI_COLLECT_OUTPUT_H

#include "cli/cli.h"
#include "collect/collect.h"

typedef struct w403_collect_page {
    w403_cli                   *cli;
    const w403_collect_options *options;
    bool                        json; /* one object a line, each an event */
    bool                        line, plain; /* progress: a line of a terminal, a line every ten seconds */
    bool                        drawn;
    double                      last; /* seconds, of the last time that progress was told */
} w403_collect_page;

/* --progress and --format. */
void w403_collect_page_open(w403_collect_page *p, w403_cli *cli, const w403_collect_options *options);
/* w403_collect_options.progress and .note, with the page as user. */
void w403_collect_page_progress(void *page, const w403_collect_progress *now);
void w403_collect_page_note(void *page, w403_view text);
/* The line of a terminal is wiped. */
void w403_collect_page_close(w403_collect_page *p);

void w403_collect_page_report(w403_collect_page *p, const w403_collect_report *r, const w403_live_counts *counts);
/* Of a dry run. */
void w403_collect_page_estimate(w403_collect_page *p, const w403_collect_report *r, unsigned jobs);

#endif

/* Logs with a snapshot: every line of the input is a record of a trail, or of an access log. Denials are grouped, their beginning is
 * proved, what undoes it and what mends it is looked for; then the same traffic is replayed. Commands are words. */
#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "logs/replay.h"
#include "logs/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first line is a snapshot in one file, the rest is the log. */
static void survey(const w403_snapshot *snapshot, const w403_paths *files)
{
    w403_survey s = {0};
    w403_error err;
    const w403_survey_options options = {.snapshot = snapshot, .threads = 1};
    if (w403_survey_run(files, &options, &s, &err) == W403_OK) {
        w403_arena *a = w403_arena_new(0);
        for (size_t i = 0; a && i < s.n_groups; i++) {
            const w403_cause_group *g = &s.groups[i];
            w403_view undo = g->began.undo;
            if (undo.n) {
                must_be_words(undo);
            }
            if (g->fixes) {
                must_be_fixes(a, g->fixes);
            }
        }
        w403_arena_free(a);
    }
    w403_survey_close(&s);
}

static void replay(const w403_snapshot *snapshot, const w403_paths *files)
{
    w403_replay r = {0};
    w403_error err;
    const w403_replay_options options = {.select = {.snapshot = snapshot, .threads = 1}, .snapshot = snapshot};
    if (w403_replay_run(files, &options, &r, &err) == W403_OK) {
        must(r.of[W403_REPLAY_BREAKS] == 0); /* nothing changed */
    }
    w403_replay_close(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_view log = {(const char *)data, n}, first = w403_view_cut(&log, '\n');
    w403_snapshot *snapshot = NULL;
    char path[64];
    if (n > 1 << 15 || !log.p ||
        w403_snapshot_parse(W403_LIT("snapshot"), first, NULL, NULL, &snapshot, NULL) != W403_OK) {
        return 0;
    }
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, log.p, log.n) == (ssize_t)log.n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    w403_view one = w403_view_of(path);
    w403_paths files = {.at = &one, .n = 1};
    survey(snapshot, &files);
    replay(snapshot, &files);
    close(fd);
    w403_snapshot_free(snapshot);
    return 0;
}

/* A replay as tests: requests that would break are a failure, those that may an error; what nothing is said of is skipped. */
#include "cli/junit.h"
#include "cli/logs_output.h"

static w403_view name_of(const w403_replay_page *p, const w403_replay_group *g)
{
    return w403_arena_printf(p->arena, "%.*s on %.*s by %.*s", W403_CUT(g->action), W403_CUT(g->resource), W403_CUT(g->principal));
}

static bool is_unclear(const w403_replay_group *g)
{
    return g->kind == W403_REPLAY_UNEXPLAINED || g->kind == W403_REPLAY_MAY_MEND;
}

static void group(const w403_replay_page *p, const w403_replay_group *g)
{
    bool said = g->kind != W403_REPLAY_MENDS;
    w403_junit_case(p->out, name_of(p, g), said);
    if (!said) {
        return;
    }
    static const char *const changes[W403_REPLAY_KINDS] = {
        [W403_REPLAY_BREAKS] = "worked, and would be denied",
        [W403_REPLAY_UNSURE] = "worked, and may be denied",
        [W403_REPLAY_MENDS] = "was denied, and would be allowed",
        [W403_REPLAY_MAY_MEND] = "was denied, and may be allowed",
        [W403_REPLAY_UNEXPLAINED] = "the old state already answers otherwise than the log",
    };
    w403_view by = g->statement.n ? g->statement : g->reason;
    w403_view text = w403_arena_printf(p->arena, "%llu times, %.*s to %.*s, request %s%s%.*s", (unsigned long long)g->count,
                                       W403_CUT(w403_logs_time(p->arena, g->first)), W403_CUT(w403_logs_time(p->arena, g->last)),
                                       g->samples[0].id, by.n ? ": " : "", W403_CUT(by));
    w403_junit_said(p->out, g->kind == W403_REPLAY_BREAKS ? W403_JUNIT_FAILURE : is_unclear(g) ? W403_JUNIT_SKIPPED : W403_JUNIT_ERROR,
                    g->cause ? g->cause : w403_replay_kind_name(g->kind), w403_view_of(changes[g->kind]), text);
    w403_junit_end_case(p->out);
}

void w403_replay_junit(const w403_replay_page *p)
{
    const w403_replay *r = p->replay;
    w403_junit_count n = {.tests = r->n_groups + r->n_reasons + (r->unchanged > 0) + (r->spilled > 0),
                          .skipped = r->n_reasons + (r->spilled > 0)};
    for (size_t i = 0; i < r->n_groups; i++) {
        n.failures += r->groups[i].kind == W403_REPLAY_BREAKS;
        n.errors += r->groups[i].kind == W403_REPLAY_UNSURE;
        n.skipped += is_unclear(&r->groups[i]);
    }
    w403_junit_begin(p->out, "why403 replay", n);
    if (r->unchanged) {
        w403_junit_case(p->out, w403_arena_printf(p->arena, "%llu requests unchanged", (unsigned long long)r->unchanged), false);
    }
    for (size_t i = 0; i < r->n_groups; i++) {
        group(p, &r->groups[i]);
    }
    for (size_t i = 0; i < r->n_reasons; i++) {
        w403_junit_case(p->out, w403_arena_printf(p->arena, "%llu requests not decided", (unsigned long long)r->reasons[i].count), true);
        w403_junit_said(p->out, W403_JUNIT_SKIPPED, "undecided", r->reasons[i].text,
                        w403_arena_printf(p->arena, "request %s", r->reasons[i].sample.id));
        w403_junit_end_case(p->out);
    }
    if (r->spilled) {
        w403_junit_case(p->out, w403_arena_printf(p->arena, "%llu requests not decided", (unsigned long long)r->spilled), true);
        w403_junit_said(p->out, W403_JUNIT_SKIPPED, "undecided", W403_LIT("there were too many kinds of requests"), (w403_view){"", 0});
        w403_junit_end_case(p->out);
    }
    w403_junit_end(p->out);
}

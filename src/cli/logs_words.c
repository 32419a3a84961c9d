/* The words that all formats of a survey share. */
#include "catalog/catalog.h"
#include "cli/again.h"
#include "cli/logs_output.h"


w403_view w403_logs_time(w403_arena *a, w403_instant t)
{
    w403_view iso = w403_instant_format(a, t - t % 1000000);
    if (t == 0 || iso.n < 19) {
        return W403_LIT("-");
    }
    return w403_arena_printf(a, "%.10s %.8s", iso.p, iso.p + 11);
}

w403_view w403_logs_title(const w403_cause_group *g)
{
    const w403_cause_info *info = g->cause ? w403_cause_info_find(w403_view_of(g->cause)) : NULL;
    if (info) {
        return w403_view_of(info->title);
    }
    return g->judged && g->verdict == W403_ALLOWED ? W403_LIT("the snapshot would allow it, and AWS does not say why not")
           : g->judged                             ? W403_LIT("not determined: AWS does not say, the snapshot not enough")
                                                   : W403_LIT("AWS does not say why");
}

/* In the unit that makes it a number one can picture: 30 an hour, 4.8 a day, 2 a week. */
static w403_view rate(w403_arena *a, double an_hour)
{
    static const struct { double hours; const char *unit; } UNITS[] = {
        {1.0 / 3600, "a second"}, {1.0 / 60, "a minute"}, {1, "an hour"}, {24, "a day"}, {24 * 7, "a week"}, {24 * 365, "a year"}};
    size_t i = 0, last = sizeof UNITS / sizeof *UNITS - 1;
    while (i < last && an_hour * UNITS[i].hours < (UNITS[i].hours < 1 ? 10 : 0.95)) {
        i++;
    }
    double n = an_hour * UNITS[i].hours;
    if (n < 0.05) {
        return W403_LIT("less than once in ten years");
    }
    bool   whole = n >= 9.95 || n - (double)(long long)n < 0.05;
    return whole ? w403_arena_printf(a, "%.0f %s", n, UNITS[i].unit) : w403_arena_printf(a, "%.1f %s", n, UNITS[i].unit);
}

w403_view w403_logs_rates(w403_arena *a, const w403_cause_group *g)
{
    w403_view denied = rate(a, g->denied_rate), worked = rate(a, g->worked_rate);
    if (g->worked_before) {
        return w403_arena_printf(a, "worked %.*s before, denied %.*s since", W403_CUT(worked), W403_CUT(denied));
    }
    return g->count > 1 ? w403_arena_printf(a, "denied %.*s since", W403_CUT(denied)) : W403_LIT("denied once");
}

w403_view w403_logs_fix(w403_arena *a, const w403_cause_group *g)
{
    const w403_fix *f = g->fixes && g->fixes->n ? &g->fixes->at[0] : NULL;
    if (!f) {
        return (w403_view){NULL, 0};
    }
    return f->owner.n ? w403_arena_printf(a, "%.*s (account %.*s)", W403_CUT(f->title), W403_CUT(f->owner))
                      : w403_arena_printf(a, "%.*s", W403_CUT(f->title));
}

static const struct {
    const char *end, *program, *words;
} UNPACKERS[] = {
    {".gz", "zcat", "<file>"},  {".zst", "zstdcat", "<file>"},    {".bz2", "bzcat", "<file>"},
    {".xz", "xzcat", "<file>"}, {".zip", "unzip", "-p <file>"},
};

/* The line, or the event, out of its file, whatever that is packed by. */
static void put_record(w403_command *c, bool line, w403_view file, w403_view id)
{
    w403_view path = w403_command_path(c->arena, file);
    bool      packed = false;
    for (size_t i = 0; i < sizeof UNPACKERS / sizeof *UNPACKERS; i++) {
        if (w403_view_ends(file, w403_view_of(UNPACKERS[i].end))) {
            w403_command_run(c, UNPACKERS[i].program, UNPACKERS[i].words, W403_VALUES(path));
            w403_command_pipe(c);
            packed = true;
        }
    }
    if (!packed && !line) {
        w403_command_run(c, "cat", "<file>", W403_VALUES(path));
        w403_command_pipe(c);
    }
    if (!line) {
        w403_command_run(c, "jq", "-c first(..|objects|select(.eventID?==<\"id>))", W403_VALUES(id));
    } else {
        w403_command_run(c, "grep", w403_view_starts(id, W403_LIT("-")) ? "-m1 -F -e <id>" : "-m1 -F <id>", W403_VALUES(id));
        if (!packed) {
            w403_command_word(c, path);
        }
    }
    w403_command_pipe(c);
}

w403_view w403_logs_explain(const w403_logs_page *p, const w403_cause_group *g)
{
    w403_command c = {.arena = p->arena};
    w403_view    context = g->first_context;
    bool         line = g->lead->form == W403_LOG_ACCESS;
    if (!g->first_id.n || g->session_policy || g->lead->carried || w403_view_eq(g->first_file, W403_LIT("-")) || !w403_again_possible(p->cli) ||
        (!line && g->lead->form != W403_LOG_TRAIL)) {
        return (w403_view){NULL, 0};
    }
    put_record(&c, line, g->first_file, g->first_id);
    w403_command_run(&c, "why403", line ? "explain --log-line -" : "explain --event -", NULL, 0);
    w403_again_options(p->cli, W403_FOR_EXPLAIN, W403_AGAIN_POLICIES, &c);
    while (context.n) {
        w403_command_option(&c, "context", w403_view_cut(&context, '\n'));
    }
    return w403_command_end(&c);
}

w403_view w403_logs_change(w403_arena *a, const w403_log_change *c)
{
    w403_view time = w403_logs_time(a, c->time);
    w403_view actor = c->actor.n ? c->actor : W403_LIT("somebody");
    return w403_arena_printf(a, "%s%s%.*s by %.*s at %.*s", c->kind->event, c->target.n ? " on " : "",
                             W403_CUT(c->target), W403_CUT(actor), W403_CUT(time));
}

w403_view w403_logs_proof(w403_arena *a, const w403_began *b)
{
    w403_view st = b->statement;
    switch (b->proof) {
    case W403_PROOF_FULL:
        if (b->removed) {
            return w403_arena_printf(
                a,
                "proved: the first request is %s by the policy before it, whose %.*s allows it, and "
                "denied after it",
                w403_verdict_name(b->before), W403_CUT(st));
        }
        return w403_arena_printf(a, "proved: the first request is %s by what was there before%s%.*s",
                                 b->before == W403_ALLOWED ? "allowed" : "not denied for this cause",
                                 st.n ? ", and denied after it by " : ", and denied after it", W403_CUT(st));
    case W403_PROOF_AFTER:
        if (b->assumed) {
            return w403_arena_printf(
                a,
                "what it wrote denies the first request%s%.*s; without it the request is %s, and "
                "whether it was without it before is in no log",
                st.n ? ", by " : "", W403_CUT(st),
                b->before == W403_ALLOWED ? "allowed" : "not denied for this cause");
        }
        return w403_arena_printf(a,
                                 "what it wrote denies the first request%s%.*s; what was there before is not known",
                                 st.n ? ", by " : "", W403_CUT(st));
    case W403_PROOF_LIKELY:
        return w403_arena_printf(a, "likely: the last change before the first denial that can bring this about; not proved: "
                                    "%s", b->why ? b->why : "the logs do not hold the documents");
    default:
        return (w403_view){NULL, 0};
    }
}

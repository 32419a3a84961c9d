/* What the logs cannot say, and what in them is odd: said, so that silence is not taken for an answer. */
#include "logs/survey_state.h"

enum { SECOND = 1000000 };
#define DAYS(n) ((w403_instant)(n) * 86400 * SECOND)

typedef struct notes {
    w403_survey *s;
    W403_ARRAY(w403_view) list;
    bool nomem;
} notes;

static void add(notes *n, w403_view text)
{
    w403_view *at = W403_PUSH(n->s->arena, &n->list);
    if (at && text.p) {
        *at = text;
    } else {
        n->nomem = true;
    }
}

static void add_count(notes *n, uint64_t count, const char *one, const char *many)
{
    if (count) {
        add(n, w403_arena_printf(n->s->arena, "%llu %s", (unsigned long long)count, count == 1 ? one : many));
    }
}

/* formats 3.2, 4.3, 4.4, 4.5 */
static void gaps(notes *n, bool data_events)
{
    const w403_survey *s = n->s;
    if (s->stats.events && !data_events) {
        add(n, W403_LIT("No CloudTrail data events are in these logs: denials of object operations are not in a trail "
                        "unless data events are switched on, and never in the event history."));
    }
    bool history = s->history && !s->trail && s->from;
    if (history && s->to - s->from > DAYS(85) && s->to - s->from < DAYS(95)) {
        add(n, W403_LIT("The events are of the event history and reach back about 90 days, which is as far as it goes: an "
                        "earlier change is only in a trail."));
    }
    if (s->stats.lines) {
        add(n, W403_LIT("Server access logs are best effort: records can be late, missing or there twice, and they hold "
                        "no policy documents."));
    }
    if (s->stats.lines && !s->stats.events) {
        add(n, W403_LIT("There is no CloudTrail here: add it to see who changed which policy, and the document."));
    }
    if (s->stats.lines || s->stats.events) {
        add(n, W403_LIT("A request that a VPC endpoint policy denies is in no access log and no data event; only network "
                        "activity events of the endpoint's owner show it."));
    }
}

static void oddities(notes *n)
{
    for (unsigned bit = 0; bit < W403_MARKS; bit++) {
        uint64_t count = n->s->odd[bit];
        if (count && w403_mark_is_odd(bit)) {
            add(n, w403_arena_printf(n->s->arena, "%llu of the records looked at: %s.", (unsigned long long)count,
                                     w403_mark_about(bit)));
        }
    }
}

w403_status w403_survey_notes(w403_survey *s, const w403_survey_options *o, bool data_events, w403_error *err)
{
    notes n = {.s = s};
    bool  unknown = false, differ = false, skewed = false;
    for (size_t i = 0; i < s->n_groups; i++) {
        unknown |= !s->groups[i].cause;
        differ |= s->groups[i].judged && s->groups[i].agreement == W403_NOT_DENIED;
        skewed |= s->groups[i].began.skewed;
    }
    if (unknown && !o->snapshot) {
        add(&n, W403_LIT("Some denials do not say why, and there is no snapshot to decide them by: name one with "
                         "--snapshot DIR."));
    }
    if (differ) {
        add(&n, W403_LIT("The snapshot would allow some of these requests: it is of another time than the denials, or a "
                         "policy is not in it."));
    }
    if (skewed) {
        add(&n, W403_LIT("A change is logged shortly after the first denial that it explains: the two clocks differ."));
    }
    if (s->to > w403_instant_now() + DAYS(1)) {
        add(&n, W403_LIT("Some records are of the future: a clock was wrong when they were written, or is now."));
    }
    if (o->snapshot && s->n_groups > W403_SURVEY_FIXES) {
        add(&n, w403_arena_printf(s->arena, "Fixes were looked for in the %d causes with the most denials, not in the other "
                                            "%zu.", W403_SURVEY_FIXES, s->n_groups - W403_SURVEY_FIXES));
    }
    gaps(&n, data_events);
    oddities(&n);
    add_count(&n, s->duplicates, "record was there twice and counted once.", "records were there twice and counted once.");
    add_count(&n, s->told_twice, "denial is told by two logs and counted once.",
              "denials are told by two logs and counted once.");
    add_count(&n, s->elsewhere, "denial of another service than S3 was left out.",
              "denials of other services than S3 were left out.");
    add_count(&n, s->spilled, "denial is in no group: there were too many kinds to tell apart.",
              "denials are in no group: there were too many kinds to tell apart.");
    add_count(&n, w403_changes_dropped(s->changes), "change was left out: there were too many.",
              "changes were left out: there were too many.");
    add_count(&n, w403_sessions_dropped(s->sessions), "session was left out: there were too many.",
              "sessions were left out: there were too many.");
    W403_NEED(!n.nomem, err);
    s->notes = n.list.at;
    s->n_notes = n.list.n;
    return W403_OK;
}

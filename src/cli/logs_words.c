/* The words that all formats of a survey share. */
#include "catalog/catalog.h"
#include "cli/logs_output.h"

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

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

w403_view w403_logs_change(w403_arena *a, const w403_log_change *c)
{
    w403_view time = w403_logs_time(a, c->time);
    w403_view actor = c->actor.n ? c->actor : W403_LIT("somebody");
    return w403_arena_printf(a, "%s%s%.*s by %.*s at %.*s", c->kind->event, c->target.n ? " on " : "", FMT(c->target),
                             FMT(actor), FMT(time));
}

w403_view w403_logs_proof(w403_arena *a, const w403_began *b)
{
    w403_view st = b->statement;
    switch (b->proof) {
    case W403_PROOF_FULL:
        if (b->removed) {
            return w403_arena_printf(a, "proved: the first request is %s by the policy before it, whose %.*s allows it, and "
                                        "denied after it", w403_verdict_name(b->before), FMT(st));
        }
        return w403_arena_printf(a, "proved: the first request is %s by what was there before%s%.*s",
                                 b->before == W403_ALLOWED ? "allowed" : "not denied for this cause",
                                 st.n ? ", and denied after it by " : ", and denied after it", FMT(st));
    case W403_PROOF_AFTER:
        return w403_arena_printf(a, "what it wrote denies the first request%s%.*s; what was there before is not known",
                                 st.n ? ", by " : "", FMT(st));
    case W403_PROOF_LIKELY:
        return W403_LIT("likely: the last change before the first denial that can bring this about; the logs do not hold "
                        "the documents to prove it");
    default:
        return (w403_view){NULL, 0};
    }
}

w403_view w403_logs_undo(w403_arena *a, const w403_cause_group *g)
{
    const w403_log_change *c = g->began.change;
    if (!c || c->kind->target != W403_TARGET_BUCKET || g->began.proof < W403_PROOF_AFTER) {
        return (w403_view){NULL, 0};
    }
    bool policy = c->kind->document || strcmp(c->kind->event, "DeleteBucketPolicy") == 0;
    if (policy && g->began.was.n && w403_view_find_char(g->began.was, '\'') == SIZE_MAX) {
        return w403_arena_printf(a, "aws s3api put-bucket-policy --bucket %.*s --policy '%.*s'", FMT(c->target),
                                 (int)g->began.was.n, g->began.was.p);
    }
    return (w403_view){NULL, 0};
}

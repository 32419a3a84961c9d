/* The first request of a shape read again and judged, in an arena that others do not touch. */
#include "logs/survey_state.h"

static w403_status question(w403_arena *a, const w403_survey *s, const w403_survey_options *o,
                            const w403_shape *shape, w403_question *q, bool *asked, w403_error *err)
{
    w403_error  why;
    w403_view   raw = {shape->raw, shape->n_raw};
    w403_status status = w403_case_read(a, shape->form, w403_view_of(shape->file), raw, o->snapshot, &q->c, &why);
    if (status != W403_OK) {
        return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
    }
    *asked = true;
    const w403_record *r = &q->c.record;
    q->session = w403_sessions_of(s->sessions, r);
    w403_case_join(a, &q->c, q->session);
    const w403_policies *policies = o->policies;
    if (q->session && q->session->narrowed) {
        status = w403_case_policies(o->policies, o->snapshot, s->sessions, q->session, &q->policies, &q->missing, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status != W403_OK || q->missing.p) {
            q->judgement.why_not =
                status != W403_OK
                    ? w403_arena_printf(a, "its session policy: %s", why.message)
                    : w403_arena_printf(a, "session policy %.*s is not in the snapshot", W403_CUT(q->missing));
            return W403_OK;
        }
        policies = q->policies;
    }
    return o->snapshot || policies ? w403_case_judge(a, &q->c, o->snapshot, policies, &q->judgement, err) : W403_OK;
}

w403_status w403_question_open(w403_arena *a, const w403_survey *s, const w403_survey_options *o,
                               const w403_shape *shape, w403_question *q, bool *asked, w403_error *err)
{
    *q = (w403_question){0};
    *asked = false;
    return question(a, s, o, shape, q, asked, err);
}

void w403_question_close(w403_question *q)
{
    w403_policies_free(q->policies);
    q->policies = NULL;
}

w403_status w403_shape_arenas_ready(w403_shape_arenas *a, size_t n, w403_error *err)
{
    for (size_t i = 0; i < n; i++) {
        a->at[i] = a->at[i] ? a->at[i] : w403_arena_new(0);
        W403_NEED(a->at[i], err);
        w403_arena_reset(a->at[i]);
    }
    return W403_OK;
}

void w403_shape_arenas_free(w403_shape_arenas *a)
{
    for (size_t i = 0; i < W403_SHAPE_BATCH; i++) {
        w403_arena_free(a->at[i]);
    }
}

/* Which of the requests that evidence may be about it is: each reading is decided, and the one that fits AWS's words
 * best counts. */
#include "evidence/evidence.h"

#include "base/array.h"
#include "base/view.h"

/* ---- one reading ---- */

static bool has_denial(const w403_reported *said)
{
    return said && (said->form != W403_FORM_NONE || said->status == 403);
}

static w403_status decide(const w403_judging *j, const w403_request *asked, w403_answered *out, w403_error *err)
{
    enum { MOST = 16 };
    const char *causes[MOST];
    size_t n = 0;
    w403_request *r = W403_NEW(j->arena, w403_request); /* the decision points at it */
    W403_NEED(r, err);
    *r = *asked;
    out->request = r;
    W403_TRY(w403_decide(j->snapshot, j->policies, r, j->detail, j->arena, &out->decision, err));
    W403_TRY(w403_explain(r, &out->decision, j->arena, &out->explanation, err));
    while (n < out->explanation.n_causes && n < MOST) {
        causes[n] = out->explanation.causes[n].id;
        n++;
    }
    w403_view action = n > 0 ? out->explanation.causes[0].action : (w403_view){NULL, 0};
    out->agreement = j->said ? w403_evidence_agrees(j->said, out->decision.verdict, causes, n, action) : W403_UNSURE;
    out->decided = true;
    return W403_OK;
}

/* s3:x-amz-acl -> x-amz-acl; {NULL,0}: no key of a header field. */
static w403_view header_of(w403_view key)
{
    return w403_view_starts(key, W403_LIT("s3:x-amz-")) ? w403_view_sub(key, 3, key.n) : (w403_view){NULL, 0};
}

/* Says what was taken for granted: each of these decides a Deny that AWS's text blames. */
static w403_status assume_not_sent(const w403_judging *j, const w403_decision *open, w403_decision *d, w403_error *err)
{
    w403_view *list = W403_NEW_N(j->arena, w403_view, d->n_assumptions + open->n_unknown);
    W403_NEED(list, err);
    for (uint32_t i = 0; i < d->n_assumptions; i++) {
        list[i] = d->assumptions[i];
    }
    for (uint32_t i = 0; i < open->n_unknown; i++) {
        w403_view header = header_of(open->unknown[i]);
        if (header.p) {
            w403_view text = w403_arena_printf(j->arena,
                                               "the request was sent without %.*s: the evidence does not show it, and what "
                                               "AWS said fits (`--header '%.*s: VALUE'` says otherwise)",
                                               (int)header.n, header.p, (int)header.n, header.p);
            W403_NEED(text.p, err);
            list[d->n_assumptions++] = text;
        }
    }
    d->assumptions = list;
    return W403_OK;
}

/* AWS says that a policy denies, and one that is here does so if the request was sent without what the evidence cannot
 * show: then it was. */
static w403_status settle(const w403_judging *j, w403_answered *a, w403_error *err)
{
    const unsigned left_out[] = {W403_UNSAID_HEADERS, W403_UNSAID_HEADERS | W403_UNSAID_QUERY};
    bool blames = j->said && j->said->explicit_deny && j->said->certain;
    const w403_decision open = a->decision;
    for (size_t i = 0; blames && i < sizeof left_out / sizeof *left_out; i++) {
        w403_request r = *a->request;
        w403_answered other = {.decided = false};
        if ((r.unsaid & left_out[i]) != left_out[i]) {
            continue;
        }
        r.unsaid &= ~left_out[i];
        W403_TRY(decide(j, &r, &other, err));
        if (other.decision.verdict == W403_DENIED && other.agreement == W403_AGREES) {
            *a = other;
            return assume_not_sent(j, &open, &a->decision, err);
        }
    }
    return W403_OK;
}

w403_status w403_answer_reading(const w403_judging *j, const w403_request *request, w403_answered *out, w403_error *err)
{
    w403_request r = *request;
    *out = (w403_answered){.decided = false};
    if (has_denial(j->said) && !j->snapshot && j->denied) {
        r.unsaid |= W403_UNSAID_POLICIES;
    }
    W403_TRY(decide(j, &r, out, err));
    return out->decision.verdict == W403_UNDETERMINED ? settle(j, out, err) : W403_OK;
}

/* ---- which one ---- */

static bool other_name(w403_view said, w403_view asked)
{
    return said.n > 0 && asked.n > 0 && !w403_view_ieq(said, asked);
}

unsigned w403_answer_rank(const w403_judging *j, const w403_answered *a)
{
    static const unsigned by_agreement[] = {
        [W403_AGREES] = 0, [W403_SAME_REQUEST] = 1, [W403_UNSURE] = 2, [W403_NOT_DENIED] = 3};
    static const unsigned denied_first[] = {[W403_DENIED] = 0, [W403_UNDETERMINED] = 1, [W403_ALLOWED] = 2};
    static const unsigned allowed_first[] = {[W403_ALLOWED] = 0, [W403_UNDETERMINED] = 1, [W403_DENIED] = 2};
    enum { ACTION = 2, FIT = 4, UNDECIDED = 100 };
    const w403_reported *said = j->said;
    if (!a->decided) {
        return UNDECIDED;
    }
    bool silent = !said || said->form == W403_FORM_NONE;
    unsigned fit = !silent     ? by_agreement[a->agreement]
                   : j->denied ? denied_first[a->decision.verdict]
                               : allowed_first[a->decision.verdict];
    const w403_explanation *x = &a->explanation;
    w403_view action = x->n_causes > 0 ? x->causes[0].action : a->request->action;
    return FIT * fit + (said && other_name(said->action, action) ? ACTION : 0) +
           (said && other_name(said->operation, a->request->operation) ? 1 : 0);
}

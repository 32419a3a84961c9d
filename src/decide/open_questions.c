/* Questions about S3 that AWS's pages leave open (data/open-questions.tsv): a decision that asked one is made once more by the
 * other reading, and where the answers differ the verdict rests on a named assumption. */
#include "base/limits.h"
#include "decide/call.h"

enum { MAX_ROUNDS = W403_LIMIT_QUESTION_ROUNDS }; /* an answer by other readings may ask for more of them */

/* Another decision on the same request; nothing is said beside it. */
static w403_status by_other(const w403_call *c, uint32_t readings, w403_decide_fn *decide, w403_decision *out,
                            uint32_t *asked, w403_error *err)
{
    w403_call *again = w403_call_again(c);
    W403_NEED(again, err);
    again->detail = W403_DETAIL_VERDICT;
    again->readings = readings;
    *out = (w403_decision){.verdict = W403_UNDETERMINED};
    W403_TRY(decide(again, out, err));
    *asked = again->asked;
    return W403_OK;
}

static bool differs(const w403_decision *a, const w403_decision *b)
{
    return a->verdict != b->verdict || a->status != b->status;
}

static void assume(w403_call *c, unsigned reading, const w403_decision *other)
{
    c->hangs_on |= 1u << reading;
    w403_view answer = w403_view_of(w403_word_in(c->arena, "answer", "not known"));
    if (other->verdict != W403_UNDETERMINED) {
        answer = w403_arena_printf(c->arena, "%d%s%s", other->status, other->error_code ? " " : "",
                                   other->error_code ? other->error_code : "");
    }
    w403_assume(c, w403_open_question_at(reading)->assumption, W403_P("answer", answer));
}

w403_status w403_open_questions_compare(w403_call *c, const w403_decision *first, w403_decide_fn *decide, w403_error *err)
{
    w403_decision other;
    uint32_t all = c->asked, more = 0;
    bool one = false;
    for (unsigned i = 0; i < W403_OPEN_COUNT; i++) {
        if (c->asked >> i & 1) {
            W403_TRY(by_other(c, 1u << i, decide, &other, &more, err));
            all |= more;
            if (differs(first, &other)) {
                assume(c, i, &other);
                one = true;
            }
        }
    }
    /* No single one: perhaps several together. */
    for (unsigned round = 0; round < MAX_ROUNDS && !one && (all & (all - 1)); round++) {
        W403_TRY(by_other(c, all, decide, &other, &more, err));
        if (!(more & ~all)) {
            break;
        }
        all |= more;
    }
    for (unsigned i = 0; i < W403_OPEN_COUNT && !one && (all & (all - 1)) && differs(first, &other); i++) {
        if (all >> i & 1) {
            assume(c, i, &other);
        }
    }
    return W403_OK;
}

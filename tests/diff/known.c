#include "known.h"

/* What both sides say, and what the naive evaluator noted on its way. A row whose question is settled is taken out. */
static const struct {
    judge_kind   kind;
    w403_verdict engine, naive;
    const char  *note, *question;
} rows[] = {
    {JUDGE_VERDICT, W403_UNDETERMINED, W403_DENIED, NAIVE_UNREAD_CONTROLS,
     "4.2: whether ACLs count could not be read, another's object: either way denied, by two rules"},
    {JUDGE_SET, W403_DENIED, W403_DENIED, NAIVE_UNREAD_CONTROLS,
     "4.2: the same, denied for another reason as well (controls)"},
};

const char *known_question(const judge_result *r)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].kind == r->kind && rows[i].engine == r->engine && rows[i].naive == r->naive.verdict &&
            r->naive.note && strcmp(rows[i].note, r->naive.note) == 0) {
            return rows[i].question;
        }
    }
    return NULL;
}

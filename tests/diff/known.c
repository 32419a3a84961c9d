#include "known.h"

/* What both sides say, and what the naive evaluator noted on its way. A row whose question is settled is taken out. */
static const struct {
    judge_kind   kind;
    w403_verdict engine, naive;
    const char  *note, *question;
} rows[] = {
    {JUDGE_VERDICT, W403_DENIED, W403_UNDETERMINED, NAIVE_UNREAD_OWNER,
     "4.2: nobody could read the objects; no ACL permission covers tags, but the caller may own the object"},
    {JUDGE_SET, W403_DENIED, W403_DENIED, NAIVE_UNREAD_OWNER,
     "4.2: the same, denied for another reason as well"},
    {JUDGE_VERDICT, W403_UNDETERMINED, W403_DENIED, NAIVE_UNREAD_CONTROLS,
     "4.2: whether ACLs count could not be read, another's object: either way denied, by two rules"},
    {JUDGE_SET, W403_DENIED, W403_DENIED, NAIVE_UNREAD_CONTROLS,
     "4.2: the same, denied for another reason as well (controls)"},
    {JUDGE_VERDICT, W403_UNDETERMINED, W403_DENIED, NAIVE_UNKNOWN_CANONICAL,
     "4.2: ACL WRITE and an object of the bucket's owner, whose canonical id is unknown: refused"},
    {JUDGE_STATUS, W403_ALLOWED, W403_ALLOWED, NAIVE_COPY_OF_MARKER,
     "4.7: a copy of a delete marker's version: API_UploadPartCopy says 400, the rules say nothing of it"},
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

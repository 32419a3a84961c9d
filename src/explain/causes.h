/* The list of causes while it grows. Internal to explain/. */
#ifndef W403_EXPLAIN_CAUSES_H
#define W403_EXPLAIN_CAUSES_H

#include "decide/check.h"
#include "explain/explain.h"

typedef struct w403_cause_list {
    w403_arena *arena;
    const w403_request *request;
    const w403_decision *decision;
    w403_cause *at;
    size_t n, cap;
    bool nomem;
} w403_cause_list;

/* A cause of the closed list; NULL when memory is short. */
w403_cause *w403_cause_add(w403_cause_list *list, unsigned id);

/* Everything that must change before one permission is allowed, in the order of semantics 3.8. */
void w403_causes_of_check(w403_cause_list *list, const w403_check *check);

/* The cause that would be reported for one permission alone; {.id = NULL} when it is allowed. For masked 404s. */
w403_cause w403_first_cause(w403_arena *arena, const w403_request *request, const w403_decision *decision,
                            const w403_check *check);

/* sentence.c: the template of data/causes.tsv with its places filled. */
w403_view w403_cause_sentence(const w403_cause_list *list, const w403_cause *cause);

/* blame.c: an element that does not match, or may; of a condition also that it does. */
w403_view w403_label_action(const w403_statement *st, const w403_check_work *w, w403_arena *a);
w403_view w403_label_resource(const w403_statement *st, const w403_check_work *w, w403_arena *a);
w403_view w403_label_principal(const w403_statement *st, const w403_check_work *w, w403_arena *a);
w403_view w403_label_condition(const w403_check_work *w, const w403_condition *c, w403_tri how, w403_arena *a);

static inline const w403_check_work *w403_work(const w403_check *check)
{
    return check->detail;
}
static inline const w403_call *w403_decision_call(const w403_decision *d)
{
    return d->detail;
}

#endif

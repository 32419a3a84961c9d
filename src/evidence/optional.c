/* What a request may have carried that its evidence does not show, and what that would have needed: tags, an ACL, a
 * version, a lock. AWS said Access Denied to the whole of it. */
#include "evidence/evidence.h"

#include "base/array.h"
#include "catalog/catalog.h"

typedef struct asking {
    const w403_request *r;
    const char *name; /* of the header or parameter that a row hangs on and nobody has said */
    bool header;
} asking;

static bool has(const w403_pair *at, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(at[i].name, w403_view_of(name))) {
            return true;
        }
    }
    return false;
}

/* Three values for what the evidence can show; state of the bucket or the object is no part of the request. */
static w403_tri holds(void *user, const w403_predicate *p)
{
    asking *a = user;
    bool header = p->kind == W403_PRED_HEADER, query = p->kind == W403_PRED_QUERY;
    bool said = header ? has(a->r->headers, a->r->n_headers, p->name)
                       : has(a->r->query, a->r->n_query, p->name) ||
                             (a->r->version_id.p && strcmp(p->name, "versionId") == 0);
    unsigned open = header ? W403_UNSAID_HEADERS : W403_UNSAID_QUERY;
    if ((!header && !query) || said || !(a->r->unsaid & open)) {
        return said ? W403_YES : W403_NO;
    }
    a->name = a->name ? a->name : p->name;
    a->header = header;
    return W403_UNKNOWN;
}

/* Something the request may have carried, and the permission it would have needed and does not have. */
typedef struct part {
    const char *name; /* may end in `*` */
    bool header;
    const char *action;
} part;
typedef W403_ARRAY(part) part_list;

static bool asked_already(const w403_decision *d, const part_list *list, const char *action)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->at[i].action, action) == 0) {
            return true;
        }
    }
    for (uint32_t i = 0; i < d->n_checks; i++) {
        if (w403_view_ieq(d->checks[i].action, w403_view_of(action))) {
            return true;
        }
    }
    return false;
}

static w403_status refused(const w403_judging *j, const w403_request *asked, const w403_permission *p, bool *out,
                           w403_error *err)
{
    w403_request r = *asked;
    w403_decision d;
    r.operation = (w403_view){NULL, 0};
    r.action = w403_view_of(p->action);
    w403_status status = w403_decide(j->snapshot, j->policies, &r, W403_DETAIL_VERDICT, j->arena, &d, err);
    *out = status == W403_OK && d.verdict == W403_DENIED;
    return status == W403_NOMEM ? status : W403_OK;
}

static w403_status find(const w403_judging *j, const w403_answered *a, part_list *list, w403_error *err)
{
    const w403_request *r = a->request;
    const w403_operation *op = r->operation.n ? w403_operation_find(r->operation) : NULL;
    for (uint16_t i = 0; op && i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        asking q = {.r = r};
        bool general = p->bucket_type == W403_BT_GENERAL && p->need == W403_NEED_REQUIRED;
        bool here = p->on == W403_ON_OBJECT || p->on == W403_ON_BUCKET;
        bool missing = false;
        if (!general || !here || !p->when || asked_already(&a->decision, list, p->action) ||
            w403_when_eval(p->when, holds, &q) != W403_UNKNOWN) {
            continue;
        }
        W403_TRY(refused(j, r, p, &missing, err));
        if (missing && q.name) {
            part *slot = W403_PUSH(j->arena, list);
            W403_NEED(slot, err);
            *slot = (part){q.name, q.header, p->action};
        }
    }
    return W403_OK;
}

w403_status w403_answer_optional(const w403_judging *j, w403_answered *a, w403_error *err)
{
    part_list list = {.at = NULL};
    bool bare = j->said && j->said->form != W403_FORM_NONE && j->said->action.n == 0; /* AWS names no permission */
    if (!a->decided || !bare || a->decision.verdict == W403_DENIED) {
        return W403_OK;
    }
    W403_TRY(find(j, a, &list, err));
    if (list.n == 0) {
        return W403_OK;
    }
    w403_view *unknown = W403_NEW_N(j->arena, w403_view, list.n + a->decision.n_unknown);
    W403_NEED(unknown, err);
    size_t n = 0;
    for (; n < list.n; n++) {
        const part *p = &list.at[n];
        unknown[n] = w403_arena_printf(j->arena,
                                       "whether the request was sent with %s: it then needs %s as well, which nothing "
                                       "allows; `--%s '%s%s'` says that it was",
                                       p->name, p->action, p->header ? "header" : "query", p->name,
                                       p->header ? ": VALUE" : "=VALUE");
        W403_NEED(unknown[n].p, err);
    }
    for (uint32_t i = 0; i < a->decision.n_unknown; i++) {
        unknown[n++] = a->decision.unknown[i];
    }
    a->decision.unknown = unknown;
    a->decision.n_unknown = (uint32_t)n;
    if (a->decision.verdict == W403_ALLOWED) {
        a->decision.verdict = W403_UNDETERMINED;
        a->agreement = W403_UNSURE;
    }
    return W403_OK;
}

/* What every command says of a policy that it reads: the findings of the rows that are notes, as warnings. */
#include "policy/notes.h"

#include "base/arena.h"
#include "lint/check.h"

static void kind_of(w403_policy_kind kind, const w403_json *root, w403_lint_options *o)
{
    o->policy = W403_LINT_RESOURCE;
    switch (kind) {
    case W403_POLICY_IDENTITY:
    case W403_POLICY_BOUNDARY:
    case W403_POLICY_SESSION:
        o->policy = W403_LINT_IDENTITY;
        break;
    case W403_POLICY_SCP:
        o->policy = W403_LINT_SCP;
        break;
    case W403_POLICY_RCP:
        o->policy = W403_LINT_RCP;
        break;
    case W403_POLICY_ACCESS_POINT:
        o->resource = W403_LINT_ACCESS_POINT;
        break;
    case W403_POLICY_KEY:
        o->resource = W403_LINT_KEY;
        break;
    case W403_POLICY_TRUST:
        o->resource = W403_LINT_TRUST;
        break;
    case W403_POLICY_VPC_ENDPOINT:
        o->resource = W403_LINT_ENDPOINT;
        break;
    case W403_POLICY_RESOURCE: /* of a bucket, or of anything else */
        w403_lint_guess(root, &o->policy, &o->resource);
        o->policy = W403_LINT_RESOURCE;
        break;
    case W403_POLICY_KINDS:
        break;
    }
}

/* The reading of the policy has warned of that very place. */
static bool is_said(const w403_problems *ps, size_t before, const w403_error *e)
{
    for (size_t i = 0; i < before; i++) {
        const w403_error *said = &ps->at[i].error;
        if (said->offset == e->offset && said->length == e->length && strcmp(said->source, e->source) == 0)
            return true;
    }
    return false;
}

static void tell(const w403_lint_run *l, size_t before, const w403_finding *f, w403_problems *ps)
{
    const w403_lint_place *at = &f->at[0];
    w403_error e;
    char meant[256];
    w403_error_set(&e, W403_SEMANTIC, "%.*s (%s)", W403_CUT(f->message), f->check->code);
    if (!w403_problems_take(ps, true)) { /* a line number costs a look at all the text before it */
        w403_problems_add(ps, true, &e);
        return;
    }
    w403_error_place(&e, l->doc.source, l->doc.text, at->span.off, at->span.len);
    bool named = f->check == &w403_lint_checks[W403_L_INVALID_ACTION] && at->node &&
                 w403_action_suggest(at->node->text, meant, sizeof meant);
    if (named)
        w403_error_hint(&e, "%s", meant);
    else if (f->suggestion.p)
        w403_error_hint(&e, "did you mean `%.*s`?", W403_CUT(f->suggestion));
    else
        w403_error_hint(&e, "`why403 lint --explain %s` says more", f->check->code);
    if (!is_said(ps, before, &e))
        w403_problems_add(ps, true, &e);
}

void w403_policy_notes(w403_policy_kind kind, const w403_json_doc *doc, const w403_json *policy, w403_problems *ps)
{
    w403_lint_options options = {.notes = true};
    w403_lint_run l = {.arena = w403_arena_new(0), .options = &options};
    l.doc = (w403_json_doc){doc->source, doc->text, (w403_json *)(uintptr_t)policy};
    kind_of(kind, policy, &options);
    if (l.arena && w403_lint_model(&l)) {
        size_t before = ps->n;
        w403_lint_noted(&l);
        for (size_t i = 0; i < l.found.n; i++)
            tell(&l, before, &l.found.at[i], ps);
        ps->dropped += l.dropped;
    }
    w403_arena_free(l.arena);
}

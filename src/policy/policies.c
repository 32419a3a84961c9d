#include "policy/policies.h"

#include "base/array.h"
#include "base/limits.h"

struct w403_policies {
    w403_arena   *arena;
    w403_problems warnings;
    W403_ARRAY(w403_given_policy) list;
};

W403_API w403_policies *w403_policies_new(void)
{
    w403_arena    *a = w403_arena_new(0);
    w403_policies *ps = a ? W403_NEW(a, w403_policies) : NULL;
    if (!ps) {
        w403_arena_free(a);
        return NULL;
    }
    ps->arena = a;
    ps->warnings.arena = a;
    return ps;
}

W403_API w403_status w403_policies_add(w403_policies *ps, w403_policy_kind kind, unsigned level, w403_view source,
                                       w403_view text, w403_error *err)
{
    w403_policy *policy;
    if ((unsigned)kind >= W403_POLICY_KINDS) {
        return w403_error_set(err, W403_SEMANTIC, "%u is no kind of policy", (unsigned)kind);
    }
    if (text.n <= W403_LIMIT_POLICY_BYTES) { /* a longer one is refused below, with its place, and need not be kept */
        text = w403_arena_copy(ps->arena, text);
    }
    source = w403_arena_copy(ps->arena, source);
    W403_NEED(text.p && source.p, err);
    W403_TRY(w403_policy_parse(ps->arena, kind, source, text, &ps->warnings, &policy, err));
    w403_given_policy *given = W403_PUSH(ps->arena, &ps->list);
    W403_NEED(given, err);
    *given = (w403_given_policy){kind, level, policy};
    return W403_OK;
}

W403_API void w403_policies_free(w403_policies *ps)
{
    if (ps) {
        w403_arena_free(ps->arena);
    }
}

const w403_given_policy *w403_policies_list(const w403_policies *ps, size_t *n)
{
    *n = ps ? ps->list.n : 0;
    return ps ? ps->list.at : NULL;
}

const w403_problems *w403_policies_warnings(const w403_policies *ps)
{
    return &ps->warnings;
}

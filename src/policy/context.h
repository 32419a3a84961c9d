/* The request's context as conditions and policy variables see it: key -> values, three-valued. */
#ifndef W403_POLICY_CONTEXT_H
#define W403_POLICY_CONTEXT_H

#include "base/arena.h"

/* present NO: the key is not in the request. UNKNOWN: nobody knows whether, or with what value. */
typedef struct w403_key_value {
    w403_tri present;
    const w403_view *values;
    uint32_t n;
} w403_key_value;

typedef struct w403_context w403_context;

/* Fills *out for a key. id: catalog id or 0; name as the policy writes it; param: the free part of
 * aws:PrincipalTag/team, or {NULL,0}. Values must live as long as the request's arena. */
typedef void w403_context_fn(const w403_context *c, uint16_t id, w403_view name, w403_view param,
                             w403_key_value *out);

/* Where a store's rules differ from AWS's (w403_dialect of why403.h). */
enum {
    W403_RULE_ABSENT_IS_NO = 1, /* a negated operator does not match a key that is absent */
    W403_RULE_NOT_ACTION_IS_NO = 2 /* a statement with NotAction matches nothing */
};

struct w403_context {
    w403_context_fn *get;
    const void *user;
    w403_arena *arena; /* for expanded variables */
    unsigned rules; /* W403_RULE_* */
};

static inline void w403_context_get(const w403_context *c, uint16_t id, w403_view name, w403_view param,
                                    w403_key_value *out)
{
    c->get(c, id, name, param, out);
}

#endif

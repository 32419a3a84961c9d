/* Which Allows could let somebody do something: by what they name, whatever their conditions say. For questions that
 * need not be asked. */
#ifndef W403_SYMBOLIC_ALLOWING_H
#define W403_SYMBOLIC_ALLOWING_H

#include "symbolic/askers.h"

/* Is it, or may it be, an Allow of the action? */
static inline bool w403_allow_names(const w403_statement *st, uint16_t action)
{
    bool allows = st->effect == W403_EFFECT_ALLOW || (st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT));
    return allows && ((st->catalog_actions[action >> 6] >> (action & 63)) & 1);
}
/* Can its Principal match anybody who is not of that account? */
bool w403_speaks_outside(const w403_statement *st, w403_view account);
/* Is there an Allow of the action, in a policy of a resource of the account, that may match somebody outside? */
bool w403_lets_out(const w403_policy *p, uint16_t action, w403_view account);
/* Could any policy or ACL allow a known caller the action on a bucket, or an object in it? False: nobody need ask. */
bool w403_may_allow(const w403_asker *who, const w403_bucket *b, uint16_t action, w403_view resource);

/* May the policy allow the action on the resource, whatever its conditions are asked? */
bool w403_policy_may_allow(const w403_policy *p, uint16_t action, w403_view resource);

#endif

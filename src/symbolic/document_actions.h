/* Actions as numbers: those of the catalog by their id there; behind them those of other services, by their row in the
 * service reference. Documents alone may speak of any service. */
#ifndef W403_SYMBOLIC_DOCUMENT_ACTIONS_H
#define W403_SYMBOLIC_DOCUMENT_ACTIONS_H

#include "catalog/reference.h"
#include "symbolic/document.h"

static inline bool w403_action_is_foreign(uint16_t action)
{
    return action >= W403_ACTION_COUNT && action != W403_ACTION_NONE;
}
static inline uint32_t w403_action_row(uint16_t action) /* of a foreign one, in the reference */
{
    return (uint32_t)action - W403_ACTION_COUNT;
}
/* "ec2:RunInstances"; a foreign name lives in the arena. Empty: no action, or memory. */
w403_view w403_action_word(w403_arena *a, uint16_t action);
/* By name, case ignored; W403_ACTION_NONE: AWS has none. */
uint16_t w403_action_of_word(w403_view name);

/* The foreign actions that a document's statements, or its focus, name by their service. */
typedef struct w403_foreign_action {
    uint16_t id;
    const uint64_t *statements; /* bits: whose Action matches it */
} w403_foreign_action;
typedef W403_ARRAY(w403_foreign_action) w403_foreign_actions;
bool w403_foreign_collect(const w403_documents *d, w403_foreign_actions *out); /* false: memory */
/* The service part of the ARNs of its i-th resource type; {NULL,0}: it has fewer. Which types must be named is not known:
 * it may always be asked of no resource, too. */
w403_view w403_foreign_resource(uint16_t action, size_t i);
/* Which keys come with it. */
void w403_links_foreign(w403_class *c, uint16_t action, const w403_key_uses *uses);

#endif

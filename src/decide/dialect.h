/* Stores that decide nearly as AWS does. */
#ifndef W403_DECIDE_DIALECT_H
#define W403_DECIDE_DIALECT_H

#include "base/view.h"

unsigned w403_dialect_rules(unsigned dialect); /* W403_RULE_* of policy/context.h */
bool     w403_dialect_named(w403_view name, unsigned *out); /* `aws`, `rgw`, `minio` */

#endif

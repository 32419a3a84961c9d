/* Names that AWS's answers hold, before they become parts of a path: checked against AWS's own alphabets. */
#ifndef W403_COLLECT_NAMES_H
#define W403_COLLECT_NAMES_H

#include "base/view.h"

typedef enum w403_name_kind {
    W403_NAME_ACCOUNT,
    W403_NAME_REGION,
    W403_NAME_BUCKET,
    W403_NAME_KEY,          /* of KMS */
    W403_NAME_ACCESS_POINT, /* of one region, of many, of Object Lambda */
    W403_NAME_INVENTORY,
    W403_NAME_POLICY,   /* of an organization */
    W403_NAME_ORG_UNIT, /* a root or an organizational unit */
} w403_name_kind;

bool w403_name_is(w403_name_kind kind, w403_view name);
const char *w403_name_kind_text(w403_name_kind kind); /* "bucket" */

#endif

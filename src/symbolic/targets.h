/* What may be asked of a bucket: operations for actions, and its keys sorted by the patterns that name them. */
#ifndef W403_SYMBOLIC_TARGETS_H
#define W403_SYMBOLIC_TARGETS_H

#include "catalog/catalog.h"
#include "symbolic/realm.h"

/* The operation that a permission is asked for: the one of its name, else the one that needs the fewest others. NULL:
 * none, or only one that needs more than a bucket and a key. */
const w403_operation *w403_operation_for(uint16_t action);
/* Is it asked of objects, of buckets, or of neither? */
typedef enum w403_action_on { W403_ON_NEITHER, W403_ON_BUCKETS, W403_ON_OBJECTS } w403_action_on;
w403_action_on w403_action_target(uint16_t action);

/* One class of resources. */
typedef struct w403_resource_class {
    w403_view resource; /* one of them */
    bool one;           /* the only one */
    uint32_t element;   /* of the elements */
} w403_resource_class;
typedef struct w403_resource_classes {
    W403_ARRAY(w403_resource_class) list;
    w403_elements *elements;
    bool whole; /* false: the budget ended it */
} w403_resource_classes;

/* The bucket and the keys in it (of objects: only those that match `within`, a pattern; {NULL,0}: all), by the Resource
 * elements of these statements, and by the objects that the snapshot lists. False: memory. */
bool w403_bucket_classes(w403_realm *r, const w403_snapshot *s, const w403_bucket *b, const w403_policy *const *policies,
                         size_t n, w403_view within, w403_resource_classes *out);
/* Every policy that can speak of a bucket's requests, but for those of callers. False: memory. */
typedef W403_ARRAY(const w403_policy *) w403_policy_list;
bool w403_bucket_policies(w403_realm *r, const w403_snapshot *s, const w403_bucket *b, w403_policy_list *out);
/* Notes what they mention. */
bool w403_realm_mention(w403_realm *r, const w403_snapshot *s, const w403_bucket *b);
/* What the policies of a resource mention: of the bucket behind it, of the role that it is. */
bool w403_realm_mention_resource(w403_realm *r, const w403_snapshot *s, w403_view resource);
/* The bucket of a resource; NULL: none that the snapshot knows. */
const w403_bucket *w403_bucket_behind(const w403_snapshot *s, w403_view resource);

#endif

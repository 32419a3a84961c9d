/* AWS's service reference: every service, action, condition key and resource type, and the Regions; compiled in from
 * data/reference-*.tsv, service-prefixes.tsv and regions.tsv. All constant; any thread. Ids are row numbers, good for
 * this build only; W403_REF_NONE is no row. */
#ifndef W403_CATALOG_REFERENCE_H
#define W403_CATALOG_REFERENCE_H

#include "catalog/catalog.h"

#define W403_REF_NONE UINT32_MAX

/* ---- services ---- */
/* By prefix, case ignored; a retired service too. O(log n). */
uint32_t w403_ref_service(w403_view prefix);
uint32_t w403_ref_service_count(void);
w403_view w403_ref_service_prefix(uint32_t service);
bool w403_ref_service_retired(uint32_t service); /* its actions are no longer known */
/* The service that a prefix of condition keys stands for (catalog: aws-marketplace); W403_REF_NONE for none. */
uint32_t w403_ref_key_service(w403_view prefix);

/* ---- actions: those of a service are numbered in a row, sorted without case ---- */
void w403_ref_actions(uint32_t service, uint32_t *first, uint32_t *end);
uint32_t w403_ref_action(uint32_t service, w403_view name); /* case ignored */
w403_view w403_ref_action_name(uint32_t action);            /* without the prefix */
const uint16_t *w403_ref_action_types(uint32_t action); /* ids + 1 of its resource types, 0-terminated */
const uint16_t *w403_ref_action_keys(uint32_t action);  /* ids + 1 of its keys, those of its types too, 0-terminated */
/* Does it carry the key? `key` as the reference spells it, case ignored: aws:ResourceTag/${TagKey}. */
bool w403_ref_action_has_key(uint32_t action, w403_view key);
bool w403_ref_type_has_key(uint32_t type, w403_view key);
/* Is any action of the service matched by this pattern (case ignored)? Its id, or W403_REF_NONE; `from` is where to
 * look on, 0 at first. O(actions of the service). */
uint32_t w403_ref_action_match(uint32_t service, w403_view pattern, uint32_t from);

/* ---- condition keys ---- */
typedef struct w403_ref_key {
    w403_view name;
    w403_key_type type;
    bool multi;
} w403_ref_key;
/* A key of the service by its whole name, case ignored; free parts take one or more characters. */
uint32_t w403_ref_find_key(uint32_t service, w403_view name);
w403_ref_key w403_ref_key_at(uint32_t key);
bool w403_ref_key_matches(uint32_t key, w403_view name); /* with its free parts */
const uint16_t *w403_ref_service_keys(uint32_t service); /* ids + 1, 0-terminated */

/* ---- resource types ---- */
void w403_ref_types(uint32_t service, uint32_t *first, uint32_t *end);
w403_view w403_ref_type_name(uint32_t type);
w403_view w403_ref_type_glob(uint32_t type); /* its ARN with `*` for each free part: arn:*:s3:::* */
typedef struct w403_ref_format { /* of its ARN */
    w403_view service, resource;
    bool region, account; /* whether it has one */
} w403_ref_format;
w403_ref_format w403_ref_type_format(uint32_t type);
/* Is it the service of an ARN, in this case: s3, and those that only ARNs call so (catalog for servicecatalog)? */
bool w403_ref_arn_service(w403_view service);

/* ---- Regions and partitions ---- */
bool w403_ref_region(w403_view region);
bool w403_ref_partition(w403_view partition);

#endif

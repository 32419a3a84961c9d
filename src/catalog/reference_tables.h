/* The generated tables of the service reference, as tools/gen_reference.py writes them: offsets into one text and
 * lists in one pool. For reference.c only. */
#ifndef W403_CATALOG_REFERENCE_TABLES_H
#define W403_CATALOG_REFERENCE_TABLES_H

#include "catalog/reference.h"

typedef struct w403_r_service {
    uint32_t prefix, first_action, n_actions, first_type, n_types;
    uint16_t keys; /* in the pool */
    uint8_t retired, elsewhere; /* elsewhere: a build that holds some services alone has no rows of it */
} w403_r_service;

typedef struct w403_r_action {
    uint32_t name;
    uint16_t types, keys; /* in the pool */
} w403_r_action;

typedef struct w403_r_key {
    uint32_t name, pattern;
    uint8_t type; /* w403_key_type */
    uint8_t multi;
} w403_r_key;

typedef struct w403_r_type {
    uint32_t name, glob;
    uint16_t keys; /* in the pool */
    uint8_t service, service_length, resource, resource_length; /* places in the glob */
    uint8_t region, account;                   /* whether there is one */
} w403_r_type;

typedef struct w403_r_pair {
    uint32_t name, value;
} w403_r_pair;

extern const char w403_r_text[];
extern const uint16_t w403_r_pool[];
/* Row + 1 of an action, by the hash of its name and the number of its service, a power of two of them; see gen_reference.py. */
enum { W403_R_SERVICE_STEP = 40503 };
extern const uint16_t w403_r_action_slots[];
extern const w403_r_service w403_r_services[];
extern const w403_r_action w403_r_actions[];
extern const w403_r_key w403_r_keys[];
extern const w403_r_type w403_r_types[];
extern const w403_r_pair w403_r_aliases[], w403_r_regions[];
extern const uint32_t w403_r_partitions[];
extern const uint32_t w403_r_action_slots_count, w403_r_services_count, w403_r_actions_count, w403_r_keys_count, w403_r_types_count,
    w403_r_aliases_count, w403_r_regions_count, w403_r_partitions_count;

#endif

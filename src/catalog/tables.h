/* The generated tables, as tools/gen_catalog.py writes them. For the files of this room only. */
#ifndef W403_CATALOG_TABLES_H
#define W403_CATALOG_TABLES_H

#include "catalog/catalog.h"

enum {
    W403_KEY_BYTES = (W403_KEY_COUNT + 7) / 8,
    W403_WHEN_STACK = 8, /* deepest `when` that the generator lets pass */
};

/* Names to rows: open addressing, built by the generator. A slot holds row + 1, 0 is empty. The name is the first
 * member of a row. */
typedef struct w403_index {
    const uint16_t *slots;
    uint32_t        mask;
    const void     *rows;
    size_t          stride;
    uint32_t        count;
} w403_index;

#define W403_INDEX_NONE UINT32_MAX
/* Rows of that name (case ignored), one a call, in the order of the table; *probe starts as 0.
 * W403_INDEX_NONE after the last. */
uint32_t w403_index_hash(w403_view name); /* case ignored */
uint32_t w403_index_next(const w403_index *ix, w403_view name, uint32_t *probe);
/* The first of them. */
uint32_t w403_index_find(const w403_index *ix, w403_view name);
/* The name of a row. */
w403_view w403_index_name(const w403_index *ix, uint32_t row);

/* A key whose free part is not at its end: token.actions.${Domain}.ghe.com:actor. */
typedef struct w403_inner_key {
    const char *before, *after;
    uint16_t    id;
} w403_inner_key;

typedef struct w403_error_code {
    const char *code;
    uint8_t     meaning; /* w403_error_meaning */
} w403_error_code;

typedef struct w403_list_value {
    const char *value;
    uint8_t     list; /* W403_LIST_* */
} w403_list_value;

extern const w403_action      w403_t_actions[W403_ACTION_COUNT];
extern const uint8_t          w403_t_action_keys[W403_ACTION_COUNT][W403_KEY_BYTES]; /* bit = key id */
extern const w403_key         w403_t_keys[W403_KEY_COUNT];
extern const w403_inner_key   w403_t_inner_keys[];
extern const size_t           w403_t_n_inner_keys;
extern const w403_operation   w403_t_operations[W403_OPERATION_COUNT];
extern const w403_predicate   w403_t_predicates[W403_PREDICATE_COUNT];
extern const w403_log_name    w403_t_log_names[];
extern const w403_event_name  w403_t_events[];
extern const w403_cause_info  w403_t_causes[];
extern const w403_error_code  w403_t_codes[];
extern const w403_code        w403_t_error_codes[];
extern const w403_look_row    w403_t_looks[];
extern const size_t           w403_t_n_looks;
extern const w403_s3_command  w403_t_commands[];
extern const size_t           w403_t_n_commands;
extern const w403_list_value  w403_t_list_values[];
extern const uint16_t         w403_t_list_ends[]; /* by list: they stand one behind the other */
extern const w403_open_question   w403_t_open_questions[];
extern const size_t           w403_t_n_open_questions;

/* The index of keys holds what stands before the free part: `aws:PrincipalTag/`. */
extern const w403_index w403_t_action_index, w403_t_key_index, w403_t_operation_index, w403_t_log_name_index,
    w403_t_event_index, w403_t_cause_index, w403_t_code_index, w403_t_error_code_index, w403_t_list_index;

#endif

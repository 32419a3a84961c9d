/* Of a row: the record that it becomes, put together member by member (row_record.c). */
#ifndef W403_EVIDENCE_ROW_RECORD_H
#define W403_EVIDENCE_ROW_RECORD_H

#include "evidence/row_tables.h"
#include "json/json.h"

typedef struct w403_row_node {
    w403_view             name;
    uint8_t               type; /* w403_json_type; an object or array holds nodes, or `json` as it is */
    uint16_t              rank;
    w403_view             text;
    const w403_json      *json;
    struct w403_row_node *first, *last, *next;
} w403_row_node;

typedef struct w403_row_record {
    w403_arena   *arena;
    w403_row_node root;
    bool          nomem; /* sticks */
} w403_row_record;

/* The column's member; `item`: of which resource, where it is one's. */
void w403_row_put(w403_row_record *r, const w403_row_column *c, size_t item, w403_view text, w403_json_type type);
void w403_row_put_json(w403_row_record *r, const w403_row_column *c, const w403_json *v);
/* Into the object that the column names, under its own name. */
void w403_row_put_member(w403_row_record *r, const w403_row_column *c, w403_view name, const w403_json *v);

/* Completes it and writes it. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_row_write(w403_row_record *r, bool event, w403_view source, w403_json_doc *out,
                                          w403_error *err);

#endif

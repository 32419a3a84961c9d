/* Members of a JSON object into the fields of a struct, by a table: one pass over the members. */
#ifndef W403_LOGS_FIELDS_H
#define W403_LOGS_FIELDS_H

#include "json/json.h"

typedef enum w403_field_kind {
    W403_FIELD_TEXT,   /* w403_view: a string's text; number, true and false as written; null is not given */
    W403_FIELD_TEXT_1, /* w403_view: as above, or the first element of an array (CloudTrail's Host) */
    W403_FIELD_BOOL,   /* w403_tri: true, false, or the strings "true", "false", "Yes" */
    W403_FIELD_INT,    /* int64_t: a whole number, or a string that holds one */
    W403_FIELD_VALUE   /* const w403_json *: the value itself; null is not given */
} w403_field_kind;

typedef struct w403_field {
    const char *name;
    uint8_t     n; /* of name */
    uint8_t     kind;
    uint16_t    offset;
} w403_field;

#define W403_FIELD(kind, name, type, member) {(name), sizeof(name) - 1, (kind), (uint16_t)offsetof(type, member)}

/* Fills `out` from `object` (NULL, or any other type: nothing happens). Members in no table row are ignored. */
void w403_fields_fill(const w403_json *object, const w403_field *table, size_t n, void *out);

#endif

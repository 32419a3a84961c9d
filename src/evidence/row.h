/* Requests kept as rows or objects of other names than AWS's own: query results, the console's CSV, OCSF, ECS. Each becomes
 * the text of a CloudTrail event or of an access log record in CloudWatch's JSON, as if AWS had written it so; what the
 * row does not say is not in it. The names are data: data/log-forms.tsv, data/log-columns.tsv. */
#ifndef W403_EVIDENCE_ROW_H
#define W403_EVIDENCE_ROW_H

#include "evidence/row_tables.h"
#include "json/json.h"

/* *out: the form whose needs the object's members meet, or NULL. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_row_form_of(w403_arena *a, const w403_json *object, const w403_row_form **out,
                                            w403_error *err);

/* Of form EVENT or ACCESS: the record in AWS's names, as a document of its own whose text lives in the arena.
 * Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_row_read(w403_arena *a, const w403_row_form *form, w403_view source,
                                         const w403_json *object, w403_json_doc *out, w403_error *err);

/* A column's name as the tables have it, in `out` of `room` bytes; its length, or 0 where it is too long. */
size_t w403_row_name(w403_view name, char *out, size_t room);

#endif

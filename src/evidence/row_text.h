/* Text forms that query engines give to structs, maps and arrays. */
#ifndef W403_EVIDENCE_ROW_TEXT_H
#define W403_EVIDENCE_ROW_TEXT_H

#include "json/json.h"

/* Does the text look like a struct, map or list of its own: JSON, or {a=b, c={d=e}, f=[x, y]}? */
bool w403_row_is_struct(w403_view text);

/* Such a text as JSON, parsed; *out->root is NULL where it is none of these. Values of the second form are strings,
 * `null` among them is left out. A value ends where the next `, name=` or the bracket around it stands; so a value that
 * holds such text itself is cut there. Nesting is bounded. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_row_struct(w403_arena *a, w403_view source, w403_view text, w403_json_doc *out,
                                           w403_error *err);

#endif

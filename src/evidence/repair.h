/* Damaged JSON from articles and terminals: mended only where there is one way to do it, and said so. */
#ifndef W403_EVIDENCE_REPAIR_H
#define W403_EVIDENCE_REPAIR_H

#include "evidence/build.h"
#include "json/json.h"

/* Parses strictly; if that fails, after these repairs, each of which becomes a note of `b` with character and place:
 *   prose (or a comma) before and behind it is left out;
 *   a fragment `"name": value` gets braces around it;
 *   a string that was wrapped over lines is joined;
 *   one surplus `}` or `]` is removed, if every way to do so gives the same value.
 * `what` names the text in notes. *out's text may be a copy. Otherwise the strict error. */
w403_status w403_repair_json(w403_build *b, w403_view source, const char *what, w403_view text, w403_json_doc *out,
                             w403_error *err);

#endif

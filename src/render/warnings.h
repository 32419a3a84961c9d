/* What was said on standard error, for those who read the answer alone. NULL, or no warning: nothing is written. */
#ifndef W403_RENDER_WARNINGS_H
#define W403_RENDER_WARNINGS_H

#include "base/error.h"
#include "json/json.h"

struct w403_html; /* render/html.h */

/* The member `warnings`: objects of message, hint and place. */
void w403_warnings_json(w403_json_writer *w, const w403_problems *warnings);
/* A section of a page. */
void w403_warnings_html(const struct w403_html *h, const w403_problems *warnings);
/* The member `invocations` of a SARIF run: notifications of the tool. */
void w403_warnings_sarif(w403_json_writer *w, const w403_problems *warnings);
/* One line: `place: message`, in the arena; {NULL,0} when memory is short. */
w403_view w403_warning_line(w403_arena *a, const w403_error *warning);

#endif

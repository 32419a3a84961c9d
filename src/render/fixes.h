/* The proposed changes, in each format. */
#ifndef W403_RENDER_FIXES_H
#define W403_RENDER_FIXES_H

#include "render/html.h"
#include "render/text.h"

void w403_fixes_text(const w403_text *t);
void w403_fixes_json(w403_json_writer *w, const w403_page *r); /* an array */
void w403_fixes_html(w403_html *h);

#endif

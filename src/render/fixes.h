/* The proposed changes, in each format. `fixes` NULL: none were looked for. */
#ifndef W403_RENDER_FIXES_H
#define W403_RENDER_FIXES_H

#include "fix/fix.h"
#include "render/html.h"
#include "render/text.h"

void w403_fixes_text(const w403_text *t);
void w403_fixes_html(w403_html *h);
/* Members of the result: `fixes` (always), `not_proposed` and `no_fix` (once looked for). `changed`: with the whole documents that
 * steps leave behind. */
void w403_fixes_json(w403_json_writer *w, const w403_fix_list *fixes, bool changed);

#endif

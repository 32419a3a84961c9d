#include "evidence/automation.h"

#include "base/view.h"

bool w403_is_automation(w403_view text)
{
    text = w403_view_trim(text);
    text.n = text.n > 4096 ? 4096 : text.n;
    return text.n > 0 && text.p[0] == '{' && w403_view_find(text, W403_LIT("\"AutomationExecution\"")) != SIZE_MAX;
}
w403_status w403_evidence_automation(w403_arena *arena, w403_view source, w403_view text, w403_evidence *out,
                                     w403_error *err)
{
    (void)arena;
    (void)source;
    (void)text;
    (void)out;
    return w403_error_nomem(err);
}

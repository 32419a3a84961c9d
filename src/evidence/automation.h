/* What `aws ssm get-automation-execution` printed of one of the two runbooks (evidence/runbook.h), as evidence: its
 * parameters are the request, its outputs what AWS's simulation said. */
#ifndef W403_EVIDENCE_AUTOMATION_H
#define W403_EVIDENCE_AUTOMATION_H

#include "evidence/evidence.h"

/* Is the text such a document? Cheap; it need not be well-formed. Here, so that a build without the reader can tell. */
static inline bool w403_is_automation(w403_view text)
{
    text = w403_view_trim(text);
    bool object = text.n > 0 && text.p[0] == '{';
    text.n = text.n > 4096 ? 4096 : text.n;
    return object && w403_view_find(text, W403_LIT("\"AutomationExecution\"")) != SIZE_MAX;
}

/* As the readers of evidence.h. Errors too: W403_SEMANTIC for a document of another runbook. */
W403_NODISCARD w403_status w403_evidence_automation(w403_arena *arena, w403_view source, w403_view text,
                                                    w403_evidence *out, w403_error *err);

#endif
